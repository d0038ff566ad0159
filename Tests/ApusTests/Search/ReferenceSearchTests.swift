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
    /// Without optimisation forests take long.
    static let most = 6
    #else
    static let most = 24
    #endif

    @Test func theCandidatesAndTheirMeanScoresAreThoseOfTheReference() throws {
        let data = try makeClassification(nSamples: 1000, nFeatures: 20, seed: 42)
        let known = try Oracle("search/forests")
        let (places, scores, parameters) = (
            try known.ints("places"), try known.doubles("score"), try known.array("parameters")
        )
        let candidates = try space.sample(100, seed: 42)
        // The one that wins the whole search with a mean score of 0.912.
        #expect(candidates.contains { $0["nEstimators"] == 181 && $0["maxDepth"] == 9 && $0["minSamplesSplit"] == 4 })
        for (place, expected) in zip(places, parameters) {
            for (name, value) in candidates[place] {
                #expect(try value.doubleValue == expected.double(snakeCase(name)), "candidate \(place): \(name)")
            }
        }
        for (place, score) in zip(places, scores).prefix(Self.most) {
            let forest = try RandomForestClassifier(parameters: candidates[place].merging(["seed": 42]) { $1 })
            let found = try crossValScore(forest, data.x, data.y)
            #expect(abs(found.reduce(0, +) / 5 - score) < 1e-12, "candidate \(place)")
        }
    }
}
