import ApusCore
import Foundation

/// Applies a function to every number.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `function` | identity | identity, log, log1p, log10, exp, expm1, sqrt, square, cbrt, abs, reciprocal, negative | what is applied |
///
/// For a function that is not among these there is `ClosureTransformer`, which cannot be stored in a file.
public struct FunctionTransformer: Transformer {
    /// The functions that there are.
    public enum Function: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// x.
        case identity
        /// ln x.
        case log
        /// ln(1 + x), exact near 0.
        case log1p
        /// log₁₀ x.
        case log10
        /// eˣ.
        case exp
        /// eˣ - 1, exact near 0.
        case expm1
        /// √x.
        case sqrt
        /// x².
        case square
        /// ∛x.
        case cbrt
        /// |x|.
        case abs
        /// 1 / x.
        case reciprocal
        /// -x.
        case negative

        /// The value of the function; NaN or infinite where it has none.
        public func callAsFunction(_ x: Double) -> Double {
            switch self {
            case .identity: x
            case .log: Foundation.log(x)
            case .log1p: Foundation.log1p(x)
            case .log10: Foundation.log10(x)
            case .exp: Foundation.exp(x)
            case .expm1: Foundation.expm1(x)
            case .sqrt: x.squareRoot()
            case .square: x * x
            case .cbrt: Foundation.cbrt(x)
            case .abs: x.magnitude
            case .reciprocal: 1 / x
            case .negative: -x
            }
        }

        /// What undoes it; nil for `abs`, which forgets the sign. That of `square` gives the root that is not negative.
        public var inverse: InverseFunction? {
            switch self {
            case .identity: .named(.identity)
            case .log: .named(.exp)
            case .log1p: .named(.expm1)
            case .log10: .powerOfTen
            case .exp: .named(.log)
            case .expm1: .named(.log1p)
            case .sqrt: .named(.square)
            case .square: .named(.sqrt)
            case .cbrt: .cube
            case .abs: nil
            case .reciprocal: .named(.reciprocal)
            case .negative: .named(.negative)
            }
        }
    }

    /// What undoes a function.
    public enum InverseFunction: Sendable, Hashable {
        /// One of the functions themselves.
        case named(Function)
        /// 10ˣ.
        case powerOfTen
        /// x³.
        case cube

        /// The value of the function; NaN or infinite where it has none.
        public func callAsFunction(_ x: Double) -> Double {
            switch self {
            case .named(let function): function(x)
            case .powerOfTen: pow(10, x)
            case .cube: x * x * x
            }
        }
    }

    /// `function-transformer`
    public static let catalogName = "function-transformer"
    /// NaN stays NaN.
    public static let traits = EstimatorTraits(allowsMissing: true)

    /// `function`.
    public static let parameters: [Parameter<FunctionTransformer>] = [
        Parameter(
            "function", \.function, .choice(Function.allCases.map(\.rawValue)), "What is applied to every number.")
    ]

    /// What is applied to every number; default `.identity`.
    public var function: Function

    /// The defaults.
    public init() { self.init(.identity) }

    /// A transformer that applies a function.
    public init(_ function: Function) { self.function = function }

    /// Checks the rows: there is nothing to learn.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row; NaN is missing.
    ///   - weights: Not used, but checked.
    /// - Throws: `ApusError` for illegal data.
    public func fit(_ x: Matrix, weights: [Double]? = nil) throws -> Model {
        try validateParameters()
        try x.checkUsable(allowsNaN: true)
        try checkSampleWeights(weights, rows: x.rows)
        return Model(function: function, featureCount: x.columns)
    }
}

extension FunctionTransformer {
    /// A function for a number of columns.
    public struct Model: InvertibleTransformerModel {
        /// `function-transformer`
        public static let catalogName = FunctionTransformer.catalogName

        /// What is applied to every number.
        public let function: Function
        /// The number of columns that it was fitted on and expects again.
        public let featureCount: Int

        /// The rows with the function applied; NaN stays NaN.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch`, or `invalidInput` where the function has no value.
        public func transform(_ x: Matrix) throws -> Matrix {
            try applied(function.callAsFunction, function.rawValue, to: x, featureCount)
        }

        /// The rows with the function undone.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch`, `invalidInput` where the inverse has no value, or `unavailable` when
        ///   the function has no inverse.
        public func inverseTransform(_ x: Matrix) throws -> Matrix {
            guard let inverse = function.inverse else {
                throw ApusError(.unavailable, "\(function.rawValue) forgets the sign, so it cannot be undone.")
            }
            return try applied(
                inverse.callAsFunction, "the inverse of \(function.rawValue)", to: x, featureCount)
        }

        /// The names that go in.
        public func outputNames(for inputNames: [String]) -> [String] { inputNames }

        /// Puts the function into an archive.
        public func encode(into archive: inout ModelArchive) {
            archive.store(function.parameterValue, as: "function")
            archive.store(.int(featureCount), as: "featureCount")
        }
    }
}

extension FunctionTransformer.Model {
    /// Takes the function out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        guard let function = FunctionTransformer.Function(rawValue: try archive.string("function")) else {
            throw archive.damaged("the function is unknown")
        }
        self.function = function
        featureCount = try archive.int("featureCount", in: 1...mostOutputColumns)
    }
}

/// The rows with a function applied to every number that is not NaN.
func applied(
    _ function: (Double) -> Double, _ name: String, to x: Matrix, _ featureCount: Int
) throws -> Matrix {
    try x.checkColumns(featureCount, of: "The function")
    try x.checkUsable(allowsNaN: true)
    let values = x.values.map { $0.isNaN ? $0 : function($0) }
    if let place = values.indices.first(where: { !values[$0].isFinite && !x.values[$0].isNaN }) {
        throw ApusError(
            .invalidInput,
            "\(name) has no finite value for \(x.values[place]) in row \(place / x.columns), column "
                + "\(place % x.columns); correct the value or choose another function.")
    }
    return Matrix(rows: x.rows, columns: x.columns, values: values)
}
