import ApusCore
import ApusLearn
import ApusTestSupport
import Foundation
import Testing

/// Boosting against the reference: thresholds bit by bit, trees node by node, scores to rounding.
struct BoostingOracleTests {
    @Test(arguments: ["binary", "multiclass", "missing", "categorical-binary", "wide"])
    func growsTheTreesOfTheReferenceClassifier(name: String) throws {
        let oracle = try Oracle("boosting/\(name)")
        let x = try oracle.matrix("X")
        let y = Labels(try oracle.ints("y"))
        try forEachCase(of: oracle, HistGradientBoostingClassifier.self) { estimator, weights, example, comment in
            let model = try estimator.fit(x, y, weights: weights)
            try expectEqual(
                model.trees, model.decisionFunction(every(x)), model.trainScore, model.validationScore, example, oracle,
                comment)
            let probabilities = try model.predictProba(x)
            for i in 0..<x.rows { expectClose(probabilities.row(i).reduce(0, +), 1) }
        }
    }

    @Test(arguments: ["regression", "categorical", "monotonic", "tiny"])
    func growsTheTreesOfTheReferenceRegressor(name: String) throws {
        let oracle = try Oracle("boosting/\(name)")
        let x = try oracle.matrix("X")
        let plain = try oracle.doubles("y")
        let greatest = plain.map(Swift.abs).max() ?? 1
        try forEachCase(of: oracle, HistGradientBoostingRegressor.self) { estimator, weights, example, comment in
            let isLogarithmic = estimator.loss == .poisson || estimator.loss == .gamma
            let y = isLogarithmic ? plain.map { Foundation.exp($0 / greatest) } : plain
            let model = try estimator.fit(x, y, weights: weights)
            try expectEqual(
                model.trees, model.trees.scores(every(x)), model.trainScore, model.validationScore, example, oracle,
                comment)
        }
    }

    @Test func stopsWhereTheReferenceStopsAboveTenThousandRows() throws {
        var random = RandomState(seed: 11)
        let x = Matrix(rows: 10500, columns: 2, values: random.uniform(count: 21000))
        let y = Labels((0..<x.rows).map { (Int(x[$0, 0] * 7) + Int(x[$0, 1] * 5)) % 2 })
        let oracle = try Oracle("boosting/tall")
        try forEachCase(of: oracle, HistGradientBoostingClassifier.self) { estimator, _, example, comment in
            let model = try estimator.fit(x, y)
            #expect(model.iterations < estimator.maxIter)
            try expectEqual(
                model.trees, model.decisionFunction(every(x)), model.trainScore, model.validationScore, example, oracle,
                comment)
        }
    }

    @Test func samplesTheRowsOfTheReferenceForBins() throws {
        var random = RandomState(seed: 12)
        let x = Matrix(column: random.uniform(count: 200_500))
        let y = x.values.map { ($0 * 1000).rounded(.down) }
        let oracle = try Oracle("boosting/sampled")
        try forEachCase(of: oracle, HistGradientBoostingRegressor.self) { estimator, _, example, comment in
            let model = try estimator.fit(x, y)
            try expectEqual(
                model.trees, model.trees.scores(every(x)), model.trainScore, model.validationScore, example, oracle,
                comment)
        }
    }

    private func forEachCase<Kind: Estimator>(
        of oracle: Oracle, _ kind: Kind.Type, _ check: (Kind, [Double]?, Oracle, String) throws -> Void
    ) throws {
        for example in try oracle.array("cases") {
            var estimator = Kind()
            let parameters = try example.object("parameters")
            var comment = "\(oracle)"
            for key in parameters.keys {
                let text = try parameters.string(key)
                comment += " \(key)=\(text)"
                try Kind.parameter(named: key).set(text: text, in: &estimator)
            }
            let name = try example.string("weights")
            comment += " weights=\(name)"
            let weights = name.isEmpty ? nil : try oracle.object("weights").doubles(name)
            try check(estimator, weights, example, comment)
        }
    }

    /// The rows whose scores a fixture holds.
    private func every(_ x: Matrix) -> Matrix {
        x.selecting(rows: Array(stride(from: 0, to: x.rows, by: max(1, x.rows / 60))))
    }

    private func expectEqual(
        _ trees: BoostedTrees, _ scores: Matrix, _ train: [Double], _ validation: [Double], _ example: Oracle,
        _ oracle: Oracle, _ comment: String
    ) throws {
        if example.has("bin_thresholds") {
            let found = trees.binThresholds.enumerated().flatMap { trees.categories[$0] == nil ? $1 : [] }
            let expected = try example.doubles("bin_thresholds")
            // The reference counts categories among the thresholds, and first.
            #expect(found == Array(expected.suffix(found.count)), "\(comment)")
        }
        expectClose(trees.baseline, try example.doubles("baseline"), relative: 1e-15, absolute: 1e-16, comment)
        #expect(trees.iterations == (try example.int("iterations")), "\(comment)")
        let nodes = try example.ints("nodes")
        #expect(trees.roots.indices.map { trees.nodeCount(ofTree: $0) } == nodes, "\(comment)")
        #expect(trees.feature.map(Int.init) == (try example.ints("feature")), "\(comment)")
        #expect(trees.rowCount == (try example.ints("counts")), "\(comment)")
        expectClose(scores.values, try example.doubles("scores"), relative: 1e-12, absolute: 1e-14, comment)
        expectClose(train, try example.doubles("train"), relative: 1e-12, absolute: 1e-14, comment)
        expectClose(validation, try example.doubles("validation"), relative: 1e-12, absolute: 1e-14, comment)
    }
}
