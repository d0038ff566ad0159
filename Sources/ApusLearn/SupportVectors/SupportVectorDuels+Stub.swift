import ApusCore

extension SupportVectorDuels {
    func solveInBlocks(
        _ c: Double, _ pairs: [(Int, Int)], _ childSeed: UInt32?, _ counter: SupportVectorProgress
    ) throws -> [Outcome] { [] }
}

extension SupportVectorDuels {
    var isSingle: Bool { false }
}

extension SupportVectorSettings {
    func solveInBlocks(
        _ problem: SVMProblem, _ kernel: SVMKernel?, _ x: Matrix, _ rows: [Int], _ limits: SVMProblem.Limits,
        _ report: (Int) throws -> Void
    ) throws -> (SVMProblem.Solution, Bool) {
        let solver = SVMSequentialSolver(problem, kernel: kernel, x, rows: rows, limits: limits)
        return (try solver.solve(report), false)
    }
}
