import ApusCore

/// Replaces each feature, taken as a category, by the mean target of the category, drawn towards the mean of all rows.
///
/// The encoding of a category with n rows of mean m is λ m + (1 - λ) y, y being the mean of all targets; where
/// `smooth` is a number s, λ = n / (n + s). Where it is `auto`, λ = n σ² / (n σ² + s²) with the variance σ² of all targets and
/// s² of those of the category (empirical Bayes). For classes the target is 1 for the second of two classes; with more there is
/// a column for each class. NaN is a category; an unknown one becomes the mean of all targets.
///
/// What a pipeline fits next gets each training row encoded by what the other folds of the training rows tell
/// (cross-fitting), so that no row sees its own target: `fitTransform(x, y)` is not `fit(x, y).transform(x)`.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `smooth` | auto | auto, at least 0 | how strongly categories of few rows are drawn towards the mean of all |
/// | `cv` | 5 | at least 2 | the folds of cross-fitting, stratified for classes |
/// | `shuffle` | true | true, false | whether rows are dealt to folds at random |
/// | `seed` | 0 | a seed | the seed of that |
///
/// Source: D. Micci-Barreca, "A preprocessing scheme for high-cardinality categorical attributes in classification and
/// prediction problems", SIGKDD Explorations 3 (2001).
public struct TargetEncoder: SupervisedTransformer {
    /// How strongly categories of few rows are drawn towards the mean of all.
    public enum Smoothing: Sendable, Hashable {
        /// As much as the variance within the category, set against that of all targets, suggests.
        case auto
        /// As if the category had so many more rows with the mean of all.
        case rows(Double)
    }

    /// `target-encoder`
    public static let catalogName = "target-encoder"
    /// NaN is a category; sample weights have no use.
    public static let traits = EstimatorTraits(allowsMissing: true, acceptsOneClass: true, usesWeights: false)

    /// `smooth`, `cv`, `shuffle`, `seed`.
    public static let parameters: [Parameter<TargetEncoder>] = [
        Parameter(
            "smooth", \.smooth, .either([.choice(["auto"]), .notNegative]),
            "How strongly categories of few rows are drawn towards the mean of all."),
        Parameter("cv", \.cv, .atLeast(2), "The folds of cross-fitting."),
        Parameter("shuffle", \.shuffle, .flag, "Whether rows are dealt to folds at random."),
        Parameter("seed", \.seed, .seed, "The seed of the random generator."),
    ]

    /// How strongly categories of few rows are drawn towards the mean of all; default `.auto`.
    public var smooth: Smoothing
    /// The folds of cross-fitting; at least 2, default 5.
    public var cv: Int
    /// Whether rows are dealt to folds at random; default true.
    public var shuffle: Bool
    /// The seed of that; default 0.
    public var seed: UInt32

    /// The defaults.
    public init() { self.init(smooth: .auto) }

    /// An encoder with the given parameters.
    public init(smooth: Smoothing = .auto, cv: Int = 5, shuffle: Bool = true, seed: UInt32 = 0) {
        self.smooth = smooth
        self.cv = cv
        self.shuffle = shuffle
        self.seed = seed
    }

    /// Learns the encoding of each category from all rows.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row; NaN is a category.
    ///   - y: n classes or numbers.
    ///   - weights: Must be nil.
    /// - Throws: `ApusError` for illegal parameters or data.
    /// - Complexity: O(n d log n).
    public func fit(_ x: Matrix, _ y: Target, weights: [Double]? = nil) throws -> Model {
        try prepare(x, y, weights).model
    }

    /// Learns from all rows, and encodes each by what the other folds tell.
    ///
    /// - Throws: As `fit`, and when there are fewer rows, or rows of a class, than folds.
    public func fitTransform(
        _ x: Matrix, _ y: Target?, weights: [Double]? = nil
    ) throws -> (model: Model, rows: Matrix) {
        let y = try Self.required(y)
        let (model, places, columns) = try prepare(x, y, nil)
        let folds: [[Int]]
        switch y {
        case .labels(let labels): folds = try CrossFitting.stratified(labels, cv, shuffle: shuffle, seed: seed)
        case .numbers(let numbers): folds = try CrossFitting.plain(numbers.count, cv, shuffle: shuffle, seed: seed)
        }
        let (d, width) = (x.columns, model.outputCount)
        var out = [Double](repeating: 0, count: x.rows * width)
        for fold in folds {
            let held = Set(fold)
            let train = (0..<x.rows).filter { !held.contains($0) }
            for (c, column) in columns.enumerated() {
                let own = train.map { column[$0] }
                let mean = Self.mean(own)
                for j in 0..<d {
                    let codes = places[j]
                    let encoding = encoding(train.map { codes[$0] }, own, model.categoryCount(of: j), mean)
                    for row in fold { out[row * width + j * columns.count + c] = encoding[codes[row]] }
                }
            }
        }
        return (model, Matrix(rows: x.rows, columns: width, values: out))
    }

