#if ONNX
import Foundation

/// What is fixed about a node.
enum GraphAttribute {
    case int(Int)
    case float(Float)
    case ints([Int])
    case floats([Float])
    case strings([String])
    case tensor(Onnx_TensorProto)
    case graph(Onnx_GraphProto)

    func proto(_ name: String) -> Onnx_AttributeProto {
        var proto = Onnx_AttributeProto()
        proto.name = name
        switch self {
        case .int(let value): (proto.type, proto.i) = (.int, Int64(value))
        case .float(let value): (proto.type, proto.f) = (.float, value)
        case .ints(let values): (proto.type, proto.ints) = (.ints, values.map(Int64.init))
        case .floats(let values): (proto.type, proto.floats) = (.floats, values)
        case .strings(let values): (proto.type, proto.strings) = (.strings, values.map { Data($0.utf8) })
        case .tensor(let value): (proto.type, proto.t) = (.tensor, value)
        case .graph(let value): (proto.type, proto.g) = (.graph, value)
        }
        return proto
    }
}
#endif
