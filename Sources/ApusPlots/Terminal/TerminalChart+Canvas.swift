extension TerminalChart {
    /// The plot on a canvas of dots, with labels on the left and below.
    var canvasLines: [String] {
        let yTicks = thinned(model.y.ticks(count: max(2, height / 4)))
        let names = zip(yTicks.values, yTicks.labels).map {
            ($0, TerminalText.fitted($1, to: width / 3, ascii: isASCII))
        }
        let margin = names.map { TerminalText.width($0.1) }.max() ?? 0
        var canvas = DotCanvas(columns: max(8, width - margin - 2), rows: height, characters: characters)
        for layer in model.layers { draw(layer, on: &canvas) }

        var labels: [Int: String] = [:]
        for (value, name) in names {
            let row = min(height - 1, max(0, Int(downward(value) * Double(height))))
            if labels[row] == nil { labels[row] = name }
        }
        var lines = [TerminalText.fitted(model.yLabel, to: width, ascii: isASCII)].filter { !$0.isEmpty }
        for row in 0..<height {
            let label = TerminalText.padded(labels[row] ?? "", to: margin, left: true, ascii: isASCII)
            let axis = isASCII ? (labels[row] == nil ? "|" : "+") : (labels[row] == nil ? "│" : "┤")
            lines.append("\(label) \(axis)\(canvas.row(row, color: color))")
        }
        let indent = String(repeating: " ", count: margin + 1)
        lines.append(indent + (isASCII ? "+" : "└") + String(repeating: isASCII ? "-" : "─", count: canvas.columns))
        lines.append(indent + " " + xLabelLine(canvas.columns))
        let xLabel = TerminalText.fitted(model.xLabel, to: canvas.columns, ascii: isASCII)
        if !xLabel.isEmpty {
            lines.append(
                indent + String(repeating: " ", count: 1 + (canvas.columns - TerminalText.width(xLabel)) / 2) + xLabel)
        }
        return lines
    }

    private func thinned(_ ticks: Ticks) -> Ticks {
        guard ticks.values.count > height else { return ticks }
        let every = (ticks.values.count + height - 1) / height
        let kept = stride(from: 0, to: ticks.values.count, by: every)
        return Ticks(values: kept.map { ticks.values[$0] }, labels: kept.map { ticks.labels[$0] })
    }

    /// Labels below the plot, those that would touch the one before left out.
    private func xLabelLine(_ columns: Int) -> String {
        let ticks = model.x.ticks(count: max(2, columns / 12))
        var line = ""
        var used = 0
        for (value, label) in zip(ticks.values, ticks.labels) {
            let text = TerminalText.fitted(label, to: max(1, columns / 2), ascii: isASCII)
            let size = TerminalText.width(text)
            let centre = Int((model.x.place(value) * Double(columns)).rounded(.down))
            let start = min(max(0, centre - size / 2), columns - size)
            if start < used + (used > 0 ? 1 : 0) { continue }
            line += String(repeating: " ", count: start - used) + text
            used = start + size
        }
        return line
    }

    // MARK: Marks

    private func downward(_ value: Double) -> Double {
        let place = model.y.place(value)
        return model.y.type == .category ? place : 1 - place
    }

    private func dot(_ place: Double, _ count: Int) -> Int {
        Int((min(2, max(-1, place)) * Double(count - 1)).rounded())
    }

    private func draw(_ layer: Layer, on canvas: inout DotCanvas) {
        switch layer.mark.kind {
        case .point: drawPoints(layer, on: &canvas)
        case .line, .area: drawLine(layer, on: &canvas)
        case .bar, .rectangle: drawBars(layer, on: &canvas)
        case .rule: drawRules(layer, on: &canvas)
        }
    }

    private func drawPoints(_ layer: Layer, on canvas: inout DotCanvas) {
        guard let x = layer.x, let y = layer.y else { return }
        for index in 0..<layer.count {
            let (h, v) = (model.x.place(x[index]), downward(y[index]))
            guard h >= -1e-9, h <= 1 + 1e-9, v >= -1e-9, v <= 1 + 1e-9, layer.isDrawable(index) else { continue }
            canvas.set(dot(h, canvas.width), dot(v, canvas.height), series: series(layer, index))
        }
    }

    private func drawLine(_ layer: Layer, on canvas: inout DotCanvas) {
        guard let x = layer.x, let y = layer.yEnd ?? layer.y else { return }
        var last: [String: (Int, Int)] = [:]
        for index in 0..<layer.count {
            let number = series(layer, index)
            let key = "\(number) \(layer.mark.series?.name(at: index) ?? "")"
            let (h, v) = (model.x.place(x[index]), downward(y[index]))
            guard h.isFinite, v.isFinite, layer.isDrawable(index) else {
                last[key] = nil
                continue
            }
            let place = (dot(h, canvas.width), dot(v, canvas.height))
            let before = last[key] ?? place
            canvas.line(before.0, before.1, place.0, place.1, series: number)
            last[key] = place
        }
    }

    private func drawBars(_ layer: Layer, on canvas: inout DotCanvas) {
        guard let x = layer.x, let start = layer.y, let end = layer.yEnd else { return drawPoints(layer, on: &canvas) }
        let gap = model.x.type == .category ? 0.4 : x.smallestGap() * 0.4
        for index in 0..<layer.count where layer.isDrawable(index) {
            let left = layer.xEnd == nil ? x[index] - gap : x[index]
            let right = layer.xEnd?[index] ?? x[index] + gap
            let places = [model.x.place(left), model.x.place(right), downward(start[index]), downward(end[index])]
            guard places.allSatisfy(\.isFinite) else { continue }
            let columns = [dot(places[0], canvas.width), dot(places[1], canvas.width)].sorted()
            let rows = [dot(places[2], canvas.height), dot(places[3], canvas.height)].sorted()
            for column in columns[0]...max(columns[0], columns[1] - 1) {
                canvas.line(column, rows[0], column, rows[1], series: series(layer, index))
            }
        }
    }

    private func drawRules(_ layer: Layer, on canvas: inout DotCanvas) {
        for index in 0..<layer.count where layer.isDrawable(index) {
            let left = layer.x.map { model.x.place($0[index]) } ?? 0
            let right = layer.xEnd.map { model.x.place($0[index]) } ?? layer.x.map { model.x.place($0[index]) } ?? 1
            let low = layer.y.map { downward($0[index]) } ?? 1
            let high = layer.yEnd.map { downward($0[index]) } ?? layer.y.map { downward($0[index]) } ?? 0
            guard [left, right, low, high].allSatisfy(\.isFinite) else { continue }
            canvas.line(
                dot(left, canvas.width), dot(low, canvas.height), dot(right, canvas.width), dot(high, canvas.height),
                series: series(layer, index))
        }
    }
}
