import ApusCore

/// In which order coordinate descent takes the coefficients.
public enum CoordinateSelection: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// One after another, again and again.
    case cyclic
    /// Picked at random; often faster where `tol` is above 1e-4.
    case random
}
