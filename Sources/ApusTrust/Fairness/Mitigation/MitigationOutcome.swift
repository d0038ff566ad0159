import ApusCore

/// A model that says what its mitigation reached on the rows it was fitted on.
public protocol MitigationOutcome {
    /// The disparity that was asked for; nil without a bound.
    var askedBound: Double? { get }
    /// The disparity that was reached, by the constraint.
    var achievedDisparity: Double { get }
    /// Error and disparity of each classifier that was tried; empty where only one was.
    var tradeOff: [(error: Double, disparity: Double)] { get }
}

extension MixtureModel: MitigationOutcome {
    /// The bound that was asked for.
    public var askedBound: Double? { bound }
    /// The disparity of the mixture.
    public var achievedDisparity: Double { achieved.disparity }
    /// Error and disparity of each classifier that was tried.
    public var tradeOff: [(error: Double, disparity: Double)] { candidates.map { ($0.error, $0.disparity) } }
}

extension Routed.Model: MitigationOutcome where Fair.Model: MitigationOutcome {
    /// What the fair classifier was asked for.
    public var askedBound: Double? { model.askedBound }
    /// What the fair classifier reached.
    public var achievedDisparity: Double { model.achievedDisparity }
    /// What the fair classifier tried.
    public var tradeOff: [(error: Double, disparity: Double)] { model.tradeOff }
}

extension ThresholdModel: MitigationOutcome {
    /// None: thresholds are chosen to be as near as they can.
    public var askedBound: Double? { nil }
    /// The disparity of the thresholds.
    public var achievedDisparity: Double { achieved }
    /// None.
    public var tradeOff: [(error: Double, disparity: Double)] { [] }
}
