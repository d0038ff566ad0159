import CApusKernels

/// Which rows lie in dense places and how these hang together: the work of DBSCAN, without lists of neighbours.
///
/// Rows are put in the order of a KD-tree's leaves and cut into blocks of 64 with a box around each. Two blocks whose boxes
/// are farther apart than the radius have nothing to do with each other; two that fit within it are near row by row.
/// What remains is looked at panel by panel. Memory grows with the rows, not with the neighbours.
@_documentation(visibility: internal)
public struct NeighborDensity: Sendable {
    /// What there is to know about each row.
    public struct Result: Sendable {
        /// Whether the row is a core: enough rows lie within the radius.
        public var isCore: [Bool]
        /// The cluster of each row, numbered by first core; -1 for noise.
        public var labels: [Int]

        /// What was found by other means.
        public init(isCore: [Bool], labels: [Int]) {
            self.isCore = isCore
            self.labels = labels
        }
    }

    /// Rows in a block.
    static let blockRows = 64
    /// Blocks in a group, which has a box of its own.
    static let groupBlocks = 16

    let radius: Double
    /// The place of each row before the rows were put in order.
    let order: [Int32]
    let scan: NeighborScan
    let blocks: Boxes
    let groups: Boxes
    let look: NeighborScan.Panels.Look?
    /// For each row, and to fill up the last group of six, the first look above which others are certain to be outside the
    /// radius, and that below which, but for their slack, they are certain to be inside.
    let limits: [Float]
    let sures: [Float]

    /// Prepares the search among the rows of `x`.
    ///
    /// - Parameters:
    ///   - radius: The greatest distance of neighbours.
    ///   - usesBoxes: Whether to rule blocks out by their boxes; false to look at every pair of blocks.
    public init(_ x: Matrix, measure: NeighborMeasure, radius: Double, usesBoxes: Bool) {
        self.radius = radius
        let isBoxed = usesBoxes && measure != .cosine
        order =
            isBoxed
            ? NeighborTree(x, shape: .boxes, measure: measure, leafSize: 16).order
            : (0..<Int32(truncatingIfNeeded: x.rows)).map { $0 }
        let sorted = isBoxed ? x.selecting(rows: order.map { Int($0) }) : x
        scan = NeighborScan(sorted, measure: measure)
        let rows = scan.rows
        blocks = Boxes(rows, size: Self.blockRows, isBoxed ? measure : nil)
        groups = Boxes(rows, size: Self.blockRows * Self.groupBlocks, isBoxed ? measure : nil)
        look = scan.panels.flatMap { panels in
            rows.values.withUnsafeBufferPointer { panels.look($0.baseAddress.unsafelyUnwrapped, rows.rows) }
        }
        let reach = measure.reduced(distance: radius) * (scan.panels?.unit ?? 1)
        let padding = [Float](repeating: -.infinity, count: Int(apusNeighborGroup))
        // Never infinite: what fills up the last panel is, and must not pass.
        let greatest = Float.greatestFiniteMagnitude
        limits = (look?.shifts.map { min(greatest, Float(reach * (1 + 1e-6) + $0).nextUp) } ?? []) + padding
        sures = (look?.inner.map { min(greatest, Float(reach * (1 - 1e-6) + $0).nextDown) } ?? []) + padding
    }

    /// Boxes around blocks of rows.
    struct Boxes: Sendable {
        /// How two boxes lie.
        enum Relation { case apart, mixed, within }

        let size: Int
        let count: Int
        private let measure: NeighborMeasure?
        private let d: Int
        private let low: [Double]
        private let high: [Double]

        init(_ x: Matrix, size: Int, _ measure: NeighborMeasure?) {
            self.size = size
            self.measure = measure
            d = x.columns
            count = (x.rows + size - 1) / size
            guard measure != nil else {
                (low, high) = ([], [])
                return
            }
            let d = x.columns
            var low = [Double](repeating: .infinity, count: count * d)
            var high = [Double](repeating: -.infinity, count: count * d)
            x.values.withUnsafeBufferPointer { x in
                for (row, box) in (0..<x.count / d).lazy.map({ ($0, $0 / size) }) {
                    for q in 0..<d {
                        low[box * d + q] = min(low[box * d + q], x[row * d + q])
                        high[box * d + q] = max(high[box * d + q], x[row * d + q])
                    }
                }
            }
            (self.low, self.high) = (low, high)
        }

