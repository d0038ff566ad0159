import ApusCore

/// Newton's method for logistic regression without an L1 penalty, by Cholesky factorisation of the Hessian.
///
/// Steps, line search and stopping rules are those of the reference's `newton-cholesky`, with the limited-memory BFGS
/// method taking over where the Hessian is singular. S. Boyd and L. Vandenberghe, *Convex Optimization*, Cambridge 2004,
/// section 9.5.
struct LogisticNewton {
    var tolerance: Double
    var maxIterations: Int

    func minimize(
        _ objective: LogisticObjective, from start: [Double], iterated: (Int) throws -> Void
    ) throws -> LBFGS.Result {
        try objective.checkHessian()
        var x = start
        anchor(&x, objective, to: { $0.last ?? 0 })
        var (value, gradient) = objective.smooth(x)
        guard value.isFinite, FiniteKernel.allFinite(gradient) else { throw LogisticObjective.overflow }
        let free = freeParameters(objective)
        for iteration in 1...max(1, maxIterations) where maxIterations > 0 {
            guard let step = try newtonStep(objective, x, gradient, free) else {
                return try byLBFGS(objective, x, from: iteration, iterated)
            }
            let slope = BLAS.dot(gradient, step)
            guard slope <= 0, let next = search(objective, x, value, gradient, step, slope) else {
                return try byLBFGS(objective, x, from: iteration, iterated)
            }
            (x, value, gradient) = (next.x, next.value, next.gradient)
            try iterated(iteration)
            // The last class is held, so its part of the gradient has no say.
            let largest = free.reduce(0) { max($0, gradient[$1].magnitude) }
            let whole = gradient.reduce(0) { max($0, $1.magnitude) }
            if max(largest, whole) <= tolerance && -0.5 * slope <= tolerance {
                return finished(x, value, gradient, objective, iteration, true)
            }
        }
        return finished(x, value, gradient, objective, maxIterations, false)
    }

    /// The parameters that move: where adding a number to those of all classes changes nothing, not those of the last.
    private func freeParameters(_ objective: LogisticObjective) -> [Int] {
        let all = Array(0..<objective.parameterCount)
        let outputs = objective.outputs
        if outputs == 1 { return all }
        if objective.l2 == 0 { return all.filter { $0 % outputs != outputs - 1 } }
        return objective.fitIntercept ? Array(all.dropLast()) : all
    }

    private func newtonStep(
        _ objective: LogisticObjective, _ x: [Double], _ gradient: [Double], _ free: [Int]
    ) throws -> [Double]? {
        var hessian = try objective.hessian(objective.probabilities(x))
        let size = objective.parameterCount
        hessian.withMutableValues { values in
            for k in 0..<objective.coefficientCount { values[k * size + k] += objective.l2 }
        }
        let part =
            free.count == size ? hessian : hessian.selecting(rows: free).selecting(columns: free)
        guard FiniteKernel.allFinite(part.values), let factor = LAPACK.Cholesky(part),
            factor.reciprocalCondition > Double.ulpOfOne
        else { return nil }
        var step = [Double](repeating: 0, count: size)
        for (k, value) in zip(free, factor.solve(free.map { -gradient[$0] })) { step[k] = value }
        return step
    }

    /// The first of the whole step, half of it, a quarter... that decreases the objective enough.
    private func search(
        _ objective: LogisticObjective, _ x: [Double], _ value: Double, _ gradient: [Double], _ step: [Double],
        _ slope: Double
    ) -> LBFGS.Point? {
        let before = gradient.reduce(0) { $0 + $1.magnitude }
        var length = 1.0
        for _ in 0..<21 {
            var trial = x
            BLAS.add(step, times: length, to: &trial)
            let (reached, slopes) = objective.smooth(trial)
            let change = reached - value
            let isEnough = change <= length * slope / 2048
            let isFlat =
                change.magnitude <= (value * 16 * Double.ulpOfOne).magnitude
                && slopes.reduce(0) { $0 + $1.magnitude } < before
            if isEnough || isFlat { return LBFGS.Point(x: trial, value: reached, gradient: slopes) }
            length /= 2
        }
        return nil
    }

    private func byLBFGS(
        _ objective: LogisticObjective, _ x: [Double], from iteration: Int, _ iterated: (Int) throws -> Void
    ) throws -> LBFGS.Result {
        let solver = LBFGS(gradientTolerance: tolerance, maxIterations: max(0, maxIterations - iteration))
        let found = try solver.minimize(
            from: x, iterated: { try iterated(iteration - 1 + $0) }, objective.smooth)
        return finished(
            found.point.x, found.point.value, found.point.gradient, objective, iteration - 1 + found.iterations,
            found.converged)
    }

    /// Takes the mean over the classes away where that changes no probability, so that classes are treated alike.
    private func finished(
        _ x: [Double], _ value: Double, _ gradient: [Double], _ objective: LogisticObjective, _ iterations: Int,
        _ converged: Bool
    ) -> LBFGS.Result {
        var x = x
        anchor(&x, objective, to: { $0.reduce(0, +) / Double($0.count) })
        return LBFGS.Result(
            point: LBFGS.Point(x: x, value: value, gradient: gradient), iterations: iterations, converged: converged)
    }

    /// Takes a number away from the parameters of all classes, for intercepts or, without a penalty, for each feature.
    private func anchor(
        _ x: inout [Double], _ objective: LogisticObjective, to reference: (ArraySlice<Double>) -> Double
    ) {
        let outputs = objective.outputs
        guard outputs > 1 else { return }
        let start = objective.l2 == 0 ? 0 : objective.coefficientCount
        for first in stride(from: start, to: x.count, by: outputs) {
            let offset = reference(x[first..<first + outputs])
            for k in first..<first + outputs { x[k] -= offset }
        }
    }
}
