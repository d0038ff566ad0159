import Foundation

/// Places on an axis that get a label, and the finer ones between them that get none.
struct Ticks: Sendable, Equatable {
    var values: [Double]
    var labels: [String]
    var minor: [Double] = []

    /// The smallest of 1, 2, 2.5 and 5 times a power of ten that cuts `low...high` into at most `count` steps; zero
    /// where doubles cannot tell the steps apart.
    static func step(_ low: Double, _ high: Double, count: Int) -> Double {
        // Divided first: the difference of two huge numbers is not finite.
        let parts = Double(max(1, count))
        let rough = high / parts - low / parts
        guard rough > 0, rough.isFinite else { return 0 }
        let power = pow(10, log10(rough).rounded(.down))
        guard power > 0, power.isFinite else { return 0 }
        for factor in [1, 2, 2.5, 5, 10] where factor * power >= rough * (1 - 1e-9) {
            return factor * power
        }
        return 10 * power
    }

    /// Multiples of a round step within `low...high`, about `count` of them.
    static func linear(_ low: Double, _ high: Double, count: Int) -> Ticks {
        let step = step(low, high, count: count)
        guard step > 0, step.isFinite, high > low else {
            return Ticks(values: [low], labels: [NumberFormat.plain(low)])
        }
        let first = (low / step - 1e-9).rounded(.up)
        let last = (high / step + 1e-9).rounded(.down)
        guard first.isFinite, last.isFinite, last >= first, last - first < 1000 else {
            return Ticks(values: [low, high], labels: [NumberFormat.plain(low), NumberFormat.plain(high)])
        }
        // Dividing by a whole number, where the step is one part of it, gives 0.3 and not 0.30000000000000004.
        let inverse = (1 / step).rounded()
        let isPart = step < 1 && abs(inverse * step - 1) < 1e-9
        let values = stride(from: first, through: last, by: 1).map { index -> Double in
            let value = isPart ? index / inverse : index * step
            return value == 0 ? 0 : value
        }
        return Ticks(values: values, labels: NumberFormat.labels(values, step: step))
    }

    /// Powers of ten within `low...high`, every second or third of them where there are more than `count`, with the
    /// multiples between as minor ticks; within less than two decades also 2 and 5 times the powers.
    static func log(_ low: Double, _ high: Double, count: Int) -> Ticks {
        guard low > 0, high > low, high.isFinite else { return Ticks(values: [], labels: []) }
        let lowest = Int((log10(low) - 1e-9).rounded(.down))
        let highest = Int((log10(high) + 1e-9).rounded(.up))
        func inside(_ value: Double) -> Bool { value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9) }
        let every = max(1, (highest - lowest + max(1, count) - 1) / max(1, count))
        let decades = (lowest...highest).filter { inside(pow(10, Double($0))) }
        var ticks = Ticks(values: [], labels: [])
        let labelled = decades.filter { ($0 % every + every) % every == 0 }
        ticks.values = labelled.map { pow(10, Double($0)) }
        if every == 1 {
            let fine = (lowest...highest).flatMap { decade in (2...9).map { Double($0) * pow(10, Double(decade)) } }
            ticks.minor = fine.filter(inside)
        } else {
            ticks.minor = decades.filter { ($0 % every + every) % every != 0 }.map { pow(10, Double($0)) }
        }
        if labelled.count < 2, every == 1 {
            // One decade or less: its parts need labels too.
            let parts = [1, 2, 5].flatMap { part in (lowest...highest).map { Double(part) * pow(10, Double($0)) } }
            ticks.values = parts.filter(inside).sorted()
            if ticks.values.count < 2 { return linear(low, high, count: count) }
            ticks.minor.removeAll { minor in ticks.values.contains { abs($0 / minor - 1) < 1e-9 } }
            ticks.labels = ticks.values.map(NumberFormat.plain)
        } else if lowest >= -4, highest <= 6 {
            ticks.labels = ticks.values.map(NumberFormat.plain)
        } else {
            ticks.labels = labelled.map(NumberFormat.power)
        }
        return ticks
    }
}
