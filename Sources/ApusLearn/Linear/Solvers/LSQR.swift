import ApusCore

/// Minimises `‖b - A x‖² + damp² ‖x‖²` by products with A and its transpose only.
///
/// C. C. Paige and M. A. Saunders, *LSQR: an algorithm for sparse linear equations and sparse least squares*, ACM TOMS 8
/// (1982), with the authors' stopping rules, as in SciPy: the residual is small, or orthogonal to A, or A is too ill
/// conditioned to go on.
struct LSQR {
    /// How small the residual must become, relative to A, x and b.
    var tolerance: Double
    /// The square root of the penalty on x.
    var damp = 0.0
    /// Stop when the estimated condition of A exceeds this.
    var conditionLimit = 1e8
    /// The most iterations.
    var maxIterations: Int

    struct Result {
        var x: [Double]
        var iterations: Int
        var converged: Bool
    }

    /// Solves for x.
    ///
    /// - Parameter iterated: Called after each iteration with the number done; may throw to stop.
    func solve(_ a: CenteredRows, _ b: [Double], iterated: (Int) throws -> Void) throws -> Result {
        var x = [Double](repeating: 0, count: a.columns)
        var u = b
        let size = length(b)
        var beta = size
        var alpha = 0.0
        var v = x
        if beta > 0 {
            scale(&u, by: 1 / beta)
            v = try a.transposedTimes(u)
            alpha = length(v)
        }
        if alpha > 0 { scale(&v, by: 1 / alpha) }
        guard alpha * beta > 0 else { return Result(x: x, iterations: 0, converged: true) }
        var w = v
        var (rhoBar, phiBar) = (alpha, beta)
        var (norm, residualLost, inverseSquare, xSquare, z) = (0.0, 0.0, 0.0, 0.0, 0.0)
        var (cosine2, sine2) = (-1.0, 0.0)

        for iteration in 1...max(1, maxIterations) {
            // The next pair of the bidiagonalisation.
            var next = try a.times(v)
            BLAS.add(u, times: -alpha, to: &next)
            u = next
            beta = length(u)
            if beta > 0 {
                scale(&u, by: 1 / beta)
                norm = (norm * norm + alpha * alpha + beta * beta + damp * damp).squareRoot()
                next = try a.transposedTimes(u)
                BLAS.add(v, times: -beta, to: &next)
                v = next
                alpha = length(v)
                if alpha > 0 { scale(&v, by: 1 / alpha) }
            }
            // One rotation takes the damping away, another the subdiagonal.
            var psi = 0.0
            var rhoDamped = rhoBar
            if damp > 0 {
                rhoDamped = (rhoBar * rhoBar + damp * damp).squareRoot()
                psi = damp / rhoDamped * phiBar
                phiBar *= rhoBar / rhoDamped
            }
            let (cosine, sine, rho) = rotation(rhoDamped, beta)
            let theta = sine * alpha
            rhoBar = -cosine * alpha
            let phi = cosine * phiBar
            phiBar *= sine
            let tau = sine * phi

            BLAS.add(w, times: phi / rho, to: &x)
            inverseSquare += BLAS.dot(w, w) / (rho * rho)
            for j in w.indices { w[j] = v[j] - theta / rho * w[j] }

            // Estimates of the norm of x, of the condition of A and of the residual.
            let gammaBar = -cosine2 * rho
            let right = phi - sine2 * rho * z
            let xNorm = (xSquare + (right / gammaBar) * (right / gammaBar)).squareRoot()
            let gamma = (gammaBar * gammaBar + theta * theta).squareRoot()
            (cosine2, sine2) = (gammaBar / gamma, theta / gamma)
            z = right / gamma
            xSquare += z * z
            let condition = norm * inverseSquare.squareRoot()
            residualLost += psi * psi
            let residual = (phiBar * phiBar + residualLost).squareRoot()
            let slope = alpha * tau.magnitude

            try iterated(iteration)
            let growth = norm * xNorm / size
            let orthogonality = slope / (norm * residual + Double.ulpOfOne)
            let inverseCondition = 1 / (condition + Double.ulpOfOne)
            let met =
                residual / size <= tolerance + tolerance * growth || orthogonality <= tolerance
                || 1 + orthogonality <= 1 || 1 + residual / size / (1 + growth) <= 1
            let hopeless = inverseCondition <= 1 / conditionLimit || 1 + inverseCondition <= 1
            if met || hopeless || iteration >= maxIterations || !residual.isFinite {
                return Result(x: x, iterations: iteration, converged: met)
            }
        }
        return Result(x: x, iterations: maxIterations, converged: false)
    }

    /// Cosine, sine and length of the rotation that turns (a, b) to (r, 0), without overflow.
    private func rotation(_ a: Double, _ b: Double) -> (cosine: Double, sine: Double, length: Double) {
        if b == 0 { return (a > 0 ? 1 : (a < 0 ? -1 : 0), 0, a.magnitude) }
        if a == 0 { return (0, b > 0 ? 1 : -1, b.magnitude) }
        if b.magnitude > a.magnitude {
            let tau = a / b
            let sine = (b > 0 ? 1 : -1) / (1 + tau * tau).squareRoot()
            return (sine * tau, sine, b / sine)
        }
        let tau = b / a
        let cosine = (a > 0 ? 1 : -1) / (1 + tau * tau).squareRoot()
        return (cosine, cosine * tau, a / cosine)
    }

    private func length(_ x: [Double]) -> Double { BLAS.dot(x, x).squareRoot() }

    private func scale(_ x: inout [Double], by factor: Double) {
        for k in x.indices { x[k] *= factor }
    }
}
