import ApusCore

/// How the training rows are dealt to folds where a transformer encodes each by what the others tell: the folds of `KFold` and
/// `StratifiedKFold`, each ascending.
enum CrossFitting {
    /// Folds of about equal size.
    static func plain(_ rows: Int, _ count: Int, shuffle: Bool, seed: UInt32) throws -> [[Int]] {
        try check(count, of: rows, "rows")
        var order = Array(0..<rows)
        if shuffle {
            var random = RandomState(seed: seed)
            random.shuffle(&order)
        }
        var start = 0
        return (0..<count).map { fold in
            let size = rows / count + (fold < rows % count ? 1 : 0)
            defer { start += size }
            return order[start..<start + size].sorted()
        }
    }

    /// Folds with about the same share of each class.
    static func stratified(_ labels: Labels, _ count: Int, shuffle: Bool, seed: UInt32) throws -> [[Int]] {
        try check(count, of: labels.counts.max() ?? 0, "rows in the largest class")
        var numbers = [Int](repeating: -1, count: labels.classes.count)
        var next = 0
        let codes = labels.codes.map { code in
            if numbers[code] < 0 {
                numbers[code] = next
                next += 1
            }
            return numbers[code]
        }
        var random = RandomState(seed: seed)
        // Dealing out the sorted codes says how many rows of each class a fold gets, not which.
        var shares = [[Int]](repeating: [Int](repeating: 0, count: count), count: next)
        for (place, code) in codes.sorted().enumerated() { shares[code][place % count] += 1 }
        var rows = [[Int]](repeating: [], count: next)
        for (row, code) in codes.enumerated() { rows[code].append(row) }
        var folds = [[Int]](repeating: [], count: count)
        for (code, share) in shares.enumerated() {
            var assigned = share.enumerated().flatMap { fold, size in [Int](repeating: fold, count: size) }
            if shuffle { random.shuffle(&assigned) }
            for (row, fold) in zip(rows[code], assigned) { folds[fold].append(row) }
        }
        return folds.map { $0.sorted() }
    }

    private static func check(_ folds: Int, of count: Int, _ what: String) throws {
        guard folds <= count else {
            throw ApusError(
                .invalidInput, "There are \(count) \(what) for \(folds) folds of cross-fitting; take a smaller cv.")
        }
    }
}
