#if ONNX
import ApusCore

/// Class probabilities that agree best with the probabilities of all pairs, as a loop within a graph: each row stops
/// where the model would stop.
///
/// Source: T.-F. Wu, C.-J. Lin and R. C. Weng, "Probability estimates for multi-class classification by pairwise
/// coupling", JMLR 5 (2004), second method.
struct PairwiseCouplingGraph {
    /// How many classes there are.
    let classes: Int

    /// Adds the probabilities of the classes: n × classes.
    ///
    /// - Parameters:
    ///   - shares: The probability of the first class of each pair: n × pairs.
    ///   - pairs: The classes of each pair.
    func probabilities(
        _ shares: GraphValue, pairs: [(first: Int, second: Int)], in graph: inout Graph
    ) -> GraphValue {
        let k = classes
        let form = form(shares, pairs, in: &graph)
        let nothing = graph.multiply(
            graph.columns([Int](repeating: 0, count: k), of: shares), graph.constant(0.0))
        let equal = graph.add(nothing, graph.constant(1 / Double(k)))
        let isOpen = graph.isGreater(graph.columns([0], of: equal), than: graph.constant(0.0))
        let body = graph.nested([(.int64, []), (.bool, []), (.double, [nil, k]), (.bool, [nil, 1])]) { inner, values in
            let (p, isOpen) = round(values[2], isOpen: values[3], form, in: &inner)
            let greatest = inner.node("ReduceMax", [inner.cast(isOpen, .int64)], ["keepdims": .int(0)])
            let isAnyOpen = inner.cast(greatest, .bool)
            return [(isAnyOpen, .bool, []), (p, .double, [nil, k]), (isOpen, .bool, [nil, 1])]
        }
        let condition = graph.constant(Onnx_TensorProto(true))
        let found = graph.nodes(
            "Loop", [graph.constant(max(100, k)), condition, equal, isOpen], ["body": .graph(body)], outputs: 2)[0]
        return graph.divide(found, graph.sum(found, axis: 1))
    }

    /// The quadratic form of each row: the matrix n × k × k and its diagonal n × k.
    private struct Form {
        let matrix: GraphValue
        let diagonal: GraphValue
    }

    private func form(
        _ shares: GraphValue, _ pairs: [(first: Int, second: Int)], in graph: inout Graph
    ) -> Form {
        let k = classes
        func places(_ place: ((first: Int, second: Int)) -> Int) -> GraphValue {
            graph.constant(
                Matrix(rows: pairs.count, columns: k * k) { out in
                    for (row, pair) in pairs.enumerated() { out[row * k * k + place(pair)] = 1 }
                })
        }
        let forward = graph.product(shares, places { $0.first * k + $0.second })
        let others = graph.subtract(graph.constant(1.0), shares)
        let backward = graph.product(others, places { $0.second * k + $0.first })
        // r[i, j] is the probability of i when it is i or j.
        let r = graph.reshape(graph.add(forward, backward), [-1, k, k])
        let turned = graph.node("Transpose", [r], ["perm": .ints([0, 2, 1])])
        let diagonal = graph.sum(graph.multiply(turned, turned), axis: 2, keepsAxis: false)
        let unit = graph.constant(
            Onnx_TensorProto((0..<k * k).map { $0 % (k + 1) == 0 ? 1.0 : 0 }, shape: [1, k, k]))
        let onDiagonal = graph.multiply(graph.reshape(diagonal, [-1, k, 1]), unit)
        return Form(matrix: graph.subtract(onDiagonal, graph.multiply(r, turned)), diagonal: diagonal)
    }

    /// One round over the classes for the rows that are not done yet.
    private func round(
        _ p: GraphValue, isOpen: GraphValue, _ form: Form, in graph: inout Graph
    ) -> (p: GraphValue, isOpen: GraphValue) {
        let k = classes
        let one = graph.constant(1.0)
        var product = graph.reshape(graph.product(form.matrix, graph.reshape(p, [-1, k, 1])), [-1, k])
        var value = graph.sum(graph.multiply(p, product), axis: 1)
        let distance = graph.node("Abs", [graph.subtract(product, value)])
        let farthest = graph.maximum(distance)
        let isFar = graph.node("GreaterOrEqual", [farthest, graph.constant(0.005 / Double(k))])
        let staysOpen = graph.node("And", [isOpen, isFar])
        var next = p
        for t in 0..<k {
            let own = graph.columns([t], of: product)
            let diagonal = graph.columns([t], of: form.diagonal)
            let change = graph.divide(graph.subtract(value, own), diagonal)
            let grown = graph.add(one, change)
            let unit = graph.row((0..<k).map { $0 == t ? 1 : 0 })
            next = graph.divide(graph.add(next, graph.multiply(change, unit)), grown)
            let twice = graph.multiply(graph.constant(2.0), own)
            let step = graph.multiply(change, graph.add(graph.multiply(change, diagonal), twice))
            value = graph.divide(graph.divide(graph.add(value, step), grown), grown)
            let row = graph.reshape(graph.columns([t], of: form.matrix), [-1, k])
            product = graph.divide(graph.add(product, graph.multiply(change, row)), grown)
        }
        return (graph.choose(staysOpen, next, else: p), staysOpen)
    }
}
#endif
