import ApusCore

/// Groups rows around k centres so that Σ wᵢ·‖xᵢ - c(xᵢ)‖², the inertia, is small.
///
///     let model = try KMeans(nClusters: 3, seed: 42).fit(x)
///     model.labels
///     model.centres
///
/// Every row joins its nearest centre (the first of equally near ones), every centre moves to the mean of its rows, until
/// nothing changes or the centres move little. The draws, the labels and the number of iterations are those of
/// scikit-learn's `KMeans` with `random_state` set to `seed`; centres and inertia agree to 10⁻¹². The result does not
/// depend on the number of threads.
///
/// Source: S. Lloyd, "Least squares quantization in PCM", IEEE Transactions on Information Theory 28 (1982); D. Arthur and
/// S. Vassilvitskii, "k-means++: the advantages of careful seeding", SODA (2007); C. Elkan, "Using the triangle inequality
/// to accelerate k-means", ICML (2003).
public struct KMeans: Clusterer {
    /// The name in the catalog.
    public static let catalogName = "k-means"

    /// How many clusters to find; at least 1, at most the number of rows; default 8.
    public var nClusters: Int
    /// How the starting centres are chosen; default k-means++.
    public var initialization: KMeansInitialization
    /// Starting centres to use instead, `nClusters` × d; default nil.
    public var initialCentres: Matrix?
    /// How often to start anew, keeping the best; default `.auto`.
    public var nInit: KMeansStarts
    /// The most iterations of one start; at least 1, default 300.
    public var maxIter: Int
    /// Stop when the squared shifts of the centres add up to no more than this times the mean variance of the columns; at
    /// least 0, default 10⁻⁴.
    public var tol: Double
    /// How nearest centres are found; default `.lloyd`.
    public var algorithm: KMeansAlgorithm
    /// The seed of the random generator; default 0.
    public var seed: UInt32

    /// K-means with the given parameters, which `fit` validates.
    public init(
        nClusters: Int = 8, initialization: KMeansInitialization = .kMeansPlusPlus, initialCentres: Matrix? = nil,
        nInit: KMeansStarts = .auto, maxIter: Int = 300, tol: Double = 1e-4, algorithm: KMeansAlgorithm = .lloyd,
        seed: UInt32 = 0
    ) {
        self.nClusters = nClusters
        self.initialization = initialization
        self.initialCentres = initialCentres
        self.nInit = nInit
        self.maxIter = maxIter
        self.tol = tol
        self.algorithm = algorithm
        self.seed = seed
    }

    /// K-means with default parameters.
    public init() {
        self.init(nClusters: 8)
    }

    /// The hyper-parameters.
    public static let parameters: [Parameter<KMeans>] = [
        Parameter("nClusters", \.nClusters, .atLeast(1), "How many clusters to find."),
        Parameter(
            "initialization", \.initialization, .choice(KMeansInitialization.allCases.map(\.rawValue)),
            "How the starting centres are chosen."),
        Parameter(
            "nInit", \.nInit, .either([.choice(["auto"]), .atLeast(1)]),
            "How often to start anew, keeping the best; auto is once, or ten times from random centres."),
        Parameter("maxIter", \.maxIter, .atLeast(1), "The most iterations of one start."),
        Parameter(
            "tol", \.tol, .notNegative,
            "Stop when the squared shifts of the centres add up to no more than this times the mean variance of the "
                + "columns."),
        Parameter(
            "algorithm", \.algorithm, .choice(KMeansAlgorithm.allCases.map(\.rawValue)),
            "How nearest centres are found."),
        Parameter("seed", \.seed, .seed, "The seed of the random generator."),
    ]

