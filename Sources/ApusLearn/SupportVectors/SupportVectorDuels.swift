import ApusCore

/// One-against-one training: a machine for each pair of classes.
struct SupportVectorDuels: Sendable {
    /// Which programme each pair solves.
    enum Kind: Sendable {
        /// Multipliers up to C.
        case c(Double)
        /// A share ν of margin errors.
        case nu(Double)
    }

    let settings: SupportVectorSettings
    let kind: Kind
    let seed: UInt32?
    let x: Matrix
    let kernel: SVMKernel?
    /// For each class its rows, ascending.
    let rows: [[Int]]
    /// The weight of each row of `x`.
    let weights: [Double]

    /// The duels of classes (0, 1), (0, 2), …, (1, 2), ….
    var pairs: [(Int, Int)] { rows.indices.flatMap { i in (i + 1..<max(i + 1, rows.count)).map { (i, $0) } } }

    /// What one duel ended with.
    struct Outcome: Sendable {
        var solution: SVMProblem.Solution
        var calibration: PlattScaling?
    }

    /// Prepares the duels.
    ///
    /// - Parameters:
    ///   - y: The class of each row, all of them present.
    ///   - weights: The weight of each row; those without weight are left out.
    ///   - seed: The seed of the folds for calibration; nil for no probabilities.
    /// - Throws: `ApusError` when a class has no row of positive weight, there are too many classes, or ν is too large.
    init(
        _ settings: SupportVectorSettings, _ kind: Kind, x: Matrix, y: Labels, weights: [Double], seed: UInt32?
    ) throws {
        self.settings = settings
        self.kind = kind
        self.seed = seed
        self.x = x
        self.weights = weights
        let count = y.classes.count
        try Self.checkMemory(rows: x.rows, classes: count)
        kernel = try settings.kernel(for: x)
        var rows = [[Int]](repeating: [], count: count)
        for (i, code) in y.codes.enumerated() where weights[i] > 0 { rows[code].append(i) }
        self.rows = rows
        if let empty = rows.firstIndex(where: \.isEmpty) {
            throw ApusError(
                .invalidInput,
                "Class \(y.classes.names[empty]) has no row of positive weight; give it weight or leave its rows out.")
        }
        if case .nu(let nu) = kind {
            let sums = rows.map { $0.reduce(0) { $0 + weights[$1] } }
            for (i, j) in pairs where nu * (sums[i] + sums[j]) / 2 > min(sums[i], sums[j]) {
                let most = 2 * min(sums[i], sums[j]) / (sums[i] + sums[j])
                throw ApusError(
                    .invalidParameter,
                    "nu is \(nu), but for the classes \(y.classes.names[i]) and \(y.classes.names[j]) it can be at most "
                        + "\(most), as the smaller must hold half of the margin errors.")
            }
        }
    }

    /// Throws when one-against-one would not fit into any machine's memory.
    private static func checkMemory(rows: Int, classes: Int) throws {
        let coefficients = Double(classes - 1) * Double(rows) * 8
        let pairs = Double(classes) * Double(classes - 1) / 2 * 64
        let gigabytes = (coefficients + pairs) / 1e9
        guard gigabytes <= 16 else {
            throw ApusError(
                .invalidInput,
                "One-against-one training of \(classes) classes on \(rows) rows may need \(Int(gigabytes)) GB; "
                    + "check that y holds classes and not numbers, or take fewer classes.")
        }
    }

    /// Solves all duels.
    ///
    /// - Returns: What they ended with, and whether kernel values were computed in single precision.
    func solve(_ progress: ProgressHandler?) throws -> (outcomes: [Outcome], isSingle: Bool) {
        let pairs = pairs
        let counter = SupportVectorProgress(total: pairs.count, progress)
        let childSeed = seed.map { seed in
            var random = RandomState(seed: seed)
            return random.childSeed()
        }
        if case .c(let c) = kind, settings.takesBlocks(x) {
            let training = SVMBlockTraining(
                kernel, x, groups: rows, problems: pairs.count, bound: c * (weights.max() ?? 1),
                limits: settings.limits(sharedBy: 1))
            return (try solveInBlocks(training, childSeed, counter), training.isSingle)
        }
        let limits = settings.limits(sharedBy: min(Parallel.threads, pairs.count))
        let outcomes = try Parallel.tryMap(pairs.count) { (index: Int) throws -> Outcome in
            let (i, j) = pairs[index]
            var outcome = Outcome(solution: try solve(rows[i], rows[j], limits), calibration: nil)
            if let childSeed { outcome.calibration = try calibration(i, j, seed: childSeed, limits) }
            counter.advance()
            return outcome
        }
        return (outcomes, false)
    }

