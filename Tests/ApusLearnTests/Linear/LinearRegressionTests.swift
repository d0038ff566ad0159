import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

@Suite(.serialized) struct LinearRegressionTests {
    @Test func fitsWhatTheReferenceFits() throws {
        var (x, y) = (Matrix(rows: 0, columns: 0), [Double]())
        for example in try Oracle("linear/least-squares").array("cases") {
            let name = try example.string("name")
            if example.has("X") { x = try example.matrix("X") }
            if example.has("y") { y = try example.doubles("y") }
            let weights = example.has("weights") ? try example.doubles("weights") : nil
            let model = try estimator(example).fit(x, y, weights: weights)
            let size = try example.doubles("coefficients").map(\.magnitude).max() ?? 0
            // A polynomial of degree 15 on ten points is as ill conditioned as the cut-off allows: 1e6.
            let precision = name.contains("polynomial of degree 15") ? 1e-8 : 1e-11
            expectClose(
                model.coefficients, try example.doubles("coefficients"), relative: precision,
                absolute: size * precision / 10, name)
            let level = try max(1, example.double("intercept").magnitude)
            expectClose(
                model.intercept, try example.double("intercept"), relative: precision, absolute: level * precision / 10,
                name)
            #expect(try model.rank == example.int("rank"), "\(name)")
            let singular = try example.doubles("singular")
            expectClose(
                try #require(model.singularValues), singular, relative: 1e-10, absolute: 1e-13 * (singular.first ?? 1),
                name)
            expectClose(
                try model.predict(x), try example.doubles("prediction"), relative: 1e-10, absolute: 1e-10, name)
        }
    }

    @Test func fitsLargeDataAsTheReferenceDoes() throws {
        for example in try Oracle("linear/least-squares-large").array("cases") {
            let name = try example.string("name")
            let (x, y, weights) = try drawn(example)
            let model = try estimator(example).fit(x, y, weights: weights)
            expectClose(
                model.coefficients, try example.doubles("coefficients"), relative: 1e-9, absolute: 1e-11, name)
            expectClose(model.intercept, try example.double("intercept"), relative: 1e-9, absolute: 1e-11, name)
            #expect(try model.rank == example.int("rank"), "\(name)")
            if let singular = model.singularValues {
                let expected = try example.doubles("singular")
                expectClose(
                    Array(singular.prefix(expected.count)), expected, relative: 1e-9, absolute: 1e-12 * expected[0],
                    name)
            }
            expectClose(
                Array(try model.predict(x).prefix(20)), try example.doubles("prediction"), relative: 1e-10,
                absolute: 1e-10, name)
        }
    }

    @Test func countsAWeightAsSoManyRows() throws {
        let oracle = try Oracle("linear/least-squares").array("cases")[0]
        let (x, y) = (try oracle.matrix("X"), try oracle.doubles("y"))
        let counts = y.indices.map { $0 % 3 }
        let repeated = y.indices.flatMap { [Int](repeating: $0, count: counts[$0]) }
        let weighted = try LinearRegression().fit(x, y, weights: counts.map { Double($0) })
        let copied = try LinearRegression().fit(x.selecting(rows: repeated), repeated.map { y[$0] })
        expectClose(weighted.coefficients, copied.coefficients, relative: 1e-11, absolute: 1e-13)
        expectClose(weighted.intercept, copied.intercept, relative: 1e-11)
    }

