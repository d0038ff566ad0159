import ApusCore
import ApusPlots
import ApusTrust

extension DataAudit {
    private func header(_ grouping: Grouping) -> [String] {
        ["group", "rows", "share"] + (target == nil ? [] : [positive.map { "base rate (\($0))" } ?? "mean target"])
            + missingColumns(grouping).map { "\($0) missing" }
    }

    /// The columns that miss most, five at most.
    private func missingColumns(_ grouping: Grouping) -> [String] {
        let names = grouping.groups.first.map { Array($0.missingShares.keys) } ?? []
        func total(_ name: String) -> Double {
            grouping.groups.reduce(0) { $0 + ($1.missingShares[name] ?? 0) * $1.share }
        }
        return Array(names.sorted { (total($1), $0) < (total($0), $1) }.prefix(5))
    }

    private func rows(_ grouping: Grouping) -> [[String]] {
        grouping.groups.map { group in
            func range(_ interval: Interval?) -> String {
                interval.map { " (\(TextTable.fixed($0.lower * 100, 1))–\(TextTable.fixed($0.upper * 100, 1)))" } ?? ""
            }
            var cells = [group.name, TextTable.grouped(group.rows), TextTable.percent(group.share)]
            if target != nil {
                cells.append(
                    positive == nil
                        ? TextTable.score(group.targetMean)
                        : TextTable.percent(group.baseRate.value) + range(group.baseRateInterval))
            }
            return cells + missingColumns(grouping).map { TextTable.percent(group.missingShares[$0]) }
        }
    }

    private var proxyRowsOfTable: [[String]] {
        proxies.map { proxy in
            [
                proxy.column, TextTable.fixed(proxy.rocAUC.value ?? .nan, 3),
                "\(TextTable.percent(proxy.accuracy.value)) (largest group \(TextTable.percent(proxy.largestShare)))",
                proxy.columns.prefix(5).map { "\($0.name) \(TextTable.fixed($0.rocAUC, 3))" }.joined(separator: ", "),
            ]
        }
    }

    private static let proxyHeader = ["column", "ROC AUC of telling it", "accuracy", "told best by, each alone"]

    /// What a person reads.
    public func text(data: String, width: Int = 100) -> String {
        var lines = ["\(data): \(TextTable.grouped(rows)) rows"]
        for grouping in groupings {
            var table = TextTable(header: header(grouping))
            for row in rows(grouping) { table.add(row) }
            lines += ["", "By \(grouping.title)", table.text(width: width)]
            if positive != nil {
                lines.append(
                    "Base rates: greatest difference \(TextTable.score(grouping.baseRateDifference.value)), smallest ratio "
                        + "\(TextTable.score(grouping.baseRateRatio.value)).")
            }
        }
        if !proxies.isEmpty {
            var table = TextTable(header: Self.proxyHeader)
            for row in proxyRowsOfTable { table.add(row) }
            lines += ["", "How well the other columns tell it, on rows held out", table.text(width: width)]
        }
        if !warnings.isEmpty { lines += ["", "To note"] + warnings.map { "- \($0)" } }
        return lines.joined(separator: "\n")
    }

    /// What a program reads.
    public func json(data: String) -> JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map { .double($0) } ?? .null }
        func range(_ interval: Interval?) -> JSONValue {
            interval.map { .array([.double($0.lower), .double($0.upper)]) } ?? .null
        }
        return [
            "data": .string(data), "rows": .int(rows), "target": target.map { .string($0) } ?? .null,
            "positive": positive.map { .string($0) } ?? .null,
            "groupings": .array(
                groupings.map { grouping in
                    [
                        "columns": .array(grouping.columns.map { .string($0) }),
                        "base_rate_difference": number(grouping.baseRateDifference.value),
                        "base_rate_ratio": number(grouping.baseRateRatio.value),
                        "groups": .array(
                            grouping.groups.map { group in
                                [
                                    "group": .string(group.name), "rows": .int(group.rows),
                                    "share": .double(group.share), "share_interval": range(group.shareInterval),
                                    "base_rate": number(group.baseRate.value),
                                    "base_rate_interval": range(group.baseRateInterval),
                                    "note": group.baseRate.note.map { .string($0) } ?? .null,
                                    "target_mean": number(group.targetMean),
                                    "missing": .object(group.missingShares.mapValues { .double($0) }),
                                ]
                            }),
                    ]
                }),
            "proxies": .array(
                proxies.map { proxy in
                    [
                        "column": .string(proxy.column), "roc_auc": number(proxy.rocAUC.value),
                        "accuracy": number(proxy.accuracy.value), "largest_share": .double(proxy.largestShare),
                        "rows": .int(proxy.rows),
                        "columns": .array(
                            proxy.columns.map { ["column": .string($0.name), "roc_auc": .double($0.rocAUC)] }),
                    ]
                }),
            "warnings": .array(warnings.map { .string($0) }),
        ]
    }

    /// Puts tables and charts into a page.
    func addSections(to page: inout HTMLPage) {
        if !warnings.isEmpty { page.list(warnings) }
        for grouping in groupings {
            page.heading("By \(grouping.title)")
            page.table(
                header: header(grouping), rows: rows(grouping),
                caption: "In brackets the range of the base rate with a confidence of 95 %.")
            guard positive != nil else { continue }
            let total = grouping.groups.reduce(0.0) { $0 + ($1.baseRate.value ?? 0) * $1.share }
            let chart = GroupRateChart(
                groups: grouping.groups.map(\.name), values: grouping.groups.map { $0.baseRate.value ?? .nan },
                lower: grouping.groups.map { $0.baseRateInterval?.lower ?? .nan },
                upper: grouping.groups.map { $0.baseRateInterval?.upper ?? .nan }, overall: total, label: "base rate",
                title: "Base rate by \(grouping.title)")
            page.figure(
                svg: chart.svg(width: 640, height: Double(130 + 30 * grouping.groups.count)),
                caption: "How often each group has the outcome; the dashed line is all rows.")
        }
        if !proxies.isEmpty {
            page.heading("Which columns give it away")
            page.table(header: Self.proxyHeader, rows: proxyRowsOfTable)
            page.remark(
                "Boosted trees were taught to tell the group from the other columns, and judged on rows that they had not "
                    + "seen: 0.5 is chance, 1 is certainty. Looked for in at most "
                    + "\(TextTable.grouped(DataAudit.proxyRows)) rows.")
        }
    }
}
