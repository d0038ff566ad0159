import ApusCore

/// Least squares with L1 and L2 penalties over centred, weighted data, ready for one or many strengths of penalty.
struct ElasticNetProblem {
    /// The data in the form that is fastest for their shape.
    private enum Form {
        case products(GramProblem)
        case columns(ColumnProblem)
        case sparse(SparseProblem)
    }

    let featureMeans: [Double]
    let targetMean: Double
    let rows: Int
    private let form: Form

    /// The problem over dense rows that hold finite numbers.
    ///
    /// Weights count relative to each other only: they are scaled to sum to the number of rows.
    init(
        _ x: Matrix, _ y: [Double], weights: [Double]?, centred: Bool, gram: GramUse, tolerance: Double
    ) throws {
        let weights = ElasticNetProblem.scaled(weights)
        rows = x.rows
        if gram.decided(rows: x.rows, columns: x.columns, tolerance: tolerance) {
            try LinearFunction.checkMemory(
                square: x.columns, count: 3, of: "the products of \(x.columns) columns", "set precompute to false")
            let sums = LinearSums(x, Matrix(column: y), weights: weights, centred: centred)
            guard sums.isFinite else { throw LinearFunction.overflow }
            featureMeans = sums.featureMeans
            targetMean = sums.targetMeans[0]
            form = .products(
                GramProblem(gram: sums.gram, moments: sums.moments(), targetSquare: sums.targetSquare()))
        } else {
            let problem = LinearKernel(x, y, weights: weights, centred: centred)
            guard problem.isFinite else { throw LinearFunction.overflow }
            featureMeans = problem.featureMeans
            targetMean = problem.targetMean
            let columns = ColumnProblem(transposed: problem.copied().features.transposed, y: problem.copiedTargets)
            guard columns.targetSquare.isFinite, (0..<columns.count).allSatisfy({ columns.squaredNorm($0).isFinite })
            else { throw LinearFunction.overflow }
            form = .columns(columns)
        }
    }

    /// The problem over sparse rows that hold finite numbers.
    init(_ x: SparseMatrix, _ y: [Double], weights: [Double]?, centred: Bool) throws {
        let weights = ElasticNetProblem.scaled(weights)
        rows = x.rows
        let transposed = x.transposed
        featureMeans =
            centred
            ? SparseMatrix.means(transposed: transposed, weights: weights)
            : [Double](repeating: 0, count: x.columns)
        let mean = centred ? weightedMean(y, weights) : 0
        targetMean = mean
        let columns = SparseProblem(
            transposed: transposed, y: y.map { $0 - mean }, weights: weights, means: featureMeans)
        guard columns.targetSquare.isFinite, (0..<columns.count).allSatisfy({ columns.squaredNorm($0).isFinite })
        else { throw LinearFunction.overflow }
        form = .sparse(columns)
    }

    /// Descends from `start` with penalties `alpha * l1Ratio` and `alpha * (1 - l1Ratio)`.
    ///
    /// - Returns: The descent's result, with the gap of the mean loss.
    func minimize(
        alpha: Double, l1Ratio: Double, positive: Bool, tolerance: Double, maxIterations: Int, randomState: UInt32?,
        from start: [Double]?, iterated: (Int) throws -> Void
    ) throws -> CoordinateDescent.Result {
        let n = Double(rows)
        let descent = CoordinateDescent(
            l1: alpha * l1Ratio * n, l2: alpha * (1 - l1Ratio) * n, positive: positive, tolerance: tolerance,
            maxIterations: maxIterations, randomState: randomState)
        var result: CoordinateDescent.Result
        switch form {
        case .products(let problem): result = try descent.minimize(problem, from: start, iterated: iterated)
        case .columns(let problem): result = try descent.minimize(problem, from: start, iterated: iterated)
        case .sparse(let problem): result = try descent.minimize(problem, from: start, iterated: iterated)
        }
        result.gap /= n
        return result
    }

    /// The products of the centred columns with the targets.
    var moments: [Double] {
        let start = [Double](repeating: 0, count: featureMeans.count)
        switch form {
        case .products(let problem): return problem.state(start).slopes
        case .columns(let problem): return problem.state(start).slopes
        case .sparse(let problem): return problem.state(start).slopes
        }
    }

    private static func scaled(_ weights: [Double]?) -> [Double]? {
        guard let weights else { return nil }
        let factor = Double(weights.count) / ColumnKernel.pairwise(weights)
        return weights.map { $0 * factor }
    }
}
