/// A mark whose values have become numbers along both axes (categories their index) and whose bars are stacked.
struct Layer: Sendable {
    let mark: Mark
    let count: Int
    /// Places of the items; `nil` where the mark spans the whole axis.
    var x: [Double]?
    var xEnd: [Double]?
    var y: [Double]?
    var yEnd: [Double]?
    /// Index of each item's colour category in the chart's list, where the mark is coloured by names.
    var groups: [Int]?
    /// Each item's place along the colour ramp, where the mark is coloured by numbers; NaN where it has none.
    var shares: [Double]?
    /// Index of each item's shape, where the mark's shapes come from names.
    var shapes: [Int]?
    /// Which of `lanes` bars side by side each item is.
    var laneOf: [Int]?
    var lanes = 1
    /// Whether bars lie.
    var isLying = false

    /// Whether the chart's bars stand on each other.
    var isStacked = false

    /// Whether item `index` has a number wherever it needs one.
    func isDrawable(_ index: Int) -> Bool {
        for values in [x, xEnd, y, yEnd] {
            if let values, !values[index].isFinite { return false }
        }
        if let groups, groups[index] < 0 { return false }
        return true
    }
}

extension Layer {
    /// Gives each bar its place beside the others, where the mark asks for that.
    mutating func place(inLanes names: [String]) {
        guard let dodge = mark.dodge else { return }
        let index = names.indexByName()
        lanes = max(1, names.count)
        laneOf = (0..<count).map { dodge.name(at: $0).flatMap { index[$0] } ?? 0 }
    }
}

/// Puts the bars of a chart at the same place on top of each other, in the order of marks and items: positive ones
/// upwards from zero, negative ones downwards.
struct BarStack {
    private struct Key: Hashable {
        let place: Double
        let lane: Int
        let isLying: Bool
    }

    private var tops: [Key: (positive: Double, negative: Double)] = [:]
    /// Whether any bar stands on another.
    private(set) var isUsed = false

    /// Turns the lengths of a layer's bars into starts and ends.
    mutating func add(_ layer: inout Layer) {
        guard layer.mark.kind == .bar, layer.mark.xEnd == nil, layer.mark.yEnd == nil else { return }
        guard let places = layer.isLying ? layer.y : layer.x, let lengths = layer.isLying ? layer.x : layer.y else {
            return
        }
        var starts = [Double](repeating: 0, count: layer.count)
        var ends = lengths
        for index in 0..<layer.count where layer.isDrawable(index) {
            let key = Key(place: places[index], lane: layer.laneOf?[index] ?? 0, isLying: layer.isLying)
            var top = tops[key] ?? (0, 0)
            if tops[key] != nil { isUsed = true }
            if lengths[index] >= 0 {
                starts[index] = top.positive
                top.positive += lengths[index]
                ends[index] = top.positive
            } else {
                starts[index] = top.negative
                top.negative += lengths[index]
                ends[index] = top.negative
            }
            tops[key] = top
        }
        if layer.isLying { (layer.x, layer.xEnd) = (starts, ends) } else { (layer.y, layer.yEnd) = (starts, ends) }
    }
}
