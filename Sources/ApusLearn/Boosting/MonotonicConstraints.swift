import ApusCore

/// Columns with which an answer may only rise, or only fall.
///
///     HistGradientBoostingRegressor(monotonicCst: [0: .increasing, 3: .decreasing])
public struct MonotonicConstraints: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// Which way an answer may go as a column grows.
    public enum Direction: Int, Sendable, Hashable, Codable {
        /// Not up.
        case decreasing = -1
        /// Both ways.
        case unconstrained = 0
        /// Not down.
        case increasing = 1
    }

    /// The direction of each column that is constrained, by its number counted from 0.
    public let directions: [Int: Direction]

    /// Constraints by column.
    public init(_ directions: [Int: Direction]) { self.directions = directions.filter { $0.value != .unconstrained } }

    /// Constraints by column; of several for one column the last counts.
    public init(dictionaryLiteral elements: (Int, Direction)...) {
        self.init(Dictionary(elements) { _, last in last })
    }
}

extension MonotonicConstraints: ParameterConvertible {
    /// Null for none, otherwise 1 or -1 by column number.
    public var parameterValue: JSONValue {
        if directions.isEmpty { return .null }
        return .object(
            Dictionary(uniqueKeysWithValues: directions.map { ("\($0.key)", .int($0.value.rawValue)) }))
    }

    /// Null, or 1, 0 or -1 by column number.
    public init?(parameterValue: JSONValue) {
        switch parameterValue {
        case .null: self = [:]
        case .object(let object):
            var directions: [Int: Direction] = [:]
            for (name, value) in object {
                guard let column = Int(name), let direction = value.intValue.flatMap(Direction.init(rawValue:)) else {
                    return nil
                }
                directions[column] = direction
            }
            self.init(directions)
        default: return nil
        }
    }
}

extension MonotonicConstraints: Codable {
    /// Reads the parameter value.
    public init(from decoder: any Decoder) throws {
        let value = try JSONValue(from: decoder)
        guard let decoded = MonotonicConstraints(parameterValue: value) else {
            throw ApusError(.invalidParameter, "\(value.summary) are not monotonic constraints.")
        }
        self = decoded
    }

    /// Writes the parameter value.
    public func encode(to encoder: any Encoder) throws { try parameterValue.encode(to: encoder) }
}
