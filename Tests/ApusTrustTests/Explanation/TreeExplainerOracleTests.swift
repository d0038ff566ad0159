import ApusCore
import ApusLearn
import ApusTestSupport
import ApusTrust
import Testing

@Suite struct TreeExplainerOracleTests {
    /// The values of the reference, rows × outputs × features.
    private func expectValues(
        _ explanation: Explanation, _ oracle: Oracle, _ name: String, absolute: Double = 1e-9,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let expected = try oracle.object(name)
        expectClose(
            explanation.values, try expected.doubles("values"), relative: 1e-9, absolute: absolute, name,
            sourceLocation: sourceLocation)
        if expected.keys.contains("base") {
            expectClose(
                explanation.bases.row(0), try expected.doubles("base"), relative: 1e-12, absolute: 1e-12, name,
                sourceLocation: sourceLocation)
        }
        #expect(explanation.gap < 1e-12, "\(name): base and contributions miss the output by \(explanation.gap)")
    }

    private func first(_ x: Matrix) -> Matrix { x.selecting(rows: Array(0..<12)) }
    private func last(_ x: Matrix) -> Matrix { x.selecting(rows: Array(x.rows - 10..<x.rows)) }

    @Test func forestOfThreeClassesWithMissingValues() throws {
        let oracle = try Oracle("explanations/forest-classes")
        let x = try oracle.matrix("x")
        let model = try RandomForestClassifier(nEstimators: 8, seed: 3).fit(x, Labels(oracle.ints("y")))
        try expectValues(TreeExplainer(model).explain(first(x)), oracle, "paths")
        // The reference keeps the weights of coalitions as 32-bit numbers.
        try expectValues(
            TreeExplainer(model, background: last(x)).explain(first(x)), oracle, "against", absolute: 1e-7)
    }

    @Test func treesAndForests() throws {
        let oracle = try Oracle("explanations/forests")
        let x = try oracle.matrix("x")
        let score = try oracle.doubles("score")
        let extra = try ExtraTreesClassifier(nEstimators: 7, maxDepth: 5, seed: 1).fit(x, Labels(oracle.ints("y")))
        try expectValues(TreeExplainer(extra).explain(first(x)), oracle, "extra")
        let forest = try RandomForestRegressor(nEstimators: 6, seed: 2).fit(x, score)
        try expectValues(TreeExplainer(forest).explain(first(x)), oracle, "regressor")
        try expectValues(
            TreeExplainer(forest, background: last(x)).explain(first(x)), oracle, "regressor-against", absolute: 1e-6)
        let tree = try DecisionTreeRegressor(maxDepth: 4, seed: 0).fit(x, score)
        try expectValues(TreeExplainer(tree).explain(first(x)), oracle, "tree")
        try expectValues(
            TreeExplainer(tree, background: last(x)).explain(first(x)), oracle, "tree-against", absolute: 1e-6)
    }

    @Test func interactions() throws {
        let oracle = try Oracle("explanations/forests")
        let x = try oracle.matrix("x")
        let model = try ExtraTreesClassifier(nEstimators: 7, maxDepth: 5, seed: 1).fit(x, Labels(oracle.ints("y")))
        let rows = x.selecting(rows: [0, 1, 2, 3])
        let found = try TreeExplainer(model).interactions(rows)
        // Of two classes the reference's last axis holds the second.
        let second = (0..<4).flatMap { found[2 * $0 + 1].values }
        expectClose(second, try oracle.doubles("interactions"), relative: 1e-9, absolute: 1e-12)
        let explanation = try TreeExplainer(model).explain(rows)
        for row in 0..<4 {
            let sum = found[2 * row + 1].values.reduce(explanation.bases[row, 1], +)
            expectClose(sum, explanation.outputs[row, 1], relative: 1e-12)
        }
    }

    @Test func boostedTrees() throws {
        let oracle = try Oracle("explanations/boosting")
        let x = try oracle.matrix("x")
        let labels = Labels(try oracle.ints("y"))
        let binary = try HistGradientBoostingClassifier(maxIter: 12, maxLeafNodes: 9, seed: 0).fit(x, labels)
        try expectValues(TreeExplainer(binary).explain(first(x)), oracle, "binary")
        let number = try HistGradientBoostingRegressor(maxIter: 10, maxLeafNodes: 7, seed: 0).fit(
            x, oracle.doubles("score"))
        try expectValues(TreeExplainer(number).explain(first(x)), oracle, "number")
        let three = try HistGradientBoostingClassifier(maxIter: 5, maxLeafNodes: 6, seed: 0).fit(
            x, Labels(oracle.ints("three")))
        try expectValues(TreeExplainer(three).explain(first(x)), oracle, "classes")

        // Against a background the reference's values do not add up where values are missing.
        let filled = Matrix(rows: x.rows, columns: x.columns, values: x.values.map { $0.isNaN ? 0.5 : $0 })
        let against = try TreeExplainer(binary, background: last(filled))
        try expectValues(against.explain(first(filled)), oracle, "against", absolute: 1e-7)
        let probability = try TreeExplainer(binary, background: last(filled), output: .probability)
        let explained = try probability.explain(first(filled))
        try expectValues(explained, oracle, "probability", absolute: 1e-7)
        expectClose(explained.outputs.column(0), try binary.predictProba(first(filled)).column(1))
        let truth = labels.codes.prefix(12).map { Double($0) }
        try expectValues(against.explainLoss(first(filled), truth: truth), oracle, "loss", absolute: 1e-7)
    }
}
