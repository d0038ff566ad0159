import ApusCore
import Foundation

/// Normal features and targets that are a linear function of some of them, plus noise: y = X w + b + ε.
///
/// The same seed gives the same draws as scikit-learn's `make_regression`; what passes through a matrix product agrees
/// to a relative 1e-12.
public struct RegressionGenerator: DataGenerator {
    /// Number of rows; default 100.
    public var nSamples = 100
    /// Number of columns; default 100.
    public var nFeatures = 100
    /// Number of features that the targets depend on, at most all; default 10.
    public var nInformative = 10
    /// Number of targets; default 1.
    public var nTargets = 1
    /// What is added to every target; default 0.
    public var bias = 0.0
    /// About how many singular vectors make up the features; nil for independent features; default nil.
    public var effectiveRank: Int?
    /// The share of the long tail in the singular values, 0 to 1, where there is an effective rank; default 0.5.
    public var tailStrength = 0.5
    /// The standard deviation of the noise; default 0.
    public var noise = 0.0
    /// Whether rows and columns are put in random order; default true.
    public var shuffle = true

    /// `regression`.
    public static let name = "regression"
    /// What it makes.
    public static let summary = "Numbers that depend linearly on some of the features, with noise."
    /// The parameters that can be set by name.
    public static let parameters: [Parameter<Self>] = [
        Parameter("nSamples", \.nSamples, .atLeast(1), "Number of rows."),
        Parameter("nFeatures", \.nFeatures, .atLeast(1), "Number of columns."),
        Parameter("nInformative", \.nInformative, .atLeast(0), "Number of features that the targets depend on."),
        Parameter("nTargets", \.nTargets, .atLeast(1), "Number of targets."),
        Parameter("bias", \.bias, .anyNumber, "What is added to every target."),
        Parameter("effectiveRank", \.effectiveRank, .optional(.atLeast(1)), "Rank of the features; none for full."),
        Parameter("tailStrength", \.tailStrength, .fraction, "Share of the tail in the singular values."),
        Parameter("noise", \.noise, .notNegative, "Standard deviation of the noise."),
        Parameter("shuffle", \.shuffle, .flag, "Whether rows and columns are put in random order."),
    ]

    /// The recipe with scikit-learn's defaults.
    public init() {}

    /// The data of a seed.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` when a parameter is not legal.
    public func generate(seed: UInt32) throws -> RegressionSample {
        try validate(rows: nSamples, columns: nFeatures)
        try validate(rows: max(nSamples, nFeatures), columns: nTargets)
        var random = RandomState(seed: seed)
        let x = try features(&random)
        let informative = min(nFeatures, nInformative)
        let weights = random.uniform(count: informative * nTargets).map { 100 * $0 }
        let rest = [Double](repeating: 0, count: (nFeatures - informative) * nTargets)
        let coefficients = Matrix(rows: nFeatures, columns: nTargets, values: weights + rest)
        var targets = try BLAS.product(x, coefficients).values
        let noises = noise > 0 ? random.gaussian(count: targets.count) : []
        for i in targets.indices {
            targets[i] += bias
            if noise > 0 { targets[i] += noise * noises[i] }
        }
        let y = Matrix(rows: nSamples, columns: nTargets, values: targets)
        guard shuffle else { return RegressionSample(x: x, targets: y, coefficients: coefficients) }
        let rows = random.permutation(nSamples)
        let columns = random.permutation(nFeatures)
        return RegressionSample(
            x: x.selecting(rows: rows, columns: columns), targets: y.selecting(rows: rows),
            coefficients: coefficients.selecting(rows: columns))
    }

    private func features(_ random: inout RandomState) throws -> Matrix {
        guard let effectiveRank else {
            let values = random.gaussian(count: nSamples * nFeatures)
            return Matrix(rows: nSamples, columns: nFeatures, values: values)
        }
        // U diag(s) Vᵀ with a bell of about the effective rank and a slow tail for singular values.
        let rank = min(nSamples, nFeatures)
        func directions(_ rows: Int) throws -> Matrix {
            try LAPACK.orthonormalFactor(Matrix(rows: rows, columns: rank, values: random.gaussian(count: rows * rank)))
        }
        var left = try directions(nSamples)
        let right = try directions(nFeatures)
        let singular = (0..<rank).map { i in
            let place = Double(i) / Double(effectiveRank)
            let tail = exp(-0.1 * Double(i) / Double(effectiveRank))
            return (1 - tailStrength) * exp(-(place * place)) + tailStrength * tail
        }
        left.withMutableValues { values in
            for i in values.indices { values[i] *= singular[i % rank] }
        }
        return try BLAS.product(left, transposed: right)
    }
}

/// Normal features and targets that are a linear function of some of them, plus noise: y = X w + b + ε.
///
///     let sample = try makeRegression(nSamples: 500, nFeatures: 8, noise: 10, seed: 42)
///     sample.x               // 500 × 8
///     sample.y               // 500 numbers
///     sample.coefficients    // 8 × 1
///
/// As scikit-learn's `make_regression` with `random_state=seed`: what is drawn has the same bits, what passes through a
/// matrix product agrees to a relative 1e-12.
///
/// - Parameters:
///   - nSamples: Number of rows, at least 1; default 100.
///   - nFeatures: Number of columns, at least 1; default 100.
///   - nInformative: Number of features that the targets depend on; more than there are means all; default 10.
///   - nTargets: Number of targets, at least 1; default 1.
///   - bias: What is added to every target; default 0.
///   - effectiveRank: About how many singular vectors make up the features; nil for independent ones; default nil.
///   - tailStrength: The share of the long tail in the singular values, 0 to 1; default 0.5.
///   - noise: The standard deviation of the noise, not negative; default 0.
///   - shuffle: Whether rows and columns are put in random order; default true.
///   - seed: The seed of every draw; default 0.
/// - Returns: The features, the targets and the true coefficients.
/// - Throws: `ApusError` with code `invalidParameter` when a parameter is not legal.
/// - Complexity: O(nSamples · nFeatures · nTargets).
public func makeRegression(
    nSamples: Int = 100, nFeatures: Int = 100, nInformative: Int = 10, nTargets: Int = 1, bias: Double = 0,
    effectiveRank: Int? = nil, tailStrength: Double = 0.5, noise: Double = 0, shuffle: Bool = true, seed: UInt32 = 0
) throws -> RegressionSample {
    var generator = RegressionGenerator()
    generator.nSamples = nSamples
    generator.nFeatures = nFeatures
    generator.nInformative = nInformative
    generator.nTargets = nTargets
    generator.bias = bias
    generator.effectiveRank = effectiveRank
    generator.tailStrength = tailStrength
    generator.noise = noise
    generator.shuffle = shuffle
    return try generator.generate(seed: seed)
}
