import ApusCore
import ApusLearn
import ApusTestSupport
import Synchronization
import Testing

@Suite(.serialized) struct LogisticRegressionTests {
    @Test(arguments: ["logistic-two-classes", "logistic-many-classes"])
    func takesThePathOfTheReference(fixture: String) throws {
        var x = Matrix(rows: 0, columns: 0)
        var y = Labels([Int]())
        for example in try Oracle("linear/\(fixture)").array("cases") {
            let name = try example.string("name")
            if example.has("X") { x = try example.matrix("X") }
            if example.has("y") { y = try labels(example, "y") }
            let weights = example.has("weights") ? try example.doubles("weights") : nil
            let model = try estimator(example).fit(x, y, weights: weights)
            #expect(try model.iterations == example.int("iterations"), "\(name)")
            // Rounding grows from one iteration to the next; beyond some eighty the reference itself moves by 1e-5 when
            // its rows are reordered.
            let precision = model.iterations <= 20 ? 1e-12 : (model.iterations <= 80 ? 1e-7 : 1e-4)
            expectClose(
                model.coefficients, try example.matrix("coefficients"), relative: precision, absolute: precision, name)
            expectClose(
                model.intercepts, try example.doubles("intercepts"), relative: precision, absolute: precision, name)
            let head = x.selecting(rows: Array(0..<min(12, x.rows)))
            expectClose(
                try model.decisionFunction(head).values, try example.doubles("decision"), relative: precision * 10,
                absolute: precision * 10, name)
            expectClose(
                try model.predictProba(head), try example.matrix("probability"), relative: precision * 100,
                absolute: precision, name)
            #expect(try model.predict(x).strings == labels(example, "prediction").strings, "\(name)")
        }
    }

    @Test func takesThePathOfTheReferenceOnLargeData() throws {
        for example in try Oracle("linear/logistic-large").array("cases") {
            let (x, y) = try drawn(example)
            let model = try LogisticRegression().fit(x, y)
            #expect(try model.iterations == example.int("iterations"))
            #expect(model.converged)
            expectClose(model.coefficients, try example.matrix("coefficients"), relative: 1e-10, absolute: 1e-11)
            expectClose(model.intercepts, try example.doubles("intercepts"), relative: 1e-10, absolute: 1e-11)
            let head = x.selecting(rows: Array(0..<12))
            expectClose(try model.predictProba(head), try example.matrix("probability"), relative: 1e-10)
        }
    }

    @Test func saysWhetherItConverged() throws {
        let x = try Matrix([[-2], [-1], [1], [2], [0.5]])
        let y = Labels([0, 0, 1, 1, 0])
        #expect(try LogisticRegression().fit(x, y).converged)
        let stopped = try LogisticRegression(tol: 1e-14, maxIter: 2).fit(x, y)
        #expect(!stopped.converged)
        #expect(stopped.iterations == 2)
        let already = try LogisticRegression(tol: 10).fit(x, y)
        #expect(already.converged && already.iterations == 0)
    }

    @Test func countsAWeightAsSoManyRows() throws {
        let example = try Oracle("linear/logistic-many-classes").array("cases")[0]
        let (x, y) = (try example.matrix("X"), try labels(example, "y"))
        let counts = y.codes.indices.map { $0 % 3 }
        let repeated = counts.indices.flatMap { [Int](repeating: $0, count: counts[$0]) }
        let fit = LogisticRegression(maxIter: 10)
        let weighted = try fit.fit(x, y, weights: counts.map { Double($0) })
        let copied = try fit.fit(x.selecting(rows: repeated), y.selecting(rows: repeated))
        expectClose(weighted.coefficients, copied.coefficients, relative: 1e-9, absolute: 1e-9)
    }

    @Test func leavesOutClassesThatDoNotOccur() throws {
        let y = try Labels(codes: [0, 2, 2, 0], classes: .strings(["a", "b", "c"]))
        let model = try LogisticRegression(classWeight: .values(["b": 2])).fit(Matrix([[0], [1], [2], [0.5]]), y)
        #expect(model.classes == .strings(["a", "c"]))
        #expect(model.coefficients.rows == 1)
    }

    @Test(arguments: [0, 2])
    func hasTheSameBitsForAnyNumberOfThreads(index: Int) throws {
        let before = Parallel.threads
        defer { Parallel.threads = before }
        let (x, y) = try drawn(try Oracle("linear/logistic-large").array("cases")[index])
        let models = try [1, 2, 5].map { threads in
            Parallel.threads = threads
            let model = try LogisticRegression().fit(x, y)
            return (model, try model.predictProba(x))
        }
        #expect(models[0].0 == models[1].0 && models[0].0 == models[2].0)
        #expect(models[0].1 == models[1].1 && models[0].1 == models[2].1)
    }

    @Test func reportsEachIteration() throws {
        let seen = Mutex([Int]())
        let example = try Oracle("linear/logistic-two-classes").array("cases")[0]
        let model = try LogisticRegression().fit(
            example.matrix("X"), labels(example, "y"), weights: nil,
            progress: { update in
                #expect(update.total == 100)
                seen.withLock { $0.append(update.completed) }
            })
        #expect(seen.withLock { $0 } == Array(1...model.iterations))
    }

