import ApusCore

/// Adds rows to small classes, each somewhere between a row and one of its neighbours of the same class.
///
/// A new row is x + u·(xₙ - x): x a row of the class drawn at random, xₙ one of its `kNeighbors` nearest rows of the class,
/// u uniform in [0, 1). For the same seed the rows are imbalanced-learn's: the rows given, then the new ones class by class.
///
/// New rows blur what is known about single columns: whole numbers become fractions. For text columns encoded as 0 and 1
/// use `SMOTENC`, which keeps them so.
///
/// Source: N. V. Chawla et al., "SMOTE: synthetic minority over-sampling technique" (2002).
public struct SMOTE: Resampler {
    /// `smote`.
    public static let catalogName = "smote"
    /// New rows have no weights.
    public static let traits = EstimatorTraits(usesWeights: false)

    /// Which classes get rows, and how many; default: all but the largest, up to its size.
    public var samplingStrategy: SamplingStrategy
    /// How many neighbours a row has, at least 1; default 5.
    public var kNeighbors: Int
    /// The seed; default 0. Every class begins with it anew.
    public var seed: UInt32

    /// A resampler with the given number of neighbours.
    public init(samplingStrategy: SamplingStrategy = .auto, kNeighbors: Int = 5, seed: UInt32 = 0) {
        self.samplingStrategy = samplingStrategy
        self.kNeighbors = kNeighbors
        self.seed = seed
    }

    /// A resampler that makes all classes as large as the largest.
    public init() { self.init(kNeighbors: 5) }

    /// Every parameter with its legal values.
    public static let parameters: [Parameter<SMOTE>] = [
        Parameter(
            "samplingStrategy", \.samplingStrategy, SamplingStrategy.legalValues,
            "Which classes get new rows, and how many."),
        Parameter("kNeighbors", \.kNeighbors, .atLeast(1), "How many neighbours a row has."),
        Parameter("seed", \.seed, .seed, "The seed of the random generator."),
    ]

    /// The rows and new ones for small classes.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` or `invalidInput`, also when a class has no more rows than
    ///   `kNeighbors`.
    /// - Complexity: that of finding the neighbours within each class.
    public func fitResample(_ x: Matrix, _ y: Labels) throws -> Resampled {
        try check(x, y)
        let targets = try samplingStrategy.targets(y, .over)
        var result = try SyntheticRows(x, y, adding: targets)
        for target in targets where target.rows > 0 {
            let members = y.rows(of: target.code)
            try checkMembers(
                members.count, of: y.classes.names[target.code], parameter: "kNeighbors", neighbors: kNeighbors)
            let own = x.selecting(rows: members)
            let neighbors = try NeighborColumns(of: .dense(own), among: .dense(own), kNeighbors)
            let draws = SyntheticDraws(target.rows, queries: own.rows, width: kNeighbors, seed: seed)
            result.add(
                target.code, from: draws.queries, of: own,
                to: draws.queries.indices.map { neighbors.place(draws.queries[$0], draws.columns[$0]) }, of: own,
                steps: draws.steps)
        }
        return try result.finished()
    }
}

/// What is drawn to make new rows: for each a row to begin at, one of its neighbours, and how far to go.
struct SyntheticDraws {
    /// The places of the rows to begin at.
    let queries: [Int]
    /// Which of their neighbours to go towards.
    let columns: [Int]
    /// How far to go.
    let steps: [Double]

    /// Draws for `count` rows from a generator that begins with the seed.
    init(_ count: Int, queries rows: Int, width: Int, seed: UInt32) {
        var random = RandomState(seed: seed)
        let draws = random.integers(in: 0..<rows * width, count: count)
        queries = draws.map { $0 / width }
        columns = draws.map { $0 % width }
        steps = random.uniform(count: count)
    }
}

extension Labels {
    /// The rows with a class, ascending.
    func rows(of code: Int) -> [Int] { codes.indices.filter { codes[$0] == code } }
}
