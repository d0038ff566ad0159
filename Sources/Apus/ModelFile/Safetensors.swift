import ApusCore
import Crypto
import Foundation

/// The container of a model file: named tensors and text metadata in the safetensors format.
///
/// Eight bytes give the length of a JSON header (little-endian), the header gives each tensor's type, shape and place, and
/// the numbers follow, little-endian, without gaps. Reading checks every length, offset and shape against the bytes that
/// are there before it takes memory for them, and two SHA-256 digests against every bit; nothing in a file is ever run.
///
/// Source: the safetensors format description, github.com/huggingface/safetensors.
public struct Safetensors: Sendable, Hashable {
    /// The tensors by name.
    public var tensors: [String: Tensor]
    /// Free text by name, without the digests that writing adds.
    public var metadata: [String: String]

    /// A container of the given tensors and metadata.
    public init(tensors: [String: Tensor], metadata: [String: String]) {
        self.tensors = tensors
        self.metadata = metadata
    }

    static let tensorsDigest = "tensors_sha256"
    static let headerDigest = "header_sha256"
    private static let blankDigest = String(repeating: "0", count: 64)
    /// The longest header that readers of the format accept.
    private static let longestHeader = 100_000_000

    // MARK: Writing

    /// The bytes of the file; equal containers give equal bytes.
    public func encoded() throws -> Data {
        var body = Data()
        var entries: [String: JSONValue] = [:]
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            let start = body.count
            body.append(Self.bytes(of: tensor.values))
            entries[name] = [
                "dtype": .string(Self.type(of: tensor.values)),
                "shape": .array(tensor.shape.map { .int($0) }),
                "data_offsets": [.int(start), .int(body.count)],
            ]
        }
        var texts = metadata.mapValues { JSONValue.string($0) }
        texts[Self.tensorsDigest] = .string(Self.hex(SHA256.hash(data: body)))
        texts[Self.headerDigest] = .string(Self.blankDigest)
        entries["__metadata__"] = .object(texts)

        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var header = try encoder.encode(JSONValue.object(entries))
        while (header.count + 8) % 8 != 0 { header.append(UInt8(ascii: " ")) }
        let digest = Self.hex(SHA256.hash(data: header))
        guard let place = Self.placeOfHeaderDigest(in: header) else {
            throw ApusError(.unwritableFile, "The model file's header came out without its digest.")
        }
        header.replaceSubrange(place, with: Data(digest.utf8))

