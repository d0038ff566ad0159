import ApusCore
import ApusLearn
import ApusTestSupport
import Foundation
import Testing

@Suite(.serialized) struct SupportVectorClassifierTests {
    @Test func takesThePathOfTheReference() throws {
        for example in try SupportVectorCase.all("classifiers") {
            if try example.oracle.string("kind") == "SVC" {
                var estimator = try example.estimator(SVC.self)
                estimator.seed = seed(example)
                try check(example) { try estimator.fit(example.x, example.labels, weights: example.weights) }
                guard !estimator.breakTies else { continue }
                estimator.decisionFunctionShape = .ovo
                estimator.probability = false
                let ovo = try estimator.fit(example.x, example.labels, weights: example.weights)
                expectClose(
                    try ovo.decisionFunction(example.queries).values, try example.oracle.doubles("ovo"),
                    relative: 1e-9, absolute: 1e-9, example.name)
            } else {
                var estimator = try example.estimator(NuSVC.self)
                estimator.seed = seed(example)
                try check(example) { try estimator.fit(example.x, example.labels, weights: example.weights) }
            }
        }
    }

    private func seed(_ example: SupportVectorCase) -> UInt32 {
        example.name.hasSuffix("nu probability") ? 4 : example.name.hasSuffix("probability") ? 3 : 0
    }

    private func check(_ example: SupportVectorCase, _ fit: () throws -> some SupportVectorClassifierModel) throws {
        let (oracle, name) = (example.oracle, example.name)
        let model = try fit()
        #expect(try model.duelIterations == oracle.ints("iterations"), "\(name)")
        #expect(try model.converged == oracle.bool("converged"), "\(name)")
        // Where rows have no weight, the reference counts support vectors among the others only.
        let kept = example.x.values.isEmpty ? [] : (0..<example.x.rows).filter { example.weights?[$0] != 0 }
        let places = Dictionary(uniqueKeysWithValues: zip(kept, 0...))
        #expect(try model.support.map { places[$0] } == oracle.ints("support").map { $0 as Int? }, "\(name)")
        #expect(try model.nSupport == oracle.ints("nSupport"), "\(name)")
        expectClose(model.dualCoef.values, try oracle.doubles("dualCoef"), relative: 1e-9, absolute: 1e-9, name)
        expectClose(model.intercept, try oracle.doubles("intercept"), relative: 1e-9, absolute: 1e-9, name)
        let decisions = try model.decisionFunction(example.queries)
        expectClose(decisions.values, try oracle.doubles("decision"), relative: 1e-9, absolute: 1e-9, name)
        // Where rounding decides, either class is right.
        let width = decisions.columns
        let isClose = (0..<decisions.rows).map { row in
            width == 1 && abs(decisions.values[row]) < 1e-12
        }
        let predictions = try model.predict(example.queries).strings
        for (row, expected) in try oracle.ints("prediction").enumerated() where !isClose[row] {
            #expect(predictions[row] == "\(expected)", "\(name), row \(row)")
        }
        #expect(model.givesProbabilities == oracle.has("probability"))
        if oracle.has("probability") {
            expectClose(
                try model.predictProba(example.queries), try oracle.matrix("probability"), relative: 1e-8,
                absolute: 1e-9, name)
        }
    }

    @Test func takesThePathOfTheReferenceOnLargeData() throws {
        for example in try Oracle("svm/large").array("cases") where try example.string("kind").hasSuffix("SVC") {
            guard try example.string("data") == "noisy" else { continue }
            let (x, y) = SupportVectorData.noisy
            let arguments = try example.object("arguments")
            if try example.string("kind") == "SVC" {
                try check(example, SupportVectorCase.estimator(SVC.self, arguments).fit(x, y), x)
            } else {
                try check(example, SupportVectorCase.estimator(NuSVC.self, arguments).fit(x, y), x)
            }
        }
    }

    private func check(_ oracle: Oracle, _ model: some SupportVectorClassifierModel, _ x: Matrix) throws {
        let name = try oracle.string("name")
        #expect(try model.duelIterations == oracle.ints("iterations"), "\(name)")
        #expect(try model.support.count == oracle.object("support").int("count"), "\(name)")
        #expect(try model.support.reduce(0, +) == oracle.object("support").int("sum"), "\(name)")
        let squares = model.dualCoef.values.reduce(0) { $0 + $1 * $1 }
        expectClose(squares, try oracle.object("dualCoef").double("squares"), relative: 1e-9, name)
        let queries = x.selecting(rows: Array(0..<25))
        expectClose(
            try model.decisionFunction(queries).values, try oracle.doubles("decision"), relative: 1e-8, absolute: 1e-8,
            name)
    }
}

/// Data that the fixtures draw alike.
enum SupportVectorData {
    static let drawn = {
        var random = RandomState(seed: 7)
        let x = Matrix(rows: 2500, columns: 5, values: random.uniform(count: 12_500))
        return (x, random.uniform(count: 2500))
    }()
    static let targets = {
        let (x, noise) = drawn
        return (x, (0..<2500).map { sin(6 * x[$0, 0]) + x[$0, 1] + 0.5 * noise[$0] })
    }()
    static let noisy = (targets.0, Labels(targets.1.map { Int(($0 * 1.5).rounded(.down)) }))
}
