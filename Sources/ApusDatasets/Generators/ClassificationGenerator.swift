import ApusCore

/// Classes as clusters of points around the corners of a hypercube, with features that repeat them, combine them or tell
/// nothing (I. Guyon, "Design of experiments for the NIPS 2003 variable selection benchmark").
///
/// The same seed gives the same draws and labels as scikit-learn's `make_classification`; informative and redundant
/// features pass through a matrix product and agree to a relative 1e-12.
public struct ClassificationGenerator: DataGenerator {
    /// Number of rows; default 100.
    public var nSamples = 100
    /// Number of columns; default 20.
    public var nFeatures = 20
    /// Number of features in which the clusters lie; default 2.
    public var nInformative = 2
    /// Number of features that are random combinations of the informative ones; default 2.
    public var nRedundant = 2
    /// Number of features that repeat an informative or redundant one; default 0.
    public var nRepeated = 0
    /// Number of classes; default 2.
    public var nClasses = 2
    /// Number of clusters that make up a class; default 2.
    public var nClustersPerClass = 2
    /// The share of rows of each class; the last may be left out; nil for equal shares; default nil.
    public var weights: [Double]?
    /// The part of the rows that get a label by chance; default 0.01.
    public var flipY = 0.01
    /// Half the side of the hypercube; default 1.
    public var classSep = 1.0
    /// Whether clusters lie on the corners of a hypercube; else of a random box; default true.
    public var hypercube = true
    /// What is added to the features; nil to draw it; default 0.
    public var shift: OneOrEach? = 0
    /// What the features are then multiplied by; nil to draw it from 1 to 101; default 1.
    public var scale: OneOrEach? = 1
    /// Whether rows and columns are put in random order; default true.
    public var shuffle = true

    private var weightList: OneOrEach? {
        get { weights.map { .each($0) } }
        set {
            switch newValue {
            case .all(let value): weights = [value]
            case .each(let values): weights = values
            case nil: weights = nil
            }
        }
    }

    /// `classification`.
    public static let name = "classification"
    /// What it makes.
    public static let summary = "Classes as clusters around the corners of a hypercube, among useless features."
    /// The parameters that can be set by name.
    public static let parameters: [Parameter<Self>] = [
        Parameter("nSamples", \.nSamples, .atLeast(1), "Number of rows."),
        Parameter("nFeatures", \.nFeatures, .atLeast(1), "Number of columns."),
        Parameter("nInformative", \.nInformative, .atLeast(1), "Number of features in which the clusters lie."),
        Parameter("nRedundant", \.nRedundant, .atLeast(0), "Number of features that combine informative ones."),
        Parameter("nRepeated", \.nRepeated, .atLeast(0), "Number of features that repeat one of the former."),
        Parameter("nClasses", \.nClasses, .atLeast(1), "Number of classes."),
        Parameter("nClustersPerClass", \.nClustersPerClass, .atLeast(1), "Number of clusters that make up a class."),
        Parameter(
            "weights", \.weightList, .optional(.oneOrEach), "Share of rows of each class, with commas; last optional."),
        Parameter("flipY", \.flipY, .fraction, "Part of the rows that get a label by chance."),
        Parameter("classSep", \.classSep, .positive, "Half the side of the hypercube."),
        Parameter("hypercube", \.hypercube, .flag, "Whether clusters lie on the corners of a hypercube."),
        Parameter("shift", \.shift, .optional(.oneOrEach), "Added to all features, or to each; none to draw it."),
        Parameter("scale", \.scale, .optional(.oneOrEach), "Multiplies all features, or each; none to draw it."),
        Parameter("shuffle", \.shuffle, .flag, "Whether rows and columns are put in random order."),
    ]

    /// The recipe with scikit-learn's defaults.
    public init() {}

