/// Where the legend stands.
public enum ChartLegendPosition: Sendable, Hashable, CaseIterable {
    /// Above the plot, unless it would only repeat the labels of an axis; a colour bar stands on the right.
    case automatic
    /// Above the plot.
    case top
    /// Below the plot.
    case bottom
    /// Right of the plot.
    case trailing
    /// Nowhere.
    case hidden
}
