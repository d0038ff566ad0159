import CApusKernels

/// The rows of a growing tree that tells classes apart, where weights are whole numbers.
///
/// Class counts are exact in any order of the rows, so that sorting is free of it: a node's rows are words that name the
/// row, its weight and its class, and a feature is searched on bare keys of rank, weight and class. Where a column has few
/// distinct values and a node many rows, the classes are counted by value instead.
final class TreeClassNodes: BestTreeSearch {
    let columns: TreePackedColumns
    let count: Int
    /// Behind pointers, so that using them is not checked for overlapping access at every turn.
    private let shape: UnsafeMutablePointer<ApusForestShape>
    private let layout: UnsafeMutablePointer<TreePackedColumns.Column>
    private let classes: Int
    private let bits: Int
    private let table: UnsafeMutablePointer<Double>?
    private let totalWeight: Double
    private let words: UnsafeMutablePointer<UInt32>
    private let spare: UnsafeMutablePointer<UInt32>
    private let keys: UnsafeMutablePointer<UInt32>
    private let second: UnsafeMutablePointer<UInt32>
    /// The weight of each class in the node, on a side, of missing values, and room for a pass.
    private let node: UnsafeMutablePointer<UInt32>
    private let side: UnsafeMutablePointer<UInt32>
    private let missingSums: UnsafeMutablePointer<UInt32>
    private let scratch: UnsafeMutablePointer<UInt32>
    /// For each rank of a narrow column and each class the number of rows and their weight.
    private let counts: UnsafeMutablePointer<UInt64>
    /// From one rank's counts to the next one's.
    private let countStride: Int
    /// Whether there are few enough classes to count them by value.
    private let countsValues: Bool
    /// Whether wide columns are screened.
    private let screens: Bool

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

    /// Nodes with fewer rows than this read ranks row by row: rows that lie far apart share no cache lines in a column,
    /// while the ranks of one row do, and stay in the cache from one feature to the next.
    private let narrowRowwise: Int
    private let wideRowwise: Int
    /// The most rows that a node may have to be sorted rather than counted, whatever the column.
    private static let counted = 500
    /// Nodes with at least so many rows are screened.
    private static let screened = 512

    /// The rows of a tree, or nil when rows, ranks and weights do not fit into words.
    ///
    /// - Parameters:
    ///   - columns: The columns.
    ///   - codes: The class of each row.
    ///   - rowWeights: The weight of each row; nil for 1 each.
    ///   - total: The sum of all weights, below 2²⁶.
    ///   - classes: The number of classes.
    ///   - criterion: 0 for Gini, 1 for entropy.
    init?(
        _ columns: TreePackedColumns, codes: UnsafePointer<Int32>, rowWeights: [UInt32]?, total: Double, classes: Int,
        criterion: Int32
    ) {
        let rows = columns.rows
        let greatest = Int(rowWeights?.max() ?? 1)
        func bits(_ value: Int) -> Int { Int.bitWidth - value.leadingZeroBitCount }
        let classBits = bits(classes - 1)
        let payloadBits = classBits + (rowWeights == nil ? 0 : bits(greatest))
        guard bits(max(rows - 1, columns.greatestRank)) + payloadBits <= 32, payloadBits < 32 else { return nil }

        self.columns = columns
        let words = UnsafeMutablePointer<UInt32>.allocate(capacity: max(1, rows))
        var count = 0
        for row in 0..<rows {
            let code = UInt32(truncatingIfNeeded: codes[row])
            var payload = code
            if let rowWeights {
                let weight = rowWeights[row]
                if weight == 0 { continue }
                payload |= weight << UInt32(classBits)
            }
            words[count] = UInt32(truncatingIfNeeded: row) << UInt32(payloadBits) | payload
            count += 1
        }
        self.words = words
        self.count = count
        totalWeight = total
        table = criterion == 0 ? nil : EntropyImpurity.table(upTo: Int(total))
        shape = .allocate(capacity: 1)
        shape.initialize(
            to: ApusForestShape(
                payloadBits: Int32(payloadBits), classBits: Int32(classBits), classes: Int32(classes),
                criterion: criterion, table: UnsafePointer(table)))
        spare = .allocate(capacity: count + 64)
        keys = .allocate(capacity: count + 64)
        second = .allocate(capacity: count + 64)
        node = .allocate(capacity: 6 * classes)
        node.initialize(repeating: 0, count: 6 * classes)
        side = node + classes
        missingSums = side + classes
        scratch = missingSums + classes
        countStride = 1 << classBits
        countsValues = classes <= 128
        counts = .allocate(capacity: max(2048, countsValues ? 257 * countStride : 0))
        screens = criterion == 0 && classes == 2
        layout = .allocate(capacity: columns.features)
        layout.initialize(from: columns.columns, count: columns.features)
        column = layout[0]
        self.classes = classes
        self.bits = payloadBits
        func rowwise(_ bytesOfRow: Int) -> Int { min(rows / 4, (1 << 19) / max(1, bytesOfRow)) }
        narrowRowwise = columns.narrowByRow == nil ? 0 : rowwise(columns.narrowCount)
        wideRowwise = columns.wideByRow == nil ? 0 : rowwise(4 * columns.wideCount)
    }

