/// Coordinate descent for linear support-vector machines.
///
/// Coordinates are visited in a fresh random order each round; those that have settled at a bound are left out until the
/// others have come to rest, and then looked at again. The order is that of LIBLINEAR inside scikit-learn.
///
/// Sources: C.-J. Hsieh et al., "A dual coordinate descent method for large-scale linear SVM", ICML (2008); C.-H. Ho and
/// C.-J. Lin, "Large-scale linear support vector regression", JMLR 13 (2012); G.-X. Yuan et al., "A comparison of
/// optimization methods and software for large-scale L1-regularized linear classification", JMLR 11 (2010);
/// S. S. Keerthi et al., "A sequential dual method for large scale multi-class linear SVMs", KDD (2008).
@_documentation(visibility: internal)
public enum LinearSupportKernel {
    /// What descent led to.
    public struct Solution: Sendable {
        /// The coefficients, followed by that of the constant where there is one.
        public var coefficients: [Double]
        /// Rounds over the coordinates.
        public var iterations: Int
        /// Whether the tolerance was reached.
        public var converged: Bool

        /// A solution.
        public init(coefficients: [Double], iterations: Int, converged: Bool) {
            self.coefficients = coefficients
            self.iterations = iterations
            self.converged = converged
        }
    }

    /// What descent is about and when it ends.
    public struct Problem: Sendable {
        /// The rows.
        public var rows: LinearSupportRows
        /// The rows that count, in the order they are numbered in.
        public var order: [Int]
        /// What a unit of loss costs, for each of `order`; above 0.
        public var costs: [Double]
        /// Whether losses are squared.
        public var squared: Bool
        /// How large a violation of optimality may remain.
        public var tolerance: Double
        /// The most rounds.
        public var maxIterations: Int

        /// A problem.
        public init(
            rows: LinearSupportRows, order: [Int], costs: [Double], squared: Bool, tolerance: Double, maxIterations: Int
        ) {
            self.rows = rows
            self.order = order
            self.costs = costs
            self.squared = squared
            self.tolerance = tolerance
            self.maxIterations = maxIterations
        }
    }

    /// Minimises `½‖w‖² + Σ cᵢ max(0, 1 - yᵢ w·xᵢ)` (or of the squares) by its dual.
    ///
    /// - Parameters:
    ///   - problem: The rows and their costs.
    ///   - signs: +1 or -1 for each of `problem.order`.
    ///   - random: Orders the rows.
    ///   - step: Called after each round with the number of rounds.
    public static func classify(
        _ problem: Problem, signs: [Double], random: inout RandomState, step: (Int) throws -> Void
    ) throws -> Solution {
        switch problem.rows.elements {
        case .dense(let matrix):
            try DenseRowAccess.with(matrix, constant: problem.rows.constant) {
                try classify($0, problem, signs, &random, step)
            }
        case .sparse(let matrix):
            try SparseRowAccess.with(matrix, constant: problem.rows.constant) {
                try classify($0, problem, signs, &random, step)
            }
        }
    }

    /// Minimises `½‖w‖² + Σ cᵢ max(0, |w·xᵢ - yᵢ| - ε)` (or of the squares) by its dual.
    ///
    /// - Parameters:
    ///   - problem: The rows and their costs.
    ///   - targets: y for each of `problem.order`.
    ///   - epsilon: ε, the error that costs nothing.
    ///   - random: Orders the rows.
    ///   - step: Called after each round with the number of rounds.
    public static func regress(
        _ problem: Problem, targets: [Double], epsilon: Double, random: inout RandomState, step: (Int) throws -> Void
    ) throws -> Solution {
        switch problem.rows.elements {
        case .dense(let matrix):
            try DenseRowAccess.with(matrix, constant: problem.rows.constant) {
                try regress($0, problem, targets, epsilon, &random, step)
            }
        case .sparse(let matrix):
            try SparseRowAccess.with(matrix, constant: problem.rows.constant) {
                try regress($0, problem, targets, epsilon, &random, step)
            }
        }
    }

    /// A place from `0..<range`, as the reference draws it: the high half of a product, redrawn where that would be unfair.
    @inline(__always)
    static func draw(_ range: UInt32, _ random: inout RandomState) -> Int {
        var product = UInt64(random.word()) &* UInt64(range)
        if UInt32(truncatingIfNeeded: product) < range {
            let threshold = (0 &- range) % range
            while UInt32(truncatingIfNeeded: product) < threshold {
                product = UInt64(random.word()) &* UInt64(range)
            }
        }
        return Int(product >> 32)
    }

    /// Puts the first `active` places in random order.
    @inline(__always)
    static func shuffle(_ order: UnsafeMutablePointer<Int32>, _ active: Int, _ random: inout RandomState) {
        for i in 0..<active {
            let j = i + draw(UInt32(active - i), &random)
            let other = order[j]
            order[j] = order[i]
            order[i] = other
        }
    }

    private static func squares(_ rows: some RowAccess, _ order: [Int]) -> [Double] {
        order.map { i in
            var sum = 0.0
            rows.forEach(i) { _, value in sum += value * value }
            return sum
        }
    }

