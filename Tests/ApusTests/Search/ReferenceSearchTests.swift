import ApusCore
import ApusDatasets
import ApusEvaluation
import ApusLearn
import ApusTestSupport
import Testing

/// The random search over forests that the reference takes a minute and a half for.
struct ReferenceSearchTests {
    let space: SearchSpace = [
        "nEstimators": .integers(10..<200), "maxDepth": .integers(1..<20), "minSamplesSplit": .integers(2..<11),
        "minSamplesLeaf": .integers(1..<11), "maxFeatures": .uniform(0, 1),
    ]

    #if DEBUG
    /// Without optimisation whole forests take long, so the candidates with the fewest trees stand for all.
    static let most = 8
    #else
    static let most = 100
    #endif

    @Test func theMeanScoresAreThoseOfTheReference() throws {
        let data = try makeClassification(nSamples: 1000, nFeatures: 20, seed: 42)
        let known = try Oracle("search/forests")
        let scores = try known.doubles("score")
        let candidates = try space.sample(100, seed: 42)
        let best = try known.int("best")
        #expect(candidates[best]["nEstimators"] == 181 && candidates[best]["maxDepth"] == 9)
        #expect(candidates[best]["minSamplesLeaf"] == 1 && candidates[best]["minSamplesSplit"] == 4)
        let chosen = candidates.indices.sorted {
            (candidates[$0]["nEstimators"]?.intValue ?? 0) < (candidates[$1]["nEstimators"]?.intValue ?? 0)
        }.prefix(Self.most)
        for place in chosen {
            let forest = try RandomForestClassifier(
                parameters: candidates[place].merging(["seed": 42]) { $1 })
            let found = try crossValScore(forest, data.x, data.y)
            #expect(abs(found.reduce(0, +) / 5 - scores[place]) < 1e-12, "candidate \(place)")
        }
    }
}
