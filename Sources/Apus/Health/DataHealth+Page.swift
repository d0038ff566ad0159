import ApusCore
import ApusFrame
import ApusPlots
import ApusTrust

extension DataHealth {
    /// How many columns get a chart.
    private static let mostCharts = 120

    /// A page with everything, and a chart of each column.
    public func page(data: String) -> HTMLPage {
        let cells = Double(rowCount) * Double(columns.count)
        let gaps = Double(columns.reduce(0) { $0 + $1.missingCount })
        var page = HTMLPage(
            title: "The health of \(data)",
            subtitle: target.map { "Before a model learns to predict \($0)." } ?? "Before a model learns from it.")
        page.tiles([
            ("rows", TextTable.grouped(rowCount)), ("columns", TextTable.grouped(columns.count)),
            ("missing values", TextTable.percent(cells > 0 ? gaps / cells : nil)),
            ("repeated rows", (duplicatesAreExact ? "" : "≈ ") + TextTable.grouped(duplicateRows)),
        ])
        page.section("Worth a look")
        if findings.isEmpty {
            page.paragraph("Nothing conspicuous was found.")
        } else {
            page.list(findings.map { $0.text.replacing("`", with: "'") })
        }
        page.section("Columns")
        page.table(header: DataHealth.columnHeader, rows: columnRows)
        for remark in remarks { page.remark(remark) }
        if let target { addTarget(target, to: &page) }
        if !associations.isEmpty {
            page.section("What goes together")
            page.table(header: ["column", "column", "strength", "measure"], rows: associationRows)
            page.remark(
                "Numbers are compared by Pearson's r, categories by Cramér's V corrected for chance, numbers with categories by "
                    + "the correlation ratio η. Constant columns, identifiers and text of more than "
                    + "\(Association.mostLevels) values are left out.")
        }
        addGroups(to: &page)
        page.section("Column by column")
        for column in columns.prefix(DataHealth.mostCharts) { addChart(of: column, to: &page) }
        if columns.count > DataHealth.mostCharts {
            page.remark("Charts of the first \(DataHealth.mostCharts) columns are shown.")
        }
        return page
    }

    private func addTarget(_ target: String, to page: inout HTMLPage) {
        page.section("The target")
        if !classRows.isEmpty { page.table(header: [target, "rows", "share"], rows: classRows) }
        guard !singleScores.isEmpty else { return }
        page.paragraph(
            "How well each column alone predicts the target, on rows that were held out (\(scoreName)). What is close to 1 "
                + "may know the answer from after the event.")
        page.table(header: ["column", scoreName], rows: scoreRows)
    }

    private func addGroups(to page: inout HTMLPage) {
        guard !groupings.isEmpty else { return }
        page.section("Groups")
        page.paragraph(
            "Who is in the data, and how often the target is what in each group. Intervals are those of Wilson at 95 %; where "
                + "they do not overlap, the difference is hardly chance.")
        for grouping in groupings {
            page.heading(grouping.columns.joined(separator: " × "))
            page.table(header: header(of: grouping), rows: Array(rows(of: grouping).prefix(60)))
            let shown = grouping.groups.filter { $0.rates.count == 2 && $0.rates[1].share != nil }.prefix(20)
            guard shown.count > 1, let name = shown.first?.rates[1].name, let target else { continue }
            let (names, lows, highs) = (
                shown.map(\.name), shown.map { $0.rates[1].interval?.lower ?? 0 },
                shown.map { $0.rates[1].interval?.upper ?? 0 }
            )
            let chart = Chart {
                BarMark(x: .value("Share", shown.map { $0.rates[1].share ?? 0 }), y: .value("Group", names))
                BarMark(
                    xStart: .value("Share", lows), xEnd: .value("Share", highs), y: .value("Group", names), width: 0.12
                )
                .foregroundStyle(.primary)
            }
            .chartTitle("Share of \(target) = \(name)")
            page.figure(
                svg: chart.svg(width: 620, height: Double(110 + 34 * shown.count)),
                caption: "The thin bar is the interval in which the true share plausibly lies.")
        }
    }

    private func addChart(of column: ColumnHealth, to page: inout HTMLPage) {
        page.heading(column.name)
        let missing =
            column.missingCount > 0 ? ", \(TextTable.percent(column.missingShare)) missing" : ""
        if column.type.isNumeric, column.type != .bool, let values = try? sample[column.name].numbers(),
            values.contains(where: \.isFinite)
        {
            let isTime = column.type == .dateTime
            let shown = isTime ? values.map { 1970 + $0 / 31_556_952 } : values
            let range = [column.min, column.max].map { value -> String in
                guard let value else { return "" }
                return isTime ? DataHealth.time(value) : TextTable.significant(value, 5)
            }
            page.figure(
                svg: HistogramChart(shown, label: isTime ? "\(column.name) (year)" : column.name).svg(
                    width: 620, height: 260),
                caption: "\(column.type.rawValue), from \(range[0]) to \(range[1])\(missing).")
            return
        }
        guard let counts = column.frequent.first.map({ _ in column.frequent.prefix(15) }) else {
            page.paragraph(
                column.missingCount == column.count
                    ? "There is no value."
                    : "More than \(TextTable.grouped(column.distinctLimit)) different values\(missing).")
            return
        }
        guard !column.isIdentifier else { return page.paragraph("Nearly every row has a value of its own\(missing).") }
        let names = counts.map { value, _ in
            let short = String(value.prefix(40))
            return short.isEmpty ? "(empty)" : short
        }
        guard Set(names).count == names.count else {
            page.table(header: ["value", "rows"], rows: counts.map { [$0.value, TextTable.grouped($0.count)] })
            return
        }
        let chart = Chart { BarMark(x: .value("Rows", counts.map(\.count)), y: .value(column.name, names)) }
            .chartTitle("Distribution of \(column.name)")
        let distinct = column.distinctCount.map { TextTable.grouped($0) } ?? "many"
        page.figure(
            svg: chart.svg(width: 620, height: Double(100 + 26 * counts.count)),
            caption: "\(column.type.rawValue), \(distinct) different values"
                + (column.distinctCount ?? 0 > counts.count
                    ? ", of which the \(counts.count) most frequent are shown" : "")
                + "\(missing).")
    }
}
