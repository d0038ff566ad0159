import Apus
import ApusDatasets
import ApusFrame
import Foundation
import Testing

@Suite struct ReportTests {
    @Test func escapesWhateverADataSetHolds() {
        var page = HTMLPage(title: "<script>alert(1)</script>", subtitle: "a & b")
        page.section("\"quoted\" <b>")
        page.table(header: ["x"], rows: [["<img src=x onerror=alert(1)>"], ["\u{0}\u{7}"]])
        page.paragraph("use `fit<T>` now")
        #expect(!page.html.contains("<script>"))
        #expect(!page.html.contains("<img"))
        #expect(page.html.contains("<code>fit&lt;T&gt;</code>"))
        #expect(!page.html.unicodeScalars.contains("\u{7}"))
    }

    @Test func aReportHoldsScoresChartsAndParametersWithoutOutsideRequests() throws {
        let frame = try Datasets.load("breast-cancer")
        let result = try TrainingPlan(target: "diagnosis").run(on: frame)
        let html = try TrainingReport(result, data: "breast-cancer", frame: frame, seconds: 1).page().html
        #expect(html.contains("ROC AUC") && html.contains("maxIter") && html.contains("mean radius"))
        #expect(html.components(separatedBy: "role=\"img\"").count == 4)
        for outside in ["http://", "https://", "@import", "url("] {
            let found = html.replacing("http://www.w3.org/2000/svg", with: "").contains(outside)
            #expect(!found, "\(outside)")
        }
    }

    @Test func numbersAreWrittenAsPeopleReadThem() {
        #expect(TextTable.fixed(0.12345, 4) == "0.1235")
        #expect(TextTable.fixed(-1.5, 0) == "-2")
        #expect(TextTable.fixed(2.0, 2) == "2.00")
        #expect(TextTable.grouped(-1_234_567) == "-1,234,567")
        #expect(TextTable.significant(1234.5678, 5) == "1234.6")
        #expect(TextTable.significant(0.000012345, 3) == "1.23e-5")
        #expect(TextTable.significant(.nan, 3) == "nan")
        #expect(TextTable.percent(nil) == "undefined")
        #expect(TextTable.score(123456.789) == "123,457")
    }

    @Test func tablesWrapTextAndAlignNumbers() {
        var table = TextTable(header: ["name", "value", "note"])
        table.add(["東京", "1,234", "a long text that has to be wrapped because the terminal is narrow"])
        table.add(["b", "7", ""])
        let lines = table.text(width: 40).split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 40 })
        #expect(lines.count > 4)
        #expect(lines[2].hasPrefix("東京  1,234  a long"))
        #expect(lines.last == "b         7")
    }
}
