import ApusCore
import ApusDatasets
import ApusEvaluation
import ApusLearn
import ApusTestSupport
import Foundation
import Synchronization
import Testing

/// Searches over small trees, beside the reference's.
struct SearchTests {
    let lists: SearchSpace = [
        "maxDepth": [1, 2, .null], "criterion": ["gini", "entropy"], "minSamplesLeaf": [1, 5, 9, 20],
    ]
    let mixed: [String: ParameterDistribution] = [
        "maxDepth": .integers(1..<20), "maxFeatures": .uniform(0, 1), "minSamplesSplit": .integers(2..<11),
        "criterion": ["gini", "entropy"], "ccpAlpha": .logUniform(1e-4, 1e-1), "splitter": ["best"],
    ]

    private func expectSame(_ found: [[String: JSONValue]], _ fixture: String) throws {
        let expected = try Oracle("search/candidates").array(fixture)
        #expect(found.count == expected.count)
        for (candidate, known) in zip(found, expected) {
            #expect(Set(candidate.keys.map(snakeCase)) == Set(known.keys))
            for (name, value) in candidate {
                let key = snakeCase(name)
                switch value {
                case .null: #expect(!known.has(key))
                case .string(let text): #expect(try known.string(key) == text)
                case .int(let number): #expect(try known.int(key) == number)
                default:
                    let number = try known.double(key)
                    #expect(abs((value.doubleValue ?? .nan) - number) <= 4e-16 * abs(number), "\(name)")
                }
            }
        }
    }

    @Test func triesTheReferencesCandidatesInItsOrder() throws {
        let second: [String: ParameterDistribution] = ["maxDepth": [7], "splitter": ["best", "random"]]
        try expectSame(SearchSpace(parts: lists.parts + [second]).grid(), "grid")
        try expectSame(lists.sample(7, seed: 42), "lists")
        try expectSame(lists.sample(100, seed: 1), "many")
        try expectSame(SearchSpace(mixed).sample(20, seed: 42), "mixed")
        try expectSame(SearchSpace(parts: [mixed, ["maxDepth": .integers(3..<5)]]).sample(10, seed: 0), "parts")
    }

    @Test func aGridFindsTheReferencesScoresRanksAndModel() throws {
        let data = try Datasets.breastCancer()
        let known = try Oracle("search/searches").object("grid")
        let options = SearchOptions(scoring: [try Scorer.named("accuracy"), try Scorer.named("roc_auc")])
        let result = try GridSearchCV(DecisionTreeClassifier(), lists, options).fit(data.x, data.y)
        let means = result.candidates.map(\.meanScores)
        try expectClose(means.map { $0[0] ?? .nan }, known.doubles("accuracy"), relative: 1e-12)
        try expectClose(means.map { $0[1] ?? .nan }, known.doubles("area"), relative: 1e-12)
        try expectClose(
            result.candidates.map { $0.deviations[0] ?? .nan }, known.doubles("deviation"), relative: 1e-9,
            absolute: 1e-14)
        #expect(try result.candidates.map(\.rank) == known.ints("rank"))
        #expect(try result.bestIndex == known.int("best"))
        let model = try #require(result.model)
        #expect(try model.predict(data.x).codes == known.ints("predictions"))
    }

    @Test func aRandomSearchFindsTheReferencesScores() throws {
        let data = try Datasets.diabetes()
        let known = try Oracle("search/searches").object("random")
        let space: SearchSpace = [
            "max_depth": .integers(1..<8), "max_features": .uniform(0, 1), "min_samples_leaf": [1, 2, 5],
        ]
        let search = RandomizedSearchCV(
            DecisionTreeRegressor(), space, nIter: 12, seed: 3, SearchOptions(cv: KFold(nSplits: 3)))
        let result = try search.fit(data.x, data.y)
        try expectClose(result.candidates.map { ($0.meanScores[0]) ?? .nan }, known.doubles("score"), relative: 1e-10)
        #expect(try result.candidates.map(\.rank) == known.ints("rank"))
        let predictions = try #require(result.model).predict(data.x.selecting(rows: Array(0..<50)))
        try expectClose(predictions, known.doubles("predictions"), relative: 1e-12)
    }

