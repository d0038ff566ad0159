#if ONNX
import ApusCore

/// A graph that is being written: nodes in the order in which they can be computed, constants and inputs.
struct Graph {
    /// The domain of the operators for tables and trees.
    static let tables = "ai.onnx.ml"

    private(set) var inputs: [ONNXValue] = []
    /// Where the graph computes otherwise than the model, in a sentence; nil where it does not.
    var remark: String?
    private var nodes: [Onnx_NodeProto] = []
    private var constants: [Onnx_TensorProto] = []
    private var taken: Set<String>
    private var next = 0

    /// An empty graph.
    ///
    /// - Parameter reserved: Names that only inputs may have, so that nothing else goes by them.
    init(reserved: Set<String>) { taken = reserved }

    // MARK: Values

    /// The input with a name, which is added when it is not there yet.
    mutating func input(_ name: String, _ type: ONNXValue.ElementType) -> GraphValue {
        if !inputs.contains(where: { $0.name == name }) { inputs.append(ONNXValue(name: name, type: type, columns: 1)) }
        return GraphValue(name: name)
    }

    /// What an operator makes of some values.
    mutating func node(
        _ operation: String, _ inputs: [GraphValue], _ attributes: KeyValuePairs<String, GraphAttribute> = [:],
        domain: String = ""
    ) -> GraphValue {
        nodes(operation, inputs, attributes, domain: domain, outputs: 1)[0]
    }

    /// The same for an operator that gives several values.
    mutating func nodes(
        _ operation: String, _ inputs: [GraphValue], _ attributes: KeyValuePairs<String, GraphAttribute> = [:],
        domain: String = "", outputs: Int
    ) -> [GraphValue] {
        let values = (0..<outputs).map { _ in freshName(operation) }
        var node = Onnx_NodeProto()
        node.opType = operation
        node.name = values[0].name
        node.domain = domain
        node.input = inputs.map(\.name)
        node.output = values.map(\.name)
        node.attribute = attributes.map { $1.proto($0) }
        nodes.append(node)
        return values
    }

    /// A constant.
    mutating func constant(_ tensor: Onnx_TensorProto) -> GraphValue {
        let value = freshName("constant")
        var tensor = tensor
        tensor.name = value.name
        constants.append(tensor)
        return value
    }

    /// A number.
    mutating func constant(_ value: Double) -> GraphValue { constant(Onnx_TensorProto([value], shape: [])) }
    /// Numbers side by side, 1 × n.
    mutating func row(_ values: [Double]) -> GraphValue {
        constant(Onnx_TensorProto(values, shape: [1, values.count]))
    }
    /// A matrix.
    mutating func constant(_ matrix: Matrix) -> GraphValue {
        constant(Onnx_TensorProto(matrix.values, shape: [matrix.rows, matrix.columns]))
    }
    /// Whole numbers in a list.
    mutating func constant(_ values: [Int]) -> GraphValue {
        constant(Onnx_TensorProto(values, shape: [values.count]))
    }
    /// A whole number.
    mutating func constant(_ value: Int) -> GraphValue { constant(Onnx_TensorProto([value], shape: [])) }

    private mutating func freshName(_ kind: String) -> GraphValue {
        var name: String
        repeat {
            next += 1
            name = "/\(kind)_\(next)"
        } while !taken.insert(name).inserted
        return GraphValue(name: name)
    }

    // MARK: Graphs within the graph

    /// What `body` makes as a graph of its own, which may use every value of this one.
    ///
    /// - Parameters:
    ///   - inputs: The types and shapes of what it takes.
    ///   - body: Makes nodes of the inputs; what it returns are the outputs with their types and shapes.
    mutating func nested(
        _ inputs: [(type: Onnx_TensorProto.DataType, shape: [Int?])],
        _ body: (inout Graph, [GraphValue]) -> [(value: GraphValue, type: Onnx_TensorProto.DataType, shape: [Int?])]
    ) -> Onnx_GraphProto {
        var inner = Graph(reserved: taken)
        inner.next = next
        let values = inputs.map { _ in inner.freshName("input") }
        let outputs = body(&inner, values)
        (taken, next) = (inner.taken, inner.next)
        var proto = Onnx_GraphProto()
        proto.name = "body"
        proto.node = inner.nodes
        proto.initializer = inner.constants
        proto.input = zip(values, inputs).map { Onnx_ValueInfoProto($0.name, $1.type, shape: $1.shape) }
        proto.output = outputs.map { Onnx_ValueInfoProto($0.value.name, $0.type, shape: $0.shape) }
        return proto
    }

    // MARK: The finished graph

    /// The graph with what its outputs need and nothing else.
    ///
    /// - Parameter outputs: The outputs and the values that they are.
    func finished(name: String, outputs: [(ONNXValue, GraphValue)]) -> Onnx_GraphProto {
        var proto = Onnx_GraphProto()
        proto.name = name
        proto.input = inputs.map(Onnx_ValueInfoProto.init)
        proto.output = outputs.map { Onnx_ValueInfoProto($0.0) }
        var needed = Set(outputs.map(\.1.name))
        var kept: [Onnx_NodeProto] = []
        for node in nodes.reversed() where node.output.contains(where: needed.contains) {
            needed.formUnion(node.needs)
            kept.append(node)
        }
        proto.node = kept.reversed()
        proto.initializer = constants.filter { needed.contains($0.name) }
        for (output, value) in outputs {
            var node = Onnx_NodeProto()
            node.opType = "Identity"
            node.name = output.name
            node.input = [value.name]
            node.output = [output.name]
            proto.node.append(node)
        }
        return proto
    }
}

extension Onnx_NodeProto {
    /// The names of the values it takes, also those that graphs within it take from around them.
    fileprivate var needs: [String] {
        input + attribute.filter { $0.hasG }.flatMap { $0.g.node.flatMap(\.needs) + $0.g.output.map(\.name) }
    }
}
#endif
