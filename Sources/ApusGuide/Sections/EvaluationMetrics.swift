import Apus
import ApusCore
import ApusDatasets
import ApusEvaluation
import ApusFrame
import ApusLearn
import ApusPlots

/// Section 7: what a classifier's scores say, and how to choose its threshold.
struct EvaluationMetrics: Section {
    let number = 7
    let title = "Evaluation metrics"

    /// A fitted model's answers on rows that it did not learn from.
    private struct Judged {
        let truth: Labels
        let prediction: Labels
        let probabilities: [Double]
    }

    /// What a mistake costs.
    private static let missed = 10.0
    private static let falseAlarm = 1.0

    func write(into chapter: inout Chapter) async throws {
        chapter.heading("The idea")
        chapter.paragraph(
            """
            A classifier makes two kinds of mistakes: it misses positives, and it raises false alarms. One number, \
            such as accuracy, mixes the two in a proportion that nobody chose. So start from the table of all four \
            outcomes, say what each mistake costs, and only then look for one number.
            """)
        let (validation, test) = try fit(into: &chapter)
        try count(test, into: &chapter)
        try rank(test, into: &chapter)
        try choose(validation, test, into: &chapter)
        chapter.live("threshold")
        chapter.questions(questions)
        attempt(in: &chapter)
    }

    // MARK: The model

    private func fit(into chapter: inout Chapter) throws -> (validation: Judged, test: Judged) {
        chapter.heading("A model to judge")
        chapter.paragraph(
            """
            569 samples of breast tissue, benign or malignant. To have mistakes worth talking about, the model sees \
            only two of the thirty measurements: radius and texture of the cell nuclei. Three parts: 60 % to learn \
            from, 20 % to choose a threshold on, 20 % to judge the result. Malignant is the positive class.
            """)
        chapter.code(Snippets.threeParts)
        // snippet: threeParts
        let samples = try Datasets.load("breast-cancer")
        let x = try samples.matrix(of: ["mean radius", "mean texture"])
        let y = try samples.labels(of: "diagnosis")
        let (xRest, xTest, yRest, yTest) = try trainTestSplit(
            x, y, testSize: 0.2, stratify: y, seed: 42)
        let (xTrain, xChoice, yTrain, yChoice) = try trainTestSplit(
            xRest, yRest, testSize: 0.25, stratify: yRest, seed: 42)

        let pipeline = StandardScaler().then(LogisticRegression())
        let model = try pipeline.fit(xTrain, yTrain)
        let prediction = try model.predict(xTest)
        // The second class is malignant.
        let probabilities = try model.predictProba(xTest).column(1)
        // end
        let choice = Judged(
            truth: yChoice, prediction: try model.predict(xChoice),
            probabilities: try model.predictProba(xChoice).column(1))
        return (choice, Judged(truth: yTest, prediction: prediction, probabilities: probabilities))
    }

    // MARK: Counting

    private func count(_ test: Judged, into chapter: inout Chapter) throws {
        let (truth, prediction) = (test.truth, test.prediction)
        chapter.heading("Counting mistakes")
        chapter.formula(
            "precision = TP / (TP + FP)\nrecall = TP / (TP + FN)\nF1 = 2 · precision · recall / (precision + recall)")
        chapter.paragraph(
            """
            Precision asks: when it says malignant, how often is it right? Recall asks: of the malignant, how many \
            does it find? F1 is their harmonic mean, and small when either is small.
            """)
        chapter.code(Snippets.counting)
        // snippet: counting
        let matrix = try ConfusionMatrix(truth, prediction)
        let accuracy = try accuracyScore(truth, prediction)
        let precision = try precisionScore(truth, prediction).get()
        let recall = try recallScore(truth, prediction).get()
        let f1 = try f1Score(truth, prediction).get()
        let report = try ClassificationReport(truth, prediction)
        // end
        chapter.record("confusion matrix", matrix.counts.values)
        chapter.record("accuracy", accuracy)
        chapter.record("precision", precision)
        chapter.record("recall", recall)
        chapter.record("F1", f1)
        let text = try report.text()
        chapter.record("classification report", .string(text))
        chapter.output(text)
        let counts = (0..<2).map { i in (0..<2).map { Int(matrix[i, $0]) } }
        let majority = matrix.support[0] / matrix.total
        chapter.record("accuracy of always benign", majority)
        chapter.picture(
            Picture(
                [ConfusionMatrixChart(counts: counts, classes: matrix.classes.names)],
                caption: "Rows are the truth, columns the answers. The diagonal is right.", width: 460, height: 400))
        chapter.paragraph(
            """
            Accuracy is \(TextTable.percent(accuracy)), and always answering benign would have \
            \(TextTable.percent(majority)): most of it is for free. Recall tells what matters: \(counts[1][0]) of \
            \(counts[1][0] + counts[1][1]) malignant samples were missed.
            """)
    }

