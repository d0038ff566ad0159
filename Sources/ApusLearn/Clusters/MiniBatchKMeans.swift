import ApusCore

/// K-means on small random parts of the data: nearly as good clusters as those of `KMeans`, in a fraction of the time.
///
///     let model = try MiniBatchKMeans(nClusters: 20, seed: 42).fit(x)
///     model.labels
///
/// Each step draws `batchSize` rows (with replacement, by weight), finds their nearest centres, and moves every centre to
/// the mean of all the rows it has had so far. Centres with very few rows start anew from rows of the batch. The draws and
/// the steps are those of scikit-learn's `MiniBatchKMeans` with `random_state` set to `seed`.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `nClusters` | 8 | at least 1 | how many clusters to find |
/// | `initialization` | k-means++ | k-means++, random | how the starting centres are chosen |
/// | `maxIter` | 100 | at least 1 | the most passes over as many rows as there are |
/// | `batchSize` | 1024 | at least 1 | rows in a batch |
/// | `computeLabels` | true | true, false | whether all rows are labelled in the end |
/// | `tol` | 0 | at least 0 | stop when the centres move less than this share of the mean variance; 0 never |
/// | `maxNoImprovement` | 10 | none, at least 0 | stop after so many batches without a better smoothed inertia |
/// | `initSize` | none | none, at least 1 | rows drawn to start from; none for three batches |
/// | `nInit` | auto | auto, at least 1 | starts that are tried on the drawn rows |
/// | `reassignmentRatio` | 0.01 | at least 0 | centres with less than this share of the heaviest one's rows start anew |
/// | `seed` | 0 | a seed | the seed of the random generator |
///
/// Source: D. Sculley, "Web-scale k-means clustering", WWW (2010).
public struct MiniBatchKMeans: Clusterer {
    /// `mini-batch-k-means`
    public static let catalogName = "mini-batch-k-means"

    /// How many clusters to find; at least 1, at most the number of rows; default 8.
    public var nClusters: Int
    /// How the starting centres are chosen; default k-means++.
    public var initialization: KMeansInitialization
    /// Starting centres to use instead, `nClusters` × d; default nil.
    public var initialCentres: Matrix?
    /// The most passes over as many rows as there are; at least 1, default 100.
    public var maxIter: Int
    /// Rows in a batch; at least 1, default 1024.
    public var batchSize: Int
    /// Whether all rows are labelled in the end; default true. Otherwise the model has no labels.
    public var computeLabels: Bool
    /// Stop when the squared shifts of the centres add up to no more than this times the mean variance of the columns; at
    /// least 0, default 0, which never stops.
    public var tol: Double
    /// Stop after so many batches without a better smoothed inertia; nil for never; default 10.
    public var maxNoImprovement: Int?
    /// How many rows are drawn to choose starting centres from; default nil, which means three batches.
    public var initSize: Int?
    /// How many starts are tried on the drawn rows; default `.auto`, once, or three times from random centres.
    public var nInit: KMeansStarts
    /// Centres that have had less than this share of the rows of the heaviest one start anew; at least 0, default 0.01.
    public var reassignmentRatio: Double
    /// The seed of the random generator; default 0.
    public var seed: UInt32

    /// Mini-batch k-means with default parameters.
    public init() { self.init(nClusters: 8) }

    /// Mini-batch k-means with the given parameters, which `fit` validates.
    public init(
        nClusters: Int = 8, initialization: KMeansInitialization = .kMeansPlusPlus, initialCentres: Matrix? = nil,
        maxIter: Int = 100, batchSize: Int = 1024, computeLabels: Bool = true, tol: Double = 0,
        maxNoImprovement: Int? = 10, initSize: Int? = nil, nInit: KMeansStarts = .auto,
        reassignmentRatio: Double = 0.01,
        seed: UInt32 = 0
    ) {
        self.nClusters = nClusters
        self.initialization = initialization
        self.initialCentres = initialCentres
        self.maxIter = maxIter
        self.batchSize = batchSize
        self.computeLabels = computeLabels
        self.tol = tol
        self.maxNoImprovement = maxNoImprovement
        self.initSize = initSize
        self.nInit = nInit
        self.reassignmentRatio = reassignmentRatio
        self.seed = seed
    }

