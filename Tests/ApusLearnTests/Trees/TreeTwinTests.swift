import ApusCore
import ApusTestSupport
import Testing

@testable import ApusLearn

/// Fast ways against plain ones.
@Suite struct TreeTwinTests {
    // MARK: Every split against all others

    /// The least Σ weight · impurity of two sides over all features and thresholds, by plain loops.
    private func leastImpurity(_ table: TreeTable, _ rows: [Int], weights: [Double], isClassifier: Bool) -> Double? {
        var least: Double?
        for column in 0..<table.x.columns {
            let values = Set(rows.map { Float(table.x[$0, column]) }.filter { !$0.isNaN }).sorted()
            let hasMissing = rows.contains { table.x[$0, column].isNaN }
            for cut in values where hasMissing || cut != values.last {
                for missingGoesLeft in hasMissing ? [false, true] : [false] {
                    let goesLeft = { (row: Int) -> Bool in
                        let value = Float(table.x[row, column])
                        return value.isNaN ? missingGoesLeft : value <= cut
                    }
                    let (left, right) = (rows.filter(goesLeft), rows.filter { !goesLeft($0) })
                    if left.isEmpty || right.isEmpty { continue }
                    let sum =
                        impurity(table, left, weights, isClassifier) + impurity(table, right, weights, isClassifier)
                    least = min(least ?? .infinity, sum)
                }
            }
        }
        return least
    }

    /// Weight times impurity.
    private func impurity(_ table: TreeTable, _ rows: [Int], _ weights: [Double], _ isClassifier: Bool) -> Double {
        let weight = rows.reduce(0) { $0 + weights[$1] }
        guard isClassifier else {
            let mean = rows.reduce(0) { $0 + weights[$1] * table.numbers[$1] } / weight
            return rows.reduce(0) { $0 + weights[$1] * (table.numbers[$1] - mean) * (table.numbers[$1] - mean) }
        }
        var sums = [Double](repeating: 0, count: table.labels.classes.count)
        for row in rows { sums[table.labels.codes[row]] += weights[row] }
        return weight * (1 - sums.reduce(0) { $0 + ($1 / weight) * ($1 / weight) })
    }

    private func expectBestSplits(_ tree: Tree, _ table: TreeTable, weights: [Double], isClassifier: Bool) throws {
        let paths = try tree.decisionPath(table.x)
        var members = [[Int]](repeating: [], count: tree.nodeCount)
        for (row, path) in paths.enumerated() { for node in path { members[node].append(row) } }
        for node in 0..<tree.nodeCount {
            let rows = members[node]
            #expect(rows.count == tree.rowCount[node])
            let own = impurity(table, rows, weights, isClassifier)
            expectClose(tree.weight[node] * tree.impurity[node], own, relative: 1e-9, absolute: 1e-9)
            if tree.isLeaf(node) {
                #expect(own < 1e-9 || leastImpurity(table, rows, weights: weights, isClassifier: isClassifier) == nil)
                continue
            }
            let children = [Int(tree.left[node]), Int(tree.right[node])]
            let sum = children.reduce(0) { $0 + impurity(table, members[$1], weights, isClassifier) }
            let least = try #require(leastImpurity(table, rows, weights: weights, isClassifier: isClassifier))
            expectClose(sum, least, relative: 1e-9, absolute: 1e-9, "node \(node)")
        }
    }

    @Test(arguments: [(2, nil, 0.0), (3, nil, 0.2), (2, 4, 0.0), (4, 6, 0.1)] as [(Int, Int?, Double)])
    func noOtherSplitOfAClassifiersNodeLowersTheImpurityMore(classes: Int, steps: Int?, missing: Double) throws {
        for seed in 1...3 as ClosedRange<UInt32> {
            let table = TreeTable(rows: 70, columns: 3, classes: classes, steps: steps, missing: missing, seed: seed)
            let plain = try DecisionTreeClassifier(seed: seed).fit(table.x, table.labels)
            let ones = [Double](repeating: 1, count: 70)
            try expectBestSplits(plain.tree, table, weights: ones, isClassifier: true)
            let weighted = try DecisionTreeClassifier(seed: seed).fit(table.x, table.labels, weights: table.weights)
            try expectBestSplits(weighted.tree, table, weights: table.weights, isClassifier: true)
        }
    }

