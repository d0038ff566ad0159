import Apus
import ApusCore
import ApusDatasets
import ApusEvaluation
import ApusLearn
import ApusPlots

/// Section 4: the algorithms that everybody is asked about, on the same rows.
struct PopularAlgorithms: Section {
    let number = 4
    let title = "The popular algorithms"

    /// How an algorithm did.
    struct Result {
        let name: String
        let train: Double
        let test: Double
        let seconds: Double
    }

    func write(into chapter: inout Chapter) async throws {
        chapter.heading("The idea")
        chapter.paragraph(
            """
            There are hundreds of algorithms and few ideas. Draw a straight border (logistic regression, linear SVM). \
            Ask questions one after the other (trees), and let many trees vote (forests) or mend each other's errors \
            (boosting). Look at similar rows (nearest neighbours, kernels). Count how probable each class makes the \
            row (naive Bayes). Which idea wins depends on the data; so try several, on the same split, and look at the \
            training score beside the test score.
            """)
        try compare(into: &chapter)
        try borders(into: &chapter)
        chapter.live("forest")
        try structure(into: &chapter)
        chapter.questions(questions)
        attempt(in: &chapter)
    }

    // MARK: One split, eight algorithms

    private func compare(into chapter: inout Chapter) throws {
        chapter.heading("A thousand rows, twenty features")
        chapter.paragraph(
            """
            Two of the twenty features carry the classes, two more are mixtures of those, and sixteen are noise. A \
            fifth of the rows is held out. All settings are the defaults.
            """)
        chapter.code(Snippets.thousandRows)
        // snippet: thousandRows
        let data = try makeClassification(nSamples: 1000, nFeatures: 20, seed: 42)
        let (xTrain, xTest, yTrain, yTest) = try trainTestSplit(
            data.x, data.y, testSize: 0.2, seed: 42)

        func judge(_ name: String, _ algorithm: some Classifier) throws -> Result {
            let start = ContinuousClock.now
            let model = try algorithm.fit(xTrain, yTrain)
            return Result(
                name: name,
                train: try accuracyScore(yTrain, model.predict(xTrain)),
                test: try accuracyScore(yTest, model.predict(xTest)),
                seconds: (ContinuousClock.now - start) / .seconds(1))
        }
        let results = try [
            judge("logistic regression", LogisticRegression()),
            judge("decision tree", DecisionTreeClassifier(seed: 42)),
            judge("random forest", RandomForestClassifier(seed: 42)),
            judge("gradient boosting", HistGradientBoostingClassifier(seed: 42)),
            judge("RBF SVM", SVC()),
            judge("5 nearest neighbours", KNeighborsClassifier()),
            judge("naive Bayes", GaussianNB()),
        ]
        // end
        chapter.paragraph(
            """
            Linear regression is no classifier, but it is often asked about: fitted to the labels 0 and 1 and cut at \
            one half, it draws a straight border too.
            """)
        chapter.code(Snippets.lineThroughLabels)
        // snippet: lineThroughLabels
        let line = try LinearRegression().fit(xTrain, yTrain.codes.map(Double.init))
        let heights = try line.predict(xTest)
        let right = zip(heights, yTest.codes).count { ($0 >= 0.5 ? 1 : 0) == $1 }
        let lineAccuracy = Double(right) / Double(yTest.count)
        let lineR2 = try r2Score(yTest.codes.map(Double.init), heights).get()
        // end
        chapter.record("linear regression", lineAccuracy)
        chapter.record("R2 of the linear regression", lineR2)
        for result in results {
            chapter.record(result.name, result.test)
            chapter.record("\(result.name) train", result.train)
        }
        let rows = results.map {
            [
                $0.name, TextTable.percent($0.train), TextTable.percent($0.test),
                TextTable.significant($0.seconds * 1000, 2),
            ]
        }
        chapter.table(
            header: ["algorithm", "training rows", "test rows", "ms to fit and answer"],
            rows: rows + [["linear regression, cut at ½", "–", TextTable.percent(lineAccuracy), "–"]],
            caption: "Accuracy. The first two columns are the same in every run, the last is this machine, now.")
        let order = results.sorted { ($0.test, $1.name) < ($1.test, $0.name) }
        chapter.picture(
            Picture(
                [
                    Chart {
                        RuleMark(x: .value("Test accuracy", 0.5)).foregroundStyle(.secondary)
                            .lineStyle(StrokeStyle(lineWidth: 1.25, dash: [4, 4]))
                        BarMark(
                            x: .value("Test accuracy", order.map(\.test)), y: .value("Algorithm", order.map(\.name))
                        ).annotation(order.map { TextTable.percent($0.test) })
                    }
                    .chartTitle("Accuracy on the 200 rows held out").chartSubtitle("Dashed: guessing").chartXScale(
                        domain: 0...1
                    )
                    .chartYAxis(label: "")
                ],
                caption: "Trees and their kin find the two features that matter and leave the noise alone.",
                width: 760, height: 380))
        chapter.paragraph(
            """
            Read the first column too: the tree, the forest and the boosting know their training rows by heart, and \
            that alone says nothing. On new rows the voting of many trees is worth \
            \(TextTable.fixed(100 * (test(results, "random forest") - test(results, "decision tree")), 1)) points over \
            one tree. Nearest neighbours and naive Bayes suffer most from the sixteen useless features: to a distance, \
            noise counts as much as signal.
            """)
    }

