import Apus
import ApusCore
import ApusEvaluation
import ApusFrame
import ApusLearn
import ApusPlots

/// Section 5: from a table with gaps and words to numbers, without a leak.
struct Preprocessing: Section {
    let number = 5
    let title = "Preprocessing"

    func write(into chapter: inout Chapter) async throws {
        chapter.heading("The idea")
        chapter.paragraph(
            """
            Models calculate with numbers. Tables have gaps, words and columns of very different size. Preprocessing \
            closes the gaps (imputation), turns words into columns of 0 and 1 (dummies, or one-hot encoding) and \
            brings columns to a common scale. Each of these steps learns something from data: a mean, a list of \
            categories, a spread. So each step has a fit, and its fit belongs to the training rows alone.
            """)
        let people = try table(into: &chapter)
        try impute(people, into: &chapter)
        try encode(people, into: &chapter)
        try enforce(people, into: &chapter)
        try leak(into: &chapter)
        chapter.questions(questions)
        attempt(in: &chapter)
    }

    // MARK: The table and its gaps

    private func table(into chapter: inout Chapter) throws -> DataFrame {
        chapter.heading("A table as it comes")
        chapter.code(Snippets.people)
        // snippet: people
        let people = try DataFrame(columns: [
            Column("age", [25, nil, 47, 51, 38, nil, 29, 62]),
            Column(
                "income", [32_000, 54_000, nil, 61_000, 250_000, 48_000, nil, 57_000]),
            Column(
                "gender",
                ["female", "male", "male", "female", "female", "male", "female", "male"]),
        ])
        let missing = people.missingCounts
        // end
        chapter.output(people.text())
        for (column, count) in missing { chapter.record("missing in \(column)", .int(count)) }
        chapter.table(
            header: ["column", "missing"], rows: missing.map { [$0.column, "\($0.count)"] },
            caption: "Count the gaps before anything else, and ask why they are there.")
        return people
    }

    private func impute(_ people: DataFrame, into chapter: inout Chapter) throws {
        chapter.heading("Filling the gaps")
        chapter.paragraph(
            """
            The mean keeps the mean of the column, but one rich person drags it along. The median does not care how \
            rich. Look at what each would put into the gaps.
            """)
        chapter.code(Snippets.imputation)
        // snippet: imputation
        let numbers = try people.matrix(of: ["age", "income"])
        let byMean = try SimpleImputer(strategy: .mean).fit(numbers)
        let byMedian = try SimpleImputer(strategy: .median).fit(numbers)
        let (means, medians) = (byMean.fills, byMedian.fills)
        let filled = try byMedian.transform(numbers)
        // end
        chapter.record("means", means)
        chapter.record("medians", medians)
        chapter.record("imputed", filled.values)
        chapter.table(
            header: ["column", "mean", "median"],
            rows: ["age", "income"].enumerated().map { j, name in
                [name, TextTable.significant(means[j], 7), TextTable.significant(medians[j], 7)]
            })
        chapter.output(try DataFrame(matrix: filled, names: ["age", "income"]).text())
    }

    // MARK: Dummies and scale

    private func encode(_ people: DataFrame, into chapter: inout Chapter) throws {
        chapter.heading("Words to columns, columns to one scale")
        chapter.formula("z = (x − mean) / standard deviation")
        chapter.paragraph(
            """
            Coding female as 0 and male as 1 is harmless for two values. With three it would invent an order, so each \
            category gets its own column. Then ages and incomes are standardised: after it each has mean 0 and \
            variance 1, and a distance or a penalty treats them alike. `FrameEncoder` does all three steps.
            """)
        chapter.code(Snippets.encoding)
        // snippet: encoding
        var steps = FrameEncoder(numericImputation: .median)
        let dummies = try steps.fit(people)
        let encoded = try dummies.encode(people)

        steps.scale = true
        let scaler = try steps.fit(people)
        let scaled = try scaler.encode(people)
        // end
        chapter.record("encoded", encoded.values)
        chapter.record("scaled", scaled.values)
        chapter.record("column names", .array(scaler.featureNames.map(JSONValue.string)))
        let learned = scaler.inputColumns.prefix(2)
        chapter.record("learned means", learned.map(\.mean))
        chapter.record("learned scales", learned.map(\.scale))
        chapter.output(try DataFrame(matrix: encoded, names: dummies.featureNames).text())
        chapter.paragraph("And scaled:")
        chapter.table(
            header: scaler.featureNames,
            rows: (0..<scaled.rows).map { scaled.row($0).enumerated().map { TextTable.fixed($1, $0 < 2 ? 3 : 0) } })
    }

    // MARK: New data

