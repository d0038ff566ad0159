import ApusCore

/// The coalitions that kernel SHAP asks about, with their weights.
struct Coalitions: Sendable {
    let features: Int
    /// Coalitions × features: whether the feature is in it.
    private(set) var masks: [Bool] = []
    private(set) var weights: [Double] = []
    /// Whether these are all that there are.
    private(set) var isComplete = false

    var count: Int { weights.count }

    /// The coalitions of `features` features.
    ///
    /// - Parameters:
    ///   - features: How many features there are.
    ///   - samples: How many coalitions are wanted; nil for 2 · `features` + 2,048.
    ///   - random: Where those come from that are drawn.
    init(features m: Int, samples: Int?, random: inout RandomState) {
        features = m
        guard m >= 2 else {
            isComplete = true
            return
        }
        var wanted = samples ?? 2 * m + 2048
        if m <= 30 { wanted = min(wanted, (1 << m) - 2) }
        let sizes = m / 2
        let pairedSizes = (m - 1) / 2
        // Each size with its complement's, by the kernel's weight of all coalitions of the size.
        var shares = (1...sizes).map { Double(m - 1) / Double($0 * (m - $0)) }
        for k in 0..<pairedSizes { shares[k] *= 2 }
        let total = shares.reduce(0, +)
        shares = shares.map { $0 / total }

        var left = Double(wanted)
        var remaining = shares
        var fullSizes = 0
        for size in 1...sizes {
            let isPaired = size <= pairedSizes
            let single = Coalitions.binomial(m, size)
            let subsets = isPaired ? 2 * single : single
            guard left * remaining[size - 1] / subsets >= 1 - 1e-8 else { break }
            fullSizes += 1
            left -= subsets
            if remaining[size - 1] < 1 {
                let rest = 1 - remaining[size - 1]
                remaining = remaining.map { $0 / rest }
            }
            addAll(of: size, weight: shares[size - 1] / single / (isPaired ? 2 : 1), withComplements: isPaired)
        }
        isComplete = fullSizes == sizes
        if !isComplete {
            draw(wanted - count, shares: shares, fullSizes: fullSizes, pairedSizes: pairedSizes, random: &random)
        }
    }

    private mutating func add(_ mask: [Bool], weight: Double) {
        masks.append(contentsOf: mask)
        weights.append(weight)
    }

    private mutating func addAll(of size: Int, weight: Double, withComplements: Bool) {
        var chosen = Array(0..<size)
        while true {
            var mask = [Bool](repeating: false, count: features)
            for k in chosen { mask[k] = true }
            add(mask, weight: weight)
            if withComplements { add(mask.map { !$0 }, weight: weight) }
            // The next combination in lexicographic order.
            guard let place = chosen.indices.last(where: { chosen[$0] < features - size + $0 }) else { return }
            chosen[place] += 1
            for k in place + 1..<max(place + 1, size) { chosen[k] = chosen[k - 1] + 1 }
        }
    }

    private mutating func draw(
        _ wanted: Int, shares: [Double], fullSizes: Int, pairedSizes: Int, random: inout RandomState
    ) {
        var left = wanted
        // Two are drawn at a time where sizes are paired.
        var chances = shares
        for k in 0..<pairedSizes { chances[k] /= 2 }
        chances = Array(chances[fullSizes...])
        let total = chances.reduce(0, +)
        chances = chances.map { $0 / total }
        let first = count
        var places: [[Bool]: Int] = [:]
        for size in random.choice(probabilities: chances, count: 4 * max(0, left)) {
            if left <= 0 { break }
            let size = size + fullSizes + 1
            var mask = [Bool](repeating: false, count: features)
            for k in random.permutation(features).prefix(size) { mask[k] = true }
            let known = places[mask]
            if let known {
                weights[known] += 1
            } else {
                places[mask] = count
                left -= 1
                add(mask, weight: 1)
            }
            if left > 0, size <= pairedSizes {
                if let known {
                    weights[known + 1] += 1
                } else {
                    left -= 1
                    add(mask.map { !$0 }, weight: 1)
                }
            }
        }
        let share = shares[fullSizes...].reduce(0, +)
        let drawn = weights[first...].reduce(0, +)
        if drawn > 0 {
            for k in first..<count { weights[k] *= share / drawn }
        }
    }

    private static func binomial(_ n: Int, _ k: Int) -> Double {
        (0..<k).reduce(1.0) { $0 * Double(n - $1) / Double($1 + 1) }.rounded()
    }
}
