import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

@Suite struct ForestOracleTests {
    @Test(arguments: ["classifier", "classifier-wide", "classifier-missing", "classifier-tiny", "check-values"])
    func classifiersGrowTheReferencesTrees(table: String) throws {
        let oracle = try ForestOracle(table)
        for example in oracle.cases {
            switch try example.string("kind") {
            case "RandomForestClassifier": try oracle.check(example, RandomForestClassifier.self)
            case "ExtraTreesClassifier": try oracle.check(example, ExtraTreesClassifier.self)
            case let kind: Issue.record("no such forest: \(kind)")
            }
        }
    }

    @Test(arguments: ["regressor", "regressor-whole", "regressor-wide"])
    func regressorsGrowTheReferencesTrees(table: String) throws {
        let oracle = try ForestOracle(table)
        for example in oracle.cases {
            switch try example.string("kind") {
            case "RandomForestRegressor": try oracle.check(example, RandomForestRegressor.self)
            case "ExtraTreesRegressor": try oracle.check(example, ExtraTreesRegressor.self)
            case let kind: Issue.record("no such forest: \(kind)")
            }
        }
    }

    @Test func treesOfTheCheckValuesHaveTheKnownNumbersOfNodes() throws {
        let oracle = try ForestOracle("check-values")
        let model = try RandomForestClassifier(nEstimators: 5, seed: 42).fit(oracle.x, oracle.labels())
        #expect(model.trees.map(\.nodeCount) == [37, 55, 35, 35, 39])
        #expect(model.trees.map { $0.feature[0] } == [6, 17, 8, 10, 19])
    }

    @Test(arguments: ["absolute-smooth", "absolute-ties", "absolute-tall"])
    func absoluteErrorGrowsTheReferencesTrees(table: String) throws {
        let oracle = try TreeOracle(table, area: "forests")
        let numbers = try oracle.numbers()
        for example in oracle.cases {
            let estimator: DecisionTreeRegressor = try oracle.estimator(example)
            let model = try estimator.fit(oracle.x, numbers, weights: oracle.weights(of: example))
            try oracle.expectSame(model.tree, example, importances: model.featureImportances)
        }
    }
}
