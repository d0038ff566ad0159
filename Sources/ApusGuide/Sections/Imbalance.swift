import Apus
import ApusCore
import ApusDatasets
import ApusEvaluation
import ApusLearn
import ApusPlots

/// Section 9: when one class is rare.
struct Imbalance: Section {
    let number = 9
    let title = "Imbalanced classes"

    /// How a model did on the rows held out.
    struct Outcome {
        let name: String
        let accuracy: Double
        let precision: Double
        let recall: Double
        let f1: Double
        let area: Double
        let brier: Double
        let meanProbability: Double
        let report: String
    }

    func write(into chapter: inout Chapter) async throws {
        chapter.heading("The idea")
        chapter.paragraph(
            """
            One row of ten is of the class that you care about. A model that minimises its mistakes then finds it cheap \
            to miss that class. Three remedies move the border: rows made up for the rare class (SMOTE), weights for it, \
            or simply another threshold. They look alike in recall and differ in what they do to the probabilities.
            """)
        let plain = try remedies(into: &chapter)
        try threshold(plain, into: &chapter)
        try leak(into: &chapter)
        advise(in: &chapter)
        chapter.questions(questions)
        attempt(in: &chapter)
    }

    // MARK: Before and after

    private func remedies(into chapter: inout Chapter) throws -> (truth: Labels, probabilities: [Double]) {
        chapter.heading("Nine to one, before and after SMOTE")
        chapter.formula(
            "new row = x + u · (x′ − x),   x′ one of the 5 nearest rows of the same class, u uniform in 0…1")
        chapter.code(Snippets.remedies)
        // snippet: remedies
        let data = try makeClassification(
            nSamples: 2000, nFeatures: 20, weights: [0.9, 0.1], classSep: 0.8, seed: 42)
        let (xTrain, xTest, yTrain, yTest) = try trainTestSplit(
            data.x, data.y, testSize: 0.3, stratify: data.y, seed: 42)
        let more = try SMOTE(seed: 42).fitResample(xTrain, yTrain)

        let plain = try LogisticRegression().fit(xTrain, yTrain)
        let smote = try SMOTE(seed: 42).then(LogisticRegression())
            .fit(xTrain, yTrain)
        let weighted = try LogisticRegression(classWeight: .balanced)
            .fit(xTrain, yTrain)
        // end
        chapter.record("rows of each class", yTrain.counts.map(Double.init))
        chapter.record("rows after SMOTE", more.y.counts.map(Double.init))
        chapter.record("first new row", more.x.row(xTrain.rows))
        let never = Double(yTest.counts[0]) / Double(yTest.count)
        chapter.record("accuracy of never", never)
        let outcomes = try [
            judged("nothing", plain, xTest, yTest), judged("SMOTE", smote, xTest, yTest),
            judged("weights", weighted, xTest, yTest),
        ]
        for outcome in outcomes { record(outcome, into: &chapter) }
        chapter.paragraph(
            """
            \(yTrain.counts[0]) rows of class 0 and \(yTrain.counts[1]) of class 1 to learn from; after SMOTE there are \
            \(more.y.counts[1]) of each, for training alone. The classification report before:
            """)
        chapter.output(outcomes[0].report)
        chapter.paragraph("And after SMOTE, on the same 600 rows held out:")
        chapter.output(outcomes[1].report)
        chapter.picture(
            Picture(
                [
                    Self.plane(xTrain, yTrain, made: []).chartTitle("Before: \(yTrain.counts[1]) rare rows"),
                    Self.plane(xTrain, yTrain, made: (xTrain.rows..<more.x.rows).map { more.x.row($0) })
                        .chartTitle("After: \(more.y.counts[1] - yTrain.counts[1]) made up between them"),
                ],
                caption:
                    "Two of the twenty features. SMOTE adds rows on the lines between rare rows that are neighbours.",
                width: 1000, height: 400, characters: .ascii, rows: 12))
        chapter.table(
            header: ["remedy", "accuracy", "precision", "recall", "F1", "AUC", "Brier score", "mean probability"],
            rows: outcomes.map { outcome in
                [outcome.name]
                    + [
                        outcome.accuracy, outcome.precision, outcome.recall, outcome.f1, outcome.area, outcome.brier,
                        outcome.meanProbability,
                    ].map { TextTable.fixed($0, 3) }
            },
            caption:
                "Never answering 1 has an accuracy of \(TextTable.fixed(never, 3)). The true share of class 1 is "
                + "\(TextTable.fixed(1 - never, 3)).")
        chapter.paragraph(
            """
            Recall doubles, precision falls by a third, accuracy falls too: the border has moved. But look at AUC: the \
            ranking is the same within a hundredth. And look at the last column: after SMOTE or weights the mean \
            probability is more than twice the truth. The remedies taught the model a world in which half of the rows \
            are rare.
            """)
        chapter.live("balance")
        return (yTest, try plain.predictProba(xTest).column(1))
    }