    private func test(_ results: [Result], _ name: String) -> Double { results.first { $0.name == name }?.test ?? 0 }

    // MARK: Borders

    private func borders(into chapter: inout Chapter) throws {
        chapter.heading("The borders they draw")
        chapter.paragraph(
            """
            Two moons that bend into each other, with noise. The colour shows which class each algorithm would answer \
            at each place (and how sure it is, where it says so); the score is the mean of five folds.
            """)
        let moons = try makeMoons(nSamples: 300, noise: 0.25, seed: 42)
        var charts: [Chart] = []
        func draw(_ name: String, _ algorithm: some Classifier) throws {
            let scores = try crossValScore(algorithm, moons.x, moons.y)
            let mean = scores.reduce(0, +) / Double(scores.count)
            chapter.record("moons: \(name)", mean)
            let model = try algorithm.fit(moons.x, moons.y)
            charts.append(
                try Self.border(of: model, moons.x, moons.y).chartTitle("\(name): \(TextTable.percent(mean))"))
        }
        try draw("logistic regression", LogisticRegression())
        try draw("decision tree", DecisionTreeClassifier(maxDepth: 4, seed: 42))
        try draw("random forest", RandomForestClassifier(seed: 42))
        try draw("RBF SVM", SVC())
        try draw("5 nearest neighbours", KNeighborsClassifier())
        try draw("naive Bayes", GaussianNB())
        chapter.picture(
            Picture(
                charts,
                caption:
                    "A straight line, steps along the axes, many steps averaged, a smooth bend, a ragged one, and an "
                    + "ellipse. Each border is the idea behind its algorithm.",
                columns: 3, width: 1050, height: 660, characters: .ascii, rows: 10))
    }

    /// The answers of a model over the plane, and the points that it learned from.
    static func border(of model: some ClassifierModel, _ x: Matrix, _ y: Labels) throws -> Chart {
        let steps = 44
        func range(_ values: [Double]) -> ClosedRange<Double> {
            (values.min() ?? 0) - 0.4...(values.max() ?? 1) + 0.4
        }
        func axis(_ range: ClosedRange<Double>) -> [Double] {
            let (low, high) = (range.lowerBound, range.upperBound)
            return (0..<steps).map { low + (high - low) * (Double($0) + 0.5) / Double(steps) }
        }
        let (width, height) = (range(x.column(0)), range(x.column(1)))
        let (across, up) = (axis(width), axis(height))
        let places = up.flatMap { v in across.flatMap { [$0, v] } }
        let grid = Matrix(rows: steps * steps, columns: 2, values: places)
        let answers =
            model.givesProbabilities
            ? try model.predictProba(grid).column(1) : try model.predict(grid).codes.map(Double.init)
        return Chart {
            RectangleMark(x: .value("x₁", grid.column(0)), y: .value("x₂", grid.column(1)))
                .foregroundStyle(by: .value("class 1", answers.map { $0 - 0.5 })).opacity(0.55)
            for code in 0..<2 {
                let rows = y.codes.indices.filter { y.codes[$0] == code }
                PointMark(
                    x: .value("x₁", rows.map { x[$0, 0] }), y: .value("x₂", rows.map { x[$0, 1] })
                )
                .foregroundStyle(code == 0 ? .vermilion : .blue).symbol(code == 0 ? .circle : .triangle).symbolSize(22)
            }
        }
        .chartXScale(domain: width).chartYScale(domain: height)
        .chartForegroundStyleScale(.diverging, domain: -0.5...0.5)
        .chartLegend(.hidden).chartXAxis(label: "").chartYAxis(label: "")
    }

    // MARK: Without labels