    @Test(arguments: [(nil, 0.0), (nil, 0.2), (4, 0.0)] as [(Int?, Double)])
    func noOtherSplitOfARegressorsNodeLowersTheErrorMore(steps: Int?, missing: Double) throws {
        for seed in 1...3 as ClosedRange<UInt32> {
            let table = TreeTable(rows: 60, columns: 3, classes: 2, steps: steps, missing: missing, seed: seed)
            let model = try DecisionTreeRegressor(seed: seed).fit(table.x, table.numbers, weights: table.weights)
            try expectBestSplits(model.tree, table, weights: table.weights, isClassifier: false)
        }
    }

    // MARK: One way of searching against another

    private func grow(_ table: TreeTable, _ kind: TreeTargets.Kind, weights: [Double]?, sortsOnce: Bool) throws -> Tree
    {
        let estimator = DecisionTreeClassifier(maxFeatures: .count(4), seed: 7)
        let builder = estimator.builder(samples: table.x.rows, features: table.x.columns, totalWeight: 1)
        let search = TreeTargets(kind, weights: weights).search(try TreeColumns(table.x), sortsOnce: sortsOnce)
        return try builder.build(.best(search), seed: 7)
    }

    @Test(arguments: [(nil, 0.0), (nil, 0.1), (9, 0.0), (200, 0.05)] as [(Int?, Double)])
    func sortingOnceGrowsTheTreeThatSortingAtEachNodeGrows(steps: Int?, missing: Double) throws {
        let table = TreeTable(rows: 900, columns: 7, classes: 3, steps: steps, missing: missing, seed: 11)
        let kinds: [TreeTargets.Kind] = [
            .gini(codes: table.labels.codes, classes: 3), .entropy(codes: table.labels.codes, classes: 3),
            .squaredError(table.numbers), .poisson(table.numbers),
            .squaredError(table.numbers.map { ($0 * 8).rounded() }),
        ]
        for kind in kinds {
            for weights in [nil, table.weights, table.weights.map { ($0 * 3).rounded() }] {
                let once = try grow(table, kind, weights: weights, sortsOnce: true)
                let often = try grow(table, kind, weights: weights, sortsOnce: false)
                #expect(once.nodeCount > 1)
                #expect(once == often)
            }
        }
    }

    @Test(arguments: [(nil, 0.0), (nil, 0.1), (6, 0.05)] as [(Int?, Double)])
    func screeningAndCountingGrowTheTreeThatComparingEveryCandidateGrows(steps: Int?, missing: Double) throws {
        let table = TreeTable(rows: 900, columns: 5, classes: 4, steps: steps, missing: missing, seed: 5)
        let two = Labels(table.labels.codes.map { $0 / 2 })
        let kinds: [TreeTargets.Kind] = [
            .gini(codes: two.codes, classes: 2), .gini(codes: table.labels.codes, classes: 4),
            .entropy(codes: table.labels.codes, classes: 4), .squaredError(table.numbers.map { ($0 * 8).rounded() }),
        ]
        let columns = try TreeColumns(table.x)
        let values = try TreeValues(table.x)
        for estimator in [
            DecisionTreeClassifier(seed: 3), DecisionTreeClassifier(minWeightFractionLeaf: 0.01, maxLeafNodes: 40),
            DecisionTreeClassifier(minSamplesLeaf: 9, maxFeatures: .count(2), seed: 4),
        ] {
            let builder = estimator.builder(samples: 900, features: 5, totalWeight: 900)
            for kind in kinds {
                for weights in [nil, table.weights.map { ($0 * 3).rounded() }] {
                    let fast = TreeTargets(kind, weights: weights)
                    let plain = TreeTargets(kind, weights: weights, keepsOrder: true)
                    let best = try [fast, plain].map {
                        try builder.build(.best($0.search(columns, sortsOnce: true)), seed: 6)
                    }
                    #expect(best[0] == best[1])
                    let random = try [fast, plain].map { try builder.build(.random($0.search(values)), seed: 6) }
                    #expect(random[0] == random[1])
                    #expect(best[0].nodeCount > 9 && random[0].nodeCount > 9)
                }
            }
        }
    }

