/// The entries that explain colours and shapes by name.
struct Legend: Sendable, Equatable {
    /// One name with all signs that stand for it.
    struct Entry: Sendable, Equatable {
        var name: String
        var paint: Paint
        var symbol: ChartSymbol?
        var line: StrokeStyle?
        /// Opacity of a filled box, where bars, areas or rectangles carry the name.
        var box: Double?

        var signWidth: Double { line == nil ? 12 : 24 }
    }

    /// An entry at its place within the legend.
    struct Placed: Sendable {
        let entry: Entry
        let text: String
        let x: Double
        let row: Int
    }

    static let fontSize = 11.5
    static let rowHeight = 19.0
    private static let gap = 6.0
    private static let spacing = 18.0

    let entries: [Entry]

    init(entries: [Entry]) { self.entries = entries }

    /// The legend that `model` needs; empty where it would only repeat an axis.
    init(_ model: ChartModel) {
        var entries = model.colors.names.enumerated().map {
            Entry(name: $0.element, paint: model.colors.paint($0.offset))
        }
        var repeatsAxis = true
        for layer in model.layers {
            let mark = layer.mark
            guard case .by(let value) = mark.coloring, let groups = layer.groups else { continue }
            if value.storage != mark.x?.storage && value.storage != mark.y?.storage { repeatsAxis = false }
            for group in Set(groups) where group >= 0 { entries[group].add(mark, cycle: group / 8) }
        }
        if repeatsAxis, model.chart.legend == .automatic { entries = [] }
        // A name that no mark carries (given a colour ahead of time) explains nothing.
        entries.removeAll { $0.symbol == nil && $0.line == nil && $0.box == nil }
        let places = entries.map(\.name).indexByName()
        for (index, name) in model.shapes.enumerated() {
            let symbol = ChartSymbol.allCases[index % ChartSymbol.allCases.count]
            if let place = places[name] {
                entries[place].symbol = symbol
            } else {
                entries.append(Entry(name: name, paint: .role(.muted), symbol: symbol))
            }
        }
        self.init(entries: model.chart.legend == .hidden ? [] : entries)
    }

    /// Entries one after another in rows of `width` pixels, at most `rows` of them; the last one counts what is left.
    func flowed(width: Double, rows: Int) -> [Placed] {
        var placed: [Placed] = []
        var x = 0.0
        var row = 0
        for (index, entry) in entries.enumerated() {
            let room = width - entry.signWidth - Legend.gap
            let text = TextMetrics.fitted(entry.name, to: min(room, 260), size: Legend.fontSize)
            let size = entry.signWidth + Legend.gap + TextMetrics.width(text, size: Legend.fontSize)
            let isLastChance = row == rows - 1 && index < entries.count - 1
            if x > 0, x + size + (isLastChance ? 80 : 0) > width {
                if row == rows - 1 { return placed + [more(entries.count - index, x: x, row: row)] }
                x = 0
                row += 1
            }
            placed.append(Placed(entry: entry, text: text, x: x, row: row))
            x += size + Legend.spacing
        }
        return placed
    }

    /// Entries below each other, at most `rows` of them.
    func stacked(width: Double, rows: Int) -> [Placed] {
        let rows = max(1, rows)
        let shown = entries.count > rows ? rows - 1 : entries.count
        let placed = entries.prefix(shown).enumerated().map { row, entry in
            let room = width - entry.signWidth - Legend.gap
            return Placed(
                entry: entry, text: TextMetrics.fitted(entry.name, to: room, size: Legend.fontSize), x: 0, row: row)
        }
        return shown < entries.count ? placed + [more(entries.count - shown, x: 0, row: shown)] : placed
    }

    /// Width of the widest entry.
    var columnWidth: Double {
        entries.map { $0.signWidth + Legend.gap + TextMetrics.width($0.name, size: Legend.fontSize) }.max() ?? 0
    }

    private func more(_ count: Int, x: Double, row: Int) -> Placed {
        Placed(entry: Entry(name: "", paint: .role(.muted)), text: "and \(count) more", x: x - 18, row: row)
    }

    /// Draws `placed` with the legend's corner at (`x`, `y`).
    static func draw(_ placed: [Placed], x: Double, y: Double, in writer: inout SVGWriter) {
        for item in placed {
            let left = x + item.x
            let middle = y + Double(item.row) * rowHeight + rowHeight / 2
            let entry = item.entry
            let centre = left + entry.signWidth / 2
            if let opacity = entry.box {
                let box = Rect(x: centre - 5.5, y: middle - 5.5, width: 11, height: 11)
                writer.rectangle(box, fill: entry.paint, radius: 2, opacity: opacity)
            }
            if let line = entry.line {
                writer.line(
                    left, middle, left + entry.signWidth, middle, stroke: entry.paint, width: min(4, line.lineWidth),
                    dash: line.dash)
            }
            if let symbol = entry.symbol {
                writer.openGroup(fill: entry.paint)
                SymbolShape.draw(symbol, centre, middle, area: 50, in: &writer)
                writer.closeGroup()
            }
            writer.text(
                item.text, left + entry.signWidth + gap, middle + 4, size: fontSize, fill: .role(.ink),
                full: entry.name.isEmpty ? nil : entry.name)
        }
    }
}

extension Legend.Entry {
    /// Adds the sign of a mark that carries the name.
    fileprivate mutating func add(_ mark: Mark, cycle: Int) {
        switch mark.kind {
        case .line, .rule:
            line = mark.stroke ?? StrokeStyle(lineWidth: mark.kind == .line ? 2 : 1.25, dash: Dashes.cycle(cycle))
            if case .fixed(let shape)? = mark.symboling { symbol = shape }
        case .point:
            if case .fixed(let shape)? = mark.symboling {
                symbol = shape
            } else if symbol == nil {
                symbol = ChartSymbol.allCases[cycle % ChartSymbol.allCases.count]
            }
        case .area: box = max(box ?? 0, mark.opacity ?? 0.22)
        case .bar, .rectangle: box = max(box ?? 0, mark.opacity ?? 1)
        }
    }
}

/// Dashes that keep lines apart when the palette starts over.
enum Dashes {
    static func cycle(_ number: Int) -> [Double] {
        switch number % 4 {
        case 0: return []
        case 1: return [6, 3]
        case 2: return [2, 2.5]
        default: return [8, 3, 2, 3]
        }
    }
}

/// Outlines of symbols.
enum SymbolShape {
    /// Draws one symbol of `area` square pixels; its colour is the surrounding group's.
    static func draw(_ symbol: ChartSymbol, _ x: Double, _ y: Double, area: Double, in writer: inout SVGWriter) {
        if symbol == .circle {
            writer.circle(x, y, (area / .pi).squareRoot())
        } else {
            writer.shape(outline(symbol, x, y, area: area))
        }
    }

    /// The outline of any symbol but the disc as path data.
    static func outline(_ symbol: ChartSymbol, _ x: Double, _ y: Double, area: Double) -> String {
        let scale = area.squareRoot()
        let corners = symbol.corners.map {
            "\(SVGWriter.number(x + $0.x * scale, 2)) \(SVGWriter.number(y + $0.y * scale, 2))"
        }
        return "M\(corners.joined(separator: "L"))Z"
    }
}
