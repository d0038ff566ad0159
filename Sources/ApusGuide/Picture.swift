import ApusPlots

/// One or several charts with a caption, drawn as SVG in the page and in characters in the terminal.
public struct Picture: Sendable {
    let charts: [Chart]
    let caption: String
    let columns: Int
    let width: Double
    let height: Double
    let characters: TerminalCharacters
    let rows: Int
    let shownInTerminal: Bool

    /// A picture.
    ///
    /// - Parameters:
    ///   - charts: From left to right; in the terminal one below the other.
    ///   - caption: What to see in it.
    ///   - columns: Charts in a row; default all.
    ///   - width: Pixels in the page; default 920.
    ///   - height: Pixels in the page; default 360.
    ///   - characters: In the terminal; ASCII signs tell series apart, Braille dots are finer. Default Unicode.
    ///   - rows: Lines of a plot in the terminal; default 12.
    ///   - shownInTerminal: False for what characters cannot draw, such as photographs; then the caption stands alone.
    public init(
        _ charts: [any ChartRepresentable], caption: String, columns: Int? = nil, width: Double = 920,
        height: Double = 360, characters: TerminalCharacters = .unicode, rows: Int = 12,
        shownInTerminal: Bool = true
    ) {
        self.charts = charts.map(\.chart)
        self.caption = caption
        self.columns = columns ?? charts.count
        self.width = width
        self.height = height
        self.characters = characters
        self.rows = rows
        self.shownInTerminal = shownInTerminal
    }

    var svg: String {
        if charts.count == 1 { return charts[0].svg(width: width, height: height) }
        return Figure(columns: columns) { for chart in charts { chart } }.svg(width: width, height: height)
    }

    func text(width: Int) -> String {
        charts.map { $0.text(width: min(width, 84), height: rows, characters: characters) }.joined(separator: "\n")
    }
}
