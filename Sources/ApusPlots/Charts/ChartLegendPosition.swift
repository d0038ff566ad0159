/// Where the legend stands.
public enum ChartLegendPosition: Sendable, Hashable, CaseIterable {
    /// Above the plot, or beside one whose aspect ratio leaves room there; nowhere if it would only repeat the labels of
    /// an axis. A colour bar stands on the right.
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
