import ApusCore

/// Clouds of points, normal around centres: data for clustering.
///
/// The same seed gives the same bits as scikit-learn's `make_blobs`.
public struct BlobsGenerator: DataGenerator {
    /// Number of points, shared out evenly among the centres; default 100.
    public var nSamples = 100
    /// Number of points around each centre, in place of `nSamples`; default nil.
    public var samplesPerCenter: [Int]?
    /// Number of columns, where the centres are drawn; default 2.
    public var nFeatures = 2
    /// Number of centres to draw; default 3.
    public var centers = 3
    /// The centres, one a row, in place of drawn ones; default nil.
    public var centerPositions: Matrix?
    /// The standard deviation around all centres, or around each; default 1.
    public var clusterStd: OneOrEach = 1
    /// Where the coordinates of drawn centres begin; default -10.
    public var centerLow = -10.0
    /// Where the coordinates of drawn centres end; default 10.
    public var centerHigh = 10.0
    /// Whether rows are put in random order; default true.
    public var shuffle = true

    /// `blobs`.
    public static let name = "blobs"
    /// What it makes.
    public static let summary = "Clouds of points around centres, for clustering."
    /// The parameters that can be set by name.
    public static let parameters: [Parameter<Self>] = [
        Parameter("nSamples", \.nSamples, .atLeast(1), "Number of points, shared out evenly among the centres."),
        Parameter("nFeatures", \.nFeatures, .atLeast(1), "Number of columns."),
        Parameter("centers", \.centers, .atLeast(1), "Number of centres."),
        Parameter("clusterStd", \.clusterStd, .oneOrEach, "Standard deviation, or one for each centre with commas."),
        Parameter("centerLow", \.centerLow, .anyNumber, "Where the coordinates of the centres begin."),
        Parameter("centerHigh", \.centerHigh, .anyNumber, "Where the coordinates of the centres end."),
        Parameter("shuffle", \.shuffle, .flag, "Whether rows are put in random order."),
    ]

    /// The recipe with scikit-learn's defaults.
    public init() {}

    /// The data of a seed.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` when a parameter is not legal, or two of them contradict.
    public func generate(seed: UInt32) throws -> BlobsSample {
        let width = centerPositions?.columns ?? nFeatures
        let count = centerPositions?.rows ?? samplesPerCenter?.count ?? centers
        try validate(rows: count, columns: width)
        let sizes = try sizes(count)
        let total = sizes.reduce(0) { $0.addingReportingOverflow($1).overflow ? Int.max : $0 + $1 }
        try validate(rows: total, columns: width)
        let deviations = try clusterStd.values(
            for: count, called: "clusterStd", legal: { $0 >= 0 }, explanation: "finite and not negative")

        var random = RandomState(seed: seed)
        let low = centerLow
        let span = centerHigh - centerLow
        let centers =
            centerPositions
            ?? Matrix(rows: count, columns: width, values: random.uniform(count: count * width).map { low + span * $0 })
        let noise = random.gaussian(count: total * width)
        let rows = shuffle ? random.permutation(total) : Array(0..<total)
        let codes = sizes.enumerated().flatMap { repeatElement($0.offset, count: $0.element) }
        let places = centers.values
        let values = [Double](filledInParallelRows: total, width: width, blockSize: 4096) { block, out in
            for i in block {
                let row = rows[i] * width
                let center = codes[rows[i]]
                let deviation = deviations[center]
                for j in 0..<width {
                    out[i * width + j] = places[center * width + j] + deviation * noise[row + j]
                }
            }
        }
        return BlobsSample(
            x: Matrix(rows: total, columns: width, values: values),
            y: try Labels(generated: rows.map { codes[$0] }, outOf: count), centers: centers)
    }

    private func sizes(_ count: Int) throws -> [Int] {
        if let centerPositions {
            try centerPositions.checkUsable(as: "centers")
        }
        guard (centerHigh - centerLow).isFinite else {
            throw ApusError(
                .invalidParameter, "The box of centres from \(centerLow) to \(centerHigh) is too wide for a double.")
        }
        guard let samplesPerCenter else {
            return (0..<count).map { nSamples / count + ($0 < nSamples % count ? 1 : 0) }
        }
        guard samplesPerCenter.count == count, !samplesPerCenter.isEmpty else {
            throw ApusError(
                .invalidParameter,
                "nSamples has \(samplesPerCenter.count) sizes for \(count) centres; give one for each centre.")
        }
        if let wrong = samplesPerCenter.first(where: { $0 < 0 }) {
            throw ApusError(.invalidParameter, "nSamples holds \(wrong), but no centre can have fewer than 0 points.")
        }
        return samplesPerCenter
    }
}

