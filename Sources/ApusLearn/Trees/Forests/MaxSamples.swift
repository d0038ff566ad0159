import ApusCore

/// How many rows are drawn for each tree of a forest, with replacement.
public enum MaxSamples: Sendable, Hashable {
    /// As many as there are rows.
    case all
    /// A number of rows, at least 1.
    case count(Int)
    /// A part of the rows or, with sample or class weights, of their total weight; above 0 and at most 1, rounded down, at least one.
    case fraction(Double)

    /// The most rows that are drawn for a tree.
    static let limit = Int(Int32.max)

    /// The values that are legal for a parameter of this type.
    static let legal = LegalValues.optional(
        .either([
            .choice(["1.0"]), .integer(1...limit),
            .number(from: 0, to: 1, openLower: true, openUpper: false),
        ]))

    /// How many rows that are.
    ///
    /// - Parameters:
    ///   - rows: The number of rows.
    ///   - weight: Their total weight, or nil when they have no weights.
    /// - Throws: `ApusError` with code `invalidParameter` when they are more than can be drawn.
    func resolved(rows: Int, weight: Double?) throws -> Int {
        switch self {
        case .all: return rows
        case .count(let count): return count
        case .fraction(let part):
            let count = part * (weight ?? Double(rows))
            guard count <= Double(MaxSamples.limit) else {
                throw ApusError(
                    .invalidParameter,
                    "maxSamples asks for \(count) rows for each tree, but at most \(MaxSamples.limit) can be drawn; "
                        + "lower it.")
            }
            return max(1, Int(count))
        }
    }
}

extension MaxSamples: ParameterConvertible {
    /// Null for all, the number or the fraction.
    public var parameterValue: JSONValue {
        switch self {
        case .all: .null
        case .count(let count): .int(count)
        // A word, because JSON does not tell the fraction 1.0 from the number 1.
        case .fraction(1): "1.0"
        case .fraction(let part): .double(part)
        }
    }

    /// Null, a whole number or a fraction.
    public init?(parameterValue: JSONValue) {
        switch parameterValue {
        case .null: self = .all
        case .string("1.0"): self = .fraction(1)
        case .int(let count): self = .count(count)
        case .double(let part): self = .fraction(part)
        default: return nil
        }
    }
}

extension MaxSamples: Codable {
    /// Reads what `encode` wrote.
    public init(from decoder: any Decoder) throws {
        let value = try JSONValue(from: decoder)
        guard let decoded = MaxSamples(parameterValue: value) else {
            throw ApusError(.invalidParameter, "\(value.summary) is not a number of samples.")
        }
        self = decoded
    }

    /// Writes the parameter value.
    public func encode(to encoder: any Encoder) throws { try parameterValue.encode(to: encoder) }
}
