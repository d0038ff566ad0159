import ApusCore

/// How neighbours are searched. All ways find the same distances; only which of equally distant rows come first differs.
public enum NeighborAlgorithm: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// Brute force for more than 15 columns, for a `nNeighbors` of at least half of the rows, and for metrics without a tree;
    /// otherwise a KD-tree.
    case auto
    /// A tree of balls.
    case ballTree = "ball_tree"
    /// A tree of boxes.
    case kdTree = "kd_tree"
    /// Every query against every row.
    case brute
}
