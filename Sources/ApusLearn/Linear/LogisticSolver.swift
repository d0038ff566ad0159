import ApusCore

/// How logistic regression is solved.
public enum LogisticSolver: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// `.lbfgs` without an L1 penalty, else `.coordinateDescent`.
    case auto
    /// Limited-memory BFGS; not for an L1 penalty. Good for any size of data.
    case lbfgs
    /// Newton's method by Cholesky factorisation; not for an L1 penalty. Few iterations, but it needs memory for the
    /// square of the number of coefficients: for many more rows than coefficients.
    case newtonCholesky
    /// Newton's method with an L1 penalty: its quadratic model is minimised one coefficient after another. It ends
    /// nearer to the minimum than the reference's `saga` and `liblinear`, whose problems it solves.
    case coordinateDescent

    /// The words for it.
    static let legalValues = LegalValues.choice(allCases.map(\.rawValue))
}

/// A number above 0 that may be infinite, which JSON spells `inf`.
struct PositiveOrInfinite: Sendable, Hashable, Codable, ParameterConvertible {
    var value: Double

    init(_ value: Double) { self.value = value }

    static let legalValues = LegalValues.either([.positive, .choice(["inf"])])

    var parameterValue: JSONValue { value == .infinity ? "inf" : .double(value) }

    init?(parameterValue: JSONValue) {
        if parameterValue == "inf" {
            value = .infinity
        } else {
            guard let number = parameterValue.doubleValue else { return nil }
            value = number
        }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Double.self) {
            value = number
        } else {
            guard try container.decode(String.self) == "inf" else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "c is a number or inf")
            }
            value = .infinity
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if value == .infinity { try container.encode("inf") } else { try container.encode(value) }
    }
}
