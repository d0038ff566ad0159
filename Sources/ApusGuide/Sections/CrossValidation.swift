import Apus
import ApusCore
import ApusDatasets
import ApusEvaluation
import ApusLearn
import ApusPlots

/// Section 8: why one split misleads, and what to do instead.
struct CrossValidationSection: Section {
    let number = 8
    let title = "Cross-validation"

    func write(into chapter: inout Chapter) async throws {
        chapter.heading("The idea")
        chapter.paragraph(
            """
            One split gives one score, and chance decides which rows judge. k-fold cross-validation lets every row \
            judge once: cut the rows into k parts, hold out each part in turn, train on the others. You get k scores: \
            their mean is the estimate, their spread says how far to trust it.
            """)
        chapter.formula("CV = (s₁ + s₂ + … + s_k) / k,   sᵢ = score on part i of a model trained on the other parts")
        try forest(into: &chapter)
        try singles(into: &chapter)
        try ways(into: &chapter)
        try mistakes(into: &chapter)
        chapter.questions(questions)
        attempt(in: &chapter)
    }

    // MARK: Five folds of a forest

    private func forest(into chapter: inout Chapter) throws {
        chapter.heading("Five folds of a forest")
        chapter.code(Snippets.fiveFolds)
        // snippet: fiveFolds
        let data = try makeClassification(nSamples: 1000, nFeatures: 20, seed: 42)
        let forest = RandomForestClassifier(seed: 42)
        let scores = try crossValScore(forest, data.x, data.y)
        let mean = scores.reduce(0, +) / 5
        let squares = scores.map { ($0 - mean) * ($0 - mean) }
        let deviation = (squares.reduce(0, +) / 5).squareRoot()
        // end
        chapter.record("fold scores", scores)
        chapter.record("mean", mean)
        chapter.record("standard deviation", deviation)
        let names = (1...5).map { "fold \($0)" }
        chapter.picture(
            Picture(
                [
                    Chart {
                        BarMark(x: .value("Fold", names), y: .value("Accuracy", scores))
                            .annotation(scores.map { TextTable.fixed($0, 3) })
                        RuleMark(y: .value("Accuracy", mean)).foregroundStyle(.vermilion)
                            .lineStyle(StrokeStyle(lineWidth: 2.5, dash: [7, 4]))
                            .annotation("mean \(TextTable.fixed(mean, 3))")
                    }
                    .chartTitle("Accuracy of each fold").chartYScale(domain: 0...1).chartXAxis(label: "")
                ],
                caption: "The same forest, the same data: only the rows that judge differ.", width: 760, height: 380))
        chapter.paragraph(
            """
            Report it as \(TextTable.fixed(mean, 3)) ± \(TextTable.fixed(deviation, 3)). The best fold and the worst \
            lie \(TextTable.fixed(100 * ((scores.max() ?? 0) - (scores.min() ?? 0)), 1)) points apart. Had you made one \
            split, you would have reported one of the five, and not known which.
            """)
    }

    // MARK: One split is an anecdote

    private func singles(into chapter: inout Chapter) throws {
        chapter.heading("Why one split misleads")
        chapter.paragraph("A small tree, judged on forty different fifths of the rows. Nothing changes but the seed.")
        chapter.code(Snippets.fortySplits)
        let data = try makeClassification(nSamples: 1000, nFeatures: 20, seed: 42)
        // snippet: fortySplits
        let tree = DecisionTreeClassifier(maxDepth: 5, seed: 42)
        let singles = try (0..<40).map { seed in
            let (xTrain, xTest, yTrain, yTest) = try trainTestSplit(
                data.x, data.y, testSize: 0.2, seed: UInt32(seed))
            return try accuracyScore(yTest, tree.fit(xTrain, yTrain).predict(xTest))
        }
        // end
        let (low, high) = (singles.min() ?? 0, singles.max() ?? 0)
        chapter.record("single splits", singles)
        chapter.record("lowest split", low)
        chapter.record("highest split", high)
        chapter.picture(
            Picture(
                [
                    HistogramChart(
                        singles, label: "Accuracy on the fifth held out", title: "Forty splits of the same rows")
                ],
                caption: "Whoever picks the seed picks the score.", width: 760, height: 320, rows: 10))
        chapter.paragraph(
            """
            From \(TextTable.percent(low)) to \(TextTable.percent(high)), by chance alone. With 200 test rows an accuracy \
            of 0.9 has a standard error of √(0.9 · 0.1 / 200) = 0.021: differences below four points mean nothing on \
            one split.
            """)
    }

