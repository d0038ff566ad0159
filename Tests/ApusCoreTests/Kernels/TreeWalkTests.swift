import Testing

@testable import ApusCore

/// Walking through trees, beside a walk written as the rule is spoken.
@Suite struct TreeWalkTests {
    private struct Nodes {
        var feature: [Int32] = []
        var threshold: [Double] = []
        var left: [Int32] = []
        var right: [Int32] = []
        var missingGoesLeft: [Bool] = []

        var walk: TreeWalk {
            TreeWalk(
                feature: feature, threshold: threshold, left: left, right: right, missingGoesLeft: missingGoesLeft)
        }

        /// Adds a subtree in pre-order and returns its root.
        mutating func grow(_ depth: Int, columns: Int, _ random: inout RandomState) -> Int32 {
            let node = Int32(feature.count)
            let isLeaf = depth == 0 || random.uniform() < 0.1
            feature.append(isLeaf ? -2 : Int32(random.integer(in: 0..<columns)))
            threshold.append(isLeaf ? -2 : random.uniform() < 0.05 ? .infinity : random.gaussian())
            missingGoesLeft.append(!isLeaf && random.uniform() < 0.5)
            left.append(-1)
            right.append(-1)
            guard !isLeaf else { return node }
            left[Int(node)] = grow(depth - 1, columns: columns, &random)
            right[Int(node)] = grow(depth - 1, columns: columns, &random)
            return node
        }

        func leaf(of row: [Double]) -> Int {
            var node = 0
            while left[node] >= 0 {
                let value = row[Int(feature[node])]
                let isLeft = value.isNaN ? missingGoesLeft[node] : Double(Float(value)) <= threshold[node]
                node = Int(isLeft ? left[node] : right[node])
            }
            return node
        }
    }

    private func rows(_ count: Int, _ columns: Int, missing: Double, _ random: inout RandomState) -> Matrix {
        let values = (0..<count * columns).map { _ -> Double in
            let value = random.gaussian()
            return random.uniform() < missing ? .nan : value
        }
        return Matrix(rows: count, columns: columns, values: values)
    }

    @Test(arguments: [0, 1, 3, 4, 5, 16, 17, 100, 1500], [0, 0.2])
    func leavesAndMeansAreThoseOfTheRule(count: Int, missing: Double) throws {
        var random = RandomState(seed: UInt32(count) + 7)
        let columns = 5
        let forest = [0, 1, 4, 9, 14].map { depth -> Nodes in
            var nodes = Nodes()
            _ = nodes.grow(depth, columns: columns, &random)
            return nodes
        }
        let x = rows(count, columns, missing: missing, &random)
        let walks = forest.map(\.walk)
        for (nodes, walk) in zip(forest, walks) {
            let leaves = try TreeWalkKernel.leaves(walk, of: x)
            #expect(leaves.map { Int($0) } == (0..<count).map { nodes.leaf(of: x.row($0)) })
        }
        for width in [1, 2, 3] {
            let values = forest.map { nodes in (0..<nodes.feature.count * width).map { _ in random.uniform() } }
            var expected = [Double](repeating: 0, count: count * width)
            for row in 0..<count {
                for (nodes, own) in zip(forest, values) {
                    let leaf = nodes.leaf(of: x.row(row))
                    for k in 0..<width { expected[row * width + k] += own[leaf * width + k] }
                }
                for k in 0..<width { expected[row * width + k] /= Double(forest.count) }
            }
            #expect(try ForestWalkKernel.means(walks, values: values, width: width, of: x) == expected)
        }
    }

    @Test func rowsOutOfBagMeetTheTreesThatDidNotDrawThem() throws {
        var random = RandomState(seed: 3)
        let (count, columns) = (150, 4)
        let forest = (0..<3).map { _ -> Nodes in
            var nodes = Nodes()
            _ = nodes.grow(6, columns: columns, &random)
            return nodes
        }
        let x = rows(count, columns, missing: 0.1, &random)
        let values = forest.map { nodes in (0..<nodes.feature.count).map { _ in random.uniform() } }
        let drawn = forest.map { _ in (0..<3).map { _ in random.longWord() } }
        let found = try ForestWalkKernel.outOfBagMeans(
            forest.map(\.walk), values: values, width: 1, drawn: drawn, of: x)
        for row in 0..<count {
            let others = forest.indices.filter { drawn[$0][row >> 6] >> UInt64(row & 63) & 1 == 0 }
            #expect(found.trees[row] == others.count)
            let sum = others.reduce(0.0) { $0 + values[$1][forest[$1].leaf(of: x.row(row))] }
            #expect(found.means[row] == (others.isEmpty ? 0 : sum / Double(max(1, others.count))))
        }
    }

    @Test func valuesBeyond32BitsAreRefused() throws {
        var random = RandomState(seed: 1)
        var nodes = Nodes()
        _ = nodes.grow(2, columns: 1, &random)
        let x = Matrix(rows: 2, columns: 1, values: [1, 1e39])
        #expect(throws: ApusError.self) { try TreeWalkKernel.leaves(nodes.walk, of: x) }
        #expect(throws: ApusError.self) {
            try ForestWalkKernel.means([nodes.walk], values: [[Double](repeating: 0, count: 99)], width: 1, of: x)
        }
    }
}
