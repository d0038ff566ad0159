/// Draws one chart: grid, marks in their order, axes, annotations, words.
struct ChartRenderer {
    let model: ChartModel
    let layout: ChartLayout
    let plot: Rect

    init(model: ChartModel, frame: Rect) {
        self.init(ChartLayout(model, frame: frame, legend: Legend(model)))
    }

    init(_ layout: ChartLayout) {
        model = layout.model
        self.layout = layout
        plot = layout.plot
    }

    func draw(in writer: inout SVGWriter) {
        drawHeader(in: &writer)
        drawGrid(in: &writer)
        // Bars stand on their base line; everything else hides what is behind it.
        if !hasBars { drawBaselines(in: &writer) }
        let clips = model.x.isFixed || model.y.isFixed
        for layer in model.layers {
            // Points outside of a fixed domain are left out whole; everything else is cut at its edge.
            let cuts = clips && layer.mark.kind != .point
            if cuts { writer.openClip(clipRect) }
            draw(layer, in: &writer)
            if cuts { writer.closeClip() }
        }
        if hasBars { drawBaselines(in: &writer) }
        drawAxes(in: &writer)
        for layer in model.layers { drawAnnotations(layer, in: &writer) }
        drawColorBar(in: &writer)
    }

    private var hasBars: Bool { hasUprightBars || model.layers.contains { $0.mark.kind == .bar } }

    private var clipRect: Rect {
        Rect(x: plot.x - 1, y: plot.y - 1, width: plot.width + 2, height: plot.height + 2)
    }

    private func draw(_ layer: Layer, in writer: inout SVGWriter) {
        switch layer.mark.kind {
        case .point: drawPoints(layer, in: &writer)
        case .line: drawLines(layer, in: &writer)
        case .area: drawAreas(layer, in: &writer)
        case .bar, .rectangle: drawRectangles(layer, in: &writer)
        case .rule: drawRules(layer, in: &writer)
        }
    }

    // MARK: Places

    func px(_ value: Double) -> Double { plot.x + model.x.place(value) * plot.width }

    func py(_ value: Double) -> Double {
        let place = model.y.place(value)
        // Categories are read from the top, numbers from the bottom.
        return model.y.type == .category ? plot.y + place * plot.height : plot.maxY - place * plot.height
    }

    /// The paint of item `index`.
    func paint(_ layer: Layer, _ index: Int) -> Paint {
        if let shares = layer.shares {
            return shares[index].isNaN ? .role(.grid) : model.colors.ramp.paint(shares[index])
        }
        if let groups = layer.groups { return model.colors.paint(groups[index]) }
        if case .fixed(let color) = layer.mark.coloring { return color.paint }
        return layer.mark.kind == .rule ? .role(.ink) : .series(0)
    }

    // MARK: Words

    private func drawHeader(in writer: inout SVGWriter) {
        let x = layout.frame.x
        var y = layout.frame.y
        for line in layout.titleLines {
            writer.text(line, x, y + layout.titleSize, size: layout.titleSize, bold: true, full: model.chart.title)
            y += ChartLayout.titleHeight
        }
        for line in layout.subtitleLines {
            writer.text(line, x, y + 12, size: 12, fill: .role(.muted), full: model.chart.subtitle)
            y += ChartLayout.subtitleHeight
        }
        if layout.legendPosition == .trailing {
            Legend.draw(layout.legend, x: plot.maxX + 18, y: plot.y, in: &writer)
        } else {
            Legend.draw(layout.legend, x: x, y: layout.frame.y + layout.legendTop, in: &writer)
        }
    }

    private func drawColorBar(in writer: inout SVGWriter) {
        guard layout.hasColorBar, let range = model.colors.range else { return }
        let bar = Rect(x: plot.maxX + 16, y: plot.y, width: 12, height: plot.height)
        for layer in model.colors.ramp.layers(64) {
            let height = (layer.to - layer.from) * bar.height
            let part = Rect(x: bar.x, y: bar.maxY - layer.to * bar.height, width: bar.width, height: height)
            writer.rectangle(part, fill: layer.paint)
        }
        for (value, label) in zip(layout.colorTicks.values, layout.colorTicks.labels) {
            let span = range.upperBound / 2 - range.lowerBound / 2
            let y = bar.maxY - (value / 2 - range.lowerBound / 2) / span * bar.height
            writer.line(bar.maxX, y, bar.maxX + 3, y, stroke: .role(.axis))
            writer.text(label, bar.maxX + 7, y + 4, size: ChartLayout.tickSize, fill: .role(.muted))
        }
        let right = max(bar.maxX, layout.frame.maxX)
        let text = TextMetrics.fitted(
            model.colors.rangeLabel, to: layout.frame.width * 0.5, size: ChartLayout.labelSize)
        writer.text(
            text, right, plot.y - 12, size: ChartLayout.labelSize, fill: .role(.muted), anchor: .end,
            full: model.colors.rangeLabel)
    }
}
