import ApusCore
import ApusEvaluation
import ApusFrame

extension TrainingSummary.Group {
    /// Numeric columns with more values than this are grouped by quarters of their rows.
    private static let mostValues = 12

    /// How each group of a sensitive column fared.
    ///
    /// - Parameters:
    ///   - name: The sensitive column.
    ///   - frame: The rows that were judged.
    ///   - judgement: Predictions and truth of those rows.
    static func all(of name: String, in frame: DataFrame, _ judgement: Judgement) throws -> [TrainingSummary.Group] {
        let column: Column = try frame[name]
        let (groups, names) = try membership(column)
        return names.enumerated().compactMap { index, group in
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
            return TrainingSummary.Group(
                column: column, group: group, rows: rows.count,
                baseRate: Double(rows.count { known[$0] == positive }) / n,
                selectionRate: Double(rows.count { answers[$0] == positive }) / n,
                performance: Double(rows.count { known[$0] == answers[$0] }) / n)
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

    /// For each row the index of its group, and the groups' names.
    static func membership(_ column: Column) throws -> (groups: [Int], names: [String]) {
        if column.type.isNumeric, column.type != .bool {
            let values = try column.numbers()
            let sorted = values.filter { !$0.isNaN }.sorted()
            if Set(sorted).count > mostValues { return quarters(values, sorted) }
        }
        let texts = (0..<column.count).map { column.missing[$0] ? "(missing)" : column.text(at: $0) }
        let names =
            column.type.isNumeric && column.type != .bool
            ? Set(texts).sorted { (Double($0) ?? .infinity, $0) < (Double($1) ?? .infinity, $1) } : Set(texts).sorted()
        let places = Dictionary(uniqueKeysWithValues: zip(names, 0...))
        return (texts.map { places[$0, default: 0] }, names)
    }

    private static func quarters(_ values: [Double], _ sorted: [Double]) -> (groups: [Int], names: [String]) {
        var bounds: [Double] = []
        for k in 1..<4 {
            let bound = sorted[sorted.count * k / 4]
            if bound > (bounds.last ?? -.infinity), bound < sorted[sorted.count - 1] { bounds.append(bound) }
        }
        func text(_ value: Double) -> String { TextTable.significant(value, 6) }
        let lows = [sorted[0]] + bounds
        let names = lows.indices.map { k in
            let end = k < bounds.count ? bounds[k] : sorted[sorted.count - 1]
            return k == 0 ? "\(text(lows[k])) to \(text(end))" : "above \(text(lows[k])) to \(text(end))"
        }
        let groups = values.map { value in value.isNaN ? names.count : bounds.count { value > $0 } }
        return (groups, names + ["(missing)"])
    }
}
