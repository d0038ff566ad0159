/// The data types of the Open Inference Protocol.
enum TensorType: String, Sendable, CaseIterable {
    case bool = "BOOL"
    case uint8 = "UINT8"
    case uint16 = "UINT16"
    case uint32 = "UINT32"
    case uint64 = "UINT64"
    case int8 = "INT8"
    case int16 = "INT16"
    case int32 = "INT32"
    case int64 = "INT64"
    case fp16 = "FP16"
    case fp32 = "FP32"
    case fp64 = "FP64"
    case bytes = "BYTES"

    /// Bytes of an element in binary data; nil where each says its own.
    var width: Int? {
        switch self {
        case .bool, .uint8, .int8: 1
        case .uint16, .int16, .fp16: 2
        case .uint32, .int32, .fp32: 4
        case .uint64, .int64, .fp64: 8
        case .bytes: nil
        }
    }

    /// The range of whole numbers; nil for other types. The bounds of 64 bits are as near as a Double comes.
    var range: ClosedRange<Double>? {
        switch self {
        case .uint8: 0...255
        case .uint16: 0...65_535
        case .uint32: 0...4_294_967_295
        case .uint64: 0...0x1p64.nextDown
        case .int8: -128...127
        case .int16: -32_768...32_767
        case .int32: -2_147_483_648...2_147_483_647
        case .int64: -0x1p63...0x1p63.nextDown
        case .bool, .fp16, .fp32, .fp64, .bytes: nil
        }
    }

    /// What JSON has to hold for an element.
    var wanted: String {
        switch self {
        case .bool: "true or false"
        case .bytes: "a text"
        case .fp16, .fp32, .fp64: "a number"
        case .uint8, .uint16, .uint32, .uint64, .int8, .int16, .int32, .int64: "a whole number in the range of the type"
        }
    }
}
