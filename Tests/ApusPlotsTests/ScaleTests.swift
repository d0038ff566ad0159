import Foundation
import Testing

@testable import ApusPlots

@Suite struct ScaleTests {
    @Test(
        arguments: [
            (0.0, 1.0, 5, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
            (0, 100, 4, ["0", "25", "50", "75", "100"]),
            (-1, 1, 4, ["−1.0", "−0.5", "0.0", "0.5", "1.0"]),
            (0, 20_000, 4, ["0", "5000", "10,000", "15,000", "20,000"]),
            (0, 4e6, 4, ["0", "1M", "2M", "3M", "4M"]),
            (0, 4e-7, 4, ["0", "1×10⁻⁷", "2×10⁻⁷", "3×10⁻⁷", "4×10⁻⁷"]),
            (0.1, 0.4, 3, ["0.1", "0.2", "0.3", "0.4"]),
            (1990, 2030, 4, ["1990", "2000", "2010", "2020", "2030"]),
        ] as [(Double, Double, Int, [String])])
    func linearTicksAreRoundAndInside(_ low: Double, _ high: Double, _ count: Int, _ labels: [String]) {
        let ticks = Ticks.linear(low, high, count: count)
        #expect(ticks.labels == labels)
        #expect(ticks.values.allSatisfy { $0 >= low - 1e-9 && $0 <= high * (1 + 1e-9) })
    }

    @Test func ticksAreTheDoublesTheyAreWrittenAs() {
        #expect(Ticks.linear(0, 1, count: 10).values == [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1])
    }

    @Test func logarithmicTicksAreDecadesWithTheirPartsBetween() {
        let ticks = Ticks.log(1, 1000, count: 6)
        #expect(ticks.values.count == 4 && ticks.labels == ["1", "10", "100", "1000"])
        #expect(ticks.minor.count == 24 && ticks.minor.contains { abs($0 - 70) < 1e-9 })
        #expect(Ticks.log(1e-8, 1e8, count: 4).labels.allSatisfy { $0.hasPrefix("10") })
        #expect(Ticks.log(1e-8, 1e8, count: 4).values.count <= 5)
        #expect(Ticks.log(2, 9, count: 5).labels == ["2", "5"])
        #expect(Ticks.log(30, 40, count: 5).values.count >= 3)
    }

    @Test(
        arguments: [
            (0.0, "0"), (-0.0, "0"), (1, "1"), (-1.5, "−1.5"), (1234, "1234"), (12_345, "12,345"), (0.1 + 0.2, "0.3"),
            (1e20, "1×10²⁰"), (-2.5e-9, "−2.5×10⁻⁹"), (.nan, "NaN"), (-.infinity, "−∞"), (1_234_567.5, "1,234,568"),
        ] as [(Double, String)])
    func numbersAreWrittenForReaders(_ value: Double, _ text: String) {
        #expect(NumberFormat.plain(value) == text)
    }

    @Test func automaticBoundsAreRoundAndHoldTheData() {
        for (low, high) in [(0.3, 9.7), (-17.0, 4), (1e-9, 3e-9), (1e12, 1.5e12), (17, 90)] {
            let scale = AxisScale.fitted(type: .linear, to: low...high, includesZero: false)
            #expect(scale.low <= low && scale.high >= high)
            #expect(scale.high - scale.low < 1.7 * (high - low))
            #expect(Ticks.linear(scale.low, scale.high, count: 6).values.first == scale.low)
        }
        #expect(AxisScale.fitted(type: .linear, to: 5...9, includesZero: true).low == 0)
        let constant = AxisScale.fitted(type: .linear, to: 5...5, includesZero: false)
        #expect(constant.low < 5 && constant.high > 5)
        let log = AxisScale.fitted(type: .log, to: 1...1e4, includesZero: true)
        #expect(log.low > 0.9 && log.high < 1.1e4)
    }

    @Test func writtenCoordinatesAreShortAndPlain() {
        #expect(SVGWriter.number(1.005, 2) == "1" || SVGWriter.number(1.005, 2) == "1.01")
        #expect(SVGWriter.number(-0.001, 2) == "0" && SVGWriter.number(-12.3, 2) == "-12.3")
        #expect(SVGWriter.number(0.05, 2) == "0.05" && SVGWriter.number(1e300, 2) == "10000000")
        #expect(SVGWriter.number(.nan, 2) == "0")
    }

    @Test func textWidthFollowsTheGlyphs() {
        #expect(TextMetrics.width("iii", size: 10) < TextMetrics.width("mmm", size: 10) / 3)
        #expect(TextMetrics.width("漢字", size: 10) > 20)
        #expect(TextMetrics.width("e\u{301}", size: 10) == TextMetrics.width("e", size: 10))
        let cut = TextMetrics.fitted("A long name of a category", to: 60, size: 11)
        #expect(cut.hasSuffix("…") && TextMetrics.width(cut, size: 11) <= 60)
        #expect(TextMetrics.wrapped("one two three four five six", to: 60, size: 12, lines: 2).count == 2)
    }
}
