extension LinearSupportKernel {
    /// Minimises `‖w‖₁ + Σ cᵢ max(0, 1 - yᵢ w·xᵢ)²`, one coefficient after another with a search along it.
    ///
    /// - Parameters:
    ///   - problem: The rows and their costs.
    ///   - signs: +1 or -1 for each of `problem.order`.
    ///   - random: Orders the coefficients.
    ///   - step: Called after each round with the number of rounds.
    public static func classifySparsely(
        _ problem: Problem, signs: [Double], random: inout RandomState, step: (Int) throws -> Void
    ) throws -> Solution {
        var signOfRow = [Double](repeating: 0, count: problem.rows.count)
        var costOfRow = signOfRow
        for (k, row) in problem.order.enumerated() {
            signOfRow[row] = signs[k]
            costOfRow[row] = problem.costs[k]
        }
        let table = LossTable(signs: signOfRow, costs: costOfRow, constant: problem.rows.constant)
        return switch problem.rows.elements {
        case .dense(let matrix):
            try DenseRowAccess.with(matrix.transposed, constant: nil) {
                try descend($0, table, problem, &random, step)
            }
        case .sparse(let matrix):
            try SparseRowAccess.with(matrix.transposed, constant: nil) {
                try descend($0, table, problem, &random, step)
            }
        }
    }

    /// What the rows of the problem are, wherever a column meets them; rows that do not count have cost 0.
    private struct LossTable {
        let signs: [Double]
        let costs: [Double]
        let constant: Double?

        /// Calls `body` with each row that column j meets, and the element times the row's sign.
        @inline(__always)
        func forEach(_ j: Int, _ columns: some RowAccess, _ features: Int, _ body: (Int, Double) -> Void) {
            if j < features {
                columns.forEach(j) { row, value in
                    if value != 0, costs[row] > 0 { body(row, value * signs[row]) }
                }
            } else if let constant {
                for row in signs.indices where costs[row] > 0 { body(row, constant * signs[row]) }
            }
        }
    }

    private static func descend(
        _ columns: some RowAccess, _ table: LossTable, _ problem: Problem, _ random: inout RandomState,
        _ step: (Int) throws -> Void
    ) throws -> Solution {
        let (features, width) = (problem.rows.features, problem.rows.width)
        let count = Double(problem.order.count)
        var w = [Double](repeating: 0, count: width)
        var slacks = [Double](repeating: 1, count: table.signs.count)
        let squares = (0..<width).map { j in
            var sum = 0.0
            table.forEach(j, columns, features) { row, value in sum += table.costs[row] * value * value }
            return sum
        }
        var places = (0..<width).map { Int32($0) }
        var active = width
        var largest = Double.infinity
        var firstSum = -1.0
        var round = 0
        var converged = false
        while round < problem.maxIterations, !converged {
            var (newLargest, sum) = (0.0, 0.0)
            places.withUnsafeMutableBufferPointer { shuffle($0.baseAddress.unsafelyUnwrapped, active, &random) }
            var s = 0
            while s < active {
                let j = Int(places[s])
                var (slope, curvature) = (0.0, 0.0)
                table.forEach(j, columns, features) { row, value in
                    if slacks[row] > 0 {
                        let part = table.costs[row] * value
                        slope -= part * slacks[row]
                        curvature += part * value
                    }
                }
                slope *= 2
                curvature = max(2 * curvature, 1e-12)
                let (above, below) = (slope + 1, slope - 1)
                var violation = 0.0
                if w[j] == 0 {
                    if above < 0 {
                        violation = -above
                    } else if below > 0 {
                        violation = below
                    } else if above > largest / count, below < -largest / count {
                        active -= 1
                        places.swapAt(s, active)
                        continue
                    }
                } else {
                    violation = abs(w[j] > 0 ? above : below)
                }
                newLargest = max(newLargest, violation)
                sum += violation
                s += 1
                let change = newtonStep(w[j], curvature, above, below)
                if abs(change) < 1e-12 { continue }
                w[j] += search(j, change, w[j], slope, squares[j], columns, table, features, &slacks)
            }
            if round == 0 { firstSum = sum }
            round += 1
            try step(round)
            if sum <= problem.tolerance * firstSum {
                converged = active == width
                active = width
                largest = .infinity
                continue
            }
            largest = newLargest
        }
        return Solution(coefficients: w, iterations: round, converged: converged)
    }