    /// The hyper-parameters.
    public static let parameters: [Parameter<MiniBatchKMeans>] = [
        Parameter("nClusters", \.nClusters, .atLeast(1), "How many clusters to find."),
        Parameter(
            "initialization", \.initialization, .choice(KMeansInitialization.allCases.map(\.rawValue)),
            "How the starting centres are chosen."),
        Parameter("maxIter", \.maxIter, .atLeast(1), "The most passes over as many rows as there are."),
        Parameter("batchSize", \.batchSize, .atLeast(1), "Rows in a batch."),
        Parameter("computeLabels", \.computeLabels, .flag, "Whether all rows are labelled in the end."),
        Parameter(
            "tol", \.tol, .notNegative,
            "Stop when the squared shifts of the centres add up to no more than this times the mean variance of the "
                + "columns; 0 for never."),
        Parameter(
            "maxNoImprovement", \.maxNoImprovement, .optional(.atLeast(0)),
            "Stop after so many batches without a better smoothed inertia; none for never."),
        Parameter(
            "initSize", \.initSize, .optional(.atLeast(1)),
            "How many rows are drawn to choose starting centres from; none for three batches."),
        Parameter(
            "nInit", \.nInit, .either([.choice(["auto"]), .atLeast(1)]),
            "How many starts are tried on the drawn rows; auto is once, or three times from random centres."),
        Parameter(
            "reassignmentRatio", \.reassignmentRatio, .notNegative,
            "Centres that have had less than this share of the rows of the heaviest one start anew."),
        Parameter("seed", \.seed, .seed, "The seed of the random generator."),
    ]

    /// Finds clusters among rows.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row, n at least `nClusters`.
    ///   - weights: n sample weights, at least 0; nil for equal ones. Batches are drawn by them.
    ///   - progress: Called after each batch.
    /// - Throws: `ApusError` with code `invalidParameter`, `invalidInput` or `shapeMismatch`; `numericalFailure` when squared
    ///   distances overflow; `CancellationError` when the task is cancelled.
    /// - Complexity: O(b·k·d) a batch of b rows, and O(n·k·d) for the labels.
    public func fit(_ x: Matrix, weights: [Double]?, progress: ProgressHandler?) throws -> Model {
        try validateParameters()
        try x.checkUsable()
        try checkSampleWeights(weights, rows: x.rows)
        try checkClusters(x)
        var random = RandomState(seed: seed)
        let batch = min(batchSize, x.rows)
        let tolerance = tol == 0 ? 0 : tol * Self.meanVariance(x)
        var course = MiniBatchCourse(
            centres: try bestStart(x, weights, batch: batch, random: &random), batchSize: batch,
            reassignmentRatio: reassignmentRatio)

        let total = weights.map { values in pairwiseSum(values.indices) { values[$0] } } ?? Double(x.rows)
        let rows =
            weights.map { CumulativeChoice(probabilities: $0.map { $0 / total }) }
            ?? CumulativeChoice(probabilities: [Double](repeating: 1 / total, count: x.rows))
        let (visits, isEndless) = maxIter.multipliedReportingOverflow(by: x.rows)
        let steps = isEndless ? Int.max : visits / batch
        var stop = MiniBatchStop(
            batchSize: batch, rows: x.rows, tolerance: tolerance, maxNoImprovement: maxNoImprovement)
        var converged = false
        while course.steps < steps, !converged {
            try checkCancellation()
            let picked = x.selecting(rows: rows.draw(batch, from: &random))
            let step = course.step(picked, weights: nil, random: &random)
            converged = stop.isReached(inertia: step.inertia, squaredShift: step.squaredShift)
            progress?(
                ProgressUpdate(stage: "mini-batches", completed: course.steps, total: isEndless ? nil : steps))
        }
        var labels: [Int32] = []
        var inertia = stop.smoothedInertia.map { $0 * total }
        if computeLabels {
            labels =
                KMeansKernel.assign(
                    x, to: course.centres, weights: nil, previous: nil, accumulating: false
                ).labels
            inertia = KMeansKernel.inertia(x, course.centres, labels: labels, weights: weights)
        }
        let (seen, isLarge) = course.steps.multipliedReportingOverflow(by: batch)
        let passes = isLarge ? maxIter : (seen - 1) / x.rows + 1
        return try model(
            course, labels: labels, inertia: inertia, iterations: passes, converged: converged,
            random: RandomState(seed: seed))
    }

