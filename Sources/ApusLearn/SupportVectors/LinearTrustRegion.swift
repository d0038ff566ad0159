import ApusCore

/// Newton's method in a trust region, each step found by conjugate gradients: for smooth functions of many variables.
///
/// Sources: C.-J. Lin, R. Weng, S. Keerthi, "Trust region Newton method for large-scale logistic regression", JMLR 9
/// (2008), with the rule for the radius of LIBLINEAR up to version 2.1, as inside scikit-learn.
struct LinearTrustRegion: Sendable {
    /// A function whose value, gradient and curvature are asked for in this order at each point.
    protocol Objective {
        /// The value at a point, which becomes the point where gradient and curvature are.
        mutating func value(_ w: [Double]) -> Double
        /// The gradient at the last point, w.
        mutating func gradient(_ w: [Double]) -> [Double]
        /// The Hessian where the gradient was last asked for, times a vector.
        func curvature(_ direction: [Double]) -> [Double]
    }

    /// Stops when the gradient's length is at most this share of what it was at 0.
    var tolerance: Double
    /// The most steps that are taken.
    var maxIterations: Int

    /// Minimises from 0.
    ///
    /// - Returns: The point, the number of steps and whether the tolerance was reached, or no step gains anything more.
    func minimize(
        _ objective: inout some Objective, variables: Int, step: (Int) throws -> Void
    ) throws -> (w: [Double], iterations: Int, converged: Bool) {
        var w = [Double](repeating: 0, count: variables)
        var value = objective.value(w)
        var gradient = objective.gradient(w)
        let start = norm(gradient)
        var radius = start
        var taken = 0
        guard start > tolerance * start else { return (w, 0, true) }
        while taken < maxIterations {
            let (s, residual) = conjugateGradients(objective, gradient, radius)
            var next = w
            BLAS.add(s, times: 1, to: &next)
            let slope = BLAS.dot(gradient, s)
            let predicted = -0.5 * (slope - BLAS.dot(s, residual))
            let nextValue = objective.value(next)
            let actual = value - nextValue
            guard nextValue.isFinite else { return (next, taken, false) }

            let length = norm(s)
            if taken == 0 { radius = min(radius, length) }
            let bend = nextValue - value - slope
            let share = bend <= 0 ? 4 : max(0.25, -0.5 * (slope / bend))
            if actual < 1e-4 * predicted {
                radius = min(max(share, 0.25) * length, 0.5 * radius)
            } else if actual < 0.25 * predicted {
                radius = max(0.25 * radius, min(share * length, 0.5 * radius))
            } else if actual < 0.75 * predicted {
                radius = max(0.25 * radius, min(share * length, 4 * radius))
            } else {
                radius = max(radius, min(share * length, 4 * radius))
            }
            if actual > 1e-4 * predicted {
                taken += 1
                w = next
                value = nextValue
                gradient = objective.gradient(w)
                try step(taken)
                if norm(gradient) <= tolerance * start { return (w, taken, true) }
            } else {
                try checkCancellation()
            }
            // Rounding alone moves the value now.
            let exhausted = abs(actual) <= 0 && predicted <= 0
            if exhausted || abs(actual) <= 1e-12 * abs(value) && abs(predicted) <= 1e-12 * abs(value) {
                return (w, taken, true)
            }
        }
        return (w, taken, false)
    }

