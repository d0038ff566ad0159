import ApusCore
import ApusEvaluation

/// A rate of two classes, as curves are drawn of it.
enum ThresholdRate {
    case selectionRate, truePositiveRate, falsePositiveRate, trueNegativeRate, falseNegativeRate, accuracy
    case balancedAccuracy

    func value(_ counts: GroupOutcomes) -> Double {
        switch self {
        case .selectionRate: counts.selected / counts.weight
        case .truePositiveRate: counts.truePositives / counts.positives
        case .falsePositiveRate: counts.falsePositives / counts.negatives
        case .trueNegativeRate: counts.trueNegatives / counts.negatives
        case .falseNegativeRate: counts.falseNegatives / counts.positives
        case .accuracy: (counts.truePositives + counts.trueNegatives) / counts.weight
        case .balancedAccuracy:
            0.5 * counts.truePositives / counts.positives + 0.5 * counts.trueNegatives / counts.negatives
        }
    }
}

extension ThresholdConstraint {
    var rate: ThresholdRate {
        switch self {
        case .demographicParity: .selectionRate
        case .equalizedOdds, .falsePositiveRateParity: .falsePositiveRate
        case .truePositiveRateParity: .truePositiveRate
        case .trueNegativeRateParity: .trueNegativeRate
        case .falseNegativeRateParity: .falseNegativeRate
        }
    }
}

extension ThresholdObjective {
    var rate: ThresholdRate {
        switch self {
        case .accuracyScore: .accuracy
        case .balancedAccuracyScore: .balancedAccuracy
        case .selectionRate: .selectionRate
        case .truePositiveRate: .truePositiveRate
        case .trueNegativeRate: .trueNegativeRate
        }
    }
}

/// What each threshold of a group does to two rates.
struct TradeOffCurve {
    /// One threshold.
    struct Point {
        let x: Double
        let y: Double
        let operation: ThresholdRule.Operation
    }

    /// Every threshold that makes a difference, by `x`, then by `y`.
    let points: [Point]
    /// Those on the upper convex hull.
    let hull: [Point]
    let weight: Double
    let positives: Double

    /// - Throws: `ApusError` with code `invalidInput` when all rows are of one class.
    init(
        _ rows: [(score: Double, isPositive: Bool, weight: Double)], name: String, flip: Bool, x: ThresholdRate,
        y: ThresholdRate
    ) throws {
        var positives = 0.0
        var negatives = 0.0
        for row in rows { if row.isPositive { positives += row.weight } else { negatives += row.weight } }
        guard positives > 0, negatives > 0 else {
            throw ApusError(
                .invalidInput,
                "All \(rows.count) rows of group “\(name)” are \(positives > 0 ? "positive" : "negative"), so no threshold "
                    + "can be found for it; merge the group with another, or mitigate by another method.")
        }
        (self.positives, weight) = (positives, positives + negatives)
        let sorted = rows.sorted { $0.score > $1.score }
        var found: [Point] = []
        var (i, truePositives, falsePositives) = (0, 0.0, 0.0)
        while i < sorted.count {
            var threshold = Double.infinity
            if !found.isEmpty {
                threshold = sorted[i].score
                while i < sorted.count, sorted[i].score == threshold {
                    if sorted[i].isPositive {
                        truePositives += sorted[i].weight
                    } else {
                        falsePositives += sorted[i].weight
                    }
                    i += 1
                }
                threshold = (threshold + (i < sorted.count ? sorted[i].score : -.infinity)) / 2
            }
            for isAbove in flip ? [true, false] : [true] {
                var counts = GroupOutcomes()
                counts.truePositives = isAbove ? truePositives : positives - truePositives
                counts.falsePositives = isAbove ? falsePositives : negatives - falsePositives
                counts.falseNegatives = positives - counts.truePositives
                counts.trueNegatives = negatives - counts.falsePositives
                found.append(
                    Point(
                        x: x.value(counts), y: y.value(counts),
                        operation: .init(threshold: threshold, isAbove: isAbove)))
            }
        }
        points = found.enumerated().sorted {
            ($0.element.x, $0.element.y, $0.offset) < ($1.element.x, $1.element.y, $1.offset)
        }
        .map(\.element)
        var hull: [Point] = []
        for point in points {
            while hull.count >= 2 {
                let (r0, r1) = (hull[hull.count - 2], hull[hull.count - 1])
                guard (r1.y - r0.y) * (point.x - r0.x) <= (point.y - r0.y) * (r1.x - r0.x) else { break }
                hull.removeLast()
            }
            hull.append(point)
        }
        self.hull = hull
    }

