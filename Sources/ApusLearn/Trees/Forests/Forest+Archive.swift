import ApusCore

extension Forest {
    /// Puts the trees into an archive: each field of all their nodes as one tensor, tree after tree.
    func encode(into archive: inout ModelArchive) {
        func all<Value>(_ field: (Tree) -> [Value]) -> [Value] {
            var joined: [Value] = []
            joined.reserveCapacity(trees.reduce(0) { $0 + field($1).count })
            for tree in trees { joined.append(contentsOf: field(tree)) }
            return joined
        }
        archive.store(.int(featureCount), as: "features")
        archive.store(.int(valueWidth), as: "width")
        archive.store(trees.map(\.nodeCount), as: "nodes")
        archive.store(all(\.feature), as: "feature")
        archive.store(all(\.threshold), as: "threshold")
        archive.store(all(\.left), as: "left")
        archive.store(all(\.right), as: "right")
        archive.store(all(\.impurity), as: "impurity")
        archive.store(all(\.rowCount), as: "rows")
        archive.store(all(\.weight), as: "weight")
        archive.store(all { $0.missingGoesLeft.map { $0 ? 1 : 0 } } as [UInt8], as: "missing-left")
        archive.store(all(\.values), as: "values")
    }

    /// Takes trees out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel` unless every part of the arrays describes a tree.
    init(from archive: ModelArchive) throws {
        let featureCount = try archive.int("features", in: 1...TreeWalk.mostColumns)
        let width = try archive.int("width", in: 1...Int(Int32.max))
        let counts = try archive.ints("nodes", in: 1...Int(Int32.max) - 1)
        var total = 0
        for count in counts {
            let (sum, overflow) = total.addingReportingOverflow(count)
            guard !overflow else { throw archive.damaged("a forest has more nodes than can be counted") }
            total = sum
        }
        let (valueCount, overflow) = total.multipliedReportingOverflow(by: width)
        guard !counts.isEmpty, !overflow else { throw archive.damaged("a forest has no trees, or too many values") }
        let feature = try archive.int32s("feature", count: total, in: -2...featureCount - 1)
        let threshold = try archive.doubles("threshold", count: total, allowsNonFinite: true)
        let left = try archive.int32s("left", count: total)
        let right = try archive.int32s("right", count: total)
        let impurity = try archive.doubles("impurity", count: total)
        let rowCount = try archive.ints("rows", count: total, in: 0...Int.max)
        let weight = try archive.doubles("weight", count: total)
        let missing = try archive.bytes("missing-left", count: total)
        let values = try archive.doubles("values", count: valueCount)

        var parts: [Range<Int>] = []
        for count in counts {
            let start = parts.last?.upperBound ?? 0
            parts.append(start..<start + count)
        }
        let trees = try Parallel.tryMap(parts.count) { [parts] k in
            let nodes = parts[k]
            var tree = Tree(featureCount: featureCount, valueWidth: width)
            tree.feature = Array(feature[nodes])
            tree.threshold = Array(threshold[nodes])
            tree.left = Array(left[nodes])
            tree.right = Array(right[nodes])
            tree.impurity = Array(impurity[nodes])
            tree.rowCount = Array(rowCount[nodes])
            tree.weight = Array(weight[nodes])
            tree.missingGoesLeft = missing[nodes].map { $0 != 0 }
            tree.values = Array(values[nodes.lowerBound * width..<nodes.upperBound * width])
            try tree.checkLinks(archive)
            tree.finish()
            return tree
        }
        self.init(trees: trees, featureCount: featureCount, valueWidth: width)
    }
}
