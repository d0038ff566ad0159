import ApusCore
import Foundation

/// A large circle around a small one: data that no straight line separates.
///
/// The same seed gives the same draws as scikit-learn's `make_circles`; the last bit depends on the system's sine.
public struct CirclesGenerator: DataGenerator {
    /// Number of points on the outer circle, class 0; default 50.
    public var outer = 50
    /// Number of points on the inner circle, class 1; default 50.
    public var inner = 50
    /// Whether rows are put in random order; default true.
    public var shuffle = true
    /// The standard deviation of the noise; nil for none; default nil.
    public var noise: Double?
    /// The radius of the inner circle, from 0 to below 1, where the outer one has 1; default 0.8.
    public var factor = 0.8

    /// Number of points on both; an odd one more goes to the inner circle.
    public var nSamples: Int {
        get { outer.addingReportingOverflow(inner).overflow ? Int.max : outer + inner }
        set { (outer, inner) = (newValue / 2, newValue - newValue / 2) }
    }

    /// `circles`.
    public static let name = "circles"
    /// What it makes.
    public static let summary = "A circle around another, for classes that no line separates."
    /// The parameters that can be set by name.
    public static let parameters: [Parameter<Self>] = [
        Parameter("nSamples", \.nSamples, .atLeast(1), "Number of points on both circles."),
        Parameter("noise", \.noise, .optional(.notNegative), "Standard deviation of the noise."),
        Parameter(
            "factor", \.factor, .number(from: 0, to: 1, openLower: false, openUpper: true),
            "Radius of the inner circle, where the outer one has 1."),
        Parameter("shuffle", \.shuffle, .flag, "Whether rows are put in random order."),
    ]

    /// The recipe with scikit-learn's defaults.
    public init() {}

    /// The data of a seed.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` when a parameter is not legal.
    public func generate(seed: UInt32) throws -> ClassificationSample {
        try validate(rows: nSamples, columns: 2)
        try TwoCurves.check(outer: outer, inner: inner)
        let curves = TwoCurves(
            outer: Self.angles(outer).map { (cos($0), sin($0)) },
            inner: Self.angles(inner).map { (cos($0) * factor, sin($0) * factor) })
        return try curves.sample(shuffle: shuffle, noise: noise, seed: seed)
    }

    /// Evenly spread angles from 0 to below 2π.
    private static func angles(_ count: Int) -> [Double] {
        let step = 2 * Double.pi / Double(count)
        return (0..<count).map { Double($0) * step }
    }
}

/// A large circle around a small one: data that no straight line separates.
///
///     let sample = try makeCircles(nSamples: 200, noise: 0.05, factor: 0.5, seed: 42)
///
/// As scikit-learn's `make_circles` with `random_state=seed`; the last bit depends on the system's sine.
///
/// - Parameters:
///   - nSamples: Number of points, at least 1; half on the outer circle, the others on the inner; default 100.
///   - shuffle: Whether rows are put in random order; default true.
///   - noise: The standard deviation of the noise, not negative; nil for none; default nil.
///   - factor: The radius of the inner circle, from 0 to below 1; default 0.8.
///   - seed: The seed of every draw; default 0.
/// - Returns: The points, and 0 for those of the outer circle, 1 for the inner.
/// - Throws: `ApusError` with code `invalidParameter` when a parameter is not legal.
/// - Complexity: O(nSamples).
public func makeCircles(
    nSamples: Int = 100, shuffle: Bool = true, noise: Double? = nil, factor: Double = 0.8, seed: UInt32 = 0
) throws -> ClassificationSample {
    var generator = CirclesGenerator()
    generator.nSamples = nSamples
    generator.shuffle = shuffle
    generator.noise = noise
    generator.factor = factor
    return try generator.generate(seed: seed)
}

/// A large circle around a small one with a number of points for each.
///
/// - Parameters:
///   - nSamples: Number of points on the outer and on the inner circle, not negative and not both 0.
///   - shuffle: Whether rows are put in random order; default true.
///   - noise: The standard deviation of the noise, not negative; nil for none; default nil.
///   - factor: The radius of the inner circle, from 0 to below 1; default 0.8.
///   - seed: The seed of every draw; default 0.
/// - Throws: `ApusError` with code `invalidParameter` when a parameter is not legal.
public func makeCircles(
    nSamples: (outer: Int, inner: Int), shuffle: Bool = true, noise: Double? = nil, factor: Double = 0.8,
    seed: UInt32 = 0
) throws -> ClassificationSample {
    var generator = CirclesGenerator()
    (generator.outer, generator.inner) = nSamples
    generator.shuffle = shuffle
    generator.noise = noise
    generator.factor = factor
    return try generator.generate(seed: seed)
}
