/// How values become places along an axis.
public enum ScaleType: Sendable, Hashable, CaseIterable {
    /// Equal differences take equal room.
    case linear
    /// Equal ratios take equal room; values of zero or less are left out.
    case log
    /// Every distinct value has a band of its own.
    case category
}
