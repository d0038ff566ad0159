#if ONNX
/// A value within a graph: an input, a constant or what a node gives.
struct GraphValue: Sendable, Hashable {
    let name: String
}
#endif
