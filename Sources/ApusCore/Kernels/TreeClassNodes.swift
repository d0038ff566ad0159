import CApusKernels

/// The rows of a growing tree that tells classes apart, where weights are whole numbers.
///
/// Class counts are exact in any order of the rows, so that sorting is free of it: a node's rows are words that name the
/// row, its weight and its class, and a feature is searched on bare keys of rank, weight and class. Where a column has few
/// distinct values and a node many rows, the classes are counted by value instead.
final class TreeClassNodes: BestTreeSearch {
    let columns: TreePackedColumns
    let count: Int
    private var shape: ApusForestShape
    private let table: UnsafeMutablePointer<Double>?
    private let totalWeight: Double
    private let words: UnsafeMutablePointer<UInt32>
    private let spare: UnsafeMutablePointer<UInt32>
    private let keys: UnsafeMutablePointer<UInt32>
    /// The weight of each class in the node, on a side, of missing values, and room for a pass.
    private let node: UnsafeMutablePointer<UInt32>
    private let side: UnsafeMutablePointer<UInt32>
    private let missingSums: UnsafeMutablePointer<UInt32>
    private let scratch: UnsafeMutablePointer<UInt32>
    /// For each rank of a narrow column the weight of each class, and the number of rows.
    private let weights: UnsafeMutablePointer<UInt32>
    private let rowCounts: UnsafeMutablePointer<UInt32>

    private var start = 0
    private var end = 0
    private var weight = 0.0
    private var column: TreePackedColumns.Column
    private var feature = -1
    private var missing = 0
    private var missingWeight = 0.0
    private var isCounted = false
    private var range = (low: UInt32(0), high: UInt32(0))
    private var isSorted = false

    /// Nodes with fewer rows read ranks row by row.
    private static let rowwise = 1000
    /// Nodes with at least so many rows are counted by value in narrow columns.
    private static let counted = 500

    /// The rows of a tree, or nil when rows, ranks and weights do not fit into words.
    ///
    /// - Parameters:
    ///   - columns: The columns.
    ///   - targets: Classes; all weights are whole numbers with a sum below 2²⁶.
    init?(_ columns: TreePackedColumns, _ targets: TreeTargets, classes: Int, criterion: Int32) {
        guard let codes = targets.codes else { return nil }
        let rows = targets.rows
        var greatest = 1
        if let weights = targets.weights {
            for row in 0..<rows { greatest = max(greatest, Int(weights[row])) }
        }
        func bits(_ value: Int) -> Int { Int.bitWidth - value.leadingZeroBitCount }
        let classBits = bits(classes - 1)
        let payloadBits = classBits + (targets.weights == nil ? 0 : bits(greatest))
        guard bits(max(rows - 1, columns.greatestRank)) + payloadBits <= 32, payloadBits < 32 else { return nil }

        self.columns = columns
        let words = UnsafeMutablePointer<UInt32>.allocate(capacity: max(1, rows))
        var count = 0
        for row in 0..<rows {
            let code = UInt32(truncatingIfNeeded: codes[row])
            var payload = code
            if let weights = targets.weights {
                let weight = UInt32(weights[row])
                if weight == 0 { continue }
                payload |= weight << UInt32(classBits)
            }
            words[count] = UInt32(truncatingIfNeeded: row) << UInt32(payloadBits) | payload
            count += 1
        }
        self.words = words
        self.count = count
        totalWeight = targets.totalWeight
        table = criterion == 0 ? nil : EntropyImpurity.table(upTo: Int(targets.totalWeight))
        shape = ApusForestShape(
            payloadBits: Int32(payloadBits), classBits: Int32(classBits), classes: Int32(classes),
            criterion: criterion, table: UnsafePointer(table))
        spare = .allocate(capacity: count + 64)
        keys = .allocate(capacity: count + 64)
        node = .allocate(capacity: 6 * classes)
        node.initialize(repeating: 0, count: 6 * classes)
        side = node + classes
        missingSums = side + classes
        scratch = missingSums + classes
        weights = .allocate(capacity: 256 * classes)
        rowCounts = .allocate(capacity: 256)
        column = columns.columns[0]
    }

