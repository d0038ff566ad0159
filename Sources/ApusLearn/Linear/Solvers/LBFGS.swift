import ApusCore

/// Minimises a smooth function by the limited-memory BFGS method.
///
/// D. C. Liu and J. Nocedal, *On the limited memory BFGS method for large scale optimization*, Mathematical Programming
/// 45 (1989). First steps, stopping rules and what happens when a search fails are those of L-BFGS-B 3.0 without bounds, so
/// that it takes the path, and the number of iterations, that SciPy's `L-BFGS-B` takes.
struct LBFGS {
    /// Stop when no component of the gradient is larger.
    var gradientTolerance: Double
    /// Stop when an iteration decreases the function by less than this part of its magnitude (or of 1).
    var decreaseTolerance = 64 * Double.ulpOfOne
    /// Stop after so many iterations.
    var maxIterations: Int
    /// Stop after the iteration in which the function has been evaluated more often than this.
    var maxEvaluations = 15_000
    /// Give up a line search after so many evaluations.
    var maxSearchEvaluations = 50
    /// How many pairs of steps and gradient changes are remembered.
    var memory = 10

    /// A place with the function's value and gradient there.
    struct Point {
        var x: [Double]
        var value: Double
        var gradient: [Double]

        var largestSlope: Double { gradient.reduce(0) { max($0, $1.magnitude) } }
    }

    /// Where the search for the minimum ended.
    struct Result {
        /// The last point.
        var point: Point
        /// How many iterations were done.
        var iterations: Int
        /// Whether a stopping rule was met, rather than a limit or a failed line search.
        var converged: Bool
    }

    /// A step, the change of the gradient along it, and the reciprocal of their inner product.
    private struct Pair {
        var step: [Double]
        var change: [Double]
        var product: Double
        var changeSquared: Double
    }

    /// Minimises `function`, which returns its value and gradient, from `start`.
    ///
    /// - Parameter iterated: Called after each iteration with the number done; may throw to stop.
    func minimize(
        from start: [Double], iterated: (Int) throws -> Void,
        _ function: ([Double]) throws -> (value: Double, gradient: [Double])
    ) throws -> Result {
        func evaluate(_ x: [Double]) throws -> Point {
            let (value, gradient) = try function(x)
            return Point(x: x, value: value, gradient: gradient)
        }
        var current = try evaluate(start)
        var evaluations = 1
        var iterations = 0
        var pairs: [Pair] = []
        func ended(_ converged: Bool) -> Result {
            Result(point: current, iterations: min(iterations, maxIterations), converged: converged)
        }
        guard current.value.isFinite, BLAS.dot(current.gradient, current.gradient).isFinite else {
            throw ApusError(
                .numericalFailure, "The loss or its gradient overflows at the start; scale the columns, then fit again."
            )
        }
        if current.largestSlope <= gradientTolerance { return ended(true) }

        while true {
            let direction = descent(current.gradient, pairs)
            let first = iterations == 0 ? 1 / BLAS.dot(direction, direction).squareRoot() : 1
            guard
                let (next, step) = try search(
                    from: current, along: direction, first: first, &evaluations, evaluate)
            else {
                // The remembered curvature may be what misleads the search: once more without it.
                if pairs.isEmpty { return ended(false) }
                pairs = []
                continue
            }
            let previous = current
            current = next
            iterations += 1
            try iterated(iterations)
            if iterations >= maxIterations || evaluations > maxEvaluations { return ended(false) }
            if current.largestSlope <= gradientTolerance { return ended(true) }
            let scale = max(previous.value.magnitude, current.value.magnitude, 1)
            if previous.value - current.value <= decreaseTolerance * scale { return ended(true) }
            remember(&pairs, previous, current, direction, step)
        }
    }

    /// The point that a line search accepts and its step, or nil when the search fails.
    private func search(
        from current: Point, along direction: [Double], first: Double, _ evaluations: inout Int,
        _ evaluate: ([Double]) throws -> Point
    ) throws -> (Point, Double)? {
        let slope = BLAS.dot(current.gradient, direction)
        guard slope < 0 else { return nil }
        var search = LineSearch(step: first, value: current.value, slope: slope)
        for _ in 0..<maxSearchEvaluations {
            var x = current.x
            BLAS.add(direction, times: search.step, to: &x)
            let trial = try evaluate(x)
            evaluations += 1
            let step = search.step
            if search.advance(value: trial.value, slope: BLAS.dot(trial.gradient, direction)) { return (trial, step) }
        }
        return nil
    }

    /// The direction `-H g`, H the inverse Hessian that the remembered pairs approximate (two-loop recursion).
    private func descent(_ gradient: [Double], _ pairs: [Pair]) -> [Double] {
        guard let newest = pairs.last else { return gradient.map { -$0 } }
        var direction = gradient
        var factors: [Double] = []
        for pair in pairs.reversed() {
            let factor = BLAS.dot(pair.step, direction) / pair.product
            BLAS.add(pair.change, times: -factor, to: &direction)
            factors.append(factor)
        }
        let scale = newest.product / newest.changeSquared
        for k in direction.indices { direction[k] *= scale }
        for (pair, factor) in zip(pairs, factors.reversed()) {
            let correction = factor - BLAS.dot(pair.change, direction) / pair.product
            BLAS.add(pair.step, times: correction, to: &direction)
        }
        return direction.map { -$0 }
    }

    /// Remembers an iteration, unless the curvature along it is too small to be told from rounding.
    private func remember(
        _ pairs: inout [Pair], _ previous: Point, _ current: Point, _ direction: [Double], _ length: Double
    ) {
        let before = BLAS.dot(previous.gradient, direction)
        let after = BLAS.dot(current.gradient, direction)
        let product = (after - before) * length
        guard product > Double.ulpOfOne * (-before * length) else { return }
        let change = zip(current.gradient, previous.gradient).map { $0 - $1 }
        pairs.append(
            Pair(
                step: direction.map { $0 * length }, change: change, product: product,
                changeSquared: BLAS.dot(change, change)))
        if pairs.count > memory { pairs.removeFirst() }
    }
}