    deinit {
        words.deallocate()
        table?.deallocate()
        spare.deallocate()
        keys.deallocate()
        second.deallocate()
        node.deallocate()
        counts.deallocate()
        layout.deallocate()
        shape.deallocate()
    }

    var features: Int { columns.features }
    var valueWidth: Int { classes }
    private var rowsInNode: Int { end - start }

    func enter(_ range: Range<Int>) -> Double {
        start = range.lowerBound
        end = range.upperBound
        apus_forest_sums(shape, words + start, end - start, node)
        var sum: UInt32 = 0
        for c in 0..<valueWidth { sum += node[c] }
        weight = Double(sum)
        return weight
    }

    func impurity() -> Double { apus_forest_impurity(shape, node, weight) }

    func appendValue(to values: inout [Double]) {
        for c in 0..<valueWidth { values.append(Double(node[c]) / weight) }
    }

    // MARK: Loading a feature

    func load(_ feature: Int) -> Bool {
        self.feature = feature
        column = layout[feature]
        missing = 0
        isSorted = false
        isCounted = countsValues && column.isNarrow && rowsInNode >= leastCounted(column)
        return isCounted ? loadCounts() : loadKeys()
    }

    private func loadKeys() -> Bool {
        let here = words + start
        var bounds: (UInt32, UInt32) = (0, 0)
        withUnsafeMutableBytes(of: &bounds) { bytes in
            let range = bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt32.self)
            if column.isNarrow {
                if let table = columns.narrowByRow, rowsInNode < narrowRowwise {
                    apus_forest_keys8(
                        table + column.index, columns.narrowCount, here, rowsInNode, shape.pointee.payloadBits, keys,
                        range)
                } else {
                    apus_forest_keys8(
                        columns.narrow + column.index * columns.rows, 1, here, rowsInNode, shape.pointee.payloadBits,
                        keys,
                        range)
                }
            } else if let table = columns.wideByRow, rowsInNode < wideRowwise {
                apus_forest_keys32(
                    table + column.index, columns.wideCount, here, rowsInNode, shape.pointee.payloadBits, keys, range)
            } else {
                apus_forest_keys32(
                    columns.wide + column.index * columns.rows, 1, here, rowsInNode, shape.pointee.payloadBits, keys,
                    range)
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
            apus_forest_sums(shape, keys + first, missing, missingSums)
            missingWeight = 0
            for c in 0..<valueWidth { missingWeight += Double(missingSums[c]) }
            low = Int(keys[0]) >> bits
            high = Int(keys[first - 1]) >> bits
            return true
        }
        return !columns.isConstant(column, from: low, to: high)
    }

    /// How many rows it takes until counting them by value in a narrow column is cheaper than sorting them: clearing and
    /// scanning the counts costs as much as the rows themselves.
    private func leastCounted(_ column: TreePackedColumns.Column) -> Int {
        min(TreeClassNodes.counted, 48 + column.levels * countStride / 8)
    }

    private func sort() {
        if isSorted { return }
        apus_forest_sort(keys, spare, rowsInNode, shape.pointee.payloadBits, range.low, range.high)
        isSorted = true
    }

