import Apus
import ApusCore
import ApusDatasets
import ApusEvaluation
import ApusLearn
import ApusPlots

/// Section 12: handwritten digits by a support-vector machine.
struct Images: Section {
    let number = 12
    let title = "Images of digits"

    /// Whether all of MNIST is used where it is at hand.
    let usesAllOfMNIST: Bool

    init(usesAllOfMNIST: Bool = true) {
        self.usesAllOfMNIST = usesAllOfMNIST
    }

    func write(into chapter: inout Chapter) async throws {
        chapter.heading("The idea")
        chapter.paragraph(
            """
            An image is a row of numbers too: the brightness of each pixel. Two images of the same digit are similar, \
            pixel by pixel; a kernel turns similarity into a border. An RBF support-vector machine keeps the images \
            that lie near the border and answers by their weighted vote.
            """)
        chapter.formula(
            "K(a, b) = exp(−γ ‖a − b‖²)\nf(x) = Σ αᵢ yᵢ K(xᵢ, x) + b,   one f for each pair of digits; they vote")
        try bundled(into: &chapter)
        chapter.live("border")
        try mnist(into: &chapter)
        chapter.questions(questions)
        attempt(in: &chapter)
    }

    // MARK: 1,797 digits

    private func bundled(into chapter: inout Chapter) throws {
        chapter.heading("1,797 digits of 8 × 8 pixels")
        chapter.code(Snippets.digits)
        // snippet: digits
        let digits = try Datasets.digits()
        let scaled = Matrix(
            rows: digits.x.rows, columns: 64, values: digits.x.values.map { $0 / 16 })
        let (xTrain, xTest, yTrain, yTest) = try trainTestSplit(
            scaled, digits.y, testSize: 0.2, seed: 42)
        let model = try SVC().fit(xTrain, yTrain)
        let prediction = try model.predict(xTest)
        let accuracy = try accuracyScore(yTest, prediction)
        let matrix = try ConfusionMatrix(yTest, prediction)
        // end
        let wrong = yTest.codes.indices.filter { yTest.codes[$0] != prediction.codes[$0] }
        chapter.record("accuracy", accuracy)
        chapter.record("support vectors", .int(model.support.count))
        chapter.record("confusion matrix", matrix.counts.values)
        chapter.record("mistakes", .int(wrong.count))
        chapter.record("first predictions", prediction.codes.prefix(10).map(Double.init))
        func item(_ row: Int) -> DigitPictures.Item {
            let (answer, truth) = (prediction.strings[row], yTest.strings[row])
            return DigitPictures.Item(
                pixels: xTest.row(row), text: answer == truth ? answer : "\(answer), is \(truth)")
        }
        chapter.picture(
            Picture(
                [
                    DigitPictures.chart((0..<20).map(item), side: 8, columns: 10)
                        .chartTitle("Twenty test images and the answers")
                ],
                caption: "Below each image stands what the model answered.", width: 900, height: 300,
                shownInTerminal: false))
        chapter.picture(
            Picture(
                [
                    DigitPictures.chart(wrong.map(item), side: 8, columns: max(5, wrong.count))
                        .chartTitle("Every mistake"),
                    ConfusionMatrixChart(
                        counts: (0..<10).map { i in (0..<10).map { Int(matrix[i, $0]) } },
                        classes: matrix.classes.names, title: "Answers against truth"
                    ).chart,
                ],
                caption: "Left: the answer, and what it is. Right: where the mistakes fall.", width: 1000, height: 440,
                shownInTerminal: false))
        chapter.table(
            header: ["truth"] + matrix.classes.names,
            rows: (0..<10).map { i in
                [matrix.classes.names[i]] + (0..<10).map { matrix[i, $0] == 0 ? "" : TextTable.fixed(matrix[i, $0], 0) }
            },
            caption: "Rows are the truth, columns the answers.")
        chapter.paragraph(
            """
            \(TextTable.percent(accuracy)) of \(yTest.count) images are right; \(wrong.count) are wrong. \
            \(TextTable.grouped(model.support.count)) of the \(TextTable.grouped(xTrain.rows)) training images are support \
            vectors: the border needs them, the rest could be thrown away.
            """)
        try curve(xTrain, yTrain, xTest, yTest, into: &chapter)
    }

    private func curve(
        _ xTrain: Matrix, _ yTrain: Labels, _ xTest: Matrix, _ yTest: Labels, into chapter: inout Chapter
    ) throws {
        let sizes = [50, 100, 200, 400, 800, 1437]
        let scores = try sizes.map { count in
            let rows = Array(0..<count)
            let model = try SVC().fit(xTrain.selecting(rows: rows), yTrain.selecting(rows: rows))
            return try accuracyScore(yTest, model.predict(xTest))
        }
        chapter.record("accuracy by rows", scores)
        chapter.picture(
            Picture(
                [
                    Chart {
                        LineMark(x: .value("Training images", sizes), y: .value("Test accuracy", scores)).symbol(
                            .circle
                        )
                        .annotation(position: .bottom, scores.map { TextTable.percent($0) })
                    }
                    .chartTitle("More images, fewer mistakes").chartXScale(type: .log)
                    .chartYScale(domain: 0.6...1.02)
                ],
                caption: "Each point is a machine trained on that many images and judged on the same test images.",
                width: 760, height: 340, rows: 10))
    }

