/// Trains machines over groups of many rows.
@_documentation(visibility: internal)
public struct SVMBlockTraining: Sendable {
    private let rows: SVMBlockRows
    private let shared: SVMSharedRows
    private let limits: SVMProblem.Limits
    private let ownBytes: Int
    private let isWide: Bool

    /// Whether kernel values are computed in single precision.
    public var isSingle: Bool { rows.isSingle }

    /// Prepares training.
    ///
    /// - Parameters:
    ///   - kernel: The kernel function, or nil when `x` holds kernel values.
    ///   - x: n × d rows, or n × n kernel values.
    ///   - groups: For each group the rows that belong to it.
    ///   - problems: How many problems there will be; few ones are each spread over the cores, many are solved side by
    /// side.
    ///   - bound: The largest bound of a multiplier.
    ///   - limits: When to stop.
    public init(
        _ kernel: SVMKernel?, _ x: Matrix, groups: [[Int]], problems: Int, bound: Double, limits: SVMProblem.Limits
    ) {
        rows = SVMBlockRows(kernel, x, groups: groups, bound: bound, tolerance: limits.tolerance)
        self.limits = limits
        isWide = problems < 2 * Parallel.threads
        // Rows of a group with itself serve all its problems, those with another group one.
        let ownShare = groups.count == 1 ? 0 : (groups.count == 2 ? 0.5 : 0.25)
        let atOnce = isWide ? 1 : Parallel.threads
        ownBytes = Int(Double(limits.cacheBytes) * ownShare) / atOnce
        shared = SVMSharedRows(counts: rows.padded, bytes: Int(Double(limits.cacheBytes) * (1 - ownShare)))
    }

    /// The results of `body` for each of `count` problems, side by side or one after the other.
    public func map<Result: Sendable>(_ count: Int, _ body: @Sendable (Int) throws -> Result) throws -> [Result] {
        try isWide ? (0..<count).map(body) : Parallel.tryMap(count, body)
    }

    /// Solves one problem over one or two groups.
    ///
    /// - Returns: The solution, and Σ β K of every row of the groups.
    public func solve(
        _ problem: SVMProblem, groups: [Int], _ stepped: (Int) throws -> Void
    ) throws -> (solution: SVMProblem.Solution, sums: [Double]) {
        let solver = SVMBlockSolver(
            problem, rows, segments: groups, shared: shared, ownBytes: ownBytes, isWide: isWide)
        let solution = try solver.solve(
            tolerance: limits.tolerance, iterations: limits.most(problem.linear.count), stepped)
        return (solution, solver.sums)
    }
}
