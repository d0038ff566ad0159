/// A line through the items in the order given, interrupted where a value is NaN or infinite.
///
///     LineMark(x: .value("Epoch", epochs), y: .value("Loss", losses)).foregroundStyle(by: .value("Data", names))
///
/// `foregroundStyle(by:)` and `series` split the items into one line a category. A line that runs from left to right
/// and has more than four items a pixel is drawn with the first, lowest, highest and last item of each pixel column,
/// which looks the same.
public struct LineMark: ChartContent {
    /// The mark as the chart sees it.
    public let marks: [Mark]

    /// A line through the pairs (`x`, `y`); `series` splits it without giving colours.
    public init(x: PlottableValue, y: PlottableValue, series: PlottableValue? = nil) {
        var mark = Mark(.line, x: x, y: y)
        mark.series = series
        marks = [mark]
    }
}
