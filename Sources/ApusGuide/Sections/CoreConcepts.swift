import Apus
import ApusCore
import ApusDatasets
import ApusEvaluation
import ApusLearn
import ApusPlots

/// Section 1: the words of the trade, and the three questions that learning answers.
struct CoreConcepts: Section {
    let number = 1
    let title = "Core concepts"

    func write(into chapter: inout Chapter) async throws {
        chapter.heading("The idea")
        chapter.paragraph(
            """
            A program computes answers from rules that somebody wrote. Machine learning turns that round: it gets \
            examples and finds the rules. A rule that only repeats its examples is worth nothing; what counts is how \
            it does on rows that it has never seen. That is called generalisation, and almost every question in an \
            interview is about it.
            """)
        chapter.table(
            header: ["word", "what it means"],
            rows: [
                ["sample, row x", "one case: a person, a flower, a text"],
                ["feature, column", "one number that is known about each case"],
                ["target y", "what is asked: a number (regression) or a class (classification)"],
                ["model f", "a rule that turns x into an answer ŷ = f(x)"],
                ["parameter", "a number of the rule that training finds, such as a weight"],
                ["hyper-parameter", "a number that you choose before training, such as the depth of a tree"],
                ["loss", "what a wrong answer costs; training makes its sum small"],
                ["training and test rows", "those that the model learns from, and those that judge it"],
            ])
        try line(into: &chapter)
        try groups(into: &chapter)
        chapter.questions(questions)
        attempt(in: &chapter)
    }

    // MARK: A number

    private func line(into chapter: inout Chapter) throws {
        chapter.heading("How much? Regression")
        chapter.formula("ŷ = w·x + b\nw and b make  Σ (yᵢ − ŷᵢ)²  as small as it can be")
        chapter.code(Snippets.scatter)
        // snippet: scatter
        let cloud = try makeRegression(
            nSamples: 100, nFeatures: 1, nInformative: 1, noise: 10, seed: 42)
        let line = try LinearRegression().fit(cloud.x, cloud.y)
        let fitted = try line.predict(cloud.x)
        let r2 = try r2Score(cloud.y, fitted).get()
        // end
        chapter.record("true slope", cloud.coefficients[0, 0])
        chapter.record("slope", line.coefficients[0])
        chapter.record("intercept", line.intercept)
        chapter.record("R2 of the line", r2)
        let x = cloud.x.column(0)
        let ends = [x.min() ?? 0, x.max() ?? 0]
        let heights = try line.predict(Matrix(column: ends))
        chapter.picture(
            Picture(
                [
                    Chart {
                        PointMark(x: .value("x", x), y: .value("y", cloud.y)).opacity(0.75)
                        LineMark(x: .value("x", ends), y: .value("y", heights))
                            .foregroundStyle(.vermilion).lineStyle(StrokeStyle(lineWidth: 3))
                    }
                    .chartTitle(
                        "ŷ = \(TextTable.fixed(line.coefficients[0], 2)) x + \(TextTable.fixed(line.intercept, 2))")
                ],
                caption: "A hundred rows with one feature each, and the line that lies nearest to them.", width: 760,
                height: 380, rows: 12))
        chapter.paragraph(
            """
            The rows were made with a slope of \(TextTable.fixed(cloud.coefficients[0, 0], 2)) and noise around \
            it. The line found \(TextTable.fixed(line.coefficients[0], 2)): near, not equal, because a hundred noisy \
            rows do not know more. R² = \(TextTable.fixed(r2, 3)) is the share of the spread of y that the line explains.
            """)
    }

    // MARK: A class, and no answers at all