    /// Finds clusters among rows.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row, n at least `nClusters`.
    ///   - weights: n sample weights, at least 0; nil for equal ones. Given starting centres do not depend on them.
    ///   - progress: Called after each iteration.
    /// - Throws: `ApusError` with code `invalidParameter`, `invalidInput` or `shapeMismatch`; `numericalFailure` when squared
    ///   distances overflow; `CancellationError` when the task is cancelled.
    /// - Complexity: O(n·k·d) an iteration, over all cores.
    public func fit(_ x: Matrix, weights: [Double]?, progress: ProgressHandler?) throws -> KMeansModel {
        try validateParameters()
        try x.checkUsable()
        try checkSampleWeights(weights, rows: x.rows)
        try checkClusters(x, weights)

        // Distances round less around the mean.
        let means = KMeansKernel.columnMeans(x)
        let data = KMeansData(KMeansKernel.subtracting(means, from: x), weights: weights)
        let tolerance = tol == 0 ? 0 : tol * data.meanVariance
        let starts = startCount
        var random = RandomState(seed: seed)
        let (total, isEndless) = starts.multipliedReportingOverflow(by: maxIter)
        var best: KMeansRun?
        for start in 0..<starts {
            let centres = try startingCentres(data, means: means, random: &random)
            let run = try data.run(
                nClusters > 1 ? algorithm : .lloyd, from: centres, maxIter: maxIter, tolerance: tolerance
            ) { iteration in
                progress?(
                    ProgressUpdate(
                        stage: "iterations", completed: start &* maxIter &+ iteration, total: isEndless ? nil : total))
            }
            if best.map({ run.isBetter(than: $0) }) ?? true { best = run }
        }
        guard let best, best.inertia.isFinite, best.centres.values.allSatisfy(\.isFinite) else {
            throw ApusError(
                .numericalFailure, "The squared distances between rows overflow; scale the columns before clustering.")
        }
        return KMeansModel(
            centres: KMeansKernel.subtracting(means.map { -$0 }, from: best.centres),
            labels: best.labels.map { Int($0) }, inertia: best.inertia, iterations: best.iterations,
            converged: best.converged)
    }

    /// How often to start.
    private var startCount: Int {
        if initialCentres != nil { return 1 }
        return switch nInit {
        case .count(let count): count
        case .auto: initialization == .random ? 10 : 1
        }
    }

    /// Where one start begins.
    private func startingCentres(_ data: KMeansData, means: [Double], random: inout RandomState) throws -> Matrix {
        if let initialCentres { return KMeansKernel.subtracting(means, from: initialCentres) }
        return switch initialization {
        case .kMeansPlusPlus: try data.seeds(nClusters, random: &random)
        case .random:
            data.x.selecting(
                rows: random.choiceWithoutReplacement(probabilities: data.probabilities, count: nClusters))
        }
    }

    /// Throws unless there are rows enough, and starting centres, if given, of the right shape.
    private func checkClusters(_ x: Matrix, _ weights: [Double]?) throws {
        guard x.rows >= nClusters else {
            throw ApusError(
                .invalidInput,
                "x has \(x.rows) row\(x.rows == 1 ? "" : "s"), fewer than the \(nClusters) clusters asked for; lower "
                    + "nClusters or add rows.")
        }
        if let initialCentres {
            guard initialCentres.rows == nClusters, initialCentres.columns == x.columns else {
                throw ApusError(
                    .shapeMismatch,
                    "initialCentres is \(initialCentres.rows) × \(initialCentres.columns), but it must be \(nClusters) × "
                        + "\(x.columns): one row a cluster, one column a feature.")
            }
            try initialCentres.checkUsable(as: "initialCentres")
        }
        if algorithm == .elkan {
            try checkOutputSize(rows: x.rows, columns: nClusters, remedy: "take the algorithm lloyd")
        }
        if initialCentres == nil, initialization == .random, let weights {
            let heavy = weights.count { $0 > 0 }
            guard heavy >= nClusters else {
                throw ApusError(
                    .invalidInput,
                    "Only \(heavy) rows have a weight above 0, fewer than the \(nClusters) clusters asked for; lower "
                        + "nClusters.")
            }
        }
    }
}
