import ApusCore

/// Solves `A x = b` for a symmetric positive definite A that is known by its products only.
///
/// M. R. Hestenes and E. Stiefel, *Methods of conjugate gradients for solving linear systems*, J. Res. NBS 49 (1952).
struct ConjugateGradients {
    /// Stop when the residual is smaller than this part of b.
    var tolerance: Double
    /// The most iterations.
    var maxIterations: Int

    struct Result {
        var x: [Double]
        var iterations: Int
        var converged: Bool
    }

    /// Solves for x.
    ///
    /// - Parameters:
    ///   - iterated: Called after each iteration with the number done; may throw to stop.
    ///   - product: The product of A with a vector.
    func solve(
        _ b: [Double], iterated: (Int) throws -> Void, _ product: ([Double]) throws -> [Double]
    ) throws -> Result {
        var x = [Double](repeating: 0, count: b.count)
        var residual = b
        var square = BLAS.dot(b, b)
        let target = tolerance * square.squareRoot()
        if square == 0 { return Result(x: x, iterations: 0, converged: true) }
        var direction = b
        for iteration in 0..<max(0, maxIterations) {
            if square.squareRoot() < target || square == 0 {
                return Result(x: x, iterations: iteration, converged: true)
            }
            let image = try product(direction)
            let curvature = BLAS.dot(direction, image)
            guard curvature > 0, curvature.isFinite else {
                return Result(x: x, iterations: iteration, converged: false)
            }
            let step = square / curvature
            BLAS.add(direction, times: step, to: &x)
            BLAS.add(image, times: -step, to: &residual)
            let next = BLAS.dot(residual, residual)
            let factor = next / square
            for k in direction.indices { direction[k] = residual[k] + factor * direction[k] }
            square = next
            try iterated(iteration + 1)
        }
        return Result(x: x, iterations: maxIterations, converged: square.squareRoot() < target)
    }
}
