import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

/// A table of data of the reference's forests, and the forests.
struct ForestOracle {
    let name: String
    let x: Matrix
    let cases: [Oracle]
    private let oracle: Oracle

    init(_ name: String) throws {
        self.name = name
        oracle = try Oracle("forests/\(name)")
        cases = try oracle.array("cases")
        x = try oracle.matrix("X")
    }

    func labels() throws -> Labels { Labels(try oracle.ints("y")) }

    func numbers() throws -> [Double] { try oracle.doubles("y") }

    func weights(of example: Oracle) throws -> [Double]? {
        let name = try example.string("weights")
        return name.isEmpty ? nil : try oracle.object("weights").doubles(name)
    }

    func estimator<Model: Estimator>(_ example: Oracle, _ type: Model.Type = Model.self) throws -> Model {
        var estimator = Model()
        let parameters = try example.object("parameters")
        for name in parameters.keys {
            try Model.parameter(named: name).set(text: parameters.string(name), in: &estimator)
        }
        return estimator
    }

    func place(_ example: Oracle) throws -> String {
        let parameters = try example.object("parameters")
        let settings = try parameters.keys.map { "\($0)=\(try parameters.string($0))" }.joined(separator: " ")
        return "\(name), \(try example.string("kind")), \(settings), weights: \(try example.string("weights"))"
    }

    /// Expects the same trees, bit for bit.
    func expectSame(_ forest: Forest, _ example: Oracle) throws {
        let place = try place(example)
        let trees = forest.trees
        #expect(trees.map(\.nodeCount) == (try example.ints("nodes")), "nodes, \(place)")
        #expect(trees.flatMap { $0.feature.map { Int($0) } } == (try example.ints("feature")), "feature, \(place)")
        expectBitwise(trees.flatMap(\.threshold), try example.doubles("threshold"), "threshold, \(place)")
        expectBitwise(trees.flatMap(\.impurity), try example.doubles("impurity"), "impurity, \(place)")
        expectBitwise(trees.flatMap(\.weight), try example.doubles("weight"), "weight, \(place)")
        expectBitwise(trees.flatMap(\.values), try example.doubles("value"), "value, \(place)")
        expectBitwise(forest.featureImportances, try example.doubles("importances"), "importances, \(place)")
    }

    func check<Kind: Classifier>(_ example: Oracle, _ type: Kind.Type) throws where Kind.Model: ForestClassifierModel {
        let place = try place(example)
        let estimator: Kind = try estimator(example)
        let model = try estimator.fit(x, try labels(), weights: weights(of: example))
        try expectSame(model.forest, example)
        expectBitwise(try model.predictProba(x), try example.matrix("probabilities"), "probabilities, \(place)")
        guard example.has("oob") else {
            #expect(model.outOfBag == nil)
            return
        }
        let outOfBag = try #require(model.outOfBag)
        expectBitwise(outOfBag.decisionFunction, try example.matrix("oob"), "out of bag, \(place)")
        #expect(outOfBag.score == (try example.double("oob_score")), "score out of bag, \(place)")
    }

    func check<Kind: Regressor>(_ example: Oracle, _ type: Kind.Type) throws where Kind.Model: ForestRegressorModel {
        let place = try place(example)
        let estimator: Kind = try estimator(example)
        let model = try estimator.fit(x, try numbers(), weights: weights(of: example))
        try expectSame(model.forest, example)
        expectBitwise(try model.predict(x), try example.doubles("predictions"), "predictions, \(place)")
        guard example.has("oob") else {
            #expect(model.outOfBag == nil)
            return
        }
        let outOfBag = try #require(model.outOfBag)
        expectBitwise(outOfBag.prediction, try example.doubles("oob"), "out of bag, \(place)")
        expectClose([outOfBag.score ?? .nan], [try example.double("oob_score")], relative: 1e-12, "score, \(place)")
    }
}
