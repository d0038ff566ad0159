/// Width and dashes of a line.
public struct StrokeStyle: Sendable, Hashable {
    /// Width in pixels; 2 by default for lines.
    public var lineWidth: Double
    /// Lengths in pixels of dash, gap, dash, and so on; empty for a solid line.
    public var dash: [Double]

    /// A line of `lineWidth` pixels, drawn with `dash`; values that are not finite or negative are left out.
    public init(lineWidth: Double = 2, dash: [Double] = []) {
        self.lineWidth = lineWidth.isFinite ? min(100, max(0, lineWidth)) : 2
        self.dash = dash.filter { $0.isFinite && $0 >= 0 }
    }
}