    private func groups(into chapter: inout Chapter) throws {
        chapter.heading("Which one? Classification, and clustering without labels")
        chapter.paragraph(
            """
            The same 300 points twice. First with labels: a classifier learns where one class ends and the next \
            begins, and a fifth of the points judges it. Then without: k-means sees only where the points lie. It \
            can find the groups, but it cannot know their names.
            """)
        chapter.code(Snippets.withAndWithoutLabels)
        // snippet: withAndWithoutLabels
        let blobs = try makeBlobs(
            nSamples: 300, centers: 3, clusterStd: 1.5, seed: 42)
        let (xTrain, xTest, yTrain, yTest) = try trainTestSplit(
            blobs.x, blobs.y, testSize: 0.2, seed: 42)
        let classifier = try LogisticRegression().fit(xTrain, yTrain)
        let accuracy = try accuracyScore(yTest, classifier.predict(xTest))

        let groups = try KMeans(nClusters: 3, nInit: 10, seed: 42).fit(blobs.x)
        let agreement = try adjustedRandScore(blobs.y, Labels(groups.labels))
        // end
        chapter.record("accuracy of the classifier", accuracy)
        chapter.record("agreement of the groups", agreement)
        let centres = (0..<3).map { groups.centres.row($0) }
        chapter.picture(
            Picture(
                [
                    Self.points(blobs.x, blobs.y.codes.map { "class \($0)" }, [])
                        .chartTitle("Supervised: the labels are given"),
                    Self.points(blobs.x, groups.labels.map { "group \($0 + 1)" }, centres)
                        .chartTitle("Unsupervised: the groups are found"),
                ],
                caption:
                    "Left: classes, as given. Right: groups, as found, with their centres. The colours need not match: "
                    + "a group has a number, not a name.",
                width: 1000, height: 400, characters: .ascii, rows: 12))
        chapter.table(
            header: ["task", "sees y?", "judged by", "here"],
            rows: [
                ["classification", "yes", "accuracy on unseen rows", TextTable.percent(accuracy)],
                [
                    "clustering", "no", "adjusted Rand index, only because we know the truth",
                    TextTable.fixed(agreement, 3),
                ],
            ])
        chapter.paragraph(
            """
            These blobs lie far apart, so both are perfect. Real data are not like that, and the difference shows at \
            once: the classifier's errors can be counted, those of a clustering cannot.
            """)
    }

    private static func points(_ x: Matrix, _ names: [String], _ centres: [[Double]]) -> Chart {
        Chart {
            PointMark(x: .value("First feature", x.column(0)), y: .value("Second feature", x.column(1)))
                .foregroundStyle(by: .value("", names)).symbol(by: .value("", names)).opacity(0.85)
            if !centres.isEmpty {
                PointMark(
                    x: .value("First feature", centres.map { $0[0] }),
                    y: .value("Second feature", centres.map { $0[1] })
                )
                .foregroundStyle(.primary).symbol(.cross).symbolSize(190)
            }
        }
    }

    // MARK: Questions

    let questions = [
        Question(
            "What is the difference between a parameter and a hyper-parameter?",
            "Training finds parameters (the weights of a regression, the splits of a tree). You choose hyper-parameters "
                + "beforehand (the penalty, the depth), and judge the choice on rows that training did not see."),
        Question(
            "Why do you hold rows out?",
            "A flexible enough model can learn its training rows by heart, so its error there says nothing about new "
                + "rows. Rows held out stand for the future. Use them once: every choice made by looking at them makes "
                + "their score too good."),
        Question(
            "Training, validation and test: why three parts?",
            "Training fits parameters, validation chooses hyper-parameters and thresholds, the test judges the final "
                + "choice. With two parts, the part that chose would also judge. Cross-validation lets every row take "
                + "turns at training and validation; the test part stays apart."),
        Question(
            "When is machine learning the wrong tool?",
            "When rules are known and simple, when there is no data of the situation it will meet, when a mistake cannot be "
                + "tolerated and not be caught, or when nobody acts on the answer. A rule of three lines that everyone "
                + "understands beats a model that saves nothing."),
        Question(
            "What are overfitting and underfitting?",
            "Overfitting: the model follows the noise of its training rows; it is good there and bad on new ones. "
                + "Underfitting: it is too simple for the pattern and bad on both. More rows and penalties help against "
                + "the first, better features and more flexible models against the second."),
        Question(
            "Why does everybody compare with a baseline?",
            "A score means nothing alone. Always answering the mean, or the most frequent class, is free; a model has to "
                + "beat that by enough to pay for itself."),
        Question(
            "What does “independent and identically distributed” promise, and when is it broken?",
            "That each row is drawn apart from the others, from the same distribution as the rows to come. Time series, "
                + "several rows of one patient, and a world that changes break it; then split by time or by group."),
        .trap(
            "k-means found three groups in the customers. So there are three kinds of customers?",
            "k-means was told to find three; told five, it would have found five. It gives groups of any data, also of noise. "
                + "Ask whether the groups are stable, whether they differ in something you did not put in, and whether "
                + "they are useful."),
    ]

    private func attempt(in chapter: inout Chapter) {
        chapter.attempts([
            Attempt(
                "Set `noise` to 60.",
                expect:
                    "a line with nearly the same slope and an R² of about one half: the noise is part of y, and no line can "
                    + "explain it."
            ),
            Attempt(
                "Set `clusterStd` to 5.",
                expect:
                    "the blobs overlap. The classifier is right on 88 % of the rows held out; k-means still draws three groups, whose "
                    + "agreement with the true ones is 0.66, and without the truth you would not know."),
        ])
    }
}