    deinit {
        words.deallocate()
        table?.deallocate()
        spare.deallocate()
        keys.deallocate()
        node.deallocate()
        weights.deallocate()
        rowCounts.deallocate()
    }

    var features: Int { columns.features }
    var valueWidth: Int { Int(shape.classes) }
    private var rowsInNode: Int { end - start }
    private var bits: Int { Int(shape.payloadBits) }

    func enter(_ range: Range<Int>) -> Double {
        start = range.lowerBound
        end = range.upperBound
        apus_forest_sums(&shape, words + start, end - start, node)
        var sum: UInt32 = 0
        for c in 0..<valueWidth { sum += node[c] }
        weight = Double(sum)
        return weight
    }

    func impurity() -> Double { apus_forest_impurity(&shape, node, weight) }

    func appendValue(to values: inout [Double]) {
        for c in 0..<valueWidth { values.append(Double(node[c]) / weight) }
    }

    // MARK: Loading a feature

    func load(_ feature: Int) -> Bool {
        self.feature = feature
        column = columns.columns[feature]
        missing = 0
        isSorted = false
        isCounted = column.isNarrow && rowsInNode >= TreeClassNodes.counted
        return isCounted ? loadCounts() : loadKeys()
    }

    private func loadKeys() -> Bool {
        let here = words + start
        var bounds: (UInt32, UInt32) = (0, 0)
        withUnsafeMutableBytes(of: &bounds) { bytes in
            let range = bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt32.self)
            if column.isNarrow {
                if let table = columns.narrowByRow, rowsInNode < TreeClassNodes.rowwise {
                    apus_forest_keys8(
                        table + column.index, columns.narrowCount, here, rowsInNode, shape.payloadBits, keys, range)
                } else {
                    apus_forest_keys8(
                        columns.narrow + column.index * columns.rows, 1, here, rowsInNode, shape.payloadBits, keys,
                        range)
                }
            } else if let table = columns.wideByRow, rowsInNode < TreeClassNodes.rowwise {
                apus_forest_keys32(
                    table + column.index, columns.wideCount, here, rowsInNode, shape.payloadBits, keys, range)
            } else {
                apus_forest_keys32(
                    columns.wide + column.index * columns.rows, 1, here, rowsInNode, shape.payloadBits, keys, range)
            }
        }
        range = bounds
        var (low, high) = (Int(bounds.0) >> bits, Int(bounds.1) >> bits)
        if high == column.levels {
            if low == high { return false }
            // Missing values come last.
            sort()
            var first = 0
            var last = rowsInNode
            while first < last {
                let middle = (first + last) / 2
                if Int(keys[middle]) >> bits >= column.levels { last = middle } else { first = middle + 1 }
            }
            missing = rowsInNode - first
            apus_forest_sums(&shape, keys + first, missing, missingSums)
            missingWeight = 0
            for c in 0..<valueWidth { missingWeight += Double(missingSums[c]) }
            low = Int(keys[0]) >> bits
            high = Int(keys[first - 1]) >> bits
            return true
        }
        return !columns.isConstant(column, from: low, to: high)
    }

    private func sort() {
        if isSorted { return }
        apus_forest_sort(keys, spare, rowsInNode, shape.payloadBits, range.low, range.high)
        isSorted = true
    }

    private func loadCounts() -> Bool {
        let levels = column.levels
        let width = valueWidth
        weights.update(repeating: 0, count: (levels + 1) * width)
        rowCounts.update(repeating: 0, count: levels + 1)
        if let table = columns.narrowByRow, rowsInNode < TreeClassNodes.rowwise {
            apus_forest_count8(
                table + column.index, columns.narrowCount, &shape, words + start, rowsInNode, weights, rowCounts)
        } else {
            apus_forest_count8(
                columns.narrow + column.index * columns.rows, 1, &shape, words + start, rowsInNode, weights, rowCounts)
        }
        if column.hasMissing {
            missing = Int(rowCounts[levels])
            missingWeight = 0
            for c in 0..<width {
                missingSums[c] = weights[levels * width + c]
                missingWeight += Double(missingSums[c])
            }
        }
        if missing == rowsInNode { return false }
        if missing > 0 { return true }
        var low = 0
        while rowCounts[low] == 0 { low += 1 }
        var high = levels - 1
        while rowCounts[high] == 0 { high -= 1 }
        return !columns.isConstant(column, from: low, to: high)
    }

    // MARK: Searching

    func search(_ limits: TreeLimits, _ split: inout TreeSplit) {
        if !isCounted { sort() }
        scan(limits, &split, missingGoesLeft: false)
        if missing > 0 { scan(limits, &split, missingGoesLeft: true) }
    }

    private func scan(_ limits: TreeLimits, _ split: inout TreeSplit, missingGoesLeft: Bool) {
        var pass = ApusForestPass(
            minWeight: limits.weight, minRows: Int64(limits.rows), proxy: split.proxy, leftRows: -1, lastLeft: 0,
            firstRight: 0, mayEndBeforeMissing: missing > 0 && !missingGoesLeft ? 1 : 0)
        let close = column.closeStart >= 0 ? UnsafePointer(columns.close + column.closeStart) : nil
        let (lows, highs) = (columns.lows + column.start, columns.highs + column.start)
        let before = missingGoesLeft ? UnsafePointer(missingSums) : nil
        let beforeWeight = missingGoesLeft ? missingWeight : 0
        let beforeRows = missingGoesLeft ? missing : 0
        if isCounted {
            apus_forest_scan_counts(
                &shape, weights, rowCounts, column.levels, close, lows, highs, node, weight, rowsInNode, before,
                beforeWeight, beforeRows, scratch, &pass)
        } else {
            apus_forest_scan(
                &shape, keys, rowsInNode - missing, close, lows, highs, node, weight, rowsInNode, before, beforeWeight,
                beforeRows, scratch, &pass)
        }
        guard pass.leftRows >= 0 else { return }
        split.feature = feature
        split.proxy = pass.proxy
        split.leftCount = Int(pass.leftRows)
        split.missingGoesLeft =
            missing == 0 ? split.leftCount > rowsInNode - split.leftCount : missingGoesLeft
        split.lastLeft = pass.lastLeft
        split.cut = pass.firstRight
    }

    // MARK: Dividing the node

    func partition(_ split: inout TreeSplit, impurity: Double) {
        let column = columns.columns[split.feature]
        split.threshold = columns.threshold(column, between: split.lastLeft, and: split.cut)
        let levels = UInt32(column.levels)
        let cut = min(split.cut, levels)
        let missingIsLeft: Int32 = split.missingGoesLeft ? 1 : 0
        let here = words + start
        let isSmall = rowsInNode < TreeClassNodes.rowwise
        let leftCount: Int
        if column.isNarrow {
            let table = isSmall ? columns.narrowByRow : nil
            leftCount = apus_forest_divide8(
                table.map { $0 + column.index } ?? columns.narrow + column.index * columns.rows,
                table == nil ? 1 : columns.narrowCount, &shape, here, spare, rowsInNode, cut, levels, missingIsLeft,
                side)
        } else {
            let table = isSmall ? columns.wideByRow : nil
            leftCount = apus_forest_divide32(
                table.map { $0 + column.index } ?? columns.wide + column.index * columns.rows,
                table == nil ? 1 : columns.wideCount, &shape, here, spare, rowsInNode, cut, levels, missingIsLeft,
                side)
        }
        split.leftCount = leftCount
        var sum: UInt32 = 0
        for c in 0..<valueWidth {
            sum += side[c]
            scratch[c] = node[c] - side[c]
        }
        let weightLeft = Double(sum)
        let weightRight = weight - weightLeft
        let left = apus_forest_impurity(&shape, side, weightLeft)
        let right = apus_forest_impurity(&shape, scratch, weightRight)
        split.impurityLeft = left
        split.impurityRight = right
        split.improvement =
            (weight / totalWeight) * (impurity - weightRight / weight * right - weightLeft / weight * left)
    }

    func separate(_ split: TreeSplit, left: Bool, right: Bool) {}
}