    private func loadCounts() -> Bool {
        let levels = column.levels
        counts.update(repeating: 0, count: (levels + 1) * countStride)
        if let table = columns.narrowByRow, rowsInNode < narrowRowwise {
            apus_forest_count8(table + column.index, columns.narrowCount, shape, words + start, rowsInNode, counts)
        } else {
            apus_forest_count8(
                columns.narrow + column.index * columns.rows, 1, shape, words + start, rowsInNode, counts)
        }
        if column.hasMissing {
            missingWeight = 0
            for c in 0..<classes {
                let count = counts[levels * countStride + c]
                missing += Int(count >> 32)
                missingSums[c] = UInt32(truncatingIfNeeded: count)
                missingWeight += Double(missingSums[c])
            }
        }
        if missing == rowsInNode { return false }
        if missing > 0 { return true }
        var low = 0
        while counts[low] == 0 { low += 1 }
        var high = levels * countStride - 1
        while counts[high] == 0 { high -= 1 }
        return !columns.isConstant(column, from: low / countStride, to: high / countStride)
    }

    // MARK: Searching

    func search(_ limits: TreeLimits, _ split: inout TreeSplit) {
        if !isCounted {
            if screens, rowsInNode >= TreeClassNodes.screened, column.closeStart < 0, missing == 0, limits.rows <= 1,
                limits.weight == 0
            {
                return screen(&split)
            }
            sort()
        }
        scan(limits, &split, missingGoesLeft: false)
        if missing > 0 { scan(limits, &split, missingGoesLeft: true) }
    }

    /// Searches a large node without sorting all of it.
    private func screen(_ split: inout TreeSplit) {
        var pass = ApusForestPass(
            minWeight: 0, minRows: 0, proxy: split.proxy, leftRows: -1, lastLeft: 0, firstRight: 0,
            mayEndBeforeMissing: 0)
        apus_forest_screen(
            shape, keys, spare, second, rowsInNode, range.low, range.high, Double(node[1]), weight, counts, &pass)
        record(pass, &split, missingGoesLeft: false)
    }

    private func record(_ pass: ApusForestPass, _ split: inout TreeSplit, missingGoesLeft: Bool) {
        guard pass.leftRows >= 0 else { return }
        split.feature = feature
        split.proxy = pass.proxy
        split.leftCount = Int(pass.leftRows)
        split.missingGoesLeft =
            missing == 0 ? split.leftCount > rowsInNode - split.leftCount : missingGoesLeft
        split.lastLeft = pass.lastLeft
        split.cut = pass.firstRight
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
                shape, counts, column.levels, close, lows, highs, node, weight, rowsInNode, before,
                beforeWeight, beforeRows, scratch, &pass)
        } else {
            apus_forest_scan(
                shape, keys, rowsInNode - missing, close, lows, highs, node, weight, rowsInNode, before, beforeWeight,
                beforeRows, scratch, &pass)
        }
        record(pass, &split, missingGoesLeft: missingGoesLeft)
    }

    // MARK: Dividing the node

    func partition(_ split: inout TreeSplit, impurity: Double) {
        let column = layout[split.feature]
        split.threshold = columns.threshold(column, between: split.lastLeft, and: split.cut)
        let levels = UInt32(column.levels)
        let cut = min(split.cut, levels)
        let missingIsLeft: Int32 = split.missingGoesLeft ? 1 : 0
        let here = words + start
        let leftCount: Int
        if column.isNarrow {
            let table = rowsInNode < narrowRowwise ? columns.narrowByRow : nil
            leftCount = apus_forest_divide8(
                table.map { $0 + column.index } ?? columns.narrow + column.index * columns.rows,
                table == nil ? 1 : columns.narrowCount, shape, here, spare, rowsInNode, cut, levels, missingIsLeft,
                side)
        } else {
            let table = rowsInNode < wideRowwise ? columns.wideByRow : nil
            leftCount = apus_forest_divide32(
                table.map { $0 + column.index } ?? columns.wide + column.index * columns.rows,
                table == nil ? 1 : columns.wideCount, shape, here, spare, rowsInNode, cut, levels, missingIsLeft,
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
        let left = apus_forest_impurity(shape, side, weightLeft)
        let right = apus_forest_impurity(shape, scratch, weightRight)
        split.impurityLeft = left
        split.impurityRight = right
        split.improvement =
            (weight / totalWeight) * (impurity - weightRight / weight * right - weightLeft / weight * left)
    }

    func separate(_ split: TreeSplit, left: Bool, right: Bool) {}
}
