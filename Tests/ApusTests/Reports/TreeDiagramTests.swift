import Apus
import ApusCore
import ApusDatasets
import ApusLearn
import ApusPlots
import Foundation
import Testing

#if canImport(FoundationXML)
import FoundationXML
#endif

/// A fitted tree as a picture.
struct TreeDiagramTests {
    @Test func showsEveryQuestionAnswerAndClassOfASmallTree() throws {
        let iris = try Datasets.iris()
        let model = try DecisionTreeClassifier(maxDepth: 3).fit(iris.x, iris.y)
        let svg = model.diagram(featureNames: iris.featureNames, title: "Iris <3>").svg()
        #expect(isWellFormed(svg))
        for text in ["petal width (cm) ≤ 0.8", "setosa 100%", "150 rows · impurity 0.667", "Iris &lt;3&gt;"] {
            #expect(svg.contains(text), "\(text)")
        }
        if let folder = ProcessInfo.processInfo.environment["APUS_GALLERY"] {
            try svg.write(toFile: folder + "/tree.svg", atomically: true, encoding: .utf8)
        }
    }

    @Test func countsWhatLiesBelowTheGreatestDepth() throws {
        let data = try Datasets.diabetes()
        let model = try DecisionTreeRegressor(maxDepth: 6).fit(data.x, data.y)
        let svg = model.diagram(featureNames: data.featureNames, maxDepth: 3).svg()
        #expect(isWellFormed(svg))
        #expect(svg.contains("more below"))
        #expect(svg.contains(">yes<") && svg.contains(">no<"))
        if let folder = ProcessInfo.processInfo.environment["APUS_GALLERY"] {
            try svg.write(toFile: folder + "/tree-regression.svg", atomically: true, encoding: .utf8)
        }
    }

    @Test func drawsAnEmptyOrTangledListWithoutATrap() throws {
        #expect(isWellFormed(TreeDiagram(nodes: []).svg()))
        let tangled = (0..<4).map { _ in
            TreeDiagram.Node(
                question: "q", answer: "", facts: "", shares: [.nan, 2], weight: .infinity, children: [0, 1, 2, 9, -1])
        }
        #expect(isWellFormed(TreeDiagram(nodes: tangled, classes: ["a"]).svg()))
    }

    private func isWellFormed(_ svg: String) -> Bool { XMLParser(data: Data(svg.utf8)).parse() }
}
