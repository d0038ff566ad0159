/// A fitted model that was found step by step, and that says whether the steps came to rest.
public protocol IterativeModel: FittedModel {
    /// How many steps were taken.
    var iterations: Int { get }
    /// Whether the stopping rule was met before the steps ran out.
    var converged: Bool { get }
}
