import ApusCore

/// The fitted facts of a support-vector machine without classes: one sum over support vectors.
public struct SupportVectorSum: Sendable, Hashable {
    /// The support vectors; `coefficients` has one row.
    public let vectors: SupportVectors
    /// What is added to the sum.
    public let intercept: Double
    /// What training reached of the dual objective, to be maximised.
    public let dualObjective: Double
    /// How many pairs of multipliers were moved.
    public let iterations: Int
    /// Whether training reached its tolerance.
    public let converged: Bool

    /// Trains a machine on the rows of positive weight.
    ///
    /// - Parameters:
    ///   - settings: What it is told.
    ///   - problem: Makes the programme of the rows with the given indices.
    ///   - doubled: Whether each row has two multipliers, which are added.
    init(
        _ settings: SupportVectorSettings, _ x: Matrix, weights: [Double], doubled: Bool, _ progress: ProgressHandler?,
        _ problem: ([Int]) -> SVMProblem
    ) throws {
        let kernel = try settings.kernel(for: x)
        let rows = weights.indices.filter { weights[$0] > 0 }
        let programme = problem(rows)
        let limits = settings.limits(sharedBy: 1)
        let report: (Int) throws -> Void = { done in
            try checkCancellation()
            progress?(ProgressUpdate(stage: "iterations", completed: done, total: settings.maxIter))
        }
        let isSingle: Bool
        let solution: SVMProblem.Solution
        if !programme.isGrouped, settings.takesBlocks(x) {
            (solution, isSingle) = try settings.solveInBlocks(programme, kernel, x, rows, limits, report)
        } else {
            let solver = SVMSequentialSolver(programme, kernel: kernel, x, rows: rows, limits: limits)
            solution = try solver.solve(report)
            isSingle = false
        }
        guard solution.threshold.isFinite, FiniteKernel.allFinite(solution.multipliers) else {
            throw SupportVectorSettings.overflow
        }
        var coefficients = Array(solution.multipliers[..<rows.count])
        if doubled { for k in rows.indices { coefficients[k] += solution.multipliers[rows.count + k] } }
        let support = rows.indices.filter { coefficients[$0] != 0 }
        vectors = SupportVectors(
            settings: settings, kernel: kernel, isSingle: isSingle, x: x, indices: support.map { rows[$0] },
            counts: [support.count],
            coefficients: Matrix(rows: 1, columns: support.count, values: support.map { coefficients[$0] }))
        intercept = solution.threshold == 0 ? 0 : -solution.threshold
        dualObjective = solution.objective == 0 ? 0 : -solution.objective
        iterations = solution.iterations
        converged = solution.converged
    }

    /// The sum of each row with the intercept.
    func values(_ x: Matrix, of model: String) throws -> [Double] {
        try vectors.sums(x, of: model)[0].values.map { $0 + intercept }
    }

    /// Puts the machine into an archive.
    func encode(into archive: inout ModelArchive) {
        vectors.encode(into: &archive)
        archive.store(.double(intercept), as: "intercept")
        archive.store(.double(dualObjective), as: "dualObjective")
        archive.store(.int(iterations), as: "iterations")
        archive.store(.bool(converged), as: "converged")
    }

    /// Takes the machine out of an archive.
    init(from archive: ModelArchive) throws {
        vectors = try SupportVectors(from: archive, parts: 1, decisions: 1)
        intercept = try archive.double("intercept")
        dualObjective = try archive.double("dualObjective")
        iterations = try archive.int("iterations")
        converged = try archive.bool("converged")
    }
}
