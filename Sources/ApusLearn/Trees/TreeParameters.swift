import ApusCore

/// The parameters that single trees, forests and extra trees have in common.
protocol TreeParameters: Estimator {
    var splitter: TreeSplitter { get }
    var maxDepth: Int? { get set }
    var minSamplesSplit: SampleCount { get set }
    var minSamplesLeaf: SampleCount { get set }
    var minWeightFractionLeaf: Double { get set }
    var maxFeatures: MaxFeatures { get set }
    var maxLeafNodes: Int? { get set }
    var minImpurityDecrease: Double { get set }
    var ccpAlpha: Double { get set }
    var seed: UInt32 { get set }
}

extension TreeParameters {
    /// How trees grow, as parameters.
    static var growthParameters: [Parameter<Self>] {
        [
            Parameter("maxDepth", \.maxDepth, .optional(.atLeast(1)), "The greatest depth; none for no limit."),
            Parameter(
                "minSamplesSplit", \.minSamplesSplit, SampleCount.legal(from: 2),
                "The least number, or part, of the samples that are split."),
            Parameter(
                "minSamplesLeaf", \.minSamplesLeaf, SampleCount.legal(from: 1),
                "The least number, or part, of the samples in a leaf."),
            Parameter(
                "minWeightFractionLeaf", \.minWeightFractionLeaf,
                .number(from: 0, to: 0.5, openLower: false, openUpper: false),
                "The least part of the total weight in a leaf."),
            Parameter(
                "maxFeatures", \.maxFeatures, MaxFeatures.legal,
                "How many features are tried at each node: none for all, sqrt, log2, a number or a part."),
            Parameter(
                "maxLeafNodes", \.maxLeafNodes, .optional(.atLeast(2)),
                "The greatest number of leaves, grown best first; none for no limit."),
            Parameter(
                "minImpurityDecrease", \.minImpurityDecrease, .notNegative,
                "The least fall of the impurity that a split must bring."),
            Parameter("ccpAlpha", \.ccpAlpha, .notNegative, "The price of a leaf in pruning; 0 for no pruning."),
            Parameter("seed", \.seed, .seed, "Seed of the order of features and of random thresholds."),
        ]
    }

    /// How a tree over so many samples, features and weight grows.
    func builder(samples: Int, features: Int, totalWeight: Double) -> TreeBuilder {
        let leaf = minSamplesLeaf.resolved(samples: samples)
        let (twice, overflows) = leaf.multipliedReportingOverflow(by: 2)
        let split = max(2, minSamplesSplit.resolved(samples: samples))
        return TreeBuilder(
            maxFeatures: min(features, maxFeatures.resolved(features: features)),
            maxDepth: maxDepth ?? Int.max, minSamplesSplit: overflows ? Int.max : max(split, twice),
            leaf: TreeLimits(rows: leaf, weight: minWeightFractionLeaf * totalWeight),
            minImpurityDecrease: minImpurityDecrease, maxLeafNodes: maxLeafNodes)
    }

    /// Grows one tree over all rows.
    ///
    /// - Parameters:
    ///   - x: The rows.
    ///   - targets: What to predict, with the same weights.
    ///   - weights: The weight of each row, nil for 1.
    func grow(_ x: Matrix, _ targets: TreeTargets, weights: [Double]?) throws -> Tree {
        let triesMost = min(x.columns, maxFeatures.resolved(features: x.columns)) * 4 >= x.columns
        let columns = try TreeBuilder.Columns(
            x, for: splitter, counts: targets.isClassification && (splitter == .histogram || !triesMost))
        let total = weights.map { weights in pairwiseSum(weights.indices) { weights[$0] } } ?? Double(x.rows)
        let builder = builder(samples: x.rows, features: x.columns, totalWeight: total)
        let tree = try builder.build(builder.search(columns, targets), seed: seed)
        return ccpAlpha > 0 ? tree.pruned(ccpAlpha: ccpAlpha) : tree
    }
}