    private func structure(into chapter: inout Chapter) throws {
        chapter.heading("And without labels: k-means and PCA")
        chapter.formula(
            "PCA: directions u₁, u₂, … at right angles, each with the greatest variance of x·u that is left")
        chapter.code(Snippets.structure)
        let data = try makeClassification(nSamples: 1000, nFeatures: 20, seed: 42)
        // snippet: structure
        let groups = try KMeans(nClusters: 2, nInit: 10, seed: 42).fit(data.x)
        let inertia = groups.inertia
        let shares = try PCA().fit(data.x).explainedVarianceRatio
        // end
        chapter.record("inertia", inertia)
        chapter.record("explained variance", shares)
        var sum = 0.0
        let cumulative = shares.map { share in
            sum += share
            return sum
        }
        chapter.picture(
            Picture(
                [
                    Chart {
                        BarMark(
                            x: .value("Component", Array(1...shares.count)), y: .value("Share of the variance", shares)
                        )
                        .foregroundStyle(by: .value("", "each"))
                        LineMark(
                            x: .value("Component", Array(1...shares.count)),
                            y: .value("Share of the variance", cumulative)
                        ).symbol(.circle).foregroundStyle(by: .value("", "together"))
                    }
                    .chartTitle("How much of the spread each direction holds").chartYScale(domain: 0...1)
                ],
                caption:
                    "The first two directions stand out, because the informative features and their mixtures vary "
                    + "together. The rest is noise of one size.",
                width: 760, height: 360, characters: .ascii, rows: 12))
        chapter.paragraph(
            """
            k-means with two centres ends at an inertia of \(TextTable.fixed(inertia, 2)). PCA puts \
            \(TextTable.percent(shares[0])) of the variance into the first of twenty directions and \
            \(TextTable.percent(cumulative[4])) into five.
            """)
    }

    // MARK: Questions

    let questions = [
        Question(
            "Why does a forest beat a single tree?",
            "A deep tree has little bias and much variance: other rows would give another tree. A forest grows many, each on "
                + "a bootstrap sample and with a random part of the features at each split, so that their errors differ, "
                + "and averages them. The bias stays, most of the variance goes."),
        Question(
            "Bagging and boosting: what is the difference?",
            "Bagging grows models side by side on resampled rows and averages them, against variance. Boosting grows them "
                + "one after another, each on what those before still miss, against bias. Boosting can overfit with too "
                + "many rounds; a forest does not get worse with more trees."),
        Question(
            "What does an SVM maximise?",
            "The margin: the distance from the border to the nearest rows of either class. Those rows, the support vectors, "
                + "alone decide where it lies. C says how much a row on the wrong side costs; a kernel measures similarity "
                + "and so bends the border."),
        Question(
            "What do C and gamma do in an RBF SVM?",
            "Gamma is the reach of a row: large means that only near rows count, and the border follows single points. C is "
                + "the price of mistakes: large means to get the training rows right. Both large overfits, both small "
                + "underfits; search them together on logarithmic scales."),
        Question(
            "Why is naive Bayes called naive, and why does it work all the same?",
            "It takes features to be independent within a class. Its probabilities are often far too extreme, but the order "
                + "of the classes is often right, and it needs few rows and one pass. For word counts it is hard to beat "
                + "as a first try."),
        Question(
            "Logistic or linear regression for a yes or no?",
            "Logistic: it gives probabilities between 0 and 1 and minimises the loss that fits them. A line through 0 and 1 "
                + "draws nearly the same border, as here, but its answers are no probabilities and far rows pull at it."
        ),
        Question(
            "What is the curse of dimensionality?",
            "With many features, all rows are about equally far from each other, so “nearest” loses its meaning, and ever "
                + "more rows are needed to fill the space. Distances suffer most; choose features, or use models that do."
        ),
        Question(
            "What does PCA lose?",
            "The directions of little variance, whatever they mean for y; and the names of the features, because components "
                + "are mixtures. Scale first, or the feature with the largest unit wins."),
        .trap(
            "Your tree has 100 % accuracy on the training rows and the logistic regression 88 %. Which is better?",
            "That cannot be seen from training rows. Here the tree falls to about that of the regression on new rows. A tree "
                + "grown to purity always has 100 % unless two equal rows have different labels."),
    ]

    private func attempt(in chapter: inout Chapter) {
        chapter.attempts([
            Attempt(
                "Keep only four features: `nFeatures: 4`.",
                expect:
                    "nearest neighbours jump from 81 % to 93.5 %: without the sixteen columns of noise, “near” means something. The "
                    + "forest gains four points, because it had left most of the noise alone."),
            Attempt(
                "Let the tree stop early: `DecisionTreeClassifier(maxDepth: 5, seed: 42)`.",
                expect:
                    "training accuracy falls to 94 %, test accuracy stays at 87.5 %: what the deeper tree knew more was noise."
            ),
        ])
    }
}