    // MARK: 70,000 digits

    private func mnist(into chapter: inout Chapter) throws {
        chapter.heading("70,000 digits of 28 × 28 pixels")
        guard usesAllOfMNIST, let table = try? Datasets.load("mnist") else {
            chapter.paragraph(
                """
                All of MNIST is not used in this run. `apus data fetch mnist` brings it; then the same code trains on \
                56,000 images of 784 pixels and judges itself on 14,000. scikit-learn reaches 97.64 % there, in \
                minutes; Apus reaches the same in seconds.
                """)
            return
        }
        chapter.code(Snippets.mnist)
        // snippet: mnist
        let start = ContinuousClock.now
        let x = try table.matrix()
        let y = try table.labels(of: "digit")
        let (xTrain, xTest, yTrain, yTest) = try trainTestSplit(
            x, y, testSize: 0.2, seed: 42)
        let model = try SVC().fit(xTrain, yTrain)
        let prediction = try model.predict(xTest)
        let accuracy = try accuracyScore(yTest, prediction)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        // end
        chapter.record("all of MNIST: accuracy", accuracy)
        chapter.record("all of MNIST: test rows", .int(yTest.count))
        chapter.record("all of MNIST: seconds", .double(seconds), isReproducible: false)
        let wrong = yTest.codes.indices.filter { yTest.codes[$0] != prediction.codes[$0] }
        func item(_ row: Int) -> DigitPictures.Item {
            let (answer, truth) = (prediction.strings[row], yTest.strings[row])
            return DigitPictures.Item(
                pixels: xTest.row(row).map { $0 / 255 }, text: answer == truth ? answer : "\(answer), is \(truth)")
        }
        chapter.picture(
            Picture(
                [
                    DigitPictures.chart((0..<10).map(item), side: 28, columns: 10)
                        .chartTitle("Ten test images and the answers"),
                    DigitPictures.chart(wrong.prefix(20).map(item), side: 28, columns: 10)
                        .chartTitle("The first twenty mistakes"),
                ],
                caption: "Some of the mistakes are excusable.", columns: 1, width: 980, height: 560,
                shownInTerminal: false))
        chapter.table(
            header: ["fact", "value"],
            rows: [
                ["training images", TextTable.grouped(xTrain.rows)], ["test images", TextTable.grouped(yTest.count)],
                ["accuracy", TextTable.percent(accuracy)], ["mistakes", TextTable.grouped(wrong.count)],
                ["support vectors", TextTable.grouped(model.support.count)],
                ["seconds to read, train and answer", TextTable.fixed(seconds, 1)],
            ])
    }

    // MARK: Questions

    let questions = [
        Question(
            "How does a two-class machine tell ten digits apart?",
            "One against one: a machine for each of the 45 pairs, and a vote. Or one against the rest: ten machines, and the "
                + "most certain one wins. Libraries differ; for kernels one against one trains on less at a time."),
        Question(
            "What is the kernel trick?",
            "The machine uses rows only in inner products. Replace them by a kernel, and it works in a space of many (for the RBF "
                + "infinitely many) dimensions without ever computing a coordinate there."),
        Question(
            "Why does an SVM scale badly with rows, and what do you do?",
            "Training looks at pairs of rows: between n² and n³. Cache and share kernel rows, work on small sets of multipliers, "
                + "or, for more rows still, use a linear machine on approximate features, or another model."),
        Question(
            "What is a support vector?",
            "A training row on the margin, within it or on the wrong side; its multiplier is not zero. The others could be "
                + "left out and the border would be the same. Many support vectors mean a wide overlap or a small gamma."
        ),
        Question(
            "Why scale the pixels?",
            "Gamma multiplies squared distances. With `gamma: .scale` it is divided by the variance of all pixels, so that one "
                + "factor for all changes nothing; columns of different units do need scaling each."),
        Question(
            "Why do convolutional networks beat this on photographs?",
            "They know that a pixel's neighbours matter and that an object may move. An RBF kernel compares pixel with the same "
                + "pixel: a digit moved by three pixels is another image to it."),
        Question(
            "Does an SVM give probabilities?",
            "Not by itself: it gives distances to the border. Platt scaling fits a sigmoid to them on held-out rows; with little "
                + "data its answers are rough, and they may even disagree with the vote."),
        .trap(
            "The model is right on 98.6 % of the test digits. Will it be so on photographs of house numbers?",
            "The test digits come from the same scanners, centred and cut out like the training ones. Colour, angle and "
                + "background are another distribution. Test on what you will meet."),
    ]

    private func attempt(in chapter: inout Chapter) {
        chapter.attempts([
            Attempt(
                "Set `gamma` to 10.",
                expect:
                    "every training image right, and on the test images worse than guessing: each image is similar to "
                    + "itself alone."),
            Attempt(
                "Use `SVC(kernel: .linear)`.",
                expect:
                    "the same 98.6 % on these small images: with 64 features and 1,437 rows, straight borders are enough. On "
                    + "all of MNIST they are not."),
        ])
    }
}
