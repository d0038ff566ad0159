import Apus
import ApusCore
import ApusEvaluation
import ApusFrame
import ApusLearn
import ApusPlots

/// Section 6: what a new column can do that no algorithm can.
struct FeatureEngineering: Section {
    let number = 6
    let title = "Feature engineering"

    func write(into chapter: inout Chapter) async throws {
        chapter.heading("The idea")
        chapter.paragraph(
            """
            A model can only combine columns in the ways it knows: a linear one adds them up. If the truth is a \
            product, a ratio, a difference of dates or a position in a week, a column that says so makes an easy \
            problem of a hard one. That is feature engineering: putting what you know about the world into columns.
            """)
        let (x, weight) = try boxes(into: &chapter)
        try judge(x, weight, into: &chapter)
        advise(in: &chapter)
        chapter.questions(questions)
        attempt(in: &chapter)
    }

    // MARK: Columns from columns

    private func boxes(into chapter: inout Chapter) throws -> (Matrix, [Double]) {
        chapter.heading("Boxes")
        chapter.paragraph(
            """
            120 boxes with three sides in centimetres. They weigh 0.4 kg for each litre, give or take half a \
            kilogram; the model is not told. A calculated column reads like the formula.
            """)
        chapter.code(Snippets.boxes)
        // snippet: boxes
        var random = RandomState(seed: 42)
        let sides = random.uniform(count: 360).map { 5 + 45 * $0 }
        let rounded = sides.map { ($0 * 10).rounded(.toNearestOrEven) / 10 }
        let x = Matrix(rows: 120, columns: 3, values: rounded)
        let noise = random.gaussian(count: 120)
        let weight = (0..<120).map { i in
            0.4 * x[i, 0] * x[i, 1] * x[i, 2] / 1000 + 0.5 * noise[i]
        }

        var frame = try DataFrame(columns: [
            Column("length", x.column(0)), Column("width", x.column(1)),
            Column("height", x.column(2)),
        ])
        frame["area"] = frame.length * frame.width
        frame["volume"] = frame.area * frame.height
        // end
        chapter.output(frame.head(4).text())
        let areas = try frame.numbers(of: "area")
        let volumes = try frame.numbers(of: "volume")
        chapter.record("first area", areas[0])
        chapter.record("first volume", volumes[0])
        chapter.paragraph(
            """
            Where you do not know the formula, let a transformer write down all powers and products up to a degree, \
            or the products alone.
            """)
        chapter.code(Snippets.products)
        // snippet: products
        let names = ["length", "width", "height"]
        let products = try PolynomialFeatures(
            degree: 2, includeBias: false
        ).fit(x)
        let interactions = try PolynomialFeatures(
            degree: 2, interactionOnly: true, includeBias: false
        ).fit(x)
        let columns = products.outputNames(for: names)
        let first = try products.transform(x.selecting(rows: [0])).values
        // end
        let crossed = interactions.outputNames(for: names)
        chapter.record("names", .array(columns.map { .string($0) }))
        chapter.record("names of interactions", .array(crossed.map { .string($0) }))
        chapter.record("first row", first)
        chapter.table(
            header: ["column", "first box", "among the interactions"],
            rows: zip(columns, first).map { name, value in
                ["`\(name)`", TextTable.fixed(value, 2), crossed.contains(name) ? "yes" : ""]
            })
        return (x, weight)
    }

    // MARK: What they do to a model

    private func judge(_ x: Matrix, _ weight: [Double], into chapter: inout Chapter) throws {
        chapter.heading("What they do to a linear model")
        chapter.code(Snippets.designs)
        // snippet: designs
        let folds = KFold(nSplits: 5, shuffle: true, seed: 42)
        func r2(_ design: some Regressor, _ x: Matrix) throws -> Double {
            let scores = try crossValScore(design, x, weight, cv: folds)
            return scores.reduce(0, +) / 5
        }
        func powers(_ degree: Int) -> Pipeline<PolynomialFeatures, LinearRegression> {
            PolynomialFeatures(degree: degree, includeBias: false)
                .then(LinearRegression())
        }
        let volume = Matrix(column: (0..<120).map { x[$0, 0] * x[$0, 1] * x[$0, 2] })
        let designs = [
            ("three sides", 3, try r2(LinearRegression(), x)),
            ("squares and products", 9, try r2(powers(2), x)),
            ("up to three factors", 19, try r2(powers(3), x)),
            ("up to five factors", 55, try r2(powers(5), x)),
            ("the volume", 1, try r2(LinearRegression(), volume)),
        ]
        // end
        for (name, _, score) in designs { chapter.record("R2 with \(name)", score) }
        let slope = try LinearRegression().fit(
            Matrix(column: volume.column(0).map { $0 / 1000 }), weight
        ).coefficients[0]
        chapter.record("weight of a cubic decimetre", slope)
        chapter.table(
            header: ["the model sees", "columns", "R² in five folds"],
            rows: designs.map { [$0.0, "\($0.1)", TextTable.fixed($0.2, 4)] })
        let sides = try LinearRegression().fit(x, weight).predict(x)
        let known = try LinearRegression().fit(volume, weight).predict(volume)
        chapter.picture(
            Picture(
                [
                    Self.scatter(sides, weight, "Three sides"), Self.scatter(known, weight, "The volume"),
                ],
                caption:
                    "Left: a sum of sides bends away from the truth at both ends, and even predicts weights below zero. "
                    + "Right: one column, the right one.",
                width: 1000, height: 400, rows: 11))
        chapter.paragraph(
            """
            One well-chosen column beats fifty-five automatic ones, and its coefficient means something: \
            \(TextTable.fixed(slope, 3)) kg for each litre. The automatic ones get there too at degree three, where the \
            product of all sides is among them, and get worse again at degree five: more columns, same rows.
            """)
    }

