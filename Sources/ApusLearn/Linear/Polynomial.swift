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
