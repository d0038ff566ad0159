import ApusCore

/// Some of the columns, by their number counted from 0.
///
///     HistGradientBoostingClassifier(categoricalFeatures: [2, 5])
public struct ColumnIndices: Sendable, Hashable, ExpressibleByArrayLiteral {
    /// The numbers of the columns, ascending, each once.
    public let indices: [Int]

    /// The columns with the given numbers.
    public init(_ indices: some Sequence<Int>) { self.indices = Set(indices).sorted() }

    /// The columns with the given numbers.
    public init(arrayLiteral indices: Int...) { self.init(indices) }

    /// Throws unless all columns exist.
    func check(columns: Int, of parameter: String) throws {
        if let bad = indices.first(where: { $0 < 0 || $0 >= columns }) {
            throw ApusError(
                .invalidParameter,
                "\(parameter) names column \(bad), but the columns are numbered 0 to \(columns - 1).")
        }
    }

    /// Whole numbers of at least 0 between commas; nil when a part is something else.
    static func parse(_ text: some StringProtocol) -> [Int]? {
        if text.isEmpty { return [] }
        var found: [Int] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let index = Int(part.drop { $0 == " " }), index >= 0 else { return nil }
            found.append(index)
        }
        return found
    }
}

extension ColumnIndices: ParameterConvertible {
    /// Null for no column, otherwise the numbers between commas.
    public var parameterValue: JSONValue {
        indices.isEmpty ? .null : .string(indices.map { "\($0)" }.joined(separator: ","))
    }

    /// Null, or numbers between commas.
    public init?(parameterValue: JSONValue) {
        switch parameterValue {
        case .null: self = []
        case .string(let text):
            guard let indices = Self.parse(text) else { return nil }
            self.init(indices)
        default: return nil
        }
    }
}

extension ColumnIndices: Codable {
    /// Reads a list of numbers.
    public init(from decoder: any Decoder) throws { self.init(try [Int](from: decoder)) }
    /// Writes the list of numbers.
    public func encode(to encoder: any Encoder) throws { try indices.encode(to: encoder) }
}
