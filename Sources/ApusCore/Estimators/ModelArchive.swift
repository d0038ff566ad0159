/// Everything a fitted model needs to be itself again: named tensors and named JSON attributes.
///
/// A model writes itself with `store` and reads itself with the accessors, which check presence, type and shape and throw
/// `unreadableModel`: what is in an archive may come from a damaged or hostile file. Parts (the steps of a pipeline)
/// are archives of their own, nested under a prefix.
public struct ModelArchive: Sendable, Hashable {
    /// The tensors by name.
    public private(set) var tensors: [String: Tensor]
    /// The attributes by name.
    public private(set) var attributes: [String: JSONValue]
    /// Why the model cannot be stored in a file; nil when it can.
    public private(set) var obstacle: String?

    /// An archive with the given content, by default none.
    public init(tensors: [String: Tensor] = [:], attributes: [String: JSONValue] = [:]) {
        self.tensors = tensors
        self.attributes = attributes
    }

    // MARK: Writing

    /// Stores numbers as a tensor of one dimension.
    public mutating func store(_ values: [Double], as name: String) { tensors[name] = Tensor(.float64(values)) }
    /// Stores whole numbers as a tensor of one dimension.
    public mutating func store(_ values: [Int], as name: String) {
        tensors[name] = Tensor(.int64(values.map(Int64.init)))
    }
    /// Stores small whole numbers as a tensor of one dimension.
    public mutating func store(_ values: [Int32], as name: String) { tensors[name] = Tensor(.int32(values)) }
    /// Stores bytes as a tensor of one dimension.
    public mutating func store(_ values: [UInt8], as name: String) { tensors[name] = Tensor(.uint8(values)) }
    /// Stores a matrix as a tensor of two dimensions.
    public mutating func store(_ matrix: Matrix, as name: String) { tensors[name] = Tensor(matrix) }
    /// Stores an attribute.
    public mutating func store(_ value: JSONValue, as name: String) { attributes[name] = value }

    /// Stores classes as an attribute.
    public mutating func store(_ classes: Labels.Classes, as name: String) {
        attributes[name] =
            switch classes {
            case .integers(let values): ["integers": .array(values.map { .int($0) })]
            case .strings(let values): ["strings": .array(values.map { .string($0) })]
            case .booleans(let values): ["booleans": .array(values.map { .bool($0) })]
            }
    }

    /// Notes that the model holds something that no file can, such as a closure; writing the archive then fails with this
    /// reason, a sentence.
    public mutating func refuseStoring(_ reason: String) { obstacle = obstacle ?? reason }

    /// Stores another archive under a prefix: its names become `prefix.name`.
    public mutating func store(_ part: ModelArchive, under prefix: String) {
        obstacle = obstacle ?? part.obstacle
        for (name, tensor) in part.tensors { tensors["\(prefix).\(name)"] = tensor }
        for (name, value) in part.attributes { attributes["\(prefix).\(name)"] = value }
    }

    // MARK: Reading

    /// The archive that was stored under a prefix; empty when there is none.
    public func part(_ prefix: String) -> ModelArchive {
        let start = prefix + "."
        func cut<Value>(_ named: [String: Value]) -> [String: Value] {
            Dictionary(
                uniqueKeysWithValues: named.filter { $0.key.hasPrefix(start) }
                    .map { (String($0.key.dropFirst(start.count)), $0.value) })
        }
        return ModelArchive(tensors: cut(tensors), attributes: cut(attributes))
    }

    /// The tensor called `name`, of the given shape; nil in `shape` stands for any size.
    public func tensor(_ name: String, shape: [Int?]? = nil) throws -> Tensor {
        guard let tensor = tensors[name] else { throw damaged("tensor “\(name)” is missing") }
        if let shape {
            let fits =
                tensor.shape.count == shape.count && zip(tensor.shape, shape).allSatisfy { $1 == nil || $0 == $1 }
            guard fits else {
                let wanted = shape.map { $0.map(String.init) ?? "any" }.joined(separator: " × ")
                throw damaged("tensor “\(name)” has shape \(tensor.shape), expected \(wanted)")
            }
        }
        return tensor
    }

    /// The numbers of a one-dimensional tensor, `count` of them where given.
    public func doubles(_ name: String, count: Int? = nil, allowsNonFinite: Bool = false) throws -> [Double] {
        guard case .float64(let values) = try tensor(name, shape: [count]).values else {
            throw damaged("tensor “\(name)” does not hold 64-bit floating-point numbers")
        }
        guard allowsNonFinite || FiniteKernel.allFinite(values) else {
            throw damaged("tensor “\(name)” holds values that are not finite")
        }
        return values
    }

