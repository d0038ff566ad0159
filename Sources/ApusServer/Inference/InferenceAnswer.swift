import Apus
import ApusCore
import ApusFrame

/// The tensors of an answer, written as JSON, or as bytes where they are wanted so.
struct InferenceAnswer {
    /// The elements of a tensor.
    enum Values {
        case labels(Labels)
        case numbers([Double])
        case texts([String])
    }

    /// A tensor of the answer.
    struct Output {
        let name: String
        let shape: [Int]
        let values: Values
        let isBinary: Bool

        var type: TensorType {
            switch values {
            case .numbers: .fp64
            case .texts: .bytes
            case .labels(let labels): labels.classes.tensorType
            }
        }
    }

    let model: String
    let version: String
    let id: String?
    let outputs: [Output]

    /// The body, and the length of its JSON where bytes follow.
    ///
    /// - Parameter classTexts: The classes as JSON.
    /// - Throws: `RequestFailure` where a number is not finite.
    func body(classTexts: [[UInt8]]) throws -> (bytes: [UInt8], headerLength: Int?) {
        var out = JSONText(capacity: 192 + 24 * outputs.reduce(0) { $0 + $1.shape.reduce(1, *) })
        var binary: [UInt8] = []
        out.raw(#"{"model_name":"#)
        out.string(model)
        out.raw(#","model_version":"#)
        out.string(version)
        if let id {
            out.raw(#","id":"#)
            out.string(id)
        }
        out.raw(#","outputs":["#)
        for (place, output) in outputs.enumerated() {
            out.raw(place > 0 ? #",{"name":"# : #"{"name":"#)
            out.string(output.name)
            out.raw(#","datatype":""#)
            out.raw(output.type.rawValue)
            out.raw(#"","shape":["#)
            for (place, length) in output.shape.enumerated() {
                if place > 0 { out.raw(",") }
                out.whole(length)
            }
            if output.isBinary {
                let start = binary.count
                output.append(to: &binary)
                out.raw(#"],"parameters":{"binary_data_size":"#)
                out.whole(binary.count - start)
                out.raw("}}")
            } else {
                out.raw(#"],"data":["#)
                try output.append(to: &out, classTexts)
                out.raw("]}")
            }
        }
        out.raw("]}")
        guard outputs.contains(where: \.isBinary) else { return (out.bytes, nil) }
        return (out.bytes + binary, out.bytes.count)
    }
}

extension InferenceAnswer.Output {
    fileprivate func append(to out: inout JSONText, _ classTexts: [[UInt8]]) throws {
        switch values {
        case .labels(let labels):
            for (row, code) in labels.codes.enumerated() {
                if row > 0 { out.raw(",") }
                out.raw(classTexts[code])
            }
        case .numbers(let numbers):
            for (place, value) in numbers.enumerated() {
                guard value.isFinite else {
                    let row = place / max(1, shape.dropFirst().reduce(1, *))
                    throw RequestFailure.unusable(
                        "notFinite", "The numbers of row \(row) are too large to predict from; send smaller ones.",
                        field: "inputs")
                }
                if place > 0 { out.raw(",") }
                out.number(value)
            }
        case .texts(let texts):
            for (place, text) in texts.enumerated() {
                if place > 0 { out.raw(",") }
                out.string(text)
            }
        }
    }

    fileprivate func append(to bytes: inout [UInt8]) {
        switch values {
        case .numbers(let numbers):
            for value in numbers { TensorBytes.append(value.bitPattern, width: 8, to: &bytes) }
        case .texts(let texts):
            for text in texts { TensorBytes.append(text, to: &bytes) }
        case .labels(let labels):
            switch labels.classes {
            case .integers(let values):
                for code in labels.codes {
                    TensorBytes.append(UInt64(bitPattern: Int64(values[code])), width: 8, to: &bytes)
                }
            case .booleans(let values):
                for code in labels.codes { bytes.append(values[code] ? 1 : 0) }
            case .strings(let values):
                for code in labels.codes { TensorBytes.append(values[code], to: &bytes) }
            }
        }
    }
}

extension Labels.Classes {
    /// The type of a tensor of classes.
    var tensorType: TensorType {
        switch self {
        case .integers: .int64
        case .strings: .bytes
        case .booleans: .bool
        }
    }
}
