import ApusCore

/// Adds rows to small classes, more of them where other classes are near.
///
/// Row i of a class gets gᵢ = round(rᵢ / Σr · G) new rows, G the number of rows that the class lacks and rᵢ the share of
/// other classes among its `nNeighbors` nearest rows. A new row is x + u·(xₙ - x), xₙ one of the nearest rows of the class
/// and u uniform in [0, 1). Rounding may make a few rows more or fewer than asked for. For the same seed the rows are
/// imbalanced-learn's.
///
/// Source: H. He et al., "ADASYN: adaptive synthetic sampling approach for imbalanced learning" (2008).
public struct ADASYN: Resampler {
    /// `adasyn`.
    public static let catalogName = "adasyn"
    /// New rows have no weights.
    public static let traits = EstimatorTraits(usesWeights: false)

    /// Which classes get rows, and how many; default: all but the largest, up to its size.
    public var samplingStrategy: SamplingStrategy
    /// How many neighbours a row has, at least 1; default 5.
    public var nNeighbors: Int
    /// The seed; default 0.
    public var seed: UInt32

    /// A resampler with the given number of neighbours.
    public init(samplingStrategy: SamplingStrategy = .auto, nNeighbors: Int = 5, seed: UInt32 = 0) {
        self.samplingStrategy = samplingStrategy
        self.nNeighbors = nNeighbors
        self.seed = seed
    }

    /// A resampler that makes all classes about as large as the largest.
    public init() { self.init(nNeighbors: 5) }

    /// Every parameter with its legal values.
    public static let parameters: [Parameter<ADASYN>] = [
        Parameter(
            "samplingStrategy", \.samplingStrategy, SamplingStrategy.legalValues,
            "Which classes get new rows, and how many."),
        Parameter("nNeighbors", \.nNeighbors, .atLeast(1), "How many neighbours a row has."),
        Parameter("seed", \.seed, .seed, "The seed of the random generator."),
    ]

    /// The rows and new ones for small classes.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` or `invalidInput`, also when a class has no more rows than
    ///   `nNeighbors` or none near another class.
    /// - Complexity: that of finding the neighbours of small classes among all rows.
    public func fitResample(_ x: Matrix, _ y: Labels) throws -> Resampled {
        try check(x, y)
        try checkRows(x.rows, parameter: "nNeighbors", neighbors: nNeighbors)
        let targets = try samplingStrategy.targets(y, .over)
        // Rounding adds at most half a row for each row of a class.
        var result = try SyntheticRows(x, y, adding: targets)
        var random = RandomState(seed: seed)
        for target in targets where target.rows > 0 {
            let (code, name) = (target.code, y.classes.names[target.code])
            let own = x.selecting(rows: y.rows(of: code))
            let around = try NeighborColumns(of: .dense(own), among: .dense(x), nNeighbors)
            var shares = (0..<own.rows).map { row in
                Double((0..<nNeighbors).count { y.codes[around.place(row, $0)] != code }) / Double(nNeighbors)
            }
            let total = pairwiseSum(0..<shares.count) { shares[$0] }
            guard total > 0 else {
                throw ApusError(
                    .invalidInput,
                    "No row of class \(name) has a neighbour of another class, so ADASYN has nowhere to add rows; use SMOTE."
                )
            }
            for row in shares.indices { shares[row] /= total }
            let added = shares.map { Int(($0 * Double(target.rows)).rounded(.toNearestOrEven)) }
            let count = added.reduce(0, +)
            guard count > 0 else {
                throw ApusError(
                    .invalidInput,
                    "The \(target.rows) row\(target.rows == 1 ? "" : "s") that class \(name) lacks, spread over the rows near "
                        + "other classes, make less than half a row each; use SMOTE.")
            }
            try checkMembers(own.rows, of: name, parameter: "nNeighbors", neighbors: nNeighbors)
            let neighbors = try NeighborColumns(of: .dense(own), among: .dense(own), nNeighbors)
            let starts = added.indices.flatMap { repeatElement($0, count: added[$0]) }
            let columns = random.choice(nNeighbors, count: count)
            let steps = random.uniform(count: count)
            result.add(
                code, from: starts, of: own, to: starts.indices.map { neighbors.place(starts[$0], columns[$0]) },
                of: own, steps: steps)
        }
        return try result.finished()
    }
}
