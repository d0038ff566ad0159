#if ONNX
import ApusCore
import Foundation

extension Onnx_TensorProto {
    /// Numbers in a shape.
    init(_ values: [Double], shape: [Int]) {
        self.init(.double, shape)
        rawData = ByteOrderKernel.bytes(values.map(\.bitPattern))
    }

    /// Whole numbers in a shape.
    init(_ values: [Int], shape: [Int]) {
        self.init(.int64, shape)
        rawData = ByteOrderKernel.bytes(values.map(Int64.init))
    }

    /// Texts in a list.
    init(_ values: [String]) {
        self.init(.string, [values.count])
        stringData = values.map { Data($0.utf8) }
    }

    /// Truth values in a list.
    init(_ values: [Bool]) {
        self.init(.bool, [values.count])
        rawData = Data(values.map { $0 ? 1 : 0 })
    }

    /// A truth value.
    init(_ value: Bool) {
        self.init(.bool, [])
        rawData = Data([value ? 1 : 0])
    }

    private init(_ type: DataType, _ shape: [Int]) {
        self.init()
        dims = shape.map(Int64.init)
        dataType = Int32(type.rawValue)
    }
}

extension Onnx_ValueInfoProto {
    /// An input or output with the given sizes; nil for any number of rows.
    init(_ name: String, _ type: Onnx_TensorProto.DataType, shape: [Int?]) {
        self.init()
        self.name = name
        var tensor = Onnx_TypeProto.Tensor()
        tensor.elemType = Int32(type.rawValue)
        tensor.shape.dim = shape.map { size in
            var dimension = Onnx_TensorShapeProto.Dimension()
            if let size { dimension.dimValue = Int64(size) } else { dimension.dimParam = "N" }
            return dimension
        }
        self.type.tensorType = tensor
    }

    /// An input or output of a model.
    init(_ value: ONNXValue) {
        let type: Onnx_TensorProto.DataType =
            switch value.type {
            case .double: .double
            case .int64: .int64
            case .string: .string
            case .bool: .bool
            }
        self.init(value.name, type, shape: [nil] + (value.columns.map { [$0] } ?? []))
    }
}
#endif
