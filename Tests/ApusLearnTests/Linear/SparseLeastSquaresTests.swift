import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

@Suite(.serialized) struct SparseLeastSquaresTests {
    @Test func solvesSparseRowsAsTheReferenceDoes() throws {
        try eachPenalizedCase("sparse") { example, x, y, weights, arguments in
            let name = try example.string("name")
            let rows = SparseMatrix(x)
            let coefficients: [Double]
            let intercept: Double
            var precision = 1e-8
            switch try example.string("estimator") {
            case "LinearRegression":
                let model = try LinearRegression(reference: arguments).fit(rows, y, weights: weights)
                (coefficients, intercept) = (model.coefficients, model.intercept)
                #expect(model.rank == nil)
            case "Ridge":
                let fit = try Ridge(reference: arguments)
                let model = try fit.fit(rows, y, weights: weights)
                (coefficients, intercept) = (model.coefficients, model.intercept)
                if fit.positive { precision = 1e-4 }
                if fit.solver == .lsqr { #expect(try model.iterations == example.int("iterations"), "\(name)") }
            default: return
            }
            expectClose(
                coefficients, try example.doubles("coefficients"), relative: precision, absolute: precision, name)
            expectClose(intercept, try example.double("intercept"), relative: precision, absolute: precision, name)
        }
    }

    @Test func answersForSparseRowsWhatItAnswersForDenseOnes() throws {
        try eachPenalizedCase("sparse") { example, x, y, weights, arguments in
            guard example.has("X") else { return }
            let rows = SparseMatrix(x)
            for solver in [RidgeSolver.cholesky, .lsqr, .sparseCG] {
                let fit = Ridge(alpha: 0.5, solver: solver, tol: 1e-14, maxIter: 10_000)
                let (sparse, dense) = (try fit.fit(rows, y, weights: weights), try fit.fit(x, y, weights: weights))
                expectClose(sparse.coefficients, dense.coefficients, relative: 1e-8, absolute: 1e-9)
                expectClose(try sparse.predict(rows), try dense.predict(x), relative: 1e-8, absolute: 1e-9)
            }
            let positive = Ridge(alpha: 0.5, tol: 1e-10, positive: true)
            expectClose(
                try positive.fit(rows, y).coefficients, try positive.fit(x, y).coefficients, relative: 1e-6,
                absolute: 1e-7)
        }
    }

    @Test func keepsCoefficientsFromBeingNegativeAsTheReferenceDoes() throws {
        try eachPenalizedCase("non-negative") { example, x, y, weights, arguments in
            let name = try example.string("name")
            let model = try LinearRegression(reference: arguments).fit(x, y, weights: weights)
            #expect(model.converged && model.coefficients.allSatisfy { $0 >= 0 }, "\(name)")
            expectClose(model.coefficients, try example.doubles("coefficients"), relative: 1e-9, absolute: 1e-10, name)
            expectClose(model.intercept, try example.double("intercept"), relative: 1e-9, absolute: 1e-10, name)
        }
    }

    @Test func meetsColumnsThatMustAllBeZero() throws {
        let x = try Matrix([[1, 1], [2, 2], [3, 3]])
        let falling = try LinearRegression(positive: true).fit(x, [3, 2, 1])
        #expect(falling.coefficients == [0, 0] && falling.intercept == 2)
        let rising = try LinearRegression(positive: true).fit(x, [1, 2, 3])
        expectClose(rising.coefficients[0] + rising.coefficients[1], 1, relative: 1e-10)
        #expect(throws: ApusError.self) { try LinearRegression(positive: true).fit(SparseMatrix(x), [1, 2, 3]) }
    }

    @Test func hasTheSameBitsForAnyNumberOfThreads() throws {
        let before = Parallel.threads
        defer { Parallel.threads = before }
        let (x, y) = drawn(rows: 20_000, columns: 7)
        let rows = SparseMatrix(x)
        let models = try [1, 2, 5].map { threads in
            Parallel.threads = threads
            return (
                try LinearRegression().fit(rows, y), try LinearRegression(positive: true).fit(x, y),
                try Ridge().fit(rows, y), try Ridge(solver: .cholesky).fit(rows, y)
            )
        }
        for model in models { #expect(model == models[0]) }
    }

    @Test func refusesDataItCannotUse() throws {
        try expectRegressorRefuses(LinearRegression())
        let endless = try SparseMatrix(
            rows: 2, columns: 1 << 50, rowOffsets: [0, 1, 2], columnIndices: [0, 1], values: [1, 2])
        #expect(throws: ApusError.self) { try LinearRegression().fit(endless, [1, 2]) }
        #expect(throws: ApusError.self) { try LogisticRegression().fit(endless, Labels([1, 2])) }
    }

    @Test func keepsItsBitsInAnArchive() throws {
        let (x, y) = drawn(rows: 30, columns: 3)
        let optional: Set = ["converged"]
        for model in [
            try LinearRegression().fit(SparseMatrix(x), y), try LinearRegression(positive: true).fit(x, y),
            try LinearRegression(tol: 0).fit(SparseMatrix(x), y),
        ] {
            try expectArchiveIsChecked(model, optional: optional) { _ = try $0.predict(x) }
        }
    }
}
