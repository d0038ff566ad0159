/// Collects the charts of a figure; understands `if`, `else`, `switch` and `for`.
@resultBuilder
public enum FigureBuilder {
    /// A chart standing alone.
    public static func buildExpression(_ chart: some ChartRepresentable) -> [Chart] { [chart.chart] }
    /// Everything between two braces.
    public static func buildBlock(_ parts: [Chart]...) -> [Chart] { parts.flatMap { $0 } }
    /// An `if` without `else`.
    public static func buildOptional(_ part: [Chart]?) -> [Chart] { part ?? [] }
    /// The first branch of `if` and `else`.
    public static func buildEither(first part: [Chart]) -> [Chart] { part }
    /// The second branch of `if` and `else`.
    public static func buildEither(second part: [Chart]) -> [Chart] { part }
    /// A `for` loop.
    public static func buildArray(_ parts: [[Chart]]) -> [Chart] { parts.flatMap { $0 } }
    /// An `if #available`.
    public static func buildLimitedAvailability(_ part: [Chart]) -> [Chart] { part }
}