/// Clouds of points, normal around centres that are drawn: data for clustering.
///
///     let sample = try makeBlobs(nSamples: 300, centers: 4, clusterStd: 0.6, seed: 0)
///
/// The same bits as scikit-learn's `make_blobs` with `random_state=seed`.
///
/// - Parameters:
///   - nSamples: Number of points, at least 1, shared out evenly among the centres; default 100.
///   - nFeatures: Number of columns, at least 1; default 2.
///   - centers: Number of centres, at least 1; default 3.
///   - clusterStd: The standard deviation around all centres, or around each; default 1.
///   - centerBox: Where the coordinates of the centres begin and end; default -10 to 10.
///   - shuffle: Whether rows are put in random order; default true.
///   - seed: The seed of every draw; default 0.
/// - Returns: The points, for each the number of its centre, and the centres.
/// - Throws: `ApusError` with code `invalidParameter` when a parameter is not legal.
/// - Complexity: O(nSamples · nFeatures).
public func makeBlobs(
    nSamples: Int = 100, nFeatures: Int = 2, centers: Int = 3, clusterStd: OneOrEach = 1,
    centerBox: (low: Double, high: Double) = (-10, 10), shuffle: Bool = true, seed: UInt32 = 0
) throws -> BlobsSample {
    var generator = BlobsGenerator()
    generator.nSamples = nSamples
    generator.nFeatures = nFeatures
    generator.centers = centers
    generator.clusterStd = clusterStd
    (generator.centerLow, generator.centerHigh) = centerBox
    generator.shuffle = shuffle
    return try generator.generate(seed: seed)
}

/// Clouds of points, normal around given centres, with the same number of points around each.
///
/// - Parameters:
///   - nSamples: Number of points, at least 1, shared out evenly among the centres; default 100.
///   - centers: The centres, one a row.
///   - clusterStd: The standard deviation around all centres, or around each; default 1.
///   - shuffle: Whether rows are put in random order; default true.
///   - seed: The seed of every draw; default 0.
/// - Throws: `ApusError` with code `invalidParameter` or `invalidInput` when a parameter is not legal.
public func makeBlobs(
    nSamples: Int = 100, centers: Matrix, clusterStd: OneOrEach = 1, shuffle: Bool = true, seed: UInt32 = 0
) throws -> BlobsSample {
    var generator = BlobsGenerator()
    generator.nSamples = nSamples
    generator.centerPositions = centers
    generator.clusterStd = clusterStd
    generator.shuffle = shuffle
    return try generator.generate(seed: seed)
}

/// Clouds of points, normal around given or drawn centres, with a number of points for each centre.
///
/// - Parameters:
///   - nSamples: Number of points around each centre, not negative.
///   - nFeatures: Number of columns, where the centres are drawn; default 2.
///   - centers: The centres, one a row; nil to draw them; default nil.
///   - clusterStd: The standard deviation around all centres, or around each; default 1.
///   - centerBox: Where the coordinates of drawn centres begin and end; default -10 to 10.
///   - shuffle: Whether rows are put in random order; default true.
///   - seed: The seed of every draw; default 0.
/// - Throws: `ApusError` with code `invalidParameter` or `invalidInput` when a parameter is not legal.
public func makeBlobs(
    nSamples: [Int], nFeatures: Int = 2, centers: Matrix? = nil, clusterStd: OneOrEach = 1,
    centerBox: (low: Double, high: Double) = (-10, 10), shuffle: Bool = true, seed: UInt32 = 0
) throws -> BlobsSample {
    var generator = BlobsGenerator()
    generator.samplesPerCenter = nSamples
    generator.nFeatures = nFeatures
    generator.centerPositions = centers
    generator.clusterStd = clusterStd
    (generator.centerLow, generator.centerHigh) = centerBox
    generator.shuffle = shuffle
    return try generator.generate(seed: seed)
}