    /// The mixture of two thresholds on the hull at each `x` of a grid.
    func interpolated(_ grid: [Double]) -> [(y: Double, share0: Double, low: Int)] {
        var low = 0
        return grid.enumerated().map { place, x in
            while low + 1 < hull.count, hull[low + 1].x <= x { low += 1 }
            // At a corner the pair to the left of it counts, except at the very start.
            var index = low
            if place > 0, hull[index].x == x { index -= 1 }
            index = max(0, min(index, hull.count - 2))
            let (a, b) = (hull[index], hull[index + 1])
            let share0 = b.x == a.x ? 0 : (b.x - x) / (b.x - a.x)
            return (share0 * a.y + (1 - share0) * b.y, share0, index)
        }
    }
}

/// The choice of thresholds for all groups.
struct ThresholdSearch {
    let curves: [TradeOffCurve]
    let constraint: ThresholdConstraint
    let objective: ThresholdObjective

    private var total: Double { curves.reduce(0) { $0 + $1.weight } }

    /// Mixtures of two thresholds for each group, on a grid of rates.
    func randomized(gridSize: Int, tolerance: Double?) -> [ThresholdRule] {
        let grid = (0...gridSize).map { $0 == gridSize ? 1 : Double($0) * (1 / Double(gridSize)) }
        let curves = curves.map { $0.interpolated(grid) }
        func rule(_ group: Int, _ place: Int, ignored: Double = 0, constant: Double = 0) -> ThresholdRule {
            let (_, share0, low) = curves[group][place]
            let hull = self.curves[group].hull
            return ThresholdRule(
                operation0: hull[low].operation, share0: share0, operation1: hull[low + 1].operation,
                share1: 1 - share0, ignored: ignored, constant: constant)
        }
        let groups = Array(curves.indices)
        guard constraint == .equalizedOdds else {
            let weights = self.curves.map { $0.weight / total }
            let columns = groups.map { g in curves[g].map { weights[g] * $0.y } }
            guard let tolerance, tolerance > 0 else {
                let sums = grid.indices.map { place in groups.reduce(0.0) { $0 + columns[$1][place] } }
                let best = sums.indices.max { (sums[$0], -$0) < (sums[$1], -$1) } ?? 0
                return groups.map { rule($0, best) }
            }
            let best = Self.withinTolerance(grid, columns, tolerance)
            return groups.map { rule($0, best[$0]) }
        }
        let positives = self.curves.reduce(0) { $0 + $1.positives }
        let negatives = total - positives
        let least = grid.indices.map { place in groups.map { curves[$0][place].y }.min() ?? 0 }
        let values = grid.indices.map { place -> Double in
            var counts = GroupOutcomes()
            counts.falsePositives = negatives * grid[place]
            counts.trueNegatives = negatives * (1 - grid[place])
            counts.truePositives = positives * least[place]
            counts.falseNegatives = positives * (1 - least[place])
            // Fifteen decimals, so that rounding does not decide between equal points.
            return (objective.rate.value(counts) * 1e15).rounded(.toNearestOrEven) / 1e15
        }
        let best = values.indices.max { (values[$0], -$0) < (values[$1], -$1) } ?? 0
        return groups.map { group in
            let y = curves[group][best].y
            let ignored = y == grid[best] ? 0 : (y - least[best]) / (y - grid[best])
            return rule(group, best, ignored: ignored, constant: grid[best])
        }
    }

