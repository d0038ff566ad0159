import ApusPlots
import Foundation
import Testing

@Suite struct ReadyChartTests {
    private func tree(_ chart: some ChartRepresentable) throws -> XMLTree.Element {
        try XMLTree.parse(chart.svg(width: 520, height: 480, theme: .light))
    }

    @Test func confusionMatrixShowsCountsAndSharesOfTheActualClass() throws {
        let chart = ConfusionMatrixChart(counts: [[3, 1], [0, 0]], classes: ["no", "yes"])
        let root = try tree(chart)
        let texts = root.all("text").map(\.text)
        for text in ["3", "75%", "1", "25%", "no", "yes", "Actual", "Predicted"] { #expect(texts.contains(text)) }
        #expect(texts.filter { $0.hasSuffix("%") }.count == 2, "a class without rows has no shares")
        let cells = root.all("rect").filter { $0.attributes["rx"] == "2" }
        #expect(cells.count == 4)
        let opacities = cells.map { $0.number("fill-opacity") }
        #expect(opacities[0] > 0.7 && opacities[1] < 0.3)
        #expect(cells[0].number("x") < cells[1].number("x") && cells[0].number("y") < cells[2].number("y"))
    }

    @Test func confusionMatrixAcceptsNamesThatComeTwiceAndRowsThatAreShort() throws {
        let root = try tree(ConfusionMatrixChart(counts: [[1, 2], [3]], classes: ["a", "a", "a"]))
        #expect(root.all("rect").filter { $0.attributes["rx"] == "2" }.count == 9)
        #expect(root.all("text").contains { $0.text == "a (2)" })
    }

    @Test func rocCurveRunsFromCornerToCornerAndNamesItsArea() throws {
        let root = try tree(ROCCurveChart(falsePositiveRates: [0, 0, 1], truePositiveRates: [0, 1, 1], area: 1))
        #expect(root.all("text").contains { $0.text == "Model (AUC 1.000)" })
        let paths = root.all("path").compactMap { $0.attributes["d"] }
        #expect(paths.count == 2)
        let corners = paths.map { data in
            data.dropFirst().split(separator: "L").map { $0.split(separator: " ").compactMap { Double($0) } }
        }
        #expect(corners[0].first == corners[1].first && corners[0].last == corners[1].last)
        #expect(corners[1][1][0] == corners[1][0][0], "straight up")
        let unknown = try tree(ROCCurveChart(falsePositiveRates: [], truePositiveRates: [], area: nil))
        #expect(unknown.name == "svg")
    }

    @Test func precisionRecallShowsTheShareOfPositives() throws {
        let root = try tree(
            PrecisionRecallChart(
                recalls: [1, 0.5, 0], precisions: [0.5, 1, 1], averagePrecision: 0.75, prevalence: 0.5))
        #expect(root.all("text").contains { $0.text == "prevalence 0.500" })
        let rule = try #require(root.all("line").first { $0.attributes["stroke-dasharray"] == "4 4" })
        let data = try #require(root.all("path").first?.attributes["d"])
        #expect(data.hasPrefix("M") && data.contains("H") && data.contains("V"), "steps, not slopes")
        let start = data.dropFirst().prefix { $0 != "H" }.split(separator: " ").compactMap { Double($0) }
        #expect(abs(start[1] - rule.number("y1")) < 0.02, "at full recall precision is the share of positives")
    }

    @Test func residualsAreActualMinusPredicted() throws {
        let root = try tree(ResidualChart(predicted: [1, 2, 3], actual: [2, 2, 2]))
        let y = root.all("circle").map { $0.number("cy") }
        #expect(y.count == 3 && y[0] < y[1] && y[1] < y[2])
        let zero = try #require(root.all("line").first { $0.attributes["stroke-width"] == "1.25" })
        #expect(abs(zero.number("y1") - y[1]) < 0.02)
    }

    @Test func predictionsLieOnTheDiagonalWhenTheyArePerfect() throws {
        let root = try tree(PredictionChart(predicted: [1, 5, .nan, 9], actual: [1, 5, 3, 9]))
        let circles = root.all("circle")
        #expect(circles.count == 3)
        let slopes = zip(circles, circles.dropFirst()).map {
            ($1.number("cy") - $0.number("cy")) / ($1.number("cx") - $0.number("cx"))
        }
        #expect(abs(slopes[0] - slopes[1]) < 0.01 && abs(slopes[0] + 1) < 0.05)
    }

    @Test func histogramCountsEveryFiniteValueOnceBetweenRoundBounds() {
        let values = Gallery.normal(1000, seed: 4) + [.nan, .infinity]
        let histogram = HistogramChart(values, label: "v")
        #expect(histogram.counts.reduce(0, +) == 1000)
        #expect(histogram.bounds.count == histogram.counts.count + 1)
        for (index, count) in histogram.counts.enumerated() {
            let (low, high) = (histogram.bounds[index], histogram.bounds[index + 1])
            #expect(values.filter { $0 >= low && $0 < high }.count == count)
        }
        let digits = HistogramChart([0, 0, 1, 2, 2, 2, 3], label: "v", bins: 3)
        #expect(digits.bounds == [0, 1, 2, 3] && digits.counts == [2, 1, 4])
        #expect(HistogramChart([], label: "v").counts.isEmpty)
        #expect(HistogramChart([7, 7, 7], label: "v").counts == [3])
    }

    @Test func importancesAreSortedAndCutToTheTop() throws {
        let chart = ImportanceChart(
            names: ["a", "b", "b", "d"], values: [0.1, 0.4, 0.3, .nan], deviations: [0, 0.1, 0, 0], top: 2)
        let root = try tree(chart)
        let labels = root.all("text").filter { ["a", "b", "b (2)", "d"].contains($0.text) }
        #expect(labels.map(\.text) == ["b", "b (2)"])
        #expect(root.all("line").filter { $0.attributes["stroke-width"] == "1.25" }.count == 2)
    }
}
