import ApusCore

/// How likely a score as good as the one found would be if features and target had nothing to do with each other.
public struct PermutationTest: Sendable, Hashable {
    /// The mean score over the folds with the target as it is.
    public let score: Double
    /// The mean score with each shuffled target.
    public let permutationScores: [Double]
    /// The share of shuffled targets that score at least as well, with one added above and below: 1 / (n + 1) to 1.
    public let pValue: Double

    init(score: Double, permutationScores: [Double]) {
        self.score = score
        self.permutationScores = permutationScores
        pValue = Double(permutationScores.count { $0 >= score } + 1) / Double(permutationScores.count + 1)
    }
}

/// Compares a classifier's cross-validated score with those on shuffled labels.
///
/// - Parameters:
///   - estimator: A classifier.
///   - x: n × d, one sample a row.
///   - y: n labels.
///   - nPermutations: How many times the labels are shuffled, at least 1; default 100.
///   - cv: How rows are split; default nil: five stratified folds in order.
///   - scoring: What is scored; default nil: accuracy.
///   - groups: The group of each row: labels are then shuffled within groups only; default nil.
///   - seed: The seed of the shuffles; default 0.
///   - progress: Called after each wave of shuffles.
/// - Throws: `ApusError`, also when a score is not defined.
/// Source: M. Ojala and G. Garriga, "Permutation Tests for Studying Classifier Performance" (2010).
public func permutationTestScore(
    _ estimator: some Classifier, _ x: Matrix, _ y: Labels, nPermutations: Int = 100, cv: (any CrossValidator)? = nil,
    scoring: Scorer? = nil, groups: Labels? = nil, seed: UInt32 = 0, progress: ProgressHandler? = nil
) throws -> PermutationTest {
    try permutationTest(rows: x.rows, nPermutations, groups, seed, progress) { order in
        let shuffled = order.map { y.selecting(rows: $0) } ?? y
        return try crossValScore(estimator, x, shuffled, cv: cv, scoring: scoring, groups: groups)
    }
}

/// Compares a regressor's cross-validated score with those on shuffled targets.
///
/// - Parameters: As for a classifier; `y` holds n numbers, and the defaults are five folds in order and R².
/// - Throws: As for a classifier.
public func permutationTestScore(
    _ estimator: some Regressor, _ x: Matrix, _ y: [Double], nPermutations: Int = 100,
    cv: (any CrossValidator)? = nil, scoring: Scorer? = nil, groups: Labels? = nil, seed: UInt32 = 0,
    progress: ProgressHandler? = nil
) throws -> PermutationTest {
    try permutationTest(rows: x.rows, nPermutations, groups, seed, progress) { order in
        let shuffled = order.map { rows in rows.map { y[$0] } } ?? y
        return try crossValScore(estimator, x, shuffled, cv: cv, scoring: scoring, groups: groups)
    }
}

private func permutationTest(
    rows: Int, _ count: Int, _ groups: Labels?, _ seed: UInt32, _ progress: ProgressHandler?,
    _ scores: @escaping @Sendable ([Int]?) throws -> [Double]
) throws -> PermutationTest {
    guard count >= 1 else {
        throw ApusError(.invalidParameter, "nPermutations is \(count), but it must be at least 1.")
    }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    let score = mean(try scores(nil))
    if let groups, groups.count != rows {
        throw ApusError(.shapeMismatch, "There are \(groups.count) groups for \(rows) rows; give one for each row.")
    }
    var random = RandomState(seed: seed)
    let orders = (0..<count).map { _ in
        guard let groups else { return random.permutation(rows) }
        var order = Array(0..<rows)
        for group in 0..<groups.classes.count {
            let members = groups.codes.indices.filter { groups.codes[$0] == group }
            var shuffled = members
            random.shuffle(&shuffled)
            for (place, row) in zip(members, shuffled) { order[place] = row }
        }
        return order
    }
    let permuted = try inWaves(count, "permutations", progress) { try scores(orders[$0]) }
    return PermutationTest(score: score, permutationScores: permuted.map(mean))
}
