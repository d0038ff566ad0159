import ApusCore
import ApusFrame

/// Something about a table that deserves a look before a model is trained on it.
public struct HealthFinding: Sendable, Hashable {
    /// The kinds of findings, the most serious first.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A column predicts the target alone.
        case leak
        /// The target has missing values.
        case missingTarget
        /// A column has no value at all, or always the same.
        case constant
        /// Nearly every row has its own value.
        case identifier
        /// Rows repeat others.
        case duplicates
        /// More than half of a column is missing.
        case mostlyMissing
        /// Numbers are infinite.
        case infinite
        /// A class of the target is rare.
        case imbalance
        /// A group has few rows.
        case smallGroup
        /// Two columns say the same.
        case redundant
        /// Text has very many values.
        case manyLevels
        /// One value is nearly all there is.
        case nearlyConstant
    }

    /// What kind it is.
    public let kind: Kind
    /// The columns that it is about.
    public let columns: [String]
    /// What was found and what to do about it, in a sentence or two.
    public let text: String

    static func all(
        rowCount: Int, columns: [ColumnHealth], duplicates: (count: Int, isExact: Bool),
        classCounts: [(name: String, count: Int)], associations: [Association], scores: [SingleColumnScore],
        target: String?, task: LearningTask?, groupings: [GroupHealth]
    ) -> [HealthFinding] {
        var found: [HealthFinding] = []
        func add(_ kind: Kind, _ columns: [String], _ text: String) {
            found.append(HealthFinding(kind: kind, columns: columns, text: text))
        }
        for column in columns { describe(column, target: target, add) }
        if let task, let target {
            let name = task == .classification ? "ROC AUC" : "R²"
            for score in scores where score.value >= SingleColumnScore.threshold(task) {
                add(
                    .leak, [score.column],
                    "“\(score.column)” alone predicts “\(target)” (\(name) \(TextTable.score(score.value)) on rows held "
                        + "out). Make sure that it is known before the target is; if not, leave it out.")
            }
        }
        if duplicates.count > 0 {
            let share = TextTable.percent(Double(duplicates.count) / Double(rowCount))
            add(
                .duplicates, [],
                "\(duplicates.isExact ? "" : "About ")\(TextTable.grouped(duplicates.count)) rows (\(share)) repeat an "
                    + "earlier row. In training and test data alike they make scores too good; remove them unless they are "
                    + "different cases.")
        }
        let known = classCounts.reduce(0) { $0 + $1.count }
        if classCounts.count > 1, let rarest = classCounts.last, let target, known > 0 {
            let share = Double(rarest.count) / Double(known)
            if share < 0.1 || Double(rarest.count) * 10 < Double(classCounts[0].count) {
                add(
                    .imbalance, [target],
                    "Class “\(rarest.name)” has \(TextTable.percent(share)) of the rows (\(TextTable.grouped(rarest.count))). "
                        + "Accuracy says little then: judge by recall and precision, split with --stratify, and weigh classes."
                )
            }
        }
        for pair in associations.prefix(200) where pair.value.magnitude >= 0.99 {
            if let target, pair.first == target || pair.second == target { continue }
            add(
                .redundant, [pair.first, pair.second],
                "“\(pair.first)” and “\(pair.second)” say nearly the same (\(pair.measure.rawValue) "
                    + "\(TextTable.score(pair.value))); one of them may be enough.")
        }
        for grouping in groupings {
            let small = grouping.groups.filter { $0.count < 30 }
            guard let first = small.first else { continue }
            add(
                .smallGroup, grouping.columns,
                "Of the groups by \(grouping.columns.joined(separator: " × ")), \(small.count) "
                    + "\(small.count == 1 ? "has" : "have") fewer than 30 rows, such as “\(first.name)” with \(first.count): "
                    + "rates in them are hardly known.")
        }
        let order = Dictionary(uniqueKeysWithValues: zip(Kind.allCases, 0...))
        return found.enumerated().sorted { a, b in
            (order[a.element.kind] ?? 0, a.offset) < (order[b.element.kind] ?? 0, b.offset)
        }.map(\.element)
    }

    private static func describe(
        _ column: ColumnHealth, target: String?, _ add: (Kind, [String], String) -> Void
    ) {
        let name = column.name
        if name == target, column.missingCount > 0 {
            add(
                .missingTarget, [name],
                "The target “\(name)” is missing in \(TextTable.grouped(column.missingCount)) rows "
                    + "(\(TextTable.percent(column.missingShare))); they cannot be learned from.")
        }
        if column.missingCount == column.count {
            add(.constant, [name], "“\(name)” has no value in any row; leave it out.")
        } else if column.isConstant {
            let value = column.frequent.first.map { "“\($0.value)”" } ?? "the same value"
            add(.constant, [name], "“\(name)” is \(value) wherever it has a value; nothing can be learned from it.")
        } else if column.isIdentifier {
            add(
                .identifier, [name],
                "Nearly every row has its own “\(name)”, as names and numbers of rows do; leave it out, or make something "
                    + "more general of it.")
        } else if let top = column.frequent.first, column.distinctCount != nil, name != target,
            Double(top.count) >= 0.99 * Double(column.count - column.missingCount)
        {
            let share = Double(top.count) / Double(column.count - column.missingCount)
            add(
                .nearlyConstant, [name],
                "“\(name)” is “\(top.value)” in \(TextTable.percent(share)) of the rows that have a value.")
        } else if column.type == .string, column.distinctCount ?? .max > 50 {
            let count =
                column.distinctCount.map { TextTable.grouped($0) }
                ?? "more than \(TextTable.grouped(column.distinctLimit))"
            add(
                .manyLevels, [name],
                "“\(name)” has \(count) different texts, each of which would become a column; group them, or treat it as "
                    + "text.")
        }
        if column.missingShare > 0.5, column.missingCount < column.count {
            add(
                .mostlyMissing, [name],
                "“\(name)” is missing in \(TextTable.percent(column.missingShare)) of the rows. Ask why: that it is missing "
                    + "may say more than its values.")
        }
        if column.infiniteCount > 0 {
            add(
                .infinite, [name],
                "“\(name)” is infinite in \(TextTable.grouped(column.infiniteCount)) rows, which no model accepts; correct "
                    + "them or make them missing.")
        }
    }
}
