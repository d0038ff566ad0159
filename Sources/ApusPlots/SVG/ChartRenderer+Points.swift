extension ChartRenderer {
    /// Symbols at items; see ``PointMark`` for what happens to many of them.
    func drawPoints(_ layer: Layer, in writer: inout SVGWriter) {
        guard let x = layer.x, let y = layer.y else { return }
        var batches: [Batch: [Int]] = [:]
        var order: [Batch] = []
        for index in 0..<layer.count where layer.isDrawable(index) && isInside(x[index], y[index]) {
            let batch = Batch(paint: paint(layer, index), symbol: symbol(layer, index))
            if batches[batch] == nil { order.append(batch) }
            batches[batch, default: []].append(index)
        }
        let total = batches.values.reduce(0) { $0 + $1.count }
        let area = layer.mark.symbolSize.map { $0.isFinite ? min(10_000, max(0.5, $0)) : 40 } ?? defaultArea(total)
        for batch in order {
            let items = batches[batch] ?? []
            if total <= 2000 {
                let opacity = layer.mark.opacity ?? (total <= 60 ? 1 : 0.85)
                writer.openGroup(fill: batch.paint, stroke: .role(.surface), strokeWidth: 0.75, opacity: opacity)
                for index in items {
                    SymbolShape.draw(batch.symbol, px(x[index]), py(y[index]), area: area, in: &writer)
                }
                writer.closeGroup()
            } else {
                let step = total <= 20_000 ? 0.5 : 1
                let places = distinctPlaces(items.map { (px(x[$0]), py(y[$0])) }, step: step)
                drawMany(
                    places, batch, area: area, dots: total > 20_000, opacity: layer.mark.opacity ?? 0.65, in: &writer)
            }
        }
    }

    private struct Batch: Hashable {
        let paint: Paint
        let symbol: ChartSymbol
    }

    private struct Cell: Hashable {
        let x: Int32
        let y: Int32
    }

    private func symbol(_ layer: Layer, _ index: Int) -> ChartSymbol {
        let all = ChartSymbol.allCases
        if let shapes = layer.shapes { return all[shapes[index] % all.count] }
        if case .fixed(let symbol)? = layer.mark.symboling { return symbol }
        // When the palette starts over, another shape keeps two categories of one colour apart.
        return all[(layer.groups.map { $0[index] / 8 } ?? 0) % all.count]
    }

    private func defaultArea(_ count: Int) -> Double {
        count <= 60 ? 46 : count <= 400 ? 34 : count <= 2000 ? 20 : count <= 20_000 ? 9 : 4
    }

    private func isInside(_ x: Double, _ y: Double) -> Bool {
        let (h, v) = (model.x.place(x), model.y.place(y))
        return h >= -1e-9 && h <= 1 + 1e-9 && v >= -1e-9 && v <= 1 + 1e-9
    }

    /// Places rounded to multiples of `step` pixels, without repetitions.
    private func distinctPlaces(_ places: [(Double, Double)], step: Double) -> [(Double, Double)] {
        var seen: Set<Cell> = []
        seen.reserveCapacity(places.count)
        var distinct: [(Double, Double)] = []
        for (x, y) in places {
            let cell = Cell(x: Int32((x / step).rounded()), y: Int32((y / step).rounded()))
            if seen.insert(cell).inserted { distinct.append((Double(cell.x) * step, Double(cell.y) * step)) }
        }
        return distinct
    }

    /// All places in one path: dots are lines without length and with round ends.
    private func drawMany(
        _ places: [(Double, Double)], _ batch: Batch, area: Double, dots: Bool, opacity: Double,
        in writer: inout SVGWriter
    ) {
        var data = ""
        if batch.symbol == .circle || dots {
            for (x, y) in places { data += "M\(SVGWriter.number(x, 1)) \(SVGWriter.number(y, 1))h0" }
            let width = 2 * (area / .pi).squareRoot()
            writer.path(data, stroke: batch.paint, width: width, round: true, opacity: opacity)
        } else {
            for (x, y) in places { data += SymbolShape.outline(batch.symbol, x, y, area: area) }
            writer.path(data, fill: batch.paint, opacity: opacity)
        }
    }
}
