/// A chart, or something ready-made that is drawn as one.
public protocol ChartRepresentable: Sendable {
    /// The chart, open for further modifiers.
    var chart: Chart { get }
}

extension ChartRepresentable {
    /// The chart as an SVG document.
    ///
    /// - Parameters:
    ///   - width: width in pixels, at least 120.
    ///   - height: height in pixels, at least 90.
    ///   - theme: the background; by default the reader's.
    /// - Returns: a document that stands alone as a file and may be pasted into a page beside others: it has no
    ///   identifiers, and its style rules say the same in every chart.
    public func svg(width: Double = 640, height: Double = 400, theme: ChartTheme = .automatic) -> String {
        var writer = SVGWriter(theme: theme)
        let frame = Rect(x: 0, y: 0, width: PictureSize.side(width, 120), height: PictureSize.side(height, 90))
        writer.rectangle(frame, fill: .role(.surface))
        let renderer = ChartRenderer(model: ChartModel(chart), frame: frame.padded(by: 16))
        renderer.draw(in: &writer)
        return writer.document(
            width: frame.width, height: frame.height, title: renderer.model.name, description: renderer.model.summary)
    }

    /// Writes the chart as an SVG file, under a temporary name that is exchanged for `path` when it is complete.
    ///
    /// - Throws: `ApusError(.unwritableFile)` when the file cannot be written; an existing file is then unchanged.
    public func write(
        svg path: String, width: Double = 640, height: Double = 400, theme: ChartTheme = .automatic
    ) throws {
        try PictureFile.write(svg(width: width, height: height, theme: theme), to: path)
    }

    /// The chart in characters, for a terminal.
    ///
    /// - Parameters:
    ///   - width: columns, at least 20.
    ///   - height: rows of the plot, at least 3; a list of bars has one row a bar.
    ///   - characters: Braille dots and blocks, or ASCII only.
    ///   - color: whether series are told apart by the terminal's colours too.
    public func text(
        width: Int = 72, height: Int = 16, characters: TerminalCharacters = .unicode, color: Bool = false
    ) -> String {
        TerminalChart(
            model: ChartModel(chart), width: min(1000, max(20, width)), height: min(1000, max(3, height)),
            characters: characters, color: color
        ).text
    }
}
