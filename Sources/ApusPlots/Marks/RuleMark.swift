/// A straight line along an axis: a threshold, a mean, or an interval at a place.
public struct RuleMark: ChartContent {
    /// The mark as the chart sees it.
    public let marks: [Mark]

    /// Upright lines through the whole plot.
    public init(x: PlottableValue) {
        marks = [Mark(.rule, x: x)]
    }

    /// Level lines through the whole plot.
    public init(y: PlottableValue) {
        marks = [Mark(.rule, y: y)]
    }

    /// An upright line from `yStart` to `yEnd` at each `x`.
    public init(x: PlottableValue, yStart: PlottableValue, yEnd: PlottableValue) {
        marks = [Mark(.rule, x: x, y: yStart, yEnd: yEnd)]
    }

    /// A level line from `xStart` to `xEnd` at each `y`.
    public init(xStart: PlottableValue, xEnd: PlottableValue, y: PlottableValue) {
        marks = [Mark(.rule, x: xStart, xEnd: xEnd, y: y)]
    }
}
