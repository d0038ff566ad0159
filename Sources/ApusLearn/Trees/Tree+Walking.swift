import ApusCore

extension Tree {
    /// The leaf that each row reaches, as its node index.
    ///
    /// - Parameter x: n × `featureCount`; NaN stands for a missing value.
    /// - Throws: `ApusError` with code `shapeMismatch`, or `invalidInput` for values beyond 32-bit numbers.
    /// - Complexity: O(n · depth), spread over all threads.
    public func apply(_ x: Matrix) throws -> [Int] {
        try leaves(x).map { Int($0) }
    }

    /// The nodes that each row passes, from the root to its leaf.
    ///
    /// - Parameter x: n × `featureCount`; NaN stands for a missing value.
    /// - Throws: `ApusError` with code `shapeMismatch`, or `invalidInput` for values beyond 32-bit numbers.
    public func decisionPath(_ x: Matrix) throws -> [[Int]] {
        var parents = [Int](repeating: -1, count: nodeCount)
        for node in 0..<nodeCount where !isLeaf(node) {
            parents[Int(left[node])] = node
            parents[Int(right[node])] = node
        }
        return try leaves(x).map { leaf in
            var path = [Int(leaf)]
            while let last = path.last, parents[last] >= 0 { path.append(parents[last]) }
            return path.reversed()
        }
    }

    /// The value of the leaf that each row reaches, row after row.
    func leafValues(_ x: Matrix) throws -> [Double] {
        let leaves = try leaves(x)
        if valueWidth == 1 { return leaves.map { values[Int($0)] } }
        var result: [Double] = []
        result.reserveCapacity(leaves.count * valueWidth)
        for leaf in leaves { result.append(contentsOf: value(Int(leaf))) }
        return result
    }

    func leaves(_ x: Matrix) throws -> [Int32] {
        try x.checkColumns(featureCount, of: "The tree")
        return try TreeWalkKernel.leaves(walk, of: x)
    }
}
