import ApusCore

/// How far two rows are from each other.
public enum NeighborMetric: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// (Σ |x - y|ᵖ)^(1/p), with the estimator's `p`.
    case minkowski
    /// √Σ (x - y)².
    case euclidean
    /// Σ |x - y|.
    case manhattan
    /// max |x - y|.
    case chebyshev
    /// 1 - x·y / (‖x‖ ‖y‖); 1 where a row has no direction because it is all zeros.
    case cosine
    /// The matrices hold distances instead of features: n × n for `fit`, m × n from m new rows to the fitted ones.
    case precomputed

    /// The measure that kernels compute; nil for distances that are given.
    func measure(p: Double) -> NeighborMeasure? {
        switch self {
        case .minkowski: p == 1 ? .manhattan : p == 2 ? .euclidean : .minkowski(p)
        case .euclidean: .euclidean
        case .manhattan: .manhattan
        case .chebyshev: .chebyshev
        case .cosine: .cosine
        case .precomputed: nil
        }
    }
}
