import ApusFrame

/// A request of the Open Inference Protocol: tensors in, the names of tensors that are wanted out.
struct InferenceRequest: Sendable {
    /// A tensor that was sent.
    struct Input: Sendable {
        let name: String
        let type: TensorType
        let shape: [Int]
        /// The elements in row-major order.
        let cells: [Cell]
    }

    /// A tensor that is wanted.
    struct Output: Sendable {
        let name: String
        /// Whether it is wanted as bytes; nil where the request as a whole decides.
        let isBinary: Bool?
    }

    /// The request's name, to be given back.
    let id: String?
    let inputs: [Input]
    /// Empty for all that the model has.
    let outputs: [Output]
    /// Whether outputs that do not say otherwise are wanted as bytes.
    let wantsBinary: Bool

    /// Reads a request.
    ///
    /// - Parameters:
    ///   - body: The body: JSON, and behind it the binary data of the tensors that have it.
    ///   - headerLength: Bytes of the JSON, from `Inference-Header-Content-Length`; nil when all of it is.
    ///   - maxElements: The most elements that all tensors together may have.
    /// - Throws: `RequestFailure`, naming the field.
    init(_ body: [UInt8], headerLength: Int? = nil, maxElements: Int) throws {
        let length = headerLength ?? body.count
        guard length >= 0, length <= body.count else {
            throw RequestFailure(
                400, "invalidHeader",
                "Inference-Header-Content-Length is \(length), but the body has \(body.count) bytes.")
        }
        let text = length == body.count ? body : Array(body[..<length])
        var parser = InferenceParser(reader: JSONReader(text), maxElements: maxElements)
        let draft = try parser.body()
        var rest = body[length...]
        var inputs: [Input] = []
        for (place, input) in draft.inputs.enumerated() {
            inputs.append(try input.finished(at: place, &rest, maxElements: maxElements))
        }
        guard rest.isEmpty else {
            throw RequestFailure(
                400, "wrongByteCount",
                "\(rest.count) bytes follow that belong to no input; give each binary input its “binary_data_size”.")
        }
        id = draft.id
        self.inputs = inputs
        outputs = draft.outputs
        wantsBinary = draft.wantsBinary
    }
}

/// A tensor as far as JSON tells.
struct InferenceDraft {
    struct Input {
        var name: String?
        var shape: [Int]?
        var type: TensorType?
        var cells: [Cell]?
        /// The lengths of nested lists, outermost first.
        var nesting: [Int] = []
        var byteCount: Int?

        /// The tensor, with its bytes taken from the front of `rest` if they are there.
        func finished(
            at place: Int, _ rest: inout ArraySlice<UInt8>, maxElements: Int
        ) throws -> InferenceRequest.Input {
            // Spelt only when something is wrong.
            var field: String { "inputs[\(place)]" }
            func missing(_ what: String) -> RequestFailure {
                RequestFailure(
                    400, "missingField", "\(field) has no “\(what)”; send name, shape, datatype and data.",
                    field: "\(field).\(what)")
            }
            guard let name else { throw missing("name") }
            guard let shape else { throw missing("shape") }
            guard let type else { throw missing("datatype") }
            var count = 1
            for length in shape {
                let (product, overflow) = count.multipliedReportingOverflow(by: length)
                guard !overflow, product <= maxElements else {
                    throw RequestFailure(
                        413, "tooManyRows",
                        "\(field) has more than \(maxElements) elements; send the rows in several requests.",
                        field: "\(field).shape")
                }
                count = product
            }
            if let byteCount {
                guard cells == nil else {
                    throw RequestFailure(
                        400, "duplicateField", "\(field) has both “data” and “binary_data_size”; send one of them.",
                        field: "\(field).data")
                }
                guard byteCount <= rest.count else {
                    throw RequestFailure(
                        400, "wrongByteCount",
                        "\(field) announces \(byteCount) bytes, but only \(rest.count) follow the JSON; "
                            + "send them, and the header Inference-Header-Content-Length.",
                        field: "\(field).parameters.binary_data_size")
                }
                let cells = try TensorBytes.cells(
                    rest.prefix(byteCount), type, count: count, field: "\(field).data")
                rest = rest.dropFirst(byteCount)
                return InferenceRequest.Input(name: name, type: type, shape: shape, cells: cells)
            }
            guard let cells else { throw missing("data") }
            guard cells.count == count, nesting.count < 2 || nesting == shape else {
                let found = nesting.count < 2 ? "\(cells.count) elements" : "the shape \(nesting)"
                throw RequestFailure(
                    400, "wrongShape", "\(field).data has \(found) where the shape \(shape) was announced.",
                    field: "\(field).data")
            }
            return InferenceRequest.Input(
                name: name, type: type, shape: shape,
                cells: try cells.enumerated().map { try Self.checked($1, type, "\(field).data", $0) })
        }

        /// An element, if its type can hold it.
        private static func checked(
            _ cell: Cell, _ type: TensorType, _ field: @autoclosure () -> String, _ place: Int
        ) throws -> Cell {
            switch (cell, type) {
            case (.missing, _), (.flag, .bool), (.text, .bytes), (.number, .fp64), (.number, .fp16): return cell
            case (.number(let value), .fp32):
                // What the client would have sent in binary.
                return .number(Double(Float(value)))
            case (.number(let value), _):
                if let range = type.range, range.contains(value), value == value.rounded(.towardZero) { return cell }
            default: break
            }
            throw RequestFailure(
                400, "wrongType",
                "Element \(place) of \(field()) is no \(type.rawValue); send \(type.wanted), or null if it is not known.",
                field: "\(field())[\(place)]")
        }
    }

    var id: String?
    var inputs: [Input] = []
    var outputs: [InferenceRequest.Output] = []
    var wantsBinary = false
}
