import ApusCore

/// Newton's method for logistic regression with an L1 penalty: each step minimises the quadratic model of the loss plus
/// the penalties themselves, one coefficient after another, over those coefficients that are or may become other than 0.
///
/// G.-X. Yuan, C.-H. Ho and C.-J. Lin, *An improved GLMNET for L1-regularized logistic regression*, JMLR 13 (2012); for more
/// than two classes on the whole multinomial Hessian, so that steps converge quadratically there too.
struct LogisticDescent {
    var tolerance: Double
    var maxIterations: Int

    func minimize(
        _ objective: LogisticObjective, from start: [Double], iterated: (Int) throws -> Void
    ) throws -> LBFGS.Result {
        let (outputs, count) = (objective.outputs, objective.coefficientCount)
        var x = start
        var (smooth, gradient) = objective.smooth(x)
        var value = smooth + objective.magnitudes(x)
        guard value.isFinite, FiniteKernel.allFinite(gradient) else { throw LogisticObjective.overflow }
        let columns = objective.parameterCount <= 800 ? nil : objective.columns
        // The steps shrink quadratically, so accuracy far beyond the tolerance costs one more.
        let goal = tolerance * 1e-3
        var iterations = 0
        var converged = false
        while true {
            let violations = violations(objective, x, gradient)
            let worst = violations.max() ?? 0
            converged = worst <= goal
            if converged || iterations >= maxIterations { break }
            let active = x.indices.filter { x[$0] != 0 || violations[$0] > 0 || $0 >= count }
            let aim = try minimum(objective, x, gradient, active, columns)
            var step = [Double](repeating: 0, count: x.count)
            for (k, j) in active.enumerated() { step[j] = aim[k] - x[j] }
            guard FiniteKernel.allFinite(step) else { throw LogisticObjective.overflow }
            guard let next = search(objective, x, value, gradient, step) else {
                // Rounding is all that is left to gain.
                converged = worst <= tolerance
                break
            }
            let gain = value - next.value
            (x, value, gradient) = (next.x, next.value, next.gradient)
            iterations += 1
            try iterated(iterations)
            if gain <= 4 * Double.ulpOfOne * value.magnitude {
                converged = (self.violations(objective, x, gradient).max() ?? 0) <= tolerance
                break
            }
        }
        if outputs > 1, objective.fitIntercept {
            let mean = x[count...].reduce(0, +) / Double(outputs)
            for k in count..<x.count { x[k] -= mean }
        }
        return LBFGS.Result(
            point: LBFGS.Point(x: x, value: value, gradient: gradient), iterations: iterations, converged: converged)
    }

    /// How far each parameter is from satisfying the conditions of a minimum.
    private func violations(_ objective: LogisticObjective, _ x: [Double], _ gradient: [Double]) -> [Double] {
        x.indices.map { k in
            guard k < objective.coefficientCount else { return gradient[k].magnitude }
            if x[k] > 0 { return (gradient[k] + objective.l1).magnitude }
            if x[k] < 0 { return (gradient[k] - objective.l1).magnitude }
            return max(0, gradient[k].magnitude - objective.l1)
        }
    }

    /// The minimum of the quadratic model with penalties over the active parameters.
    private func minimum(
        _ objective: LogisticObjective, _ x: [Double], _ gradient: [Double], _ active: [Int],
        _ columns: LogisticColumns?
    ) throws -> [Double] {
        let (outputs, count) = (objective.outputs, objective.coefficientCount)
        let probabilities = try objective.probabilities(x)
        // The gradient of the loss alone: the descent adds that of the L2 penalty itself.
        let slopes = active.map { gradient[$0] - ($0 < count ? objective.l2 * x[$0] : 0) }
        let values = active.map { x[$0] }
        guard let columns else {
            let whole = try objective.hessian(probabilities)
            guard FiniteKernel.allFinite(whole.values) else { throw LogisticObjective.overflow }
            var descent = QuadraticDescent(
                hessian: whole.selecting(rows: active).selecting(columns: active), slopes: slopes, from: values,
                l1: active.map { $0 < count ? objective.l1 : 0 }, l2: active.map { $0 < count ? objective.l2 : 0 })
            return descent.minimize(accuracy: 1e-10, maxSweeps: 1000)
        }
        let places = active.map {
            LogisticColumns.Place(feature: $0 < count ? $0 / outputs : nil, output: $0 % outputs)
        }
        let rowWeights = (0..<objective.labels.count).map { (objective.weights?[$0] ?? 1) / objective.total }
        let model = LogisticColumns.Model(
            probabilities: probabilities, weights: rowWeights, outputs: outputs)
        return columns.minimize(
            model, places, slopes: slopes, from: values, l1: objective.l1, l2: objective.l2, accuracy: 1e-4,
            maxSweeps: 100)
    }

    /// The first of the whole step, half of it, a quarter... that decreases the objective enough.
    private func search(
        _ objective: LogisticObjective, _ x: [Double], _ value: Double, _ gradient: [Double], _ step: [Double]
    ) -> LBFGS.Point? {
        var moved = x
        BLAS.add(step, times: 1, to: &moved)
        let promise = BLAS.dot(gradient, step) + objective.magnitudes(moved) - objective.magnitudes(x)
        guard promise < 0 else { return nil }
        var length = 1.0
        for _ in 0..<40 {
            var trial = x
            BLAS.add(step, times: length, to: &trial)
            let (smooth, slopes) = objective.smooth(trial)
            let reached = smooth + objective.magnitudes(trial)
            if reached - value <= 0.01 * length * promise {
                return LBFGS.Point(x: trial, value: reached, gradient: slopes)
            }
            length /= 2
        }
        return nil
    }
}
