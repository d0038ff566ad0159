import ApusCore
import ApusDatasets
import ApusEvaluation
import ApusLearn
import ApusTestSupport
import Foundation
import Testing

/// Successive halving beside the reference's: rounds, candidates, resources and scores.
struct HalvingTests {
    let grid: SearchSpace = ["maxDepth": [2, 3, 4, 5, 8], "minSamplesLeaf": [1, 3, 9], "maxFeatures": [0.5, 1.0]]
    let drawn: SearchSpace = [
        "maxDepth": .integers(1..<12), "maxFeatures": .uniform(0, 1), "minSamplesLeaf": .integers(1..<20),
    ]

    private func expectSame<Model>(_ result: SearchResult<Model>, _ fixture: String) throws {
        let known = try Oracle("search/halving").object(fixture)
        #expect(try result.candidates.map(\.point.iteration) == known.ints("round"))
        #expect(try result.candidates.map { $0.point.resources ?? -1 } == known.ints("resources"))
        let parameters = try known.array("parameters")
        for (candidate, expected) in zip(result.candidates, parameters) {
            for (name, value) in candidate.parameters {
                let number = try expected.double(snakeCase(name))
                #expect(abs((value.doubleValue ?? .nan) - number) <= 1e-15 * abs(number), "\(name)")
            }
        }
        try expectClose(result.candidates.map { $0.score ?? .nan }, known.doubles("score"), relative: 1e-10)
        #expect(try result.bestIndex == known.int("best"))
    }

    @Test func theRoundsAreThoseOfTheReference() throws {
        let data = try Datasets.diabetes()
        let options = SearchOptions(cv: KFold(nSplits: 3))
        let tree = DecisionTreeRegressor()
        try expectSame(HalvingGridSearchCV(tree, grid, Halving(), options).fit(data.x, data.y), "grid")
        let smallest = Halving(
            factor: 2, minResources: .amount(20), maxResources: 80, aggressiveElimination: true, seed: 5)
        try expectSame(HalvingGridSearchCV(tree, grid, smallest, options).fit(data.x, data.y), "smallest")
        try expectSame(
            HalvingRandomSearchCV(
                tree, drawn, Halving(minResources: .amount(40), seed: 1), SearchOptions(cv: KFold(nSplits: 5))
            ).fit(
                data.x, data.y), "random")
    }

    @Test func aParameterCanBeWhatGrows() throws {
        let data = try Datasets.diabetes()
        let halving = Halving(resource: .parameter("nEstimators"), minResources: .amount(2), maxResources: 18, seed: 2)
        let search = HalvingRandomSearchCV(
            RandomForestRegressor(), drawn, nCandidates: 9, halving, SearchOptions(cv: KFold(nSplits: 3)))
        try expectSame(search.fit(data.x, data.y), "trees")
    }

    @Test func whatCannotBeHalvedIsRefused() throws {
        let data = try Datasets.diabetes()
        let illegal: [(Halving, String)] = [
            (Halving(factor: 1), "above 1"), (Halving(minResources: .amount(0)), "at least 1"),
            (Halving(minResources: .amount(500)), "not above the last"), (Halving(maxResources: 5000), "only 442"),
            (Halving(resource: .parameter("maxLeafNodes")), "maximal resources"),
            (Halving(resource: .parameter("max_depth"), maxResources: 9), "left out"),
            (Halving(resource: .parameter("depth"), maxResources: 9), "no parameter depth"),
        ]
        for (halving, message) in illegal {
            do {
                _ = try HalvingGridSearchCV(DecisionTreeRegressor(), grid, halving).fit(data.x, data.y)
                Issue.record("\(message) was not said")
            } catch let error as ApusError {
                let said = error.message.replacing("leave it out", with: "left out")
                #expect(said.contains(message), "\(said)")
            }
        }
        #expect(throws: ApusError.self) {
            try HalvingRandomSearchCV(DecisionTreeRegressor(), drawn, Halving(minResources: .exhaust)).fit(
                data.x, data.y)
        }
    }
}
