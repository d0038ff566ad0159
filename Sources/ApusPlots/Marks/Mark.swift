/// One mark with everything said about it: the value behind `PointMark`, `LineMark` and their modifiers.
///
/// A mark stands for a whole array of items (all points of a scatter plot, all bars of a bar chart), so that a chart
/// of 100,000 rows is still one mark.
public struct Mark: ChartContent {
    enum Kind: Sendable { case point, line, area, bar, rule, rectangle }

    enum Coloring: Sendable {
        case automatic
        case fixed(ChartColor)
        case by(PlottableValue)
    }

    enum Symboling: Sendable {
        case fixed(ChartSymbol)
        case by(PlottableValue)
    }

    struct Annotation: Sendable {
        let position: AnnotationPosition
        let texts: [String]
    }

    var kind: Kind
    var x: PlottableValue?
    var xEnd: PlottableValue?
    var y: PlottableValue?
    var yEnd: PlottableValue?
    var series: PlottableValue?
    var coloring = Coloring.automatic
    var symboling: Symboling?
    var symbolSize: Double?
    var stroke: StrokeStyle?
    var opacity: Double?
    var annotation: Annotation?
    var dodge: PlottableValue?
    /// How far items are moved across their category's band, in bands; empty for not at all.
    var shifts: [Double] = []
    var width = 0.76
    var interpolation = InterpolationMethod.linear

    init(
        _ kind: Kind, x: PlottableValue? = nil, xEnd: PlottableValue? = nil, y: PlottableValue? = nil,
        yEnd: PlottableValue? = nil
    ) {
        self.kind = kind
        self.x = x
        self.xEnd = xEnd
        self.y = y
        self.yEnd = yEnd
    }

    /// This mark alone.
    public var marks: [Mark] { [self] }

    /// Number of items: the shortest of the arrays, or one where all are single values.
    var count: Int {
        var encodings = [x, xEnd, y, yEnd, series, dodge]
        if case .by(let value) = coloring { encodings.append(value) }
        if case .by(let value)? = symboling { encodings.append(value) }
        return encodings.compactMap { $0?.count }.min() ?? 1
    }
}
