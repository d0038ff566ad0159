import ApusFrame

/// The grammar of an inference request. Nothing here calls itself, however deep the input is.
struct InferenceParser {
    /// The most dimensions of a tensor.
    private static let maxDimensions = 8

    var reader: JSONReader
    let maxElements: Int
    /// Elements read so far, of all tensors.
    private var elements = 0

    init(reader: JSONReader, maxElements: Int) {
        self.reader = reader
        self.maxElements = maxElements
    }

    // Where something stands is spelt only when it is wrong: most requests are right.

    private static let requestFields = ["id", "parameters", "inputs", "outputs"]
    private static let inputFields = ["name", "shape", "datatype", "parameters", "data"]
    private static let outputFields = ["name", "parameters"]

    mutating func body() throws -> InferenceDraft {
        guard try reader.next() == .object else {
            throw malformed("The body must be a JSON object with “inputs”.", nil)
        }
        var draft = InferenceDraft()
        var hasInputs = false
        try fields(of: "the request", Self.requestFields, at: "") { parser, name in
            switch name {
            case "id": draft.id = try parser.text("id")
            case "parameters":
                let parameters = try parser.parameters("parameters")
                draft.wantsBinary = try parameters.flag("binary_data_output") ?? false
            case "inputs":
                hasInputs = true
                try parser.list("inputs") { parser, place in draft.inputs.append(try parser.input(place)) }
            default: try parser.list("outputs") { parser, place in draft.outputs.append(try parser.output(place)) }
            }
        }
        guard reader.isAtEnd else {
            throw RequestFailure.malformed("The body goes on after the end of its JSON object; send one object.")
        }
        guard hasInputs, !draft.inputs.isEmpty else {
            throw RequestFailure(
                400, "missingField", "“inputs” is missing or empty; send the model's tensors in it.", field: "inputs")
        }
        return draft
    }

    private mutating func input(_ place: Int) throws -> InferenceDraft.Input {
        var input = InferenceDraft.Input()
        try fields(of: "inputs[\(place)]", Self.inputFields, at: "inputs[\(place)].") { parser, name in
            switch name {
            case "name": input.name = try parser.text("inputs[\(place)].name")
            case "shape": input.shape = try parser.shape("inputs[\(place)].shape")
            case "datatype":
                let name = try parser.text("inputs[\(place)].datatype")
                guard let type = TensorType(rawValue: name) else {
                    throw parser.malformed(
                        "“\(name.prefix(40))” is no datatype; the datatypes are "
                            + TensorType.allCases.map(\.rawValue).joined(separator: ", ") + ".",
                        "inputs[\(place)].datatype")
                }
                input.type = type
            case "parameters":
                let parameters = try parser.parameters("inputs[\(place)].parameters")
                input.byteCount = try parameters.count("binary_data_size")
            default: (input.cells, input.nesting) = try parser.data("inputs[\(place)].data")
            }
        }
        return input
    }

    private mutating func output(_ place: Int) throws -> InferenceRequest.Output {
        var output: String?
        var isBinary: Bool?
        try fields(of: "outputs[\(place)]", Self.outputFields, at: "outputs[\(place)].") { parser, name in
            if name == "name" {
                output = try parser.text("outputs[\(place)].name")
            } else {
                let parameters = try parser.parameters("outputs[\(place)].parameters")
                isBinary = try parameters.flag("binary_data")
                guard parameters.values["classification"] == nil else {
                    throw parser.malformed(
                        "The classification extension is not served; ask for “probabilities” and take the largest.",
                        "outputs[\(place)].parameters.classification")
                }
            }
        }
        guard let output else {
            let field = "outputs[\(place)]"
            throw RequestFailure(400, "missingField", "\(field) has no “name”; send one.", field: "\(field).name")
        }
        return InferenceRequest.Output(name: output, isBinary: isBinary)
    }

    // MARK: Parts

    /// Reads an object whose fields are known, each once.
    private mutating func fields(
        of owner: @autoclosure () -> String, _ names: [String], at prefix: @autoclosure () -> String,
        _ read: (inout InferenceParser, String) throws -> Void
    ) throws {
        guard try reader.next() == .object else { throw malformed("\(owner()) must be an object.", owner()) }
        _ = reader.take("{")
        // A bit for each name.
        var seen = 0
        var isOpen = !reader.take("}")
        while isOpen {
            let name = try reader.text()
            try reader.expect(":", "after the name “\(name.prefix(100))”")
            guard let place = names.firstIndex(of: name) else {
                throw RequestFailure(
                    400, "unknownField",
                    "\(owner()) has no field “\(name.prefix(100))”; its fields are \(names.joined(separator: ", ")).",
                    field: prefix() + name.prefix(100))
            }
            guard seen >> place & 1 == 0 else {
                throw RequestFailure(
                    400, "duplicateField", "“\(name)” is given twice; send it once.", field: prefix() + name)
            }
            seen |= 1 << place
            try read(&self, name)
            isOpen = try reader.continues(until: "}")
        }
    }

