import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

@Suite struct TreeTextTests {
    private func parameters(_ example: Oracle) throws -> (depth: Int?, leaves: Int?) {
        let depth = try example.int("max_depth_of_tree")
        let leaves = try example.int("max_leaf_nodes")
        return (depth == 0 ? nil : depth, leaves == 0 ? nil : leaves)
    }

    @Test func treesReadAsTheReferenceWritesThem() throws {
        let oracle = try Oracle("forests/rules")
        let x = try oracle.matrix("X")
        let labels = Labels(try oracle.ints("y"))
        let numbers = try oracle.doubles("numbers")
        for example in try oracle.array("texts") {
            let (depth, leaves) = try parameters(example)
            let names = try example.bool("named") ? oracle.strings("names") : nil
            let (maxDepth, spacing) = (try example.int("max_depth"), try example.int("spacing"))
            let decimals = try example.int("decimals")
            let text: String
            if try example.string("kind") == "DecisionTreeClassifier" {
                let model = try DecisionTreeClassifier(maxDepth: depth, maxLeafNodes: leaves).fit(x, labels)
                text = try model.exportText(
                    featureNames: names,
                    classNames: example.bool("classes") ? ["setosa", "versicolor", "virginica"] : nil,
                    maxDepth: maxDepth, spacing: spacing, decimals: decimals,
                    showsWeights: example.bool("show_weights"))
            } else {
                let model = try DecisionTreeRegressor(maxDepth: depth, maxLeafNodes: leaves).fit(x, numbers)
                text = try model.exportText(
                    featureNames: names, maxDepth: maxDepth, spacing: spacing, decimals: decimals)
            }
            #expect(text == (try example.string("text")))
        }
    }

    @Test func pruningPathIsTheReferences() throws {
        let oracle = try Oracle("forests/rules")
        let x = try oracle.matrix("X")
        let weights = x.column(1).map { ($0 / 3 * 100).rounded(.toNearestOrEven) / 100 }
        for example in try oracle.array("paths") {
            let weights = try example.bool("weighted") ? weights : nil
            let path =
                try example.string("kind") == "DecisionTreeClassifier"
                ? DecisionTreeClassifier(ccpAlpha: 0.3)
                    .costComplexityPruningPath(x, Labels(oracle.ints("y")), weights: weights)
                : DecisionTreeRegressor(ccpAlpha: 0.3)
                    .costComplexityPruningPath(x, oracle.doubles("numbers"), weights: weights)
            expectBitwise(path.alphas, try example.doubles("alphas"), "alphas")
            expectBitwise(path.impurities, try example.doubles("impurities"), "impurities")
        }
    }

    @Test func aTextRefusesNamesThatDoNotFitAndIllegalFormats() throws {
        let x = Matrix(rows: 4, columns: 1, values: [1, 2, 3, 4])
        let model = try DecisionTreeClassifier().fit(x, Labels([0, 0, 1, 1]))
        #expect(
            try model.exportText()
                == "|--- feature_0 <= 2.50\n|   |--- class: 0\n|--- feature_0 >  2.50\n|   |--- class: 1\n")
        #expect(throws: ApusError.self) { try model.exportText(featureNames: ["a", "b"]) }
        #expect(throws: ApusError.self) { try model.exportText(classNames: ["a"]) }
        #expect(throws: ApusError.self) { try model.exportText(maxDepth: -1) }
        #expect(throws: ApusError.self) { try model.exportText(spacing: 0) }
        #expect(throws: ApusError.self) { try model.exportText(decimals: -1) }
        #expect(throws: ApusError.self) { try model.exportText(decimals: 1_000_000_000) }
        #expect(try model.exportText(maxDepth: .max).hasPrefix("|---"))
    }
}
