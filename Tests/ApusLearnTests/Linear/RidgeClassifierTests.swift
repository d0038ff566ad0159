import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

@Suite(.serialized) struct RidgeClassifierTests {
    @Test func fitsWhatTheReferenceFits() throws {
        try eachCase { example, x, y, weights, arguments in
            let name = try example.string("name")
            let fit = try estimator(arguments)
            let model = try fit.fit(x, y, weights: weights)
            expectClose(
                model.coefficients, try example.matrix("coefficients"), relative: 1e-8, absolute: 1e-9, name)
            expectClose(model.intercepts, try example.doubles("intercepts"), relative: 1e-8, absolute: 1e-9, name)
            let head = x.selecting(rows: Array(0..<8))
            expectClose(
                try model.decisionFunction(head).values, try example.doubles("decision"), relative: 1e-8,
                absolute: 1e-8, name)
            #expect(try model.predict(x).integers == example.ints("prediction"), "\(name)")
            let sparse = try RidgeClassifier(
                alpha: fit.alpha, fitIntercept: fit.fitIntercept, classWeight: fit.classWeight, solver: .cholesky
            ).fit(SparseMatrix(x), y, weights: weights)
            expectClose(sparse.coefficients, model.coefficients, relative: 1e-6, absolute: 1e-7, name)
            #expect(try sparse.predict(SparseMatrix(x)) == model.predict(x), "\(name)")
        }
    }

    @Test func saysThatItGivesNoProbabilities() throws {
        let x = try Matrix([[0], [1], [2]])
        let model = try RidgeClassifier().fit(x, Labels(["a", "b", "b"]))
        #expect(!model.givesProbabilities)
        let error = #expect(throws: ApusError.self) { try model.predictProba(x) }
        #expect(error?.code == .unavailable)
        #expect(throws: ApusError.self) { try model.predictProba(SparseMatrix(x)) }
    }

    @Test func refusesDataItCannotUse() throws {
        let x = try Matrix([[1, 2], [3, 4], [5, 7]])
        let y = Labels([0, 1, 1])
        #expect(throws: ApusError.self) { try RidgeClassifier().fit(x, Labels([1, 1, 1])) }
        #expect(throws: ApusError.self) { try RidgeClassifier().fit(x, Labels([0, 1])) }
        #expect(throws: ApusError.self) { try RidgeClassifier().fit(x, y, weights: [0, 0, 0]) }
        #expect(throws: ApusError.self) { try RidgeClassifier().fit(Matrix([[1, .nan], [3, 4], [5, 7]]), y) }
        #expect(throws: ApusError.self) {
            try RidgeClassifier(classWeight: .values(["0": 0, "1": 0])).fit(x, y)
        }
        #expect(throws: ApusError.self) { try RidgeClassifier().fit(x, y).predict(Matrix([[1]])) }
    }

    @Test func hasTheSameBitsForAnyNumberOfThreads() throws {
        let before = Parallel.threads
        defer { Parallel.threads = before }
        let (x, targets) = drawn(rows: 20_000, columns: 5)
        let y = Labels(targets.map { $0 < -1 ? 0 : ($0 < 0 ? 1 : 2) })
        let models = try [1, 2, 5].map { threads in
            Parallel.threads = threads
            return try RidgeClassifier().fit(x, y)
        }
        #expect(models[0] == models[1] && models[0] == models[2])
    }

    @Test func keepsItsBitsInAnArchive() throws {
        let x = try Matrix([[1, 2], [3, 4], [5, 7], [-1, 0.1]])
        for y in [Labels(["a", "b", "b", "a"]), Labels(["a", "b", "c", "a"])] {
            let model = try RidgeClassifier(solver: .lsqr).fit(x, y)
            try expectArchiveIsChecked(model, optional: ["iterations"]) { _ = try $0.predict(x) }
        }
    }

    private func estimator(_ arguments: Oracle) throws -> RidgeClassifier { try RidgeClassifier(reference: arguments) }

    private func eachCase(
        _ body: (Oracle, Matrix, Labels, [Double]?, Oracle) throws -> Void
    ) throws {
        var (x, y, weights) = (Matrix(rows: 0, columns: 0), [Int](), [Double]())
        for example in try Oracle("penalized/ridge-classifier").array("cases") {
            if example.has("X") { x = try example.matrix("X") }
            if example.has("y") { y = try example.ints("y") }
            if example.has("weights") { weights = try example.doubles("weights") }
            let labels = Labels(try example.bool("two") ? y.map { $0 == 2 ? 1 : 0 } : y)
            try body(example, x, labels, example.bool("weighted") ? weights : nil, example.object("arguments"))
        }
    }
}
