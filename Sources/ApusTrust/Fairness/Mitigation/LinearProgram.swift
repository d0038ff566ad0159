import ApusCore

/// The cheapest mixture of some classifiers: minimises `errors·q + penalty·s` over mixtures q (at least 0, adding up to 1)
/// and a slack s (at least 0) with `Σ gap(j, i) qᵢ ≤ s` for each constraint j.
///
/// The simplex method on a dense table; a mixture of the first classifier alone with the slack that it needs is where it
/// starts, so that there is no first phase. G. Dantzig, *Linear Programming and Extensions*, Princeton 1963; R. Bland,
/// "New finite pivoting rules for the simplex method", Mathematics of Operations Research 2 (1977).
enum MixtureProgram {
    /// The mixture and the multipliers of the constraints.
    struct Solution {
        let mixture: [Double]
        let multipliers: [Double]
    }

    /// Solves the program.
    ///
    /// - Parameters:
    ///   - errors: One for each classifier, at least one.
    ///   - gaps: For each classifier how far it is above each constraint's bound.
    ///   - penalty: The cost of the slack.
    static func solve(errors: [Double], gaps: [[Double]], penalty: Double) -> Solution {
        let (n, m) = (errors.count, gaps[0].count)
        // Columns: n classifiers, the slack, m slacks of constraints, the right-hand side. Rows: m constraints, the sum, costs.
        let (slack, width) = (n, n + 1 + m + 1)
        var table = [[Double]](repeating: [Double](repeating: 0, count: width), count: m + 2)
        for j in 0..<m {
            for i in 0..<n { table[j][i] = gaps[i][j] }
            table[j][slack] = -1
            table[j][n + 1 + j] = 1
        }
        for i in 0..<n { table[m][i] = 1 }
        table[m][width - 1] = 1
        for i in 0..<n { table[m + 1][i] = errors[i] }
        table[m + 1][slack] = penalty
        var basis = (0..<m).map { n + 1 + $0 } + [0]

        func pivot(_ row: Int, _ column: Int) {
            let scale = table[row][column]
            for k in 0..<width { table[row][k] /= scale }
            let pivotRow = table[row]
            for other in table.indices where other != row && table[other][column] != 0 {
                let factor = table[other][column]
                for k in 0..<width { table[other][k] -= factor * pivotRow[k] }
                table[other][column] = 0
            }
            basis[row] = column
        }
        pivot(m, 0)
        // What the first classifier breaks most becomes the slack.
        if let worst = (0..<m).min(by: { table[$0][width - 1] < table[$1][width - 1] }), table[worst][width - 1] < 0 {
            pivot(worst, slack)
        }
        let tolerance = 1e-11
        var steps = 0
        while steps < 5000 {
            steps += 1
            let costs = table[m + 1]
            // The steepest column first; the first one after many steps, which cannot run in circles.
            let candidates = (0..<width - 1).filter { costs[$0] < -tolerance }
            guard
                let column = steps < 500
                    ? candidates.min(by: { (costs[$0], $0) < (costs[$1], $1) }) : candidates.first
            else { break }
            var chosen: Int?
            var least = Double.infinity
            for row in 0...m where table[row][column] > tolerance {
                let limit = max(0, table[row][width - 1]) / table[row][column]
                if limit < least - tolerance || (limit <= least + tolerance && basis[row] < basis[chosen ?? row]) {
                    least = min(least, limit)
                    chosen = row
                }
            }
            guard let row = chosen else { break }
            pivot(row, column)
        }
        var mixture = [Double](repeating: 0, count: n)
        for row in 0...m where basis[row] < n { mixture[basis[row]] = max(0, table[row][width - 1]) }
        let sum = mixture.reduce(0, +)
        if sum > 0 { for i in 0..<n { mixture[i] /= sum } }
        return Solution(mixture: mixture, multipliers: (0..<m).map { max(0, table[m + 1][n + 1 + $0]) })
    }
}
