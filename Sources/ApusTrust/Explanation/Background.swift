import ApusCore
import ApusLearn

/// Rows that stand for what is not known of a row, each with a weight.
public struct Background: Sendable, Hashable {
    /// The rows, m × d.
    public let rows: Matrix
    /// The weights, which add up to 1.
    public let weights: [Double]

    /// Rows with weights.
    ///
    /// - Parameters:
    ///   - rows: m × d, at least one.
    ///   - weights: m weights above 0; default nil for equal ones.
    /// - Throws: `ApusError` with code `invalidInput` or `shapeMismatch`.
    public init(_ rows: Matrix, weights: [Double]? = nil) throws {
        guard rows.rows > 0 else { throw ApusError(.invalidInput, "The background has no rows; give at least one.") }
        if let weights {
            guard weights.count == rows.rows else {
                throw ApusError(.shapeMismatch, "The background has \(rows.rows) rows but \(weights.count) weights.")
            }
            guard weights.allSatisfy({ $0.isFinite && $0 > 0 }) else {
                throw ApusError(.invalidInput, "A weight of the background is not a number above 0.")
            }
        }
        self.rows = rows
        let weights = weights ?? [Double](repeating: 1, count: rows.rows)
        let total = weights.reduce(0, +)
        self.weights = weights.map { $0 / total }
    }

    /// The background in fewer rows: the centres of `count` groups found by k-means, each number moved to the nearest that
    /// its column holds, weighted by the rows of the group.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` for more groups than rows, `invalidInput` for missing values.
    public func summarized(by count: Int) throws -> Background {
        guard count >= 1, count <= rows.rows else {
            throw ApusError(
                .invalidParameter,
                "The background has \(rows.rows) rows, so it can be summarised by 1 to \(rows.rows), not \(count).")
        }
        let model = try KMeans(nClusters: count, seed: 0).fit(rows)
        var sizes = [Double](repeating: 0, count: count)
        for (row, label) in model.labels.enumerated() { sizes[label] += weights[row] }
        let columns = (0..<rows.columns).map { Set(rows.column($0)).sorted() }
        var values = model.centres.values
        for k in 0..<count {
            for j in 0..<rows.columns {
                let centre = model.centres[k, j]
                let nearest = columns[j].min { ($0 - centre).magnitude < ($1 - centre).magnitude }
                values[k * rows.columns + j] = nearest ?? centre
            }
        }
        let kept = (0..<count).filter { sizes[$0] > 0 }
        let centres = Matrix(rows: count, columns: rows.columns, values: values)
        return try Background(centres.selecting(rows: kept), weights: kept.map { sizes[$0] })
    }
}
