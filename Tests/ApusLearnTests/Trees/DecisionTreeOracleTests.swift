import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

@Suite struct DecisionTreeOracleTests {
    @Test(arguments: [
        "classifier-two", "classifier-three", "classifier-class-weights", "classifier-ties", "classifier-missing",
        "classifier-constants", "classifier-duplicates", "one-row", "one-class", "one-column", "constant-table",
        "all-missing", "extreme-values", "large-classifier", "check-values",
    ])
    func classifierGrowsTheReferencesTree(table: String) throws {
        let oracle = try TreeOracle(table)
        let labels = try oracle.labels()
        for example in oracle.cases {
            let estimator: DecisionTreeClassifier = try oracle.estimator(example)
            let model = try estimator.fit(oracle.x, labels, weights: oracle.weights(of: example))
            try oracle.expectSame(model.tree, example, importances: model.featureImportances)
        }
    }

    @Test(arguments: [
        "regressor", "regressor-ties", "regressor-missing", "regressor-whole", "two-rows", "large-regressor",
    ])
    func regressorGrowsTheReferencesTree(table: String) throws {
        let oracle = try TreeOracle(table)
        let numbers = try oracle.numbers()
        for example in oracle.cases {
            let estimator: DecisionTreeRegressor = try oracle.estimator(example)
            let model = try estimator.fit(oracle.x, numbers, weights: oracle.weights(of: example))
            try oracle.expectSame(model.tree, example, importances: model.featureImportances)
        }
    }
}
