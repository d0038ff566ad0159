import ApusCore
import ApusLearn
import ApusTestSupport
import Foundation
import Testing

@Suite(.serialized) struct LogisticPenaltyTests {
    @Test func endsAtTheMinimumThatTheReferenceSeeks() throws {
        try eachCase("logistic-penalties") { example, x, y, weights, arguments in
            let name = try example.string("name")
            let fit = try LogisticRegression(reference: arguments)
            let models = [
                try fit.fit(x, y, weights: weights), try fit.fit(SparseMatrix(x), y, weights: weights),
            ]
            let references = [("coefficients", "intercepts"), ("coarse", "coarseIntercepts")]
            let lowest = try references.map {
                try objective(fit, x, y, weights, example.matrix($0.0), example.doubles($0.1))
            }
            let settled = try example.bool("settled")
            for model in models {
                #expect(model.converged && model.iterations < 50, "\(name): \(model.iterations)")
                let own = try objective(fit, x, y, weights, model.coefficients, model.intercepts)
                #expect(own <= lowest[0] + 1e-11 && own <= lowest[1] + 1e-11, "\(name): \(own) \(lowest)")
                guard settled else { continue }
                expectClose(
                    model.coefficients, try example.matrix("coefficients"), relative: 1e-4, absolute: 1e-4, name)
                if model.classes.count == 2 {
                    expectClose(
                        model.intercepts, try example.doubles("intercepts"), relative: 1e-4, absolute: 1e-4, name)
                }
                // Without any feature equal intercepts tie, and rounding decides.
                if model.coefficients.values.contains(where: { $0 != 0 }) {
                    #expect(try model.predict(x).integers == example.ints("prediction"), "\(name)")
                }
                let zeros = zip(model.coefficients.values, try example.matrix("coefficients").values)
                #expect(zeros.allSatisfy { ($0 == 0) == ($1 == 0) || $1.magnitude < 1e-4 }, "\(name)")
            }
        }
    }

    @Test func takesThePathOfTheReferenceWithOtherSolversAndSparseRows() throws {
        try eachCase("logistic-solvers") { example, x, y, weights, arguments in
            let name = try example.string("name")
            let fit = try LogisticRegression(reference: arguments)
            let model =
                try example.bool("sparse")
                ? fit.fit(SparseMatrix(x), y, weights: weights) : fit.fit(x, y, weights: weights)
            #expect(try model.iterations == example.int("iterations"), "\(name)")
            let precision = model.iterations > 20 ? 1e-7 : 1e-9
            expectClose(
                model.coefficients, try example.matrix("coefficients"), relative: precision, absolute: precision, name)
            expectClose(
                model.intercepts, try example.doubles("intercepts"), relative: precision, absolute: precision, name)
            #expect(try model.predict(x).integers == example.ints("prediction"), "\(name)")
            #expect(try model.predict(SparseMatrix(x)).integers == example.ints("prediction"), "\(name)")
            expectClose(
                try model.predictProba(SparseMatrix(x)), try model.predictProba(x), relative: 1e-9, absolute: 1e-12)
        }
    }

    @Test(arguments: [2, 3])
    func allSolversAgreeOnTheMinimum(classes: Int) throws {
        let (x, y) = try drawn(rows: 300, columns: 5, classes: classes)
        let exact = try LogisticRegression(tol: 1e-10, maxIter: 1000, solver: .newtonCholesky).fit(x, y)
        for solver in [LogisticSolver.lbfgs, .coordinateDescent] {
            let model = try LogisticRegression(tol: 1e-9, maxIter: 1000, solver: solver).fit(x, y)
            expectClose(model.coefficients, exact.coefficients, relative: 1e-4, absolute: 1e-5)
        }
        // The descent without an explicit Hessian: more coefficients than it is formed for.
        let (wide, labels) = try drawn(rows: 120, columns: 900 / max(1, classes - 1), classes: classes)
        let fit = LogisticRegression(c: 0.5, l1Ratio: 0.5, maxIter: 100)
        let (dense, sparse) = (try fit.fit(wide, labels), try fit.fit(SparseMatrix(wide), labels))
        #expect(dense.converged && sparse.converged)
        expectClose(dense.coefficients, sparse.coefficients, relative: 1e-5, absolute: 1e-7)
        #expect(try dense.predict(wide) == sparse.predict(SparseMatrix(wide)))
        #expect(dense.coefficients.values.contains(0))
    }