    private func enforce(_ people: DataFrame, into chapter: inout Chapter) throws {
        chapter.heading("New data obey the old rules")
        chapter.paragraph(
            """
            Tomorrow two people come. One does not give an age, the other a gender that nobody in the training table \
            had. The fitted encoder uses the median, the categories and the scale that it learned. It does not learn \
            from them: a model must see tomorrow's rows through yesterday's eyes.
            """)
        chapter.code(Snippets.newcomers)
        // snippet: newcomers
        let newcomers = try DataFrame(columns: [
            Column("age", [nil, 44]),
            Column("income", [70_000, 39_000]),
            Column("gender", ["male", "nonbinary"]),
        ])
        // An unseen category becomes zeros,
        let steps = FrameEncoder(numericImputation: .median, scale: true)
        let encoder = try steps.fit(people)
        let rows = try encoder.encode(newcomers)

        // or an error, if you ask for it.
        let strict = try FrameEncoder(unseen: .error).fit(people)
        let refusal = Result { try strict.encode(newcomers) }
        // end
        chapter.record("new rows", rows.values)
        chapter.table(
            header: encoder.featureNames,
            rows: (0..<rows.rows).map { rows.row($0).enumerated().map { TextTable.fixed($1, $0 < 2 ? 3 : 0) } },
            caption: "Two rows, four columns, as in training; the unseen gender has zeros in both of its columns.")
        if case .failure(let error as ApusError) = refusal { chapter.output(error.message) }
    }

    // MARK: Leakage

    private func leak(into chapter: inout Chapter) throws {
        chapter.heading("Leakage, by doing it wrong")
        chapter.paragraph(
            """
            Here are 100 rows of pure noise: 1,000 features from a random generator, labels from a coin. Nothing can be \
            learned. We keep the 20 features that correlate best with the label, fit a logistic regression on 70 rows and \
            test on 30. Once the features are chosen on all rows, which is wrong. Once on the training rows alone.
            """)
        chapter.code(Snippets.leakage)
        let results = try Self.leakage()
        let wrong = results.wrong.reduce(0, +) / Double(results.wrong.count)
        let right = results.right.reduce(0, +) / Double(results.right.count)
        chapter.record("accuracies with the leak", results.wrong)
        chapter.record("accuracies without", results.right)
        chapter.record("mean accuracy with the leak", wrong)
        chapter.record("mean accuracy without", right)
        chapter.table(
            header: ["features chosen on", "mean accuracy of 50 splits"],
            rows: [
                ["all rows (wrong)", TextTable.percent(wrong)], ["the training rows", TextTable.percent(right)],
                ["truth: a coin", "50.0 %"],
            ])
        chapter.picture(
            Picture(
                [Self.chart(results.wrong, results.right)],
                caption:
                    "How often each accuracy came up in 50 splits, by the rows that chose the features. The leak makes skill "
                    + "out of nothing.",
                width: 760, height: 340, characters: .ascii, rows: 11))
        chapter.paragraph(
            """
            \(TextTable.percent(wrong)) from noise. The test rows voted on which features to keep, so those features \
            fit the test rows. The rule: split first. Whatever is fitted, fit it on the training rows. A `Pipeline` \
            keeps the rule for you, also inside cross-validation.
            """)
    }

    private static func leakage() throws -> (wrong: [Double], right: [Double]) {
        // snippet: leakage
        func bestFeatures(_ x: Matrix, _ y: Labels) -> [Int] {
            let labels = y.codes.map(Double.init)
            let strength = (0..<x.columns).map {
                abs(correlation(x.column($0), labels))
            }
            let order = strength.indices.sorted { strength[$0] > strength[$1] }
            return Array(order.prefix(20))
        }

        var random = RandomState(seed: 0)
        let noise = random.gaussian(count: 100_000)
        let x = Matrix(rows: 100, columns: 1000, values: noise)
        let y = Labels(random.integers(in: 0..<2, count: 100))
        var (wrong, right): ([Double], [Double]) = ([], [])

        // Wrong: the test rows have a vote.
        let peeked = bestFeatures(x, y)
        for seed: UInt32 in 0..<50 {
            let (xTrain, xTest, yTrain, yTest) = try trainTestSplit(
                x, y, testSize: 0.3, seed: seed)
            // Right: they have none.
            let honest = bestFeatures(xTrain, yTrain)

            func accuracy(_ features: [Int]) throws -> Double {
                let seen = xTrain.selecting(columns: features)
                let unseen = xTest.selecting(columns: features)
                let model = try LogisticRegression().fit(seen, yTrain)
                return try accuracyScore(yTest, model.predict(unseen))
            }
            wrong.append(try accuracy(peeked))
            right.append(try accuracy(honest))
        }
        // end
        return (wrong, right)
    }

