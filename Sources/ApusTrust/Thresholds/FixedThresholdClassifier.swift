import ApusCore

/// A classifier of two classes that answers the positive one from another probability on than one half.
///
///     let model = try FixedThresholdClassifier(LogisticRegression(), threshold: 0.2).fit(x, y)
public struct FixedThresholdClassifier<Base: Classifier>: Classifier {
    /// `fixed-threshold-classifier`
    public static var catalogName: String { "fixed-threshold-classifier" }
    /// Those of the classifier; but two classes are needed.
    public static var traits: EstimatorTraits { Base.traits.forTwoClasses }

    /// The classifier.
    public var estimator: Base
    /// The score from which on a row belongs to the positive class; default nil: 0.5 of a probability, 0 of a decision
    /// value.
    public var threshold: Double?
    /// The name of the positive class; default nil: the second one.
    public var posLabel: String?
    /// What the threshold is put on; default probabilities where there are some.
    public var responseMethod: ScoreSource

    /// A classifier and its threshold.
    public init(
        _ estimator: Base, threshold: Double? = nil, posLabel: String? = nil, responseMethod: ScoreSource = .auto
    ) {
        self.estimator = estimator
        self.threshold = threshold
        self.posLabel = posLabel
        self.responseMethod = responseMethod
    }

    /// The classifier with its defaults.
    public init() { self.init(Base()) }

    /// Its own parameters, and those of the classifier as `estimator.parameter`.
    public static var parameters: [Parameter<FixedThresholdClassifier>] {
        [
            Parameter(
                "threshold", \.threshold, .optional(.anyNumber),
                "The score from which on a row belongs to the positive class."),
            Parameter("posLabel", \.posLabel, .optional(.text), "The name of the positive class."),
            Parameter(
                "responseMethod", \.responseMethod, .choice(ScoreSource.allCases.map(\.rawValue)),
                "What the threshold is put on."),
        ]
            + Base.parameters.map { Parameter("estimator.\($0.name)", $0, of: \FixedThresholdClassifier.estimator) }
    }

    /// Fits the classifier.
    ///
    /// - Throws: `ApusError` with code `invalidInput` for other than two classes; what the classifier throws.
    public func fit(
        _ x: Matrix, _ y: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> ThresholdClassifierModel<Base.Model> {
        try validateParameters()
        let positive = try y.positive(posLabel, rows: x.rows)
        let model = try estimator.fit(x, y.compacted, weights: weights, progress: progress)
        return try apply(to: model, positive)
    }

    private func apply(to model: Base.Model, _ positive: Int) throws -> ThresholdClassifierModel<Base.Model> {
        let source = try responseMethod.resolved(for: model)
        guard source == .predictProba || model is any DecisionModel else {
            throw ApusError(
                .invalidParameter,
                "\(Base.catalogName) gives neither probabilities nor decision values that a threshold could be put on.")
        }
        return ThresholdClassifierModel(
            estimator: model, threshold: threshold ?? (source == .predictProba ? 0.5 : 0), source: source,
            positive: positive)
    }
}

extension EstimatorTraits {
    /// The same, but labels of one class are refused.
    var forTwoClasses: EstimatorTraits {
        var traits = self
        traits.acceptsOneClass = false
        return traits
    }
}

extension Labels {
    /// The place of the positive class among the two that occur.
    ///
    /// - Parameter name: Its name; nil for the second.
    /// - Throws: `ApusError` with code `shapeMismatch`, `invalidInput` for other than two classes, `invalidParameter` when
    ///   none of them has the name.
    func positive(_ name: String?, rows: Int) throws -> Int {
        try check(rows: rows, minimumClasses: 2)
        let names = compacted.classes.names
        guard names.count == 2 else {
            throw ApusError(
                .invalidInput,
                "y has \(names.count) classes, but a threshold tells two apart; take rows of two classes or join classes."
            )
        }
        guard let name else { return 1 }
        guard let place = names.firstIndex(of: name) else {
            throw ApusError(
                .invalidParameter, "posLabel is \(name), but the classes are \(names.joined(separator: " and ")).")
        }
        return place
    }
}
