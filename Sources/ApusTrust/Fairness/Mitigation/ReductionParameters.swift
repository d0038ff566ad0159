import ApusCore
import ApusLearn

/// What the reductions have in common, so that parameters are listed once.
protocol ReductionParameters: Estimator {
    associatedtype Base: Classifier
    var estimator: Base { get set }
    var constraint: FairnessConstraint { get set }
    var bound: Double { get set }
    var ratioBound: Double? { get set }
}

extension ReductionParameters {
    static var constraintParameters: [Parameter<Self>] {
        [
            Parameter("constraint", \.constraint, FairnessConstraint.legal, "What is kept equal between groups."),
            Parameter(
                "bound", \.bound, .notNegative,
                "How far a group may be from all rows; for boundedGroupLoss the greatest share of errors of a group."),
            Parameter(
                "ratioBound", \.ratioBound,
                .optional(.number(from: 0, to: 1, openLower: true, openUpper: false)),
                "The least ratio of a group and all rows in place of a difference; bound is then its slack."),
        ]
    }

    /// The parameters of the classifier within, each called `estimator.parameter`.
    static var innerParameters: [Parameter<Self>] {
        Base.parameters.map { Parameter("estimator.\($0.name)", $0, of: \Self.estimator) }
    }

    func checkRatio() throws {
        if ratioBound != nil, constraint == .boundedGroupLoss {
            throw ApusError(
                .invalidParameter, "ratioBound has no meaning for boundedGroupLoss; leave it out and set bound.")
        }
    }

    /// Refuses a classifier without a use for weights, which the reduction speaks to it by.
    func checkBase() throws {
        try estimator.validateParameters()
        guard Base.traits.usesWeights else {
            throw ApusError(
                .invalidParameter,
                "\(Base.catalogName) has no use for sample weights, which \(Self.catalogName) works by; "
                    + "choose another classifier, or mitigate by thresholds.")
        }
    }
}
