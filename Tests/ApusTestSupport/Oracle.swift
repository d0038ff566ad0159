import ApusCore
import Foundation

/// What a reference tool answered: one fixture of `Tests/Fixtures`, or an object inside it.
///
///     let oracle = try Oracle("trees/classifier-gini")
///     let thresholds = try oracle.doubles("threshold")
///     for example in try oracle.array("cases") { ... try example.int("seed") ... }
///
/// Every accessor throws an error that names the fixture and the field if the field is missing or of another kind.
public struct Oracle: Sendable, CustomStringConvertible {
    /// The fixture's name, and where in it this object is: `random_state/randint: cases[3]`.
    public let description: String
    private let fields: [String: OracleValue]

    /// The fixture `AREA/NAME`, read from `Tests/Fixtures/AREA/NAME.json`.
    public init(_ name: String) throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = tests.appendingPathComponent("Fixtures/\(name).json")
        do {
            fields = try JSONDecoder().decode([String: OracleValue].self, from: Data(contentsOf: file))
        } catch {
            let message = "The fixture \(file.path) cannot be read; Tests/Oracles/README.md says how it is written."
            throw ApusError(.unreadableData, message, cause: error)
        }
        description = name
    }

    private init(_ fields: [String: OracleValue], description: String) {
        self.fields = fields
        self.description = description
    }

    /// Whether the field is there and not null.
    public func has(_ key: String) -> Bool {
        guard let value = fields[key] else { return false }
        if case .null = value { return false }
        return true
    }

    /// The names of all fields, ascending.
    public var keys: [String] { fields.keys.sorted() }

    // MARK: One value

    /// A number.
    public func double(_ key: String) throws -> Double {
        try value(key, "a number", \.double)
    }

    /// An integer.
    public func int(_ key: String) throws -> Int {
        try integer(key)
    }

    /// An integer of the type that the context asks for.
    public func integer<Integer: FixedWidthInteger>(_ key: String, as type: Integer.Type = Integer.self) throws
        -> Integer
    {
        try value(key, "an integer that fits \(type)") { $0.integer(as: type) }
    }

    /// A text.
    public func string(_ key: String) throws -> String {
        try value(key, "a text", \.string)
    }

    /// A truth value.
    public func bool(_ key: String) throws -> Bool {
        try value(key, "true or false", \.bool)
    }

    /// An object inside this one.
    public func object(_ key: String) throws -> Oracle {
        Oracle(try value(key, "an object", \.object), description: place(key))
    }

    // MARK: Many values

    /// The numbers of a list or of an array, row by row.
    public func doubles(_ key: String) throws -> [Double] {
        try elements(key, "a number", \.double)
    }

    /// The integers of a list or of an array, row by row.
    public func ints(_ key: String) throws -> [Int] {
        try integers(key)
    }

    /// The integers of a list or of an array, row by row, of the type that the context asks for.
    public func integers<Integer: FixedWidthInteger>(
        _ key: String, as type: Integer.Type = Integer.self
    ) throws -> [Integer] {
        try elements(key, "an integer that fits \(type)") { $0.integer(as: type) }
    }

    /// The lists of integers of a list, which may differ in length.
    public func rows(_ key: String) throws -> [[Int]] {
        try elements(key, "a list of integers") { value in
            guard let elements = value.elements else { return nil }
            let integers = elements.compactMap { $0.integer(as: Int.self) }
            return integers.count == elements.count ? integers : nil
        }
    }

    /// The texts of a list or of an array.
    public func strings(_ key: String) throws -> [String] {
        try elements(key, "a text", \.string)
    }

    /// The truth values of a list or of an array.
    public func bools(_ key: String) throws -> [Bool] {
        try elements(key, "true or false", \.bool)
    }

    /// The objects of a list.
    public func array(_ key: String) throws -> [Oracle] {
        try elements(key, "an object", \.object).enumerated().map { index, fields in
            Oracle(fields, description: place("\(key)[\(index)]"))
        }
    }

    /// An array of two axes.
    public func matrix(_ key: String) throws -> Matrix {
        let shape = try shape(key)
        let values = try doubles(key)
        guard shape.count == 2, shape[0] * shape[1] == values.count else {
            throw ApusError(.unreadableData, "\(place(key)) has the shape \(shape), not that of a matrix.")
        }
        return Matrix(rows: shape[0], columns: shape[1], values: values)
    }

    /// The shape of an array: its length along each axis.
    public func shape(_ key: String) throws -> [Int] {
        try object(key).ints("shape")
    }

    // MARK: Finding the field and saying what is wrong with it

    private func place(_ key: String) -> String {
        description.contains(": ") ? "\(description).\(key)" : "\(description): \(key)"
    }

    private func field(_ key: String) throws -> OracleValue {
        guard let value = fields[key] else {
            let keys = keys.joined(separator: ", ")
            throw ApusError(.unknownName, "There is no \(place(key)); the fields there are \(keys).")
        }
        return value
    }

    private func value<Value>(_ key: String, _ kind: String, _ read: (OracleValue) -> Value?) throws -> Value {
        let field = try field(key)
        guard let value = read(field) else {
            throw ApusError(.unreadableData, "\(place(key)) is \(field.kind), not \(kind).")
        }
        return value
    }

    private func elements<Value>(_ key: String, _ kind: String, _ read: (OracleValue) -> Value?) throws -> [Value] {
        let elements = try value(key, "a list", \.elements)
        return try elements.enumerated().map { index, element in
            guard let value = read(element) else {
                throw ApusError(.unreadableData, "\(place(key))[\(index)] is \(element.kind), not \(kind).")
            }
            return value
        }
    }
}
