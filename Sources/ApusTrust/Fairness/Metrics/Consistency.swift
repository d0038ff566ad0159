import ApusCore
import ApusLearn

/// How alike the answers for alike rows are: `1 - (1/n) Σ |ŷᵢ - mean of ŷ over the k nearest rows|`, from 0 to 1, where 1
/// says that every row is answered as its neighbours are.
///
/// R. Zemel et al., "Learning Fair Representations", ICML 2013. A row counts among its own neighbours, as there.
///
/// - Parameters:
///   - x: n × d, the features by which rows are alike; scale them first.
///   - selected: Whether each row was predicted positive.
///   - neighbors: How many nearest rows, 1 to n; default 5.
/// - Throws: `ApusError` with code `invalidParameter`, `invalidInput` or `shapeMismatch`.
/// - Complexity: That of the search for neighbours.
public func individualConsistency(_ x: Matrix, selected: [Bool], neighbors: Int = 5) throws -> Double {
    guard selected.count == x.rows else {
        throw ApusError(.shapeMismatch, "There are \(selected.count) answers for \(x.rows) rows.")
    }
    guard neighbors >= 1, neighbors <= x.rows else {
        throw ApusError(
            .invalidParameter, "neighbors is \(neighbors), but it must be from 1 to the number of rows, \(x.rows).")
    }
    let found = try NearestNeighbors(nNeighbors: neighbors).fit(x).kneighbors(x)
    var sum = 0.0
    for row in 0..<x.rows {
        let near = found.indices(of: row)
        let share = Double(near.count { selected[$0] }) / Double(near.count)
        sum += abs((selected[row] ? 1 : 0) - share)
    }
    return 1 - sum / Double(x.rows)
}
