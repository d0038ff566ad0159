import Apus
import ApusCore
import ApusEvaluation
import ApusLearn
import ApusPlots
import Foundation

/// Section 3: why a model can be too simple and too flexible, measured.
struct BiasAndVariance: Section {
    let number = 3
    let title = "Bias and variance"

    /// The data that the section learns from.
    private struct Points {
        var x: [Double] = []
        var y: [Double] = []
    }

    /// The errors of one degree, each a mean over the places of a grid.
    private struct Decomposition {
        let degree: Int
        let squaredBias: Double
        let variance: Double
        let measured: Double
        let noise = 0.01
        var sum: Double { squaredBias + variance + noise }
    }

    func write(into chapter: inout Chapter) async throws {
        chapter.heading("The idea")
        chapter.paragraph(
            """
            A model can be wrong in two ways. It can be too stiff to follow the truth, whatever data it gets: that is \
            bias. Or it can be so flexible that it follows the noise of the particular rows it saw: that is variance. \
            More flexibility buys less bias and pays with more variance. The best model stands where the sum of both \
            is smallest, not where the training error is.
            """)
        chapter.formula("E[(y − f̂(x))²]  =  (E[f̂(x)] − f(x))²  +  Var[f̂(x)]  +  σ²")
        chapter.paragraph(
            """
            Read it as: expected error = bias² + variance + noise. The expectation runs over training sets. Noise σ² \
            is the part that no model can remove.
            """)
        try fitThree(into: &chapter)
        chapter.live("degree")
        try decompose(into: &chapter)
        chapter.questions(questions)
        attempt(in: &chapter)
    }

    // MARK: Three degrees

    private func fitThree(into chapter: inout Chapter) throws {
        chapter.heading("Ten points, three polynomials")
        chapter.paragraph(
            """
            The truth is sin(1.5πx). We see ten points of it, each with normal noise of standard deviation 0.1. A \
            hundred more points, never shown to the model, are the test.
            """)
        chapter.code(Snippets.tenPoints)
        // snippet: tenPoints
        func truth(_ x: Double) -> Double { sin(1.5 * .pi * x) }

        var random = RandomState(seed: 42)
        let x = random.uniform(count: 10).sorted()
        let y = x.map { truth($0) + 0.1 * random.gaussian() }
        let xTest = random.uniform(count: 100)
        let yTest = xTest.map { truth($0) + 0.1 * random.gaussian() }
        // end
        chapter.code(Snippets.threeFits)
        var charts: [Chart] = []
        var rows: [[String]] = []
        for degree in [1, 3, 15] {
            // snippet: threeFits
            // degree is 1, 3, then 15
            let powers = PolynomialFeatures(degree: degree, includeBias: false)
            let pipeline = powers.then(LinearRegression())
            let model = try pipeline.fit(Matrix(column: x), y)

            let onSeen = try model.predict(Matrix(column: x))
            let trainError = try meanSquaredError(y, onSeen)
            let onUnseen = try model.predict(Matrix(column: xTest))
            let testError = try meanSquaredError(yTest, onUnseen)
            // end
            let name = "degree \(degree)"
            chapter.record("\(name) train error", trainError)
            chapter.record("\(name) test error", testError)
            rows.append([
                "\(degree)", TextTable.fixed(trainError, 4), TextTable.fixed(testError, 4), Self.verdict(degree),
            ])
            let grid = (0...240).map { Double($0) / 240 }
            let curve = try model.predict(Matrix(column: grid))
            charts.append(
                Self.chart(
                    Points(x: x, y: y), truth: Points(x: grid, y: grid.map(truth)), fit: Points(x: grid, y: curve)
                )
                .chartTitle("Degree \(degree): \(Self.verdict(degree))")
                .chartSubtitle("error: train \(TextTable.fixed(trainError, 4)), test \(TextTable.fixed(testError, 3))"))
        }
        chapter.table(header: ["degree", "train error", "test error", "verdict"], rows: rows)
        chapter.picture(
            Picture(
                charts,
                caption:
                    "Truth, the points that the model saw, and its fit. The straight line misses the bend. "
                    + "Degree 15 passes close to every point and swings wildly between them and at the edge.",
                width: 1000, height: 360, characters: .ascii, rows: 11))
        chapter.paragraph(
            """
            Look at the train column alone and degree 15 wins. Look at the test column and it loses badly. The \
            training error falls with every degree that you add; it cannot tell you when to stop.
            """)
    }