    /// The step that solves Newton's equations to a tenth of the gradient or to the edge of the region, and what is left.
    private func conjugateGradients(
        _ objective: some Objective, _ gradient: [Double], _ radius: Double
    ) -> (step: [Double], residual: [Double]) {
        var s = [Double](repeating: 0, count: gradient.count)
        var residual = gradient.map { -$0 }
        var direction = residual
        let enough = 0.1 * norm(gradient)
        var square = BLAS.dot(residual, residual)
        // In exact arithmetic as many steps as variables suffice; with rounding, damaged numbers must not go on for ever.
        for _ in 0..<2 * gradient.count + 100 where norm(residual) > enough {
            let bent = objective.curvature(direction)
            let length = square / BLAS.dot(direction, bent)
            BLAS.add(direction, times: length, to: &s)
            if norm(s) > radius {
                BLAS.add(direction, times: -length, to: &s)
                let (sd, ss, dd) = (BLAS.dot(s, direction), BLAS.dot(s, s), BLAS.dot(direction, direction))
                let room = radius * radius - ss
                let root = (sd * sd + dd * room).squareRoot()
                let rest = sd >= 0 ? room / (sd + root) : (root - sd) / dd
                BLAS.add(direction, times: rest, to: &s)
                BLAS.add(bent, times: -rest, to: &residual)
                break
            }
            BLAS.add(bent, times: -length, to: &residual)
            let newSquare = BLAS.dot(residual, residual)
            let turn = newSquare / square
            for k in direction.indices { direction[k] = direction[k] * turn + residual[k] }
            square = newSquare
        }
        return (s, residual)
    }

    private func norm(_ x: [Double]) -> Double { BLAS.dot(x, x).squareRoot() }
}

/// `½‖w‖² + Σ cᵢ max(0, 1 - yᵢ w·xᵢ)²`.
struct LinearSquaredHinge: LinearTrustRegion.Objective {
    let rows: LinearSupportRows
    let signs: [Double]
    let costs: [Double]
    private var scores: [Double] = []
    private var active: [Double] = []

    init(rows: LinearSupportRows, signs: [Double], costs: [Double]) {
        self.rows = rows
        self.signs = signs
        self.costs = costs
    }

    mutating func value(_ w: [Double]) -> Double {
        scores = rows.products(w)
        var sum = 0.5 * BLAS.dot(w, w)
        for i in scores.indices {
            scores[i] *= signs[i]
            let slack = 1 - scores[i]
            if slack > 0 { sum += costs[i] * slack * slack }
        }
        return sum
    }

    mutating func gradient(_ w: [Double]) -> [Double] {
        active = scores.indices.map { scores[$0] < 1 ? costs[$0] : 0 }
        let sum = rows.sum(scores.indices.map { active[$0] * signs[$0] * (scores[$0] - 1) })
        return w.indices.map { w[$0] + 2 * sum[$0] }
    }

    func curvature(_ direction: [Double]) -> [Double] {
        let sum = rows.curvature(active, direction)
        return direction.indices.map { direction[$0] + 2 * sum[$0] }
    }
}

/// `½‖w‖² + Σ cᵢ max(0, |w·xᵢ - yᵢ| - ε)²`.
struct LinearSquaredTube: LinearTrustRegion.Objective {
    let rows: LinearSupportRows
    let targets: [Double]
    let costs: [Double]
    let epsilon: Double
    private var excesses: [Double] = []
    private var active: [Double] = []

    init(rows: LinearSupportRows, targets: [Double], costs: [Double], epsilon: Double) {
        self.rows = rows
        self.targets = targets
        self.costs = costs
        self.epsilon = epsilon
    }

    mutating func value(_ w: [Double]) -> Double {
        let scores = rows.products(w)
        excesses = scores.indices.map { i in
            let error = scores[i] - targets[i]
            return error < -epsilon ? error + epsilon : max(0, error - epsilon)
        }
        var sum = 0.5 * BLAS.dot(w, w)
        for i in excesses.indices { sum += costs[i] * excesses[i] * excesses[i] }
        return sum
    }

    mutating func gradient(_ w: [Double]) -> [Double] {
        active = excesses.indices.map { excesses[$0] == 0 ? 0 : costs[$0] }
        let sum = rows.sum(excesses.indices.map { costs[$0] * excesses[$0] })
        return w.indices.map { w[$0] + 2 * sum[$0] }
    }

    func curvature(_ direction: [Double]) -> [Double] {
        let sum = rows.curvature(active, direction)
        return direction.indices.map { direction[$0] + 2 * sum[$0] }
    }
}
