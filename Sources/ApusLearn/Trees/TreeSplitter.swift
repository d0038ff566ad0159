import ApusCore

/// How a tree searches the split of a node.
public enum TreeSplitter: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// The best threshold of each feature that is tried.
    case best
    /// One random threshold for each feature that is tried; the best of these.
    case random
    /// The best of at most 255 thresholds of each feature, which lie between quantiles of its values: faster than `best`
    /// and almost as good, but not the same trees as scikit-learn's.
    case histogram
}