    // MARK: Ways to split

    private func ways(into chapter: inout Chapter) throws {
        chapter.heading("Four ways to cut twenty rows")
        chapter.paragraph(
            """
            Plain folds for rows without order. Stratified ones where classes must keep their shares. Grouped ones \
            where several rows belong to one person. And for time: train on the past, judge on the future, always.
            """)
        chapter.code(Snippets.splitters)
        // snippet: splitters
        let classes = Labels((0..<20).map { $0 < 15 ? "a" : "b" })
        let persons = Labels((0..<20).map { $0 / 3 })
        let plans: [(String, [Split])] = [
            ("KFold", try KFold(nSplits: 5).split(rows: 20)),
            (
                "StratifiedKFold",
                try StratifiedKFold(nSplits: 5).split(rows: 20, labels: classes, groups: nil)
            ),
            (
                "GroupKFold",
                try GroupKFold(nSplits: 5).split(rows: 20, labels: nil, groups: persons)
            ),
            ("TimeSeriesSplit", try TimeSeriesSplit(nSplits: 5).split(rows: 20)),
        ]
        // end
        chapter.picture(
            Picture(
                plans.map { Self.diagram($0.1).chartTitle($0.0) },
                caption:
                    "Each line is a fold, each square a row. Rows 1 to 15 are of class a, the rest of class b; three "
                    + "rows in turn belong to one person. In the last picture the white squares are the future.",
                columns: 2, width: 960, height: 520, characters: .ascii, rows: 9))
    }

    private static func diagram(_ splits: [Split]) -> Chart {
        var (columns, rows, uses): ([String], [String], [String]) = ([], [], [])
        for (fold, split) in splits.enumerated() {
            for (use, places) in [("train", split.train), ("test", split.test)] {
                for place in places {
                    columns.append("\(place + 1)")
                    rows.append("fold \(fold + 1)")
                    uses.append(use)
                }
            }
        }
        return Chart {
            RectangleMark(x: .value("Row", columns), y: .value("", rows)).foregroundStyle(by: .value("", uses)).opacity(
                0.9)
        }
        .chartForegroundStyleScale(["train": .sky, "test": .vermilion])
        .chartXScale(domain: (1...20).map { "\($0)" }).chartYScale(domain: (1...splits.count).map { "fold \($0)" })
    }

    // MARK: Two mistakes

