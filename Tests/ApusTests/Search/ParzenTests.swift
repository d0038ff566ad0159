import ApusCore
import ApusDatasets
import ApusEvaluation
import ApusLearn
import ApusTestSupport
import Foundation
import Synchronization
import Testing

/// The tree-structured Parzen estimator beside Optuna's, and beside chance.
struct ParzenTests {
    @Test(arguments: [
        ("trials", UInt32(0), false), ("others", 7, false), ("together", 0, true), ("others together", 7, true),
    ])
    func proposesWhatTheReferenceProposes(_ fixture: String, _ seed: UInt32, _ multivariate: Bool) throws {
        let space: SearchSpace = [
            "a": .uniform(-5, 5), "b": .logUniform(1e-3, 1e3), "c": .integers(1..<20), "d": ["gini", "entropy", "log"],
        ]
        var search = try TPESearch(space, TPESettings(multivariate: multivariate, seed: seed))
        for (place, trial) in try Oracle("search/parzen").array(fixture).enumerated() {
            let point = search.next()
            let tied = try trial.strings("tied")
            for name in ["a", "b"] {
                let (found, known) = (point[name]?.doubleValue ?? .nan, try trial.double(name))
                #expect(abs(found - known) <= 1e-6 * abs(known), "trial \(place): \(name) is \(found), not \(known)")
            }
            // Where rounding alone decides between two values, either is right.
            if !tied.contains("c") { #expect(try point["c"]?.intValue == trial.int("c"), "trial \(place)") }
            if !tied.contains("d") { #expect(try point["d"]?.stringValue == trial.string("d"), "trial \(place)") }
            // What the reference was told, so that one rounding does not make all that follows differ.
            let known: [String: JSONValue] = [
                "a": .double(try trial.double("a")), "b": .double(try trial.double("b")),
                "c": .int(try trial.int("c")), "d": .string(try trial.string("d")),
            ]
            search.learn(known, score: try trial.double("value"))
        }
    }

    struct Function: Sendable {
        let name: String
        let space: SearchSpace
        /// How many candidates are needed with parameters drawn together, and each by itself: what the documentation of
        /// `TPESettings` says.
        let together: Double
        let apart: Double
        let value: @Sendable ([Double]) -> Double

        init(
            _ name: String, _ space: SearchSpace, together: Double, apart: Double,
            _ value: @escaping @Sendable ([Double]) -> Double
        ) {
            (self.name, self.space, self.together, self.apart, self.value) = (name, space, together, apart, value)
        }
    }

    static let functions: [Function] = [
        Function(
            "sphere", ["x": .uniform(-5, 5), "y": .uniform(-5, 5), "z": .uniform(-5, 5)], together: 14, apart: 22,
            { -$0.reduce(0) { $0 + $1 * $1 } }
        ),
        Function(
            "Ackley", ["x": .uniform(-5, 5), "y": .uniform(-5, 5)], together: 23.5, apart: 24.5,
            { p in
                let (x, y) = (p[0], p[1])
                let far = exp(-0.2 * ((x * x + y * y) / 2).squareRoot())
                let waves = exp((cos(2 * Double.pi * x) + cos(2 * Double.pi * y)) / 2)
                return 20 * far + waves - 20 - exp(1)
            }
        ),
        Function(
            "Branin", ["x": .uniform(-5, 10), "y": .uniform(0, 15)], together: 24.5, apart: 53.5,
            { p in
                let (x, y) = (p[0], p[1])
                let bowl = y - 5.1 / (4 * Double.pi * Double.pi) * x * x + 5 / Double.pi * x - 6
                return -(bowl * bowl + 10 * (1 - 1 / (8 * Double.pi)) * cos(x) + 10)
            }
        ),
        Function(
            "Rosenbrock", ["x": .uniform(-2, 2), "y": .uniform(-1, 3)], together: 63.5, apart: 48.5,
            { p in -(100 * (p[1] - p[0] * p[0]) * (p[1] - p[0] * p[0]) + (1 - p[0]) * (1 - p[0])) }
        ),
    ]

    /// The number of candidates after which the estimator is as good as chance is after a hundred: the median of 20 seeds.
    @Test(arguments: functions.indices)
    func needsAsManyCandidatesAsItsDocumentationSays(_ index: Int) throws {
        let function = Self.functions[index]
        func score(_ point: [String: JSONValue]) -> Double {
            function.value(["x", "y", "z"].compactMap { point[$0]?.doubleValue })
        }
        for (multivariate, known) in [(true, function.together), (false, function.apart)] {
            let needed = try Self.needed(function.space, multivariate, score)
            let median = Double(needed[9] + needed[10]) / 2
            // Mathematical functions of another system may round otherwise.
            #expect(
                abs(median - known) <= 1, "\(function.name), together: \(multivariate): \(median) of \(needed)")
        }
    }

    /// For each of 20 seeds, in ascending order, the number of candidates after which the estimator is as good as the median
    /// of chance after a hundred.
    private static func needed(
        _ space: SearchSpace, _ multivariate: Bool, _ score: ([String: JSONValue]) throws -> Double
    ) throws -> [Int] {
        let bests = try (0..<20).map { seed in
            try space.sample(100, seed: UInt32(seed)).map(score).max() ?? -.infinity
        }.sorted()
        let chance = (bests[9] + bests[10]) / 2
        return try (0..<20).map { seed -> Int in
            var search = try TPESearch(space, TPESettings(multivariate: multivariate, seed: UInt32(seed)))
            for count in 1...100 {
                let point = search.next()
                let found = try score(point)
                if found >= chance { return count }
                search.learn(point, score: found)
            }
            return 101
        }.sorted()
    }

    @Test func needsHalfTheCandidatesOfChanceInARealSearch() throws {
        let data = try Datasets.diabetes()
        let space: SearchSpace = ["alpha": .logUniform(1e-4, 100), "l1Ratio": .uniform(0.05, 1)]
        for (multivariate, known) in [(true, 14.0), (false, 24.5)] {
            let needed = try Self.needed(space, multivariate) { point in
                let scores = try crossValScore(
                    ElasticNet(parameters: point), data.x, data.y, cv: KFold(nSplits: 3, shuffle: true, seed: 1))
                return scores.reduce(0, +) / 3
            }
            #expect(abs(Double(needed[9] + needed[10]) / 2 - known) <= 1, "\(needed)")
        }
    }

    @Test func aSearchThatGivesUpHopelessCandidatesIsTheSameForAnyNumberOfThreads() throws {
        let data = try Datasets.breastCancer()
        let space: SearchSpace = [
            "maxDepth": .integers(1..<12), "minSamplesLeaf": .integers(1..<200), "criterion": ["gini", "entropy"],
        ]
        let search = TPESearchCV(
            DecisionTreeClassifier(), space, TPESettings(nIter: 30, nStartupTrials: 5, prunes: true, seed: 3))
        let threads = Parallel.threads
        defer { Parallel.threads = threads }
        let results = try [1, 2, 5].map { count in
            Parallel.threads = count
            return try search.fit(data.x, data.y)
        }
        #expect(results[0].candidates.contains { $0.prunedAfter != nil })
        #expect(results[0].best.prunedAfter == nil)
        for other in results.dropFirst() {
            #expect(other.candidates.map(\.foldScores) == results[0].candidates.map(\.foldScores))
            #expect(other.candidates.map(\.parameters) == results[0].candidates.map(\.parameters))
        }
    }

    @Test func keepsToConstraintsWhenItLearns() throws {
        let data = try Datasets.breastCancer()
        let options = SearchOptions(
            scoring: [try Scorer.named("precision"), try Scorer.named("recall")],
            constraints: [SearchConstraint("recall", atLeast: 0.93)])
        let result = try TPESearchCV(
            DecisionTreeClassifier(), ["maxDepth": .integers(1..<8), "minSamplesLeaf": .integers(1..<300)],
            TPESettings(nIter: 30), options
        ).fit(data.x, data.y)
        #expect(result.best.isFeasible && result.candidates.contains { !$0.isFeasible })
    }

    @Test func refusesWhatItCannotSearch() throws {
        let data = try Datasets.iris()
        let depths: SearchSpace = ["maxDepth": .integers(1..<5)]
        let illegal: [(SearchSpace, TPESettings)] = [
            (SearchSpace(parts: [["maxDepth": [1]], ["maxDepth": [2]]]), TPESettings()),
            (SearchSpace([:]), TPESettings()), (depths, TPESettings(nIter: 0)),
            (depths, TPESettings(nEICandidates: 0)), (["maxDepth": .integers(0..<5)], TPESettings()),
            (["depth": [1]], TPESettings()),
        ]
        for (space, settings) in illegal {
            #expect(throws: ApusError.self) {
                try TPESearchCV(DecisionTreeClassifier(), space, settings).fit(data.x, data.y)
            }
        }
    }
}
