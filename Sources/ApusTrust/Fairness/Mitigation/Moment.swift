import ApusCore

/// The constraints of a reduction for one table: which rows belong to which event and group, how far a classifier is from
/// each constraint, and what rows weigh when the multipliers of the constraints are known.
///
/// A. Agarwal, A. Beygelzimer, M. Dudík, J. Langford, H. Wallach, "A Reductions Approach to Fair Classification", ICML 2018.
/// For parity the constraints say of each event e and group g that the mean utility of the classifier among the rows of e
/// and g differs by at most the bound from that among all rows of e, in either direction: `r m(e,g) - m(e) ≤ bound` and
/// `r m(e) - m(e,g) ≤ bound`, with r = 1 or the bound of a ratio. For the bounded group loss they say that the share of
/// errors in each group is at most the bound.
struct Moment {
    let task: FairTask
    let constraint: FairnessConstraint
    let bound: Double
    let ratio: Double
    /// The cell, an event and a group, of each row; -1 for rows that no constraint is about.
    private let cells: [Int]
    /// The event of each cell.
    let eventOfCell: [Int]
    /// The share of rows in each cell and in each event.
    let cellShare: [Double]
    let eventShare: [Double]
    /// What is said of each constraint: its cell.
    let cellNames: [String]
    /// Cells and events in the order in which they first occur, as the grid of multipliers needs them.
    let eventOrder: [Int]
    let groupOrder: [Int]
    private let totalWeight: Double

    init(_ task: FairTask, _ constraint: FairnessConstraint, bound: Double, ratio: Double?) {
        self.task = task
        self.constraint = constraint
        self.bound = bound
        self.ratio = ratio ?? 1
        let groups = task.groups.classes.count
        func event(_ row: Int) -> Int {
            switch constraint {
            case .demographicParity, .errorRateParity, .boundedGroupLoss: 0
            case .equalizedOdds: task.isPositive[row] ? 1 : 0
            case .truePositiveRateParity: task.isPositive[row] ? 0 : -1
            case .falsePositiveRateParity: task.isPositive[row] ? -1 : 0
            }
        }
        let events = constraint == .equalizedOdds ? 2 : 1
        var raw = [Int](repeating: -1, count: task.rows)
        var weights = [Double](repeating: 0, count: events * groups)
        var total = 0.0
        var eventOrder: [Int] = []
        var groupOrder: [Int] = []
        for row in 0..<task.rows {
            let weight = task.weight(row)
            total += weight
            let group = task.groups.codes[row]
            if !groupOrder.contains(group) { groupOrder.append(group) }
            let place = event(row)
            guard place >= 0 else { continue }
            if !eventOrder.contains(place) { eventOrder.append(place) }
            raw[row] = place * groups + group
            weights[raw[row]] += weight
        }
        // Cells without weight have nothing to say.
        let kept = weights.indices.filter { weights[$0] > 0 }
        var places = [Int](repeating: -1, count: weights.count)
        for (new, old) in kept.enumerated() { places[old] = new }
        cells = raw.map { $0 < 0 ? -1 : places[$0] }
        eventOfCell = kept.map { $0 / groups }
        cellShare = kept.map { weights[$0] / total }
        eventShare = (0..<events).map { e in weights[e * groups..<(e + 1) * groups].reduce(0, +) / total }
        let names = task.groups.classes.names
        cellNames = kept.map { names[$0 % groups] }
        groupOfCell = kept.map { $0 % groups }
        self.eventOrder = eventOrder
        self.groupOrder = groupOrder
        totalWeight = total
    }

    let groupOfCell: [Int]

    /// Whether rows may be relabelled; where they may not, only their weights change.
    var relabels: Bool { constraint != .boundedGroupLoss }

    /// Number of constraints: two for each cell of a parity, one for each group of a bounded loss.
    var count: Int { relabels ? 2 * cellShare.count : cellShare.count }