    /// Pearson's correlation; 0 where a side is constant.
    private static func correlation(_ a: [Double], _ b: [Double]) -> Double {
        let count = Double(a.count)
        let (meanA, meanB) = (a.reduce(0, +) / count, b.reduce(0, +) / count)
        var (ab, aa, bb) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            ab += (x - meanA) * (y - meanB)
            aa += (x - meanA) * (x - meanA)
            bb += (y - meanB) * (y - meanB)
        }
        return aa > 0 && bb > 0 ? ab / (aa * bb).squareRoot() : 0
    }

    private static func chart(_ wrong: [Double], _ right: [Double]) -> Chart {
        // Accuracies are multiples of 1/30; two of them share a bar.
        func share(_ accuracies: [Double]) -> (middles: [Double], counts: [Double]) {
            var counts = [Double](repeating: 0, count: 16)
            for accuracy in accuracies { counts[min(15, max(0, Int((accuracy * 30).rounded()) / 2))] += 1 }
            let used = counts.indices.filter { counts[$0] > 0 }
            return (used.map { (Double($0) * 2 + 0.5) / 30 }, used.map { counts[$0] })
        }
        let (left, top) = (share(right), share(wrong))
        return Chart {
            BarMark(x: .value("Accuracy", left.middles), y: .value("Splits", left.counts), width: 0.9)
                .foregroundStyle(by: .value("", "right: training rows")).opacity(0.85)
            BarMark(x: .value("Accuracy", top.middles), y: .value("Splits", top.counts), width: 0.9)
                .foregroundStyle(by: .value("", "wrong: all rows")).opacity(0.85)
            RuleMark(x: .value("Accuracy", 0.5)).foregroundStyle(.secondary)
                .lineStyle(StrokeStyle(lineWidth: 1.5, dash: [5, 4])).annotation("truth")
        }
        .chartTitle("Accuracy on 30 test rows of noise")
        .chartForegroundStyleScale(["right: training rows": .blue, "wrong: all rows": .vermilion])
        .chartXScale(domain: 0.2...1)
    }

    // MARK: Questions

    let questions = [
        Question(
            "Mean, median or something else for missing numbers?",
            "Median for skewed columns, mean for symmetric ones. Both shrink the spread and weaken correlations. If "
                + "missingness itself tells something, add an indicator column. For inference rather than prediction, "
                + "use multiple imputation."),
        Question(
            "What are MCAR, MAR and MNAR?",
            "Missing completely at random: unrelated to anything; dropping rows only costs data. Missing at random: "
                + "explained by other columns; impute with them. Missing not at random: depends on the missing value "
                + "itself, as when the rich hide their income; no imputation from the table alone mends that."),
        Question(
            "When do you drop one dummy column?",
            "In a linear model with an intercept and no penalty, all dummies of a column add up to the intercept, and "
                + "the coefficients are not unique; drop one as reference. With a penalty or in trees keep all."),
        Question(
            "Which models need scaling?",
            "Those with distances or penalties or gradient steps: k-nearest neighbours, k-means, SVM, ridge, lasso, "
                + "PCA, neural networks. Trees do not, since a split depends on the order only."),
        Question(
            "What do you do with a category of 10,000 levels?",
            "One-hot explodes. Group rare levels, hash them, use target encoding computed within folds, or let a model "
                + "that handles categories or embeddings take them."),
        Question(
            "What is data leakage, and how do you find it?",
            "Information at training time that you will not have at prediction time. Signs: scores too good to be true, "
                + "one feature that dominates, a fall in production. Check the time at which each column is known, "
                + "duplicates across the split, and every fit that ran before the split."),
        .trap(
            "Scaling does not look at the label. So it may be fitted on all rows, before the split?",
            "It still carries the test rows' mean and spread into training. Often the effect is tiny; with small or "
                + "drifting data it is not, and you cannot know beforehand. Fit it on the training rows: it costs "
                + "nothing. Then the score you report is one you can defend."),
    ]

    private func attempt(in chapter: inout Chapter) {
        chapter.attempts([
            Attempt(
                "Fill the gaps with the mean instead of the median.",
                expect:
                    "two people get an income of 83,667, more than five of the six known ones. One outlier did that."),
            Attempt(
                "In the leak, use 1,000 rows instead of 100.",
                expect:
                    "the leak shrinks towards 60 %: chance correlations fade with more rows. Wide tables with few rows, "
                    + "such as genes or texts, are where leaks bite."),
        ])
    }
}
