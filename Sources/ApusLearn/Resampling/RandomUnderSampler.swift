import ApusCore

/// Keeps some rows of large classes, drawn at random.
///
/// Rows come out class by class. For the same seed they are imbalanced-learn's.
public struct RandomUnderSampler: Resampler {
    /// `random-under-sampler`.
    public static let catalogName = "random-under-sampler"
    /// Missing values stay as they are.
    public static let traits = EstimatorTraits(allowsMissing: true)

    /// Which classes lose rows, and how many they keep; default: all but the smallest, down to its size.
    public var samplingStrategy: SamplingStrategy
    /// Whether a row may be drawn several times; default false.
    public var replacement: Bool
    /// The seed; default 0.
    public var seed: UInt32

    /// A resampler that drops rows.
    public init(samplingStrategy: SamplingStrategy = .auto, replacement: Bool = false, seed: UInt32 = 0) {
        self.samplingStrategy = samplingStrategy
        self.replacement = replacement
        self.seed = seed
    }

    /// A resampler that makes all classes as small as the smallest.
    public init() { self.init(replacement: false) }

    /// Every parameter with its legal values.
    public static let parameters: [Parameter<RandomUnderSampler>] = [
        Parameter(
            "samplingStrategy", \.samplingStrategy, SamplingStrategy.legalValues,
            "Which classes lose rows, and how many they keep."),
        Parameter("replacement", \.replacement, .flag, "Whether a row may be drawn several times."),
        Parameter("seed", \.seed, .seed, "The seed of the random generator."),
    ]

    /// The rows that are kept.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` or `invalidInput`, also when no row would be left.
    /// - Complexity: O(n + d·m), m the rows that come out.
    public func fitResample(_ x: Matrix, _ y: Labels) throws -> Resampled {
        try check(x, y)
        let targets = try samplingStrategy.targets(y, .under)
        let kept = Dictionary(uniqueKeysWithValues: targets.map { ($0.code, $0.rows) })
        var random = RandomState(seed: seed)
        var rows: [Int] = []
        for code in 0..<y.classes.count {
            let members = y.rows(of: code)
            guard let count = kept[code] else {
                rows += members
                continue
            }
            let drawn =
                replacement
                ? random.choice(members.count, count: count)
                : random.choiceWithoutReplacement(members.count, count: count)
            rows += drawn.map { members[$0] }
        }
        guard !rows.isEmpty else {
            throw ApusError(.invalidParameter, "samplingStrategy keeps no row; ask for some of at least one class.")
        }
        return Resampled(selecting: rows, of: x, y)
    }
}
