extension RandomState {
    /// Rows to train on and rows to hold out, drawn as scikit-learn's `ShuffleSplit` draws them.
    ///
    /// - Parameters:
    ///   - rows: How many rows there are.
    ///   - train: How many to train on.
    ///   - test: How many to hold out; together at most `rows`.
    public mutating func holdout(rows: Int, train: Int, test: Int) -> (train: [Int], test: [Int]) {
        let order = permutation(rows)
        return (Array(order[test..<test + train]), Array(order[..<test]))
    }

    /// Rows to train on and rows to hold out with nearly the same share of each class, drawn as scikit-learn's
    /// `StratifiedShuffleSplit` draws them: how many rows of each class go where, then which, then the order of all.
    ///
    /// - Parameters:
    ///   - strata: The rows of each class.
    ///   - train: How many to train on.
    ///   - test: How many to hold out; together at most the rows.
    public mutating func holdout(strata: [[Int]], train: Int, test: Int) -> (train: [Int], test: [Int]) {
        let counts = strata.map(\.count)
        let trained = share(train, among: counts)
        let tested = share(test, among: zip(counts, trained).map { $0 - $1 })
        var trainRows: [Int] = []
        var testRows: [Int] = []
        for (k, members) in strata.enumerated() {
            let order = permutation(members.count)
            trainRows += order.prefix(trained[k]).map { members[$0] }
            testRows += order[trained[k]..<trained[k] + tested[k]].map { members[$0] }
        }
        shuffle(&trainRows)
        shuffle(&testRows)
        return (trainRows, testRows)
    }

    /// `total` rows shared out in proportion to `counts`: each class gets the whole part of its share, and the rows still
    /// missing go to the largest fractional parts, equal ones in random order.
    private mutating func share(_ total: Int, among counts: [Int]) -> [Int] {
        let sum = Double(counts.reduce(0, +))
        let exact = counts.map { Double($0) / sum * Double(total) }
        let whole = exact.map { $0.rounded(.down) }
        var shares = whole.map { Int($0) }
        var missing = total - shares.reduce(0, +)
        let remainders = zip(exact, whole).map { $0 - $1 }
        for value in Set(remainders).sorted(by: >) where missing > 0 {
            let tied = remainders.indices.filter { remainders[$0] == value }
            let added = min(tied.count, missing)
            for k in choiceWithoutReplacement(tied.count, count: added) { shares[tied[k]] += 1 }
            missing -= added
        }
        return shares
    }
}
