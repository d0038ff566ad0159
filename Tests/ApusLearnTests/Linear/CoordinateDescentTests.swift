import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

@Suite(.serialized) struct CoordinateDescentTests {
    @Test(arguments: [GramUse.auto, .always, .never])
    func takesTheStepsOfTheReference(precompute: GramUse) throws {
        try eachPenalizedCase("coordinate-descent") { example, x, y, weights, arguments in
            let name = try example.string("name")
            let found: Found
            if try example.string("estimator") == "Lasso" {
                var fit = try Lasso(reference: arguments)
                fit.precompute = precompute
                found = try Found(fit.fit(x, y, weights: weights), x)
            } else {
                var fit = try ElasticNet(reference: arguments)
                fit.precompute = precompute
                found = try Found(fit.fit(x, y, weights: weights), x)
            }
            try expectSame(found, example, name)
        }
    }

    @Test func takesTheStepsOfTheReferenceOnSparseRows() throws {
        try eachPenalizedCase("sparse") { example, x, y, weights, arguments in
            let name = try example.string("name")
            switch try example.string("estimator") {
            case "Lasso":
                try expectSame(
                    Found(Lasso(reference: arguments).fit(SparseMatrix(x), y, weights: weights), x), example, name)
            case "ElasticNet":
                try expectSame(
                    Found(ElasticNet(reference: arguments).fit(SparseMatrix(x), y, weights: weights), x), example,
                    name)
            default: break
            }
        }
    }

    @Test func pathsAreTheReferences() throws {
        var (x, y) = (Matrix(rows: 0, columns: 0), [Double]())
        for example in try Oracle("penalized/paths").array("cases") {
            let name = try example.string("name")
            if example.has("X") { x = try example.matrix("X") }
            if example.has("y") { y = try example.doubles("y") }
            let options = try example.object("options")
            let alphas: PathAlphas =
                if let count = try? options.int("alphas") {
                    .count(count)
                } else {
                    .values(try options.doubles("alphas"))
                }
            let isLasso = !options.has("l1_ratio")
            let eps = options.has("eps") ? try options.double("eps") : 1e-3
            for use in [GramUse.auto, .never] {
                let path =
                    isLasso
                    ? try lassoPath(x, y, alphas: alphas, precompute: use, positive: options.has("positive"))
                    : try enetPath(
                        x, y, l1Ratio: options.double("l1_ratio"), alphas: alphas, eps: eps, precompute: use)
                expectClose(path.alphas, try example.doubles("alphas"), relative: 1e-12, name)
                #expect(try path.iterations == example.ints("iterations"), "\(name)")
                expectClose(
                    path.coefficients, try example.matrix("coefficients"), relative: 1e-9, absolute: 1e-11, name)
                expectClose(path.dualGaps, try example.doubles("gaps"), relative: 1e-6, absolute: 1e-10, name)
            }
            guard !isLasso else { continue }
            let sparse = try enetPath(
                SparseMatrix(x), y, l1Ratio: options.double("l1_ratio"), alphas: alphas, eps: eps)
            expectClose(sparse.coefficients, try example.matrix("coefficients"), relative: 1e-9, absolute: 1e-11, name)
        }
    }

    @Test func beginsWhereItIsTold() throws {
        let (x, y) = drawn(rows: 200, columns: 8)
        let net = ElasticNet(alpha: 0.01, tol: 1e-8)
        let cold = try net.fit(x, y)
        let warm = try net.fit(x, y, from: cold)
        #expect(warm.iterations == 0)
        #expect(warm.converged && cold.converged)
        expectClose(warm.coefficients, cold.coefficients, relative: 1e-12, absolute: 1e-14)
        let sparse = try net.fit(SparseMatrix(x), y, from: cold)
        #expect(sparse.iterations == 0)
        let lasso = Lasso(alpha: 0.01, precompute: .never)
        #expect(try lasso.fit(x, y, from: lasso.fit(x, y)).iterations == 0)
        #expect(throws: ApusError.self) { try net.fit(x.selecting(columns: [0, 1]), y, from: cold) }
    }

    @Test func theGapBoundsTheDistanceFromTheMinimum() throws {
        let (x, y) = drawn(rows: 100, columns: 10)
        let exact = try Lasso(alpha: 0.02, maxIter: 100_000, tol: 1e-14).fit(x, y)
        for tol in [1e-1, 1e-3, 1e-6] {
            let model = try Lasso(alpha: 0.02, precompute: .never, tol: tol).fit(x, y)
            let excess = objective(model, 0.02, x, y) - objective(exact, 0.02, x, y)
            #expect(excess >= -1e-14 && excess <= model.dualGap + 1e-14)
        }
    }

