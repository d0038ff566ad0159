/// Where the parts of a chart stand.
struct ChartLayout: Sendable {
    /// A label at a place along an axis.
    struct Label: Sendable {
        let place: Double
        let text: String
        let full: String
    }

    /// How the labels below the plot are written.
    enum Direction: Sendable { case level, slanted, upright }

    static let tickSize = 11.0
    static let labelSize = 11.5
    static let titleHeight = 21.0
    static let subtitleHeight = 17.0

    let model: ChartModel
    let frame: Rect
    let titleSize: Double
    private(set) var titleLines: [String] = []
    private(set) var subtitleLines: [String] = []
    private(set) var legend: [Legend.Placed] = []
    private(set) var legendPosition = ChartLegendPosition.hidden
    private(set) var xLabels: [Label] = []
    private(set) var yLabels: [Label] = []
    private(set) var xTicks = Ticks(values: [], labels: [])
    private(set) var yTicks = Ticks(values: [], labels: [])
    private(set) var direction = Direction.level
    private(set) var insets = Insets(top: 0, left: 0, bottom: 0, right: 0)
    private(set) var legendTop = 0.0
    /// Width of the labels left of the plot with the gap beside them.
    private(set) var yLabelRoom = 0.0
    private(set) var colorTicks = Ticks(values: [], labels: [])

    /// - Parameters:
    ///   - least: room that is taken at the top and bottom in any case, to keep charts beside each other in line.
    ///   - legend: what to explain; a figure explains once for all its charts.
    init(_ model: ChartModel, frame: Rect, legend: Legend, titleSize: Double = 15, least: Insets? = nil) {
        self.model = model
        self.frame = frame
        self.titleSize = titleSize
        layOutHeader(legend)
        layOutRight(legend)
        insets.top = max(insets.top, least?.top ?? 0)
        layOutLeft()
        yLabelRoom = insets.left
        layOutBottom(legend)
        insets.bottom = max(insets.bottom, least?.bottom ?? 0)
        placeNumbers()
    }

    /// The rectangle of the data.
    var plot: Rect {
        var plot = Rect(
            x: frame.x + insets.left, y: frame.y + insets.top,
            width: max(10, frame.width - insets.left - insets.right),
            height: max(10, frame.height - insets.top - insets.bottom))
        if let ratio = model.chart.aspectRatio {
            let width = min(plot.width, plot.height * ratio)
            let height = width / ratio
            plot.y += (plot.height - height) / 2
            (plot.width, plot.height) = (width, height)
        }
        return plot
    }

    /// The label above the vertical axis, where there is one.
    var yTitle: String { model.chart.y.visibility == .hidden && model.chart.y.label == nil ? "" : model.yLabel }
    /// The label below the horizontal axis, where there is one.
    var xTitle: String { model.chart.x.visibility == .hidden && model.chart.x.label == nil ? "" : model.xLabel }

    var hasColorBar: Bool { model.colors.range != nil && model.chart.legend != .hidden }

    // MARK: Top and right

    private mutating func layOutHeader(_ legend: Legend) {
        var y = 0.0
        if let title = model.chart.title {
            titleLines = TextMetrics.wrapped(title, to: frame.width, size: titleSize, bold: true, lines: 2)
            y += Double(titleLines.count) * ChartLayout.titleHeight
        }
        if let subtitle = model.chart.subtitle {
            subtitleLines = TextMetrics.wrapped(subtitle, to: frame.width, size: 12, lines: 3)
            y += Double(subtitleLines.count) * ChartLayout.subtitleHeight
        }
        if y > 0 { y += 7 }
        legendPosition = model.chart.legend == .automatic ? automaticPosition(below: y) : model.chart.legend
        if legendPosition == .top, !legend.entries.isEmpty {
            self.legend = legend.flowed(width: frame.width, rows: max(1, Int(frame.height * 0.25 / Legend.rowHeight)))
            legendTop = y
            y += Double((self.legend.last?.row ?? 0) + 1) * Legend.rowHeight + 5
        }
        let hasRow = !yTitle.isEmpty || hasColorBar && !model.colors.rangeLabel.isEmpty
        insets.top = max(6, y + (hasRow ? 24 : 4))
    }

    /// Above the plot; beside it where its aspect ratio leaves room there.
    private func automaticPosition(below y: Double) -> ChartLegendPosition {
        guard let ratio = model.chart.aspectRatio, !hasColorBar else { return .top }
        return frame.width - (frame.height - y - 68) * ratio > 250 ? .trailing : .top
    }

    private mutating func layOutRight(_ legend: Legend) {
        insets.right = 6
        if hasColorBar, let range = model.colors.range {
            colorTicks = Ticks.linear(range.lowerBound, range.upperBound, count: 5)
            insets.right = 16 + 12 + 7 + ChartLayout.widest(colorTicks.labels)
        } else if legendPosition == .trailing, !legend.entries.isEmpty {
            let width = min(legend.columnWidth + 2, frame.width * 0.4)
            let rows = Int((frame.height - insets.top) / Legend.rowHeight)
            self.legend = legend.stacked(width: width, rows: rows)
            insets.right = width + 18
        }
    }

