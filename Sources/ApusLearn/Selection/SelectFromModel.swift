import ApusCore

/// Keeps the features of which a model makes much.
///
///     let model = try SelectFromModel(LinearSVC(penalty: .l1, dual: .off)).then(GaussianNB()).fit(x, y)
///
/// A feature's importance is the sum of the magnitudes of its coefficients, or what a tree or forest calls its importance.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `threshold` | auto | auto, mean, median, 1.25*mean, …, a number | the importance that is needed; auto is 10⁻⁵ for models with an L1 penalty, else the mean |
/// | `maxFeatures` | none | at least 1 | the most features that are kept, the best ones |
/// | `estimator.…` | | | the parameters of the model |
public struct SelectFromModel<Base: Estimator>: SupervisedTransformer {
    /// The kept features.
    public typealias Model = SelectionModel<SelectFromModel<Base>>

    /// `select-from-model`
    public static var catalogName: String { "select-from-model" }
    /// What the model asks of data.
    public static var traits: EstimatorTraits { Base.traits }

    /// `threshold`, `maxFeatures`, and the model's as `estimator.NAME`.
    public static var parameters: [Parameter<SelectFromModel>] {
        [
            Parameter(
                "threshold", \.threshold, .either([.anyNumber, .text]),
                "The importance that is needed: auto, mean, median, a multiple such as 1.25*mean, or a number."),
            Parameter(
                "maxFeatures", \.maxFeatures, .optional(.atLeast(1)), "The most features that are kept; none for all."),
        ] + Base.parameters.map { Parameter("estimator.\($0.name)", $0, of: \SelectFromModel.estimator) }
    }

    /// The model whose opinion counts.
    public var estimator: Base
    /// The importance that is needed; default `.auto`.
    public var threshold: ImportanceThreshold
    /// The most features that are kept; default nil.
    public var maxFeatures: Int?

    /// The defaults.
    public init() { self.init(Base()) }

    /// A selection by a model.
    public init(_ estimator: Base, threshold: ImportanceThreshold = .auto, maxFeatures: Int? = nil) {
        self.estimator = estimator
        self.threshold = threshold
        self.maxFeatures = maxFeatures
    }

    /// Fits the model and judges the features by it.
    ///
    /// - Parameters: As for the model.
    /// - Throws: What the model throws, and `ApusError` when it does not weigh features or none is left.
    public func fit(_ x: Matrix, _ y: Target, weights: [Double]? = nil) throws -> SelectionModel<SelectFromModel> {
        try validateParameters()
        let importances = try WeighedFit(estimator, x, y, weights: weights).magnitudes
        let least = threshold.value(importances, isSparse: penalisesToZero)
        let order = importances.indices.sorted { (-importances[$0], $0) < (-importances[$1], $1) }
        let kept = order.prefix(maxFeatures ?? importances.count).filter { importances[$0] >= least }
        return try SelectionModel(kept: kept.sorted(), scores: importances)
    }

    /// Whether the model sets coefficients to 0, so that those that are not 0 count.
    private var penalisesToZero: Bool {
        switch estimator {
        case is Lasso: true
        case let model as LinearSVC: model.penalty == .l1
        case let model as ElasticNet: (model.l1Ratio - 1).magnitude <= 1e-5
        case let model as LogisticRegression: (model.l1Ratio - 1).magnitude <= 1e-5
        default: false
        }
    }
}

/// How important a feature has to be.
public enum ImportanceThreshold: Sendable, Hashable {
    /// 10⁻⁵ for models with an L1 penalty, else the mean importance.
    case auto
    /// A multiple of the mean importance.
    case mean(Double)
    /// A multiple of the median importance.
    case median(Double)
    /// So much.
    case value(Double)

    func value(_ importances: [Double], isSparse: Bool) -> Double {
        let mean = pairwiseSum(importances.indices) { importances[$0] } / Double(importances.count)
        switch self {
        case .auto: return isSparse ? 1e-5 : mean
        case .mean(let factor): return factor * mean
        case .median(let factor):
            var values = importances
            return factor * (OrderKernel.median(&values) ?? 0)
        case .value(let value): return value
        }
    }
}

extension ImportanceThreshold: ParameterConvertible {
    /// The word, the multiple such as `1.25*mean`, or the number.
    public var parameterValue: JSONValue {
        switch self {
        case .auto: "auto"
        case .mean(let factor): .string(factor == 1 ? "mean" : "\(factor)*mean")
        case .median(let factor): .string(factor == 1 ? "median" : "\(factor)*median")
        case .value(let value): .double(value)
        }
    }

    /// A word, a multiple, or a number.
    public init?(parameterValue: JSONValue) {
        if let value = parameterValue.doubleValue {
            self = .value(value)
            return
        }
        guard let text = parameterValue.stringValue else { return nil }
        let parts = text.split(separator: "*", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } }
        guard let factor = parts.count == 1 ? 1 : parts.count == 2 ? Double(parts[0]) : nil, factor.isFinite else {
            return nil
        }
        switch parts.last {
        case "auto" where parts.count == 1: self = .auto
        case "mean": self = .mean(factor)
        case "median": self = .median(factor)
        default: return nil
        }
    }
}

extension ImportanceThreshold: Codable {
    /// Reads what `encode` wrote.
    public init(from decoder: any Decoder) throws {
        let value = try JSONValue(from: decoder)
        guard let threshold = Self(parameterValue: value) else {
            throw ApusError(.invalidParameter, "\(value.summary) is no threshold of importance.")
        }
        self = threshold
    }

    /// Writes the parameter value.
    public func encode(to encoder: any Encoder) throws { try parameterValue.encode(to: encoder) }
}
