extension KMeansKernel {
    /// Moves each centre to the mean of all rows it has ever had, those of the batch included.
    ///
    /// - Parameters:
    ///   - centres: k × d; changed.
    ///   - totals: The weight each centre has had so far; changed.
    ///   - batch: n × d.
    ///   - weights: n weights, or nil for equal ones.
    ///   - labels: For each row of the batch the index of its centre.
    public static func update(
        _ centres: inout Matrix, totals: inout [Double], batch: Matrix, weights: [Double]?, labels: [Int32]
    ) {
        let (k, d) = (centres.rows, centres.columns)
        precondition(totals.count == k && labels.count == batch.rows && d == batch.columns, "the batch must fit")
        precondition(weights.map { $0.count == batch.rows } ?? true, "there must be a weight for each row")
        var gained = [Double](repeating: 0, count: k)
        for (row, label) in labels.enumerated() { gained[Int(label)] += weights?[row] ?? 1 }
        centres.withMutableValues { values in
            values.withUnsafeMutableBufferPointer { centres in
                batch.values.withUnsafeBufferPointer { batch in
                    for j in 0..<k where gained[j] > 0 {
                        for q in j * d..<(j + 1) * d { centres[q] *= totals[j] }
                    }
                    for (row, label) in labels.enumerated() where gained[Int(label)] > 0 {
                        let weight = weights?[row] ?? 1
                        let (from, to) = (row * d, Int(label) * d)
                        for q in 0..<d { centres[to + q] += batch[from + q] * weight }
                    }
                    for j in 0..<k where gained[j] > 0 {
                        totals[j] += gained[j]
                        let scale = 1 / totals[j]
                        for q in j * d..<(j + 1) * d { centres[q] *= scale }
                    }
                }
            }
        }
    }
}
