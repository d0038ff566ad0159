import ApusCore

extension BoostedTrees {
    /// Puts the trees into an archive.
    func encode(into archive: inout ModelArchive) {
        archive.store(.int(featureCount), as: "features")
        archive.store(baseline, as: "baseline")
        archive.store(binThresholds.flatMap { $0 }, as: "bin-thresholds")
        archive.store(binThresholds.map(\.count), as: "bin-threshold-counts")
        archive.store(categories.flatMap { $0 ?? [] }, as: "categories")
        archive.store(categories.map { $0?.count ?? -1 }, as: "category-counts")
        archive.store(roots, as: "roots")
        archive.store(feature, as: "feature")
        archive.store(threshold, as: "threshold")
        archive.store(left, as: "left")
        archive.store(right, as: "right")
        archive.store(value, as: "value")
        archive.store(gain, as: "gain")
        archive.store(rowCount, as: "rows")
        archive.store(missingGoesLeft.map { $0 ? 1 : 0 } as [UInt8], as: "missing-left")
        archive.store(categorySet, as: "category-set")
        archive.store(categorySets, as: "category-sets")
    }

    /// Takes trees out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel` unless the arrays describe whole trees over columns that exist.
    init(from archive: ModelArchive) throws {
        let featureCount = try archive.int("features", in: 1...Int(Int32.max))
        let baseline = try archive.doubles("baseline")
        guard !baseline.isEmpty else { throw archive.damaged("there are no scores") }
        let thresholds = try Self.lists(
            archive, "bin-thresholds", counts: archive.ints("bin-threshold-counts", count: featureCount, in: 0...254))
        let categoryCounts = try archive.ints("category-counts", count: featureCount, in: -1...255)
        let categories = zip(
            categoryCounts, try Self.lists(archive, "categories", counts: categoryCounts.map { max(0, $0) })
        ).map { $0 < 0 ? nil : $1 }
        self.init(
            featureCount: featureCount, baseline: baseline, binThresholds: thresholds, categories: categories)
        feature = try archive.int32s("feature", in: -1...featureCount - 1)
        let count = feature.count
        guard count > 0, count < Int(Int32.max) else { throw archive.damaged("the trees have no nodes") }
        roots = try archive.int32s("roots", in: 0...count - 1)
        threshold = try archive.doubles("threshold", count: count, allowsNonFinite: true)
        left = try archive.int32s("left", count: count, in: -1...count - 1)
        right = try archive.int32s("right", count: count, in: -1...count - 1)
        value = try archive.doubles("value", count: count)
        gain = try archive.doubles("gain", count: count)
        rowCount = try archive.ints("rows", count: count, in: 0...Int.max)
        missingGoesLeft = try archive.bytes("missing-left", count: count).map { $0 != 0 }
        categorySets = try archive.bytes("category-sets")
        let sets = categorySets.count / Self.setBytes
        guard categorySets.count % Self.setBytes == 0 else { throw archive.damaged("a set of categories is cut off") }
        categorySet = try archive.int32s("category-set", count: count, in: -1...sets - 1)
        try checkLinks(archive)
        prepare()
    }

    /// A tensor cut into lists of the given lengths, each ascending.
    private static func lists(_ archive: ModelArchive, _ name: String, counts: [Int]) throws -> [[Double]] {
        let values = try archive.doubles(name, count: counts.reduce(0, +))
        var start = 0
        return try counts.map { count in
            defer { start += count }
            let list = Array(values[start..<start + count])
            guard zip(list, list.dropFirst()).allSatisfy({ $0 <= $1 }) else {
                throw archive.damaged("tensor “\(name)” does not ascend")
            }
            return list
        }
    }

    private func checkLinks(_ archive: ModelArchive) throws {
        guard let first = roots.first, first == 0, roots.count.isMultiple(of: outputs),
            zip(roots, roots.dropFirst()).allSatisfy({ $0 < $1 })
        else { throw archive.damaged("the roots are not those of trees, as many for each score") }
        for tree in roots.indices {
            let nodes = Int(roots[tree])..<Int(roots[tree]) + nodeCount(ofTree: tree)
            var hasParent = [Bool](repeating: false, count: nodes.count)
            for node in nodes {
                guard feature[node] >= 0 else {
                    guard left[node] == -1, right[node] == -1 else {
                        throw archive.damaged("node \(node) is neither a leaf nor a split")
                    }
                    continue
                }
                let isCategorical = categories[Int(feature[node])] != nil
                guard !threshold[node].isNaN, isCategorical == (categorySet[node] >= 0) else {
                    throw archive.damaged("node \(node) does not suit its column")
                }
                for child in [Int(left[node]), Int(right[node])] {
                    guard child > node, nodes.contains(child), !hasParent[child - nodes.lowerBound] else {
                        throw archive.damaged("node \(child) is not the child of one earlier node of its tree")
                    }
                    hasParent[child - nodes.lowerBound] = true
                }
            }
            guard hasParent.dropFirst().allSatisfy(\.self) else {
                throw archive.damaged("tree \(tree) has a node that no split leads to")
            }
        }
    }
}
