import ApusCore

/// Minimises `Σ sᵢ (yᵢ - xᵢ·w - b)² + alpha ‖w‖²` for one or several targets at once.
struct RidgeProblem {
    var alpha: Double
    var fitIntercept: Bool
    var solver: RidgeSolver
    var positive: Bool
    var tol: Double
    var maxIter: Int?
    var progress: ProgressHandler?

    struct Solution {
        /// A function for each target.
        var functions: [LinearFunction]
        /// The iterations for each target, or nil where the solution is direct.
        var iterations: [Int]?
        var converged: Bool
    }

    /// What a solver found, before the intercept.
    private typealias Found = (coefficients: [[Double]], iterations: [Int]?, converged: Bool)

    /// Solves for dense rows that hold finite numbers.
    ///
    /// - Parameters:
    ///   - x: n × d.
    ///   - targets: n × t.
    func solve(_ x: Matrix, _ targets: Matrix, weights: [Double]?) throws -> Solution {
        try checkChoice()
        try checkCancellation()
        if x.columns > x.rows || solver == .lsqr || solver == .sparseCG || solver == .svd, !positive {
            return try solveRows(x, targets, weights)
        }
        try LinearFunction.checkMemory(
            square: x.columns, count: 4, of: "the products of \(x.columns) columns",
            positive ? "use fewer columns" : "use solver sparseCg or lsqr")
        let sums = LinearSums(x, targets, weights: weights, centred: fitIntercept)
        guard sums.isFinite else { throw LinearFunction.overflow }
        let found: Found
        if positive {
            found = try nonNegative(sums.gram, (0..<targets.columns).map(sums.moments))
        } else if let coefficients = byCholesky(sums, x, targets, weights) {
            found = (coefficients, nil, true)
        } else {
            return try solveRows(x, targets, weights)
        }
        return try finished(found, sums.featureMeans, sums.targetMeans)
    }

    /// Solves for sparse rows that hold finite numbers.
    func solve(_ x: SparseMatrix, _ targets: Matrix, weights: [Double]?) throws -> Solution {
        try checkChoice()
        guard solver != .svd else {
            throw ApusError(
                .invalidParameter,
                "solver is svd, which needs dense rows; use auto, sparseCg, lsqr or cholesky for sparse ones.")
        }
        let transposed = x.transposed
        let problems = (0..<targets.columns).map {
            SparseLeastSquares(
                x, transposed: transposed, targets.column($0), weights: weights, centred: fitIntercept)
        }
        guard let first = problems.first, problems.allSatisfy(\.isFinite) else { throw LinearFunction.overflow }
        let found: Found
        if positive {
            found = try descend(transposed, targets, weights, problems)
        } else if solver == .cholesky {
            found = try byCholesky(x, transposed, weights, problems)
        } else {
            found = try iterate(first.operator, problems.map(\.targets), solver == .lsqr ? .lsqr : .sparseCG)
        }
        return try finished(found, first.operator.means, problems.map(\.targetMean))
    }

    private func checkChoice() throws {
        guard !positive || solver == .auto else {
            throw ApusError(
                .invalidParameter,
                "solver is \(solver.rawValue), which cannot keep coefficients from being negative; "
                    + "use solver auto with positive.")
        }
    }

    private func finished(_ found: Found, _ means: [Double], _ targetMeans: [Double]) throws -> Solution {
        let functions = try zip(found.coefficients, targetMeans).map {
            try LinearFunction(coefficients: $0, featureMeans: means, targetMean: $1)
        }
        return Solution(functions: functions, iterations: found.iterations, converged: found.converged)
    }

    // MARK: Products of columns

    /// The coefficients by the normal equations, or nil when they are too ill conditioned for that.
    private func byCholesky(
        _ sums: LinearSums, _ x: Matrix, _ targets: Matrix, _ weights: [Double]?
    ) -> [[Double]]? {
        let d = x.columns
        guard let factor = LAPACK.Cholesky(sums.gram.addingToDiagonal(alpha)), factor.reciprocalCondition > 1e-12
        else { return nil }
        let start = 1e-16 * Double(d) / factor.reciprocalCondition
        return (0..<targets.columns).map { k in
            var coefficients = factor.solve(sums.moments(k))
            var error = start
            if error <= 1e-12 { return coefficients }
            let problem = LinearKernel(
                x, targets.column(k), weights: weights, featureMeans: sums.featureMeans,
                targetMean: sums.targetMeans[k])
            while error > 1e-12 {
                var residual = problem.normalResidual(of: coefficients)
                BLAS.add(coefficients, times: -alpha, to: &residual)
                BLAS.add(factor.solve(residual), times: 1, to: &coefficients)
                error *= max(start, 1e-3)
            }
            return coefficients
        }
    }

