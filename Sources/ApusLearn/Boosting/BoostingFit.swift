import ApusCore

/// The boosting loop: gradients, a tree for each score that follows them, and a look at whether to stop.
///
/// A tree's leaves take a Newton step down the loss: each answers `-G / (H + l2)`, G and H the sums of the first and
/// second derivatives of its rows' losses. Losses with corners take the rows' quantile instead.
struct BoostingFit {
    let loss: BoostingLoss
    /// The classes of the rows, where held-out rows are to have the same share of each.
    let strata: Labels?
    let learningRate: Double
    let maxIter: Int
    let maxBins: Int
    let earlyStopping: EarlyStopping
    let validationFraction: SampleCount?
    let nIterNoChange: Int
    let tol: Double
    let seed: UInt32
    private let limits: BoostingLimits
    private let categoricalFeatures: ColumnIndices
    private let monotonicCst: MonotonicConstraints
    private let interactionCst: InteractionConstraints

    /// What came out.
    struct Outcome {
        var trees: BoostedTrees
        var trainScores: [Double] = []
        var validationScores: [Double] = []
    }

    /// Rows with targets and weights.
    struct Rows {
        var x: Matrix
        var y: [Double]
        var weights: [Double]?

        /// Some of the rows.
        func selecting(_ rows: [Int]) -> Rows {
            Rows(
                x: x.selecting(rows: rows), y: rows.map { y[$0] },
                weights: weights.map { weights in rows.map { weights[$0] } })
        }
    }

    /// The loop with an estimator's parameters.
    init(_ parameters: some BoostingParameters, loss: BoostingLoss, strata: Labels?) {
        self.loss = loss
        self.strata = strata
        learningRate = parameters.learningRate
        maxIter = parameters.maxIter
        maxBins = parameters.maxBins
        earlyStopping = parameters.earlyStopping
        validationFraction = parameters.validationFraction
        nIterNoChange = parameters.nIterNoChange
        tol = parameters.tol
        seed = parameters.seed
        categoricalFeatures = parameters.categoricalFeatures
        monotonicCst = parameters.monotonicCst
        interactionCst = parameters.interactionCst
        var limits = BoostingLimits()
        limits.maxLeaves = parameters.maxLeafNodes ?? .max
        limits.maxDepth = parameters.maxDepth ?? .max
        limits.minSamplesLeaf = parameters.minSamplesLeaf
        limits.l2 = parameters.l2Regularization
        limits.featureFraction = parameters.maxFeatures
        limits.learningRate = parameters.learningRate
        self.limits = limits
    }

    /// Boosts.
    ///
    /// - Parameters:
    ///   - all: The rows, checked; weights that are all 1 count as none.
    ///   - progress: Called after each iteration.
    func run(_ all: Rows, progress: ProgressHandler?) throws -> Outcome {
        var all = all
        if all.weights?.allSatisfy({ $0 == 1 }) == true { all.weights = nil }
        guard all.x.rows <= Int(UInt32.max) else {
            throw ApusError(.invalidInput, "x has \(all.x.rows) rows; boosting takes up to \(UInt32.max).")
        }
        var random = RandomState(seed: seed)
        let rowSeed = UInt32(truncatingIfNeeded: random.integer(in: 0..<Int(UInt32.max)))
        let featureSeed = UInt32(truncatingIfNeeded: random.integer(in: 0..<Int(UInt32.max)))
        let layout = try layout(all.x)
        let stops = earlyStopping.applies(to: all.x.rows)
        let (rows, held) = try stops && validationFraction != nil ? split(all, seed: rowSeed) : (all, nil)

        let features = features(rows, layout, seed: rowSeed)
        let bins = BoostingBins(rows.x, columns: layout.columns, features: features)
        var limits = limits
        limits.monotonic = layout.monotonic
        limits.groups = layout.groups
        let grower = BoostingGrower(bins, limits, maxBins: maxBins, featureSeed: featureSeed)
        var boosting = Boosting(loss, rows, held, trees: emptyTrees(rows, layout, features))
        if stops { boosting.score() }
        for iteration in 0..<maxIter {
            try checkCancellation()
            try boosting.addTrees(grower, columns: layout.columns)
            progress?(ProgressUpdate(stage: "iterations", completed: iteration + 1, total: maxIter))
            guard stops else { continue }
            boosting.score()
            if hasStalled(held == nil ? boosting.trainScores : boosting.validationScores) { break }
        }
        return Outcome(
            trees: boosting.trees, trainScores: boosting.trainScores, validationScores: boosting.validationScores)
    }

