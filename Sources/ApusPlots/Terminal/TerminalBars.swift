/// Bars as lines of text: name, bar, value.
struct TerminalBars {
    let chart: TerminalChart
    let layers: [Layer]

    private struct Bar {
        let name: String
        let place: Double
        let value: Double
        let series: Int
    }

    var lines: [String] {
        let bars = bars
        let nameWidth = min(chart.width * 2 / 5, bars.map { TerminalText.width($0.name) }.max() ?? 0)
        let texts = bars.map { NumberFormat.plain($0.value) }
        let textWidth = texts.map(\.count).max() ?? 0
        let room = max(4, chart.width - nameWidth - textWidth - 3)
        let low = min(0, bars.map(\.value).min() ?? 0)
        let high = max(0, bars.map(\.value).max() ?? 0)
        let span = high / 2 - low / 2
        func place(_ value: Double) -> Double {
            span > 0 ? min(1, max(0, (value / 2 - low / 2) / span)) * Double(room) : 0
        }
        return zip(bars, texts).map { bar, text in
            let drawn = segment(from: place(min(0, bar.value)), to: place(max(0, bar.value)))
            let name = TerminalText.padded(bar.name, to: nameWidth, ascii: chart.isASCII)
            let painted = chart.color ? TerminalColor.painted(drawn, bar.series) : drawn
            let value = TerminalText.fitted(text, to: textWidth, ascii: chart.isASCII)
            return "\(name) \(chart.isASCII ? "|" : "▏")\(painted) \(value)"
        }
    }

    /// The bars of all marks, those at the same place below each other.
    private var bars: [Bar] {
        let bars = layers.flatMap(bars)
        return bars.indices.sorted { (bars[$0].place, $0) < (bars[$1].place, $1) }.map { bars[$0] }
    }

    private func bars(_ layer: Layer) -> [Bar] {
        let scale = layer.isLying ? chart.model.y : chart.model.x
        guard let places = layer.isLying ? layer.y : layer.x,
            let starts = layer.isLying ? layer.x : layer.y, let ends = layer.isLying ? layer.xEnd : layer.yEnd
        else { return [] }
        return (0..<layer.count).filter { layer.isDrawable($0) && places[$0] >= 0 }.map { index in
            let name = scale.categories.indices.contains(Int(places[index])) ? scale.categories[Int(places[index])] : ""
            let group = layer.groups.map { chart.model.colors.names[$0[index]] } ?? ""
            let full = group.isEmpty || group == name ? name : "\(name), \(group)"
            return Bar(
                name: full, place: places[index], value: ends[index] - starts[index],
                series: chart.series(layer, index))
        }
    }

    /// A bar between two places; in Unicode its end is exact to an eighth of a column.
    private func segment(from start: Double, to end: Double) -> String {
        let first = Int(start.rounded())
        if chart.isASCII {
            let length = Int((end - start).rounded())
            return String(repeating: " ", count: first) + String(repeating: "#", count: length)
        }
        let eighths = Int(((end - Double(first)) * 8).rounded())
        let blocks = Array("▏▎▍▌▋▊▉")
        var text = String(repeating: " ", count: first) + String(repeating: "█", count: max(0, eighths / 8))
        if eighths > 0, eighths % 8 > 0 { text.append(blocks[eighths % 8 - 1]) }
        return text
    }
}