        var file = Data(capacity: 8 + header.count + body.count)
        file.append(ByteOrderKernel.bytes([UInt64(header.count)]))
        file.append(header)
        file.append(body)
        return file
    }

    // MARK: Reading

    /// Reads the bytes of a file.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`, saying what is wrong with them.
    public init(_ data: Data) throws {
        let file = data.startIndex == 0 ? data : Data(data)
        guard file.count >= 8 else {
            throw Self.refused("it has \(file.count) bytes, too few to hold a header")
        }
        let announced = ByteOrderKernel.words(file.prefix(8), as: UInt64.self)[0]
        guard announced <= UInt64(Self.longestHeader), announced <= UInt64(file.count - 8) else {
            throw Self.refused(
                "its header should be \(announced) bytes long, but the file has \(file.count); it is truncated or no "
                    + "safetensors file")
        }
        let bodyStart = 8 + Int(announced)
        var header = file.subdata(in: 8..<bodyStart)
        // Slices all the way: the numbers are copied once, to where they stay.
        let body = file[bodyStart...]
        let entries: [String: JSONValue]
        do {
            entries = try JSONDecoder().decode([String: JSONValue].self, from: header)
        } catch {
            throw Self.refused("its header is not JSON")
        }
        guard let texts = entries["__metadata__"]?.objectValue?.compactMapValues(\.stringValue) else {
            throw Self.refused("it has no metadata, so Apus did not write it")
        }
        guard let written = texts[Self.headerDigest], written.utf8.count == 64,
            let tensorDigest = texts[Self.tensorsDigest]
        else { throw Self.refused("it has no digests, so Apus did not write it") }
        guard let place = Self.placeOfHeaderDigest(in: header) else {
            throw Self.refused("its header digest is malformed")
        }
        header.replaceSubrange(place, with: Data(Self.blankDigest.utf8))
        guard Self.hex(SHA256.hash(data: header)) == written else {
            throw Self.refused("its header does not match its digest; some of it was changed")
        }
        guard Self.hex(SHA256.hash(data: body)) == tensorDigest else {
            throw Self.refused("its numbers do not match their digest; the file is truncated or was changed")
        }

        var read: [String: Tensor] = [:]
        var ranges: [Range<Int>] = []
        for (name, entry) in entries where name != "__metadata__" {
            let (tensor, range) = try Self.tensor(name, entry, in: body)
            read[name] = tensor
            ranges.append(range)
        }
        var end = 0
        for range in ranges.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
            guard range.lowerBound == end else { throw Self.refused("its tensors overlap or leave gaps") }
            end = range.upperBound
        }
        guard end == body.count else { throw Self.refused("bytes follow after its last tensor") }
        tensors = read
        metadata = texts.filter { $0.key != Self.headerDigest && $0.key != Self.tensorsDigest }
    }

    private static func tensor(_ name: String, _ entry: JSONValue, in body: Data) throws -> (Tensor, Range<Int>) {
        guard let type = entry["dtype"]?.stringValue,
            let shape = entry["shape"]?.arrayValue?.compactMap(\.intValue),
            shape.count == entry["shape"]?.arrayValue?.count, shape.allSatisfy({ $0 >= 0 }),
            let offsets = entry["data_offsets"]?.arrayValue?.compactMap(\.intValue), offsets.count == 2,
            0 <= offsets[0], offsets[0] <= offsets[1], offsets[1] <= body.count
        else { throw refused("the entry of tensor “\(name)” is malformed or points outside the file") }
        guard let width = widths[type] else {
            throw refused("tensor “\(name)” has type \(type), which Apus does not use")
        }
        var bytes = width
        for size in shape {
            let (next, overflow) = bytes.multipliedReportingOverflow(by: size)
            guard !overflow else { throw refused("tensor “\(name)” announces an impossible shape \(shape)") }
            bytes = next
        }
        guard bytes == offsets[1] - offsets[0] else {
            throw refused(
                "tensor “\(name)” of shape \(shape) needs \(bytes) bytes, but \(offsets[1] - offsets[0]) are there")
        }
        let range = offsets[0]..<offsets[1]
        let slice = body[(body.startIndex + range.lowerBound)..<(body.startIndex + range.upperBound)]
        let values: Tensor.Values =
            switch type {
            case "F64": .float64(ByteOrderKernel.words(slice, as: UInt64.self).map { Double(bitPattern: $0) })
            case "F32": .float32(ByteOrderKernel.words(slice, as: UInt32.self).map { Float(bitPattern: $0) })
            case "I64": .int64(ByteOrderKernel.words(slice, as: Int64.self))
            case "I32": .int32(ByteOrderKernel.words(slice, as: Int32.self))
            default: .uint8([UInt8](slice))
            }
        return (try Tensor(shape: shape, values: values), range)
    }

    // MARK: Bytes

    private static let widths = ["F64": 8, "F32": 4, "I64": 8, "I32": 4, "U8": 1]

    private static func type(of values: Tensor.Values) -> String {
        switch values {
        case .float64: "F64"
        case .float32: "F32"
        case .int64: "I64"
        case .int32: "I32"
        case .uint8: "U8"
        }
    }

    private static func bytes(of values: Tensor.Values) -> Data {
        switch values {
        case .float64(let values): ByteOrderKernel.bytes(values.map(\.bitPattern))
        case .float32(let values): ByteOrderKernel.bytes(values.map(\.bitPattern))
        case .int64(let values): ByteOrderKernel.bytes(values)
        case .int32(let values): ByteOrderKernel.bytes(values)
        case .uint8(let values): Data(values)
        }
    }

    private static func placeOfHeaderDigest(in header: Data) -> Range<Int>? {
        guard let key = header.range(of: Data("\"\(headerDigest)\":\"".utf8)), key.upperBound + 64 <= header.endIndex
        else { return nil }
        return key.upperBound..<key.upperBound + 64
    }

    private static func hex(_ digest: SHA256.Digest) -> String {
        digest.map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }.joined()
    }

    private static func refused(_ reason: String) -> ApusError {
        ApusError(.unreadableModel, "This is not a usable model file: \(reason). Train and save the model again.")
    }
}
