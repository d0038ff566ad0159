/// Whether a part of a chart is drawn.
public enum ChartVisibility: Sendable, Hashable, CaseIterable {
    /// Where it helps.
    case automatic
    /// Always.
    case visible
    /// Never.
    case hidden
}