    @Test(arguments: [GramUse.always, .never])
    func hasTheSameBitsForAnyNumberOfThreads(use: GramUse) throws {
        let before = Parallel.threads
        defer { Parallel.threads = before }
        let (x, y) = drawn(rows: 20_000, columns: 40)
        let models = try [1, 2, 5].map { threads in
            Parallel.threads = threads
            return (
                try Lasso(alpha: 0.01, precompute: use).fit(x, y),
                try ElasticNet(alpha: 0.01, selection: .random).fit(SparseMatrix(x), y)
            )
        }
        for model in models {
            #expect(model.0 == models[0].0 && model.1 == models[0].1)
        }
    }

    @Test func meetsConstantsAndDuplicates() throws {
        let x = try Matrix([[1, 1, 5], [2, 2, 5], [3, 3, 5], [4, 4, 5], [6, 6, 5]])
        let y = [1.0, 2, 3.5, 4, 6]
        for use in [GramUse.always, .never] {
            let model = try Lasso(alpha: 0.1, precompute: use).fit(x, y)
            #expect(model.coefficients[2] == 0 && model.converged)
            let constant = try ElasticNet(precompute: use).fit(x, [2, 2, 2, 2, 2])
            #expect(constant.coefficients == [0, 0, 0] && constant.intercept == 2 && constant.converged)
            #expect(try Lasso(precompute: use).fit(Matrix([[1, 2]]), [3]).intercept == 3)
            #expect(try Lasso(alpha: 0, precompute: use).fit(x, y).coefficients.allSatisfy(\.isFinite))
            #expect(throws: ApusError.self) {
                try Lasso(precompute: use).fit(Matrix([[1e308], [1e308], [-1e308]]), [1, 2, 3])
            }
        }
    }

    @Test func refusesDataItCannotUse() throws {
        try expectRegressorRefuses(Lasso())
        try expectRegressorRefuses(ElasticNet(alpha: 0.01))
        let (x, y) = drawn(rows: 10, columns: 2)
        let illegal = [
            ElasticNet(alpha: -1), ElasticNet(l1Ratio: 1.5), ElasticNet(maxIter: 0), ElasticNet(tol: -1),
            ElasticNet(alpha: .infinity),
        ]
        for net in illegal {
            #expect(throws: ApusError.self) { try net.fit(x, y) }
        }
        #expect(throws: ApusError.self) { try enetPath(x, y, l1Ratio: 0) }
        #expect(throws: ApusError.self) { try enetPath(x, y, alphas: .values([])) }
        #expect(throws: ApusError.self) { try enetPath(x, y, alphas: .count(0)) }
        #expect(throws: ApusError.self) { try lassoPath(SparseMatrix(x), y, alphas: .count(.max)) }
        #expect(throws: ApusError.self) { try lassoPath(x, y, eps: 0) }
        #expect(throws: ApusError.self) { try lassoPath(x, y, start: [1]) }
    }

    @Test func stopsWhenItsTaskIsCancelled() async throws {
        let (x, y) = drawn(rows: 50, columns: 5)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try Lasso(alpha: 1e-3).fit(x, y)
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func keepsItsBitsInAnArchive() throws {
        let (x, y) = drawn(rows: 30, columns: 3)
        try expectArchiveIsChecked(Lasso(alpha: 0.01).fit(x, y)) { _ = try $0.predict(x) }
        try expectArchiveIsChecked(ElasticNet(alpha: 0.01).fit(x, y)) { _ = try $0.predict(x) }
    }

    private struct Found {
        var coefficients: [Double]
        var intercept: Double
        var gap: Double
        var iterations: Int
        var prediction: [Double]

        init(_ model: Lasso.Model, _ x: Matrix) throws {
            (coefficients, intercept, gap) = (model.coefficients, model.intercept, model.dualGap)
            iterations = model.iterations
            prediction = try model.predict(x.selecting(rows: Array(0..<5)))
        }

        init(_ model: ElasticNet.Model, _ x: Matrix) throws {
            (coefficients, intercept, gap) = (model.coefficients, model.intercept, model.dualGap)
            iterations = model.iterations
            prediction = try model.predict(SparseMatrix(x.selecting(rows: Array(0..<5))))
        }
    }

    private func expectSame(_ found: Found, _ example: Oracle, _ name: String) throws {
        #expect(try found.iterations == example.int("iterations"), "\(name)")
        expectClose(found.coefficients, try example.doubles("coefficients"), relative: 1e-9, absolute: 1e-11, name)
        expectClose(found.intercept, try example.double("intercept"), relative: 1e-9, absolute: 1e-10, name)
        expectClose(found.gap, try example.double("gap"), relative: 1e-6, absolute: 1e-10, name)
        expectClose(found.prediction, try example.doubles("prediction"), relative: 1e-9, absolute: 1e-10, name)
    }

    private func objective(_ model: Lasso.Model, _ alpha: Double, _ x: Matrix, _ y: [Double]) -> Double {
        let squares = try? zip(model.predict(x), y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        return (squares ?? .nan) / Double(2 * y.count) + alpha * model.coefficients.reduce(0) { $0 + $1.magnitude }
    }
}
