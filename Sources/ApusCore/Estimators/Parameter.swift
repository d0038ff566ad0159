/// A value that a hyper-parameter can have, and its form in JSON.
public protocol ParameterConvertible: Sendable {
    /// The value as JSON.
    var parameterValue: JSONValue { get }
    /// The value that a JSON value stands for, or nil when it stands for none.
    init?(parameterValue: JSONValue)
}

extension Int: ParameterConvertible {
    /// The number.
    public var parameterValue: JSONValue { .int(self) }
    /// The whole number in `parameterValue`.
    public init?(parameterValue: JSONValue) {
        guard let value = parameterValue.intValue else { return nil }
        self = value
    }
}

extension UInt32: ParameterConvertible {
    /// The number.
    public var parameterValue: JSONValue { .int(Int(self)) }
    /// The whole number in `parameterValue`, if it is from 0 to 2³² - 1.
    public init?(parameterValue: JSONValue) {
        guard let value = parameterValue.intValue, let exact = UInt32(exactly: value) else { return nil }
        self = exact
    }
}

extension Double: ParameterConvertible {
    /// The number.
    public var parameterValue: JSONValue { .double(self) }
    /// The number in `parameterValue`.
    public init?(parameterValue: JSONValue) {
        guard let value = parameterValue.doubleValue else { return nil }
        self = value
    }
}

extension Bool: ParameterConvertible {
    /// The truth value.
    public var parameterValue: JSONValue { .bool(self) }
    /// The truth value in `parameterValue`.
    public init?(parameterValue: JSONValue) {
        guard let value = parameterValue.boolValue else { return nil }
        self = value
    }
}

extension String: ParameterConvertible {
    /// The text.
    public var parameterValue: JSONValue { .string(self) }
    /// The text in `parameterValue`.
    public init?(parameterValue: JSONValue) {
        guard let value = parameterValue.stringValue else { return nil }
        self = value
    }
}

extension Optional: ParameterConvertible where Wrapped: ParameterConvertible {
    /// The value, or null for nil.
    public var parameterValue: JSONValue { self?.parameterValue ?? .null }
    /// Nil for null, else the value in `parameterValue`.
    public init?(parameterValue: JSONValue) {
        if parameterValue == .null {
            self = .none
        } else {
            guard let value = Wrapped(parameterValue: parameterValue) else { return nil }
            self = .some(value)
        }
    }
}

/// An enumeration of words becomes a parameter type by declaring this conformance.
extension ParameterConvertible where Self: RawRepresentable, RawValue == String {
    /// The word.
    public var parameterValue: JSONValue { .string(rawValue) }
    /// The case with the word in `parameterValue`.
    public init?(parameterValue: JSONValue) {
        guard let word = parameterValue.stringValue else { return nil }
        self.init(rawValue: word)
    }
}

/// One hyper-parameter of an estimator: what `--set`, search spaces, the server's schema, the documentation's tables and
/// the validation in `fit` all read.
public struct Parameter<Root: Sendable>: Sendable {
    /// The name, as the estimator's property: `maxDepth`.
    public let name: String
    /// The values that are legal.
    public let legal: LegalValues
    /// What it means, in one sentence without the name.
    public let help: String
    private let read: @Sendable (Root) -> JSONValue
    private let write: @Sendable (inout Root, JSONValue) -> Bool

    /// A parameter stored at `keyPath`.
    public init<Value: ParameterConvertible>(
        _ name: String, _ keyPath: any WritableKeyPath<Root, Value> & Sendable, _ legal: LegalValues, _ help: String
    ) {
        self.name = name
        self.legal = legal
        self.help = help
        read = { $0[keyPath: keyPath].parameterValue }
        write = { root, value in
            guard let converted = Value(parameterValue: value) else { return false }
            root[keyPath: keyPath] = converted
            return true
        }
    }

    /// A parameter of a part, offered by the whole: `logisticRegression.c` of a pipeline.
    ///
    /// - Parameters:
    ///   - name: Its name in the whole.
    ///   - parameter: The parameter of the part.
    ///   - keyPath: Where the whole keeps the part.
    public init<Part>(
        _ name: String, _ parameter: Parameter<Part>, of keyPath: any WritableKeyPath<Root, Part> & Sendable
    ) {
        self.name = name
        legal = parameter.legal
        help = parameter.help
        read = { parameter.read($0[keyPath: keyPath]) }
        write = { root, value in parameter.write(&root[keyPath: keyPath], value) }
    }

    /// The name as Python spells it: `max_depth`.
    public var pythonName: String { snakeCase(name) }

    /// The current value in an estimator.
    public func value(in root: Root) -> JSONValue { read(root) }

    /// Changes an estimator.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` when the value is not legal.
    public func set(_ value: JSONValue, in root: inout Root) throws {
        guard legal.allows(value), write(&root, value) else { throw violation(value) }
    }

    /// Changes an estimator to the value that a text, such as one from a command line, stands for.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` when the text stands for no legal value.
    public func set(text: String, in root: inout Root) throws {
        guard let value = legal.parse(text) else { throw violation(.string(text)) }
        try set(value, in: &root)
    }

    /// Throws unless the current value in an estimator is legal.
    public func validate(_ root: Root) throws {
        let value = read(root)
        guard legal.allows(value) else { throw violation(value) }
    }

    private func violation(_ value: JSONValue) -> ApusError {
        ApusError(.invalidParameter, "\(name) is \(value.summary), but it must be \(legal.explanation).")
    }
}

extension JSONValue {
    /// The value in a few words, as messages and tables show it: numbers without needless decimals, text in quotes.
    public var summary: String {
        switch self {
        case .null: "none"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): "\(value)"
        case .double(let value): Int(exactly: value).map { "\($0)" } ?? "\(value)"
        case .string(let value): value
        case .array(let values): "[" + values.map(\.summary).joined(separator: ", ") + "]"
        case .object(let values):
            "{" + values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.summary)" }.joined(separator: ", ")
                + "}"
        }
    }
}

extension Estimator {
    /// Throws unless every parameter has a legal value; `fit` calls it first.
    ///
    /// - Throws: `ApusError` with code `invalidParameter`, naming the parameter, its value and what is legal.
    public func validateParameters() throws {
        for parameter in Self.parameters { try parameter.validate(self) }
    }

    /// The parameter with a name in either spelling, `maxDepth` or `max_depth`.
    ///
    /// - Throws: `ApusError` with code `invalidParameter`, listing the names there are.
    public static func parameter(named name: String) throws -> Parameter<Self> {
        if let found = parameters.first(where: { $0.name == name || $0.pythonName == name }) { return found }
        let known = parameters.map(\.name).joined(separator: ", ")
        throw ApusError(
            .invalidParameter,
            "\(catalogName) has no parameter \(name); " + (known.isEmpty ? "it has none." : "it has \(known)."))
    }

    /// The values of all parameters by name.
    public var parameterValues: [String: JSONValue] {
        Dictionary(uniqueKeysWithValues: Self.parameters.map { ($0.name, $0.value(in: self)) })
    }

    /// An estimator with the given values for some parameters and defaults for the rest.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` for an unknown name or an illegal value.
    public init(parameters values: [String: JSONValue]) throws {
        self.init()
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            try Self.parameter(named: name).set(value, in: &self)
        }
    }
}
