import ApusCore

/// One number for all, or a number for each: of the features, of the centres.
///
///     makeBlobs(centers: 2, clusterStd: 0.5)
///     makeBlobs(centers: 2, clusterStd: [0.5, 2])
public enum OneOrEach: Sendable, Hashable {
    /// The same number for all.
    case all(Double)
    /// A number for each, in order.
    case each([Double])

    /// The numbers for `count` things.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` unless there are as many numbers, finite and legal.
    func values(
        for count: Int, called name: String, legal: (Double) -> Bool = { _ in true }, explanation: String = "finite"
    ) throws -> [Double] {
        let values: [Double]
        switch self {
        case .all(let value): values = [Double](repeating: value, count: count)
        case .each(let each): values = each
        }
        guard values.count == count else {
            throw ApusError(
                .invalidParameter,
                "\(name) has \(values.count) numbers where there must be \(count); give one for each.")
        }
        if let wrong = values.first(where: { !$0.isFinite || !legal($0) }) {
            throw ApusError(.invalidParameter, "\(name) holds \(wrong), but every number must be \(explanation).")
        }
        return values
    }
}

extension OneOrEach: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
    /// The same number for all.
    public init(floatLiteral value: Double) { self = .all(value) }
    /// The same number for all.
    public init(integerLiteral value: Int) { self = .all(Double(value)) }
    /// A number for each.
    public init(arrayLiteral elements: Double...) { self = .each(elements) }
}

extension OneOrEach: ParameterConvertible {
    /// The number, or a text of the numbers with commas between them.
    public var parameterValue: JSONValue {
        switch self {
        case .all(let value): .double(value)
        case .each(let values): .string(values.map { "\($0)" }.joined(separator: ","))
        }
    }

    /// The number, or the numbers of a text with commas between them.
    public init?(parameterValue: JSONValue) {
        if let value = parameterValue.doubleValue {
            self = .all(value)
            return
        }
        guard let parts = parameterValue.stringValue?.split(separator: ",", omittingEmptySubsequences: false) else {
            return nil
        }
        let numbers = parts.compactMap { part in Double(part.filter { !$0.isWhitespace }) }
        guard numbers.count == parts.count else { return nil }
        self = .each(numbers)
    }
}

extension LegalValues {
    /// One number, or several in a text with commas between them.
    static let oneOrEach = LegalValues.either([.anyNumber, .text])
}