    private func judged(_ name: String, _ model: some ClassifierModel, _ x: Matrix, _ y: Labels) throws -> Outcome {
        let prediction = try model.predict(x)
        let probabilities = try model.predictProba(x).column(1)
        return Outcome(
            name: name, accuracy: try accuracyScore(y, prediction), precision: try precisionScore(y, prediction).get(),
            recall: try recallScore(y, prediction).get(), f1: try f1Score(y, prediction).get(),
            area: try rocAUCScore(y, scores: probabilities).get(),
            brier: zip(y.codes, probabilities).map { ($1 - Double($0)) * ($1 - Double($0)) }.reduce(0, +)
                / Double(y.count),
            meanProbability: probabilities.reduce(0, +) / Double(y.count),
            report: try ClassificationReport(y, prediction).text())
    }

    private func record(_ outcome: Outcome, into chapter: inout Chapter) {
        let name = outcome.name
        chapter.record("\(name): accuracy", outcome.accuracy)
        chapter.record("\(name): precision", outcome.precision)
        chapter.record("\(name): recall", outcome.recall)
        chapter.record("\(name): F1", outcome.f1)
        chapter.record("\(name): AUC", outcome.area)
        chapter.record("\(name): Brier score", outcome.brier)
        chapter.record("\(name): mean probability", outcome.meanProbability)
        if name != "weights" { chapter.record("\(name): report", .string(outcome.report)) }
    }

    /// The two features that tell the classes apart best, by the distance of their means.
    private static func plane(_ x: Matrix, _ y: Labels, made: [[Double]]) -> Chart {
        let distances = (0..<x.columns).map { column in
            var (sums, counts) = ([0.0, 0.0], [0.0, 0.0])
            for (row, code) in y.codes.enumerated() {
                sums[code] += x[row, column]
                counts[code] += 1
            }
            return abs(sums[0] / counts[0] - sums[1] / counts[1])
        }
        let order = distances.indices.sorted { distances[$0] > distances[$1] }
        let (first, second) = (order[0], order[1])
        return Chart {
            for (code, name) in [(0, "common"), (1, "rare")] {
                let rows = y.codes.indices.filter { y.codes[$0] == code }
                PointMark(
                    x: .value("Feature \(first)", rows.map { x[$0, first] }),
                    y: .value("Feature \(second)", rows.map { x[$0, second] })
                )
                .foregroundStyle(by: .value("", name)).opacity(code == 0 ? 0.35 : 0.95).symbolSize(code == 0 ? 18 : 34)
            }
            if !made.isEmpty {
                PointMark(
                    x: .value("Feature \(first)", made.map { $0[first] }),
                    y: .value("Feature \(second)", made.map { $0[second] })
                )
                .foregroundStyle(by: .value("", "made up")).symbol(.diamond).opacity(0.55).symbolSize(20)
            }
        }
        .chartForegroundStyleScale(["common": .blue, "rare": .vermilion, "made up": .gold])
    }

    // MARK: The threshold alone

    private func threshold(_ plain: (truth: Labels, probabilities: [Double]), into chapter: inout Chapter) throws {
        chapter.heading("The same without resampling")
        chapter.paragraph("The plain model, unchanged, with the threshold at the share of the rare class.")
        let (truth, probabilities) = plain
        chapter.code(Snippets.movedThreshold)
        // snippet: movedThreshold
        let moved = Labels(probabilities.map { $0 >= 0.1 ? 1 : 0 })
        let precision = try precisionScore(truth, moved).get()
        let recall = try recallScore(truth, moved).get()
        let f1 = try f1Score(truth, moved).get()
        // end
        chapter.record("threshold 0.1: precision", precision)
        chapter.record("threshold 0.1: recall", recall)
        chapter.record("threshold 0.1: F1", f1)
        chapter.table(
            header: ["model", "precision", "recall", "F1"],
            rows: [["plain, threshold 0.1"] + [precision, recall, f1].map { TextTable.fixed($0, 3) }])
        chapter.paragraph(
            """
            That is where SMOTE and the weights ended too, and the probabilities are still true. For a model that gives \
            probabilities, start here.
            """)
    }

    // MARK: The leak

