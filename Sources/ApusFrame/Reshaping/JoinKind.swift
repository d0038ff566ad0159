/// Which rows a join of two frames gives.
public enum JoinKind: String, Sendable, Hashable, CaseIterable {
    /// A row for each pair of rows with equal keys.
    case inner
    /// Also the rows of the left frame without a partner.
    case left
    /// Also the rows of the right frame without a partner.
    case right
    /// Also the rows of both without a partner, all in ascending order of the keys.
    case full
    /// The rows of the left frame that have a partner, once each, with the columns of the left frame only.
    case semi
    /// The rows of the left frame that have no partner, with the columns of the left frame only.
    case anti

    /// The same as `full`, as SQL and pandas call it.
    public static var outer: JoinKind { .full }
}

/// How many rows with the same keys a join expects on either side.
public enum JoinRelation: String, Sendable, Hashable, CaseIterable {
    /// Any number on both sides.
    case manyToMany
    /// At most one on the right.
    case manyToOne
    /// At most one on the left.
    case oneToMany
    /// At most one on both sides.
    case oneToOne
}
