import ApusCore

/// Leaves out the features of which a model makes least, fits again on the rest, and so on (recursive feature elimination).
///
///     let model = try RFE(LogisticRegression(), nFeaturesToSelect: 5).then(SVC()).fit(x, y)
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `nFeaturesToSelect` | none | at least 1, or between 0 and 1 | how many features, or which share of them, are kept; none keeps half |
/// | `step` | 1 | at least 1, or between 0 and 1 | how many features, or which share of all, are left out at a time |
/// | `estimator.…` | | | the parameters of the model |
///
/// Source: I. Guyon et al., "Gene selection for cancer classification using support vector machines", Machine Learning 46
/// (2002).
public struct RFE<Base: Estimator>: SupervisedTransformer {
    /// The kept features.
    public typealias Model = SelectionModel<RFE<Base>>

    /// `rfe`
    public static var catalogName: String { "rfe" }
    /// What the model asks of data.
    public static var traits: EstimatorTraits { Base.traits }

    /// `nFeaturesToSelect`, `step`, and the model's as `estimator.NAME`.
    public static var parameters: [Parameter<RFE>] {
        [
            Parameter(
                "nFeaturesToSelect", \.nFeaturesToSelect, .optional(SampleCount.legal(from: 1)),
                "How many features, or which share of them, are kept; none keeps half."),
            Parameter(
                "step", \.step, SampleCount.legal(from: 1),
                "How many features, or which share of all, are left out at a time."),
        ] + Base.parameters.map { Parameter("estimator.\($0.name)", $0, of: \RFE.estimator) }
    }

    /// The model whose opinion counts.
    public var estimator: Base
    /// How many features, or which share of them, are kept; nil keeps half; default nil.
    public var nFeaturesToSelect: SampleCount?
    /// How many features, or which share of all, are left out at a time; default 1.
    public var step: SampleCount

    /// The defaults.
    public init() { self.init(Base()) }

    /// An elimination by a model.
    public init(_ estimator: Base, nFeaturesToSelect: SampleCount? = nil, step: SampleCount = 1) {
        self.estimator = estimator
        self.nFeaturesToSelect = nFeaturesToSelect
        self.step = step
    }

    /// Fits the model again and again, leaving out features.
    ///
    /// - Parameters: As for the model; x has at least two columns.
    /// - Throws: What the model throws, and `ApusError` when it does not weigh features.
    public func fit(_ x: Matrix, _ y: Target, weights: [Double]? = nil) throws -> SelectionModel<RFE> {
        let ranking = try eliminate(x, y, weights: weights)
        return try SelectionModel(
            kept: ranking.indices.filter { ranking[$0] == 1 }, scores: ranking.map { -Double($0) }, ranking: ranking)
    }

    /// Eliminates features and shows each model on the way.
    ///
    /// - Parameters:
    ///   - x: n × d, at least two columns.
    ///   - y: n labels or numbers.
    ///   - weights: n sample weights; nil for equal ones.
    ///   - visit: Called with each fitted model and its features, from all of them to those that are kept; nil fits no model
    ///     on the kept ones.
    /// - Returns: The rank of each feature, 1 for those that are kept.
    public func eliminate(
        _ x: Matrix, _ y: Target, weights: [Double]? = nil,
        visit: ((_ model: any FittedModel, _ features: [Int]) throws -> Void)? = nil
    ) throws -> [Int] {
        try validateParameters()
        try x.checkUsable(allowsNaN: Base.traits.allowsMissing)
        guard x.columns >= 2 else {
            throw ApusError(.invalidInput, "x has one column; leaving out features needs at least two.")
        }
        guard y.count == x.rows else {
            throw ApusError(
                .shapeMismatch, "y has \(y.count) values where x has \(x.rows) rows; give one for each row.")
        }
        let d = x.columns
        let goal =
            switch nFeaturesToSelect {
            case nil: d / 2
            case .count(let count): count
            case .fraction(let part): max(1, Int(Double(d) * part))
            }
        let stride =
            switch step {
            case .count(let count): count
            case .fraction(let part): max(1, Int(part * Double(d)))
            }
        var features = Array(0..<d)
        var ranking = [Int](repeating: 1, count: d)
        while features.count > goal {
            try checkCancellation()
            let fit = try WeighedFit(estimator, x.selecting(columns: features), y, weights: weights)
            try visit?(fit.model, features)
            let squares = fit.squares
            guard squares.allSatisfy(\.isFinite) else {
                throw ApusError(.numericalFailure, "The model's weights overflow; scale the columns first.")
            }
            let order = features.indices.sorted { (squares[$0], $0) < (squares[$1], $1) }
            let out = Set(order.prefix(min(stride, features.count - goal)).map { features[$0] })
            features.removeAll(where: out.contains)
            let kept = Set(features)
            for j in 0..<d where !kept.contains(j) { ranking[j] += 1 }
        }
        if let visit {
            try visit(WeighedFit(estimator, x.selecting(columns: features), y, weights: weights).model, features)
        }
        return ranking
    }
}
