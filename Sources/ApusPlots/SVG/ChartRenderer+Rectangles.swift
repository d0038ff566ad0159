extension ChartRenderer {
    /// Bars, bins and cells.
    ///
    /// More than 2,000 are joined into one path a colour, with edges on whole pixels: bars in the same pixel column
    /// become one, cells of the same pixels and colour are drawn once.
    func drawRectangles(_ layer: Layer, in writer: inout SVGWriter) {
        let frames = BarFrames(self, layer)
        let items = (0..<layer.count).filter(layer.isDrawable)
        let opacity = layer.mark.opacity ?? 1
        if items.count > 2000 {
            drawMany(
                items.compactMap { index in frames.rect(index).map { (paint(layer, index), $0) } }, layer, opacity,
                in: &writer)
            return
        }
        for index in items {
            guard var rect = frames.rect(index) else { continue }
            let fill = paint(layer, index)
            var radius = 0.0
            var crisp = false
            if layer.mark.kind == .bar {
                radius = layer.isStacked ? 0 : min(2, min(rect.width, rect.height) / 4)
                if layer.isStacked, rect.width > 3, rect.height > 3 {
                    rect =
                        layer.isLying
                        ? Rect(x: rect.x + 0.5, y: rect.y, width: rect.width - 1, height: rect.height)
                        : Rect(x: rect.x, y: rect.y + 0.5, width: rect.width, height: rect.height - 1)
                }
            } else if frames.hasGaps {
                rect = rect.padded(by: 1)
                radius = 2
            } else {
                rect = snapped(rect)
                crisp = true
                // A line of background between the bins of a histogram.
                if layer.xEnd != nil, layer.yEnd != nil, rect.width > 5 { rect.width -= 1 }
            }
            writer.rectangle(rect, fill: fill, radius: radius, opacity: opacity, crisp: crisp)
        }
    }

    private struct Column: Hashable {
        let paint: Paint
        let edge: Rect
    }

    private func drawMany(
        _ rects: [(Paint, Rect)], _ layer: Layer, _ opacity: Double, in writer: inout SVGWriter
    ) {
        var place: [Column: Int] = [:]
        var joined: [(paint: Paint, rect: Rect)] = []
        for (paint, exact) in rects {
            let rect = snapped(exact)
            var edge = rect
            if layer.mark.kind == .bar {
                if layer.isLying { (edge.x, edge.width) = (0, 0) } else { (edge.y, edge.height) = (0, 0) }
            }
            let column = Column(paint: paint, edge: edge)
            if let found = place[column] {
                joined[found].rect = joined[found].rect.united(with: rect)
            } else {
                place[column] = joined.count
                joined.append((paint, rect))
            }
        }
        var data: [Paint: String] = [:]
        var order: [Paint] = []
        for (paint, rect) in joined {
            if data[paint] == nil { order.append(paint) }
            func n(_ value: Double) -> String { SVGWriter.number(value, 0) }
            let text = "M\(n(rect.x)) \(n(rect.y))h\(n(rect.width))v\(n(rect.height))h\(n(-rect.width))z"
            data[paint, default: ""] += text
        }
        for paint in order { writer.path(data[paint] ?? "", fill: paint, opacity: opacity, crisp: true) }
    }

    /// `rect` with its edges on whole pixels and at least one pixel each way: cells beside each other show no seam.
    private func snapped(_ rect: Rect) -> Rect {
        // The edge of one cell and the next may differ in the last bit: to a thousandth of a pixel they are the same.
        func snap(_ value: Double) -> Double { ((value * 1000).rounded() / 1000).rounded() }
        let (x, y) = (snap(rect.x), snap(rect.y))
        return Rect(x: x, y: y, width: max(1, snap(rect.maxX) - x), height: max(1, snap(rect.maxY) - y))
    }
}

/// Turns the items of a bar or rectangle mark into rectangles.
struct BarFrames {
    private let renderer: ChartRenderer
    private let layer: Layer
    private let xWidth: Double
    private let yWidth: Double
    /// Whether cells stand apart, as the cells of a small table do.
    let hasGaps: Bool

    init(_ renderer: ChartRenderer, _ layer: Layer) {
        self.renderer = renderer
        self.layer = layer
        xWidth = BarFrames.width(layer.x, renderer.model.x) * renderer.plot.width
        yWidth = BarFrames.width(layer.y, renderer.model.y) * renderer.plot.height
        let isTable = renderer.model.x.type == .category && renderer.model.y.type == .category
        hasGaps = layer.mark.kind == .rectangle && isTable && min(xWidth, yWidth) >= 14
    }

    func rect(_ index: Int) -> Rect? {
        let plot = renderer.plot
        let (x1, x2): (Double, Double)
        let (y1, y2): (Double, Double)
        if layer.mark.kind == .bar, layer.isLying {
            (x1, x2) = span(layer.x, layer.xEnd, index, renderer.px, renderer.px(renderer.model.x.baseline))
            (y1, y2) = band(layer.y, index, renderer.py, yWidth)
        } else if layer.mark.kind == .bar {
            (x1, x2) = band(layer.x, index, renderer.px, xWidth)
            (y1, y2) = span(layer.y, layer.yEnd, index, renderer.py, renderer.py(renderer.model.y.baseline))
        } else {
            (x1, x2) = cell(layer.x, layer.xEnd, index, renderer.px, xWidth, (plot.x, plot.maxX))
            (y1, y2) = cell(layer.y, layer.yEnd, index, renderer.py, yWidth, (plot.y, plot.maxY))
        }
        guard x1.isFinite, x2.isFinite, y1.isFinite, y2.isFinite else { return nil }
        return Rect(x: min(x1, x2), y: min(y1, y2), width: abs(x2 - x1), height: abs(y2 - y1))
    }

    /// From start to end along the axis that bars grow on; a logarithmic scale has no zero to start from.
    private func span(
        _ start: [Double]?, _ end: [Double]?, _ index: Int, _ place: (Double) -> Double, _ base: Double
    ) -> (Double, Double) {
        let from = start.map { place($0[index]) } ?? base
        let to = end.map { place($0[index]) } ?? from
        return (from.isNaN ? base : from, to)
    }

    private func band(
        _ centres: [Double]?, _ index: Int, _ place: (Double) -> Double, _ width: Double
    ) -> (Double, Double) {
        guard let centres else { return (.nan, .nan) }
        let whole = width * layer.mark.width
        let lane = whole / Double(layer.lanes)
        let start = place(centres[index]) - whole / 2 + lane * Double(layer.laneOf?[index] ?? 0)
        let gap = layer.lanes > 1 && lane > 6 ? 1.0 : 0
        return (start + gap / 2, start + max(lane - gap, 0.5))
    }

    private func cell(
        _ start: [Double]?, _ end: [Double]?, _ index: Int, _ place: (Double) -> Double, _ width: Double,
        _ whole: (Double, Double)
    ) -> (Double, Double) {
        guard let start else { return whole }
        let from = place(start[index])
        if let end { return (from, place(end[index])) }
        return (from - width / 2, from + width / 2)
    }

    /// The part of the axis between two neighbours.
    private static func width(_ centres: [Double]?, _ scale: AxisScale) -> Double {
        guard scale.type != .category, let centres else { return scale.band }
        let places = centres.map(scale.place).filter(\.isFinite)
        guard let first = places.min(), let last = places.max(), last > first else { return 0.2 }
        return places.smallestGap()
    }
}
