import ApusCore
import ApusFrame
import ApusTrust

extension DataHealth {
    /// How many pairs and scores are shown.
    private static let shown = 10

    static let columnHeader = [
        "column", "type", "missing", "distinct", "min", "median", "mean", "max", "most frequent",
    ]

    /// The facts of each column as cells of a table, in the order of `columnHeader`.
    var columnRows: [[String]] {
        columns.map { column in
            let distinct =
                column.distinctCount.map { TextTable.grouped($0) } ?? ">\(TextTable.grouped(column.distinctLimit))"
            let missing =
                column.missingCount == 0
                ? "0" : "\(TextTable.grouped(column.missingCount)) (\(TextTable.percent(column.missingShare)))"
            let figures = [column.min, column.quartiles?[1], column.mean, column.max].map { value -> String in
                guard let value else { return "" }
                return column.type == .dateTime ? DataHealth.time(value) : TextTable.significant(value, 5)
            }
            let top = column.min == nil && !column.isIdentifier ? column.frequent.first : nil
            return [column.name, column.type.rawValue, missing, distinct] + figures
                + [top.map { "\($0.value.prefix(60)) (\(TextTable.grouped($0.count)))" } ?? ""]
        }
    }

    static func time(_ seconds: Double) -> String {
        guard seconds.magnitude < 1e12 else { return "" }
        return DateTime(microseconds: Int(seconds.rounded()) * 1_000_000).description
    }

    static let groupHeader = ["rows", "share", "95 % interval"]

    /// The header of the table of a grouping.
    func header(of grouping: GroupHealth) -> [String] {
        let targets: [String] =
            switch task {
            case .classification: shownClasses.flatMap { ["\(target ?? "") = \($0)", "95 % interval"] }
            case .regression: ["mean of \(target ?? "")", "95 % interval"]
            case nil: []
            }
        return [grouping.columns.joined(separator: " × ")] + DataHealth.groupHeader + targets
    }

    /// Of two classes the second, else all up to five.
    private var shownClasses: [String] {
        let names = classCounts.map(\.name).sorted()
        return names.count == 2 ? [names[1]] : Array(names.prefix(5))
    }

    /// The groups as cells of a table.
    func rows(of grouping: GroupHealth) -> [[String]] {
        func text(_ interval: Interval?) -> String {
            interval.map { "\(TextTable.percent($0.lower)) – \(TextTable.percent($0.upper))" } ?? "undefined"
        }
        return grouping.groups.map { group in
            var row = [
                group.name, TextTable.grouped(group.count), TextTable.percent(group.share), text(group.interval),
            ]
            switch task {
            case .classification:
                for name in shownClasses {
                    let rate = group.rates.first { $0.name == name }
                    row += [TextTable.percent(rate?.share), text(rate?.interval)]
                }
            case .regression:
                row.append(group.mean.map { TextTable.significant($0, 5) } ?? "undefined")
                row.append(
                    group.mean.flatMap { mean in
                        group.margin.map {
                            "\(TextTable.significant(mean - $0, 5)) – \(TextTable.significant(mean + $0, 5))"
                        }
                    } ?? "undefined")
            case nil: break
            }
            return row
        }
    }

    /// Pairs as cells of a table.
    var associationRows: [[String]] {
        associations.prefix(DataHealth.shown).map {
            [$0.first, $0.second, TextTable.fixed($0.value, 3), $0.measure.rawValue]
        }
    }

    /// The classes as cells of a table.
    var classRows: [[String]] {
        let total = max(1, classCounts.reduce(0) { $0 + $1.count })
        return classCounts.prefix(30).map {
            [$0.name, TextTable.grouped($0.count), TextTable.percent(Double($0.count) / Double(total))]
        }
    }

    /// Scores as cells of a table.
    var scoreRows: [[String]] {
        singleScores.prefix(DataHealth.shown).map { [$0.column, TextTable.fixed($0.value, 3)] }
    }

    /// What the score of a single column is called.
    var scoreName: String { task == .regression ? "R²" : "ROC AUC" }

    /// What is not of all rows, in sentences.
    var remarks: [String] {
        var remarks: [String] = []
        if !quantilesAreExact {
            remarks.append(
                "Counts, means, minima and maxima are of all rows; medians and charts are approximate, from a sample of "
                    + "\(TextTable.grouped(sample.rowCount)) rows.")
        }
        if rowCount > sampleCount, !associations.isEmpty {
            remarks.append("Pairs of columns are compared over \(TextTable.grouped(sampleCount)) rows.")
        }
        if rowCount > judgedCount, !singleScores.isEmpty {
            remarks.append("Single columns are judged on \(TextTable.grouped(judgedCount)) rows.")
        }
        if columns.contains(where: { $0.distinctCount == nil }) {
            remarks.append(
                "Distinct values are counted up to \(TextTable.grouped(columns[0].distinctLimit)) a column.")
        }
        if !duplicatesAreExact { remarks.append("The number of repeated rows is an estimate from a part of them.") }
        return remarks
    }

    /// What a person reads.
    public func text(data: String, width: Int) -> String {
        func table(_ header: [String], _ rows: [[String]]) -> String {
            var table = TextTable(header: header)
            for row in rows { table.add(row) }
            return table.text(width: width)
        }
        let size = "\(TextTable.grouped(rowCount)) rows × \(TextTable.grouped(columns.count)) columns"
        var parts = ["\(data): \(size)\n\n" + table(DataHealth.columnHeader, columnRows)]
        if !classRows.isEmpty {
            parts.append("Classes of \(target ?? "")\n\n" + table([target ?? "", "rows", "share"], classRows))
        }
        if !associations.isEmpty {
            parts.append("Strongest pairs\n\n" + table(["column", "column", "strength", "measure"], associationRows))
        }
        if !singleScores.isEmpty {
            parts.append(
                "What each column alone knows of \(target ?? "")\n\n" + table(["column", scoreName], scoreRows))
        }
        for grouping in groupings {
            parts.append(
                "Groups by \(grouping.columns.joined(separator: " × "))\n\n"
                    + table(header(of: grouping), rows(of: grouping)))
        }
        parts.append(
            findings.isEmpty
                ? "Nothing conspicuous was found."
                : "Worth a look\n\n" + findings.map { "- \($0.text)" }.joined(separator: "\n"))
        if !remarks.isEmpty { parts.append(remarks.joined(separator: " ")) }
        return parts.joined(separator: "\n\n")
    }
}
