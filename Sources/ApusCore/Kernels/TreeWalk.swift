import CApusKernels

/// A tree as walking it needs it: siblings side by side, one level after the other, so that a comparison leads to the next
/// node by an addition.
///
/// What it holds never changes, so that it is shared between threads.
@_documentation(visibility: internal)
public final class TreeWalk: @unchecked Sendable {
    /// Bytes of a node.
    public static let nodeStride = MemoryLayout<ApusWalkNode>.stride
    /// The most columns whose places in a panel can be told.
    public static let mostColumns = 1 << 27

    let nodes: UnsafeMutablePointer<ApusWalkNode>
    let count: Int
    /// The depth of the deepest leaf.
    let depth: Int

    /// A walk through nodes that go by their places in these lists.
    ///
    /// - Parameters:
    ///   - feature: The column that a node compares.
    ///   - threshold: Values at most this go left.
    ///   - left: The left child, above its parent; negative at a leaf.
    ///   - right: The right child.
    ///   - missingGoesLeft: Whether missing values go left.
    public init(feature: [Int32], threshold: [Double], left: [Int32], right: [Int32], missingGoesLeft: [Bool]) {
        count = feature.count
        nodes = .allocate(capacity: max(1, count))
        // The nodes in their new order, and the depth of each.
        var order: [Int] = count > 0 ? [0] : []
        var depths: [Int] = count > 0 ? [0] : []
        order.reserveCapacity(count)
        depths.reserveCapacity(count)
        var place = 0
        while place < order.count {
            let node = order[place]
            if left[node] < 0 {
                nodes[place] = ApusWalkNode(
                    threshold: .infinity, column: 0, left: Int32(place), name: Int32(node) | Int32.min)
            } else {
                precondition(feature[node] >= 0 && feature[node] < Self.mostColumns)
                // The greatest 32-bit number that is at most the threshold decides alike.
                let rounded = Float(threshold[node])
                nodes[place] = ApusWalkNode(
                    threshold: Double(rounded) > threshold[node] ? rounded.nextDown : rounded,
                    column: UInt32(feature[node]) * UInt32(APUS_WALK_LANES), left: Int32(order.count),
                    name: missingGoesLeft[node] ? Int32(node) | Int32.min : Int32(node))
                order.append(Int(left[node]))
                order.append(Int(right[node]))
                depths.append(depths[place] + 1)
                depths.append(depths[place] + 1)
            }
            place += 1
        }
        depth = depths.last ?? 0
    }

    deinit { nodes.deallocate() }
}
