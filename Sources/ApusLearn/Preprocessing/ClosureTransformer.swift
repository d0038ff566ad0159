import ApusCore

/// Applies a closure to every number.
///
///     let steps = ClosureTransformer("degrees to radians") { $0 * .pi / 180 }.then(LinearRegression())
///
/// A closure is code, and model files hold none: a model with such a step predicts, but storing it is an error. Where a
/// function of `FunctionTransformer` serves, take that. Two of them are equal when their names are.
public struct ClosureTransformer: Transformer {
    /// `closure-transformer`
    public static let catalogName = "closure-transformer"
    /// NaN stays NaN.
    public static let traits = EstimatorTraits(allowsMissing: true)
    /// None.
    public static let parameters: [Parameter<ClosureTransformer>] = []

    /// What the closure does, in a few words: it stands for it in messages and comparisons.
    public let name: String
    /// What is applied to every number.
    public let function: @Sendable (Double) -> Double
    /// What undoes it, where that is known.
    public let inverse: (@Sendable (Double) -> Double)?

    /// Leaves numbers as they are.
    public init() { self.init("identity", inverse: { $0 }, { $0 }) }

    /// A transformer that applies a closure.
    ///
    /// - Parameters:
    ///   - name: What it does, in a few words.
    ///   - inverse: What undoes it; default nil.
    ///   - function: What is applied to every number.
    public init(
        _ name: String, inverse: (@Sendable (Double) -> Double)? = nil,
        _ function: @escaping @Sendable (Double) -> Double
    ) {
        self.name = name
        self.inverse = inverse
        self.function = function
    }

    /// Checks the rows: there is nothing to learn.
    ///
    /// - Throws: `ApusError` for illegal data.
    public func fit(_ x: Matrix, weights: [Double]? = nil) throws -> Model {
        try x.checkUsable(allowsNaN: true)
        try checkSampleWeights(weights, rows: x.rows)
        return Model(transformer: self, featureCount: x.columns)
    }

    /// Whether both have the same name.
    public static func == (a: Self, b: Self) -> Bool { a.name == b.name }

    /// Hashes the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }

    /// Throws: a closure cannot be read.
    public init(from decoder: any Decoder) throws { throw Self.unstorable("closure") }

    /// Throws: a closure cannot be written.
    public func encode(to encoder: any Encoder) throws { throw Self.unstorable(name) }

    static func unstorable(_ name: String) -> ApusError {
        ApusError(
            .unavailable,
            "The step “\(name)” is a closure, which no file can hold; use a FunctionTransformer, or prepare the column "
                + "beforehand.")
    }
}

extension ClosureTransformer {
    /// A closure for a number of columns.
    public struct Model: InvertibleTransformerModel {
        /// `closure-transformer`
        public static let catalogName = ClosureTransformer.catalogName

        /// The closure.
        public let transformer: ClosureTransformer
        /// The number of columns that it was fitted on and expects again.
        public let featureCount: Int

        /// The rows with the closure applied; NaN stays NaN.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch`, or `invalidInput` where the closure gives no finite number.
        public func transform(_ x: Matrix) throws -> Matrix {
            try applied(transformer.function, "“\(transformer.name)”", to: x, featureCount)
        }

        /// The rows with the closure undone.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch`, `invalidInput`, or `unavailable` when there is no inverse.
        public func inverseTransform(_ x: Matrix) throws -> Matrix {
            guard let inverse = transformer.inverse else {
                throw ApusError(.unavailable, "“\(transformer.name)” has no inverse; give it one where it is made.")
            }
            return try applied(inverse, "The inverse of “\(transformer.name)”", to: x, featureCount)
        }

        /// The names that go in.
        public func outputNames(for inputNames: [String]) -> [String] { inputNames }

        /// Notes that the archive cannot be stored.
        public func encode(into archive: inout ModelArchive) {
            archive.refuseStoring(ClosureTransformer.unstorable(transformer.name).message)
        }
    }
}

extension ClosureTransformer.Model {
    /// Throws: a closure cannot be read.
    public init(from archive: ModelArchive) throws { throw archive.damaged("a closure cannot be read from a file") }
}