    // MARK: Ranking

    private func rank(_ test: Judged, into chapter: inout Chapter) throws {
        let (truth, probabilities) = (test.truth, test.probabilities)
        chapter.heading("Ranking: the ROC curve")
        chapter.formula("AUC = P(score of a random positive > score of a random negative)")
        chapter.paragraph(
            """
            The model gives probabilities; the threshold of 0.5 that makes answers of them is only a habit. The ROC \
            curve shows every threshold at once: how many positives are found against how many false alarms. The \
            area under it, AUC, judges the ranking alone. The precision-recall curve shows the same ranking where \
            positives are rare, and is then the stricter picture.
            """)
        chapter.code(Snippets.ranking)
        // snippet: ranking
        let curve = try ROCCurve(truth, scores: probabilities)
        let auc = try rocAUCScore(truth, scores: probabilities).get()
        let trade = try PrecisionRecallCurve(truth, scores: probabilities)
        let average = try averagePrecisionScore(truth, scores: probabilities).get()
        // end
        chapter.record("ROC AUC", auc)
        chapter.record("average precision", average)
        chapter.record("false positive rates", curve.falsePositiveRate)
        chapter.record("true positive rates", curve.truePositiveRate)
        let positives = Double(truth.codes.count { $0 == 1 }) / Double(truth.count)
        chapter.picture(
            Picture(
                [
                    ROCCurveChart(
                        name: "two features", falsePositiveRates: curve.falsePositiveRate,
                        truePositiveRates: curve.truePositiveRate, area: auc),
                    PrecisionRecallChart(
                        name: "two features", recalls: trade.recall, precisions: trade.precision,
                        averagePrecision: average, prevalence: positives),
                ],
                caption: "An AUC of 0.5 is a coin, 1 a perfect order. The other line is guessing.",
                width: 900, height: 470, characters: .ascii, rows: 14))
        chapter.paragraph(
            """
            AUC is \(TextTable.fixed(auc, 4)): in \(TextTable.fixed(auc * 100, 1)) of 100 pairs of a malignant and a \
            benign sample, the malignant one has the higher score.
            """)
    }

    // MARK: The threshold

    private func choose(_ choice: Judged, _ test: Judged, into chapter: inout Chapter) throws {
        chapter.heading("Choosing the threshold by cost")
        chapter.formula("cost(t) = 10 · FN(t) + 1 · FP(t)\nbest t, if the probabilities are true:  1 / (1 + 10) ≈ 0.09")
        chapter.paragraph(
            """
            Say that missing a tumour costs ten times as much as a false alarm. Then try thresholds on the part set \
            aside for choosing, take the cheapest, and judge it once on the test part. Choosing on the test part \
            would make its score a promise that you cannot keep.
            """)
        chapter.code(Snippets.costs)
        let missed = Self.missed
        let falseAlarm = Self.falseAlarm
        // snippet: costs
        func cost(
            _ truth: Labels, _ probabilities: [Double], _ threshold: Double
        ) -> Double {
            var cost = 0.0
            for (code, probability) in zip(truth.codes, probabilities) {
                let isAlarm = probability >= threshold
                if code == 1, !isAlarm { cost += missed }
                if code == 0, isAlarm { cost += falseAlarm }
            }
            return cost
        }
        let thresholds = (1...99).map { Double($0) / 100 }
        let costs = thresholds.map {
            cost(choice.truth, choice.probabilities, $0)
        }
        let cheapest = costs.indices.min { costs[$0] < costs[$1] } ?? 49
        let threshold = thresholds[cheapest]
        // end
        let testCosts = thresholds.map { cost(test.truth, test.probabilities, $0) }
        let habit = cost(test.truth, test.probabilities, 0.5)
        let chosen = cost(test.truth, test.probabilities, threshold)
        chapter.record("chosen threshold", threshold)
        chapter.record("costs by threshold", costs)
        chapter.record("test cost at 0.5", habit)
        chapter.record("test cost at the chosen threshold", chosen)
        func mistakes(_ threshold: Double) -> (missed: Int, alarms: Int) {
            let rows = zip(test.truth.codes, test.probabilities)
            return (rows.count { $0 == 1 && $1 < threshold }, rows.count { $0 == 0 && $1 >= threshold })
        }
        chapter.table(
            header: ["threshold", "missed", "false alarms", "cost on the test part"],
            rows: [(0.5, habit), (threshold, chosen)].map { threshold, cost in
                let (missed, alarms) = mistakes(threshold)
                return [TextTable.fixed(threshold, 2), "\(missed)", "\(alarms)", TextTable.fixed(cost, 0)]
            })
        chapter.picture(
            Picture(
                [
                    Chart {
                        LineMark(x: .value("Threshold", thresholds), y: .value("Cost", costs))
                            .foregroundStyle(by: .value("", "to choose on"))
                        LineMark(x: .value("Threshold", thresholds), y: .value("Cost", testCosts))
                            .foregroundStyle(by: .value("", "test"))
                        RuleMark(x: .value("Threshold", 0.5)).foregroundStyle(.secondary)
                            .lineStyle(StrokeStyle(lineWidth: 1.25, dash: [4, 4])).annotation("habit")
                        RuleMark(x: .value("Threshold", threshold)).foregroundStyle(.secondary)
                            .lineStyle(StrokeStyle(lineWidth: 1.25, dash: [4, 4])).annotation("chosen")
                    }
                    .chartTitle("What each threshold costs").chartXScale(domain: 0...1)
                ],
                caption: "The minimum lies far below 0.5, because a miss is dear.", width: 760, height: 380,
                characters: .ascii, rows: 14))
        chapter.paragraph(
            """
            The threshold \(TextTable.fixed(threshold, 2)) brings the cost on unseen samples from \
            \(TextTable.fixed(habit, 0)) down to \(TextTable.fixed(chosen, 0)), with the same model. No training was \
            needed, only the question what a mistake costs.
            """)
    }

