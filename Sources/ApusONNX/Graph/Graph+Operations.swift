#if ONNX
import ApusCore

/// Operators by the names that formulas use.
extension Graph {
    mutating func add(_ a: GraphValue, _ b: GraphValue) -> GraphValue { node("Add", [a, b]) }
    mutating func subtract(_ a: GraphValue, _ b: GraphValue) -> GraphValue { node("Sub", [a, b]) }
    mutating func multiply(_ a: GraphValue, _ b: GraphValue) -> GraphValue { node("Mul", [a, b]) }
    mutating func divide(_ a: GraphValue, _ b: GraphValue) -> GraphValue { node("Div", [a, b]) }
    mutating func product(_ a: GraphValue, _ b: GraphValue) -> GraphValue { node("MatMul", [a, b]) }
    mutating func exp(_ x: GraphValue) -> GraphValue { node("Exp", [x]) }
    mutating func isGreater(_ a: GraphValue, than b: GraphValue) -> GraphValue { node("Greater", [a, b]) }
    mutating func choose(_ condition: GraphValue, _ a: GraphValue, else b: GraphValue) -> GraphValue {
        node("Where", [condition, a, b])
    }

    /// x Wᵀ + b for the rows of `x`.
    mutating func linear(_ x: GraphValue, _ weights: Matrix, _ offsets: [Double]) -> GraphValue {
        node("Gemm", [x, constant(weights), row(offsets)], ["transB": .int(1)])
    }

    /// 1 / (1 + exp(-x))
    mutating func logistic(_ x: GraphValue) -> GraphValue {
        let one = constant(1.0)
        let power = exp(node("Neg", [x]))
        return divide(one, add(one, power))
    }

    /// The greatest value of each row, n × 1.
    mutating func maximum(_ x: GraphValue) -> GraphValue {
        node("ReduceMax", [x, constant([1])], ["keepdims": .int(1)])
    }

    /// exp(x) / Σ exp(x) of each row, divided as the models do and not as the operator of that name.
    mutating func softmax(_ x: GraphValue) -> GraphValue {
        let powers = exp(subtract(x, maximum(x)))
        return divide(powers, sum(powers, axis: 1))
    }

    /// The values as numbers.
    mutating func numbers(_ x: GraphValue) -> GraphValue { cast(x, .double) }
    /// The values in another type.
    mutating func cast(_ x: GraphValue, _ type: Onnx_TensorProto.DataType) -> GraphValue {
        node("Cast", [x], ["to": .int(type.rawValue)])
    }

    /// Values side by side.
    mutating func sideBySide(_ parts: [GraphValue]) -> GraphValue {
        parts.count == 1 ? parts[0] : node("Concat", parts, ["axis": .int(1)])
    }

    /// The values in another shape, where 0 stands for the size as it is and -1 for what is left.
    mutating func reshape(_ x: GraphValue, _ shape: [Int]) -> GraphValue { node("Reshape", [x, constant(shape)]) }

    /// The columns with the given places.
    mutating func columns(_ places: [Int], of x: GraphValue) -> GraphValue {
        node("Gather", [x, constant(places)], ["axis": .int(1)])
    }

    /// The sums along an axis.
    mutating func sum(_ x: GraphValue, axis: Int, keepsAxis: Bool = true) -> GraphValue {
        node("ReduceSum", [x, constant([axis])], ["keepdims": .int(keepsAxis ? 1 : 0)])
    }

    /// The sums along the second of three axes, added from first to last as the models do.
    mutating func orderedSum(_ x: GraphValue, of count: Int) -> GraphValue {
        let sums = node("CumSum", [x, constant(1)])
        return node("Gather", [sums, constant(count - 1)], ["axis": .int(1)])
    }

    /// The place of the greatest value of each row, the first of equal ones.
    mutating func greatest(_ x: GraphValue) -> GraphValue {
        node("ArgMax", [x], ["axis": .int(1), "keepdims": .int(0)])
    }

    /// For a column of truth values 1 where they are true, otherwise 0, as a list.
    mutating func code(_ isSecond: GraphValue) -> GraphValue {
        reshape(cast(isSecond, .int64), [-1])
    }

    /// The probabilities of two classes from those of the second.
    mutating func bothClasses(_ second: GraphValue) -> GraphValue {
        let first = subtract(constant(1.0), second)
        return sideBySide([first, second])
    }

    /// The values, or a limit where they are beyond it; NaN stays.
    mutating func limited(_ x: GraphValue, from lower: Double, to upper: Double) -> GraphValue {
        let (lower, upper) = (constant(lower), constant(upper))
        let raised = choose(node("Less", [x, lower]), lower, else: x)
        return choose(isGreater(raised, than: upper), upper, else: raised)
    }
}
#endif