    /// Learns from one further batch.
    ///
    /// The batches are given in turn, each with the model of those before it; the first must have at least `nClusters`
    /// rows, from which the starting centres are chosen.
    ///
    /// - Parameters:
    ///   - x: The batch: n × d, one sample a row.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - model: What the earlier batches led to; nil for the first one.
    /// - Returns: The model of all the batches so far, with the labels of this one.
    /// - Throws: `ApusError` with code `invalidParameter`, `invalidInput` or `shapeMismatch`; `numericalFailure` when squared
    ///   distances overflow.
    public func partialFit(_ x: Matrix, weights: [Double]? = nil, continuing model: Model? = nil) throws -> Model {
        try validateParameters()
        try x.checkUsable()
        try checkSampleWeights(weights, rows: x.rows)
        var random = model?.random ?? RandomState(seed: seed)
        var course: MiniBatchCourse
        if let model {
            try x.checkColumns(model.featureCount, of: Self.catalogName)
            guard model.centres.rows == nClusters else {
                throw ApusError(
                    .invalidParameter,
                    "The model has \(model.centres.rows) clusters, but nClusters is \(nClusters); continue with the same "
                        + "number.")
            }
            course = MiniBatchCourse(
                centres: model.centres, totals: model.clusterWeights, steps: model.steps,
                sinceReassignment: model.sinceReassignment, batchSize: model.batchSize,
                reassignmentRatio: reassignmentRatio)
        } else {
            try checkClusters(x)
            let start = try startingCentres(
                x, weights, drawn: startSize(batch: min(batchSize, x.rows), rows: x.rows), random: &random)
            course = MiniBatchCourse(
                centres: start, batchSize: min(batchSize, x.rows), reassignmentRatio: reassignmentRatio)
        }
        let step = course.step(x, weights: weights, random: &random)
        var labels: [Int32] = []
        var inertia = step.inertia
        if computeLabels {
            labels =
                KMeansKernel.assign(
                    x, to: course.centres, weights: nil, previous: nil, accumulating: false
                ).labels
            inertia = KMeansKernel.inertia(x, course.centres, labels: labels, weights: weights)
        }
        return try self.model(
            course, labels: labels, inertia: inertia, iterations: model?.iterations ?? 0,
            converged: model?.converged ?? false, random: random)
    }
}

extension MiniBatchKMeans {
    private func model(
        _ course: MiniBatchCourse, labels: [Int32], inertia: Double?, iterations: Int, converged: Bool,
        random: RandomState
    ) throws -> Model {
        guard inertia?.isFinite ?? true, course.centres.values.allSatisfy(\.isFinite) else {
            throw ApusError(
                .numericalFailure, "The squared distances between rows overflow; scale the columns before clustering.")
        }
        return Model(
            centres: course.centres, labels: labels.map { Int($0) }, inertia: inertia, iterations: iterations,
            steps: course.steps, converged: converged, clusterWeights: course.totals,
            sinceReassignment: course.sinceReassignment, batchSize: course.batchSize, random: random)
    }

    /// The mean over the columns of their variances.
    private static func meanVariance(_ x: Matrix) -> Double {
        let means = ColumnKernel.sums(x).map { $0 / Double(x.rows) }
        let squares = ColumnKernel.sums(x, shift: means, squared: true).map { $0 / Double(x.rows) }
        return pairwiseSum(squares.indices) { squares[$0] } / Double(x.columns)
    }