    // MARK: Preparation

    /// The features in the order they are tried: those with categories first, as the reference does.
    private struct Layout {
        var columns: [Int]
        /// For each feature its categories, nil for numbers.
        var categories: [[Double]?]
        var monotonic: [Int32] = []
        var groups: [[Int]]?
    }

    private func layout(_ x: Matrix) throws -> Layout {
        let categorical = categoricalFeatures
        try categorical.check(columns: x.columns, of: "categoricalFeatures")
        try ColumnIndices(monotonicCst.directions.keys).check(columns: x.columns, of: "monotonicCst")
        if loss.outputs > 1, !monotonicCst.directions.isEmpty {
            throw ApusError(
                .invalidParameter,
                "monotonicCst works with two classes or a regression, but there are \(loss.outputs) classes.")
        }
        if let both = categorical.indices.first(where: { monotonicCst.directions[$0] != nil }) {
            throw ApusError(
                .invalidParameter,
                "Column \(both) holds categories, which have no order; take it out of monotonicCst.")
        }
        let isCategorical = Set(categorical.indices)
        let numeric = (0..<x.columns).filter { !isCategorical.contains($0) }
        let columns = categorical.indices + numeric
        let categories = try columns.map { column -> [Double]? in
            guard isCategorical.contains(column) else { return nil }
            guard let found = BoostingThresholds.categories(x, column: column, limit: maxBins) else {
                throw ApusError(
                    .invalidInput,
                    "Column \(column) has more categories than maxBins, \(maxBins); merge rare ones, or treat it as "
                        + "numbers.")
            }
            return found
        }
        var layout = Layout(columns: columns, categories: categories)
        if !monotonicCst.directions.isEmpty {
            layout.monotonic = columns.map { Int32(monotonicCst.directions[$0]?.rawValue ?? 0) }
        }
        if let groups = try interactionCst.groups(columns: x.columns) {
            var place = [Int](repeating: 0, count: x.columns)
            for (feature, column) in columns.enumerated() { place[column] = feature }
            layout.groups = groups.map { $0.map { place[$0] }.sorted() }
        }
        return layout
    }

    private func split(_ all: Rows, seed: UInt32) throws -> (Rows, Rows?) {
        let count = all.x.rows
        let test = validationFraction?.resolved(samples: count) ?? 0
        let train = count - test
        guard train > 0, test > 0 else {
            throw ApusError(
                .invalidParameter,
                "validationFraction holds \(test) of \(count) rows out, which leaves nothing to "
                    + "\(test > 0 ? "train" : "test") on; change it, or set earlyStopping to false.")
        }
        var random = RandomState(seed: seed)
        guard let strata else {
            let (train, test) = random.holdout(rows: count, train: train, test: test)
            return (all.selecting(train), all.selecting(test))
        }
        let counts = strata.counts
        guard counts.allSatisfy({ $0 != 1 }), train >= counts.count, test >= counts.count else {
            throw ApusError(
                .invalidInput,
                "Early stopping holds out rows of every class, which needs at least two rows of each and \(counts.count) "
                    + "held-out rows; set earlyStopping to false, or merge rare classes.")
        }
        var members = counts.map { _ in [Int]() }
        for (row, code) in strata.codes.enumerated() { members[code].append(row) }
        let (trainRows, testRows) = random.holdout(strata: members, train: train, test: test)
        return (all.selecting(trainRows), all.selecting(testRows))
    }

    /// Above so many rows thresholds come from a sample of so many.
    private static let binningRows = 200_000