    /// The model of all rows, the category of each value, and the targets as columns of numbers.
    private func prepare(
        _ x: Matrix, _ y: Target, _ weights: [Double]?
    ) throws -> (model: Model, places: [[Int]], columns: [[Double]]) {
        try validateParameters()
        try refuseWeights(weights, of: "TargetEncoder")
        try x.checkUsable(allowsNaN: true)
        let columns: [[Double]]
        var classes: Labels.Classes?
        switch y {
        case .numbers(let numbers):
            try checkTargets(numbers, rows: x.rows)
            columns = [numbers]
        case .labels(let all):
            try all.check(rows: x.rows)
            let labels = all.compacted
            classes = labels.classes
            let count = labels.classes.count
            columns = (count > 2 ? 0..<count : count - 1..<count).map { code in
                labels.codes.map { $0 == code && count > 1 ? 1 : 0 }
            }
        }
        let table = FeatureCategories(x, CategoryLimits())
        try checkOutputSize(rows: x.rows, columns: x.columns * columns.count, remedy: "leave columns out")
        let places = Parallel.map(x.columns) { j in x.column(j).map { table.place(of: $0, in: j) ?? 0 } }
        let means = columns.map(Self.mean)
        guard means.allSatisfy(\.isFinite) else {
            throw ApusError(.numericalFailure, "The sum of the targets overflows; scale them down.")
        }
        let encodings = (0..<x.columns).flatMap { j in
            columns.indices.map { encoding(places[j], columns[$0], table.counts[j], means[$0]) }
        }
        guard encodings.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
            throw ApusError(.numericalFailure, "The spread of the targets overflows; scale them down.")
        }
        return (Model(table: table, encodings: encodings, means: means, classes: classes), places, columns)
    }

    /// The encoding of each category of a feature.
    private func encoding(_ codes: [Int], _ y: [Double], _ categories: Int, _ mean: Double) -> [Double] {
        switch smooth {
        case .rows(let rows):
            var sums = [Double](repeating: rows * mean, count: categories)
            var counts = [Double](repeating: rows, count: categories)
            for (code, value) in zip(codes, y) {
                sums[code] += value
                counts[code] += 1
            }
            return zip(sums, counts).map { $1 == 0 ? mean : $0 / $1 }
        case .auto:
            let whole = Self.mean(y)
            let variance = pairwiseSum(y.indices) { (y[$0] - whole) * (y[$0] - whole) } / Double(y.count)
            var means = [Double](repeating: 0, count: categories)
            var counts = [Double](repeating: 0, count: categories)
            for (code, value) in zip(codes, y) {
                means[code] += value
                counts[code] += 1
            }
            for k in means.indices { means[k] /= counts[k] }
            var squares = [Double](repeating: 0, count: categories)
            for (code, value) in zip(codes, y) { squares[code] += (value - means[code]) * (value - means[code]) }
            return means.indices.map { k in
                let share = variance * counts[k] / (variance * counts[k] + squares[k] / counts[k])
                return share.isNaN ? mean : share * means[k] + (1 - share) * mean
            }
        }
    }

    private static func mean(_ values: [Double]) -> Double {
        pairwiseSum(values.indices) { values[$0] } / Double(values.count)
    }
}

extension TargetEncoder: CategoricalStep {
    /// Codes become means of the target.
    public var categoryUse: CategoryUse { .encodes }
}

extension TargetEncoder.Smoothing: ParameterConvertible {
    /// `auto`, or the number of rows.
    public var parameterValue: JSONValue {
        switch self {
        case .auto: "auto"
        case .rows(let rows): .double(rows)
        }
    }

    /// `auto`, or a number.
    public init?(parameterValue: JSONValue) {
        if parameterValue == "auto" {
            self = .auto
        } else {
            guard let rows = parameterValue.doubleValue else { return nil }
            self = .rows(rows)
        }
    }
}

extension TargetEncoder.Smoothing: Codable {
    /// Reads what `encode` wrote.
    public init(from decoder: any Decoder) throws {
        let value = try JSONValue(from: decoder)
        guard let smoothing = Self(parameterValue: value) else {
            throw ApusError(.invalidParameter, "\(value.summary) is neither auto nor a number of rows.")
        }
        self = smoothing
    }

    /// Writes the parameter value.
    public func encode(to encoder: any Encoder) throws { try parameterValue.encode(to: encoder) }
}
