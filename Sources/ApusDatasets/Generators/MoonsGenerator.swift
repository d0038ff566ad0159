import ApusCore
import Foundation

/// Two interleaving half circles: data that no straight line separates.
///
/// The same seed gives the same draws as scikit-learn's `make_moons`; the last bit depends on the system's sine.
public struct MoonsGenerator: DataGenerator {
    /// Number of points on the outer half circle, class 0; default 50.
    public var outer = 50
    /// Number of points on the inner half circle, class 1; default 50.
    public var inner = 50
    /// Whether rows are put in random order; default true.
    public var shuffle = true
    /// The standard deviation of the noise; nil for none; default nil.
    public var noise: Double?

    /// Number of points on both; an odd one more goes to the inner half circle.
    public var nSamples: Int {
        get { outer.addingReportingOverflow(inner).overflow ? Int.max : outer + inner }
        set { (outer, inner) = (newValue / 2, newValue - newValue / 2) }
    }

    /// `moons`.
    public static let name = "moons"
    /// What it makes.
    public static let summary = "Two interleaving half circles, for classes that no line separates."
    /// The parameters that can be set by name.
    public static let parameters: [Parameter<Self>] = [
        Parameter("nSamples", \.nSamples, .atLeast(1), "Number of points on both half circles."),
        Parameter("noise", \.noise, .optional(.notNegative), "Standard deviation of the noise."),
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
            inner: Self.angles(inner).map { (1 - cos($0), 1 - sin($0) - 0.5) })
        return try curves.sample(shuffle: shuffle, noise: noise, seed: seed)
    }

    /// Evenly spread angles from 0 to π, both included.
    private static func angles(_ count: Int) -> [Double] {
        guard count > 1 else { return [Double](repeating: 0, count: count) }
        let step = Double.pi / Double(count - 1)
        return (0..<count - 1).map { Double($0) * step } + [Double.pi]
    }
}

/// Two interleaving half circles: data that no straight line separates.
///
///     let sample = try makeMoons(nSamples: 200, noise: 0.2, seed: 42)
///
/// As scikit-learn's `make_moons` with `random_state=seed`; the last bit depends on the system's sine.
///
/// - Parameters:
///   - nSamples: Number of points, at least 1; half on the outer half circle, the others on the inner; default 100.
///   - shuffle: Whether rows are put in random order; default true.
///   - noise: The standard deviation of the noise, not negative; nil for none; default nil.
///   - seed: The seed of every draw; default 0.
/// - Returns: The points, and 0 for those of the outer half circle, 1 for the inner.
/// - Throws: `ApusError` with code `invalidParameter` when a parameter is not legal.
/// - Complexity: O(nSamples).
public func makeMoons(
    nSamples: Int = 100, shuffle: Bool = true, noise: Double? = nil, seed: UInt32 = 0
) throws -> ClassificationSample {
    var generator = MoonsGenerator()
    generator.nSamples = nSamples
    generator.shuffle = shuffle
    generator.noise = noise
    return try generator.generate(seed: seed)
}

/// Two interleaving half circles with a number of points for each.
///
/// - Parameters:
///   - nSamples: Number of points on the outer and on the inner half circle, not negative and not both 0.
///   - shuffle: Whether rows are put in random order; default true.
///   - noise: The standard deviation of the noise, not negative; nil for none; default nil.
///   - seed: The seed of every draw; default 0.
/// - Throws: `ApusError` with code `invalidParameter` when a parameter is not legal.
public func makeMoons(
    nSamples: (outer: Int, inner: Int), shuffle: Bool = true, noise: Double? = nil, seed: UInt32 = 0
) throws -> ClassificationSample {
    var generator = MoonsGenerator()
    (generator.outer, generator.inner) = nSamples
    generator.shuffle = shuffle
    generator.noise = noise
    return try generator.generate(seed: seed)
}