    private func features(_ rows: Rows, _ layout: Layout, seed: UInt32) -> [BoostingBins.Feature] {
        var sample: [Int]?
        var weights = rows.weights
        if rows.x.rows > Self.binningRows {
            var random = RandomState(seed: seed)
            if let drawn = weights {
                sample = random.choice(probabilities: drawn, count: Self.binningRows)
            } else {
                sample = random.choice(rows.x.rows, count: Self.binningRows)
            }
            weights = nil
        }
        let numeric = layout.columns.indices.filter { layout.categories[$0] == nil }
        let found = BoostingThresholds.find(
            rows.x, rows: sample, columns: numeric.map { layout.columns[$0] }, weights: weights, maxBins: maxBins)
        var features = layout.categories.map { BoostingBins.Feature.categories($0 ?? []) }
        for (feature, thresholds) in zip(numeric, found) { features[feature] = .numbers(thresholds: thresholds) }
        return features
    }

    private func emptyTrees(_ rows: Rows, _ layout: Layout, _ features: [BoostingBins.Feature]) -> BoostedTrees {
        var thresholds = [[Double]](repeating: [], count: features.count)
        var categories = [[Double]?](repeating: nil, count: features.count)
        for (column, feature) in zip(layout.columns, features) {
            switch feature {
            case .numbers(let found): thresholds[column] = found
            case .categories(let values): categories[column] = values
            }
        }
        return BoostedTrees(
            featureCount: features.count, baseline: loss.baseline(rows.y, weights: rows.weights),
            binThresholds: thresholds, categories: categories)
    }

    /// Whether none of the last scores beats the one before them.
    private func hasStalled(_ scores: [Double]) -> Bool {
        guard scores.count > nIterNoChange else { return false }
        let reference = scores[scores.count - 1 - nIterNoChange] + tol
        return scores.suffix(nIterNoChange).allSatisfy { !($0 > reference) }
    }
}

/// Trees and scores as they grow.
private struct Boosting {
    let loss: BoostingLoss
    let rows: BoostingFit.Rows
    let held: BoostingFit.Rows?
    var trees: BoostedTrees
    var trainScores: [Double] = []
    var validationScores: [Double] = []
    /// The scores of the training rows: a column of all rows for each output.
    private var scores: [Double]
    private var heldScores: Matrix?
    private let heldEncoded: Matrix?
    private var pairs: [Float]

    init(_ loss: BoostingLoss, _ rows: BoostingFit.Rows, _ held: BoostingFit.Rows?, trees: BoostedTrees) {
        self.loss = loss
        self.rows = rows
        self.held = held
        self.trees = trees
        scores = trees.baseline.flatMap { [Double](repeating: $0, count: rows.y.count) }
        pairs = [Float](repeating: 0, count: 2 * scores.count)
        heldScores = held.map { trees.start(rows: $0.y.count) }
        heldEncoded = held.map { trees.encoded($0.x) }
    }

    /// One iteration.
    mutating func addTrees(_ grower: BoostingGrower, columns: [Int]) throws {
        let count = rows.y.count
        loss.pairs(scores, rows.y, weights: rows.weights, into: &pairs)
        for output in 0..<loss.outputs {
            try grower.grow(pairs, from: 2 * output * count)
            if !loss.isSmooth {
                let (loss, rows, scores) = (loss, rows, scores)
                grower.replaceLeafValues { leaf in
                    loss.center(
                        leaf.map { rows.y[$0] - scores[output * count + $0] },
                        weights: rows.weights.map { weights in leaf.map { weights[$0] } })
                }
            }
            grower.addLeafValues(to: &scores, from: output * count)
            trees.append(grower.tree(), columns: columns)
        }
        if let heldEncoded, var updated = heldScores {
            heldScores = nil
            trees.add(trees.iterations - 1..<trees.iterations, encoded: heldEncoded, to: &updated)
            heldScores = updated
        }
    }

    /// Notes the scores of the training rows and of those held out: their mean losses, negated.
    mutating func score() {
        trainScores.append(-loss.mean(scores, rows.y, weights: rows.weights))
        if let held, let heldScores {
            let columns = heldScores.columns == 1 ? heldScores.values : heldScores.transposed.values
            validationScores.append(-loss.mean(columns, held.y, weights: held.weights))
        }
    }
}