    /// How far to go along a coefficient: the whole change, or a half, a quarter … of it, until the objective falls enough.
    private static func search(
        _ j: Int, _ change: Double, _ value: Double, _ slope: Double, _ square: Double, _ columns: some RowAccess,
        _ table: LossTable, _ features: Int, _ slacks: inout [Double]
    ) -> Double {
        var change = change
        var taken = 0.0
        var expected = abs(value + change) - abs(value) + slope * change
        var lossBefore = 0.0
        for attempt in 0..<20 {
            let difference = taken - change
            let condition = abs(value + change) - abs(value) - 0.01 * expected
            // An upper bound of the new loss, for which no row needs to be looked at.
            if square * change * change + slope * change + condition <= 0 {
                table.forEach(j, columns, features) { row, element in slacks[row] += difference * element }
                return change
            }
            var lossAfter = 0.0
            table.forEach(j, columns, features) { row, element in
                if attempt == 0, slacks[row] > 0 { lossBefore += table.costs[row] * slacks[row] * slacks[row] }
                slacks[row] += difference * element
                if slacks[row] > 0 { lossAfter += table.costs[row] * slacks[row] * slacks[row] }
            }
            if condition + lossAfter - lossBefore <= 0 { return change }
            taken = change
            change *= 0.5
            expected *= 0.5
        }
        // Even the smallest step gains nothing that can be measured: stay, as exactly as the slacks can be put back.
        table.forEach(j, columns, features) { row, element in slacks[row] += taken * element }
        return 0
    }

    /// Minimises `½ Σₖ ‖wₖ‖² + Σ cᵢ maxₖ(0, 1 - w_yᵢ·xᵢ + wₖ·xᵢ)` over all classes k ≠ yᵢ at once, by its dual.
    ///
    /// - Parameters:
    ///   - problem: The rows and their costs.
    ///   - codes: The class of each of `problem.order`.
    ///   - classes: K.
    ///   - random: Orders the rows.
    ///   - step: Called after each round with the number of rounds.
    /// - Returns: `width` × K coefficients, those of a feature for all classes side by side.
    public static func classifyJointly(
        _ problem: Problem, codes: [Int], classes: Int, random: inout RandomState, step: (Int) throws -> Void
    ) throws -> Solution {
        switch problem.rows.elements {
        case .dense(let matrix):
            try DenseRowAccess.with(matrix, constant: problem.rows.constant) {
                try classifyJointly($0, problem, codes, classes, &random, step)
            }
        case .sparse(let matrix):
            try SparseRowAccess.with(matrix, constant: problem.rows.constant) {
                try classifyJointly($0, problem, codes, classes, &random, step)
            }
        }
    }

    private static func classifyJointly(
        _ rows: some RowAccess, _ problem: Problem, _ codes: [Int], _ classes: Int, _ random: inout RandomState,
        _ step: (Int) throws -> Void
    ) throws -> Solution {
        let count = problem.order.count
        var w = [Double](repeating: 0, count: problem.rows.width * classes)
        var multipliers = [Double](repeating: 0, count: count * classes)
        var places = (0..<count).map { Int32($0) }
        var slopes = [Double](repeating: 0, count: classes)
        var changes = slopes
        var round = 0
        var converged = false
        let squares = problem.order.map { row in
            var sum = 0.0
            rows.forEach(row) { _, value in sum += value * value }
            return sum
        }
        while round < problem.maxIterations, !converged {
            var worst = 0.0
            places.withUnsafeMutableBufferPointer { shuffle($0.baseAddress.unsafelyUnwrapped, count, &random) }
            for place in places {
                let i = Int(place)
                let (own, cost, square) = (codes[i], problem.costs[i], squares[i])
                guard square > 0 else { continue }
                for k in 0..<classes { slopes[k] = k == own ? 0 : 1 }
                rows.forEach(problem.order[i]) { j, value in
                    for k in 0..<classes { slopes[k] += w[j * classes + k] * value }
                }
                // The most that the objective would fall for moving weight from one class to another.
                var (least, most) = (Double.infinity, -Double.infinity)
                for k in 0..<classes {
                    most = max(most, slopes[k])
                    if multipliers[i * classes + k] < (k == own ? cost : 0) { least = min(least, slopes[k]) }
                }
                guard most - least > 1e-12 else { continue }
                worst = max(worst, most - least)
                for k in 0..<classes { slopes[k] -= square * multipliers[i * classes + k] }
                let level = level(slopes, own: own, cost: cost, square: square)
                for k in 0..<classes {
                    let moved = min(k == own ? cost : 0, (level - slopes[k]) / square)
                    let change = moved - multipliers[i * classes + k]
                    changes[k] = abs(change) < 1e-12 ? 0 : change
                    multipliers[i * classes + k] = moved
                }
                rows.forEach(problem.order[i]) { j, value in
                    for k in 0..<classes { w[j * classes + k] += changes[k] * value }
                }
            }
            round += 1
            try step(round)
            converged = worst < problem.tolerance
        }
        return Solution(coefficients: w, iterations: round, converged: converged)
    }

    /// The level β at which `Σₖ min(boundₖ, (β - bₖ) / square)` is 0: where a row's multipliers add up to nothing.
    private static func level(_ b: [Double], own: Int, cost: Double, square: Double) -> Double {
        var sorted = b
        sorted[own] += square * cost
        sorted.sort(by: >)
        var level = sorted[0] - square * cost
        var taken = 1
        while taken < sorted.count, level < Double(taken) * sorted[taken] {
            level += sorted[taken]
            taken += 1
        }
        return level / Double(taken)
    }
}