    /// The data of a seed.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` when a parameter is not legal, or two of them contradict.
    public func generate(seed: UInt32) throws -> ClassificationSample {
        try validate(rows: nSamples, columns: nFeatures)
        let sizes = try clusterSizes()
        let shifts = try shift?.values(for: nFeatures, called: "shift")
        let scales = try scale?.values(
            for: nFeatures, called: "scale", legal: { $0 > 0 }, explanation: "finite and above 0")

        var random = RandomState(seed: seed)
        let (clusters, clusterLabels) = try clusters(of: sizes, &random)
        let redundant = try BLAS.product(clusters, Self.mixing(nInformative, nRedundant, &random))
        let telling = nInformative + nRedundant
        let repeated = random.uniform(count: nRepeated).map { Int(Double(telling - 1) * $0 + 0.5) }
        let useless = nFeatures - telling - nRepeated
        let noise = Matrix(rows: nSamples, columns: useless, values: random.gaussian(count: nSamples * useless))
        let labels = flipped(clusterLabels, &random)
        let added = shifts ?? random.uniform(count: nFeatures).map { (2 * $0 - 1) * classSep }
        let factors = scales ?? random.uniform(count: nFeatures).map { 1 + 100 * $0 }
        let rows = shuffle ? random.permutation(nSamples) : Array(0..<nSamples)
        let columns = shuffle ? random.permutation(nFeatures) : Array(0..<nFeatures)

        // Each feature is a column of one of the three parts; a repeated one is that of the feature it repeats.
        let parts = [clusters, redundant, noise]
        let features = columns.map { column in
            let origin = column >= telling && column < telling + nRepeated ? repeated[column - telling] : column
            let (part, place) =
                if origin < nInformative { (0, origin) } else if origin < telling { (1, origin - nInformative) } else {
                    (2, origin - telling - nRepeated)
                }
            return Feature(part: part, column: place, shift: added[column], scale: factors[column])
        }
        let x = assemble(parts, features, rows)
        return ClassificationSample(x: x, y: try Labels(generated: rows.map { labels[$0] }, outOf: nClasses))
    }

    /// How many rows each cluster has; cluster k belongs to class k mod `nClasses`.
    private func clusterSizes() throws -> [Int] {
        let (clusters, tooMany) = nClasses.multipliedReportingOverflow(by: nClustersPerClass)
        guard nInformative <= nFeatures, nRedundant <= nFeatures, nRepeated <= nFeatures,
            nInformative + nRedundant + nRepeated <= nFeatures
        else {
            throw ApusError(
                .invalidParameter,
                "nInformative \(nInformative), nRedundant \(nRedundant) and nRepeated \(nRepeated) add up to more than "
                    + "nFeatures \(nFeatures); raise nFeatures or lower one of them.")
        }
        guard !tooMany, nInformative >= 62 || clusters <= 1 << nInformative else {
            throw ApusError(
                .invalidParameter,
                "nClasses \(nClasses) times nClustersPerClass \(nClustersPerClass) is more than the corners of a cube "
                    + "in \(nInformative) dimensions, 2^nInformative; raise nInformative or make fewer clusters.")
        }
        try validate(rows: clusters, columns: nInformative)
        var shares = weights ?? [Double](repeating: 1 / Double(nClasses), count: nClasses)
        guard shares.count == nClasses || shares.count == nClasses - 1, shares.allSatisfy({ $0.isFinite && $0 >= 0 })
        else {
            throw ApusError(
                .invalidParameter,
                "weights must hold one share of at least 0 for each of the \(nClasses) classes, of which the last may "
                    + "be left out; they are \(shares.map { "\($0)" }.joined(separator: ", ")).")
        }
        if shares.count < nClasses { shares.append(1 - shares.reduce(0, +)) }
        // Shares that add up to more than 1 fill the rows from the first cluster on.
        var sizes = (0..<clusters).map { k in
            let size = Double(nSamples) * shares[k % nClasses] / Double(nClustersPerClass)
            return Int(min(size, Double(nSamples)))
        }
        guard sizes.allSatisfy({ $0 >= 0 }) else {
            throw ApusError(
                .invalidParameter, "weights add up to more than 1, which leaves nothing for the last class.")
        }
        var left = nSamples
        for k in sizes.indices {
            sizes[k] = min(sizes[k], left)
            left -= sizes[k]
        }
        for i in 0..<left { sizes[i % clusters] += 1 }
        return sizes
    }