    /// The coefficients for sparse rows by the normal equations.
    private func byCholesky(
        _ x: SparseMatrix, _ transposed: SparseMatrix, _ weights: [Double]?, _ problems: [SparseLeastSquares]
    ) throws -> Found {
        let gram = try centredGram(x, transposed, weights, problems[0].operator)
        guard let factor = LAPACK.Cholesky(gram.addingToDiagonal(alpha)), factor.reciprocalCondition > 1e-14 else {
            throw ApusError(
                .numericalFailure,
                "The columns depend on each other and alpha \(alpha) does not make up for it; "
                    + "use a larger alpha or solver lsqr.")
        }
        return (
            try problems.map { factor.solve(try $0.operator.transposedTimes($0.targets)) }, nil, true
        )
    }

    /// `(X - 1 mᵀ)ᵀ S (X - 1 mᵀ)` of sparse rows.
    private func centredGram(
        _ x: SparseMatrix, _ transposed: SparseMatrix, _ weights: [Double]?, _ rows: CenteredRows
    ) throws -> Matrix {
        let d = x.columns
        try LinearFunction.checkMemory(
            square: d, count: 3, of: "the products of \(d) columns", "use solver sparseCg or lsqr")
        var gram = LinearSparseKernel.gram(x, transposed: transposed, weights: weights)
        let total = weights.map(ColumnKernel.pairwise) ?? Double(x.rows)
        gram.withMutableValues { values in
            for i in 0..<d {
                for j in 0..<d { values[i * d + j] -= total * rows.means[i] * rows.means[j] }
            }
        }
        return gram
    }

    private func nonNegative(_ gram: Matrix, _ moments: [[Double]]) throws -> Found {
        var found: Found = ([], [], true)
        for target in moments {
            let problem = NonNegativeLeastSquares(gram: gram.addingToDiagonal(alpha), moments: target)
            let solution = try problem.solve(iterated: report(total: nil))
            found.coefficients.append(solution.x)
            found.iterations?.append(solution.iterations)
            if !solution.converged { found.converged = false }
        }
        return found
    }

    /// Non-negative coefficients for sparse rows, one after another.
    private func descend(
        _ transposed: SparseMatrix, _ targets: Matrix, _ weights: [Double]?, _ problems: [SparseLeastSquares]
    ) throws -> Found {
        let limit = maxIter ?? 15_000
        let descent = CoordinateDescent(
            l1: 0, l2: alpha, positive: true, tolerance: min(tol, 1e-4) * 1e-6, maxIterations: limit, randomState: nil)
        var found: Found = ([], [], true)
        for (k, problem) in problems.enumerated() {
            let y = targets.column(k).map { $0 - problem.targetMean }
            let columns = SparseProblem(transposed: transposed, y: y, weights: weights, means: problem.operator.means)
            let solution = try descent.minimize(columns, from: nil, iterated: report(total: limit))
            found.coefficients.append(solution.coefficients)
            found.iterations?.append(solution.iterations)
            if !solution.converged { found.converged = false }
        }
        return found
    }

    // MARK: Rows

