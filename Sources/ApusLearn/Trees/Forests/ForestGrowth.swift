import ApusCore
import Synchronization

/// The trees of a forest while they grow, several at a time.
struct ForestGrowth<Parameters: ForestParameters>: Sendable {
    private let parameters: Parameters
    private let kind: TreeTargets.Kind
    private let columns: TreeBuilder.Columns
    private let bootstrap: Bootstrap?
    /// What all trees learn from when no rows are drawn; with a bootstrap, each weighs them by its draws.
    private let shared: TreeTargets
    private let sharedWeight: Double
    private let balanced: Labels?
    private let rows: Int

    /// - Parameters:
    ///   - parameters: How the trees grow.
    ///   - x: The rows.
    ///   - kind: What is predicted.
    ///   - weights: What the rows weigh, or nil. With a bootstrap, rows are drawn in proportion to it.
    ///   - balanced: The labels whose classes weigh the same among the rows drawn for a tree, or nil.
    init(
        _ parameters: Parameters, _ x: Matrix, _ kind: TreeTargets.Kind, weights: [Double]?, balanced: Labels? = nil
    ) throws {
        let total = weights.map { weights in pairwiseSum(weights.indices) { weights[$0] } }
        if parameters.bootstrap {
            let size = try parameters.maxSamples.resolved(rows: x.rows, weight: total)
            bootstrap = Bootstrap(rows: x.rows, size: size, weights: weights)
        } else {
            bootstrap = nil
        }
        shared = TreeTargets(
            kind, weights: parameters.bootstrap ? nil : weights, isFree: parameters.splitter == .histogram)
        self.parameters = parameters
        self.kind = kind
        self.balanced = balanced
        rows = x.rows
        sharedWeight = total ?? Double(x.rows)
        columns = try TreeBuilder.Columns(
            x, for: parameters.splitter, counts: kind.isClassification && balanced == nil)
    }

    /// Grows all trees.
    ///
    /// - Returns: The trees and, where they are scored by rows that they did not draw, one bit a row for each: whether it
    ///   was drawn.
    /// - Throws: `CancellationError` when the task is cancelled; `ApusError` with code `invalidParameter` when the trees
    ///   would not fit into memory.
    func grow(progress: ProgressHandler?) throws -> (trees: [Tree], drawn: [[UInt64]]) {
        let count = parameters.nEstimators
        try checkMemory(bytes: 512, trees: count)
        var random = RandomState(seed: parameters.seed)
        let seeds = (0..<count).map { _ in random.childSeed() }
        let stop = TreeStop()
        let done = Atomic<Int>(0)
        let grown = try Parallel.tryMap(count) { index in
            do {
                try stop.check()
                let (tree, drawn) = try grow(seed: seeds[index], stop)
                if index == 0 { try checkMemory(bytes: tree.byteCount + drawn.count * 8, trees: count) }
                let completed = done.add(1, ordering: .relaxed).newValue
                progress?(ProgressUpdate(stage: "trees", completed: completed, total: count))
                return (tree, drawn)
            } catch {
                stop.set()
                throw error
            }
        }
        return (grown.map(\.0), parameters.oobScore ? grown.map(\.1) : [])
    }

    private func checkMemory(bytes: Int, trees: Int) throws {
        let needed = Double(bytes) * Double(trees)
        guard needed <= Double(Memory.size) else {
            throw ApusError(
                .invalidParameter,
                "\(trees) trees would take about \(Int(needed / 1e6)) MB of memory, more than this machine has; lower "
                    + "nEstimators, or bound the trees by maxDepth, maxLeafNodes or minSamplesLeaf.")
        }
    }

    private func grow(seed: UInt32, _ stop: TreeStop) throws -> (Tree, drawn: [UInt64]) {
        guard let bootstrap else {
            let tree = try grow(seed: seed, totalWeight: sharedWeight, stop) { try $0.search(columns, shared) }
            return (tree, [])
        }
        let counts = try bootstrap.counts(seed: seed, stop: stop)
        let tree: Tree
        if let balanced {
            var weights = counts.map { Double($0) }
            balance(&weights, balanced)
            let total = pairwiseSum(weights.indices) { weights[$0] }
            tree = try grow(seed: seed, totalWeight: total, stop) { try $0.search(columns, targets(weights)) }
        } else {
            tree = try grow(seed: seed, totalWeight: Double(bootstrap.size), stop) { builder in
                if case .packed(let packed, _) = columns, let search = shared.search(packed, counts: counts) {
                    return .best(search)
                }
                return try builder.search(columns, targets(counts.map { Double($0) }))
            }
        }
        var drawn: [UInt64] = []
        if parameters.oobScore {
            drawn = [UInt64](repeating: 0, count: (rows + 63) / 64)
            for row in 0..<rows where counts[row] > 0 { drawn[row >> 6] |= 1 << UInt64(row & 63) }
        }
        return (tree, drawn)
    }

    private func targets(_ weights: [Double]?) -> TreeTargets {
        TreeTargets(kind, weights: weights, isFree: parameters.splitter == .histogram)
    }

    private func grow(
        seed: UInt32, totalWeight: Double, _ stop: TreeStop, _ search: (TreeBuilder) throws -> TreeBuilder.Search
    ) throws -> Tree {
        let builder = parameters.builder(samples: rows, features: columns.features, totalWeight: totalWeight)
        let tree = try builder.build(try search(builder), seed: seed, stop: stop)
        return parameters.ccpAlpha > 0 ? tree.pruned(ccpAlpha: parameters.ccpAlpha) : tree
    }

    /// Multiplies how often rows were drawn by what makes all classes among them weigh the same.
    private func balance(_ weights: inout [Double], _ labels: Labels) {
        var sums = [Double](repeating: 0, count: labels.classes.count)
        for (row, code) in labels.codes.enumerated() { sums[code] += weights[row] }
        let present = Double(sums.count { $0 > 0 })
        let total = pairwiseSum(sums.indices) { sums[$0] }
        let factors = sums.map { $0 > 0 ? total / (present * $0) : 0 }
        for (row, code) in labels.codes.enumerated() { weights[row] *= factors[code] }
    }
}
