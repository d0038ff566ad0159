import ApusCore
import ApusPlots
import Foundation
import Testing

@Suite struct SVGTests {
    private func points(_ x: [Double], _ y: [Double]) -> Chart {
        Chart { PointMark(x: .value("x", x), y: .value("y", y)) }
    }

    private func tree(_ chart: some ChartRepresentable, _ theme: ChartTheme = .light) throws -> XMLTree.Element {
        try XMLTree.parse(chart.svg(theme: theme))
    }

    private func texts(_ root: XMLTree.Element) -> [String] { root.all("text").map(\.text) }

    @Test func equalDifferencesTakeEqualRoom() throws {
        let circles = try tree(points([0, 5, 10], [0, 50, 100])).all("circle")
        let (x, y) = (circles.map { $0.number("cx") }, circles.map { $0.number("cy") })
        #expect(circles.count == 3)
        #expect(abs((x[1] - x[0]) - (x[2] - x[1])) < 0.02 && x[1] > x[0] + 100)
        #expect(abs((y[1] - y[0]) - (y[2] - y[1])) < 0.02 && y[1] < y[0] - 50)
    }

    @Test func equalRatiosTakeEqualRoomOnALogarithmicScaleAndZeroIsLeftOut() throws {
        let chart = points([1, 10, 100, 0, -5], [1, 2, 3, 4, 5]).chartXScale(type: .log)
        let x = try tree(chart).all("circle").map { $0.number("cx") }
        #expect(x.count == 3)
        #expect(abs((x[1] - x[0]) - (x[2] - x[1])) < 0.02 && x[1] > x[0] + 100)
    }

    @Test func valuesThatAreNotFiniteAreLeftOut() throws {
        let root = try tree(points([1, .nan, 3, .infinity, 5], [1, 2, -.infinity, 4, 5]))
        #expect(root.all("circle").count == 2)
        let line = Chart { LineMark(x: .value("x", [1.0, 2, 3, 4, 5]), y: .value("y", [1, 2, .nan, 4, 5])) }
        let data = try tree(line).all("path").compactMap { $0.attributes["d"] }
        #expect(data.count == 1 && data[0].filter { $0 == "M" }.count == 2)
    }

    @Test func aChartWithoutValuesIsStillAChart() throws {
        for chart in [
            Chart {}, points([], []), points([.nan], [1]),
            Chart { BarMark(x: .value("a", [String]()), y: .value("b", [Double]())) },
        ] {
            let root = try tree(chart)
            #expect(root.all("circle").isEmpty && root.all("path").isEmpty && !root.all("line").isEmpty)
        }
    }

    @Test(arguments: [0.0, 5, -3, 1e-300, 1e300, 123_456_789])
    func aSingleValueStandsInsideOfThePlot(_ value: Double) throws {
        let root = try tree(points([value], [value]))
        let circle = try #require(root.all("circle").first)
        #expect((60...580).contains(circle.number("cx")) && (40...340).contains(circle.number("cy")))
        let labels = texts(root)
        #expect(Set(labels).count >= 4)
    }

    @Test func wordsSurviveWhateverTheyContain() throws {
        let hostile = "a < b & \"c\" 'd' ]]> \u{0}\u{8}\u{1b}[31m\u{202e}é漢字🌳"
        let clean = "a < b & \"c\" 'd' ]]> [31mé漢字🌳"
        let chart = Chart { BarMark(x: .value(hostile, [hostile]), y: .value("n", [1])) }
            .chartTitle(hostile).chartDescription(hostile)
        let root = try tree(chart)
        #expect(root.children[0].text == clean && root.children[1].text == clean)
        #expect(texts(root).filter { $0 == clean }.count == 3)
    }

    @Test func theSameChartIsTheSameText() {
        for picture in Gallery.all where picture.name != "many" {
            #expect(picture.svg(.automatic) == picture.svg(.automatic), "\(picture.name)")
        }
    }

    @Test func aHundredThousandPointsStaySmallAndFallOnDistinctPixels() throws {
        let svg = Gallery.many.svg()
        #expect(svg.utf8.count < 500_000)
        let paths = try XMLTree.parse(svg).all("path").compactMap { $0.attributes["d"] }
        #expect(paths.count == 2)
        for path in paths {
            let dots = path.split(separator: "M")
            #expect(dots.count > 5000 && Set(dots).count == dots.count)
        }
    }

    @Test func aLongLineKeepsItsExtremes() throws {
        var y = (0..<200_000).map { sin(Double($0) / 9000) }
        y[123_457] = 7
        let x = y.indices.map(Double.init)
        let path = try #require(tree(Chart { LineMark(x: .value("x", x), y: .value("y", y)) }).all("path").first)
        let data = try #require(path.attributes["d"])
        let heights = data.split(whereSeparator: { "ML".contains($0) }).compactMap {
            $0.split(separator: " ").last.flatMap { Double($0) }
        }
        #expect(heights.count < 4 * 640)
        let sorted = heights.sorted()
        #expect(sorted[1] - sorted[0] > 150, "the spike is the one highest place")
    }

