/// A chart whose marks, scales, colours and words are settled; what remains is to draw it in pixels or characters.
struct ChartModel: Sendable {
    let chart: Chart
    let layers: [Layer]
    let x: AxisScale
    let y: AxisScale
    let colors: ColorKey
    let shapes: [String]

    init(_ chart: Chart) {
        self.chart = chart
        let colors = ColorKey(chart)
        let shapes = ChartModel.shapeNames(chart.marks)
        let xNames = ChartModel.categories(chart.x, chart.marks, \.x, \.xEnd)
        let yNames = ChartModel.categories(chart.y, chart.marks, \.y, \.yEnd)
        let lanes = chart.marks.flatMap { mark in (0..<mark.count).compactMap { mark.dodge?.name(at: $0) } }.unique()
        var stack = BarStack()
        var layers = chart.marks.map { mark in
            var layer = ChartModel.layer(mark, xNames: xNames, yNames: yNames, colors: colors, shapes: shapes)
            layer.place(inLanes: lanes)
            stack.add(&layer)
            return layer
        }
        for index in layers.indices where layers[index].mark.kind == .bar { layers[index].isStacked = stack.isUsed }
        self.layers = layers
        self.colors = colors
        self.shapes = shapes
        x =
            xNames.map(AxisScale.init(categories:))
            ?? ChartModel.scale(chart.x, layers, isX: true, others: yNames != nil)
        y =
            yNames.map(AxisScale.init(categories:))
            ?? ChartModel.scale(chart.y, layers, isX: false, others: xNames != nil)
    }

    /// What the axis measures.
    var xLabel: String { chart.x.label ?? chart.marks.lazy.compactMap { ($0.x ?? $0.xEnd)?.label }.first ?? "" }
    var yLabel: String { chart.y.label ?? chart.marks.lazy.compactMap { ($0.y ?? $0.yEnd)?.label }.first ?? "" }

    /// What a screen reader calls the chart.
    var name: String {
        if let title = chart.title, !title.isEmpty { return title }
        return [yLabel, xLabel].filter { !$0.isEmpty }.joined(separator: " by ")
    }

    /// What a screen reader says about it.
    var summary: String {
        if let summary = chart.summary { return summary }
        let words: [Mark.Kind: String] = [
            .point: "points", .line: "line items", .area: "area items", .bar: "bars", .rule: "rules",
            .rectangle: "rectangles",
        ]
        let counts = layers.map { layer in
            "\((0..<layer.count).reduce(0) { $0 + (layer.isDrawable($1) ? 1 : 0) }) \(words[layer.mark.kind] ?? "items")"
        }
        let axes = [xLabel.isEmpty ? "" : "x axis: \(xLabel)", yLabel.isEmpty ? "" : "y axis: \(yLabel)"]
        let series = colors.names.isEmpty ? "" : "series: \(colors.names.prefix(20).joined(separator: ", "))"
        let marks = counts.isEmpty ? "no data" : counts.prefix(8).joined(separator: ", ")
        return ([chart.subtitle ?? ""] + axes + [series, marks]).filter { !$0.isEmpty }.joined(separator: "; ") + "."
    }
}

// MARK: Settling

extension ChartModel {
    /// Names along an axis in order of appearance (numbers ascending), or `nil` where the axis is one of numbers.
    private static func categories(
        _ axis: Chart.Axis, _ marks: [Mark], _ start: KeyPath<Mark, PlottableValue?>,
        _ end: KeyPath<Mark, PlottableValue?>
    ) -> [String]? {
        let values = marks.flatMap { mark in [mark[keyPath: start], mark[keyPath: end]].compactMap { $0 } }
        let isCategory = axis.type.map { $0 == .category } ?? values.contains(where: \.isNames)
        guard isCategory else { return nil }
        if let given = axis.categories { return given.unique() }
        if !values.contains(where: \.isNames) {
            let numbers = values.flatMap { value in (0..<(value.count ?? 1)).map { value.number(at: $0) } }
            return numbers.filter(\.isFinite).sorted().map(NumberFormat.plain).unique()
        }
        return values.flatMap { value in (0..<(value.count ?? 1)).compactMap { value.name(at: $0) } }.unique()
    }

    private static func shapeNames(_ marks: [Mark]) -> [String] {
        marks.flatMap { mark -> [String] in
            guard case .by(let value)? = mark.symboling else { return [] }
            return (0..<mark.count).compactMap { value.name(at: $0) }
        }.unique()
    }

