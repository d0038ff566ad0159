import ApusCore

extension Matrix {
    /// The given rows and of each the given columns, both in that order, copied in one go.
    func selecting(rows rowOrder: [Int], columns columnOrder: [Int]) -> Matrix {
        precondition(rowOrder.allSatisfy { $0 >= 0 && $0 < rows }, "row outside the matrix")
        precondition(columnOrder.allSatisfy { $0 >= 0 && $0 < columns }, "column outside the matrix")
        let source = values
        let (from, to) = (columns, columnOrder.count)
        let picked = [Double](filledInParallelRows: rowOrder.count, width: to, blockSize: 4096) { block, out in
            for i in block {
                let start = rowOrder[i] * from
                for j in 0..<to { out[i * to + j] = source[start + columnOrder[j]] }
            }
        }
        return Matrix(rows: rowOrder.count, columns: to, values: picked)
    }
}
