import CApusKernels

/// The best split of a node and what its sides sum to.
struct BoostingSplit: Sendable {
    var gain = -1.0
    var feature = -1
    var bin: UInt8 = 0
    var categories: BinSet?
    var missingGoesLeft = false
    var leftGradient = 0.0, leftHessian = 0.0, leftCount = 0.0
}

/// A node as the search of its split sees it.
struct BoostingNodeSums: Sendable {
    var gradient = 0.0, hessian = 0.0, count = 0.0
    var value = 0.0
    var lower = -Double.infinity, upper = Double.infinity

    /// What a child with these sums answers, within the bounds of this node's children.
    func childValue(_ gradient: Double, _ hessian: Double, l2: Double) -> Double {
        let value = -gradient / (hessian + l2 + 1e-15)
        return value < lower ? lower : value > upper ? upper : value
    }
}

/// Finds the best split of a node by one feature from the feature's histogram.
struct BoostingSplitSearch: Sendable {
    let limits: BoostingLimits
    let features: [BoostingBins.Feature]
    let hasMissing: [Bool]

    init(_ bins: BoostingBins, _ limits: BoostingLimits) {
        self.limits = limits
        features = bins.features
        hasMissing = bins.hasMissing
    }

    /// The best split by `feature`; its gain is -1 when there is none.
    func best(_ feature: Int, _ histogram: UnsafePointer<Double>, _ node: BoostingNodeSums) -> BoostingSplit {
        switch features[feature] {
        case .numbers(let thresholds):
            return bestThreshold(feature, thresholds.count + 1, histogram, node)
        case .categories(let values):
            return bestCategories(feature, values.count, histogram, node)
        }
    }

    private func bestThreshold(
        _ feature: Int, _ bins: Int, _ histogram: UnsafePointer<Double>, _ node: BoostingNodeSums
    ) -> BoostingSplit {
        var split = BoostingSplit()
        split.feature = feature
        var query = query(node, monotonic: limits.monotonic.isEmpty ? 0 : limits.monotonic[feature])
        var found = apus_boosting_split(gain: -1, gradient: 0, hessian: 0, count: 0, bin: 0)
        let missing = hasMissing[feature]
        // With missing values on the right, the right side is not empty even if all other values go left.
        var isFound = apus_boosting_scan_up(histogram, missing ? bins : bins - 1, &query, &found) != 0
        if missing, apus_boosting_scan_down(histogram, bins - 1, &query, &found) != 0 {
            isFound = true
            split.missingGoesLeft = true
        }
        guard isFound else { return split }
        split.gain = found.gain
        split.bin = UInt8(truncatingIfNeeded: found.bin)
        split.leftGradient = found.gradient
        split.leftHessian = found.hessian
        split.leftCount = found.count
        return split
    }

    private func query(_ node: BoostingNodeSums, monotonic: Int32) -> apus_boosting_node {
        apus_boosting_node(
            gradient: node.gradient, hessian: node.hessian, count: node.count, value: node.value, lower: node.lower,
            upper: node.upper, l2: limits.l2, leastHessian: limits.minHessian,
            leastCount: Double(limits.minSamplesLeaf), monotonic: monotonic)
    }

    // MARK: Categories

    /// Categories with a smaller sum of hessians, scaled to rows, are not told apart.
    private static let leastSupport = 10.0

    private struct Category {
        let bin: UInt8
        let order: Double
        let gradient: Double, hessian: Double, count: Double
    }

    /// Sorts the categories by their mean gradient, which makes an order of them in which the best set is contiguous
    /// (W. Fisher, "On Grouping for Maximum Homogeneity", 1958), and tries sets from both ends to the middle.
    private func bestCategories(
        _ feature: Int, _ bins: Int, _ histogram: UnsafePointer<Double>, _ node: BoostingNodeSums
    ) -> BoostingSplit {
        var split = BoostingSplit()
        split.feature = feature
        let factor = node.count / node.hessian
        let candidates = Array(0..<bins) + (hasMissing[feature] ? [Int(BoostingBins.missing)] : [])
        let unsorted = candidates.compactMap { bin -> Category? in
            let (gradient, hessian) = (histogram[4 * bin], histogram[4 * bin + 1])
            guard hessian * factor >= Self.leastSupport else { return nil }
            return Category(
                bin: UInt8(truncatingIfNeeded: bin), order: gradient / (hessian + Self.leastSupport),
                gradient: gradient, hessian: hessian, count: histogram[4 * bin + 2])
        }
        guard unsorted.count > 1 else { return split }
        let sorted = Self.sort(unsorted[...])
        var taken: ArraySlice<Category> = []
        let middle = (sorted.count + 1) / 2
        for (length, isFromStart) in [(middle, true), (middle - 1, false)] {
            var sums = (gradient: 0.0, hessian: 0.0, count: 0.0)
            for k in 0..<length {
                let category = sorted[isFromStart ? k : sorted.count - 1 - k]
                sums.gradient += category.gradient
                sums.hessian += category.hessian
                sums.count += category.count
                let least = Double(limits.minSamplesLeaf)
                if sums.count < least || sums.hessian < limits.minHessian { continue }
                if node.count - sums.count < least || node.hessian - sums.hessian < limits.minHessian { break }
                let gain = gain(sums.gradient, sums.hessian, node)
                guard gain > max(split.gain, 0) else { continue }
                split.gain = gain
                (split.leftGradient, split.leftHessian, split.leftCount) = sums
                taken = isFromStart ? sorted[...k] : sorted[(sorted.count - 1 - k)...]
            }
        }
        guard !taken.isEmpty else { return split }
        var set = BinSet()
        for category in taken { set.insert(category.bin) }
        split.categories = set
        split.missingGoesLeft = set.contains(BoostingBins.missing)
        return split
    }

    private func gain(_ gradient: Double, _ hessian: Double, _ node: BoostingNodeSums) -> Double {
        let rest = node.gradient - gradient
        let left = node.childValue(gradient, hessian, l2: limits.l2)
        let right = node.childValue(rest, node.hessian - hessian, l2: limits.l2)
        return (node.gradient * node.value - gradient * left) - rest * right
    }

    /// Merges halves with the second one first among equals: the order that the reference's sort leaves.
    private static func sort(_ values: ArraySlice<Category>) -> [Category] {
        guard values.count > 1 else { return Array(values) }
        let middle = values.startIndex + values.count / 2
        let first = sort(values[..<middle])
        let second = sort(values[middle...])
        var merged: [Category] = []
        merged.reserveCapacity(values.count)
        var (i, k) = (0, 0)
        while i < first.count, k < second.count {
            if first[i].order < second[k].order {
                merged.append(first[i])
                i += 1
            } else {
                merged.append(second[k])
                k += 1
            }
        }
        return merged + first[i...] + second[k...]
    }
}
