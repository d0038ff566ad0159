/// A symbol at each pair of values: a scatter plot.
///
///     PointMark(x: .value("Age", ages), y: .value("Income", incomes))
///         .foregroundStyle(by: .value("Class", labels))
///
/// Up to 2,000 items are drawn one by one with a thin ring that keeps them apart. Beyond that coordinates are rounded
/// to half a pixel (beyond 20,000 to whole pixels) and a point that falls exactly on an earlier one of the same colour
/// and shape is left out, so that the file grows with the picture and not with the data.
public struct PointMark: ChartContent {
    /// The mark as the chart sees it.
    public let marks: [Mark]

    /// A symbol at each (`x`, `y`).
    public init(x: PlottableValue, y: PlottableValue) {
        marks = [Mark(.point, x: x, y: y)]
    }
}
