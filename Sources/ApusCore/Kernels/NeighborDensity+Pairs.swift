import CApusKernels

extension NeighborDensity {
    /// The sum of weights within the radius of each row of a block.
    func weightNear(_ block: Int, _ weights: [Double]?) -> [Double] {
        let rows = range(block)
        var sums = [Double](repeating: 0, count: rows.count)
        forEachNeighbor(of: block) { other, relation in
            let others = range(other)
            if relation == .within {
                let sum = weights.map { $0[others].reduce(0, +) } ?? Double(others.count)
                for t in sums.indices { sums[t] += sum }
                return true
            }
            withMasks(rows, all: rows, others) { row, first, mask in
                if let weights {
                    var bits = mask
                    while bits != 0 {
                        sums[row - rows.lowerBound] += weights[first + bits.trailingZeroBitCount]
                        bits &= bits - 1
                    }
                } else {
                    sums[row - rows.lowerBound] += Double(mask.nonzeroBitCount)
                }
            }
            return true
        }
        if scan.measure == .cosine {
            // A row is near itself even where it has no direction.
            scan.rows.values.withUnsafeBufferPointer { values in
                let base = values.baseAddress.unsafelyUnwrapped
                let d = scan.rows.columns
                for row in rows where scan.measure.reduced(base + row * d, base + row * d, d) > radius {
                    sums[row - rows.lowerBound] += weights?[row] ?? 1
                }
            }
        }
        return sums
    }

    /// Joins the cores of a block with those near them in this and earlier blocks.
    func unite(_ block: Int, _ isCore: [Bool], _ forest: SharedBuffer<Int32>) {
        let rows = range(block)
        let cores = rows.filter { isCore[$0] }
        guard let first = cores.first else { return }
        func root(_ row: Int) -> Int32 { apus_neighbors_root(forest.base, Int32(truncatingIfNeeded: row)) }
        func join(_ a: Int, _ b: Int) {
            apus_neighbors_unite(forest.base, Int32(truncatingIfNeeded: a), Int32(truncatingIfNeeded: b))
        }
        forEachNeighbor(of: block, upTo: block) { other, relation in
            let others = range(other).filter { isCore[$0] }
            guard let representative = others.first else { return true }
            if relation == .within {
                for row in cores { join(row, representative) }
                for row in others { join(row, first) }
                return true
            }
            // Where all belong together already there is nothing to find.
            let common = root(first)
            if cores.allSatisfy({ root($0) == common }), others.allSatisfy({ root($0) == common }) { return true }
            withMasks(rows, all: cores, range(other)) { row, start, mask in
                var bits = mask
                while bits != 0 {
                    let found = start + bits.trailingZeroBitCount
                    if isCore[found] { join(row, found) }
                    bits &= bits - 1
                }
            }
            return true
        }
    }

    /// The clusters of a block's rows: those of the cores, and for others the first of the clusters with a core near.
    func borders(_ block: Int, _ isCore: [Bool], _ clusters: [Int]) -> [Int] {
        let rows = range(block)
        var labels = rows.map { isCore[$0] ? clusters[$0] : Int.max }
        let others = rows.filter { !isCore[$0] }
        if !others.isEmpty {
            forEachNeighbor(of: block) { other, relation in
                let near = range(other)
                if relation == .within {
                    let first = near.lazy.filter { isCore[$0] }.map { clusters[$0] }.min() ?? .max
                    for row in others { labels[row - rows.lowerBound] = min(labels[row - rows.lowerBound], first) }
                    return true
                }
                guard near.contains(where: { isCore[$0] }) else { return true }
                withMasks(rows, all: others, near) { row, start, mask in
                    var bits = mask
                    while bits != 0 {
                        let found = start + bits.trailingZeroBitCount
                        if isCore[found] {
                            labels[row - rows.lowerBound] = min(labels[row - rows.lowerBound], clusters[found])
                        }
                        bits &= bits - 1
                    }
                }
                return true
            }
        }
        return labels.map { $0 == .max ? -1 : $0 }
    }