    @Test func candidatesThatBreakAConstraintComeLast() throws {
        let data = try Datasets.breastCancer()
        // Prefers shallow trees whatever they score, to have something to trade.
        let shallow = Scorer(
            name: "shallow",
            classification: { truth, prediction, _ in
                MetricValue(Double(Set(prediction.codes).count))
            })
        let options = SearchOptions(
            scoring: [try Scorer.named("accuracy"), try Scorer.named("recall"), shallow],
            constraints: [SearchConstraint("recall", atLeast: 0.9)], refit: false)
        let result = try GridSearchCV(DecisionTreeClassifier(), lists, options).fit(data.x, data.y)
        #expect(result.model == nil)
        let kept = result.candidates.filter(\.isFeasible).map(\.rank)
        let broken = result.candidates.filter { !$0.isFeasible }.map(\.rank)
        #expect(!kept.isEmpty && !broken.isEmpty && (kept.max() ?? 0) < (broken.min() ?? 0))
        #expect((result.best.meanScores[1] ?? 0) >= 0.9)
        #expect(throws: ApusError.self) {
            try GridSearchCV(
                DecisionTreeClassifier(), lists, SearchOptions(constraints: [SearchConstraint("fairness")])
            ).fit(data.x, data.y)
        }
    }

    @Test func parametersOfAPipelinesStepsCanBeSearched() throws {
        let data = try Datasets.iris()
        let pipeline = StandardScaler().then(LogisticRegression())
        let result = try GridSearchCV(
            pipeline, ["logisticRegression.c": [0.01, 1.0], "standardScaler.withMean": [true]]
        )
        .fit(data.x, data.y)
        #expect(result.bestParameters["logisticRegression.c"] == 1.0)
    }

    @Test func aSearchThatWasCutOffGoesOnWhereItStopped() throws {
        final class Memory: SearchJournal {
            let known = Mutex<[[Int]: FoldOutcome]>([:])
            let stopsAfter: Int
            init(stopsAfter: Int) { self.stopsAfter = stopsAfter }
            func outcome(candidate: Int, fold: Int) -> FoldOutcome? { known.withLock { $0[[candidate, fold]] } }
            func record(_ outcome: FoldOutcome, candidate: Int, fold: Int) throws {
                try known.withLock {
                    if $0.count >= stopsAfter { throw CancellationError() }
                    $0[[candidate, fold]] = outcome
                }
            }
        }
        let data = try Datasets.iris()
        var search = GridSearchCV(DecisionTreeClassifier(), lists)
        let whole = try search.fit(data.x, data.y)
        let cut = Memory(stopsAfter: 30)
        search.options.journal = cut
        #expect(throws: CancellationError.self) { try search.fit(data.x, data.y) }
        #expect(cut.known.withLock { $0.count } == 30)
        let again = Memory(stopsAfter: .max)
        again.known.withLock { $0 = cut.known.withLock { $0 } }
        search.options.journal = again
        let resumed = try search.fit(data.x, data.y)
        #expect(resumed.candidates.map(\.foldScores) == whole.candidates.map(\.foldScores))
        #expect(resumed.bestIndex == whole.bestIndex && resumed.model == whole.model)
        #expect(again.known.withLock { $0.count } == whole.candidates.count * 5)
    }

    @Test func spacesAreReadFromText() throws {
        let texts: [(String, ParameterDistribution)] = [
            ("choice(gini, entropy)", ["gini", "entropy"]), ("[1, 2.5, none, true]", [1, 2.5, .null, true]),
            ("randint(1, 20)", .integers(1..<20)), ("1..20", .integers(1..<20)), ("1..<20", .integers(1..<20)),
            ("uniform(0, 1)", .uniform(0, 1)), ("0.5..2", .uniform(0.5, 2)), ("rbf", ["rbf"]),
            ("loguniform(1e-3, 1e3)", .logUniform(1e-3, 1e3)), (" log(0.001..1000) ", .logUniform(0.001, 1000)),
        ]
        for (text, expected) in texts { #expect(try ParameterDistribution(text: text) == expected, "\(text)") }
        for text in [
            "", "randint(5, 5)", "uniform(1, 0)", "log(0..1)", "choice()", "randint(a, b)", "uniform(nan, 1)", "5..1",
            "(", "uniform(0, inf)",
        ] {
            #expect(throws: ApusError.self, "\(text)") { try ParameterDistribution(text: text) }
        }
    }

    @Test func whatCannotBeSearchedIsRefusedBeforeAnythingIsFitted() throws {
        let data = try Datasets.iris()
        let spaces: [SearchSpace] = [
            SearchSpace(parts: []), SearchSpace([:]), ["maxDeph": [1]], ["maxDepth": [0]], ["maxDepth": []],
            ["maxDepth": .integers(1..<5)],
            ["maxDepth": .choice((1...4000).map { .int($0) }), "minSamplesLeaf": .choice((1...4000).map { .int($0) })],
        ]
        for space in spaces {
            #expect(throws: ApusError.self) { try GridSearchCV(DecisionTreeClassifier(), space).fit(data.x, data.y) }
        }
        for space in [
            ["maxDepth": .integers(3..<3)], ["maxFeatures": .uniform(.nan, 1)], ["ccpAlpha": .logUniform(0, 1)],
        ]
            as [SearchSpace]
        {
            #expect(throws: ApusError.self) {
                try RandomizedSearchCV(DecisionTreeClassifier(), space).fit(data.x, data.y)
            }
        }
        #expect(throws: ApusError.self) {
            try RandomizedSearchCV(DecisionTreeClassifier(), lists, nIter: 0).fit(data.x, data.y)
        }
    }
}