        /// How box `i` and box `j` of `other` lie to each other. Rounding never makes a mixed pair another.
        func relation(_ i: Int, _ other: Boxes, _ j: Int, reducedRadius: Double) -> Relation {
            guard let measure else { return .mixed }
            var (least, most) = (0.0, 0.0)
            let margin = 1 + 1e-9
            for q in 0..<d {
                let (a, b) = (i * d + q, j * d + q)
                let gap = max(0, max(other.low[b] - high[a], low[a] - other.high[b]))
                least = measure.adding(gap, to: least)
                if least > reducedRadius * margin { return .apart }
                most = measure.adding(max(other.high[b] - low[a], high[a] - other.low[b]), to: most)
            }
            return most * margin < reducedRadius ? .within : .mixed
        }
    }

    /// Finds cores and clusters.
    ///
    /// - Parameters:
    ///   - weights: What each row counts, or nil for 1.
    ///   - least: The least sum of weights within the radius of a core.
    ///   - step: Called between the parts of the work with the share that is done; what it throws ends the work.
    public func clusters(weights: [Double]?, least: Double, step: (Double) throws -> Void) throws -> Result {
        let n = scan.rows.rows
        let own = weights.map { weights in order.map { weights[Int($0)] } }
        var isCore = [Bool](repeating: false, count: n)
        // A few parts, so that the work can be stopped and watched.
        let parts = Parallel.blocks(of: blocks.count, size: max(1, (blocks.count + 15) / 16))
        for (i, part) in parts.enumerated() {
            try step(0.5 * Double(i) / Double(parts.count))
            let found = Parallel.map(part.count) { weightNear(part.lowerBound + $0, own) }
            for (block, sums) in zip(part, found) {
                for (t, sum) in sums.enumerated() { isCore[block * Self.blockRows + t] = sum >= least }
            }
        }
        var parents = (0..<Int32(truncatingIfNeeded: n)).map { $0 }
        let cores = isCore
        for (i, part) in parts.enumerated() {
            try step(0.5 + 0.3 * Double(i) / Double(parts.count))
            parents.withUnsafeMutableBufferPointer { parents in
                let forest = SharedBuffer(parents)
                Parallel.forEach(part.count) { unite(part.lowerBound + $0, cores, forest) }
            }
        }
        try step(0.8)
        let clusters = numbered(&parents, isCore: cores)
        var labels = [Int](repeating: -1, count: n)
        for (i, part) in parts.enumerated() {
            try step(0.8 + 0.2 * Double(i) / Double(parts.count))
            let found = Parallel.map(part.count) { borders(part.lowerBound + $0, cores, clusters) }
            for (block, ids) in zip(part, found) {
                for (t, id) in ids.enumerated() {
                    labels[Int(order[block * Self.blockRows + t])] = id
                }
            }
        }
        var result = Result(isCore: [Bool](repeating: false, count: n), labels: labels)
        for place in 0..<n { result.isCore[Int(order[place])] = cores[place] }
        return result
    }

    /// The cluster of each core, in the order in which their first rows come; -1 for other rows.
    private func numbered(_ parents: inout [Int32], isCore: [Bool]) -> [Int] {
        let n = parents.count
        let roots = parents.withUnsafeMutableBufferPointer { parents in
            let base = parents.baseAddress.unsafelyUnwrapped
            return (0..<n).map { Int(apus_neighbors_root(base, Int32(truncatingIfNeeded: $0))) }
        }
        var places = [Int](repeating: 0, count: n)
        for (place, row) in order.enumerated() { places[Int(row)] = place }
        var numbers = [Int](repeating: -1, count: n)
        var clusters = [Int](repeating: -1, count: n)
        var next = 0
        for place in places where isCore[place] {
            if numbers[roots[place]] < 0 {
                numbers[roots[place]] = next
                next += 1
            }
            clusters[place] = numbers[roots[place]]
        }
        return clusters
    }
}
