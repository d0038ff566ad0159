/// What an estimator asks of data and what it makes of special data.
///
/// The contract tests hold each estimator to its traits, and the command shows them.
public struct EstimatorTraits: Sendable, Hashable {
    /// Whether NaN in the features stands for a missing value; otherwise it is refused.
    public var allowsMissing: Bool
    /// Whether features below 0 are refused.
    public var requiresNonNegative: Bool
    /// Whether a classifier accepts labels of one class only; otherwise they are refused.
    public var acceptsOneClass: Bool
    /// Whether sample weights have a use; otherwise weights that are not nil are refused, never ignored.
    public var usesWeights: Bool

    /// Traits, by default those of most estimators.
    public init(
        allowsMissing: Bool = false, requiresNonNegative: Bool = false, acceptsOneClass: Bool = false,
        usesWeights: Bool = true
    ) {
        self.allowsMissing = allowsMissing
        self.requiresNonNegative = requiresNonNegative
        self.acceptsOneClass = acceptsOneClass
        self.usesWeights = usesWeights
    }
}