    @Test(arguments: ["well conditioned", "dependent columns", "weighted"])
    func hasTheSameBitsForAnyNumberOfThreads(name: String) throws {
        let before = Parallel.threads
        defer { Parallel.threads = before }
        let example = try #require(
            try Oracle("linear/least-squares-large").array("cases").first { try $0.string("name") == name })
        let (x, y, weights) = try drawn(example)
        let models = try [1, 2, 5].map { threads in
            Parallel.threads = threads
            return try LinearRegression().fit(x, y, weights: weights)
        }
        #expect(models[0] == models[1] && models[0] == models[2])
    }

    @Test func refusesDataItCannotUse() throws {
        let x = try Matrix([[1, 2], [3, 4], [5, 7]])
        let y = [1.0, 2, 3]
        let fit = LinearRegression()
        #expect(throws: ApusError.self) { try fit.fit(Matrix(rows: 0, columns: 2), []) }
        #expect(throws: ApusError.self) { try fit.fit(Matrix(rows: 3, columns: 0), y) }
        #expect(throws: ApusError.self) { try fit.fit(Matrix([[1, .nan], [3, 4], [5, 7]]), y) }
        #expect(throws: ApusError.self) { try fit.fit(Matrix([[1, .infinity], [3, 4], [5, 7]]), y) }
        #expect(throws: ApusError.self) { try fit.fit(x, [1, 2]) }
        #expect(throws: ApusError.self) { try fit.fit(x, [1, 2, .nan]) }
        #expect(throws: ApusError.self) { try fit.fit(x, y, weights: [1, 2]) }
        #expect(throws: ApusError.self) { try fit.fit(x, y, weights: [1, -1, 1]) }
        #expect(throws: ApusError.self) { try fit.fit(x, y, weights: [0, 0, 0]) }
        #expect(throws: ApusError.self) { try fit.fit(x, y, weights: [1, .nan, 1]) }
        #expect(throws: ApusError.self) { try fit.fit(Matrix([[1e308], [1e308], [1e308]]), y) }
        #expect(throws: ApusError.self) { try fit.fit(Matrix([[1.7e308], [-1.7e308], [-1.7e308]]), y) }
        #expect(throws: ApusError.self) { try LinearRegression(tol: -1).fit(x, y) }
        #expect(throws: ApusError.self) { try LinearRegression(tol: .nan).fit(x, y) }
        let model = try fit.fit(x, y)
        #expect(throws: ApusError.self) { try model.predict(Matrix([[1, 2, 3]])) }
        #expect(throws: ApusError.self) { try model.predict(Matrix([[1, .nan]])) }
        #expect(throws: ApusError.self) { try model.predict(Matrix(rows: 0, columns: 2)) }
    }

    @Test func keepsItsBitsInAnArchive() throws {
        let x = try Matrix([[1, 2], [3, 4], [5, 7], [-1, 0.1]])
        let model = try LinearRegression().fit(x, [1, 2, 3, 0.3])
        try expectArchiveIsChecked(model, optional: ["singularValues"]) { _ = try $0.predict(x) }
    }

    private func estimator(_ example: Oracle) throws -> LinearRegression {
        let arguments = try example.object("arguments")
        return LinearRegression(
            fitIntercept: arguments.has("fit_intercept") ? try arguments.bool("fit_intercept") : true,
            tol: arguments.has("tol") ? try arguments.double("tol") : 1e-6)
    }

    /// The data of a large case, drawn as the script of the oracle draws them.
    private func drawn(_ example: Oracle) throws -> (Matrix, [Double], [Double]?) {
        let (rows, columns) = (try example.int("rows"), try example.int("columns"))
        var random = RandomState(seed: try example.integer("seed"))
        var values = random.uniform(count: rows * columns)
        let y = random.uniform(count: rows).enumerated().map {
            $1 + values[$0 * columns] - 2 * values[$0 * columns + columns - 1]
        }
        let change = try example.string("change")
        for i in 0..<rows {
            let row = i * columns
            switch change {
            case "shift": for j in row..<row + columns { values[j] += 1000 }
            case "scale":
                values[row] *= 1024
                values[row + 1] /= 1024
            case "near": values[row + 1] = values[row] + values[row + 1] / 4096
            case "twice": values[row + 1] = values[row]
            case "constant": values[row + 1] = 0.3
            default: break
            }
        }
        let weights = change == "weights" ? random.uniform(count: rows).map { ($0 * 3).rounded(.down) } : nil
        return (Matrix(rows: rows, columns: columns, values: values), y, weights)
    }
}
