import ApusCore

/// Adds rows to small classes where they meet other classes: between a row at the border and one of its neighbours.
///
/// A row is in danger when at least half of its `mNeighbors` nearest rows, but not all of them, are of other classes. New
/// rows begin at rows in danger alone. `borderline1` goes towards rows of the same class; `borderline2` towards rows of any
/// class, and towards one of another class at most half of the way. For the same seed the rows are imbalanced-learn's.
///
/// Source: H. Han, W.-Y. Wang, B.-H. Mao, "Borderline-SMOTE" (2005).
public struct BorderlineSMOTE: Resampler {
    /// Where new rows go.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// Towards rows of the same class.
        case borderline1 = "borderline-1"
        /// Towards rows of any class.
        case borderline2 = "borderline-2"
    }

    /// `borderline-smote`.
    public static let catalogName = "borderline-smote"
    /// New rows have no weights.
    public static let traits = EstimatorTraits(usesWeights: false)

    /// Which classes get rows, and how many; default: all but the largest, up to its size.
    public var samplingStrategy: SamplingStrategy
    /// How many neighbours new rows may go towards, at least 1; default 5.
    public var kNeighbors: Int
    /// How many neighbours tell whether a row is in danger, at least 1; default 10.
    public var mNeighbors: Int
    /// Where new rows go; default towards rows of the same class.
    public var kind: Kind
    /// The seed; default 0. Every class begins with it anew.
    public var seed: UInt32

    /// A resampler of the given kind.
    public init(
        samplingStrategy: SamplingStrategy = .auto, kNeighbors: Int = 5, mNeighbors: Int = 10,
        kind: Kind = .borderline1, seed: UInt32 = 0
    ) {
        self.samplingStrategy = samplingStrategy
        self.kNeighbors = kNeighbors
        self.mNeighbors = mNeighbors
        self.kind = kind
        self.seed = seed
    }

    /// A resampler that makes all classes as large as the largest.
    public init() { self.init(kNeighbors: 5) }

    /// Every parameter with its legal values.
    public static let parameters: [Parameter<BorderlineSMOTE>] = [
        Parameter(
            "samplingStrategy", \.samplingStrategy, SamplingStrategy.legalValues,
            "Which classes get new rows, and how many."),
        Parameter(
            "kNeighbors", \.kNeighbors, .atLeast(1), "How many neighbours new rows may go towards."),
        Parameter(
            "mNeighbors", \.mNeighbors, .atLeast(1),
            "How many neighbours tell whether a row is in danger."),
        Parameter("kind", \.kind, .choice(Kind.allCases.map(\.rawValue)), "Towards the same class, or any."),
        Parameter("seed", \.seed, .seed, "The seed of the random generator."),
    ]

    /// The rows and new ones for small classes. A class without a row in danger gets none, and a remark says so.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` or `invalidInput`, also when a class has no more rows than
    ///   `kNeighbors`.
    /// - Complexity: that of finding the neighbours of small classes among all rows.
    public func fitResample(_ x: Matrix, _ y: Labels) throws -> Resampled {
        try check(x, y)
        try checkRows(x.rows, parameter: "mNeighbors", neighbors: mNeighbors)
        let targets = try samplingStrategy.targets(y, .over)
        var result = try SyntheticRows(x, y, adding: targets)
        for target in targets where target.rows > 0 {
            let (code, name) = (target.code, y.classes.names[target.code])
            let own = x.selecting(rows: y.rows(of: code))
            let around = try NeighborColumns(of: .dense(own), among: .dense(x), mNeighbors)
            let danger = (0..<own.rows).filter { row in
                let others = (0..<mNeighbors).count { y.codes[around.place(row, $0)] != code }
                return others * 2 >= mNeighbors && others < mNeighbors
            }
            guard !danger.isEmpty else {
                result.remark(
                    "Class \(name) got no rows: none of its \(own.rows) is at the border to another class.")
                continue
            }
            let starts = own.selecting(rows: danger)
            let ends = kind == .borderline1 ? own : x
            if kind == .borderline1 {
                try checkMembers(own.rows, of: name, parameter: "kNeighbors", neighbors: kNeighbors)
            } else {
                try checkRows(x.rows, parameter: "kNeighbors", neighbors: kNeighbors)
            }
            let neighbors = try NeighborColumns(of: .dense(starts), among: .dense(ends), kNeighbors)
            let draws = SyntheticDraws(target.rows, queries: starts.rows, width: kNeighbors, seed: seed)
            let places = draws.queries.indices.map { neighbors.place(draws.queries[$0], draws.columns[$0]) }
            result.add(
                code, from: draws.queries, of: starts, to: places, of: ends, steps: draws.steps,
                shares: kind == .borderline1 ? nil : shares(places.map { y.codes[$0] != code }))
        }
        return try result.finished()
    }

    /// At most half of the way towards rows of other classes.
    private func shares(_ areOthers: [Bool]) -> [Double] {
        var random = RandomState(seed: seed)
        return areOthers.map { $0 ? random.uniform(0, 0.5) : 1 }
    }
}
