import ApusCore
import ApusEvaluation
import ApusFrame
import ApusTrust

extension TrainingSummary.Group {
    /// How each group of a sensitive column fared.
    ///
    /// - Parameters:
    ///   - name: The sensitive column.
    ///   - frame: The rows that were judged.
    ///   - judgement: Predictions and truth of those rows.
    ///   - rule: How values make groups; default nil: as those of the column do by themselves.
    static func all(
        of name: String, in frame: DataFrame, _ judgement: Judgement, rule: GroupRule? = nil
    ) throws -> [TrainingSummary.Group] {
        let column: Column = try frame[name]
        let labels = try (rule ?? GroupRule(of: column)).groups(of: column)
        let groups = labels.codes
        return labels.classes.names.enumerated().compactMap { index, group in
            let rows = groups.indices.filter { groups[$0] == index }
            return rows.isEmpty ? nil : make(name, group, rows, judgement)
        }
    }

    private static func make(
        _ column: String, _ group: String, _ rows: [Int], _ judgement: Judgement
    ) -> TrainingSummary.Group {
        let n = Double(rows.count)
        switch (judgement.truth, judgement.prediction.values) {
        case (.labels(let truth), .labels(let predicted)):
            let (known, answers) = (truth.strings, predicted.strings)
            // The last class is the positive one; with more than two the rates are still those of the last.
            let positive = predicted.classes.names.last
            let positives = rows.count { known[$0] == positive }
            let selected = rows.count { answers[$0] == positive }
            let both = rows.count { known[$0] == positive && answers[$0] == positive }
            return TrainingSummary.Group(
                column: column, group: group, rows: rows.count, baseRate: Double(positives) / n,
                selectionRate: Double(selected) / n,
                performance: Double(rows.count { known[$0] == answers[$0] }) / n, positives: positives,
                selected: selected, truePositives: both, falsePositives: selected - both)
        case (.numbers(let truth), .numbers(let predicted)):
            return TrainingSummary.Group(
                column: column, group: group, rows: rows.count,
                baseRate: rows.reduce(0) { $0 + truth[$1] } / n,
                selectionRate: rows.reduce(0) { $0 + predicted[$1] } / n,
                performance: rows.reduce(0) { $0 + (truth[$1] - predicted[$1]).magnitude } / n)
        default:
            return TrainingSummary.Group(
                column: column, group: group, rows: rows.count, baseRate: nil, selectionRate: nil, performance: nil)
        }
    }
}
