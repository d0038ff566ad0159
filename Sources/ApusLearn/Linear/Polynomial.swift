import ApusCore

/// A polynomial in one variable.
///
///     let fit = try Polynomial.fit([0, 1, 2, 3], [1, 0.5, 1, 2.5], degree: 2)
///     fit.polynomial(1.5)            // its value
///     fit.polynomial.coefficients    // highest power first: [0.5, -1, 1]
///     fit.isWellDetermined           // whether the points determine all of them
public struct Polynomial: Sendable, Hashable, Codable {
    /// The coefficients, highest power first, as NumPy's `polyfit` and `polyval` have them; at least one.
    public let coefficients: [Double]

    /// The polynomial with the given coefficients, highest power first; none for the polynomial 0.
    public init(_ coefficients: [Double]) {
        self.coefficients = coefficients.isEmpty ? [0] : coefficients
    }

    /// The number of coefficients less one: the highest power there is, even if its coefficient is 0.
    public var degree: Int { coefficients.count - 1 }

    /// The value at `x`, by Horner's rule.
    public func callAsFunction(_ x: Double) -> Double {
        coefficients.reduce(0) { $0 * x + $1 }
    }

    /// The value at each of `x`.
    public func callAsFunction(_ x: [Double]) -> [Double] { x.map { self($0) } }

    /// The polynomial of the slopes.
    public var derivative: Polynomial {
        Polynomial(coefficients.dropLast().enumerated().map { $1 * Double(degree - $0) })
    }
}

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
        return Fit(
            polynomial: Polynomial(coefficients), rank: found.rank, singularValues: found.singularValues,
            rcond: cutoff, residual: residual)
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
