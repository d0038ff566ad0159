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
        switch problem.rows.elements {
        case .dense(let matrix):
            try DenseRowAccess.with(columns(of: matrix, problem, signs), constant: nil) {
                try descend($0, problem, &random, step)
            }
        case .sparse(let matrix):
            try SparseRowAccess.with(columns(of: matrix, problem, signs), constant: nil) {
                try descend($0, problem, &random, step)
            }
        }
    }

    /// The columns of the rows that count, each element times its row's sign, the constant last: width × rows.
    private static func columns(of matrix: Matrix, _ problem: Problem, _ signs: [Double]) -> Matrix {
        let (features, count) = (problem.rows.features, problem.order.count)
        return Matrix(rows: problem.rows.width, columns: count) { columns in
            for (k, row) in problem.order.enumerated() {
                for j in 0..<features { columns[j * count + k] = matrix.values[row * features + j] * signs[k] }
                if let constant = problem.rows.constant { columns[features * count + k] = constant * signs[k] }
            }
        }
    }

    private static func columns(of matrix: SparseMatrix, _ problem: Problem, _ signs: [Double]) throws -> SparseMatrix {
        let turned = matrix.selecting(rows: problem.order).transposed
        var values = turned.values
        for k in values.indices { values[k] *= signs[Int(turned.columnIndices[k])] }
        var (offsets, indices) = (turned.rowOffsets, turned.columnIndices)
        if let constant = problem.rows.constant {
            indices += signs.indices.map { Int32($0) }
            values += signs.map { constant * $0 }
            offsets.append(values.count)
        }
        return try SparseMatrix(
            rows: problem.rows.width, columns: problem.order.count, rowOffsets: offsets, columnIndices: indices,
            values: values)
    }

    private static func descend(
        _ columns: some RowAccess, _ problem: Problem, _ random: inout RandomState, _ step: (Int) throws -> Void
    ) throws -> Solution {
        let width = problem.rows.width
        let count = Double(problem.order.count)
        var w = [Double](repeating: 0, count: width)
        // What each row's score lacks to 1.
        var slacks = [Double](repeating: 1, count: problem.order.count)
        let squares = (0..<width).map { j in
            var sum = 0.0
            columns.forEach(j) { row, value in sum += problem.costs[row] * value * value }
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
            problem.costs.withUnsafeBufferPointer { costs in
                slacks.withUnsafeMutableBufferPointer { slacks in
                    let line = Line(
                        costs: costs.baseAddress.unsafelyUnwrapped, slacks: slacks.baseAddress.unsafelyUnwrapped)
                    var s = 0
                    while s < active {
                        let j = Int(places[s])
                        let (slope, curvature) = line.derivatives(j, columns)
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
                        w[j] += line.search(j, change, w[j], slope, squares[j], columns)
                    }
                }
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

    /// The squared hinge loss along one coefficient.
    private struct Line {
        let costs: UnsafePointer<Double>
        let slacks: UnsafeMutablePointer<Double>

        /// The first and second derivative of the loss.
        @inline(__always)
        func derivatives(_ j: Int, _ columns: some RowAccess) -> (slope: Double, curvature: Double) {
            var (slope, curvature) = (0.0, 0.0)
            columns.forEach(j) { row, value in
                let slack = slacks[row]
                if slack > 0 {
                    let part = costs[row] * value
                    slope -= part * slack
                    curvature += part * value
                }
            }
            return (2 * slope, max(2 * curvature, 1e-12))
        }

        /// How far to go: the whole change, or a half, a quarter … of it, until the objective falls enough.
        func search(
            _ j: Int, _ change: Double, _ value: Double, _ slope: Double, _ square: Double, _ columns: some RowAccess
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
                    columns.forEach(j) { row, element in slacks[row] += difference * element }
                    return change
                }
                var lossAfter = 0.0
                columns.forEach(j) { row, element in
                    let slack = slacks[row]
                    if attempt == 0, slack > 0 { lossBefore += costs[row] * slack * slack }
                    let moved = slack + difference * element
                    slacks[row] = moved
                    if moved > 0 { lossAfter += costs[row] * moved * moved }
                }
                if condition + lossAfter - lossBefore <= 0 { return change }
                taken = change
                change *= 0.5
                expected *= 0.5
            }
            // Even the smallest step gains nothing that can be measured: stay where it began.
            columns.forEach(j) { row, element in slacks[row] += taken * element }
            return 0
        }
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