    private func mistakes(into chapter: inout Chapter) throws {
        chapter.heading("Two mistakes, made on purpose")
        chapter.paragraph(
            """
            First: the iris table is sorted by species. Plain folds without shuffling train on two species and a bit \
            and are judged on the third. Second: forty persons with five rows each that hardly differ, and labels drawn \
            by a coin. There is nothing to learn, yet a nearest neighbour finds the same person on the other side.
            """)
        chapter.code(Snippets.twoMistakes)
        // snippet: twoMistakes
        let iris = try Datasets.iris()
        let model = LogisticRegression(maxIter: 1000)
        let plain = try crossValScore(model, iris.x, iris.y, cv: KFold(nSplits: 5))
        let stratified = try crossValScore(
            model, iris.x, iris.y, cv: StratifiedKFold(nSplits: 5))

        var random = RandomState(seed: 7)
        let persons = random.gaussian(count: 40 * 8)
        let coins = random.integers(in: 0..<2, count: 40)
        let wobble = random.gaussian(count: 200 * 8)
        let x = Matrix(
            rows: 200, columns: 8,
            values: wobble.indices.map { i in
                persons[(i / 8 / 5) * 8 + i % 8] + 0.1 * wobble[i]
            })
        let y = Labels((0..<200).map { coins[$0 / 5] })
        let person = Labels((0..<200).map { $0 / 5 })
        let nearest = KNeighborsClassifier(nNeighbors: 1)
        let rowsSplit = try crossValScore(
            nearest, x, y, cv: KFold(nSplits: 5, shuffle: true, seed: 42))
        let personsKept = try crossValScore(
            nearest, x, y, cv: GroupKFold(nSplits: 5), groups: person)
        // end
        func mean(_ scores: [Double]) -> Double { scores.reduce(0, +) / Double(scores.count) }
        chapter.record("sorted rows, plain folds", plain)
        chapter.record("sorted rows, stratified folds", stratified)
        chapter.record("rows split", mean(rowsSplit))
        chapter.record("persons kept together", mean(personsKept))
        chapter.table(
            header: ["data", "folds", "mean accuracy", "lowest fold"],
            rows: [
                ["iris, sorted", "plain", TextTable.percent(mean(plain)), TextTable.percent(plain.min())],
                [
                    "iris, sorted", "stratified", TextTable.percent(mean(stratified)),
                    TextTable.percent(stratified.min()),
                ],
                [
                    "coins of 40 persons", "rows", TextTable.percent(mean(rowsSplit)),
                    TextTable.percent(rowsSplit.min()),
                ],
                [
                    "coins of 40 persons", "persons together", TextTable.percent(mean(personsKept)),
                    TextTable.percent(personsKept.min()),
                ],
            ])
        chapter.paragraph(
            """
            \(TextTable.percent(mean(rowsSplit))) on coins: the split leaked. With the persons kept together it is \
            \(TextTable.percent(mean(personsKept))), about what a coin deserves. The model was the same both times.
            """)
    }

    // MARK: Questions

    let questions = [
        Question(
            "How do you choose k?",
            "Five or ten as a habit. Larger k trains on more rows (less pessimistic) and costs more; the scores of its small "
                + "folds jump. Leave-one-out is k = n: nearly unbiased, dear, and its scores are strongly correlated."),
        Question(
            "Which model do you ship after cross-validation?",
            "None of the k. Cross-validation judges the recipe; then fit the recipe once on all training rows. The estimate "
                + "is slightly pessimistic for that model, because it saw more rows."),
        Question(
            "Can the same folds choose a hyper-parameter and estimate the error?",
            "Not honestly: the best of many scores is good partly by luck. Nest it, with an inner loop that chooses within each "
                + "outer training part, or keep a test part that no choice ever saw."),
        Question(
            "How do you cross-validate a time series?",
            "Forward only: train on the past, judge on what follows, with a gap if features look ahead. Shuffled folds let the "
                + "model know tomorrow."),
        Question(
            "Several rows for each patient: what do you do?",
            "Keep all rows of a patient on one side, with grouped folds. Otherwise the model recognises patients, and the score "
                + "promises what it cannot do for new ones."),
        Question(
            "Where does scaling go in cross-validation?",
            "Into the pipeline, so that it is fitted on the training part of each fold. So do imputation, selection, "
                + "resampling: everything that learns from rows."),
        Question(
            "Model A has 0.899 and B 0.905 in five folds. Is B better?",
            "Look at the differences fold by fold, on the same folds, and at their spread. Repeat with other seeds. With folds "
                + "that differ by seven points, six thousandths are nothing."),
        .trap(
            "The standard deviation of five folds is 0.024. So the standard error of the mean is 0.024/√5?",
            "That takes the folds to be independent. Their training parts overlap by three quarters, so the true error of the "
                + "mean is larger; there is no unbiased estimate of it from one run of k-fold (Bengio and Grandvalet 2004)."
        ),
    ]

    private func attempt(in chapter: inout Chapter) {
        chapter.attempts([
            Attempt(
                "Use ten folds: `cv: StratifiedKFold(nSplits: 10)`.",
                expect: "about the same mean, and scores from 0.85 to 0.94: folds of a hundred rows jump more."),
            Attempt(
                "Judge the forty trees on 40 % of the rows instead of a fifth.",
                expect:
                    "a narrower spread, 83.5 to 92 %, since twice as many rows judge, and fewer to learn from."),
        ])
    }
}
