import CApusKernels

extension NeighborScan {
    /// The reduced distances of queries to all rows in double precision, each summed in column order.
    ///
    /// - Parameters:
    ///   - queries: count × d.
    ///   - count: How many queries.
    ///   - body: Receives the first of up to 8 rows, how many they are, and count × 8 distances; returns whether to go on.
    func forEachPanel(
        _ queries: UnsafePointer<Double>, _ count: Int, _ body: (Int, Int, UnsafePointer<Double>) -> Bool
    ) {
        let (n, d) = (rows.rows, rows.columns)
        let kind: Int32? =
            switch measure {
            case .euclidean: 0
            case .manhattan: 1
            case .chebyshev: 2
            case .minkowski, .cosine: nil
            }
        withUnsafeTemporaryAllocation(of: Double.self, capacity: (d + count) * 8) { memory in
            let panel = memory.baseAddress.unsafelyUnwrapped
            let distances = panel + d * 8
            rows.values.withUnsafeBufferPointer { values in
                let values = values.baseAddress.unsafelyUnwrapped
                for first in stride(from: 0, to: n, by: 8) {
                    let lanes = min(8, n - first)
                    if let kind {
                        for lane in 0..<8 {
                            let row = values + (first + min(lane, lanes - 1)) * d
                            for q in 0..<d { panel[q * 8 + lane] = row[q] }
                        }
                        apus_neighbors_distances(panel, queries, count, d, kind, distances)
                    } else {
                        for query in 0..<count {
                            for lane in 0..<lanes {
                                distances[query * 8 + lane] = measure.reduced(
                                    queries + query * d, values + (first + lane) * d, d)
                            }
                        }
                    }
                    if !body(first, lanes, distances) { return }
                }
            }
        }
    }
}
