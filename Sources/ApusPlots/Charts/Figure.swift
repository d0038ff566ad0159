/// Several charts in one picture, in rows, with a title in common.
///
///     Figure(columns: 3) {
///         for degree in [1, 3, 15] { fitChart(degree) }
///     }
///     .figureTitle("Bias and variance")
///
/// The plots of a row are in line, and a legend that all charts would repeat is drawn once, below the title.
public struct Figure: Sendable {
    let charts: [Chart]
    let columns: Int
    private var title: String?
    private var subtitle: String?

    /// Charts from left to right, `columns` of them in a row.
    public init(columns: Int = 2, @FigureBuilder _ content: () -> [Chart]) {
        charts = content()
        self.columns = min(max(1, columns), max(1, charts.count))
    }

    /// What the figure shows, above it.
    public func figureTitle(_ title: String) -> Figure {
        var figure = self
        figure.title = title
        return figure
    }

    /// A second, quieter line below the title.
    public func figureSubtitle(_ subtitle: String) -> Figure {
        var figure = self
        figure.subtitle = subtitle
        return figure
    }

    /// The figure as an SVG document.
    ///
    /// - Parameters:
    ///   - width: width in pixels; by default 320 a column.
    ///   - height: height in pixels; by default 300 a row.
    ///   - theme: the background; by default the reader's.
    public func svg(width: Double? = nil, height: Double? = nil, theme: ChartTheme = .automatic) -> String {
        let rows = max(1, (charts.count + columns - 1) / columns)
        let width = PictureSize.side(width ?? Double(columns) * 320, 120)
        let height = PictureSize.side(height ?? Double(rows) * 300, 90)
        let whole = Rect(x: 0, y: 0, width: width, height: height)
        var writer = SVGWriter(theme: theme)
        writer.rectangle(whole, fill: .role(.surface))
        var room = whole.padded(by: 16)
        let models = charts.map(ChartModel.init)
        let legends = models.map(Legend.init)
        let shared = legends.count > 1 && legends.allSatisfy { $0 == legends[0] } ? legends[0] : Legend(entries: [])
        drawHeader(shared, in: &writer, &room)
        drawCharts(models, shared.entries.isEmpty ? legends : [], rows, room, in: &writer)
        let names = models.map(\.name).filter { !$0.isEmpty }.joined(separator: "; ")
        return writer.document(
            width: width, height: height, title: title ?? names,
            description: models.map(\.described).joined(separator: " "))
    }

    /// Writes the figure as an SVG file, under a temporary name that is exchanged for `path` when it is complete.
    ///
    /// - Throws: `ApusError(.unwritableFile)` when the file cannot be written; an existing file is then unchanged.
    public func write(
        svg path: String, width: Double? = nil, height: Double? = nil, theme: ChartTheme = .automatic
    ) throws {
        try PictureFile.write(svg(width: width, height: height, theme: theme), to: path)
    }

    /// Draws title and common legend, and takes their height from `room`.
    private func drawHeader(_ legend: Legend, in writer: inout SVGWriter, _ room: inout Rect) {
        var y = room.y
        if let title {
            for line in TextMetrics.wrapped(title, to: room.width, size: 17, bold: true, lines: 2) {
                writer.text(line, room.x, y + 16, size: 17, bold: true, full: title)
                y += 24
            }
        }
        if let subtitle {
            for line in TextMetrics.wrapped(subtitle, to: room.width, size: 12.5, lines: 3) {
                writer.text(line, room.x, y + 12, size: 12.5, fill: .role(.muted), full: subtitle)
                y += 18
            }
        }
        if !legend.entries.isEmpty {
            let placed = legend.flowed(width: room.width, rows: 3)
            y += 5
            Legend.draw(placed, x: room.x, y: y, in: &writer)
            y += Double((placed.last?.row ?? 0) + 1) * Legend.rowHeight
        }
        if y > room.y { y += 12 }
        room.height = max(20, room.height - (y - room.y))
        room.y = y
    }

    private func drawCharts(
        _ models: [ChartModel], _ legends: [Legend], _ rows: Int, _ room: Rect, in writer: inout SVGWriter
    ) {
        let (gapX, gapY) = (26.0, 22.0)
        let width = max(20, (room.width - gapX * Double(columns - 1)) / Double(columns))
        let height = max(20, (room.height - gapY * Double(rows - 1)) / Double(rows))
        for row in 0..<rows {
            let indices = Array(row * columns..<min(models.count, (row + 1) * columns))
            func layout(_ index: Int, _ least: Insets?) -> ChartLayout {
                let frame = Rect(
                    x: room.x + Double(index - row * columns) * (width + gapX),
                    y: room.y + Double(row) * (height + gapY),
                    width: width, height: height)
                let legend = legends.isEmpty ? Legend(entries: []) : legends[index]
                return ChartLayout(models[index], frame: frame, legend: legend, titleSize: 13.5, least: least)
            }
            let drafts = indices.map { layout($0, nil).insets }
            let least = Insets(
                top: drafts.map(\.top).max() ?? 0, left: 0, bottom: drafts.map(\.bottom).max() ?? 0, right: 0)
            for index in indices { ChartRenderer(layout(index, least)).draw(in: &writer) }
        }
    }
}

extension ChartModel {
    /// Name and summary in one, for a figure's description.
    fileprivate var described: String { name.isEmpty ? summary : "\(name): \(summary)" }
}
