import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

@Suite(.serialized) struct RidgeTests {
    @Test func fitsWhatTheReferenceFits() throws {
        try eachPenalizedCase("ridge") { example, x, y, weights, arguments in
            let name = try example.string("name")
            let fit = try Ridge(reference: arguments)
            let model = try fit.fit(x, y, weights: weights)
            let expected = try example.doubles("coefficients")
            if fit.positive {
                // The reference stops where its bounded quasi-Newton method does; this is the minimum itself.
                #expect(
                    objective(model.coefficients, model.intercept, fit.alpha, x, y, weights)
                        <= objective(expected, try example.double("intercept"), fit.alpha, x, y, weights) * (1 + 1e-12),
                    "\(name)")
                expectClose(model.coefficients, expected, relative: 1e-4, absolute: 1e-4, name)
                #expect(model.coefficients.allSatisfy { $0 >= 0 })
            } else {
                let precision = name.contains("tiny penalty") ? 1e-8 : 1e-9
                expectClose(model.coefficients, expected, relative: precision, absolute: precision / 10, name)
                expectClose(
                    model.intercept, try example.double("intercept"), relative: precision, absolute: precision, name)
                expectClose(
                    try model.predict(x.selecting(rows: Array(0..<5))), try example.doubles("prediction"),
                    relative: precision, absolute: precision, name)
            }
            if fit.solver == .lsqr { #expect(try model.iterations == example.int("iterations"), "\(name)") }
        }
    }

    @Test(arguments: [RidgeSolver.cholesky, .svd, .lsqr, .sparseCG])
    func allSolversAgree(solver: RidgeSolver) throws {
        try eachPenalizedCase("ridge") { example, x, y, weights, arguments in
            guard example.has("X") else { return }
            let model = try Ridge(alpha: 0.5, solver: solver, tol: 1e-14, maxIter: 10_000).fit(x, y, weights: weights)
            let reference = try Ridge(alpha: 0.5).fit(x, y, weights: weights)
            expectClose(model.coefficients, reference.coefficients, relative: 1e-8, absolute: 1e-10)
        }
    }

    @Test func leastSquaresIsItsLimit() throws {
        try eachPenalizedCase("ridge") { example, x, y, weights, arguments in
            guard example.has("X") else { return }
            let ridge = try Ridge(alpha: 0).fit(x, y)
            let plain = try LinearRegression(tol: 1e-12).fit(x, y)
            expectClose(ridge.coefficients, plain.coefficients, relative: 1e-9, absolute: 1e-11)
        }
    }

    @Test func meetsColumnsThatDependOnEachOther() throws {
        let x = try Matrix([[1, 1, 5], [2, 2, 5], [3, 3, 5], [4, 4, 5], [6, 6, 5]])
        let y = [1.0, 2, 3.5, 4, 6]
        for alpha in [0, 1e-300, 1e-6, 1] {
            let model = try Ridge(alpha: alpha).fit(x, y)
            expectClose(model.coefficients[0], model.coefficients[1], relative: 1e-6)
            #expect(model.coefficients[2] == 0)
        }
    }

    @Test func hasTheSameBitsForAnyNumberOfThreads() throws {
        let before = Parallel.threads
        defer { Parallel.threads = before }
        let (x, y) = drawn(rows: 20_000, columns: 7)
        for solver in RidgeSolver.allCases {
            let models = try [1, 2, 5].map { threads in
                Parallel.threads = threads
                return try Ridge(solver: solver).fit(x, y)
            }
            #expect(models[0] == models[1] && models[0] == models[2], "\(solver)")
        }
    }

    @Test func refusesDataItCannotUse() throws {
        try expectRegressorRefuses(Ridge())
        let x = try Matrix([[1, 2], [3, 4], [5, 7]])
        let y = [1.0, 2, 3]
        #expect(throws: ApusError.self) { try Ridge(alpha: -1).fit(x, y) }
        #expect(throws: ApusError.self) { try Ridge(solver: .svd, positive: true).fit(x, y) }
        #expect(throws: ApusError.self) { try Ridge(solver: .svd).fit(SparseMatrix(x), y) }
        #expect(throws: ApusError.self) { try Ridge().fit(Matrix([[1e308], [1e308], [-1e308]]), y) }
        #expect(throws: ApusError.self) { try Ridge(solver: .lsqr).fit(Matrix([[1e200], [1e200], [-1e200]]), y) }
    }

    @Test func keepsItsBitsInAnArchive() throws {
        let x = try Matrix([[1, 2], [3, 4], [5, 7], [-1, 0.1]])
        for solver in [RidgeSolver.auto, .lsqr] {
            let model = try Ridge(solver: solver).fit(x, [1, 2, 3, 0.3])
            try expectArchiveIsChecked(model, optional: ["iterations"]) { _ = try $0.predict(x) }
        }
    }

    private func objective(
        _ w: [Double], _ b: Double, _ alpha: Double, _ x: Matrix, _ y: [Double], _ weights: [Double]?
    ) -> Double {
        var sum = alpha * w.reduce(0) { $0 + $1 * $1 }
        for i in y.indices {
            let residual = y[i] - b - zip(x.row(i), w).reduce(0) { $0 + $1.0 * $1.1 }
            sum += (weights?[i] ?? 1) * residual * residual
        }
        return sum
    }
}

/// Uniform features and a noisy sum of them.
func drawn(rows: Int, columns: Int, seed: UInt32 = 1) -> (Matrix, [Double]) {
    var random = RandomState(seed: seed)
    let x = Matrix(rows: rows, columns: columns, values: random.uniform(count: rows * columns))
    let noise = random.uniform(count: rows)
    return (x, (0..<rows).map { x[$0, 0] - 2 * x[$0, columns - 1] + noise[$0] })
}

/// Expects that a regressor refuses whatever cannot be fitted or predicted, dense and sparse.
func expectRegressorRefuses<Fit: SparseRegressor>(
    _ fit: Fit, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let x = try Matrix([[1, 2], [3, 4], [5, 7]])
    let y = [1.0, 2, 3]
    let bad: [(Matrix, [Double], [Double]?)] = [
        (Matrix(rows: 0, columns: 2), [], nil), (Matrix(rows: 3, columns: 0), y, nil),
        (try Matrix([[1, .nan], [3, 4], [5, 7]]), y, nil), (try Matrix([[1, 2], [3, .infinity], [5, 7]]), y, nil),
        (x, [1, 2], nil), (x, [1, 2, .nan], nil), (x, y, [1, 2]), (x, y, [1, -1, 1]), (x, y, [0, 0, 0]),
        (x, y, [1, .nan, 1]),
    ]
    for (x, y, weights) in bad {
        #expect(throws: ApusError.self, sourceLocation: sourceLocation) { try fit.fit(x, y, weights: weights) }
        #expect(throws: ApusError.self, sourceLocation: sourceLocation) {
            try fit.fit(SparseMatrix(x), y, weights: weights)
        }
    }
    for model in [try fit.fit(x, y), try fit.fit(SparseMatrix(x), y)] {
        for x in [try Matrix([[1, 2, 3]]), try Matrix([[1, .nan]]), Matrix(rows: 0, columns: 2)] {
            #expect(throws: ApusError.self, sourceLocation: sourceLocation) { try model.predict(x) }
            #expect(throws: ApusError.self, sourceLocation: sourceLocation) { try model.predict(SparseMatrix(x)) }
        }
    }
    let same = try fit.fit(x, y, weights: [1, 1, 1]).predict(x)
    expectClose(same, try fit.fit(x, y).predict(x), relative: 1e-12, sourceLocation: sourceLocation)
}
