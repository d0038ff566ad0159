#if ONNX
import ApusCore

/// The nodes of several trees as one operator takes them. The operator tells which leaf a row reaches in each tree; what
/// the leaves are worth is looked up afterwards, as the operator itself would round it to 32 bits.
struct TreeTable {
    /// The most leaves of a tree whose places 32-bit numbers can tell.
    private static let mostLeaves = 1 << 24

    private var trees: [Int] = []
    private var nodes: [Int] = []
    private var features: [Int] = []
    private var modes: [String] = []
    private var left: [Int] = []
    private var right: [Int] = []
    private var missingGoesLeft: [Int] = []
    private var thresholds: [Double] = []
    private var leafTrees: [Int] = []
    private var leafNodes: [Int] = []
    private var leafPlaces: [Double] = []
    /// Where the leaves of each tree start among all leaves.
    private(set) var starts: [Int] = []

    /// A node of a tree.
    enum Node {
        /// Values at most `threshold` go to the node `left` of the tree, others to `right`.
        case split(feature: Int, threshold: Double, left: Int, right: Int, missingGoesLeft: Bool)
        /// An end.
        case leaf
    }

    /// How many trees there are.
    var count: Int { starts.count }

    /// Adds a tree whose root is its first node.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` for more leaves than the operator can tell apart.
    mutating func append(_ tree: some Sequence<Node>) throws {
        let place = starts.count
        starts.append(leafNodes.count)
        var leaves = 0
        for (index, node) in tree.enumerated() {
            trees.append(place)
            nodes.append(index)
            switch node {
            case .split(let feature, let threshold, let left, let right, let missingGoesLeft):
                features.append(feature)
                modes.append("BRANCH_LEQ")
                self.left.append(left)
                self.right.append(right)
                self.missingGoesLeft.append(missingGoesLeft ? 1 : 0)
                thresholds.append(threshold)
            case .leaf:
                features.append(0)
                modes.append("LEAF")
                left.append(0)
                right.append(0)
                missingGoesLeft.append(0)
                thresholds.append(0)
                leafTrees.append(place)
                leafNodes.append(index)
                leafPlaces.append(Double(leaves))
                leaves += 1
            }
        }
        guard leaves <= Self.mostLeaves else {
            throw Refusal.part(
                "a tree of \(leaves) leaves", "at most \(Self.mostLeaves) are possible; set maxLeafNodes or maxDepth")
        }
    }

    /// Adds the place, among the leaves of all trees, of the leaf that each row reaches in each tree: n × trees.
    func leaves(_ x: GraphValue, in graph: inout Graph) -> GraphValue {
        let places = graph.node(
            "TreeEnsembleRegressor", [x],
            [
                "n_targets": .int(count),
                "nodes_treeids": .ints(trees),
                "nodes_nodeids": .ints(nodes),
                "nodes_featureids": .ints(features),
                "nodes_modes": .strings(modes),
                "nodes_truenodeids": .ints(left),
                "nodes_falsenodeids": .ints(right),
                "nodes_missing_value_tracks_true": .ints(missingGoesLeft),
                "nodes_values_as_tensor": .tensor(named("thresholds", thresholds)),
                "target_treeids": .ints(leafTrees),
                "target_nodeids": .ints(leafNodes),
                "target_ids": .ints(leafTrees),
                "target_weights_as_tensor": .tensor(named("leaves", leafPlaces)),
            ], domain: Graph.tables)
        return graph.add(
            graph.cast(places, .int64), graph.constant(Onnx_TensorProto(starts, shape: [1, count])))
    }

    private func named(_ name: String, _ values: [Double]) -> Onnx_TensorProto {
        var tensor = Onnx_TensorProto(values, shape: [values.count])
        tensor.name = name
        return tensor
    }
}
#endif