    @Test func stopsWhenItsTaskIsCancelled() async throws {
        let example = try Oracle("linear/logistic-two-classes").array("cases")[0]
        let (x, y) = (try example.matrix("X"), try labels(example, "y"))
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try LogisticRegression().fit(x, y)
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func refusesDataItCannotUse() throws {
        let x = try Matrix([[1, 2], [3, 4], [5, 7]])
        let y = Labels([0, 1, 1])
        let fit = LogisticRegression()
        #expect(throws: ApusError.self) { try fit.fit(Matrix(rows: 0, columns: 2), Labels([Int]())) }
        #expect(throws: ApusError.self) { try fit.fit(Matrix(rows: 3, columns: 0), y) }
        #expect(throws: ApusError.self) { try fit.fit(Matrix([[1, .nan], [3, 4], [5, 7]]), y) }
        #expect(throws: ApusError.self) { try fit.fit(x, Labels([0, 1])) }
        #expect(throws: ApusError.self) { try fit.fit(x, Labels(["a", "a", "a"])) }
        #expect(throws: ApusError.self) { try fit.fit(x, y, weights: [1]) }
        #expect(throws: ApusError.self) { try fit.fit(x, y, weights: [1, -1, 1]) }
        #expect(throws: ApusError.self) { try fit.fit(x, y, weights: [0, 0, 0]) }
        #expect(throws: ApusError.self) { try fit.fit(Matrix([[1e300, 2], [-1e300, 4], [5, 7]]), y) }
        let illegal = [
            LogisticRegression(c: 0), LogisticRegression(c: -.infinity), LogisticRegression(tol: -1),
            LogisticRegression(maxIter: -1), LogisticRegression(classWeight: .values(["0": -1])),
            LogisticRegression(classWeight: .values(["no class": 1])),
        ]
        for estimator in illegal {
            let error = #expect(throws: ApusError.self) { try estimator.fit(x, y) }
            #expect(error?.code == .invalidParameter)
        }
        let model = try fit.fit(x, y)
        #expect(throws: ApusError.self) { try model.predict(Matrix([[1]])) }
        #expect(throws: ApusError.self) { try model.predictProba(Matrix([[1, .infinity]])) }
    }

    @Test func takesItsParametersFromText() throws {
        var fit = LogisticRegression()
        try LogisticRegression.parameter(named: "class_weight").set(text: "balanced", in: &fit)
        #expect(fit.classWeight == .balanced)
        try LogisticRegression.parameter(named: "classWeight").set(text: "a:b:2,no:0.5", in: &fit)
        #expect(fit.classWeight == .values(["a:b": 2, "no": 0.5]))
        try LogisticRegression.parameter(named: "classWeight").set(text: "none", in: &fit)
        #expect(fit.classWeight == .none)
        for text in ["a", "a:-1", "a:x", ":1", "a:1,a:2", ""] {
            #expect(throws: ApusError.self) {
                try LogisticRegression.parameter(named: "classWeight").set(text: text, in: &fit)
            }
        }
        try LogisticRegression.parameter(named: "C".lowercased()).set(text: "1e-3", in: &fit)
        #expect(fit.c == 1e-3)
    }

    @Test func keepsItsBitsInAnArchive() throws {
        let x = try Matrix([[1, 2], [3, 4], [5, 7], [-1, 0.1]])
        for y in [Labels(["a", "b", "b", "a"]), Labels(["a", "b", "c", "a"])] {
            let model = try LogisticRegression().fit(x, y)
            try expectArchiveIsChecked(model) {
                _ = try $0.predict(x)
                _ = try $0.predictProba(x)
            }
        }
    }

    private func labels(_ example: Oracle, _ key: String) throws -> Labels {
        if let numbers = try? example.ints(key) { return Labels(numbers) }
        return Labels(try example.strings(key))
    }

    private func estimator(_ example: Oracle) throws -> LogisticRegression {
        let arguments = try example.object("arguments")
        var fit = LogisticRegression()
        if arguments.has("C") {
            if (try? arguments.string("C")) == "none" { fit.c = .infinity } else { fit.c = try arguments.double("C") }
        }
        if arguments.has("tol") { fit.tol = try arguments.double("tol") }
        if arguments.has("max_iter") { fit.maxIter = try arguments.int("max_iter") }
        if arguments.has("fit_intercept") { fit.fitIntercept = try arguments.bool("fit_intercept") }
        if arguments.has("class_weight") {
            if (try? arguments.string("class_weight")) == "balanced" {
                fit.classWeight = .balanced
            } else {
                let values = try arguments.object("class_weight")
                fit.classWeight = .values(
                    Dictionary(uniqueKeysWithValues: try values.keys.map { ($0, try values.double($0)) }))
            }
        }
        return fit
    }

    /// The data of a large case, drawn as the script of the oracle draws them.
    private func drawn(_ example: Oracle) throws -> (Matrix, Labels) {
        let (rows, columns, classes) = (
            try example.int("rows"), try example.int("columns"), try example.int("classes")
        )
        var random = RandomState(seed: try example.integer("seed"))
        let x = Matrix(
            rows: rows, columns: columns, values: random.uniform(count: rows * columns).map { $0 * 2 - 1 })
        let noise = random.uniform(count: rows)
        let codes = (0..<rows).map { i in
            let score = (x[i, 0] + x[i, 1] / 2 + noise[i] + 1) * Double(classes) / 3
            return Int(min(max(score.rounded(.down), 0), Double(classes - 1)))
        }
        return (x, Labels(codes))
    }

    @Test func refusesToAnswerForValuesThatOverflow() throws {
        // Weights far above 1, of either sign by turns: huge values make both infinities, whose sum is no number.
        let rows = (0..<4).map { i in (0..<16).map { q in (i + q) % 2 == 0 ? 1e-3 : 0 } }
        let model = try LogisticRegression(c: 1e12).fit(Matrix(rows), Labels([0, 1, 0, 1]))
        #expect(model.coefficients.values.allSatisfy { $0.magnitude > 4 })
        let huge = Double.greatestFiniteMagnitude
        #expect(throws: ApusError.self) { try model.predict(Matrix([[Double](repeating: huge, count: 16)])) }
        #expect(throws: Never.self) { try model.predict(Matrix([[Double](repeating: 1e300, count: 16)])) }
    }
}
