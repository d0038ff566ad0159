/// Filled rectangles: the cells of a heat map, the bins of a histogram, a shaded range.
///
///     RectangleMark(x: .value("Predicted", columns), y: .value("Actual", rows))
///         .foregroundStyle(by: .value("Rows", counts))
///         .annotation(position: .overlay, texts)
public struct RectangleMark: ChartContent {
    /// The mark as the chart sees it.
    public let marks: [Mark]

    /// The cell around each (`x`, `y`): a category's whole band, or for numbers the distance to the nearest neighbour.
    public init(x: PlottableValue, y: PlottableValue) {
        marks = [Mark(.rectangle, x: x, y: y)]
    }

    /// A rectangle from (`xStart`, `yStart`) to (`xEnd`, `yEnd`).
    public init(xStart: PlottableValue, xEnd: PlottableValue, yStart: PlottableValue, yEnd: PlottableValue) {
        marks = [Mark(.rectangle, x: xStart, xEnd: xEnd, y: yStart, yEnd: yEnd)]
    }

    /// The range from `xStart` to `xEnd` over the whole height of the plot.
    public init(xStart: PlottableValue, xEnd: PlottableValue) {
        marks = [Mark(.rectangle, x: xStart, xEnd: xEnd)]
    }

    /// The range from `yStart` to `yEnd` over the whole width of the plot.
    public init(yStart: PlottableValue, yEnd: PlottableValue) {
        marks = [Mark(.rectangle, y: yStart, yEnd: yEnd)]
    }
}
