import ApusCore

extension Tree {
    /// Puts the tree into an archive.
    func encode(into archive: inout ModelArchive) {
        archive.store(.int(featureCount), as: "features")
        archive.store(.int(valueWidth), as: "width")
        archive.store(feature, as: "feature")
        archive.store(threshold, as: "threshold")
        archive.store(left, as: "left")
        archive.store(right, as: "right")
        archive.store(impurity, as: "impurity")
        archive.store(rowCount, as: "rows")
        archive.store(weight, as: "weight")
        archive.store(missingGoesLeft.map { $0 ? 1 : 0 } as [UInt8], as: "missing-left")
        archive.store(values, as: "values")
    }

    /// Takes a tree out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel` unless the arrays describe one tree: every node but the root is
    ///   the child of exactly one node before it, and splits name columns that exist.
    init(from archive: ModelArchive) throws {
        let featureCount = try archive.int("features", in: 1...TreeWalk.mostColumns)
        let width = try archive.int("width", in: 1...Int(Int32.max))
        self.init(featureCount: featureCount, valueWidth: width)
        feature = try archive.int32s("feature", in: -2...featureCount - 1)
        let count = feature.count
        guard count > 0, count < Int(Int32.max) else { throw archive.damaged("a tree has no nodes") }
        let (valueCount, overflow) = count.multipliedReportingOverflow(by: width)
        guard !overflow else { throw archive.damaged("a tree has more values than can be counted") }
        threshold = try archive.doubles("threshold", count: count, allowsNonFinite: true)
        left = try archive.int32s("left", count: count)
        right = try archive.int32s("right", count: count)
        impurity = try archive.doubles("impurity", count: count)
        rowCount = try archive.ints("rows", count: count, in: 0...Int.max)
        weight = try archive.doubles("weight", count: count)
        missingGoesLeft = try archive.bytes("missing-left", count: count).map { $0 != 0 }
        values = try archive.doubles("values", count: valueCount)
        try checkLinks(archive)
        finish()
    }

    /// Throws unless the links describe one tree.
    func checkLinks(_ archive: ModelArchive) throws {
        let children = Int(Tree.noChild)..<nodeCount
        guard left.allSatisfy({ children.contains(Int($0)) }), right.allSatisfy({ children.contains(Int($0)) }) else {
            throw archive.damaged("a tree has a link that leads out of it")
        }
        var hasParent = [Bool](repeating: false, count: nodeCount)
        for node in 0..<nodeCount {
            if left[node] == Tree.noChild || right[node] == Tree.noChild {
                guard left[node] == right[node], feature[node] == Tree.noFeature else {
                    throw archive.damaged("node \(node) of a tree is neither a leaf nor a split")
                }
                continue
            }
            guard feature[node] >= 0, !threshold[node].isNaN else {
                throw archive.damaged("node \(node) of a tree splits without a column or threshold")
            }
            for child in [Int(left[node]), Int(right[node])] {
                guard child > node, !hasParent[child] else {
                    throw archive.damaged("node \(child) of a tree is not the child of one earlier node")
                }
                hasParent[child] = true
            }
        }
        guard hasParent.dropFirst().allSatisfy(\.self) else {
            throw archive.damaged("a tree has a node that no split leads to")
        }
    }
}
