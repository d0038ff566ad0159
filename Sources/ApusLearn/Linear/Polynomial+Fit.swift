import ApusCore

extension Polynomial {
    /// A polynomial fitted to points, and how well the points determine it.
    public struct Fit: Sendable, Hashable {
        /// The polynomial.
        public let polynomial: Polynomial
        /// How many combinations of coefficients the points determine; below the number of coefficients, the polynomial
        /// is only one of many that fit as well, and scaling `x` to about -1 to 1 or a lower degree is the remedy.
        public let rank: Int
        /// The singular values of the powers of x, each power scaled to length 1, descending.
        public let singularValues: [Double]
        /// The part of the largest singular value below which one counted as zero.
        public let rcond: Double
        /// The sum of the squared, weighted residuals.
        public let residual: Double
        /// The covariance of the coefficients, k × k for k of them, with the variance of the values estimated from the
        /// residuals; nil where the points do not determine the coefficients or are not more than they.
        public let covariance: Matrix?
        /// The covariance of the coefficients for values of variance 1 / wᵢ²; nil where the points do not determine them.
        public let unscaledCovariance: Matrix?

        /// Whether the points determine every coefficient.
        public var isWellDetermined: Bool { rank == polynomial.coefficients.count }

        /// The largest singular value divided by the smallest: by how much relative errors of the data may grow in the
        /// coefficients; infinite when the smallest is 0.
        public var conditionNumber: Double {
            guard let largest = singularValues.first, let smallest = singularValues.last, smallest > 0 else {
                return .infinity
            }
            return largest / smallest
        }
    }

    /// The polynomial p of a given degree that minimises `Σ (wᵢ (yᵢ - p(xᵢ)))²`, by singular values of the powers of x,
    /// each scaled to length 1; of equally good ones the one with the smallest scaled coefficients. NumPy's `polyfit`.
    ///
    /// - Parameters:
    ///   - x: n places, finite.
    ///   - y: n values, finite.
    ///   - degree: The highest power, at least 0.
    ///   - weights: What each residual is multiplied by before it is squared (1 / σ for a value with standard deviation
    ///     σ), n finite numbers; nil for ones.
    ///   - rcond: Singular values below this part of the largest count as zero; nil for n times 2⁻⁵².
    /// - Throws: `ApusError` for illegal parameters or data, or `numericalFailure` when powers overflow.
    /// - Complexity: O(n degree²).
    public static func fit(
        _ x: [Double], _ y: [Double], degree: Int, weights: [Double]? = nil, rcond: Double? = nil
    ) throws -> Fit {
        guard degree >= 0, degree <= 10_000 else {
            throw ApusError(.invalidParameter, "degree is \(degree), but it must be from 0 to 10000.")
        }
        if let rcond, !rcond.isFinite || rcond < 0 {
            throw ApusError(.invalidParameter, "rcond is \(rcond), but it must be a finite number of at least 0.")
        }
        try Matrix(column: x).checkUsable()
        try checkTargets(y, rows: x.count)
        if let weights {
            guard weights.count == x.count, weights.allSatisfy(\.isFinite), weights.contains(where: { $0 != 0 }) else {
                throw ApusError(
                    .invalidInput,
                    "There are \(weights.count) weights for \(x.count) points; give a finite one for each, "
                        + "not all of them 0.")
            }
        }
        let cutoff = rcond ?? Double(x.count) * Double.ulpOfOne
        let width = degree + 1
        let bytes = Double(x.count) * Double(width) * 32
        guard bytes <= 16e9 else {
            throw ApusError(
                .invalidParameter,
                "\(Int(bytes / 1e9)) GB would be needed for \(width) powers of \(x.count) points; lower the degree.")
        }
        let (powers, scales) = scaledPowers(x, width, weights)
        let targets = y.indices.map { y[$0] * (weights?[$0] ?? 1) }
        guard FiniteKernel.allFinite(powers.values), FiniteKernel.allFinite(targets) else { throw overflow }
        let found = try LAPACK.leastSquares(powers, Matrix(column: targets), tolerance: cutoff)
        let coefficients = zip(found.solution.values, scales).map { $1 > 0 ? $0 / $1 : 0 }
        guard FiniteKernel.allFinite(coefficients) else { throw overflow }
        let fitted = try BLAS.product(powers, found.solution.values)
        let residual = pairwiseSum(targets.indices) { i in
            let difference = targets[i] - fitted[i]
            return difference * difference
        }
        let unscaled = found.rank == width ? inverseProducts(powers, scales) : nil
        let freedom = x.count - width
        return Fit(
            polynomial: Polynomial(coefficients), rank: found.rank, singularValues: found.singularValues,
            rcond: cutoff, residual: residual,
            covariance: freedom > 0 ? unscaled.map { scaled($0, by: residual / Double(freedom)) } : nil,
            unscaledCovariance: unscaled)
    }

    /// The inverse of the products of the columns before they were scaled.
    private static func inverseProducts(_ powers: Matrix, _ scales: [Double]) -> Matrix? {
        guard let factor = LAPACK.Cholesky(BLAS.gram(powers)) else { return nil }
        let size = scales.count
        let values = (0..<size).flatMap { i in
            var unit = [Double](repeating: 0, count: size)
            unit[i] = 1
            return zip(factor.solve(unit), scales).map { $0 / ($1 * scales[i]) }
        }
        return Matrix(rows: size, columns: size, values: values)
    }

    private static func scaled(_ matrix: Matrix, by factor: Double) -> Matrix {
        Matrix(rows: matrix.rows, columns: matrix.columns, values: matrix.values.map { $0 * factor })
    }

    /// The powers of x, highest first, times the weights, each column scaled to length 1, and the lengths.
    private static func scaledPowers(_ x: [Double], _ width: Int, _ weights: [Double]?) -> (Matrix, [Double]) {
        var powers = Matrix(rows: x.count, columns: width) { values in
            for i in x.indices {
                var power = 1.0
                for k in stride(from: width - 1, through: 0, by: -1) {
                    values[i * width + k] = power * (weights?[i] ?? 1)
                    power *= x[i]
                }
            }
        }
        let scales = ColumnKernel.sums(powers, squared: true).map { $0.squareRoot() }
        powers.withMutableValues { values in
            for k in values.indices where scales[k % width] > 0 { values[k] /= scales[k % width] }
        }
        return (powers, scales)
    }

    private static let overflow = ApusError(
        .numericalFailure, "Powers of x overflow; scale x to about -1 to 1, or choose a lower degree.")
}