    // MARK: Questions

    let questions = [
        Question(
            "Precision or recall: which matters more?",
            "It depends on the price of a mistake. Where a miss is dear (disease, fraud, safety), recall. Where a false "
                + "alarm is dear (blocking a customer, a spam filter that eats mail), precision. Say the costs, then "
                + "the threshold follows."),
        Question(
            "What does an ROC AUC of 0.8 mean?",
            "A random positive scores above a random negative with probability 0.8. It says nothing about where to put "
                + "the threshold, nor whether the probabilities are right, only about the order."),
        Question(
            "When do you prefer the precision-recall curve?",
            "When positives are rare and you care about them. With 1 % positives, a false positive rate of 5 % looks "
                + "small on the ROC curve, yet five of six alarms are false. Precision shows that at once."),
        Question(
            "Macro, micro or weighted average?",
            "Macro is the plain mean over classes: small classes count as much as large ones. Micro pools all decisions; "
                + "for single-label problems it equals accuracy. Weighted is the mean by class size."),
        Question(
            "Your probabilities rank well, but are they true?",
            "That is calibration: of all cases given 0.3, 30 % should be positive. Check with a reliability diagram, log "
                + "loss or Brier score; mend with Platt scaling or isotonic regression on held-out rows. The rule "
                + "t = cost(FP) / (cost(FP) + cost(FN)) needs calibrated probabilities."),
        Question(
            "Why F1 and not the plain mean of precision and recall?",
            "A model that calls everything positive has recall 1 and, with 1 % positives, precision 0.01. The plain mean "
                + "is 0.5; the harmonic mean is 0.02, which is what it deserves."),
        .trap(
            "Your fraud model is 99.8 % accurate. Do we ship it?",
            "Ask how much fraud there is. With 0.2 % fraud, never raising an alarm gives 99.8 % too. Ask for recall and "
                + "precision of the fraud class, the cost of both mistakes, and the score of the trivial model beside it."
        ),
    ]

    private func attempt(in chapter: inout Chapter) {
        chapter.attempts([
            Attempt(
                "Let a miss cost as much as a false alarm.",
                expect:
                    "the cheapest threshold moves up towards 0.5: that habit is the right choice for equal costs and "
                    + "calibrated probabilities."),
            Attempt(
                "Use all thirty measurements: `try samples.matrix()`.",
                expect: "an AUC above 0.99 and two or three mistakes in each part. The threshold chosen from so few is "
                    + "mostly chance (0.68 here, worse on the test part than 0.5): with a good model you need more rows "
                    + "to choose a threshold."),
        ])
    }
}
