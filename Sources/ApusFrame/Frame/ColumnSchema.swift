import ApusCore

/// What is known about a column without its values: name, type and roles.
public struct ColumnSchema: Sendable, Hashable, Codable {
    /// What the column is called.
    public var name: String
    /// The type of its values.
    public var type: ColumnType
    /// What the column is used for: any role but `sensitive`.
    public var use: Role
    /// Whether the column tells groups apart that must be treated fairly.
    public var isSensitive: Bool

    /// The schema of a column; `sensitive` as its use stands for a sensitive feature.
    public init(name: String, type: ColumnType, use: Role = .feature, isSensitive: Bool = false) {
        self.name = name
        self.type = type
        self.use = use == .sensitive ? .feature : use
        self.isSensitive = isSensitive || use == .sensitive
    }

    /// All roles: the use, and `sensitive` where it applies.
    public var roles: [Role] { isSensitive ? [use, .sensitive] : [use] }

    /// Gives the column a role: `sensitive` in addition to its use, any other in place of it.
    public mutating func assign(_ role: Role) {
        if role == .sensitive { isSensitive = true } else { use = role }
    }
}

extension ColumnSchema: ParameterConvertible {
    /// An object with `name`, `type` and `roles`, as model files hold it.
    public var parameterValue: JSONValue {
        [
            "name": .string(name), "type": type.parameterValue,
            "roles": .array(roles.map(\.parameterValue)),
        ]
    }

    /// The schema in such an object; nil when something is missing, unknown or contradictory.
    public init?(parameterValue: JSONValue) {
        guard let name = parameterValue["name"]?.stringValue,
            let type = parameterValue["type"].flatMap(ColumnType.init(parameterValue:)),
            let words = parameterValue["roles"]?.arrayValue
        else { return nil }
        let roles = words.compactMap(Role.init(parameterValue:))
        let uses = roles.filter { $0 != .sensitive }
        guard roles.count == words.count, uses.count == 1, roles.count <= 2 else { return nil }
        self.init(name: name, type: type, use: uses[0], isSensitive: roles.contains(.sensitive))
    }
}