    // MARK: Left

    private mutating func layOutLeft() {
        guard model.chart.y.visibility != .hidden else {
            insets.left = 4
            return
        }
        let height = frame.height - insets.top - 44
        if model.y.type == .category {
            let band = height * model.y.band
            let every = max(1, Int((13 / max(band, 0.01)).rounded(.up)))
            yLabels = ChartLayout.labels(model.y, every: every, to: frame.width * 0.38)
            insets.left = ChartLayout.widest(yLabels.map(\.text)) + 9
        } else {
            yTicks = ticks(model.y, model.chart.y, count: height < 90 ? 2 : max(4, Int(height / 42)))
            insets.left = ChartLayout.widest(yTicks.labels) + 9
        }
    }

    // MARK: Bottom

    private mutating func layOutBottom(_ legend: Legend) {
        var height = 6.0
        if model.chart.x.visibility != .hidden {
            if model.x.type == .category {
                height += layOutCategories()
            } else {
                layOutNumbers()
                height += 17
            }
        }
        if !xTitle.isEmpty { height += 19 }
        if legendPosition == .bottom, !legend.entries.isEmpty {
            self.legend = legend.flowed(width: frame.width, rows: max(1, Int(frame.height * 0.25 / Legend.rowHeight)))
            let rows = Double((self.legend.last?.row ?? 0) + 1) * Legend.rowHeight
            height += rows + 8
            legendTop = frame.height - rows
        }
        insets.bottom = height
    }

    /// Chooses level, slanted or upright labels; returns their height.
    private mutating func layOutCategories() -> Double {
        let names = model.x.categories
        let widest = ChartLayout.widest(names)
        var band = plot.width * model.x.band
        if widest + 8 <= band || names.count <= 1 {
            xLabels = ChartLayout.labels(model.x, every: 1, to: max(band, plot.width) - 4)
            return 17
        }
        // A slanted label reaches to the left of its band: the first ones need the margin for it.
        let most = min(frame.height * 0.34, 150)
        let slope = 0.7071
        if band >= 15 {
            direction = .slanted
            let length = min(widest, most / slope)
            insets.left = max(insets.left, min(length * slope - band / 2 + 6, frame.width * 0.22))
            band = plot.width * model.x.band
            xLabels = names.enumerated().map { index, name in
                let room = (insets.left + band * (Double(index) + 0.5)) / slope - 4
                let text = TextMetrics.fitted(name, to: min(length, room), size: ChartLayout.tickSize)
                return Label(place: model.x.place(Double(index)), text: text, full: name)
            }
            return ChartLayout.widest(xLabels.map(\.text)) * slope + 14
        }
        direction = .upright
        xLabels = ChartLayout.labels(model.x, every: max(1, Int((13 / max(band, 0.01)).rounded(.up))), to: most)
        return ChartLayout.widest(xLabels.map(\.text)) + 8
    }

    /// As many round numbers as fit beside each other.
    private mutating func layOutNumbers() {
        var count = max(2, Int(plot.width / 70))
        repeat {
            xTicks = ticks(model.x, model.chart.x, count: count)
            count -= 1
        } while count >= 1 && !fits(xTicks)
        if let last = xTicks.values.last, let label = xTicks.labels.last {
            let overhang = TextMetrics.width(label, size: ChartLayout.tickSize) / 2
            let room = (1 - model.x.place(last)) * plot.width
            insets.right = max(insets.right, overhang - room)
        }
    }

    private func fits(_ ticks: Ticks) -> Bool {
        var end = -Double.infinity
        for (value, label) in zip(ticks.values, ticks.labels) {
            let half = TextMetrics.width(label, size: ChartLayout.tickSize) / 2
            let centre = model.x.place(value) * plot.width
            if centre - half < end + 10 { return false }
            end = centre + half
        }
        return true
    }

    private mutating func placeNumbers() {
        if model.x.type != .category { xLabels = ChartLayout.labels(xTicks, model.x) }
        if model.y.type != .category { yLabels = ChartLayout.labels(yTicks, model.y) }
    }

    private func ticks(_ scale: AxisScale, _ axis: Chart.Axis, count: Int) -> Ticks {
        guard let values = axis.values else { return scale.ticks(count: count) }
        let inside = values.filter { $0 >= scale.low && $0 <= scale.high }.sorted()
        return Ticks(values: inside, labels: inside.map(NumberFormat.plain))
    }

    private static func labels(_ ticks: Ticks, _ scale: AxisScale) -> [Label] {
        zip(ticks.values, ticks.labels).map { Label(place: scale.place($0), text: $1, full: $1) }
    }

    private static func labels(_ scale: AxisScale, every: Int, to width: Double) -> [Label] {
        stride(from: 0, to: scale.categories.count, by: every).map { index in
            let name = scale.categories[index]
            return Label(
                place: scale.place(Double(index)), text: TextMetrics.fitted(name, to: width, size: tickSize), full: name
            )
        }
    }

    private static func widest(_ texts: [String]) -> Double {
        texts.map { TextMetrics.width($0, size: tickSize) }.max() ?? 0
    }
}