    private static func classify(
        _ rows: some RowAccess, _ problem: Problem, _ signs: [Double], _ random: inout RandomState,
        _ step: (Int) throws -> Void
    ) throws -> Solution {
        let count = problem.order.count
        let squared = problem.squared
        let diagonals = problem.costs.map { squared ? 0.5 / $0 : 0 }
        let bounds = problem.costs.map { squared ? .infinity : $0 }
        let curvatures = zip(squares(rows, problem.order), diagonals).map { $1 + $0 }
        var w = [Double](repeating: 0, count: problem.rows.width)
        var multipliers = [Double](repeating: 0, count: count)
        var places = (0..<count).map { Int32($0) }
        var active = count
        var (highest, lowest) = (Double.infinity, -Double.infinity)
        var round = 0
        var converged = false
        while round < problem.maxIterations, !converged {
            var (newHighest, newLowest) = (-Double.infinity, Double.infinity)
            w.withUnsafeMutableBufferPointer { w in
                multipliers.withUnsafeMutableBufferPointer { multipliers in
                    places.withUnsafeMutableBufferPointer { places in
                        let w = w.baseAddress.unsafelyUnwrapped
                        let places = places.baseAddress.unsafelyUnwrapped
                        shuffle(places, active, &random)
                        var s = 0
                        while s < active {
                            let i = Int(places[s])
                            let row = problem.order[i]
                            let (sign, multiplier, bound) = (signs[i], multipliers[i], bounds[i])
                            let slope = rows.dot(row, w) * sign - 1 + multiplier * diagonals[i]
                            var violation = 0.0
                            if multiplier == 0 ? slope > highest : multiplier == bound && slope < lowest {
                                active -= 1
                                places[s] = places[active]
                                places[active] = Int32(i)
                                continue
                            }
                            if multiplier == 0 {
                                violation = min(slope, 0)
                            } else if multiplier == bound {
                                violation = max(slope, 0)
                            } else {
                                violation = slope
                            }
                            newHighest = max(newHighest, violation)
                            newLowest = min(newLowest, violation)
                            if abs(violation) > 1e-12 {
                                let moved = min(max(multiplier - slope / curvatures[i], 0), bound)
                                multipliers[i] = moved
                                rows.add(row, (moved - multiplier) * sign, w)
                            }
                            s += 1
                        }
                    }
                }
            }
            round += 1
            try step(round)
            if newHighest - newLowest <= problem.tolerance {
                converged = active == count
                active = count
                (highest, lowest) = (.infinity, -.infinity)
                continue
            }
            highest = newHighest <= 0 ? .infinity : newHighest
            lowest = newLowest >= 0 ? -.infinity : newLowest
        }
        return Solution(coefficients: w, iterations: round, converged: converged)
    }

    private static func regress(
        _ rows: some RowAccess, _ problem: Problem, _ targets: [Double], _ epsilon: Double,
        _ random: inout RandomState, _ step: (Int) throws -> Void
    ) throws -> Solution {
        let count = problem.order.count
        let squared = problem.squared
        let diagonals = problem.costs.map { squared ? 0.5 / $0 : 0 }
        let bounds = problem.costs.map { squared ? .infinity : $0 }
        let curvatures = squares(rows, problem.order)
        var w = [Double](repeating: 0, count: problem.rows.width)
        var multipliers = [Double](repeating: 0, count: count)
        var places = (0..<count).map { Int32($0) }
        var active = count
        var largest = Double.infinity
        var firstSum = -1.0
        var round = 0
        var converged = false
        while round < problem.maxIterations, !converged {
            var (newLargest, sum) = (0.0, 0.0)
            w.withUnsafeMutableBufferPointer { w in
                multipliers.withUnsafeMutableBufferPointer { multipliers in
                    places.withUnsafeMutableBufferPointer { places in
                        let w = w.baseAddress.unsafelyUnwrapped
                        let places = places.baseAddress.unsafelyUnwrapped
                        shuffle(places, active, &random)
                        var s = 0
                        while s < active {
                            let i = Int(places[s])
                            let row = problem.order[i]
                            let (multiplier, bound) = (multipliers[i], bounds[i])
                            let slope = rows.dot(row, w) + (diagonals[i] * multiplier - targets[i])
                            let curvature = curvatures[i] + diagonals[i]
                            let (above, below) = (slope + epsilon, slope - epsilon)
                            guard let violation = violation(multiplier, bound, above, below, largest) else {
                                active -= 1
                                places[s] = places[active]
                                places[active] = Int32(i)
                                continue
                            }
                            newLargest = max(newLargest, violation)
                            sum += violation
                            s += 1
                            let change = newtonStep(multiplier, curvature, above, below)
                            if abs(change) < 1e-12 { continue }
                            let moved = min(max(multiplier + change, -bound), bound)
                            multipliers[i] = moved
                            if moved != multiplier { rows.add(row, moved - multiplier, w) }
                        }
                    }
                }
            }
            if round == 0 { firstSum = sum }
            round += 1
            try step(round)
            if sum <= problem.tolerance * firstSum {
                converged = active == count
                active = count
                largest = .infinity
                continue
            }
            largest = newLargest
        }
        return Solution(coefficients: w, iterations: round, converged: converged)
    }

    /// How far a multiplier of regression is from optimal, or nil when it has settled and may be passed over this round.
    @inline(__always)
    private static func violation(
        _ multiplier: Double, _ bound: Double, _ above: Double, _ below: Double, _ largest: Double
    ) -> Double? {
        if multiplier == 0 {
            if above < 0 { return -above }
            if below > 0 { return below }
            return above > largest && below < -largest ? nil : 0
        }
        if multiplier >= bound {
            if above > 0 { return above }
            return above < -largest ? nil : 0
        }
        if multiplier <= -bound {
            if below < 0 { return -below }
            return below > largest ? nil : 0
        }
        return abs(multiplier > 0 ? above : below)
    }

    /// The step to the minimum of a parabola with a kink at 0.
    @inline(__always)
    static func newtonStep(_ value: Double, _ curvature: Double, _ above: Double, _ below: Double) -> Double {
        if above < curvature * value { return -above / curvature }
        if below > curvature * value { return -below / curvature }
        return -value
    }
}
