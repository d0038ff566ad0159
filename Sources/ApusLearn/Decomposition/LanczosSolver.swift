import ApusCore

/// The largest singular values of a matrix and their vectors to full precision, by Lanczos iteration on its Gram matrix
/// with thick restarts and full orthogonalisation.
///
/// Source: K. Wu and H. Simon, "Thick-restart Lanczos method for large symmetric eigenvalue problems", SIAM Journal on
/// Matrix Analysis 22 (2000).
struct LanczosSolver: Sendable {
    let count: Int
    /// Relative accuracy of the singular values; 0 means to working precision.
    let tol: Double
    let seed: UInt32

    /// The leading singular values and right vectors; fewer than the smaller side of the matrix must be asked for.
    func solve(_ map: some LinearMap) throws -> TruncatedDecomposition {
        if map.rows < map.columns {
            let turned = TransposedMap(map: map)
            let vectors = try eigenvectors(of: turned)
            let small = try LAPACK.singularValues(turned.product(vectors.transposed))
            return TruncatedDecomposition(values: small.values, components: small.left.transposed.withPositivePeaks)
        }
        let vectors = try eigenvectors(of: map)
        let small = try LAPACK.singularValues(map.product(vectors.transposed))
        return TruncatedDecomposition(
            values: small.values, components: try BLAS.product(small.right, vectors).withPositivePeaks)
    }

    /// The eigenvectors of AᵀA with the largest eigenvalues, as rows.
    private func eigenvectors(of map: some LinearMap) throws -> Matrix {
        let size = map.columns
        let width = min(size, max(2 * count + 1, 20))
        try checkOutputSize(rows: size, columns: width + 1, remedy: "lower nComponents or take the randomized solver")
        var random = RandomState(seed: seed)
        var basis = [Double](repeating: 0, count: width * size)
        var projected = Matrix(rows: width, columns: width)
        var vector = random.uniform(count: size).map { 2 * $0 - 1 }
        _ = normalize(&vector)
        basis.replaceSubrange(0..<size, with: vector)
        var kept = 0
        // Squared, since the eigenvalues are the squares of the singular values.
        let tolerance = max(tol * tol, Double.ulpOfOne)
        for _ in 0..<max(100, 10 * min(size, 1 << 20)) {
            var residual = 0.0
            for j in kept..<width {
                try checkCancellation()
                let last = Matrix(column: Array(basis[j * size..<(j + 1) * size]))
                vector = try map.transposedProduct(map.product(last)).values
                guard FiniteKernel.allFinite(vector) else {
                    throw ApusError(.numericalFailure, "Sums of squares overflow; scale the columns down.")
                }
                let before = norm(vector)
                let along = BLAS.orthogonalize(&vector, against: basis, count: j + 1)
                projected[j, j] = along[j]
                residual = normalize(&vector)
                if residual <= before * Double.ulpOfOne {
                    // The basis spans all that the matrix does to it; go on in a direction it has not seen.
                    residual = 0
                    guard j + 1 < width else { break }
                    vector = random.gaussian(count: size)
                    _ = BLAS.orthogonalize(&vector, against: basis, count: j + 1)
                    _ = normalize(&vector)
                }
                if j + 1 < width {
                    (projected[j, j + 1], projected[j + 1, j]) = (residual, residual)
                    basis.replaceSubrange((j + 1) * size..<(j + 2) * size, with: vector)
                }
            }
            if width == size { residual = 0 }

            let eigen = try LAPACK.symmetricEigen(projected)
            let order = Array((0..<width).reversed())
            let largest = eigen.values[width - 1].magnitude
            let settled = order.prefix(count).count { i in
                let error = (residual * eigen.vectors[i, width - 1]).magnitude
                return error <= tolerance * max(eigen.values[i].magnitude, largest * Double.ulpOfOne)
            }
            let turned = Matrix(rows: width, columns: size, values: basis)
            if settled == count {
                return try BLAS.product(eigen.vectors.selecting(rows: Array(order.prefix(count))), turned)
            }
            // Some more than are asked for are kept: that speeds up the last ones.
            kept = min(width - 1, count + max(1, min(settled, (width - count) / 2)))
            let keeping = Array(order.prefix(kept))
            let ritz = try BLAS.product(eigen.vectors.selecting(rows: keeping), turned)
            basis.replaceSubrange(0..<kept * size, with: ritz.values)
            basis.replaceSubrange(kept * size..<(kept + 1) * size, with: vector)
            projected = Matrix(rows: width, columns: width)
            for (place, i) in keeping.enumerated() {
                projected[place, place] = eigen.values[i]
                let coupling = residual * eigen.vectors[i, width - 1]
                (projected[place, kept], projected[kept, place]) = (coupling, coupling)
            }
        }
        throw ApusError(
            .numericalFailure,
            "The Lanczos iteration did not settle; raise tol or take the randomized solver.")
    }

    private func norm(_ vector: [Double]) -> Double { BLAS.dot(vector, vector).squareRoot() }

    /// Divides a vector by its length, which is returned.
    private func normalize(_ vector: inout [Double]) -> Double {
        let length = norm(vector)
        if length > 0 {
            for k in vector.indices { vector[k] /= length }
        }
        return length
    }
}
