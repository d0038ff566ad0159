import ApusPlots
import Foundation
import Testing

/// Charts of every kind, which the tests read as text and a person can look at:
/// `APUS_GALLERY=folder swift test --filter ApusPlotsTests.GalleryTests` writes them.
enum Gallery {
    struct Picture: Sendable, CustomTestStringConvertible {
        let name: String
        let svg: @Sendable (ChartTheme) -> String
        let text: String?
        var testDescription: String { name }
    }

    static let all: [Picture] = {
        [
            picture("scatter", scatter), picture("bars", bars), picture("stacked", stacked),
            picture("grouped", grouped), picture("logarithmic", logarithmic), picture("categories", categories),
            picture("heatmap", heatMap), picture("correlations", correlations), picture("viridis", viridis),
            picture("histogram", HistogramChart(normal(800, seed: 3), label: "Age")),
            picture("importance", importance), picture("interval", interval),
            picture("residuals", residuals), picture("predictions", predictions, width: 460, height: 460),
            picture("confusion", confusion, width: 480, height: 420),
            picture("roc", roc, width: 440, height: 480), picture("roc-wide", roc),
            picture("precision-recall", precisionRecall, width: 440, height: 480),
            picture("empty", Chart {}.chartTitle("Nothing to see")), picture("many", many),
            Picture(name: "bias-variance", svg: { biasVariance.svg(width: 1000, height: 380, theme: $0) }, text: nil),
        ]
    }()

    private static func picture(
        _ name: String, _ chart: some ChartRepresentable, width: Double = 640, height: Double = 400
    ) -> Picture {
        Picture(name: name, svg: { chart.svg(width: width, height: height, theme: $0) }, text: chart.text())
    }

