/// A bar from zero to each value.
///
///     BarMark(x: .value("Class", names), y: .value("Rows", counts))          // upright
///     BarMark(x: .value("Importance", shares), y: .value("Feature", names))  // lying, where y is the category
///
/// Bars of a chart that stand at the same place are stacked, positive values upwards and negative ones downwards;
/// `position(by:)` puts them side by side.
public struct BarMark: ChartContent {
    /// The mark as the chart sees it.
    public let marks: [Mark]

    /// A bar at each item; `width` is the part of the room between two bars that a bar takes, from 0 to 1.
    public init(x: PlottableValue, y: PlottableValue, width: Double = 0.76) {
        marks = [BarMark.mark(Mark(.bar, x: x, y: y), width)]
    }

    /// An upright bar from `yStart` to `yEnd` at each `x`.
    public init(x: PlottableValue, yStart: PlottableValue, yEnd: PlottableValue, width: Double = 0.76) {
        marks = [BarMark.mark(Mark(.bar, x: x, y: yStart, yEnd: yEnd), width)]
    }

    /// A lying bar from `xStart` to `xEnd` at each `y`.
    public init(xStart: PlottableValue, xEnd: PlottableValue, y: PlottableValue, width: Double = 0.76) {
        marks = [BarMark.mark(Mark(.bar, x: xStart, xEnd: xEnd, y: y), width)]
    }

    private static func mark(_ mark: Mark, _ width: Double) -> Mark {
        var mark = mark
        mark.width = width.isFinite ? min(1, max(0.02, width)) : 0.76
        return mark
    }
}
