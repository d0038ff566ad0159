extension ChartRenderer {
    /// Lines through the items of each category, with symbols where the mark has them.
    func drawLines(_ layer: Layer, in writer: inout SVGWriter) {
        guard let x = layer.x, let y = layer.y else { return }
        for run in runs(layer) {
            let style = layer.mark.stroke ?? StrokeStyle(dash: Dashes.cycle(cycle(layer, run)))
            var data = ""
            for part in unbroken(run.items, x, y) {
                let places = thinned(part.map { (px(x[$0]), py(y[$0])) })
                data += lineData(places, layer.mark.interpolation, start: "M")
                if places.count == 1 { data += "h0" }
            }
            writer.path(
                data, stroke: run.paint, width: style.lineWidth, dash: style.dash, round: true,
                opacity: layer.mark.opacity ?? 1)
        }
        if layer.mark.symboling != nil { drawPoints(layer, in: &writer) }
    }

    /// Areas between two lines, or a line and the base line.
    func drawAreas(_ layer: Layer, in writer: inout SVGWriter) {
        guard let x = layer.x, let y = layer.y else { return }
        for run in runs(layer) {
            var data = ""
            for part in unbroken(run.items, x, y, layer.yEnd) {
                let there = thinned(part.map { (px(x[$0]), py(y[$0])) })
                let back = thinned(part.map { (px(x[$0]), py(layer.yEnd?[$0] ?? model.y.baseline)) })
                guard there.count > 1 else { continue }
                data += lineData(there, layer.mark.interpolation, start: "M")
                data += lineData(back.reversed(), mirrored(layer.mark.interpolation), start: "L") + "Z"
            }
            writer.path(data, fill: run.paint, opacity: layer.mark.opacity ?? 0.22)
        }
    }

    /// Straight lines across the plot or between two values.
    func drawRules(_ layer: Layer, in writer: inout SVGWriter) {
        let style = layer.mark.stroke ?? StrokeStyle(lineWidth: 1.25)
        for index in 0..<layer.count where layer.isDrawable(index) {
            let start = ruleStart(layer, index)
            let end = ruleEnd(layer, index)
            if !start.x.isFinite || !start.y.isFinite || !end.x.isFinite || !end.y.isFinite { continue }
            let dash = style.dash.isEmpty ? Dashes.cycle(layer.groups.map { $0[index] / 8 } ?? 0) : style.dash
            writer.line(
                start.x, start.y, end.x, end.y, stroke: paint(layer, index), width: style.lineWidth, dash: dash,
                opacity: layer.mark.opacity ?? 1)
        }
    }

    func ruleStart(_ layer: Layer, _ index: Int) -> (x: Double, y: Double) {
        (layer.x.map { px($0[index]) } ?? plot.x, layer.y.map { py($0[index]) } ?? plot.maxY)
    }

    func ruleEnd(_ layer: Layer, _ index: Int) -> (x: Double, y: Double) {
        let x = layer.xEnd.map { px($0[index]) } ?? (layer.x.map { px($0[index]) } ?? plot.maxX)
        let y = layer.yEnd.map { py($0[index]) } ?? (layer.y.map { py($0[index]) } ?? plot.y)
        return (x, y)
    }

    // MARK: Runs

    private struct Run {
        let paint: Paint
        var items: [Int]
    }

    private struct RunKey: Hashable {
        let paint: Paint?
        let group: Int
        let series: String?
    }

    /// The items of each line in their order. A colour by numbers does not split a line: it takes the first item's.
    private func runs(_ layer: Layer) -> [Run] {
        var runs: [Run] = []
        var place: [RunKey: Int] = [:]
        for index in 0..<layer.count {
            if let groups = layer.groups, groups[index] < 0 { continue }
            let paint = paint(layer, index)
            let key = RunKey(
                paint: layer.shares == nil ? paint : nil, group: layer.groups?[index] ?? 0,
                series: layer.mark.series?.name(at: index))
            if let found = place[key] {
                runs[found].items.append(index)
            } else {
                place[key] = runs.count
                runs.append(Run(paint: paint, items: [index]))
            }
        }
        return runs
    }

    private func cycle(_ layer: Layer, _ run: Run) -> Int {
        guard let groups = layer.groups, let first = run.items.first else { return 0 }
        return groups[first] / 8
    }

    /// Stretches of items that all have a place on both scales.
    private func unbroken(_ items: [Int], _ x: [Double], _ y: [Double], _ end: [Double]? = nil) -> [[Int]] {
        var parts: [[Int]] = []
        var current: [Int] = []
        for index in items {
            let places = [model.x.place(x[index]), model.y.place(y[index]), end.map { model.y.place($0[index]) } ?? 0]
            let isDrawable = places.allSatisfy(\.isFinite) && x[index].isFinite && y[index].isFinite
            if isDrawable {
                current.append(index)
            } else if !current.isEmpty {
                parts.append(current)
                current = []
            }
        }
        return current.isEmpty ? parts : parts + [current]
    }

    /// First, lowest, highest and last place of each pixel column, where there are more than four and the line runs
    /// from left to right; otherwise the places as they are.
    private func thinned(_ places: [(Double, Double)]) -> [(Double, Double)] {
        guard Double(places.count) > 4 * plot.width, zip(places, places.dropFirst()).allSatisfy({ $0.0 <= $1.0 }) else {
            return places
        }
        var result: [(Double, Double)] = []
        var start = 0
        while start < places.count {
            let column = places[start].0.rounded(.down)
            var end = start
            var lowest = start
            var highest = start
            while end < places.count, places[end].0.rounded(.down) == column {
                if places[end].1 < places[lowest].1 { lowest = end }
                if places[end].1 > places[highest].1 { highest = end }
                end += 1
            }
            for index in Set([start, lowest, highest, end - 1]).sorted() { result.append(places[index]) }
            start = end
        }
        return result
    }

    private func mirrored(_ method: InterpolationMethod) -> InterpolationMethod {
        method == .stepStart ? .stepEnd : method == .stepEnd ? .stepStart : method
    }

    private func lineData(_ places: [(Double, Double)], _ method: InterpolationMethod, start: String) -> String {
        let decimals = places.count > 2000 ? 1 : 2
        func n(_ value: Double) -> String { SVGWriter.number(value, decimals) }
        guard let first = places.first else { return "" }
        var data = "\(start)\(n(first.0)) \(n(first.1))"
        for (before, place) in zip(places, places.dropFirst()) {
            switch method {
            case .linear: data += "L\(n(place.0)) \(n(place.1))"
            case .stepStart: data += "H\(n(place.0))V\(n(place.1))"
            case .stepEnd: data += "V\(n(place.1))H\(n(place.0))"
            case .stepCenter: data += "H\(n((before.0 + place.0) / 2))V\(n(place.1))H\(n(place.0))"
            }
        }
        return data
    }
}
