import ApusCore

/// How a tree searches the split of a node.
public enum TreeSplitter: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// The best threshold of each feature that is tried.
    case best
    /// One random threshold for each feature that is tried; the best of these.
    case random
}
