import ApusCore

/// Centred rows with what every start of k-means needs to know of them.
struct KMeansData {
    /// n × d, with columns of mean 0.
    let x: Matrix
    /// n weights, or nil for equal ones.
    let weights: [Double]?
    /// ‖row‖² for every row.
    let norms: [Double]

    init(_ x: Matrix, weights: [Double]?) {
        self.x = x
        self.weights = weights
        norms = KMeansKernel.squaredNorms(x)
    }

    /// The mean over the columns of their variances.
    var meanVariance: Double {
        let parts = Parallel.mapBlocks(of: x.rows, size: 8192) { rows in
            norms[rows].reduce(0, +)
        }
        return parts.reduce(0, +) / Double(x.rows) / Double(x.columns)
    }

    /// For every row the probability of being drawn.
    var probabilities: [Double] {
        guard let weights else { return [Double](repeating: 1 / Double(x.rows), count: x.rows) }
        let total = pairwiseSum(weights.indices) { weights[$0] }
        return weights.map { $0 / total }
    }

    /// Iterations from the given centres.
    ///
    /// - Parameters:
    ///   - algorithm: How nearest centres are found; elkan needs at least 2 centres.
    ///   - centres: k × d.
    ///   - maxIter: The most iterations.
    ///   - tolerance: Stop when the squared shifts of all centres add up to no more.
    ///   - report: Called with the number of iterations after each.
    /// - Throws: `CancellationError` when the task is cancelled.
    func run(
        _ algorithm: KMeansAlgorithm, from centres: Matrix, maxIter: Int, tolerance: Double, report: (Int) -> Void
    ) throws -> KMeansRun {
        var centres = centres
        var labels: [Int32]?
        var shifts: [Double]?
        var bounds = algorithm == .elkan ? KMeansElkanKernel(x, centres: centres) : nil
        var iterations = 0
        var (isSettled, isStill) = (false, false)
        while iterations < maxIter, !isSettled, !isStill {
            try checkCancellation()
            var step =
                bounds?.step(x, centres: centres, shifts: shifts, weights: weights, accumulating: true)
                ?? KMeansKernel.assign(x, to: centres, weights: weights, previous: labels, accumulating: true)
            relocateEmptyClusters(in: &step, centres)
            let moved = Self.means(step, centres)
            let moves = Self.shifts(centres, moved)
            isStill = moves.reduce(0) { $0 + $1 * $1 } <= tolerance
            isSettled = labels != nil && !step.hasChanged
            centres = moved
            shifts = moves
            labels = step.labels
            iterations += 1
            report(iterations)
        }
        // Unless no row changed its centre in the last step, the rows have not seen the last move of the centres.
        var final = labels ?? []
        if !isSettled {
            final =
                bounds?.step(x, centres: centres, shifts: shifts, weights: nil, accumulating: false).labels
                ?? KMeansKernel.assign(x, to: centres, weights: nil, previous: nil, accumulating: false).labels
        }
        return KMeansRun(
            centres: centres, labels: final,
            inertia: KMeansKernel.inertia(x, centres, labels: final, weights: weights), iterations: iterations,
            converged: isSettled || isStill)
    }

    /// Gives every cluster without rows the row that is farthest from its centre, and takes that row from its old cluster;
    /// the farthest of all goes to the first such cluster.
    private func relocateEmptyClusters(in step: inout KMeansKernel.Assignment, _ centres: Matrix) {
        let empty = step.weights.indices.filter { step.weights[$0] == 0 }
        guard !empty.isEmpty else { return }
        let distances = KMeansKernel.squaredDistances(x, centres, labels: step.labels)
        let farthest = distances.indices.sorted {
            distances[$0] != distances[$1] ? distances[$0] > distances[$1] : $0 < $1
        }
        guard let first = farthest.first, distances[first] > 0 else { return }
        let d = x.columns
        for (cluster, row) in zip(empty, farthest) {
            let weight = weights?[row] ?? 1
            let old = Int(step.labels[row])
            for q in 0..<d {
                let part = x.values[row * d + q] * weight
                step.sums[old * d + q] -= part
                step.sums[cluster * d + q] = part
            }
            step.weights[cluster] = weight
            step.weights[old] -= weight
        }
    }

    /// The means of the clusters. One that is still without rows takes what stands in the place of the heaviest.
    private static func means(_ step: KMeansKernel.Assignment, _ centres: Matrix) -> Matrix {
        let d = centres.columns
        var heaviest = 0
        for j in step.weights.indices where step.weights[j] > step.weights[heaviest] { heaviest = j }
        var means = step.sums
        for (j, weight) in step.weights.enumerated() {
            let scale = 1 / weight
            for q in 0..<d {
                means[j * d + q] = weight > 0 ? means[j * d + q] * scale : means[heaviest * d + q]
            }
        }
        return Matrix(rows: centres.rows, columns: d, values: means)
    }

    /// How far each centre moved.
    private static func shifts(_ old: Matrix, _ new: Matrix) -> [Double] {
        (0..<old.rows).map { j in
            var sum = 0.0
            for q in 0..<old.columns {
                let difference = new[j, q] - old[j, q]
                sum += difference * difference
            }
            return sum.squareRoot()
        }
    }
}

/// What one start of k-means came to.
struct KMeansRun {
    let centres: Matrix
    let labels: [Int32]
    let inertia: Double
    let iterations: Int
    let converged: Bool

    /// Whether the inertia is less and the rows are grouped in another way; equal groups may differ by rounding.
    func isBetter(than other: KMeansRun) -> Bool {
        inertia < other.inertia && !groupsLike(other)
    }

    private func groupsLike(_ other: KMeansRun) -> Bool {
        var partner = [Int32](repeating: -1, count: centres.rows)
        for (a, b) in zip(labels, other.labels) {
            if partner[Int(a)] == -1 {
                partner[Int(a)] = b
            } else if partner[Int(a)] != b {
                return false
            }
        }
        return true
    }
}
