import ApusCore

/// Replaces features by all their products of up to `degree` factors: for degree 2 and features a, b these are
/// 1, a, b, a², ab, b².
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `degree` | 2 | at least 0 | most factors of a product |
/// | `interactionOnly` | false | true, false | whether a feature may occur only once in a product |
/// | `includeBias` | true | true, false | whether the constant 1 is the first column |
public struct PolynomialFeatures: Transformer {
    /// `polynomial-features`
    public static let catalogName = "polynomial-features"

    /// `degree`, `interactionOnly`, `includeBias`.
    public static let parameters: [Parameter<PolynomialFeatures>] = [
        Parameter("degree", \.degree, .atLeast(0), "The most factors of a product."),
        Parameter("interactionOnly", \.interactionOnly, .flag, "Whether a feature may occur only once in a product."),
        Parameter("includeBias", \.includeBias, .flag, "Whether the constant 1 is the first column."),
    ]

    /// The most factors of a product; default 2.
    public var degree: Int
    /// Whether a feature may occur only once in a product; default false.
    public var interactionOnly: Bool
    /// Whether the constant 1 is the first column; default true.
    public var includeBias: Bool

    /// The defaults.
    public init() { self.init(degree: 2) }

    /// Polynomial features with the given parameters.
    public init(degree: Int = 2, interactionOnly: Bool = false, includeBias: Bool = true) {
        self.degree = degree
        self.interactionOnly = interactionOnly
        self.includeBias = includeBias
    }

    /// Learns the number of features.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - weights: Not used, but checked.
    /// - Throws: `ApusError` for illegal parameters or data, or when there would be no column or too many.
    public func fit(_ x: Matrix, weights: [Double]? = nil) throws -> Model {
        try validateParameters()
        try x.checkUsable()
        try checkSampleWeights(weights, rows: x.rows)
        guard let model = Model(featureCount: x.columns, self) else {
            throw ApusError(
                .invalidParameter,
                "Degree \(degree) turns \(x.columns) features into "
                    + (degree == 0 ? "no column; include the bias." : "more columns than can be held; lower it."))
        }
        return model
    }
}

extension PolynomialFeatures {
    /// Polynomial features of a known number of features.
    public struct Model: TransformerModel {
        /// `polynomial-features`
        public static let catalogName = PolynomialFeatures.catalogName

        /// The number of columns that it was fitted on and expects again.
        public let featureCount: Int
        /// The parameters it was fitted with.
        public let estimator: PolynomialFeatures
        /// Each output is a feature times an earlier output; see `ColumnKernel.products`.
        package let features: [Int32]
        package let sources: [Int32]

        /// Nil when there would be no column, or more than can be held.
        init?(featureCount d: Int, _ estimator: PolynomialFeatures) {
            guard let count = Model.outputCount(d, estimator) else { return nil }
            var features: [Int32] = estimator.includeBias ? [-1] : []
            var sources: [Int32] = estimator.includeBias ? [-1] : []
            // Products of one degree more: each feature times those products whose first factor does not come before
            // it (or comes after it), which end the block of the degree below. `first[j]` is where they begin.
            var first: [Int] = []
            var end = 0
            for degree in stride(from: 1, through: estimator.degree, by: 1) {
                var starts: [Int] = []
                for j in 0..<d {
                    starts.append(features.count)
                    let next = estimator.interactionOnly ? j + 1 : j
                    let begin = degree == 1 || next >= d ? end : first[next]
                    let added = degree == 1 ? 1 : end - begin
                    features.append(contentsOf: repeatElement(Int32(j), count: added))
                    sources.append(contentsOf: degree == 1 ? [-1] : (begin..<end).map { Int32($0) })
                }
                if features.count == count { break }
                first = starts
                end = features.count
            }
            featureCount = d
            self.estimator = estimator
            self.features = features
            self.sources = sources
        }

        /// How many products there are, or nil when there are none or more than can be held.
        private static func outputCount(_ d: Int, _ estimator: PolynomialFeatures) -> Int? {
            let highest = estimator.interactionOnly ? min(estimator.degree, d) : estimator.degree
            guard d > 0, d < mostOutputColumns, highest <= mostOutputColumns else { return nil }
            var total = estimator.includeBias ? 1 : 0
            // C(d + k - 1, k) products of k features, C(d, k) of k different ones.
            var products = 1
            for k in stride(from: 1, through: highest, by: 1) {
                products = products * (estimator.interactionOnly ? d - k + 1 : d + k - 1) / k
                total += products
                if total > mostOutputColumns { return nil }
            }
            return total > 0 ? total : nil
        }

        /// How many columns come out.
        public var outputCount: Int { features.count }

        /// The products of each row's features.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func transform(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "PolynomialFeatures")
            try x.checkUsable()
            try checkOutputSize(rows: x.rows, columns: outputCount, remedy: "lower the degree")
            return ColumnKernel.products(x, features: features, sources: sources)
        }

        /// `1`, `a`, `a^2`, `a b`: the names of the factors with their powers.
        public func outputNames(for inputNames: [String]) -> [String] {
            guard inputNames.count == featureCount else { return [] }
            return features.indices.map { output in
                var parts: [String] = []
                var next = output
                while next >= 0, features[next] >= 0 {
                    let feature = features[next]
                    var power = 0
                    while next >= 0, features[next] == feature {
                        power += 1
                        next = Int(sources[next])
                    }
                    parts.append(inputNames[Int(feature)] + (power > 1 ? "^\(power)" : ""))
                }
                return parts.isEmpty ? "1" : parts.joined(separator: " ")
            }
        }
    }
}

extension PolynomialFeatures.Model {
    /// Puts the number of features and the parameters into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(.int(featureCount), as: "featureCount")
        archive.store(.int(estimator.degree), as: "degree")
        archive.store(.bool(estimator.interactionOnly), as: "interactionOnly")
        archive.store(.bool(estimator.includeBias), as: "includeBias")
    }

    /// Takes the number of features and the parameters out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        let estimator = PolynomialFeatures(
            degree: try archive.int("degree"), interactionOnly: try archive.bool("interactionOnly"),
            includeBias: try archive.bool("includeBias"))
        guard let model = Self(featureCount: try archive.int("featureCount"), estimator) else {
            throw archive.damaged("the polynomial has no column or more than can be held")
        }
        self = model
    }
}