    // MARK: The sort

    /// The introsort of the reference by exchanges, from its description.
    private func plainIntrosort(_ keys: inout [UInt64], _ start: Int, _ end: Int, _ depth: Int) {
        func rank(_ place: Int) -> UInt64 { keys[place] >> 32 }
        var (start, depth) = (start, depth)
        while end - start > 15 {
            if depth == 0 { return heapsort(&keys, start, end) }
            depth -= 1
            let pivot = [rank(start), rank(start + (end - start) / 2), rank(end - 1)].sorted()[1]
            var (low, next, high) = (start, start, end)
            while next < high {
                if rank(next) < pivot {
                    keys.swapAt(next, low)
                    next += 1
                    low += 1
                } else if rank(next) > pivot {
                    high -= 1
                    keys.swapAt(next, high)
                } else {
                    next += 1
                }
            }
            plainIntrosort(&keys, start, low, depth)
            start = high
        }
        let part = keys[start..<end].enumerated().sorted {
            ($0.element >> 32, $0.offset) < ($1.element >> 32, $1.offset)
        }
        keys.replaceSubrange(start..<end, with: part.map(\.element))
    }

    private func heapsort(_ keys: inout [UInt64], _ start: Int, _ end: Int) {
        func sift(_ root: Int, _ count: Int) {
            var root = root
            while true {
                var largest = root
                for child in [2 * root + 1, 2 * root + 2] where child < count {
                    if keys[start + largest] >> 32 < keys[start + child] >> 32 { largest = child }
                }
                if largest == root { return }
                keys.swapAt(start + root, start + largest)
                root = largest
            }
        }
        let count = end - start
        for root in stride(from: (count - 2) / 2, through: 0, by: -1) { sift(root, count) }
        for last in stride(from: count - 1, to: 0, by: -1) {
            keys.swapAt(start, start + last)
            sift(0, last)
        }
    }

    @Test(arguments: [1, 2, 15, 16, 17, 40, 300, 2000], [1, 3, 20, 500, 1_000_000])
    func sortLeavesEqualValuesAsThePlainIntrosortDoes(count: Int, steps: Int) {
        var random = RandomState(seed: UInt32(count + steps))
        let ranks = random.integers(in: 0..<steps, count: count)
        for arrangement in [ranks, ranks.sorted(), ranks.sorted(by: >), ranks.sorted() + ranks.sorted(by: >)] {
            let keys = arrangement.enumerated().map { UInt64($1) << 32 | UInt64($0) }
            var plain = keys
            plainIntrosort(&plain, 0, keys.count, 2 * (Int.bitWidth - 1 - keys.count.leadingZeroBitCount))
            var fast = keys
            TreeSort.referenceOrder(&fast)
            #expect(fast == plain)
        }
    }

    @Test func sortFallsBackToHeapsortAsThePlainIntrosortDoes() {
        // Medians of three that are always the second smallest: each pass takes off two keys.
        var killer = [UInt64](repeating: 0, count: 400)
        let half = 200
        for i in 0..<half {
            killer[i] = UInt64(i % 2 == 0 ? i + 1 : half + i + (half % 2 == 0 ? 0 : 1))
            killer[half + i] = UInt64(2 * (i + 1)) / 3
        }
        let keys = killer.enumerated().map { $1 << 32 | UInt64($0) }
        for depth in [keys, keys.reversed()] {
            var plain = depth
            plainIntrosort(&plain, 0, 400, 16)
            var fast = depth
            TreeSort.referenceOrder(&fast)
            #expect(fast == plain)
        }
    }
}
