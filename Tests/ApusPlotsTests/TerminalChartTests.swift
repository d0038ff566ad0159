import ApusPlots
import Testing

@Suite struct TerminalChartTests {
    @Test func barsAreAsLongAsTheirValues() {
        let chart = Chart { BarMark(x: .value("v", [40.0, 20, 0]), y: .value("c", ["all", "half", "none"])) }
        let lines = chart.text(width: 50, characters: .ascii).split(separator: "\n")
        let lengths = lines.map { $0.filter { $0 == "#" }.count }
        #expect(lines.count == 3 && lengths[0] > 20 && abs(lengths[0] - 2 * lengths[1]) <= 1 && lengths[2] == 0)
        #expect(lines[0].hasPrefix("all  |#") && lines[0].hasSuffix(" 40"))
        #expect(lines.allSatisfy { $0.count <= 50 })
        let blocks = chart.text(width: 50).split(separator: "\n")
        #expect(blocks[0].contains("█") && blocks.allSatisfy { $0.count <= 50 })
    }

    @Test func pointsStandWhereTheyBelong() {
        let chart = Chart { PointMark(x: .value("", [0.0, 10]), y: .value("", [0.0, 10])) }
        let lines = chart.text(width: 40, height: 10, characters: .ascii).split(separator: "\n").map(String.init)
        #expect(lines[0].hasSuffix("*") && lines[0].count == 40, "top right")
        #expect(lines[9].contains("+*"), "bottom left, beside the label of zero")
        #expect(lines[1...8].allSatisfy { !$0.contains("*") })
    }

    @Test func brailleDotsHaveEightPlacesACell() {
        let chart = Chart { LineMark(x: .value("", [0.0, 1]), y: .value("", [0.0, 0])) }.chartYScale(domain: 0...1)
        let bottom = chart.text(width: 30, height: 4).split(separator: "\n")[3]
        #expect(bottom.contains("⣀⣀⣀⣀"), "the lowest two dots of each cell")
    }

    @Test(arguments: Gallery.all.filter { $0.text != nil })
    func asciiIsASCIIAndNoLineIsTooLong(_ picture: Gallery.Picture) {
        let lines = (picture.text ?? "").split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.allSatisfy { $0.count <= 72 })
    }

    @Test func asciiHasNoOtherSigns() {
        for chart in [Gallery.categories, Gallery.interval, Gallery.heatMap, Gallery.logarithmic, Gallery.scatter] {
            let text = chart.text(width: 60, characters: .ascii)
            #expect(text.unicodeScalars.allSatisfy { $0.value == 10 || (32..<127).contains($0.value) })
        }
    }

    @Test func controlCharactersDoNotReachTheTerminal() {
        let evil = "a\u{1b}[2Jb\u{7}\u{202e}c"
        let chart = Chart { BarMark(x: .value("c", [evil]), y: .value("n", [1.0])) }.chartTitle(evil)
        let text = chart.text()
        #expect(text.contains("a[2Jbc") && !text.contains("\u{1b}") && !text.contains("\u{202e}"))
        #expect(Gallery.scatter.text(color: true).contains("\u{1b}[34m"))
    }
}
