#if ONNX
import Apus
import ApusCore
import ApusLearn
import Testing

@testable import ApusONNX

@Suite struct TreeTableTests {
    /// The attributes of the operator for trees in the graph of a model.
    private struct Attributes {
        let named: [String: Onnx_AttributeProto]

        init(_ trained: TrainedModel) throws {
            let node = try #require(
                ONNXModel(trained).proto.graph.node.first { $0.opType == "TreeEnsembleRegressor" })
            named = Dictionary(uniqueKeysWithValues: node.attribute.map { ($0.name, $0) })
        }

        func ints(_ name: String) -> [Int] { (named[name]?.ints ?? []).map { Int($0) } }
        func doubles(_ name: String) -> [Double] { named[name]?.t.doubles ?? [] }
    }

    @Test(arguments: [
        ("grade", "random-forest", [("nEstimators", "6")]), ("yield", "decision-tree", []),
        ("grade", "hist-gradient-boosting", [("maxIter", "4")]),
        ("good", "hist-gradient-boosting", [("maxIter", "4"), ("categoricalFeatures", "1")]),
    ])
    func everyNodeLeadsToNodesOfItsTree(_ target: String, _ name: String, _ settings: [(String, String)]) throws {
        let attributes = try Attributes(Fields.model(target, name, settings))
        let (trees, nodes) = (attributes.ints("nodes_treeids"), attributes.ints("nodes_nodeids"))
        let modes = (attributes.named["nodes_modes"]?.strings ?? []).map { String(decoding: $0, as: UTF8.self) }
        #expect(trees.count > 3 && nodes.count == trees.count && modes.count == trees.count)
        for list in ["featureids", "truenodeids", "falsenodeids", "missing_value_tracks_true"] {
            #expect(attributes.ints("nodes_\(list)").count == trees.count, "\(list)")
        }
        #expect(attributes.doubles("nodes_values_as_tensor").count == trees.count)
        let known = Set(zip(trees, nodes).map { [$0, $1] })
        #expect(known.count == trees.count)
        var children: Set<[Int]> = []
        for place in trees.indices where modes[place] != "LEAF" {
            #expect(modes[place] == "BRANCH_LEQ")
            for list in ["nodes_truenodeids", "nodes_falsenodeids"] {
                let child = [trees[place], attributes.ints(list)[place]]
                #expect(known.contains(child) && children.insert(child).inserted)
            }
        }
        // Every node but the roots is somebody's child.
        #expect(children.count == trees.count - Set(trees).count)
        let leaves = zip(modes, zip(trees, nodes)).filter { $0.0 == "LEAF" }.map { [$0.1.0, $0.1.1] }
        #expect(
            Array(zip(attributes.ints("target_treeids"), attributes.ints("target_nodeids"))).map { [$0, $1] } == leaves)
        // Each tree tells its leaves from 0 up in a column of its own.
        #expect(attributes.ints("target_ids") == attributes.ints("target_treeids"))
        #expect(attributes.named["n_targets"]?.i == Int64(Set(trees).count))
        let places = Dictionary(
            grouping: zip(attributes.ints("target_treeids"), attributes.doubles("target_weights_as_tensor")), by: \.0)
        for own in places.values { #expect(own.map(\.1) == (0..<own.count).map { Double($0) }) }
    }

    @Test func thresholdsAndLeavesAreThoseOfTheTree() throws {
        let trained = try Fields.model("grade", "decision-tree")
        guard case .classifier(let model as DecisionTreeClassifier.Model) = trained.predictor else {
            Issue.record("not a tree")
            return
        }
        let (tree, attributes) = (model.tree, try Attributes(trained))
        let splits = (0..<tree.nodeCount).filter { !tree.isLeaf($0) }
        #expect(splits.map { attributes.doubles("nodes_values_as_tensor")[$0] } == splits.map { tree.threshold[$0] })
        #expect(splits.map { attributes.ints("nodes_featureids")[$0] } == splits.map { Int(tree.feature[$0]) })
        let graph = try ONNXModel(trained).proto.graph
        let leaves = (0..<tree.nodeCount).filter(tree.isLeaf)
        let shares = leaves.flatMap { tree.values[$0 * 3..<$0 * 3 + 3] }
        #expect(graph.initializer.contains { $0.dims == [Int64(leaves.count), 3] && $0.doubles == shares })
    }

    @Test func rowsAreRoundedFirstWhereTreesCompareShortNumbers() throws {
        func roundings(_ name: String) throws -> Int {
            try ONNXModel(Fields.model("yield", name)).proto.graph.node.filter {
                $0.opType == "Cast" && $0.attribute.contains { $0.i == Int64(Onnx_TensorProto.DataType.float.rawValue) }
            }.count
        }
        #expect(try roundings("extra-trees") == 1)
        #expect(try roundings("hist-gradient-boosting") == 0)
    }

    @Test func categoriesBecomeSidesOfTheSetsThatAskForThem() throws {
        let trained = try Fields.model(
            "good", "hist-gradient-boosting", [("maxIter", "4"), ("categoricalFeatures", "1")])
        guard case .classifier(let model as HistGradientBoostingClassifier.Model) = trained.predictor else {
            Issue.record("not a boosted model")
            return
        }
        let (trees, attributes) = (model.trees, try Attributes(trained))
        let asking = trees.feature.indices.filter { trees.categorySet[$0] >= 0 && trees.feature[$0] >= 0 }
        try #require(!asking.isEmpty)
        #expect(
            asking.map { attributes.ints("nodes_featureids")[$0] }
                == asking.indices.map { trees.featureCount + $0 })
        #expect(asking.allSatisfy { attributes.doubles("nodes_values_as_tensor")[$0] == 0.5 })
        // A category is at 0 in the column of a set that holds it, so that it goes left.
        let count = try #require(trees.categories[1]?.count)
        let sides = try #require(
            ONNXModel(trained).proto.graph.initializer.first { $0.dims == [Int64(count), Int64(asking.count)] })
        for (column, node) in asking.enumerated() {
            for code in 0..<count {
                let byte = trees.categorySets[Int(trees.categorySet[node]) * 32 + code / 8]
                #expect((sides.doubles[code * asking.count + column] == 0) == (byte >> (code % 8) & 1 == 1))
            }
        }
    }
}
#endif