    private static func verdict(_ degree: Int) -> String {
        switch degree {
        case 1: "too stiff"
        case 3: "about right"
        default: "follows the noise"
        }
    }

    private static func chart(_ points: Points, truth: Points, fit: Points) -> Chart {
        Chart {
            LineMark(x: .value("x", truth.x), y: .value("y", truth.y))
                .foregroundStyle(by: .value("", "truth")).lineStyle(StrokeStyle(lineWidth: 1.75, dash: [6, 4]))
            LineMark(x: .value("x", fit.x), y: .value("y", fit.y)).foregroundStyle(by: .value("", "fit"))
            PointMark(x: .value("x", points.x), y: .value("y", points.y))
                .foregroundStyle(by: .value("", "seen")).symbolSize(46)
        }
        .chartForegroundStyleScale(["truth": .secondary, "fit": .vermilion, "seen": .blue])
        .chartXScale(domain: 0...1).chartYScale(domain: -2...2)
        .chartXAxis(label: "").chartYAxis(label: "")
    }

    // MARK: The decomposition

    private func decompose(into chapter: inout Chapter) throws {
        chapter.heading("The three parts, measured")
        chapter.paragraph(
            """
            On your own data you never see bias and variance apart, because you have one training set and do not know \
            the truth. Here we know it. So draw 200 training sets of thirty points, fit each degree on each, and look \
            at the 200 curves: how far is their mean from the truth, and how much do they scatter around it?
            """)
        chapter.code(Snippets.resampling)
        chapter.code(Snippets.decomposition)
        let results = try Self.decompositions()
        var rows: [[String]] = []
        for part in results {
            let name = "degree \(part.degree)"
            chapter.record("\(name) bias squared", part.squaredBias)
            chapter.record("\(name) variance", part.variance)
            chapter.record("\(name) measured error", part.measured)
            rows.append(
                ["\(part.degree)"]
                    + [part.squaredBias, part.variance, part.noise, part.sum, part.measured].map {
                        TextTable.fixed($0, 5)
                    })
        }
        chapter.table(
            header: ["degree", "bias²", "variance", "noise", "sum", "measured"], rows: rows,
            caption: "The last column is the mean squared error on fresh noisy points: it agrees with the sum.")
        chapter.picture(
            Picture(
                [Self.chart(results)],
                caption:
                    "On a logarithmic scale: bias² falls with the degree, variance rises, and their sum is smallest in "
                    + "between.",
                width: 760, height: 400, characters: .ascii, rows: 16))
        let best = results.min { $0.sum < $1.sum }?.degree ?? 0
        chapter.record("best degree", .int(best))
        chapter.paragraph(
            """
            The sum is smallest at degree \(best). To the left of it the model is too stiff, to the right too \
            flexible. One honest remark: the measured bias² holds one 200th of the variance, because the mean of 200 \
            curves is not their expectation. That is most of what grows again at high degrees.
            """)
    }

    private static func decompositions() throws -> [Decomposition] {
        let degrees = Array(1...9)
        // snippet: resampling
        func truth(_ x: Double) -> Double { sin(1.5 * .pi * x) }

        let grid = (0..<100).map { (Double($0) + 0.5) / 100 }
        var random = RandomState(seed: 1)
        var curves: [Int: [[Double]]] = [:]
        var errors: [Int: Double] = [:]
        for _ in 0..<200 {
            let x = random.uniform(count: 30)
            let y = x.map { truth($0) + 0.1 * random.gaussian() }
            let fresh = grid.map { truth($0) + 0.1 * random.gaussian() }
            for degree in degrees {
                let powers = PolynomialFeatures(degree: degree, includeBias: false)
                let pipeline = powers.then(LinearRegression())
                let model = try pipeline.fit(Matrix(column: x), y)
                let curve = try model.predict(Matrix(column: grid))
                curves[degree, default: []].append(curve)
                let error = try meanSquaredError(fresh, curve)
                errors[degree, default: 0] += error / 200
            }
        }
        // end
        // snippet: decomposition
        /// Squared bias and variance of the curves, each a mean over the grid.
        func parts(_ curves: [[Double]]) -> (Double, Double) {
            var (bias, variance) = (0.0, 0.0)
            for (place, x) in grid.enumerated() {
                let values = curves.map { $0[place] }
                let mean = values.reduce(0, +) / Double(values.count)
                bias += pow(mean - truth(x), 2)
                let squares = values.map { pow($0 - mean, 2) }
                variance += squares.reduce(0, +) / Double(values.count)
            }
            return (bias / Double(grid.count), variance / Double(grid.count))
        }
        // end
        return degrees.map { degree in
            let (squaredBias, variance) = parts(curves[degree, default: []])
            return Decomposition(
                degree: degree, squaredBias: squaredBias, variance: variance, measured: errors[degree, default: 0])
        }
    }

