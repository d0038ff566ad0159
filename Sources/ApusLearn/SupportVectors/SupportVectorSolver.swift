import ApusCore

/// How a support-vector machine is trained.
public enum SupportVectorSolver: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// Two multipliers at a time up to 8,192 rows, many at a time beyond.
    case auto
    /// Sequential minimal optimisation, the reference's path: the same support vectors after the same iterations.
    case sequential
    /// Working sets of up to 256 multipliers: on many rows several times faster, ending as close to the optimum.
    case blocks
}
