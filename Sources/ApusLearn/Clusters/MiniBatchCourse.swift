import ApusCore

/// Where mini-batch k-means stands between two batches.
struct MiniBatchCourse: Sendable {
    private(set) var centres: Matrix
    /// The weight that each centre has had so far.
    private(set) var totals: [Double]
    private(set) var steps: Int
    /// Rows since centres last started anew.
    private(set) var sinceReassignment: Int
    let batchSize: Int
    private let reassignmentRatio: Double

    init(
        centres: Matrix, totals: [Double]? = nil, steps: Int = 0, sinceReassignment: Int = 0, batchSize: Int,
        reassignmentRatio: Double
    ) {
        self.centres = centres
        self.totals = totals ?? [Double](repeating: 0, count: centres.rows)
        self.steps = steps
        self.sinceReassignment = sinceReassignment
        self.batchSize = batchSize
        self.reassignmentRatio = reassignmentRatio
    }

    /// Learns from a batch.
    ///
    /// - Returns: The inertia of the batch before the centres moved, and the sum of their squared shifts.
    mutating func step(
        _ batch: Matrix, weights: [Double]?, random: inout RandomState
    ) -> (inertia: Double, squaredShift: Double) {
        let mayReassign = isReassignmentDue()
        let labels = KMeansKernel.assign(
            batch, to: centres, weights: nil, previous: nil, accumulating: false
        ).labels
        let inertia = KMeansKernel.inertia(batch, centres, labels: labels, weights: weights)
        let before = centres
        KMeansKernel.update(&centres, totals: &totals, batch: batch, weights: weights, labels: labels)
        if mayReassign, reassignmentRatio > 0 { reassign(batch, random: &random) }
        steps &+= 1
        let squaredShift = zip(before.values, centres.values).reduce(0) { $0 + ($1.1 - $1.0) * ($1.1 - $1.0) }
        return (inertia, squaredShift)
    }

    /// Whether there is a centre without rows, or ten rows for each cluster have passed since the last time.
    private mutating func isReassignmentDue() -> Bool {
        sinceReassignment &+= batchSize
        let isDue = totals.contains(0) || sinceReassignment / 10 >= totals.count
        if isDue { sinceReassignment = 0 }
        return isDue
    }

    /// Centres with few rows start anew from rows of the batch, at most half as many of them as it has.
    private mutating func reassign(_ batch: Matrix, random: inout RandomState) {
        let limit = reassignmentRatio * (totals.max() ?? 0)
        var weak = totals.indices.filter { totals[$0] < limit }
        let most = batch.rows / 2
        if weak.count * 2 > batch.rows {
            let lightest = totals.indices.sorted { totals[$0] != totals[$1] ? totals[$0] < totals[$1] : $0 < $1 }
            let allowed = Set(lightest.prefix(most))
            weak = weak.filter(allowed.contains)
        }
        guard !weak.isEmpty else { return }
        let rows = random.choiceWithoutReplacement(batch.rows, count: weak.count)
        for (cluster, row) in zip(weak, rows) {
            for q in 0..<batch.columns { centres[cluster, q] = batch[row, q] }
        }
        let chosen = Set(weak)
        let rest = totals.indices.filter { !chosen.contains($0) }
        guard let least = rest.map({ totals[$0] }).min() else { return }
        for cluster in weak { totals[cluster] = least }
    }
}

/// When mini-batch k-means has done enough.
struct MiniBatchStop: Sendable {
    private let batchSize: Int
    private let tolerance: Double
    private let maxNoImprovement: Int?
    /// How much the newest batch counts in the smoothed inertia.
    private let share: Double
    private var steps = 0
    /// The inertia of a row, smoothed over batches; nil until the second batch.
    private(set) var smoothedInertia: Double?
    private var least: Double?
    private var withoutImprovement = 0

    init(batchSize: Int, rows: Int, tolerance: Double, maxNoImprovement: Int?) {
        self.batchSize = batchSize
        self.tolerance = tolerance
        self.maxNoImprovement = maxNoImprovement
        share = min(1, Double(batchSize) * 2 / (Double(rows) + 1))
    }

    /// Takes in a batch and says whether to stop after it.
    mutating func isReached(inertia: Double, squaredShift: Double) -> Bool {
        steps += 1
        // The first batch is left out: its inertia is that of the starting centres.
        guard steps > 1 else { return false }
        let mean = inertia / Double(batchSize)
        let smoothed = smoothedInertia.map { $0 * (1 - share) + mean * share } ?? mean
        smoothedInertia = smoothed
        if tolerance > 0, squaredShift <= tolerance { return true }
        if let least, !(smoothed < least) {
            withoutImprovement += 1
        } else {
            least = smoothed
            withoutImprovement = 0
        }
        return maxNoImprovement.map { withoutImprovement >= $0 } ?? false
    }
}