    private static func layer(
        _ mark: Mark, xNames: [String]?, yNames: [String]?, colors: ColorKey, shapes: [String]
    ) -> Layer {
        let count = mark.count
        func numbers(_ value: PlottableValue?, _ names: [String]?) -> [Double]? {
            guard let value else { return nil }
            guard let names else { return (0..<count).map { value.number(at: $0) } }
            let index = names.indexByName()
            return (0..<count).map { value.name(at: $0).flatMap { index[$0] }.map(Double.init) ?? .nan }
        }
        var layer = Layer(mark: mark, count: count)
        layer.x = numbers(mark.x, xNames)
        layer.xEnd = numbers(mark.xEnd, xNames)
        layer.y = numbers(mark.y, yNames)
        layer.yEnd = numbers(mark.yEnd, yNames)
        if !mark.shifts.isEmpty, yNames != nil || xNames != nil {
            func shifted(_ values: [Double]?) -> [Double]? {
                values?.enumerated().map { $1 + ($0 < mark.shifts.count ? mark.shifts[$0] : 0) }
            }
            if yNames != nil { layer.y = shifted(layer.y) } else { layer.x = shifted(layer.x) }
        }
        if case .by(let value) = mark.coloring {
            if value.isNames {
                let index = colors.names.indexByName()
                layer.groups = (0..<count).map { value.name(at: $0).flatMap { index[$0] } ?? -1 }
            } else {
                layer.shares = (0..<count).map { colors.share(of: value.number(at: $0)) }
            }
        }
        if case .by(let value)? = mark.symboling {
            let index = shapes.indexByName()
            layer.shapes = (0..<count).map { value.name(at: $0).flatMap { index[$0] } ?? 0 }
        }
        layer.isLying = mark.xEnd != nil && mark.yEnd == nil || mark.yEnd == nil && yNames != nil && xNames == nil
        return layer
    }

    /// A scale for numbers, from the finite (and on a logarithmic scale positive) values of all layers.
    private static func scale(_ axis: Chart.Axis, _ layers: [Layer], isX: Bool, others: Bool) -> AxisScale {
        let type: ScaleType = axis.type == .log ? .log : .linear
        if let domain = axis.domain, isUsable(domain, type) {
            return AxisScale(type: type, low: domain.lowerBound, high: domain.upperBound, isFixed: true)
        }
        var low = Double.infinity
        var high = -Double.infinity
        var reach = -Double.infinity
        var includesZero = false
        var isTight = !layers.isEmpty
        for layer in layers {
            let growsHere = layer.mark.kind == .bar && layer.isLying == isX || layer.mark.kind == .area && !isX
            if growsHere { includesZero = true }
            // Cells and bins fill their axis to the edges; everything else gets round bounds.
            if layer.mark.kind != .rectangle || !isX && layer.yEnd != nil { isTight = false }
            var largest = -Double.infinity
            for values in isX ? [layer.x, layer.xEnd] : [layer.y, layer.yEnd] {
                for (index, value) in (values ?? []).enumerated() where layer.isDrawable(index) {
                    if type == .log && value <= 0 { continue }
                    low = min(low, value)
                    largest = max(largest, value)
                }
            }
            high = max(high, largest)
            guard low <= high, type == .linear else { continue }
            if !growsHere, layer.mark.kind == .bar || layer.mark.kind == .rectangle, !(layer.mark.xEnd != nil && isX),
                !(layer.mark.yEnd != nil && !isX), let places = isX ? layer.x : layer.y
            {
                // Bars and cells around numbers reach half a distance beyond the first and the last.
                let half = places.smallestGap() / 2
                low -= half
                high += half
            } else if growsHere, layer.mark.annotation != nil, largest > 0 {
                // Room for the texts at the ends of the bars.
                reach = max(reach, largest * (isX ? 1.1 : 1.06))
            }
        }
        if isTight, type == .linear, low.isFinite, high.isFinite, low < high, axis.includesZero != true {
            return AxisScale(type: type, low: low, high: high, isFixed: false)
        }
        let range = low.isFinite && high.isFinite && low <= high ? low...high : nil
        return AxisScale.fitted(
            type: type, to: range, includesZero: axis.includesZero ?? includesZero,
            reach: reach.isFinite ? reach : -.infinity)
    }

    private static func isUsable(_ domain: ClosedRange<Double>, _ type: ScaleType) -> Bool {
        let (low, high) = (domain.lowerBound, domain.upperBound)
        let half = high / 2 - low / 2
        return half.isFinite && half > max(abs(low), abs(high)) * 1e-13 && half > 1e-300 && (type != .log || low > 0)
    }
}

extension [String] {
    /// The distinct names in order of first appearance.
    func unique() -> [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }

    /// Each name's place; the first where a name comes twice.
    func indexByName() -> [String: Int] {
        Dictionary(enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }
}

extension [Double] {
    /// The smallest distance between two different finite values; 1 where there are no two.
    func smallestGap() -> Double {
        let sorted = filter(\.isFinite).sorted()
        let gaps = zip(sorted, sorted.dropFirst()).lazy.map { $1 - $0 }
        return gaps.filter { $0 > 0 && $0.isFinite }.min() ?? 1
    }
}
