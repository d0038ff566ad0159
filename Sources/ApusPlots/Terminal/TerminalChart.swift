/// A chart in characters: bars as a list, tables as shaded cells, everything else on a canvas of dots with two axes.
struct TerminalChart {
    let model: ChartModel
    let width: Int
    let height: Int
    let characters: TerminalCharacters
    let color: Bool

    var isASCII: Bool { characters == .ascii }

    /// The whole chart, one line of text after another, each ending in a line feed.
    var text: String {
        var lines: [String] = []
        if let title = model.chart.title { lines.append(TerminalText.fitted(title, to: width, ascii: isASCII)) }
        if let subtitle = model.chart.subtitle {
            lines.append(TerminalText.fitted(subtitle, to: width, ascii: isASCII))
        }
        let bars = model.layers.filter { $0.mark.kind == .bar }
        if let first = bars.first, isList(first) {
            lines += TerminalBars(chart: self, layers: bars).lines
        } else if let table = model.layers.first(where: { $0.mark.kind == .rectangle }), model.x.type == .category,
            model.y.type == .category
        {
            lines += tableLines(table)
        } else {
            lines += legendLines + canvasLines
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func isList(_ layer: Layer) -> Bool { (layer.isLying ? model.y : model.x).type == .category }

    /// Which colour or sign item `index` has.
    func series(_ layer: Layer, _ index: Int) -> Int {
        if let groups = layer.groups { return max(0, groups[index]) }
        if case .fixed(let color) = layer.mark.coloring, case .series(let number) = color.paint { return number }
        return layer.mark.kind == .rule ? 6 : 0
    }

    var legendLines: [String] {
        guard model.chart.legend != .hidden, !model.colors.names.isEmpty else { return [] }
        let used = Set(model.layers.flatMap { $0.groups ?? [] })
        let entries = model.colors.names.enumerated().filter { used.contains($0.offset) }.prefix(20).map {
            index, name in
            let sign = isASCII ? String(DotCanvas.sign(1, index, characters)) : "●"
            return (color ? TerminalColor.painted(sign, index) : sign) + " "
                + TerminalText.fitted(name, to: 24, ascii: isASCII)
        }
        // Without colours Braille dots all look the same; then a list of signs would explain nothing.
        return isASCII || color ? [entries.joined(separator: "  ")] : []
    }

    // MARK: Tables

    private func tableLines(_ layer: Layer) -> [String] {
        let rows = model.y.categories
        let columns = model.x.categories
        let nameWidth = min(width / 3, rows.map(TerminalText.width).max() ?? 0)
        let room = max(1, (width - nameWidth) / max(1, columns.count) - 1)
        let texts = (layer.mark.annotation?.texts ?? []).map { $0.replacing("\n", with: ", ") }
        let longest = (columns + texts).map(TerminalText.width).max() ?? 1
        let cellWidth = max(1, min(room, max(3, longest)))
        var cells = Array(repeating: Array(repeating: "", count: columns.count), count: rows.count)
        for index in 0..<layer.count where layer.isDrawable(index) {
            guard let x = layer.x?[index], let y = layer.y?[index] else { continue }
            let shaded = shade(layer.shares?[index] ?? 1, min(3, cellWidth))
            let written = texts.indices.contains(index) ? texts[index] : shaded
            if rows.indices.contains(Int(y)), columns.indices.contains(Int(x)) { cells[Int(y)][Int(x)] = written }
        }
        func line(_ name: String, _ cells: [String]) -> String {
            let name = TerminalText.padded(name, to: nameWidth, ascii: isASCII)
            return name
                + cells.map { " " + TerminalText.padded($0, to: cellWidth, left: true, ascii: isASCII) }.joined()
        }
        return [line("", columns)] + zip(rows, cells).map { line($0, $1) }
    }

    private func shade(_ share: Double, _ width: Int) -> String {
        guard share.isFinite else { return "" }
        let shades = Array(isASCII ? ".:+#@" : "·░▒▓█").map(String.init)
        let shade = shades[min(shades.count - 1, max(0, Int(share * Double(shades.count))))]
        return String(repeating: shade, count: width)
    }
}
