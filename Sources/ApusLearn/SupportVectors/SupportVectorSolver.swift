import ApusCore

/// How a support-vector machine is trained.
public enum SupportVectorSolver: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// `sequential` on small data, up to n = 8,192 rows with n² d up to 4 · 10⁹; `blocks` on larger ones.
    case auto
    /// Sequential minimal optimisation, the reference's path: the same support vectors after the same iterations.
    case sequential
    /// Working sets of up to 256 multipliers: on many rows several times faster, ending as close to the optimum.
    case blocks
}