    /// The places of the grid, one for each group, that are at most `tolerance` apart and have the greatest sum.
    private static func withinTolerance(_ grid: [Double], _ columns: [[Double]], _ tolerance: Double) -> [Int] {
        var queues = [[Int]](repeating: [], count: columns.count)
        var heads = [Int](repeating: 0, count: columns.count)
        var (start, best, most, spread) = (
            0, [Int](repeating: 0, count: columns.count), -Double.infinity, Double.infinity
        )
        for end in grid.indices {
            for k in columns.indices {
                while queues[k].count > heads[k], let last = queues[k].last, columns[k][last] <= columns[k][end] {
                    queues[k].removeLast()
                }
                queues[k].append(end)
            }
            while grid[end] - grid[start] > tolerance {
                for k in columns.indices where queues[k][heads[k]] == start { heads[k] += 1 }
                start += 1
            }
            let current = columns.indices.map { queues[$0][heads[$0]] }
            let sum = columns.indices.reduce(0.0) { $0 + columns[$1][current[$1]] }
            let places = current.map { grid[$0] }
            let violation = (places.max() ?? 0) - (places.min() ?? 0)
            if sum > most || (sum == most && violation <= spread) {
                (most, best, spread) = (sum, current, violation)
            }
        }
        return best
    }

    // MARK: One threshold for each group

    /// A single threshold for each group: within the tolerance the best by the objective, or where no choice is within it,
    /// the one that is nearest.
    ///
    /// Each threshold of each group proposes its rates as those of all; every group then takes its threshold that is best
    /// among those within half the tolerance of the proposal, or that is nearest to it.
    func deterministic(tolerance: Double) -> [ThresholdRule] {
        let isOdds = constraint == .equalizedOdds
        let candidates = curves.map { Self.thinned($0.points) }
        let positives = curves.reduce(0) { $0 + $1.positives }
        let negatives = total - positives
        func distance(_ a: TradeOffCurve.Point, _ b: TradeOffCurve.Point) -> Double {
            isOdds ? max(abs(a.x - b.x), abs(a.y - b.y)) : abs(a.x - b.x)
        }
        /// What a threshold of a group adds to the objective.
        func worth(_ point: TradeOffCurve.Point, _ group: Int) -> Double {
            guard isOdds else { return point.y * curves[group].weight / total }
            let truths = (
                point.y * curves[group].positives, (1 - point.x) * (curves[group].weight - curves[group].positives)
            )
            return objective == .accuracyScore
                ? (truths.0 + truths.1) / total : 0.5 * truths.0 / positives + 0.5 * truths.1 / negatives
        }
        var best: (excess: Double, worth: Double, points: [TradeOffCurve.Point])?
        for proposal in candidates.flatMap(\.self) {
            var chosen: [TradeOffCurve.Point] = []
            for (group, points) in candidates.enumerated() {
                let near = points.filter { distance($0, proposal) <= tolerance / 2 }
                let pick =
                    near.max { worth($0, group) < worth($1, group) }
                    ?? points.min {
                        (distance($0, proposal), -worth($0, group)) < (distance($1, proposal), -worth($1, group))
                    }
                if let pick { chosen.append(pick) }
            }
            let spread = max(
                (chosen.map(\.x).max() ?? 0) - (chosen.map(\.x).min() ?? 0),
                isOdds ? (chosen.map(\.y).max() ?? 0) - (chosen.map(\.y).min() ?? 0) : 0)
            let excess = max(0, spread - tolerance - 1e-12)
            let sum = chosen.enumerated().reduce(0.0) { $0 + worth($1.element, $1.offset) }
            if let known = best, (known.excess, -known.worth) <= (excess, -sum) { continue }
            best = (excess, sum, chosen)
        }
        return (best?.points ?? []).map {
            ThresholdRule(
                operation0: $0.operation, share0: 1, operation1: $0.operation, share1: 0, ignored: 0, constant: 0)
        }
    }

    /// At most 400 points, evenly along `x`.
    private static func thinned(_ points: [TradeOffCurve.Point]) -> [TradeOffCurve.Point] {
        let most = 400
        guard points.count > most else { return points }
        var kept: [TradeOffCurve.Point] = []
        var step = -1
        for point in points {
            let own = Int(point.x * Double(most))
            if own > step || point.x == points[points.count - 1].x && own == most { kept.append(point) }
            step = max(step, own)
        }
        return kept
    }
}