    /// Rows drawn for each start.
    private func startSize(batch: Int, rows: Int) -> Int {
        // Sizes beyond the rows mean all of them, so they may saturate.
        func triple(_ value: Int) -> Int { value > rows ? rows : min(rows, 3 * value) }
        if let initSize { return min(rows, initSize < nClusters ? triple(nClusters) : initSize) }
        let size = triple(batch)
        return size < nClusters ? triple(nClusters) : size
    }

    /// The best of several starts, judged on rows drawn for this.
    private func bestStart(
        _ x: Matrix, _ weights: [Double]?, batch: Int, random: inout RandomState
    ) throws -> Matrix {
        let size = startSize(batch: batch, rows: x.rows)
        let judges = random.integers(in: 0..<x.rows, count: size)
        let judged = x.selecting(rows: judges)
        let judgedWeights = weights.map { weights in judges.map { weights[$0] } }
        let starts =
            switch nInit {
            case _ where initialCentres != nil: 1
            case .count(let count): count
            case .auto: initialization == .random ? 3 : 1
            }
        var best: (centres: Matrix, inertia: Double)?
        for _ in 0..<starts {
            try checkCancellation()
            let centres = try startingCentres(x, weights, drawn: size, random: &random)
            if starts == 1 { return centres }
            let labels = KMeansKernel.assign(
                judged, to: centres, weights: nil, previous: nil, accumulating: false
            ).labels
            let inertia = KMeansKernel.inertia(judged, centres, labels: labels, weights: judgedWeights)
            if best.map({ inertia < $0.inertia }) ?? true { best = (centres, inertia) }
        }
        return best?.centres ?? Matrix(rows: nClusters, columns: x.columns)
    }

    /// Where one start begins: chosen from `drawn` rows, if these are fewer than all.
    private func startingCentres(
        _ x: Matrix, _ weights: [Double]?, drawn: Int, random: inout RandomState
    ) throws -> Matrix {
        var (rows, rowWeights) = (x, weights)
        if drawn < x.rows {
            // Drawn even for given centres: the reference's later draws depend on it.
            let picked = random.integers(in: 0..<x.rows, count: drawn)
            rows = x.selecting(rows: picked)
            rowWeights = weights.map { weights in picked.map { weights[$0] } }
        }
        if let initialCentres { return initialCentres }
        let needed = initialization == .random ? nClusters : 1
        if let rowWeights, rowWeights.count(where: { $0 > 0 }) < needed {
            throw ApusError(
                .invalidInput,
                "Of the \(rows.rows) rows drawn to start from, fewer than \(needed) have a weight above 0; raise initSize "
                    + "or leave out rows without weight.")
        }
        let data = KMeansData(rows, weights: rowWeights)
        return switch initialization {
        case .kMeansPlusPlus: try data.seeds(nClusters, random: &random)
        case .random:
            rows.selecting(rows: random.choiceWithoutReplacement(probabilities: data.probabilities, count: nClusters))
        }
    }

    /// Throws unless there are rows enough, and starting centres, if given, of the right shape.
    private func checkClusters(_ x: Matrix) throws {
        guard x.rows >= nClusters else {
            throw ApusError(
                .invalidInput,
                "x has \(x.rows) row\(x.rows == 1 ? "" : "s"), fewer than the \(nClusters) clusters asked for; lower "
                    + "nClusters or add rows.")
        }
        guard let initialCentres else { return }
        guard initialCentres.rows == nClusters, initialCentres.columns == x.columns else {
            throw ApusError(
                .shapeMismatch,
                "initialCentres is \(initialCentres.rows) × \(initialCentres.columns), but it must be \(nClusters) × "
                    + "\(x.columns): one row a cluster, one column a feature.")
        }
        try initialCentres.checkUsable(as: "initialCentres")
    }
}