    @Test func pointsOutsideOfAGivenDomainAreLeftOut() throws {
        let root = try tree(points([1, 2, 3, 40], [1, 2, 3, 4]).chartXScale(domain: 0...3))
        #expect(root.all("circle").count == 3)
        let line = Chart { LineMark(x: .value("x", [0.0, 1]), y: .value("y", [0.0, 100])) }.chartYScale(domain: 0...1)
        #expect(try tree(line).all("svg").count == 2, "a line is cut by a picture in the picture")
    }

    @Test func barsStartAtZeroAndGrowWithTheirValue() throws {
        let chart = Chart { BarMark(x: .value("c", ["a", "b", "c"]), y: .value("v", [10.0, 20, -10])) }
        let bars = try tree(chart).all("rect").dropFirst().map { $0 }
        let heights = bars.map { $0.number("height") }
        #expect(abs(heights[1] - 2 * heights[0]) < 0.05 && abs(heights[2] - heights[0]) < 0.05)
        #expect(abs((bars[0].number("y") + heights[0]) - bars[2].number("y")) < 0.05, "up from and down from zero")
    }

    @Test func barsAtTheSamePlaceAreStackedUnlessPutSideBySide() throws {
        let stacked = Chart {
            for (name, value) in [("u", 10.0), ("v", 30)] {
                BarMark(x: .value("c", ["a"]), y: .value("n", [value])).foregroundStyle(by: .value("s", name))
            }
        }
        let bars = try tree(stacked.chartLegend(.hidden)).all("rect").dropFirst().map { $0 }
        #expect(bars[0].number("x") == bars[1].number("x"))
        #expect(abs(bars[1].number("y") + bars[1].number("height") + 1 - bars[0].number("y")) < 0.05)

        let beside = Chart {
            BarMark(x: .value("c", ["a", "a"]), y: .value("n", [10.0, 30]))
                .foregroundStyle(by: .value("s", ["u", "v"])).position(by: .value("s", ["u", "v"]))
        }
        let two = try tree(beside.chartLegend(.hidden)).all("rect").dropFirst().map { $0 }
        #expect(two[0].number("x") + two[0].number("width") <= two[1].number("x"))
        #expect(abs(two[0].number("y") + two[0].number("height") - two[1].number("y") - two[1].number("height")) < 0.05)
    }

    @Test func barsLieWhereTheCategoryIsUpright() throws {
        let chart = Chart { BarMark(x: .value("v", [1.0, 3]), y: .value("c", ["first", "second"])) }
        let bars = try tree(chart).all("rect").dropFirst().map { $0 }
        #expect(abs(bars[1].number("width") - 3 * bars[0].number("width")) < 0.05)
        #expect(bars[0].number("y") < bars[1].number("y"), "the first category is on top")
    }

    @Test func longLabelsStayInsideOfThePicture() throws {
        let root = try tree(Gallery.categories)
        let labels = root.all("text").filter { $0.attributes["transform"]?.hasPrefix("rotate(-45") == true }
        #expect(labels.count == 30)
        #expect(labels[2].text == "Ελληνικά και ονόματα 3", "there is a margin for the first ones")
        for label in labels {
            let reach = 0.55 * 11 * Double(label.text.count) * 0.7071
            #expect(label.number("x") - reach > -12 && label.number("y") + reach < 405, "\(label.text)")
        }
        let long = String(repeating: "wide ", count: 60)
        let lying = try tree(Chart { BarMark(x: .value("v", [1.0]), y: .value("c", [long])) })
        let label = try #require(lying.all("text").first { $0.text.contains("…") })
        #expect(label.all("title").first?.text == long, "the whole text is at hand")
    }

    @Test func aLegendNamesEachCategoryOnceAndRepeatsNoAxis() throws {
        let labels = texts(try tree(Gallery.scatter))
        for name in ["setosa", "versicolor", "virginica"] { #expect(labels.filter { $0 == name }.count == 1) }
        let bars = Chart {
            BarMark(x: .value("c", ["u", "v"]), y: .value("n", [1, 2])).foregroundStyle(by: .value("c", ["u", "v"]))
        }
        #expect(texts(try tree(bars)).filter { $0 == "u" }.count == 1)
        let many = Chart {
            BarMark(x: .value("x", 0), y: .value("n", Array(repeating: 1, count: 900)))
                .foregroundStyle(by: .value("c", (0..<900).map { "category \($0)" }))
        }
        #expect(texts(try tree(many)).contains { $0.hasPrefix("and ") && $0.hasSuffix(" more") })
    }

    @Test func aFigureExplainsOnceAndKeepsItsPlotsInLine() throws {
        let root = try XMLTree.parse(Gallery.biasVariance.svg(theme: .light))
        #expect(texts(root).filter { $0 == "fitted polynomial" }.count == 1)
        let plots = root.all("svg").dropFirst()
        #expect(
            Set(plots.map { $0.attributes["y"] ?? "" }).count == 1
                && Set(plots.map { $0.attributes["x"] ?? "" }).count == 3)
        let line = Chart { LineMark(x: .value("x", [0.0, 1]), y: .value("y", [0.0, 1])) }.chartYScale(domain: 0...1)
        let uneven = Figure(columns: 2) {
            line.chartTitle("One has a title").chartSubtitle("and a subtitle")
            line.chartXAxis(.hidden, label: "")
        }
        let tops = try XMLTree.parse(uneven.svg()).all("svg").dropFirst()
        #expect(tops.count == 2 && Set(tops.map { $0.attributes["y"] ?? "" }).count == 1)
        #expect(Set(tops.map { $0.attributes["height"] ?? "" }).count == 1)
        #expect(try XMLTree.parse(Figure(columns: 0) {}.svg()).name == "svg")
    }