    private func range(_ block: Int) -> Range<Int> {
        block * Self.blockRows..<min((block + 1) * Self.blockRows, scan.rows.rows)
    }

    /// Visits the blocks that may hold neighbours of a block, ascending, until `body` returns false.
    private func forEachNeighbor(of block: Int, upTo last: Int? = nil, _ body: (Int, Boxes.Relation) -> Bool) {
        let reduced = scan.measure.reduced(distance: radius)
        let end = last.map { $0 + 1 } ?? blocks.count
        for group in 0..<groups.count {
            let start = group * Self.groupBlocks
            if start >= end { return }
            if groups.relation(group, blocks, block, reducedRadius: reduced) == .apart { continue }
            for other in start..<min(start + Self.groupBlocks, end) {
                let relation = blocks.relation(block, blocks, other, reducedRadius: reduced)
                if relation != .apart, !body(other, relation) { return }
            }
        }
    }

    /// For each of some rows of a block, and each panel of another block, a bit for each row within the radius.
    ///
    /// - Parameters:
    ///   - rows: The rows of the block.
    ///   - all: Those to look at, ascending.
    ///   - others: The rows of the other block.
    ///   - body: Receives a row, the first row of a panel, and the bits.
    private func withMasks<Rows: Collection<Int>>(
        _ rows: Range<Int>, all: Rows, _ others: Range<Int>, _ body: (Int, Int, UInt16) -> Void
    ) {
        let (d, group) = (scan.rows.columns, Int(apusNeighborGroup))
        let reduced = scan.measure.reduced(distance: radius)
        guard let panels = scan.panels, let look else { return plainMasks(all, others, reduced, body) }
        // Rows that are left out leave holes in their groups of six; groups without a row are passed over.
        var groups: [(start: Int, wanted: UInt8)] = []
        for row in all {
            let start = row / group * group
            if groups.last?.start != start { groups.append((start, 0)) }
            groups[groups.count - 1].wanted |= 1 << UInt8(row - start)
        }
        let (first, last) = (others.lowerBound / 16, (others.upperBound + 15) / 16)
        panels.withRows(scan) { rows in
            scan.rows.values.withUnsafeBufferPointer { values in
                look.factors.withUnsafeBufferPointer { factors in
                    limits.withUnsafeBufferPointer { limits in
                        sures.withUnsafeBufferPointer { sures in
                            withUnsafeTemporaryAllocation(of: UInt16.self, capacity: group * (last - first)) { masks in
                                let found = masks.baseAddress.unsafelyUnwrapped
                                for (start, wanted) in groups {
                                    let isAny = apus_neighbors_masks(
                                        &rows, values.baseAddress.unsafelyUnwrapped + start * d,
                                        factors.baseAddress.unsafelyUnwrapped + start * d,
                                        limits.baseAddress.unsafelyUnwrapped + start,
                                        sures.baseAddress.unsafelyUnwrapped + start, panels.slack, reduced, first, last,
                                        found)
                                    if isAny == 0 { continue }
                                    for panel in first..<last {
                                        let bits = found + (panel - first) * group
                                        for t in 0..<group where bits[t] != 0 && wanted >> UInt8(t) & 1 == 1 {
                                            body(start + t, panel * 16, bits[t])
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private func plainMasks<Rows: Collection<Int>>(
        _ all: Rows, _ others: Range<Int>, _ reduced: Double, _ body: (Int, Int, UInt16) -> Void
    ) {
        let d = scan.rows.columns
        scan.rows.values.withUnsafeBufferPointer { values in
            let base = values.baseAddress.unsafelyUnwrapped
            for row in all {
                for start in stride(from: others.lowerBound, to: others.upperBound, by: 16) {
                    var mask: UInt16 = 0
                    for other in start..<min(start + 16, others.upperBound)
                    where scan.measure.reduced(base + row * d, base + other * d, d) <= reduced {
                        mask |= 1 << UInt16(other - start)
                    }
                    if mask != 0 { body(row, start, mask) }
                }
            }
        }
    }
}