    private mutating func list(
        _ field: @autoclosure () -> String, _ read: (inout InferenceParser, Int) throws -> Void
    ) throws {
        guard try reader.next() == .list else { throw malformed("“\(field())” must be a list.", field()) }
        _ = reader.take("[")
        if reader.take("]") { return }
        var place = 0
        repeat {
            guard place < 100_000 else { throw malformed("“\(field())” has too many elements.", field()) }
            try read(&self, place)
            place += 1
        } while try reader.continues(until: "]")
    }

    private mutating func text(_ field: @autoclosure () -> String) throws -> String {
        guard try reader.next() == .text else { throw malformed("“\(field())” must be a text.", field()) }
        return try reader.text()
    }

    private mutating func shape(_ field: @autoclosure () -> String) throws -> [Int] {
        var shape: [Int] = []
        try list(field()) { parser, place in
            guard case .number(let value)? = try parser.reader.scalar(), value >= 0, value < 0x1p53,
                let length = Int(exactly: value)
            else {
                let place = "\(field())[\(place)]"
                throw parser.malformed("“\(place)” must be a whole number that is not negative.", place)
            }
            shape.append(length)
            guard shape.count <= Self.maxDimensions else {
                throw parser.malformed("“\(field())” has more than \(Self.maxDimensions) dimensions.", field())
            }
        }
        guard !shape.isEmpty else {
            throw malformed("“\(field())” is empty; send at least the number of rows.", field())
        }
        return shape
    }

    /// Named values of which only plain ones are kept.
    private mutating func parameters(_ field: String) throws -> InferenceParameters {
        guard try reader.next() == .object else { throw malformed("“\(field)” must be an object.", field) }
        var parameters = InferenceParameters(field: field)
        _ = reader.take("{")
        var isOpen = !reader.take("}")
        while isOpen {
            let name = try reader.text()
            try reader.expect(":", "after the name “\(name.prefix(100))”")
            if let cell = try reader.scalar() {
                parameters.values[name] = cell
            } else {
                throw malformed("“\(field).\(name.prefix(100))” must be a number, a text, true or false.", field)
            }
            isOpen = try reader.continues(until: "}")
        }
        return parameters
    }

    /// Elements in nested lists or a flat one, and the lengths of the lists, outermost first.
    private mutating func data(_ field: @autoclosure () -> String) throws -> ([Cell], [Int]) {
        guard try reader.next() == .list else { throw malformed("“\(field())” must be a list.", field()) }
        func ragged() -> RequestFailure {
            malformed(
                "“\(field())” has lists of different lengths or depths; send a flat list or one of the shape.",
                field())
        }
        var cells: [Cell] = []
        var lengths: [Int?] = [nil]
        var counts = [0]
        var leaves: Int?
        _ = reader.take("[")
        var isOpen = !reader.take("]")
        if !isOpen { return ([], [0]) }
        while isOpen {
            counts[counts.count - 1] += 1
            if try reader.next() == .list {
                guard leaves.map({ counts.count < $0 }) ?? true, counts.count < Self.maxDimensions else {
                    throw ragged()
                }
                _ = reader.take("[")
                counts.append(0)
                if lengths.count < counts.count { lengths.append(nil) }
                guard reader.take("]") else { continue }
            } else {
                guard leaves == nil || leaves == counts.count, let cell = try reader.scalar() else { throw ragged() }
                leaves = counts.count
                elements += 1
                guard elements <= maxElements else {
                    throw RequestFailure(
                        413, "tooManyRows",
                        "The tensors have more than \(maxElements) elements; send the rows in several requests.",
                        field: field())
                }
                cells.append(cell)
                if try reader.continues(until: "]") { continue }
            }
            // A list has ended, and perhaps those around it.
            repeat {
                let count = counts.removeLast()
                guard (lengths[counts.count] ?? count) == count else { throw ragged() }
                lengths[counts.count] = count
                isOpen = !counts.isEmpty
            } while try isOpen && !reader.continues(until: "]")
        }
        return (cells, lengths.map { $0 ?? 0 })
    }

    private func malformed(_ message: String, _ field: String?) -> RequestFailure {
        RequestFailure(400, "invalidRequest", message, field: field)
    }
}

/// The parameters of a request or a tensor.
struct InferenceParameters {
    let field: String
    var values: [String: Cell] = [:]

    /// A truth value; nil where it is not given.
    func flag(_ name: String) throws -> Bool? {
        switch values[name] {
        case nil: return nil
        case .flag(let value)?: return value
        default:
            throw RequestFailure(
                400, "invalidRequest", "“\(field).\(name)” must be true or false.", field: "\(field).\(name)")
        }
    }

    /// A count; nil where it is not given.
    func count(_ name: String) throws -> Int? {
        guard let cell = values[name] else { return nil }
        guard case .number(let value) = cell, value >= 0, value < 0x1p53, let count = Int(exactly: value) else {
            throw RequestFailure(
                400, "invalidRequest", "“\(field).\(name)” must be a whole number that is not negative.",
                field: "\(field).\(name)")
        }
        return count
    }
}