    @Test func withoutAPenaltyNewtonAgreesWithTheOthersOnManyClasses() throws {
        let (x, y) = try drawn(rows: 400, columns: 3, classes: 3)
        let newton = try LogisticRegression(c: .infinity, tol: 1e-9, solver: .newtonCholesky).fit(x, y)
        let plain = try LogisticRegression(c: .infinity, tol: 1e-9, maxIter: 2000).fit(x, y)
        #expect(newton.converged)
        expectClose(try newton.predictProba(x), try plain.predictProba(x), relative: 1e-3, absolute: 1e-4)
        expectClose(newton.coefficients, plain.coefficients, relative: 1e-3, absolute: 1e-3)
    }

    @Test func fallsBackWhereTheHessianIsSingular() throws {
        let x = try Matrix([[1, 1], [2, 2], [3, 3], [4, 4], [2.5, 2.5]])
        let model = try LogisticRegression(c: .infinity, solver: .newtonCholesky).fit(x, Labels([0, 1, 0, 1, 1]))
        #expect(model.converged && model.coefficients.values.allSatisfy(\.isFinite))
    }

    @Test func beginsWhereItIsTold() throws {
        let (x, y) = try drawn(rows: 300, columns: 4, classes: 3)
        for fit in [LogisticRegression(), LogisticRegression(l1Ratio: 1), LogisticRegression(solver: .newtonCholesky)] {
            let cold = try fit.fit(x, y)
            let warm = try fit.fit(x, y, from: cold)
            #expect(warm.iterations <= 1 && warm.converged)
            #expect(try fit.fit(SparseMatrix(x), y, from: cold).iterations <= 1)
        }
        let other = try LogisticRegression().fit(x, Labels(y.codes.map { $0 == 0 ? 0 : 1 }))
        #expect(throws: ApusError.self) { try LogisticRegression().fit(x, y, from: other) }
        #expect(throws: ApusError.self) {
            try LogisticRegression().fit(x.selecting(columns: [0]), y, from: LogisticRegression().fit(x, y))
        }
    }

    /// Most elements zero and so many of them that dense rows are handled as sparse ones: both kernels must agree.
    @Test func pixelsAreHandledAsTheSparseRowsTheyAre() throws {
        var random = RandomState(seed: 3)
        let values = random.uniform(count: 1000 * 80).map { $0 < 0.8 ? 0 : $0 }
        let x = Matrix(rows: 1000, columns: 80, values: values)
        let y = Labels((0..<1000).map { x[$0, 0] + x[$0, 1] > 0.4 ? 2 : (x[$0, 2] > 0.3 ? 1 : ($0 % 17 == 0 ? 3 : 0)) })
        let thin = try LogisticRegression(maxIter: 10).fit(x, y)
        // A shift of one column by a constant hides the zeros from the count but not from the loss.
        let dense = try LogisticRegression(maxIter: 10).fit(
            SparseMatrix(x).dense.appending(
                columns: Matrix(rows: 1000, columns: 60, values: [Double](repeating: 1e-300, count: 60_000))),
            y)
        expectClose(
            thin.coefficients, dense.coefficients.selecting(columns: Array(0..<80)), relative: 1e-9, absolute: 1e-11)
    }

    @Test(arguments: [
        LogisticRegression(l1Ratio: 1, maxIter: 2), LogisticRegression(maxIter: 2, solver: .newtonCholesky),
        LogisticRegression(maxIter: 5),
    ])
    func hasTheSameBitsForAnyNumberOfThreads(fit: LogisticRegression) throws {
        let before = Parallel.threads
        defer { Parallel.threads = before }
        let (x, y) = try drawn(rows: 5000, columns: 3, classes: 3)
        let rows = SparseMatrix(x)
        let models = try [1, 2, 5].map { threads in
            Parallel.threads = threads
            return (try fit.fit(x, y), try fit.fit(rows, y))
        }
        for model in models { #expect(model == models[0]) }
    }

    @Test func takesTheReferencesParameters() throws {
        var fit = LogisticRegression()
        try LogisticRegression.parameter(named: "c").set(text: "inf", in: &fit)
        #expect(fit.c == .infinity && fit == LogisticRegression(c: .infinity))
        #expect(fit.parameterValues["c"] == "inf")
        #expect(try LogisticRegression(parameters: fit.parameterValues) == fit)
        try LogisticRegression.parameter(named: "l1_ratio").set(text: "0.5", in: &fit)
        try LogisticRegression.parameter(named: "solver").set(text: "newton_cholesky", in: &fit)
        #expect(fit.l1Ratio == 0.5 && fit.solver == .newtonCholesky)
        let (x, y) = try drawn(rows: 20, columns: 2, classes: 2)
        for fit in [
            LogisticRegression(c: .nan), LogisticRegression(l1Ratio: 2), LogisticRegression(l1Ratio: 1, solver: .lbfgs),
            LogisticRegression(l1Ratio: 0.1, solver: .newtonCholesky),
        ] {
            let error = #expect(throws: ApusError.self) { try fit.fit(x, y) }
            #expect(error?.code == .invalidParameter)
        }
    }

    @Test func refusesSparseDataItCannotUse() throws {
        let x = try Matrix([[1, 2], [3, 4], [5, 7]])
        let y = Labels([0, 1, 1])
        for fit in [LogisticRegression(), LogisticRegression(l1Ratio: 1), LogisticRegression(solver: .newtonCholesky)] {
            #expect(throws: ApusError.self) { try fit.fit(SparseMatrix(Matrix([[1, .nan], [3, 4], [5, 7]])), y) }
            #expect(throws: ApusError.self) { try fit.fit(SparseMatrix(x), Labels([0, 1])) }
            #expect(throws: ApusError.self) { try fit.fit(SparseMatrix(x), Labels([1, 1, 1])) }
            #expect(throws: ApusError.self) { try fit.fit(SparseMatrix(x), y, weights: [1, -1, 1]) }
            #expect(throws: ApusError.self) { try fit.fit(Matrix([[1e300, 2], [-1e300, 4], [5, 7]]), y) }
            let model = try fit.fit(SparseMatrix(x), y)
            #expect(throws: ApusError.self) { try model.predict(SparseMatrix(Matrix([[1, 2, 3]]))) }
            let empty = try fit.fit(SparseMatrix(Matrix(rows: 3, columns: 2)), y)
            #expect(empty.coefficients.values == [0, 0])
            let three = try fit.fit(SparseMatrix(Matrix(rows: 3, columns: 2)), Labels([0, 1, 2]))
            #expect(three.coefficients.values.allSatisfy { $0 == 0 })
        }
    }

    @Test func refusesAHessianThatDoesNotFitIntoMemory() {
        let x = Matrix(rows: 2, columns: 40_000)
        let error = #expect(throws: ApusError.self) {
            try LogisticRegression(solver: .newtonCholesky).fit(x, Labels([0, 1]))
        }
        #expect(error?.message.contains("GB") == true)
    }

    private func drawn(rows: Int, columns: Int, classes: Int) throws -> (Matrix, Labels) {
        var random = RandomState(seed: 7)
        let x = Matrix(rows: rows, columns: columns, values: random.gaussian(count: rows * columns))
        let noise = random.gaussian(count: rows)
        return (
            x,
            Labels(
                (0..<rows).map { i in
                    let score = x[i, 0] - x[i, 1] + 0.5 * noise[i]
                    return classes == 2 ? (score > 0 ? 1 : 0) : (score < -0.7 ? 0 : (score < 0.7 ? 1 : 2))
                })
        )
    }

    private func eachCase(
        _ fixture: String, _ body: (Oracle, Matrix, Labels, [Double]?, Oracle) throws -> Void
    ) throws {
        var (x, y, weights) = (Matrix(rows: 0, columns: 0), Labels([Int]()), [Double]())
        for example in try Oracle("penalized/\(fixture)").array("cases") {
            if example.has("X") { x = try example.matrix("X") }
            if example.has("y") { y = Labels(try example.ints("y")) }
            if example.has("weights") { weights = try example.doubles("weights") }
            try body(
                example, x, y, example.bool("weighted") ? weights : nil, example.object("arguments"))
        }
    }

    /// The mean loss with penalties, written out plainly.
    private func objective(
        _ fit: LogisticRegression, _ x: Matrix, _ y: Labels, _ weights: [Double]?, _ coefficients: Matrix,
        _ intercepts: [Double]
    ) throws -> Double {
        let rowWeights = try fit.classWeight.weights(for: y, sampleWeights: weights)
        let total = rowWeights.reduce(0, +)
        var loss = 0.0
        for i in 0..<x.rows {
            var scores = (0..<coefficients.rows).map { k in
                intercepts[k] + zip(x.row(i), coefficients.row(k)).reduce(0) { $0 + $1.0 * $1.1 }
            }
            if scores.count == 1 { scores = [0, scores[0]] }
            let largest = scores.max() ?? 0
            let sum = scores.reduce(0) { $0 + exp($1 - largest) }
            loss += rowWeights[i] * (largest + log(sum) - scores[y.codes[i]])
        }
        let square = coefficients.values.reduce(0) { $0 + $1 * $1 }
        let magnitude = coefficients.values.reduce(0) { $0 + $1.magnitude }
        return (loss + (fit.l1Ratio * magnitude + 0.5 * (1 - fit.l1Ratio) * square) / fit.c) / total
    }
}
