import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

@Suite struct NaiveBayesOracleTests {
    /// What an example asks for, with the rows that it shares with the one before it.
    private struct Example {
        var x = Matrix(rows: 0, columns: 0)
        var y = Labels([Int]())
        var other = Matrix(rows: 0, columns: 0)

        mutating func take(_ example: Oracle) throws {
            if example.has("X") { x = try example.matrix("X") }
            if example.has("y") { y = try labels(example, "y") }
            if example.has("other") { other = try example.matrix("other") }
        }
    }

    private static func labels(_ example: Oracle, _ key: String) throws -> Labels {
        if let integers = try? example.ints(key) { return Labels(integers) }
        return Labels(try example.strings(key))
    }

    /// The estimator with the arguments of an example, which are parameters in Python's spelling.
    private func estimator<Kind: Estimator>(_: Kind.Type, _ arguments: Oracle) throws -> Kind {
        var kind = Kind()
        for key in arguments.keys {
            let value: JSONValue
            if key == "priors" || key == "class_prior" {
                let named = try arguments.object(key)
                value = .object(
                    Dictionary(uniqueKeysWithValues: try named.keys.map { ($0, .double(try named.double($0))) }))
            } else if !arguments.has(key) {
                value = .null
            } else if let flag = try? arguments.bool(key) {
                value = .bool(flag)
            } else if let integer = try? arguments.int(key) {
                value = .int(integer)
            } else {
                value = .double(try arguments.double(key))
            }
            try Kind.parameter(named: key).set(value, in: &kind)
        }
        return kind
    }

    /// The model of an example, learned whole or in parts.
    private func learned<Kind: IncrementalClassifier>(_ kind: Kind, _ data: Example, _ example: Oracle) throws
        -> Kind.Model
    {
        let weights = example.has("weights") ? try example.doubles("weights") : nil
        guard example.has("parts") else { return try kind.fit(data.x, data.y, weights: weights) }
        var model: Kind.Model?
        let ends = try example.ints("parts") + [data.x.rows]
        for (start, end) in zip([0] + ends, ends) {
            let rows = Array(start..<end)
            model = try kind.partialFit(
                data.x.selecting(rows: rows), data.y.selecting(rows: rows), classes: data.y.classes,
                weights: weights.map { all in rows.map { all[$0] } }, continuing: model)
        }
        return try #require(model)
    }

    private func expectAnswers(_ model: some NaiveBayesModel, _ data: Example, _ example: Oracle, _ name: String) throws
    {
        let other = data.other
        expectClose(
            try model.predictJointLogProba(other), try example.matrix("joint"), relative: 1e-12, absolute: 1e-12, name)
        let head = other.selecting(rows: Array(0..<min(2, other.rows)))
        expectClose(try model.predictLogProba(head), try example.matrix("log"), relative: 1e-11, absolute: 1e-12, name)
        expectClose(
            try model.predictProba(other), try example.matrix("probability"), relative: 1e-11, absolute: 1e-300, name)
        #expect(try model.predict(other).strings == Self.labels(example, "prediction").strings, "\(name)")
    }

    @Test func gaussiansAreThoseOfTheReference() throws {
        var data = Example()
        for example in try Oracle("naive_bayes/gaussian").array("cases") {
            try data.take(example)
            let name = try example.string("name")
            let kind = try estimator(GaussianNB.self, example.object("arguments"))
            let model = try learned(kind, data, example)
            expectBitwise(model.means, try example.matrix("means"), name)
            expectBitwise(model.variances, try example.matrix("variances"), name)
            expectClose(model.classPriors, try example.doubles("priors"), relative: 1e-15, name)
            try expectAnswers(model, data, example, name)
        }
    }

    @Test func wordCountsGiveTheModelOfTheReference() throws {
        try expectEqual(MultinomialNB.self, "multinomial") { ($0.featureCounts, $0.featureLogProbabilities) }
        try expectEqual(ComplementNB.self, "complement") { ($0.featureCounts, $0.featureWeights) }
        try expectEqual(BernoulliNB.self, "bernoulli") { ($0.featureCounts, $0.featureLogProbabilities) }
    }

    private func expectEqual<Kind: IncrementalClassifier & SparseClassifier>(
        _: Kind.Type, _ fixture: String, _ tables: (Kind.Model) -> (Matrix, Matrix)
    ) throws where Kind.Model: SparseNaiveBayesModel {
        var data = Example()
        for example in try Oracle("naive_bayes/\(fixture)").array("cases") {
            try data.take(example)
            let name = "\(fixture): \(try example.string("name"))"
            let kind = try estimator(Kind.self, example.object("arguments"))
            let model = try learned(kind, data, example)
            let (counts, logarithms) = tables(model)
            expectClose(counts, try example.matrix("counts"), relative: 1e-13, name)
            expectClose(
                logarithms, try example.matrix("weights_by_feature"), relative: 1e-12, absolute: 1e-15, name)
            try expectAnswers(model, data, example, name)

            let other = SparseMatrix(data.other)
            expectClose(
                try model.predictJointLogProba(other), try example.matrix("joint"), relative: 1e-12, absolute: 1e-12,
                name)
            #expect(try model.predict(other) == model.predict(data.other), "\(name)")
            expectClose(
                try model.predictLogProba(other), try model.predictLogProba(data.other), relative: 1e-12,
                absolute: 1e-12)
            if !example.has("parts") {
                let weights = example.has("weights") ? try example.doubles("weights") : nil
                #expect(try kind.fit(SparseMatrix(data.x), data.y, weights: weights) == model, "\(name)")
            }
        }
    }

    @Test func categoriesGiveTheModelOfTheReference() throws {
        var data = Example()
        for example in try Oracle("naive_bayes/categorical").array("cases") {
            try data.take(example)
            let kind = try estimator(CategoricalNB.self, example.object("arguments"))
            let model = try learned(kind, data, example)
            try expectAnswers(model, data, example, try example.string("name"))
        }
    }
}
