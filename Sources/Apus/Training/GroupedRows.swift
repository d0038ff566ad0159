import ApusCore

/// Rows for a fair training: their features, classes, groups and weights.
struct GroupedRows: Sendable {
    let x: Matrix
    let y: Labels
    let groups: Labels
    let weights: [Double]?

    /// Some of the rows.
    func selecting(_ rows: [Int]) -> GroupedRows {
        GroupedRows(
            x: x.selecting(rows: rows), y: y.selecting(rows: rows), groups: groups.selecting(rows: rows),
            weights: weights.map { weights in rows.map { weights[$0] } })
    }
}
