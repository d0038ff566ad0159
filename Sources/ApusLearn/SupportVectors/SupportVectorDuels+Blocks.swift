import ApusCore

extension SupportVectorDuels {
    /// Solves all duels with the solver for many rows.
    func solveInBlocks(
        _ training: SVMBlockTraining, _ childSeed: UInt32?, _ counter: SupportVectorProgress
    ) throws -> [Outcome] {
        let pairs = pairs
        return try training.map(pairs.count) { (index: Int) throws -> Outcome in
            let (i, j) = pairs[index]
            let programme = problem(rows[i], rows[j])
            let solved = try training.solve(programme, groups: [i, j]) { _ in try checkCancellation() }
            guard solved.solution.threshold.isFinite, FiniteKernel.allFinite(solved.solution.multipliers) else {
                throw SupportVectorSettings.overflow
            }
            var outcome = Outcome(solution: solved.solution, calibration: nil)
            if let childSeed { outcome.calibration = try calibration(programme, i, j, training, seed: childSeed) }
            counter.advance()
            return outcome
        }
    }

    /// The sigmoid of one duel. Held-out rows stay in the programme without being able to weigh anything, so their
    /// decision values are at hand when it is solved.
    private func calibration(
        _ programme: SVMProblem, _ i: Int, _ j: Int, _ training: SVMBlockTraining, seed: UInt32
    ) throws -> PlattScaling {
        let (n, count) = (rows[i].count, rows[i].count + rows[j].count)
        let order = CalibrationFolds.order(count, seed: seed)
        var values = [Double](repeating: 0, count: count)
        for fold in 0..<CalibrationFolds.count {
            let held = CalibrationFolds.range(fold, of: count)
            var part = programme
            for place in order[held] { (part.lower[place], part.upper[place]) = (0, 0) }
            let hasFirst = part.upper.contains { $0 > 0 }
            let hasSecond = part.lower.contains { $0 < 0 }
            guard hasFirst, hasSecond else {
                for place in order[held] { values[place] = hasFirst ? 1 : (hasSecond ? -1 : 0) }
                continue
            }
            let solved = try training.solve(part, groups: [i, j]) { _ in try checkCancellation() }
            for place in order[held] { values[place] = solved.sums[place] - solved.solution.threshold }
        }
        return PlattScaling(fittedTo: values, isPositive: (0..<count).map { $0 < n })
    }
}

extension SupportVectorSettings {
    /// Solves one programme over rows without classes with the solver for many rows.
    func solveInBlocks(
        _ problem: SVMProblem, _ kernel: SVMKernel?, _ x: Matrix, _ rows: [Int], _ limits: SVMProblem.Limits,
        _ report: (Int) throws -> Void
    ) throws -> (solution: SVMProblem.Solution, isSingle: Bool) {
        let training = SVMBlockTraining(
            kernel, x, groups: [rows], problems: 1, bound: problem.upper.max() ?? 0, limits: limits)
        return (try training.solve(problem, groups: [0], report).solution, training.isSingle)
    }
}
