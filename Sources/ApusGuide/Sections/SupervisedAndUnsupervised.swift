import Apus
import ApusCore
import ApusDatasets
import ApusEvaluation
import ApusFrame
import ApusLearn
import ApusPlots

/// Section 2: learning with answers and learning without.
struct SupervisedAndUnsupervised: Section {
    let number = 2
    let title = "Supervised against unsupervised"

    func write(into chapter: inout Chapter) async throws {
        chapter.heading("The idea")
        chapter.paragraph(
            """
            Supervised learning gets questions with answers, rows x with a target y, and learns to answer new \
            questions. You can mark its work: hide some answers, let it predict them, compare. Unsupervised learning \
            gets rows only and looks for structure in them: groups, directions, densities. There are no hidden \
            answers to compare with, and that is its real difficulty.
            """)
        try regress(into: &chapter)
        try cluster(into: &chapter)
        chapter.questions(questions)
        attempt(in: &chapter)
    }

    // MARK: With answers

    private func regress(into chapter: inout Chapter) throws {
        chapter.heading("With answers: linear regression")
        chapter.formula(
            "ŷ = b + w₁x₁ + … + w₁₀x₁₀\nw and b minimise  Σ (yᵢ − ŷᵢ)²\nR² = 1 − Σ (yᵢ − ŷᵢ)² / Σ (yᵢ − ȳ)²")
        chapter.paragraph(
            """
            442 people with diabetes, ten measurements each, and how far the disease had moved on a year later. A \
            fifth of the people is held out: the model never sees them, and the score is computed on them alone.
            """)
        chapter.code(Snippets.regression)
        // snippet: regression
        let diabetes = try Datasets.load("diabetes")
        let x = try diabetes.matrix()
        let y = try diabetes.numbers(of: "progression")
        let (xTrain, xTest, yTrain, yTest) = try trainTestSplit(
            x, y, testSize: 0.2, seed: 42)

        let model = try LinearRegression().fit(xTrain, yTrain)
        let prediction = try model.predict(xTest)
        let testR2 = try r2Score(yTest, prediction).get()
        let testRMSE = try rootMeanSquaredError(yTest, prediction)
        // end
        let trainR2 = try r2Score(yTrain, model.predict(xTrain)).get()
        let mean = yTrain.reduce(0, +) / Double(yTrain.count)
        let baseline = try rootMeanSquaredError(yTest, Array(repeating: mean, count: yTest.count))
        chapter.record("R2 train", trainR2)
        chapter.record("R2 test", testR2)
        chapter.record("RMSE test", testRMSE)
        chapter.record("RMSE of the mean", baseline)
        chapter.record("intercept", model.intercept)
        chapter.record("coefficients", model.coefficients)
        chapter.table(
            header: ["figure", "value"],
            rows: [
                ["R² on the rows it learned from", TextTable.fixed(trainR2, 4)],
                ["R² on the fifth it never saw", TextTable.fixed(testR2, 4)],
                ["typical error (RMSE) on that fifth", TextTable.fixed(testRMSE, 2)],
                ["RMSE of always answering the mean", TextTable.fixed(baseline, 2)],
            ])
        chapter.picture(
            Picture(
                [try oneFeature(diabetes), Self.predicted(prediction, against: yTest, r2: testR2)],
                caption:
                    "Left: the same method with one feature, the body-mass index, is a line through a cloud. Right: with "
                    + "all ten, for the people held out. On the diagonal every prediction would be right.",
                width: 1000, height: 400, rows: 12))
        chapter.paragraph(
            """
            An R² of \(TextTable.fixed(testR2, 2)) means: the squared error is \(TextTable.fixed(100 * testR2, 0)) % \
            smaller than that of always answering the mean. The rest is what ten numbers do not know about a person.
            """)
    }

    private func oneFeature(_ diabetes: DataFrame) throws -> Chart {
        let bmi = try diabetes.numbers(of: "bmi")
        let progress = try diabetes.numbers(of: "progression")
        let line = try LinearRegression().fit(Matrix(column: bmi), progress)
        let ends = [bmi.min() ?? 0, bmi.max() ?? 0]
        let heights = try line.predict(Matrix(column: ends))
        return Chart {
            PointMark(x: .value("Body-mass index (centred)", bmi), y: .value("Progression", progress)).opacity(0.6)
            LineMark(x: .value("Body-mass index (centred)", ends), y: .value("Progression", heights))
                .foregroundStyle(.vermilion).lineStyle(StrokeStyle(lineWidth: 3))
        }
        .chartTitle("One feature: a line")
    }

    private static func predicted(_ prediction: [Double], against truth: [Double], r2: Double) -> Chart {
        Chart {
            LineMark(x: .value("Predicted", [25.0, 325]), y: .value("True progression", [25.0, 325]))
                .foregroundStyle(.secondary).lineStyle(StrokeStyle(lineWidth: 1.5, dash: [5, 4]))
            PointMark(x: .value("Predicted", prediction), y: .value("True progression", truth))
        }
        .chartTitle("Ten features: R² \(TextTable.fixed(r2, 3)) on unseen people")
        .chartXScale(domain: 0...350).chartYScale(domain: 0...350)
    }

    // MARK: Questions

    let questions = [
        Question(
            "What is the difference between supervised and unsupervised learning?",
            "Supervised learning fits a function from x to a known y, and its error can be measured on held-out y. "
                + "Unsupervised learning describes x alone (clusters, components, densities), and its result has to "
                + "be judged by what it is used for. Between them: semi-supervised (few labels), self-supervised (labels "
                + "made from the data itself) and reinforcement learning (rewards)."),
        Question(
            "Can R² be negative?",
            "Yes, on data that the model was not fitted on. It is negative when the model predicts worse than the "
                + "mean of the test targets. On the training rows of a linear regression with an intercept it lies "
                + "between 0 and 1."),
        Question(
            "What does k-means assume?",
            "Groups that are compact, of similar size and spread, and round in the distance you use. It always draws "
                + "straight borders. Long, nested or very unequal groups break it: use a Gaussian mixture or DBSCAN."
        ),
        Question(
            "How do you choose k?",
            "Inertia cannot choose, because it always falls. Use the bend of its curve, the silhouette, the stability "
                + "of the groups when you resample, and above all whether the groups are useful for the decision "
                + "that follows."),
        Question(
            "Why scale features before k-means, but not before plain linear regression?",
            "k-means adds up squared distances, so a feature in metres would hardly count beside one in millimetres. "
                + "Least squares without a penalty adapts its coefficients: the predictions stay the same."),
        Question(
            "What does a coefficient of a linear regression mean?",
            "The change of the prediction when that feature grows by one unit and the others stay as they are. When "
                + "features are correlated, as the blood values s1 and s2 here, single coefficients are unstable "
                + "though the predictions are not."),
        .trap(
            "The customer data have a column `segment`. You cluster them and find exactly these segments. Success?",
            "Check whether `segment`, or something computed from it, was among the features. If it was, you "
                + "found your own input. And if labels exist and matter, learn them: that is a supervised problem."),
    ]

    private func attempt(in chapter: inout Chapter) {
        chapter.attempts([
            Attempt(
                "Split with seeds 0 to 9 instead of 42.",
                expect:
                    "test R² moves between about 0.3 and 0.6. Eighty-nine people are few: one split is an anecdote, "
                    + "which is what cross-validation is for."),
            Attempt(
                "Set `clusterStd` to 6.",
                expect: "the blobs run together, the adjusted Rand index falls, and the bend in the curve of inertia "
                    + "goes away. k-means still returns three groups without a word: it always finds what you ask for."),
        ])
    }
}