    private func leak(into chapter: inout Chapter) throws {
        chapter.heading("The mistake that everybody makes once")
        chapter.paragraph(
            """
            Resample the whole table, then cross-validate: rows made up from a row stand on the other side of the split \
            from it. In a pipeline the resampler works inside each training fold, and on nothing else.
            """)
        chapter.code(Snippets.resampledFolds)
        // snippet: resampledFolds
        let data = try makeClassification(
            nSamples: 2000, nFeatures: 20, weights: [0.9, 0.1], classSep: 0.8, seed: 42)
        let tree = DecisionTreeClassifier(maxDepth: 6, seed: 42)
        let folds = StratifiedKFold(nSplits: 5)
        let f1 = try Scorer.named("f1")

        // Wrong: first more rows, then the folds.
        let more = try SMOTE(seed: 42).fitResample(data.x, data.y)
        let before = try crossValScore(tree, more.x, more.y, cv: folds, scoring: f1)
        // Right: more rows inside each training fold.
        let within = try crossValScore(
            SMOTE(seed: 42).then(tree), data.x, data.y, cv: folds, scoring: f1)
        // end
        let (wrong, right) = (before.reduce(0, +) / 5, within.reduce(0, +) / 5)
        chapter.record("F1, resampled before the folds", wrong)
        chapter.record("F1, resampled within the folds", right)
        chapter.picture(
            Picture(
                [
                    Chart {
                        BarMark(
                            x: .value("Mean F1 in five folds", [wrong, right]),
                            y: .value("", ["before the folds", "within the folds"])
                        )
                        .annotation([wrong, right].map { TextTable.fixed($0, 3) })
                    }
                    .chartTitle("What resampling before the split pretends").chartXScale(domain: 0...1)
                ],
                caption: "The same tree, the same table.", width: 760, height: 260, rows: 6))
    }

    private func advise(in chapter: inout Chapter) {
        chapter.heading("Which one when")
        chapter.table(
            header: ["situation", "take"],
            rows: [
                ["a model with probabilities, costs known", "the plain model and a threshold by cost"],
                ["a loss that takes weights", "class weights: exact, free, no made-up rows"],
                ["nearest neighbours, small trees, no weights", "SMOTE in a pipeline"],
                ["categorical columns", "SMOTENC: a category between two categories does not exist"],
                ["millions of common rows", "random under-sampling, then recalibrate"],
                ["thirty rare rows in all", "more rows of them, or an outlier detector; no trick replaces them"],
            ])
    }

    // MARK: Questions

    let questions = [
        Question(
            "Why is accuracy misleading for rare classes?",
            "Never predicting the class is already right nearly always. Look at precision and recall of the class, at the "
                + "precision-recall curve, and at the cost of both mistakes."),
        Question(
            "How does SMOTE make a row?",
            "It takes a row of the rare class, one of its nearest neighbours of the same class, and a random place on the line "
                + "between them. So it fills the space between rare rows; it cannot know anything beyond them."),
        Question(
            "When does SMOTE do harm?",
            "When rare rows lie scattered among common ones (it builds bridges through the wrong class), with categories or "
                + "codes (a half postcode), in many dimensions, and whenever probabilities are needed afterwards."),
        Question(
            "Class weights or resampling?",
            "For a loss that sums over rows, a weight of nine equals nine copies, without the copies. Prefer weights where the "
                + "algorithm takes them; SMOTE adds variety that copies do not have, and that matters for trees and neighbours."
        ),
        Question(
            "What do resampling and weights do to the probabilities?",
            "They shift them towards the rare class by the odds of the resampling. Undo it by the prior, p/(p + (1 − p)·w), or "
                + "recalibrate on rows with the true shares."),
        Question(
            "How do you split an imbalanced table?",
            "Stratified, so that every part has its share of the rare class; grouped or by time where that applies. With very few "
                + "rare rows, repeat the folds: each score hangs on a handful."),
        Question(
            "Which curve do you show, ROC or precision-recall?",
            "Both, and decide on the second: with one positive in a thousand, a false positive rate of one percent is ten false "
                + "alarms for each hit, and the ROC curve hides that."),
        .trap(
            "After SMOTE, recall rose from 0.40 to 0.77. So SMOTE made the model better?",
            "It moved the threshold. The AUC stayed where it was, and the plain model with a threshold of 0.1 has a recall of "
                + "0.81 at nearly the same precision. Compare at equal precision, or by cost."),
    ]

    private func attempt(in chapter: inout Chapter) {
        chapter.attempts([
            Attempt(
                "Balance to one to two instead of one to one: `SMOTE(samplingStrategy: .ratio(0.5), seed: 42)`.",
                expect:
                    "a recall and a precision between those of nothing and those of full balance: one more knob that moves the "
                    + "border."),
            Attempt(
                "Use a random forest instead of the regression.",
                expect:
                    "without a remedy, high precision and low recall; again most of the gap is a matter of the threshold."
            ),
        ])
    }
}
