extension ChartRenderer {
    /// Lines across the plot, behind the marks.
    func drawGrid(in writer: inout SVGWriter) {
        if hasGrid(model.chart.y, model.y) {
            for place in layout.yLabels.map(\.place) {
                let y = crisp(plot.maxY - place * plot.height)
                writer.line(plot.x, y, plot.maxX, y, stroke: .role(.grid))
            }
        }
        if hasGrid(model.chart.x, model.x), model.chart.x.grid == .visible || !hasUprightBars {
            for place in layout.xLabels.map(\.place) {
                let x = crisp(plot.x + place * plot.width)
                writer.line(x, plot.y, x, plot.maxY, stroke: .role(.grid))
            }
        }
        for value in layout.yTicks.minor where model.chart.y.visibility != .hidden {
            let y = crisp(py(value))
            writer.line(plot.x, y, plot.x + 4, y, stroke: .role(.axis), width: 0.75)
        }
        for value in layout.xTicks.minor where model.chart.x.visibility != .hidden {
            let x = crisp(px(value))
            writer.line(x, plot.maxY - 4, x, plot.maxY, stroke: .role(.axis), width: 0.75)
        }
    }

    /// Where the axes of numbers start, or zero where that is within the plot; nothing where both axes are hidden.
    func drawBaselines(in writer: inout SVGWriter) {
        if model.chart.x.visibility == .hidden, model.chart.y.visibility == .hidden { return }
        if model.y.type != .category {
            let y = crisp(py(hasUprightBars || crossesZero(model.y) ? model.y.baseline : model.y.low))
            writer.line(plot.x, y, plot.maxX, y, stroke: .role(.axis))
        }
        if model.x.type != .category, model.y.type == .category || crossesZero(model.x) {
            let x = crisp(px(model.x.baseline))
            writer.line(x, plot.y, x, plot.maxY, stroke: .role(.axis))
        }
    }

    /// Everything written along the axes.
    func drawAxes(in writer: inout SVGWriter) {
        drawXLabels(in: &writer)
        for label in layout.yLabels {
            let y =
                model.y.type == .category ? plot.y + label.place * plot.height : plot.maxY - label.place * plot.height
            writer.text(
                label.text, plot.x - 7, y + 3.9, size: ChartLayout.tickSize, fill: labelPaint(model.y), anchor: .end,
                full: label.full)
        }
        let size = ChartLayout.labelSize
        let xTitle = TextMetrics.fitted(layout.xTitle, to: layout.frame.width, size: size)
        let half = TextMetrics.width(xTitle, size: size) / 2
        let centre = max(layout.frame.x + half, min(layout.frame.maxX - half, plot.midX))
        writer.text(
            xTitle, centre, xTitleBaseline, size: size, fill: .role(.muted), anchor: .middle, full: layout.xTitle)
        let hasBar = layout.hasColorBar && !model.colors.rangeLabel.isEmpty
        let yTitle = TextMetrics.fitted(layout.yTitle, to: layout.frame.width * (hasBar ? 0.48 : 1), size: size)
        let left = plot.x - layout.yLabelRoom + 2
        writer.text(yTitle, left, plot.y - 12, size: size, fill: .role(.muted), full: layout.yTitle)
    }

    private func drawXLabels(in writer: inout SVGWriter) {
        for label in layout.xLabels {
            let x = plot.x + label.place * plot.width
            let size = ChartLayout.tickSize
            let fill = labelPaint(model.x)
            switch layout.direction {
            case .level:
                writer.text(label.text, x, plot.maxY + 17, size: size, fill: fill, anchor: .middle, full: label.full)
            case .slanted:
                writer.text(
                    label.text, x + 4, plot.maxY + 13, size: size, fill: fill, anchor: .end, rotation: -45,
                    full: label.full)
            case .upright:
                writer.text(
                    label.text, x + 4, plot.maxY + 8, size: size, fill: fill, anchor: .end, rotation: -90,
                    full: label.full)
            }
        }
    }

    /// The label of the horizontal axis stands right below its numbers, whatever else is below.
    private var xTitleBaseline: Double {
        var y = plot.maxY + 6 + 15
        if model.chart.x.visibility == .hidden { return y }
        switch layout.direction {
        case .level: y += 17
        case .slanted: y += xLabelWidth * 0.7071 + 13
        case .upright: y += xLabelWidth + 8
        }
        return y
    }

    private var xLabelWidth: Double {
        layout.xLabels.map { TextMetrics.width($0.text, size: ChartLayout.tickSize) }.max() ?? 0
    }

    private func labelPaint(_ scale: AxisScale) -> Paint { .role(scale.type == .category ? .ink : .muted) }

    var hasUprightBars: Bool {
        model.layers.contains {
            $0.mark.kind == .bar && !$0.isLying || $0.mark.kind == .rectangle && $0.yEnd != nil && $0.xEnd != nil
        }
    }

    private func hasGrid(_ axis: Chart.Axis, _ scale: AxisScale) -> Bool {
        axis.grid == .visible || axis.grid == .automatic && scale.type != .category
    }

    private func crossesZero(_ scale: AxisScale) -> Bool { scale.type == .linear && scale.low < 0 && scale.high > 0 }

    /// The middle of a pixel, where a line one pixel wide is sharp.
    private func crisp(_ value: Double) -> Double { value.rounded(.down) + 0.5 }
}
