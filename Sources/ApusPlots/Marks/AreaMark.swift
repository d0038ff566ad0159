/// The area between a line and zero, or between two lines such as the bounds of an interval.
///
/// Areas are translucent and not stacked: where two overlap, both are seen.
public struct AreaMark: ChartContent {
    /// The mark as the chart sees it.
    public let marks: [Mark]

    /// The area between zero and `y`.
    public init(x: PlottableValue, y: PlottableValue) {
        marks = [Mark(.area, x: x, y: y)]
    }

    /// The area between `yStart` and `yEnd`.
    public init(x: PlottableValue, yStart: PlottableValue, yEnd: PlottableValue) {
        marks = [Mark(.area, x: x, y: yStart, yEnd: yEnd)]
    }
}
