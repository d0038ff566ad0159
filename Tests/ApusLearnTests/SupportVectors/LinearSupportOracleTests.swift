import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

@Suite struct LinearSupportOracleTests {
    /// The estimator with the arguments of an example.
    private func estimator<Kind: Estimator>(_: Kind.Type, _ arguments: Oracle) throws -> Kind {
        var kind = Kind()
        for key in arguments.keys {
            let name = key == "random_state" ? "seed" : key.lowercased()
            let value: JSONValue
            if let named = try? arguments.object(key) {
                value = .object(
                    Dictionary(uniqueKeysWithValues: try named.keys.map { ($0, .double(try named.double($0))) }))
            } else if let flag = try? arguments.bool(key) {
                value = .bool(flag)
            } else if let integer = try? arguments.int(key) {
                value = .int(integer)
            } else if let word = try? arguments.string(key) {
                value = .string(camelCase(word))
            } else {
                value = .double(try arguments.double(key))
            }
            try Kind.parameter(named: name).set(value, in: &kind)
        }
        return kind
    }

    private func camelCase(_ word: String) -> String {
        let parts = word.split(separator: "_")
        return parts.enumerated().map { $0 == 0 ? String($1) : $1.prefix(1).uppercased() + $1.dropFirst() }.joined()
    }

    private func labels(_ example: Oracle, _ key: String) throws -> Labels {
        if let integers = try? example.ints(key) { return Labels(integers) }
        return Labels(try example.strings(key))
    }

    @Test(arguments: [("classifiers", 1e-9), ("joint-classifiers", 1e-6)])
    func classifiersTakeThePathOfTheReference(_ fixture: String, _ precision: Double) throws {
        var x = Matrix(rows: 0, columns: 0)
        var y = Labels([Int]())
        for example in try Oracle("linear_svm/\(fixture)").array("cases") {
            if example.has("X") { x = try example.matrix("X") }
            if example.has("y") { y = try labels(example, "y") }
            let name = try example.string("name")
            let weights = example.has("weights") ? try example.doubles("weights") : nil
            let kind = try estimator(LinearSVC.self, example.object("arguments"))
            let model =
                try example.bool("sparse")
                ? kind.fit(SparseMatrix(x), y, weights: weights) : kind.fit(x, y, weights: weights)
            if kind.multiClass == .ovr { #expect(try model.iterations == example.int("iterations"), "\(name)") }
            expectClose(
                model.coefficients, try example.matrix("coefficients"), relative: precision, absolute: precision, name)
            expectClose(
                model.intercepts, try example.doubles("intercepts"), relative: precision, absolute: precision, name)
            let head = x.selecting(rows: Array(0..<min(9, x.rows)))
            expectClose(
                try model.decisionFunction(head), try example.matrix("decision"), relative: precision * 10,
                absolute: precision * 10, name)
            expectClose(
                try model.decisionFunction(SparseMatrix(head)), try model.decisionFunction(head), relative: 1e-12,
                absolute: 1e-12, name)
            #expect(try model.predict(x).strings == labels(example, "prediction").strings, "\(name)")
            #expect(try model.predict(SparseMatrix(x)) == model.predict(x), "\(name)")
        }
    }

    @Test func regressorsTakeThePathOfTheReference() throws {
        var x = Matrix(rows: 0, columns: 0)
        var y: [Double] = []
        for example in try Oracle("linear_svm/regressors").array("cases") {
            if example.has("X") { x = try example.matrix("X") }
            if example.has("y") { y = try example.doubles("y") }
            let name = try example.string("name")
            let weights = example.has("weights") ? try example.doubles("weights") : nil
            let kind = try estimator(LinearSVR.self, example.object("arguments"))
            let model =
                try example.bool("sparse")
                ? kind.fit(SparseMatrix(x), y, weights: weights) : kind.fit(x, y, weights: weights)
            #expect(try model.iterations == example.int("iterations"), "\(name)")
            expectClose(
                model.coefficients, try example.doubles("coefficients"), relative: 1e-9, absolute: 1e-9, name)
            expectClose(model.intercept, try example.double("intercept"), relative: 1e-9, absolute: 1e-9, name)
            let head = x.selecting(rows: Array(0..<min(9, x.rows)))
            expectClose(
                try model.predict(head), try example.doubles("prediction"), relative: 1e-8, absolute: 1e-8, name)
            expectClose(
                try model.predict(SparseMatrix(head)), try model.predict(head), relative: 1e-12, absolute: 1e-12, name)
        }
    }
}
