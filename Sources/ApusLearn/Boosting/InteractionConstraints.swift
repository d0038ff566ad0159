import ApusCore

/// Which columns may meet on a path from a tree's root to a leaf, and so act on the answer together.
///
///     HistGradientBoostingRegressor(interactionCst: .groups([[0, 1], [2, 3, 4]]))
public enum InteractionConstraints: Sendable, Hashable {
    /// All columns may meet.
    case none
    /// No more than two columns meet.
    case pairwise
    /// No columns meet: the score is a sum of functions of one column each.
    case noInteractions
    /// Only columns of one group meet; groups may overlap, and columns in no group form one more.
    case groups([[Int]])

    /// The groups of columns, which name every column; nil if all may meet.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` for a column that does not exist.
    func groups(columns: Int) throws -> [[Int]]? {
        switch self {
        case .none: return nil
        case .pairwise:
            guard columns > 1 else { return [[0]] }
            guard columns <= 512 else {
                throw ApusError(
                    .invalidParameter,
                    "interactionCst pairwise makes \(columns * (columns - 1) / 2) groups of \(columns) columns; "
                        + "name groups, or use fewer columns.")
            }
            return (0..<columns).flatMap { first in (first + 1..<columns).map { [first, $0] } }
        case .noInteractions: return (0..<columns).map { [$0] }
        case .groups(let groups):
            for group in groups { try ColumnIndices(group).check(columns: columns, of: "interactionCst") }
            let named = Set(groups.joined())
            let rest = (0..<columns).filter { !named.contains($0) }
            return groups.map { Set($0).sorted() } + (rest.isEmpty ? [] : [rest])
        }
    }
}

extension InteractionConstraints: ParameterConvertible {
    /// Null, the word, or the groups: column numbers between commas, groups between semicolons.
    public var parameterValue: JSONValue {
        switch self {
        case .none: .null
        case .pairwise: "pairwise"
        case .noInteractions: "noInteractions"
        case .groups(let groups):
            .string(groups.map { $0.map { "\($0)" }.joined(separator: ",") }.joined(separator: ";"))
        }
    }

    /// Null, a word or groups.
    public init?(parameterValue: JSONValue) {
        switch parameterValue {
        case .null: self = .none
        case "pairwise": self = .pairwise
        case "noInteractions", "no_interactions": self = .noInteractions
        case "": self = .groups([])
        case .string(let text):
            var groups: [[Int]] = []
            for part in text.split(separator: ";", omittingEmptySubsequences: false) {
                guard let group = ColumnIndices.parse(part) else { return nil }
                groups.append(group)
            }
            self = .groups(groups)
        default: return nil
        }
    }
}

extension InteractionConstraints: Codable {
    /// Reads the parameter value.
    public init(from decoder: any Decoder) throws {
        let value = try JSONValue(from: decoder)
        guard let decoded = InteractionConstraints(parameterValue: value) else {
            throw ApusError(.invalidParameter, "\(value.summary) are not interaction constraints.")
        }
        self = decoded
    }

    /// Writes the parameter value.
    public func encode(to encoder: any Encoder) throws { try parameterValue.encode(to: encoder) }
}
