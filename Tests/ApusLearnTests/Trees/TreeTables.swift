import ApusCore

/// Random tables for tests that compare one way of computing with another.
struct TreeTable {
    let x: Matrix
    let labels: Labels
    let numbers: [Double]
    let weights: [Double]

    /// - Parameters:
    ///   - steps: Different values a column has at most; nil for as many as rows.
    ///   - missing: The part of values that are missing.
    init(rows: Int, columns: Int, classes: Int, steps: Int? = nil, missing: Double = 0, seed: UInt32) {
        var random = RandomState(seed: seed)
        var x = Matrix(rows: rows, columns: columns, values: random.uniform(count: rows * columns))
        for row in 0..<rows {
            for column in 0..<columns {
                if let steps { x[row, column] = (x[row, column] * Double(steps)).rounded(.down) }
                if random.uniform() < missing { x[row, column] = .nan }
            }
        }
        let noise = random.uniform(count: rows)
        let scores = (0..<rows).map { row in
            (x[row, 0].isNaN ? 0.3 : x[row, 0]) / Double(steps ?? 1) + 0.5 * noise[row]
        }
        self.x = x
        numbers = scores
        labels = Labels(scores.map { min(classes - 1, Int($0 / 1.5 * Double(classes))) })
        weights = (0..<rows).map { _ in 0.25 + random.uniform() }
    }
}
