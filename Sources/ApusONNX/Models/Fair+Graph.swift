#if ONNX
import ApusCore
import ApusTrust

extension CorrelationRemover.Model: GraphTransformer {
    func rows(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue {
        guard !sensitive.isEmpty else { return x }
        let others = (0..<featureCount).filter { !sensitive.contains($0) }
        let deviations = graph.subtract(graph.columns(sensitive, of: x), graph.row(means))
        let explained = graph.product(deviations, graph.constant(coefficients))
        return graph.subtract(graph.columns(others, of: x), graph.multiply(graph.constant(alpha), explained))
    }
}
#endif
