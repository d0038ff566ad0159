#if ONNX
import ApusCore
import ApusLearn

extension Graph {
    /// (x - shift) / scale, where there are such.
    fileprivate mutating func standardized(_ x: GraphValue, _ shift: [Double]?, _ scale: [Double]?) -> GraphValue {
        var values = x
        if let shift { values = subtract(values, row(shift)) }
        if let scale { values = divide(values, row(scale)) }
        return values
    }
}

extension StandardScaler.Model: GraphTransformer {
    func rows(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue {
        graph.standardized(x, withMean ? means : nil, withStd ? scales : nil)
    }
}

extension RobustScaler.Model: GraphTransformer {
    func rows(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue {
        graph.standardized(x, withCentering ? centres : nil, withScaling ? scales : nil)
    }
}

extension MaxAbsScaler.Model: GraphTransformer {
    func rows(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue {
        let scaled = graph.standardized(x, nil, scales)
        return clip ? graph.limited(scaled, from: -1, to: 1) : scaled
    }
}

extension MinMaxScaler.Model: GraphTransformer {
    func rows(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue {
        let scaled = graph.add(graph.multiply(x, graph.row(factors)), graph.row(offsets))
        return clip ? graph.limited(scaled, from: rangeLower, to: rangeUpper) : scaled
    }
}

extension Normalizer.Model: GraphTransformer {
    func rows(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue {
        let sizes = graph.node("Abs", [x])
        let lengths: GraphValue
        switch norm {
        case .l1: lengths = graph.sum(sizes, axis: 1)
        case .l2: lengths = graph.node("Sqrt", [graph.sum(graph.multiply(x, x), axis: 1)])
        case .max: lengths = graph.maximum(sizes)
        }
        let isNothing = graph.node("Less", [lengths, graph.constant(10 * Double.ulpOfOne)])
        return graph.divide(x, graph.choose(isNothing, graph.constant(1.0), else: lengths))
    }
}

extension Binarizer.Model: GraphTransformer {
    func rows(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue {
        graph.numbers(graph.isGreater(x, than: graph.constant(threshold)))
    }
}
#endif