    /// The programme of the rows `first`, which count as positive, against `second`.
    func problem(_ first: [Int], _ second: [Int]) -> SVMProblem {
        let (n, m) = (first.count, second.count)
        switch kind {
        case .c(let c):
            let bounds = (first + second).map { weights[$0] * c }
            return SVMProblem(
                linear: [Double](repeating: -1, count: n) + [Double](repeating: 1, count: m),
                lower: [Double](repeating: 0, count: n) + bounds[n...].map { -$0 },
                upper: bounds[..<n] + [Double](repeating: 0, count: m))
        case .nu(let nu):
            let bounds = (first + second).map { weights[$0] }
            var total = 0.0
            for bound in bounds { total += nu * bound }
            // A fold may hold too few rows of a class for ν; then ν is as large as it can be.
            let half = min(total / 2, bounds[..<n].reduce(0, +), bounds[n...].reduce(0, +))
            func filled(_ bounds: ArraySlice<Double>) -> [Double] {
                var left = half
                return bounds.map { bound in
                    let value = min(bound, left)
                    left -= value
                    return value
                }
            }
            return SVMProblem(
                linear: [Double](repeating: 0, count: n + m),
                lower: [Double](repeating: 0, count: n) + bounds[n...].map { -$0 },
                upper: bounds[..<n] + [Double](repeating: 0, count: m),
                start: filled(bounds[..<n]) + filled(bounds[n...]).map { -$0 }, isGrouped: true)
        }
    }

    private func solve(_ first: [Int], _ second: [Int], _ limits: SVMProblem.Limits) throws -> SVMProblem.Solution {
        let solver = SVMSequentialSolver(
            problem(first, second), kernel: kernel, x, rows: first + second, limits: limits)
        let solution = try solver.solve { _ in try checkCancellation() }
        return try scaled(solution)
    }

    /// A solution of a ν programme in the scale of decisions: divided by the margin.
    private func scaled(_ solution: SVMProblem.Solution) throws -> SVMProblem.Solution {
        var solution = solution
        if case .nu = kind {
            let margin = solution.margin
            solution.multipliers = solution.multipliers.map { $0 / margin }
            solution.threshold /= margin
            solution.objective /= margin * margin
        }
        guard solution.threshold.isFinite, FiniteKernel.allFinite(solution.multipliers) else {
            if case .nu = kind {
                throw ApusError(
                    .numericalFailure,
                    "The classes leave no margin for this nu: all their rows look alike. Check the data, or lower nu.")
            }
            throw SupportVectorSettings.overflow
        }
        return solution
    }

    // MARK: Calibration

    /// The sigmoid that turns decision values of classes i against j into probabilities of i, fitted to the values that
    /// machines trained on four fifths of the rows give to the others.
    private func calibration(_ i: Int, _ j: Int, seed: UInt32, _ limits: SVMProblem.Limits) throws -> PlattScaling {
        let all = rows[i] + rows[j]
        let isFirst = [Bool](repeating: true, count: rows[i].count) + [Bool](repeating: false, count: rows[j].count)
        let order = CalibrationFolds.order(all.count, seed: seed)
        var values = [Double](repeating: 0, count: all.count)
        for fold in 0..<CalibrationFolds.count {
            let held = CalibrationFolds.range(fold, of: all.count)
            let kept = order[..<held.lowerBound] + order[held.upperBound...]
            let first = kept.filter { isFirst[$0] }
            let second = kept.filter { !isFirst[$0] }
            if first.isEmpty || second.isEmpty {
                let value = first.isEmpty ? (second.isEmpty ? 0.0 : -1.0) : 1.0
                for place in order[held] { values[place] = value }
                continue
            }
            // The reference's order: the negative class first.
            let training = (second + first).map { all[$0] }
            let solution = try solve(second.map { all[$0] }, first.map { all[$0] }, limits)
            let support = solution.multipliers.indices.filter { solution.multipliers[$0] != 0 }
            let vectors = SupportVectors(
                settings: settings, kernel: kernel, isSingle: false, x: x, indices: support.map { training[$0] },
                counts: [support.count],
                coefficients: Matrix(
                    rows: 1, columns: support.count, values: support.map { solution.multipliers[$0] }))
            let sums = try vectors.sums(x.selecting(rows: order[held].map { all[$0] }), of: "calibration")[0].values
            for (place, sum) in zip(order[held], sums) { values[place] = -(sum - solution.threshold) }
        }
        return PlattScaling(fittedTo: values, isPositive: isFirst)
    }
}
