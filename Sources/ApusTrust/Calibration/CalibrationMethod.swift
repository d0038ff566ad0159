import ApusCore

/// How scores become probabilities.
public enum CalibrationMethod: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// A logistic curve: 1 / (1 + exp(a·f + b)). For few rows.
    case sigmoid
    /// A step-wise monotonic function. For a thousand rows and more.
    case isotonic
    /// One number that all scores are multiplied by before the softmax: never changes which class is the most probable.
    case temperature
}