    /// Numbers between 0 and 1, the same in every run.
    static func uniform(_ count: Int, seed: UInt64) -> [Double] {
        var state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / 9_007_199_254_740_992
        }
    }

    static func normal(_ count: Int, seed: UInt64, mean: Double = 40, deviation: Double = 12) -> [Double] {
        let draws = uniform(12 * count, seed: seed)
        return (0..<count).map { mean + deviation * (draws[12 * $0..<12 * $0 + 12].reduce(0, +) - 6) }
    }

    static var scatter: Chart {
        let count = 60
        let centres = [("setosa", 1.5, 0.25, 0.2), ("versicolor", 4.3, 1.3, 0.45), ("virginica", 5.6, 2.0, 0.55)]
        let x = centres.enumerated().flatMap { normal(count, seed: UInt64($0 + 1), mean: $1.1, deviation: $1.3) }
        let y = centres.enumerated().flatMap { normal(count, seed: UInt64($0 + 9), mean: $1.2, deviation: $1.3 * 0.45) }
        let labels = centres.flatMap { Array(repeating: $0.0, count: count) }
        return Chart {
            PointMark(x: .value("Petal length (cm)", x), y: .value("Petal width (cm)", y))
                .foregroundStyle(by: .value("Species", labels))
                .symbol(by: .value("Species", labels))
        }
        .chartTitle("Three species of iris").chartSubtitle("180 flowers drawn around each species' centre")
    }

    static var bars: Chart {
        let names = ["North", "South", "East", "West", "Centre", "Islands"]
        let values = [41_200.0, 37_950, 52_300, 48_100, 29_400, 33_020]
        let mean = values.reduce(0, +) / 6
        return Chart {
            BarMark(x: .value("Region", names), y: .value("Median income (€)", values))
                .annotation(values.map { "\(Int($0))" })
            RuleMark(y: .value("Mean", mean)).lineStyle(StrokeStyle(lineWidth: 1.25, dash: [5, 4]))
                .annotation("mean")
        }
        .chartTitle("Median income by region")
    }

    static var stacked: Chart {
        let years = ["2021", "2022", "2023", "2024"]
        return Chart {
            for (index, kind) in ["Trees", "Linear", "Neighbours", "Bayes"].enumerated() {
                BarMark(
                    x: .value("Year", years),
                    y: .value("Models", uniform(4, seed: UInt64(index + 2)).map { 10 + 30 * $0 })
                )
                .foregroundStyle(by: .value("Family", kind))
            }
        }
        .chartTitle("Models trained by family and year").chartLegend(.trailing)
    }

    static var grouped: Chart {
        let models = ["Random forest", "SVC", "Logistic regression"].flatMap { [$0, $0] }
        let parts = ["train", "test", "train", "test", "train", "test"]
        return Chart {
            BarMark(x: .value("Model", models), y: .value("Accuracy", [1, 0.94, 0.97, 0.95, 0.93, 0.925]))
                .foregroundStyle(by: .value("Data", parts))
                .position(by: .value("Data", parts))
                .annotation(["1.00", "0.94", "0.97", "0.95", "0.93", "0.925"])
        }
        .chartTitle("Accuracy on seen and unseen rows").chartLegend(.bottom)
    }

    static var logarithmic: Chart {
        let sizes = (0...24).map { pow(10, 1 + Double($0) / 6) }
        return Chart {
            LineMark(x: .value("Rows", sizes), y: .value("Seconds", sizes.map { 2e-6 * $0 * log2($0) }))
                .foregroundStyle(by: .value("Algorithm", "n log n")).symbol(.circle)
            LineMark(x: .value("Rows", sizes), y: .value("Seconds", sizes.map { 1e-7 * $0 * $0 }))
                .foregroundStyle(by: .value("Algorithm", "n²"))
            LineMark(x: .value("Rows", sizes), y: .value("Seconds", sizes.map { 4e-6 * $0 }))
                .foregroundStyle(by: .value("Algorithm", "n")).lineStyle(StrokeStyle(dash: [6, 3]))
        }
        .chartTitle("Time against size").chartXScale(type: .log).chartYScale(type: .log)
    }

    static var categories: Chart {
        let names = [
            "Ægir – hlér", "Übergrößenträger", "Ελληνικά και ονόματα", "Очень длинное название", "日本語のとても長いラベル",
            "naïve <b>&\"quoted\"</b>",
            "العربية تسمية طويلة", "한국어 라벨", "emoji 🌳🌲🪵 forest", "Straße des 17. Juni",
        ]
        let all = (0..<30).map { "\(names[$0 % 10]) \($0 + 1)" }
        return Chart {
            BarMark(x: .value("Category", all), y: .value("Rows", uniform(30, seed: 5).map { 20 + 900 * $0 * $0 }))
        }
        .chartTitle("Thirty categories with long names in many scripts")
    }

    static var heatMap: Chart {
        let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        let hours = (0..<24).map { String($0) }
        let cells = days.indices.flatMap { day in hours.indices.map { (day, $0) } }
        let values = cells.map { day, hour in
            let rush = exp(-pow(Double(hour) - 8, 2) / 6) + exp(-pow(Double(hour) - 18, 2) / 9)
            return (day > 4 ? 0.35 : 1) * 900 * rush + 40 + Double(hour) * 4
        }
        return Chart {
            RectangleMark(x: .value("Hour", cells.map { hours[$0.1] }), y: .value("", cells.map { days[$0.0] }))
                .foregroundStyle(by: .value("Requests a minute", values))
        }
        .chartTitle("When the model is asked")
    }

    static var correlations: Chart {
        let names = ["age", "income", "education", "hours", "capital gain"]
        let cells = names.indices.flatMap { i in names.indices.map { (i, $0) } }
        let values = cells.map { i, j in i == j ? 1.0 : cos(Double(i * j) + Double(i + j)) * 0.8 }
        return Chart {
            RectangleMark(x: .value("", cells.map { names[$0.1] }), y: .value("", cells.map { names[$0.0] }))
                .foregroundStyle(by: .value("Correlation", values))
                .annotation(values.map { String(format: "%.2f", $0) })
        }
        .chartTitle("Correlations").chartForegroundStyleScale(.diverging, domain: -1...1)
    }

    static var viridis: Chart {
        let cells = (0..<60).flatMap { i in (0..<40).map { (Double(i) / 10, Double($0) / 10) } }
        return Chart {
            RectangleMark(x: .value("Learning rate", cells.map(\.0)), y: .value("Depth", cells.map(\.1)))
                .foregroundStyle(by: .value("Loss", cells.map { sin($0.0) * cos($0.1) + 0.1 * $0.0 }))
        }
        .chartTitle("A surface of 2,400 cells").chartForegroundStyleScale(.viridis)
    }

    static var importance: ImportanceChart {
        ImportanceChart(
            names: [
                "worst concave points", "worst perimeter", "mean texture", "area error", "symmetry", "mean smoothness",
            ],
            values: [0.31, 0.22, 0.11, 0.04, -0.01, 0.19], deviations: [0.03, 0.05, 0.02, 0.02, 0.01, 0.04])
    }

    static var interval: Chart {
        let x = (0...50).map { Double($0) / 5 }
        return Chart {
            AreaMark(
                x: .value("Week", x), yStart: .value("Score", x.map { sin($0) - 0.2 - $0 / 30 }),
                yEnd: .value("Score", x.map { sin($0) + 0.2 + $0 / 30 }))
            LineMark(x: .value("Week", x), y: .value("Score", x.map { $0 == 4 ? .nan : sin($0) }))
            RuleMark(x: .value("Release", 6)).foregroundStyle(.vermilion).annotation("release")
        }
        .chartTitle("A mean with its interval, and a gap where a value is missing")
    }

    static var residuals: ResidualChart {
        let actual = normal(300, seed: 11, mean: 150, deviation: 60)
        return ResidualChart(
            predicted: zip(actual, normal(300, seed: 12, mean: 0, deviation: 20)).map { 20 + 0.85 * $0 + $1 },
            actual: actual)
    }

    static var predictions: PredictionChart {
        let actual = normal(300, seed: 11, mean: 150, deviation: 60)
        return PredictionChart(
            predicted: zip(actual, normal(300, seed: 12, mean: 0, deviation: 20)).map { 20 + 0.85 * $0 + $1 },
            actual: actual)
    }

    static var confusion: ConfusionMatrixChart {
        ConfusionMatrixChart(
            counts: [[49, 1, 0, 0], [2, 41, 7, 0], [0, 12, 1838, 4], [0, 0, 0, 0]],
            classes: ["setosa", "versicolor", "virginica", "unseen"])
    }

    static var roc: ROCCurveChart {
        let rates = (0...40).map { Double($0) / 40 }
        return ROCCurveChart(curves: [
            .init(
                name: "Random forest", falsePositiveRates: rates, truePositiveRates: rates.map { pow($0, 0.12) },
                area: 0.893),
            .init(
                name: "Logistic regression", falsePositiveRates: rates, truePositiveRates: rates.map { pow($0, 0.3) },
                area: 0.769),
            .init(name: "Naive Bayes", falsePositiveRates: [0, 0.2, 1], truePositiveRates: [0, 0.55, 1], area: nil),
        ])
    }

    static var precisionRecall: PrecisionRecallChart {
        let recalls = (0...40).map { 1 - Double($0) / 40 }
        return PrecisionRecallChart(
            recalls: recalls, precisions: recalls.map { 1 - 0.7 * pow($0, 4) }, averagePrecision: 0.86, prevalence: 0.3)
    }

    static let many: Chart = {
        let x = normal(100_000, seed: 21, mean: 0, deviation: 1)
        let noise = normal(100_000, seed: 22, mean: 0, deviation: 1)
        return Chart {
            PointMark(x: .value("x", x), y: .value("y", zip(x, noise).map { 0.6 * $0 + 0.8 * $1 }))
                .foregroundStyle(by: .value("Side", x.map { $0 < 0 ? "left" : "right" }))
        }
        .chartTitle("100,000 points")
    }()

    /// Polynomials of degree 1, 3 and 15 through ten noisy points of a sine, by least squares.
    static var biasVariance: Figure {
        let x = (0..<10).map { (Double($0) + 0.5) / 10 }
        let y = zip(x, normal(10, seed: 31, mean: 0, deviation: 0.22)).map { sin(2 * .pi * $0) + $1 }
        let fine = (0...200).map { Double($0) / 200 }
        return Figure(columns: 3) {
            for (degree, words) in [
                (1, "too simple: high bias"), (3, "about right"), (15, "too flexible: high variance"),
            ] {
                Chart {
                    LineMark(x: .value("x", fine), y: .value("y", fine.map { sin(2 * .pi * $0) }))
                        .foregroundStyle(by: .value("Series", "true function"))
                        .lineStyle(StrokeStyle(lineWidth: 1.5, dash: [5, 4]))
                    LineMark(x: .value("x", fine), y: .value("y", Polynomial(degree, x, y).values(fine)))
                        .foregroundStyle(by: .value("Series", "fitted polynomial"))
                    PointMark(x: .value("x", x), y: .value("y", y))
                        .foregroundStyle(by: .value("Series", "training points"))
                }
                .chartTitle("Degree \(degree)").chartSubtitle(words)
                .chartXScale(domain: 0...1).chartYScale(domain: -1.5...1.5)
                .chartForegroundStyleScale([
                    "true function": .secondary, "fitted polynomial": .blue, "training points": .vermilion,
                ])
            }
        }
        .figureTitle("Bias and variance").figureSubtitle("Polynomials fitted to ten noisy points of a sine")
    }
}