    /// The informative features and the class of each row, cluster by cluster.
    private func clusters(of sizes: [Int], _ random: inout RandomState) throws -> (Matrix, [Int]) {
        let centers = corners(sizes.count, &random)
        let width = nInformative
        let drawn = random.gaussian(count: nSamples * width)
        var values: [Double] = []
        values.reserveCapacity(drawn.count)
        var labels: [Int] = []
        labels.reserveCapacity(nSamples)
        for (k, size) in sizes.enumerated() {
            let start = values.count
            let points = Matrix(rows: size, columns: width, values: Array(drawn[start..<start + size * width]))
            let covaried = try BLAS.product(points, Self.mixing(width, width, &random))
            let center = centers.row(k)
            for i in 0..<size {
                for j in 0..<width { values.append(covaried[i, j] + center[j]) }
            }
            labels.append(contentsOf: repeatElement(k % nClasses, count: size))
        }
        return (Matrix(rows: nSamples, columns: width, values: values), labels)
    }

    /// Different corners of the hypercube, one for each cluster.
    private func corners(_ count: Int, _ random: inout RandomState) -> Matrix {
        // More than 30 dimensions are more than the reference numbers its corners by; the first of them are tossed.
        let numbered = min(nInformative, 30)
        let tossed = random.integers(in: 0..<2, count: count * (nInformative - numbered))
        let numbers = random.sampleWithoutReplacement(1 << numbered, count: count)
        var centers = Matrix(rows: count, columns: nInformative)
        for (k, number) in numbers.enumerated() {
            for j in 0..<nInformative {
                let place = j - (nInformative - numbered)
                let bit =
                    place < 0
                    ? tossed[k * (nInformative - numbered) + j] : (number >> (numbered - 1 - place)) & 1
                centers[k, j] = Double(bit) * (2 * classSep) - classSep
            }
        }
        if hypercube { return centers }
        let stretches = random.uniform(count: count)
        let sides = random.uniform(count: nInformative)
        for k in 0..<count {
            for j in 0..<nInformative { centers[k, j] = centers[k, j] * stretches[k] * sides[j] }
        }
        return centers
    }

    /// A matrix of numbers from -1 to 1.
    private static func mixing(_ rows: Int, _ columns: Int, _ random: inout RandomState) -> Matrix {
        Matrix(rows: rows, columns: columns, values: random.uniform(count: rows * columns).map { 2 * $0 - 1 })
    }

    /// The labels, some of them replaced by chance.
    private func flipped(_ labels: [Int], _ random: inout RandomState) -> [Int] {
        var labels = labels
        let chosen = random.uniform(count: labels.count).indices(where: { $0 < flipY })
        for range in chosen.ranges {
            for row in range { labels[row] = random.integer(in: 0..<nClasses) }
        }
        return labels
    }

    /// Where a column of the result comes from, and what happens to it.
    private struct Feature {
        let part: Int
        let column: Int
        let shift: Double
        let scale: Double
    }

    /// The features of the given rows, column by column within blocks of rows.
    private func assemble(_ parts: [Matrix], _ features: [Feature], _ rows: [Int]) -> Matrix {
        let width = features.count
        let values = [Double](filledInParallelRows: rows.count, width: width, blockSize: 1024) { block, out in
            for (j, feature) in features.enumerated() {
                let source = parts[feature.part].values
                let stride = parts[feature.part].columns
                for i in block {
                    out[i * width + j] = (source[rows[i] * stride + feature.column] + feature.shift) * feature.scale
                }
            }
        }
        return Matrix(rows: rows.count, columns: width, values: values)
    }
}
