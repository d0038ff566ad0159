import Apus
import ApusCore
import ApusDatasets
import ApusEvaluation
import ApusLearn
import ApusPlots
import Foundation

/// Section 10: choosing hyper-parameters, at random and on a grid.
struct Tuning: Section {
    let number = 10
    let title = "Tuning"

    /// How many candidates of the random search are tried; 100 for the figures of the text.
    let candidates: Int

    init(candidates: Int = 100) {
        self.candidates = candidates
    }

    func write(into chapter: inout Chapter) async throws {
        chapter.heading("The idea")
        chapter.paragraph(
            """
            Training cannot choose a hyper-parameter: it would always choose the one that fits the training rows best. \
            So try values and judge each by cross-validation. The questions are which values to try, how many, and what \
            the best score is worth once you have picked it for being the best.
            """)
        try forest(into: &chapter)
        try gridAgainstRandom(into: &chapter)
        chapter.questions(questions)
        attempt(in: &chapter)
    }

    // MARK: A random search

    private func forest(into chapter: inout Chapter) throws {
        chapter.heading("A hundred forests, five folds each")
        chapter.paragraph(
            """
            Five hyper-parameters, each with a distribution instead of a list. A hundred draws, five hundred forests of \
            up to two hundred trees. Ranges leave their upper end out.
            """)
        chapter.code(Snippets.forestSearch)
        let candidates = candidates
        let start = ContinuousClock.now
        // snippet: forestSearch
        let data = try makeClassification(nSamples: 1000, nFeatures: 20, seed: 42)
        let space: SearchSpace = [
            "nEstimators": .integers(10..<200), "maxDepth": .integers(1..<20),
            "minSamplesSplit": .integers(2..<11), "minSamplesLeaf": .integers(1..<11),
            "maxFeatures": .uniform(0, 1),
        ]
        let search = RandomizedSearchCV(
            RandomForestClassifier(seed: 42), space, nIter: candidates, seed: 42)
        let result = try search.fit(data.x, data.y)
        // end
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let scores = result.candidates.map { ($0.meanScores.first ?? nil) ?? .nan }
        let defaults = try crossValScore(RandomForestClassifier(seed: 42), data.x, data.y)
        let defaultScore = defaults.reduce(0, +) / Double(defaults.count)
        chapter.record("score of the defaults", defaultScore)
        if candidates == 100, let best = result.bestScore, let model = result.model {
            for (name, value) in result.bestParameters { chapter.record("best \(snakeCase(name))", value) }
            chapter.record("best score", best)
            chapter.record("score on all rows", try accuracyScore(data.y, model.predict(data.x)))
            chapter.record("mean scores", scores)
        } else {
            chapter.record("mean scores", .array(scores.map { .double($0) }), isReproducible: false)
        }
        chapter.record("seconds", .double(seconds), isReproducible: false)
        let best = result.bestScore ?? .nan
        let parameters = result.bestParameters.sorted { $0.key < $1.key }
        chapter.table(
            header: ["hyper-parameter", "best of \(candidates) draws", "default"],
            rows: parameters.map { name, value in
                let known = RandomForestClassifier.parameterDescriptions.first { $0.name == name }
                return ["`\(name)`", Self.text(value), known.map { Self.text($0.defaultValue) } ?? ""]
            } + [["mean accuracy in five folds", TextTable.fixed(best, 4), TextTable.fixed(defaultScore, 4)]])
        let order = scores.indices.map { scores[$0...$0].first ?? .nan }
        var running = -Double.infinity
        let bests = order.map { score in
            running = max(running, score)
            return running
        }
        func axis(_ name: String) -> [Double] { result.candidates.map { $0.parameters[name]?.doubleValue ?? .nan } }
        chapter.picture(
            Picture(
                [
                    Chart {
                        PointMark(x: .value("Candidate", Array(1...scores.count)), y: .value("Mean accuracy", scores))
                            .foregroundStyle(by: .value("", "candidate")).opacity(0.7)
                        LineMark(x: .value("Candidate", Array(1...scores.count)), y: .value("Mean accuracy", bests))
                            .foregroundStyle(by: .value("", "best so far"))
                    }
                    .chartTitle("The course of the search"),
                    Chart {
                        PointMark(x: .value("maxDepth", axis("maxDepth")), y: .value("Mean accuracy", scores))
                            .foregroundStyle(by: .value("maxFeatures", axis("maxFeatures")))
                    }
                    .chartTitle("Depth matters first").chartForegroundStyleScale(.viridis),
                ],
                caption:
                    "Left: after some twenty draws there is little left to find. Right: shallow forests are worse whatever "
                    + "else they have; from depth five on, hardly anything matters.",
                width: 1000, height: 400, characters: .ascii, rows: 12))
        chapter.paragraph(
            """
            From \(TextTable.fixed(defaultScore, 3)) with the defaults to \(TextTable.fixed(best, 3)), in \
            \(TextTable.fixed(seconds, 1)) s. Be honest about it: the best of \(candidates) noisy scores is too good, and the \
            folds of the default differ by more than the gain. A test part that no candidate saw would tell.
            """)
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .int(let number): "\(number)"
        case .double(let number): TextTable.significant(number, 4)
        case .string(let text): text
        case .null: "none"
        default: "\(value)"
        }
    }

    // MARK: Grid against random

    private func gridAgainstRandom(into chapter: inout Chapter) throws {
        chapter.heading("Twenty-five tries: on a grid, or at random?")
        chapter.paragraph(
            """
            An SVM on the two moons has two hyper-parameters. A grid of five by five tries five values of each. \
            Twenty-five random draws try twenty-five values of each: if only one of them matters, that is five times as \
            many chances.
            """)
        chapter.code(Snippets.gridAndRandom)
        // snippet: gridAndRandom
        let moons = try makeMoons(nSamples: 300, noise: 0.25, seed: 42)
        let steps: ParameterDistribution = [0.01, 0.1, 1, 10, 100]
        let grid = try GridSearchCV(SVC(), ["c": steps, "gamma": steps])
            .fit(moons.x, moons.y)
        let drawn = try RandomizedSearchCV(
            SVC(), ["c": .logUniform(0.01, 100), "gamma": .logUniform(0.01, 100)],
            nIter: 25, seed: 42
        ).fit(moons.x, moons.y)
        // end
        func scores(_ result: SearchResult<SVC.Model>) -> [Double] {
            result.candidates.map { ($0.meanScores.first ?? nil) ?? .nan }
        }
        chapter.record("grid scores", scores(grid))
        chapter.record("random scores", scores(drawn))
        chapter.record("best of the grid", grid.bestScore ?? .nan)
        chapter.record("best of the random search", drawn.bestScore ?? .nan)
        func chart(_ result: SearchResult<SVC.Model>, _ title: String) -> Chart {
            Chart {
                PointMark(
                    x: .value("gamma", result.candidates.map { $0.parameters["gamma"]?.doubleValue ?? .nan }),
                    y: .value("C", result.candidates.map { $0.parameters["c"]?.doubleValue ?? .nan })
                )
                .foregroundStyle(by: .value("accuracy", scores(result))).symbolSize(170)
            }
            .chartTitle(title).chartSubtitle("best \(TextTable.fixed(result.bestScore ?? .nan, 4))")
            .chartForegroundStyleScale(.viridis, domain: 0.5...1)
            .chartXScale(type: .log, domain: 0.005...200).chartYScale(type: .log, domain: 0.005...200)
        }
        chapter.picture(
            Picture(
                [chart(grid, "Grid: 25 tries, 5 values of each"), chart(drawn, "Random: 25 tries, 25 values of each")],
                caption: "Both on logarithmic scales, as a factor of ten matters more than a difference of ten.",
                width: 1000, height: 420, characters: .ascii, rows: 12))
        chapter.paragraph(
            """
            The grid's best is \(TextTable.fixed(grid.bestScore ?? .nan, 4)), that of the draws \
            \(TextTable.fixed(drawn.bestScore ?? .nan, 4)). In two dimensions either will do. With five, a grid of five \
            values each has 3,125 points; a random search stays at as many as you can pay for.
            """)
    }

    // MARK: Questions

    let questions = [
        Question(
            "Grid or random search?",
            "Random, from three hyper-parameters on: usually few of them matter, and random draws try a new value of each every "
                + "time (Bergstra and Bengio 2012). A grid suits one or two, and small lists of choices."),
        Question(
            "On which scale do you search a penalty or a learning rate?",
            "On a logarithmic one: the step from 0.01 to 0.1 matters as much as that from 1 to 10. Depths and counts go on "
                + "plain scales."),
        Question(
            "What does a Bayesian search do better?",
            "It learns from the candidates tried so far where good ones are likely, and tries there. The tree-structured Parzen "
                + "estimator models good and bad candidates apart and takes those with the best ratio. It pays when one "
                + "evaluation is dear."),
        Question(
            "What is successive halving?",
            "Start many candidates on few rows or few trees, keep the best part, give those more, and so on. Most of the work "
                + "goes to the promising ones. It errs where a candidate is slow to show what it can do."),
        Question(
            "The best cross-validated score is 0.912. What will it be on new rows?",
            "Less, probably: it is the greatest of many noisy numbers. Keep a test part, or nest the search in an outer "
                + "cross-validation, and report that."),
        Question(
            "How many candidates are enough?",
            "With 60 random draws, one is among the best 5 % of the space with probability 1 − 0.95⁶⁰ = 95 %. Look at the curve "
                + "of the best so far: when it is flat, better features are worth more than more draws."),
        Question(
            "Which hyper-parameters of a forest matter most?",
            "Enough trees first (more never harm, they cost), then the number of features tried at a split and how far trees "
                + "may grow. Depth and leaf size work in the same direction; one of them is enough."),
        .trap(
            "You tuned on the whole table with five folds and now report the best score as the test score. What is wrong?",
            "Every row has chosen. The score is a maximum, and the preparation may have been tuned on it too. Split first; tune "
                + "on the training part; judge once."),
    ]

    private func attempt(in chapter: inout Chapter) {
        chapter.attempts([
            Attempt(
                "Search with another seed: `seed: 7`.",
                expect: "another best candidate, with a score within about half a point: the top is flat."),
            Attempt(
                "Keep two of the hyper-parameters, `maxDepth` and `maxFeatures`.",
                expect: "as good a score from half the draws: the others hardly matter here."),
        ])
    }
}