/// A least-squares polynomial in Legendre's basis; through all points where the degree allows it.
private struct Polynomial {
    let weights: [Double]

    init(_ degree: Int, _ x: [Double], _ y: [Double]) {
        let size = degree + 1
        let rows = x.map { Polynomial.basis($0, size) }
        // A ridge far below the data's noise makes the system solvable where there are fewer points than weights.
        var system = (0..<size).map { i in
            (0..<size).map { j in rows.reduce(0) { $0 + $1[i] * $1[j] } + (i == j ? 1e-12 : 0) }
                + [zip(rows, y).reduce(0) { $0 + $1.0[i] * $1.1 }]
        }
        for i in 0..<size {
            for k in 0..<size where k != i {
                let factor = system[k][i] / system[i][i]
                for j in i...size { system[k][j] -= factor * system[i][j] }
            }
        }
        weights = (0..<size).map { system[$0][size] / system[$0][$0] }
    }

    func values(_ x: [Double]) -> [Double] {
        x.map { zip(weights, Polynomial.basis($0, weights.count)).reduce(0) { $0 + $1.0 * $1.1 } }
    }

    private static func basis(_ x: Double, _ size: Int) -> [Double] {
        let t = 2 * x - 1
        var values = [1, t]
        for n in 1..<max(2, size) {
            values.append((Double(2 * n + 1) * t * values[n] - Double(n) * values[n - 1]) / Double(n + 1))
        }
        return Array(values.prefix(size))
    }
}