    private static func chart(_ results: [Decomposition]) -> Chart {
        let degrees = results.map { Double($0.degree) }
        let lines: [(name: String, values: [Double], dash: [Double])] = [
            ("sum", results.map(\.sum), []), ("bias squared", results.map(\.squaredBias), []),
            ("variance", results.map(\.variance), []), ("noise", results.map(\.noise), [5, 4]),
        ]
        return Chart {
            for line in lines {
                LineMark(x: .value("Degree", degrees), y: .value("Squared error", line.values))
                    .foregroundStyle(by: .value("", line.name))
                    .lineStyle(StrokeStyle(lineWidth: line.name == "sum" ? 3 : 2, dash: line.dash))
                    .symbol(.circle)
            }
        }
        .chartTitle("Bias², variance and noise by degree").chartSubtitle("200 training sets of 30 points each")
        .chartYScale(type: .log).chartXAxis(values: degrees)
        .chartForegroundStyleScale([
            "sum": .primary, "bias squared": .blue, "variance": .vermilion, "noise": .secondary,
        ])
    }

    // MARK: Questions

    let questions = [
        Question(
            "What are bias and variance?",
            "Bias is the distance of the average model, over all training sets, from the truth: the error that stays "
                + "when you get more data of the same size again and again. Variance is how much the model changes "
                + "from one training set to the next."),
        Question(
            "Training error 0.1 %, test error 15 %. What is wrong, and what do you do?",
            "The gap says high variance: overfitting. Get more data, make the model simpler, regularise more, stop "
                + "earlier, drop features, or average many models (bagging). First rule out a leak and a test set "
                + "from another population."),
        Question(
            "Training error 14 %, test error 15 %, and people manage 1 %. And now?",
            "No gap, but both are bad: high bias, underfitting. More data will not help. Use a richer model, better "
                + "features or less regularisation."),
        Question(
            "How does more data change the two?",
            "Variance falls, roughly as 1/n for a linear model with a fixed number of parameters. Bias stays. So a "
                + "learning curve whose train and test error have met will not profit from more rows."),
        Question(
            "Where do random forests and boosting stand?",
            "A forest averages deep trees, each of low bias and high variance: averaging attacks the variance. "
                + "Boosting adds up shallow trees of high bias: each step attacks the bias, and too many steps bring "
                + "the variance back."),
        Question(
            "What does regularisation do in these terms?",
            "It accepts some bias in exchange for less variance. The strength is a parameter like the degree here, "
                + "and is chosen the same way: by the error on rows that were not used to fit."),
        .trap(
            "Degree 15 has more parameters than we have points. So its training error is exactly zero?",
            "It need not be. Here it is small, not zero: the powers of x are so nearly dependent that least squares "
                + "treats the smallest singular values as zero (`tol` of `LinearRegression`), and gives the "
                + "smallest coefficients that fit in the directions that remain. With `tol: 0` the fit passes "
                + "through every point and the swings get far worse. Zero training error is never a goal."),
    ]

    private func attempt(in chapter: inout Chapter) {
        chapter.attempts([
            Attempt(
                "Fit degree 15 on a hundred points instead of ten.",
                expect: "the swings vanish and the test error comes close to the noise, 0.01. More data cures variance."
            ),
            Attempt(
                "Draw training sets of ten points in the decomposition.",
                expect: "the same bias at low degrees, but a variance that explodes from degree 4 on: the best degree "
                    + "moves down. The right complexity depends on how much data you have."),
        ])
    }
}
