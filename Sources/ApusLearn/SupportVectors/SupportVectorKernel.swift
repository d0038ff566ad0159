import ApusCore

/// How a support-vector machine compares two rows x and z.
public enum SupportVectorKernel: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// `x · z`
    case linear
    /// `(gamma x · z + coef0)^degree`
    case poly
    /// `exp(-gamma ‖x - z‖²)`
    case rbf
    /// `tanh(gamma x · z + coef0)`
    case sigmoid
    /// The data are kernel values already: n × n in `fit`, a row for each new sample and a column for each training row
    /// in `predict`.
    case precomputed

    static let legalValues = LegalValues.choice(allCases.map(\.rawValue))
    static let help = "How two rows are compared."
}
