import ApusCore
import ApusTrust

/// What methods of explanation can be told beyond their defaults.
public struct ExplanationOptions: Sendable, Hashable {
    /// For kernel SHAP: what is added up, the answers or the logarithm of their odds; default the answers.
    public var link: ExplanationLink
    /// For kernel SHAP: which columns get a part; default all.
    public var selection: KernelSelection
    /// For linear models: whether columns that are not known are what the known ones let expect, by the correlations of the
    /// background; default false: columns are taken as independent.
    public var followsCorrelations: Bool

    /// Options, by default none.
    public init(
        link: ExplanationLink = .identity, selection: KernelSelection = .none, followsCorrelations: Bool = false
    ) {
        self.link = link
        self.selection = selection
        self.followsCorrelations = followsCorrelations
    }

    /// Refuses what the method has no use for.
    func check(for method: ExplanationMethod, isLinear: Bool, isTree: Bool) throws {
        if method != .kernel, link != .identity || selection != .none {
            throw ApusError(
                .invalidParameter,
                "A link and a selection of columns are for the method kernel, not for \(method.rawValue); leave them out."
            )
        }
        if followsCorrelations, method != .shap || !isLinear || isTree {
            throw ApusError(
                .invalidParameter,
                "Correlations are followed by the method shap on linear models; leave it out, or choose one of these.")
        }
    }
}
