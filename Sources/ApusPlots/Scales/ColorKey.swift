/// Which colour stands for which category or number, over all marks of a chart.
struct ColorKey: Sendable {
    /// The categories, in the order of the legend.
    let names: [String]
    private let paints: [Paint]
    let ramp: ColorRamp
    /// Ends of the ramp, where a mark is coloured by numbers.
    let range: ClosedRange<Double>?
    /// What the numbers are.
    let rangeLabel: String

    init(_ chart: Chart) {
        var found: [String] = chart.colors.map(\.name)
        var low = Double.infinity
        var high = -Double.infinity
        var label: String?
        for mark in chart.marks {
            guard case .by(let value) = mark.coloring else { continue }
            if value.isNames {
                found += (0..<mark.count).compactMap { value.name(at: $0) }.unique()
            } else {
                label = label ?? value.label
                for index in 0..<mark.count {
                    let number = value.number(at: index)
                    if number.isFinite { (low, high) = (min(low, number), max(high, number)) }
                }
            }
        }
        names = found.unique()
        let given = Dictionary(chart.colors.map { ($0.name, $0.color.paint) }, uniquingKeysWith: { first, _ in first })
        var next = 0
        paints = names.map { name in
            if let paint = given[name] { return paint }
            // The next colour of the palette that was not given away by name.
            while given.values.contains(.series(next)), next < 8 { next += 1 }
            next += 1
            return .series(next - 1)
        }
        ramp = chart.ramp
        rangeLabel = label ?? ""
        if label == nil {
            range = nil
        } else if let domain = chart.rampDomain, domain.lowerBound < domain.upperBound, domain.lowerBound.isFinite,
            domain.upperBound.isFinite
        {
            range = domain
        } else if low > high {
            range = 0...1
        } else if ramp == .diverging {
            let reach = max(abs(low), abs(high))
            range = reach > 0 ? -reach...reach : -1...1
        } else {
            range = low < high ? low...high : min(0, low)...max(low, low == 0 ? 1 : 0)
        }
    }

    /// The paint of category `index`.
    func paint(_ index: Int) -> Paint {
        paints.indices.contains(index) ? paints[index] : .role(.muted)
    }

    /// Place of `number` along the ramp, 0 to 1; NaN where it has none.
    func share(of number: Double) -> Double {
        guard let range, number.isFinite else { return .nan }
        let share = (number / 2 - range.lowerBound / 2) / (range.upperBound / 2 - range.lowerBound / 2)
        return min(1, max(0, share))
    }
}