    @Test func picturesShareAPageWithoutClashing() throws {
        var rules: [String: String] = [:]
        for picture in Gallery.all {
            let root = try XMLTree.parse(picture.svg(.automatic))
            #expect(root.all.allSatisfy { $0.attributes["id"] == nil })
            let sheet = root.all("style").map(\.text).joined()
            #expect(sheet.contains("prefers-color-scheme:dark") && sheet.contains(":root[data-theme=dark]"))
            #expect(sheet.contains(":root:not([data-theme=light])"))
            for rule in sheet.split(separator: "}") where rule.hasPrefix(".apus-auto .apus-") {
                let parts = rule.split(separator: "{").map(String.init)
                #expect(rules[parts[0], default: parts[1]] == parts[1])
                rules[parts[0]] = parts[1]
            }
        }
        #expect(rules.count > 10)
    }

    @Test func eachThemeCarriesItsColoursAsPlainAttributes() throws {
        let chart = points([1], [1])
        for (theme, surface) in [(ChartTheme.light, "#ffffff"), (.dark, "#14171c"), (.automatic, "#ffffff")] {
            let root = try tree(chart, theme)
            #expect(root.all("rect").first?.attributes["fill"] == surface)
            #expect(root.all("style").isEmpty == (theme != .automatic))
            #expect((root.all("rect").first?.attributes["class"] == nil) == (theme != .automatic))
        }
    }

    private static let extremes: [[Double]] = [
        [1e308, -1e308], [.leastNonzeroMagnitude, 0], [.greatestFiniteMagnitude, 1], [1, 1.0.nextUp],
        [-.leastNormalMagnitude / 8, .leastNormalMagnitude / 8],
    ]

    @Test(arguments: extremes)
    func extremeNumbersStillMakeAPicture(_ values: [Double]) throws {
        for type in [ScaleType.linear, .log, .category] {
            let chart = Chart {
                LineMark(x: .value("x", values), y: .value("y", values))
                BarMark(x: .value("x", values), y: .value("y", values))
                RectangleMark(x: .value("x", values), y: .value("y", values)).foregroundStyle(by: .value("c", values))
                AreaMark(x: .value("x", values), y: .value("y", values)).annotation("a")
                RuleMark(y: .value("y", values)).annotation("b")
            }.chartXScale(type: type).chartYScale(type: type)
            for size in [.nan, -1, 0, 30, .infinity] {
                let svg = chart.svg(width: size, height: size)
                #expect(try XMLTree.parse(svg).all.count > 5)
                #expect(!svg.contains("=\"nan") && !svg.contains("=\"inf"))
            }
            #expect(!chart.text(width: -5, height: -5, characters: .ascii).isEmpty)
            #expect(!HistogramChart(values, label: "v").svg().isEmpty)
        }
    }

    @Test func marksPairArraysUpToTheShortestAndSpreadSingleValues() throws {
        #expect(try tree(points([1, 2, 3], [1, 2])).all("circle").count == 2)
        let rules = Chart {
            RuleMark(xStart: .value("x", 0), xEnd: .value("x", [1.0, 2, 3]), y: .value("y", [1.0, 2, 3]))
        }
        .chartXAxis(.hidden, grid: .hidden).chartYAxis(.hidden, grid: .hidden)
        #expect(try tree(rules).all("line").filter { $0.attributes["stroke-width"] == "1.25" }.count == 3)
    }

    @Test func builderUnderstandsConditionsAndLoops() throws {
        func chart(_ flag: Bool) -> Chart {
            Chart {
                for value in [1.0, 2] { PointMark(x: .value("x", [value]), y: .value("y", [value])) }
                if flag { PointMark(x: .value("x", [3.0]), y: .value("y", [3.0])) } else { RuleMark(y: .value("y", 1)) }
            }
        }
        #expect(try tree(chart(true)).all("circle").count == 3)
        #expect(try tree(chart(false)).all("circle").count == 2)
    }

    @Test func aFileIsWrittenWholeOrNotAtAll() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("plots-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("a.svg").path
        let chart = points([1, 2], [3, 4])
        try "old".write(toFile: path, atomically: false, encoding: .utf8)
        try chart.write(svg: path, theme: .dark)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == chart.svg(theme: .dark))
        for bad in [folder.path, folder.appendingPathComponent("missing/b.svg").path] {
            let error = #expect(throws: ApusError.self) { try chart.write(svg: bad) }
            #expect(error?.code == .unwritableFile && error?.message.contains(bad) == true)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.svg"])
    }
}