    private static func scatter(_ prediction: [Double], _ truth: [Double], _ title: String) -> Chart {
        let ends = [truth.min() ?? 0, truth.max() ?? 1]
        return Chart {
            LineMark(x: .value("Predicted weight in kg", ends), y: .value("Weight in kg", ends))
                .foregroundStyle(.secondary).lineStyle(StrokeStyle(lineWidth: 1.5, dash: [5, 4]))
            PointMark(x: .value("Predicted weight in kg", prediction), y: .value("Weight in kg", truth))
        }
        .chartTitle(title)
    }

    private func advise(in chapter: inout Chapter) {
        chapter.heading("A short catalogue")
        chapter.table(
            header: ["you have", "try", "because"],
            rows: [
                ["sizes", "products, ratios", "effects that multiply or scale"],
                ["incomes, counts", "logarithm", "long tails; equal steps become equal ratios"],
                ["a date", "weekday, month, days since", "calendars repeat, ages grow"],
                ["an hour, an angle", "sine and cosine", "23:00 lies next to 0:00"],
                ["many events of one person", "counts, means, time since the last", "a row for each person"],
                ["a rare category", "one level “other”", "too few rows to learn from"],
                ["a text", "word counts, length", "numbers that a model can use"],
                ["a gap", "a column that says so", "that it is missing may mean something"],
            ])
    }

    // MARK: Questions

    let questions = [
        Question(
            "What is an interaction, and which models need to be given one?",
            "An effect of one feature that depends on another, as a product. Linear models cannot make one themselves and need "
                + "the column; trees and kernels find them, if there are enough rows."),
        Question(
            "Why do trees not need a logarithm of a feature?",
            "A split only asks for the order, and a logarithm keeps it. It does help on the target of a regression, where it "
                + "changes what an error costs, and it helps linear models and distances."),
        Question(
            "How many features does a polynomial of degree p in d features have?",
            "(d + p choose p), with the constant one: 20 for three features and degree three, 1,771 for twenty. It explodes, so "
                + "use a penalty, interactions alone, or a kernel that never writes the columns down."),
        Question(
            "How do you choose among many features?",
            "By what they do on rows held out: filters (variance, mutual information), wrappers (recursive elimination), or "
                + "models that choose (L1, trees). Choose inside cross-validation, or the choice leaks."),
        Question(
            "What is target encoding, and how does it go wrong?",
            "A category becomes the mean target of its rows. With the row's own target among them, rare categories give the "
                + "answer away. Compute it in folds, and shrink small categories towards the overall mean."),
        Question(
            "How do you encode the hour of the day?",
            "As sin(2πh/24) and cos(2πh/24) for models that add or measure distances, so that midnight has no cliff. For trees "
                + "the plain hour does."),
        Question(
            "Should the features be computed before or after the split?",
            "What looks at one row alone (a product, a logarithm) may come before. What learns from rows (means, bins, "
                + "encodings, selections) must be fitted on training rows only; a pipeline does that for you."),
        .trap(
            "You add `price per unit` = total price / quantity to predict the total price. R² rises to 1. Well done?",
            "No: the feature contains the target. It will not be there when you predict. Ask of each feature when its value "
                + "becomes known, and from what it was computed."),
    ]

    private func attempt(in chapter: inout Chapter) {
        chapter.attempts([
            Attempt(
                "Predict the logarithm of the weight from the logarithms of the sides.",
                expect:
                    "a linear model with the right form: log(l·w·h) is a sum. Small boxes spoil it a little, because their noise "
                    + "is large beside their weight; one of them even got a weight below zero and has no logarithm."),
            Attempt(
                "Use a random forest on the three sides.",
                expect: "it finds the products itself, as steps: better than the sum of sides, worse than the volume. "
                    + "It would need many more than 120 boxes."),
        ])
    }
}