    /// The whole numbers of a one-dimensional tensor, `count` of them where given, all within `range`.
    public func ints(
        _ name: String, count: Int? = nil, in range: ClosedRange<Int> = Int.min...Int.max
    ) throws -> [Int] {
        guard case .int64(let values) = try tensor(name, shape: [count]).values else {
            throw damaged("tensor “\(name)” does not hold 64-bit whole numbers")
        }
        return try checked(values.map { Int($0) }, name, range)
    }

    /// The small whole numbers of a one-dimensional tensor, `count` of them where given, all within `range`.
    public func int32s(
        _ name: String, count: Int? = nil, in range: ClosedRange<Int> = Int.min...Int.max
    ) throws -> [Int32] {
        guard case .int32(let values) = try tensor(name, shape: [count]).values else {
            throw damaged("tensor “\(name)” does not hold 32-bit whole numbers")
        }
        if let bad = values.first(where: { !range.contains(Int($0)) }) {
            throw damaged("tensor “\(name)” holds \(bad), outside \(range)")
        }
        return values
    }

    /// The bytes of a one-dimensional tensor, `count` of them where given.
    public func bytes(_ name: String, count: Int? = nil) throws -> [UInt8] {
        guard case .uint8(let values) = try tensor(name, shape: [count]).values else {
            throw damaged("tensor “\(name)” does not hold bytes")
        }
        return values
    }

    /// A matrix, of the given shape where given.
    public func matrix(
        _ name: String, rows: Int? = nil, columns: Int? = nil, allowsNonFinite: Bool = false
    ) throws -> Matrix {
        let tensor = try tensor(name, shape: [rows, columns])
        guard case .float64(let values) = tensor.values else {
            throw damaged("tensor “\(name)” does not hold 64-bit floating-point numbers")
        }
        guard allowsNonFinite || FiniteKernel.allFinite(values) else {
            throw damaged("tensor “\(name)” holds values that are not finite")
        }
        return Matrix(rows: tensor.shape[0], columns: tensor.shape[1], values: values)
    }

    /// The attribute called `name`.
    public func attribute(_ name: String) throws -> JSONValue {
        guard let value = attributes[name] else { throw damaged("attribute “\(name)” is missing") }
        return value
    }

    /// A whole number stored as an attribute, within `range`.
    public func int(_ name: String, in range: ClosedRange<Int> = 0...Int.max) throws -> Int {
        guard let value = try attribute(name).intValue, range.contains(value) else {
            throw damaged("attribute “\(name)” is not a whole number within \(range)")
        }
        return value
    }

    /// A finite number stored as an attribute.
    public func double(_ name: String) throws -> Double {
        guard let value = try attribute(name).doubleValue, value.isFinite else {
            throw damaged("attribute “\(name)” is not a finite number")
        }
        return value
    }

    /// A truth value stored as an attribute.
    public func bool(_ name: String) throws -> Bool {
        guard let value = try attribute(name).boolValue else {
            throw damaged("attribute “\(name)” is not true or false")
        }
        return value
    }

    /// Text stored as an attribute.
    public func string(_ name: String) throws -> String {
        guard let value = try attribute(name).stringValue else { throw damaged("attribute “\(name)” is not text") }
        return value
    }

    /// Classes stored as an attribute: at least one, all different, ascending.
    public func classes(_ name: String) throws -> Labels.Classes {
        guard let object = try attribute(name).objectValue, object.count == 1, let (kind, list) = object.first,
            let values = list.arrayValue, !values.isEmpty
        else { throw damaged("attribute “\(name)” does not hold classes") }
        func all<Value>(_ convert: (JSONValue) -> Value?) throws -> [Value] {
            let converted = values.compactMap(convert)
            guard converted.count == values.count else { throw damaged("attribute “\(name)” mixes kinds of classes") }
            return converted
        }
        let classes: Labels.Classes =
            switch kind {
            case "integers": .integers(try all(\.intValue))
            case "strings": .strings(try all(\.stringValue))
            case "booleans": .booleans(try all(\.boolValue))
            default: throw damaged("attribute “\(name)” holds an unknown kind of classes")
            }
        guard Set(classes.names).count == classes.count else { throw damaged("attribute “\(name)” repeats a class") }
        return classes
    }

    private func checked(_ values: [Int], _ name: String, _ range: ClosedRange<Int>) throws -> [Int] {
        if let bad = values.first(where: { !range.contains($0) }) {
            throw damaged("tensor “\(name)” holds \(bad), outside \(range)")
        }
        return values
    }

    /// The error for an archive that does not hold what a model needs.
    public func damaged(_ what: String) -> ApusError {
        ApusError(.unreadableModel, "The model file is damaged or foreign: \(what). Train and save the model again.")
    }
}
