@_spi(Trusted) import ApusCore
import ApusEvaluation
import ApusFrame
import ApusLearn

/// The search for columns that give a sensitive one away: boosted trees are taught to tell the groups, and judged on folds
/// that they did not learn from.
struct ProxySearch {
    /// What was found; nil when there is nothing to tell or nothing to tell it by.
    let found: DataAudit.Proxy?

    init(_ frame: DataFrame, _ rule: GroupRule, _ others: [String], seed: UInt32) throws {
        var rows = Array(0..<frame.rowCount)
        if rows.count > DataAudit.proxyRows {
            var random = RandomState(seed: seed)
            rows = Array(random.permutation(rows.count).prefix(DataAudit.proxyRows)).sorted()
        }
        let groups = try rule.groups(of: frame[rule.column]).selecting(rows: rows)
        // A group that not every fold can learn from cannot be told on rows held out.
        let counts = groups.counts
        let kept = rows.indices.filter { counts[groups.codes[$0]] >= 20 }
        let labels = groups.selecting(rows: kept).compacted
        // A text that is different in almost every row names rows and tells no group.
        let part = try frame.selecting(rows: kept.map { rows[$0] })
        let usable = try others.filter { name in
            let column = try part[name]
            if column.missingCount == column.count { return false }
            return column.type.isNumeric || Self.levels(of: column) <= 200
        }
        guard labels.classes.count >= 2, !usable.isEmpty else {
            found = nil
            return
        }
        let largest = Double(labels.counts.max() ?? 0) / Double(labels.count)
        let whole = try Self.judged(part, usable, labels, iterations: 40, seed: seed)
        var columns: [(name: String, rocAUC: Double)] = []
        for name in usable {
            if let auc = try Self.judged(part, [name], labels, iterations: 15, seed: seed).auc.value {
                columns.append((name, auc))
            }
        }
        columns.sort { ($1.rocAUC, $0.name) < ($0.rocAUC, $1.name) }
        found = DataAudit.Proxy(
            column: rule.column, rocAUC: whole.auc, accuracy: whole.accuracy, largestShare: largest, columns: columns,
            rows: kept.count)
    }

    private static func levels(of column: Column) -> Int {
        var seen: Set<String> = []
        for row in 0..<column.count where !column.missing[row] {
            seen.insert(column.text(at: row))
            if seen.count > 200 { break }
        }
        return seen.count
    }

    private static func judged(
        _ frame: DataFrame, _ columns: [String], _ labels: Labels, iterations: Int, seed: UInt32
    ) throws -> (auc: MetricValue, accuracy: MetricValue) {
        let encoder = try FrameEncoder().fit(frame, features: columns)
        let x = try encoder.encode(frame)
        let learner = HistGradientBoostingClassifier(
            maxIter: iterations, maxLeafNodes: 15, earlyStopping: .no, seed: seed)
        let options = ValidationOptions(
            cv: StratifiedKFold(nSplits: 3, shuffle: true, seed: seed),
            scoring: [try Scorer.named("roc_auc"), try Scorer.named("accuracy")])
        let result = try crossValidate(learner, x, labels, options)
        return (try result.mean("roc_auc"), try result.mean("accuracy"))
    }
}
