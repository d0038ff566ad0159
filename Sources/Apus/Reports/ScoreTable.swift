import ApusCore
import ApusFrame

extension TrainingSummary {
    /// Scores on training and test rows side by side, as name, training value and test value.
    var scoreRows: [[String]] {
        trainScores.map { score in
            var row = [Self.title(of: score.name), TextTable.score(score.value)]
            if !testScores.isEmpty {
                row.append(TextTable.score(testScores.first { $0.name == score.name }?.value ?? nil))
            }
            return row
        }
    }

    /// The column titles of `scoreRows`.
    var scoreHeader: [String] { testScores.isEmpty ? ["score", "train"] : ["score", "train", "test"] }

    /// A score's name in words: `roc_auc` as `ROC AUC`.
    static func title(of score: String) -> String {
        let known = [
            "roc_auc": "ROC AUC", "roc_auc_ovr": "ROC AUC (one against the rest)", "f1": "F1", "r2": "R²",
            "mae": "mean absolute error", "rmse": "root mean squared error", "f1_macro": "F1 (macro)",
            "f1_weighted": "F1 (weighted)", "precision_macro": "precision (macro)", "recall_macro": "recall (macro)",
            "average_precision_macro": "average precision (macro)",
        ]
        return known[score] ?? score.replacing("_", with: " ")
    }

    /// The titles of `groupRows` for a task.
    static func groupHeader(_ task: LearningTask) -> [String] {
        task == .classification
            ? ["group", "rows", "base rate", "selection rate", "accuracy"]
            : ["group", "rows", "mean target", "mean prediction", "mean absolute error"]
    }

    /// One row for each group of a sensitive column.
    func groupRows(of column: String, _ task: LearningTask) -> [[String]] {
        groups.filter { $0.column == column }.map { group in
            let figures = [group.baseRate, group.selectionRate].map { value in
                task == .classification ? TextTable.percent(value) : TextTable.score(value)
            }
            return [group.group, TextTable.grouped(group.rows)] + figures + [TextTable.score(group.performance)]
        }
    }

    /// The sensitive columns, in the order in which they were named.
    var sensitiveColumns: [String] {
        groups.reduce(into: []) { columns, group in if !columns.contains(group.column) { columns.append(group.column) }
        }
    }
}