    /// Solves from the rows themselves: iteratively, by the kernel matrix, or by singular values.
    private func solveRows(_ x: Matrix, _ targets: Matrix, _ weights: [Double]?) throws -> Solution {
        let problems = (0..<targets.columns).map {
            LinearKernel(x, targets.column($0), weights: weights, centred: fitIntercept)
        }
        guard let first = problems.first, problems.allSatisfy(\.isFinite) else { throw LinearFunction.overflow }
        let found: Found
        if solver == .lsqr || solver == .sparseCG {
            let rows = CenteredRows(x: .dense(x), means: first.featureMeans, roots: first.roots)
            found = try iterate(rows, problems.map { $0.copiedTargets }, solver)
        } else {
            try LinearFunction.checkMemory(
                square: min(x.rows, x.columns), count: 4,
                of: "the products of \(min(x.rows, x.columns)) rows or columns",
                "use solver sparseCg or lsqr")
            let features = first.copied().features
            let right = Matrix(rows: targets.columns, columns: x.rows, values: problems.flatMap(\.copiedTargets))
                .transposed
            guard FiniteKernel.allFinite(features.values), FiniteKernel.allFinite(right.values) else {
                throw LinearFunction.overflow
            }
            found = (try direct(features, right), nil, true)
        }
        return try finished(found, first.featureMeans, problems.map(\.targetMean))
    }

    /// The coefficients for centred features, by the kernel matrix where that is enough, else by singular values.
    private func direct(_ features: Matrix, _ right: Matrix) throws -> [[Double]] {
        let (n, d) = (features.rows, features.columns)
        if d > n, solver != .svd {
            let kernel = try BLAS.product(features, transposed: features).addingToDiagonal(alpha)
            if let factor = LAPACK.Cholesky(kernel), factor.reciprocalCondition > 1e-13 {
                return try (0..<right.columns).map {
                    try BLAS.product(transposed: features, factor.solve(right.column($0)))
                }
            }
        }
        // Wide rows span a space of their own number only: solve in an orthonormal basis of it.
        let basis = d > n ? try LAPACK.orthonormalFactor(features.transposed) : nil
        let reduced = try basis.map { try BLAS.product(features, $0) } ?? features
        // The penalty is as many rows more, of targets 0.
        let width = reduced.columns
        let augmented = Matrix(
            rows: n + width, columns: width, values: reduced.values + [Double](repeating: 0, count: width * width)
        ).addingToDiagonal(alpha.squareRoot(), from: n)
        let targets = Matrix(
            rows: n + width, columns: right.columns,
            values: right.values + [Double](repeating: 0, count: width * right.columns))
        let solution = try LAPACK.leastSquares(
            augmented, targets, tolerance: Double.ulpOfOne * Double(max(n, d)))
        let whole = try basis.map { try BLAS.product($0, solution.solution) } ?? solution.solution
        return (0..<right.columns).map(whole.column)
    }

    /// The coefficients by products of the rows with vectors.
    private func iterate(_ rows: CenteredRows, _ targets: [[Double]], _ solver: RidgeSolver) throws -> Found {
        var found: Found = ([], [], true)
        for target in targets {
            if solver == .lsqr {
                let limit = maxIter ?? 2 * rows.columns
                let solution = try LSQR(tolerance: tol, damp: alpha.squareRoot(), maxIterations: limit)
                    .solve(rows, target, iterated: report(total: limit))
                found.coefficients.append(solution.x)
                found.iterations?.append(solution.iterations)
                if !solution.converged { found.converged = false }
                continue
            }
            let isWide = rows.columns > rows.rows
            let limit = (isWide ? nil : maxIter) ?? 10 * min(rows.rows, rows.columns)
            let right = isWide ? target : try rows.transposedTimes(target)
            let solution = try ConjugateGradients(tolerance: tol, maxIterations: limit)
                .solve(right, iterated: report(total: limit)) { v in
                    var image =
                        isWide
                        ? try rows.times(rows.transposedTimes(v)) : try rows.transposedTimes(rows.times(v))
                    BLAS.add(v, times: alpha, to: &image)
                    return image
                }
            found.coefficients.append(isWide ? try rows.transposedTimes(solution.x) : solution.x)
            found.iterations?.append(solution.iterations)
            if !solution.converged { found.converged = false }
        }
        return found
    }

    private func report(total: Int?) -> (Int) throws -> Void {
        { done in
            progress?(ProgressUpdate(stage: "iterations", completed: done, total: total))
            try checkCancellation()
        }
    }
}

extension Matrix {
    /// The matrix with `value` added to each element (`row` + k, k).
    fileprivate func addingToDiagonal(_ value: Double, from row: Int = 0) -> Matrix {
        var sum = self
        sum.withMutableValues { values in
            for k in 0..<columns { values[(row + k) * columns + k] += value }
        }
        return sum
    }
}
