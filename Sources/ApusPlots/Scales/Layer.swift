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

    /// Bars stand on, and grow along, one axis: start and end on it.
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
    /// Puts bars at the same place on top of each other, in the order of the items: positive ones upwards from zero,
    /// negative ones downwards.
    mutating func stack() {
        guard mark.kind == .bar, mark.xEnd == nil, mark.yEnd == nil else { return }
        guard let places = isLying ? y : x, let lengths = isLying ? x : y else { return }
        var tops: [Key: (positive: Double, negative: Double)] = [:]
        var starts = [Double](repeating: 0, count: count)
        var ends = lengths
        for index in 0..<count where lengths[index].isFinite && places[index].isFinite && isDrawable(index) {
            let key = Key(place: places[index], lane: laneOf?[index] ?? 0)
            var top = tops[key] ?? (0, 0)
            if tops[key] != nil { isStacked = true }
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
        if isLying { (x, xEnd) = (starts, ends) } else { (y, yEnd) = (starts, ends) }
    }

    private struct Key: Hashable {
        let place: Double
        let lane: Int
    }
}