    /// How far a classifier is from each constraint, before the bound is taken off: first the upper ones of all cells, then
    /// the lower ones.
    ///
    /// - Parameter selected: Whether the classifier predicts each row positive.
    func gamma(_ selected: [Bool]) -> [Double] {
        var sums = [Double](repeating: 0, count: cellShare.count)
        let isError = constraint == .errorRateParity || constraint == .boundedGroupLoss
        for row in selected.indices where cells[row] >= 0 {
            let counts = isError ? selected[row] != task.isPositive[row] : selected[row]
            if counts { sums[cells[row]] += task.weight(row) }
        }
        let means = sums.indices.map { sums[$0] / (cellShare[$0] * totalWeight) }
        guard relabels else { return means }
        var eventMeans = [Double](repeating: 0, count: eventShare.count)
        for cell in sums.indices { eventMeans[eventOfCell[cell]] += sums[cell] }
        for e in eventMeans.indices { eventMeans[e] /= max(eventShare[e] * totalWeight, .leastNonzeroMagnitude) }
        return means.indices.map { ratio * means[$0] - eventMeans[eventOfCell[$0]] }
            + means.indices.map { ratio * eventMeans[eventOfCell[$0]] - means[$0] }
    }

    /// The share of rows that a classifier gets wrong.
    func error(_ selected: [Bool]) -> Double {
        var wrong = 0.0
        for row in selected.indices where selected[row] != task.isPositive[row] { wrong += task.weight(row) }
        return wrong / totalWeight
    }

    /// The multipliers that make the same weights and cost least: for each event the difference of upper and lower
    /// multipliers is moved by the weighted median of its ratio to the shares of the groups.
    func projected(_ lambda: [Double]) -> [Double] {
        guard relabels, ratio == 1 else { return lambda }
        let cells = cellShare.count
        var signed = (0..<cells).map { lambda[$0] - lambda[cells + $0] }
        for event in eventShare.indices {
            let members = (0..<cells).filter { eventOfCell[$0] == event }
            if members.isEmpty { continue }
            let shares = members.map { cellShare[$0] / eventShare[event] }
            let scaled = zip(members, shares).map { signed[$0] / $1 }
            let order = scaled.indices.sorted { (scaled[$0], $0) < (scaled[$1], $1) }
            let half = shares.reduce(0, +) / 2
            var sum = 0.0
            let middle =
                order.first {
                    sum += shares[$0]; return sum >= half
                } ?? order[order.count - 1]
            for (k, cell) in members.enumerated() { signed[cell] -= shares[k] * scaled[middle] }
        }
        return signed.map { max($0, 0) } + signed.map { max(-$0, 0) }
    }

    /// What each row gains by being predicted positive (parity), or weighs (bounded loss), besides its own label.
    func signedWeights(_ lambda: [Double]) -> [Double] {
        let cells = cellShare.count
        guard relabels else {
            let adjust = (0..<cells).map { lambda[$0] / cellShare[$0] }
            return self.cells.map { adjust[$0] }
        }
        var eventTerm = [Double](repeating: 0, count: eventShare.count)
        for cell in 0..<cells { eventTerm[eventOfCell[cell]] += lambda[cell] - ratio * lambda[cells + cell] }
        let value = (0..<cells).map { cell in
            eventTerm[eventOfCell[cell]] / eventShare[eventOfCell[cell]]
                + (lambda[cells + cell] - ratio * lambda[cell]) / cellShare[cell]
        }
        let flips = constraint == .errorRateParity
        return self.cells.enumerated().map { row, cell in
            if cell < 0 { return 0 }
            // Predicting a positive row positive takes an error away.
            return flips && task.isPositive[row] ? -value[cell] : value[cell]
        }
    }

    /// What each row gains by being predicted positive for the sake of accuracy alone (parity), or weighs (bounded loss).
    var objectiveWeights: [Double] {
        relabels ? task.isPositive.map { $0 ? 1 : -1 } : [Double](repeating: 1, count: task.rows)
    }

    /// The problem that multipliers make for the classifier: labels and weights, none of them negative.
    ///
    /// - Returns: Whether each row is to be predicted positive, and how much that counts.
    func problem(_ signed: [Double]) -> (isPositive: [Bool], weights: [Double]) {
        let wanted = relabels ? signed.map { $0 > 0 } : task.isPositive
        return (wanted, signed.indices.map { abs(signed[$0]) * task.weight($0) })
    }
}
