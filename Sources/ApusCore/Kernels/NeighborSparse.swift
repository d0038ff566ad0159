import CApusKernels
import Synchronization

/// The search among sparse rows: every query against every row, at the cost of the elements they share.
@_documentation(visibility: internal)
public struct NeighborSparse: Sendable {
    /// Euclidean, Manhattan or cosine.
    public let measure: NeighborMeasure
    /// The rows.
    public let rows: SparseMatrix
    /// The columns that hold anything, with the elements of each: their rows and values from `offsets` on.
    private let columns: [Int32: Int]
    private let offsets: [Int]
    private let places: [Int32]
    private let values: [Double]
    /// Σ y² of each row; Σ |y| for Manhattan distances; ‖y‖ for the cosine.
    private let sums: [Double]

    /// Prepares rows for the search; nil for a measure that needs the zeros too.
    public init?(_ x: SparseMatrix, measure: NeighborMeasure) {
        switch measure {
        case .euclidean, .manhattan, .cosine: break
        case .chebyshev, .minkowski: return nil
        }
        self.measure = measure
        rows = x
        sums = Self.sums(x, measure)
        var columns: [Int32: Int] = [:]
        var counts: [Int] = []
        for column in x.columnIndices {
            if let known = columns[column] {
                counts[known] += 1
            } else {
                columns[column] = counts.count
                counts.append(1)
            }
        }
        offsets = counts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
        var next = offsets
        var places = [Int32](repeating: 0, count: x.values.count)
        var values = [Double](repeating: 0, count: x.values.count)
        for row in 0..<x.rows {
            for element in x.rowOffsets[row]..<x.rowOffsets[row + 1] {
                guard let column = columns[x.columnIndices[element]] else { continue }
                places[next[column]] = Int32(truncatingIfNeeded: row)
                values[next[column]] = x.values[element]
                next[column] += 1
            }
        }
        (self.columns, self.places, self.values) = (columns, places, values)
    }

    private static func sums(_ x: SparseMatrix, _ measure: NeighborMeasure) -> [Double] {
        (0..<x.rows).map { row in
            let sum = x.values[x.rowOffsets[row]..<x.rowOffsets[row + 1]]
                .reduce(0) { $0 + (measure == .manhattan ? abs($1) : $1 * $1) }
            return measure == .cosine ? (sum == 0 ? 1 : sum.squareRoot()) : sum
        }
    }

    /// The `k` nearest rows of each query, nearest first, the first of equally distant ones; `k` is at most the number of
    /// rows.
    public func nearest(_ queries: SparseMatrix, _ k: Int) -> NeighborHits {
        let parts = forEachBlock(queries) { block, distances in
            var places = [Int32](repeating: 0, count: block.count * k)
            var values = [Double](repeating: .greatestFiniteMagnitude, count: block.count * k)
            for (i, query) in block.enumerated() {
                let found = distances(query)
                values.withUnsafeMutableBufferPointer { values in
                    places.withUnsafeMutableBufferPointer { places in
                        let heap = values.baseAddress.unsafelyUnwrapped + i * k
                        let rows = places.baseAddress.unsafelyUnwrapped + i * k
                        for row in found.indices where found[row] < heap[0] {
                            apus_neighbors_push(heap, rows, k, found[row], Int32(truncatingIfNeeded: row))
                        }
                        apus_neighbors_sort(heap, rows, k)
                        for t in 0..<k { heap[t] = measure.distance(reduced: heap[t]) }
                    }
                }
            }
            return NeighborHits(width: k, places: places, distances: values)
        }
        return NeighborHits(joining: parts)
    }

    /// The rows within `radius` of each query, ascending; nil when there are more than `limit` in all.
    public func within(_ queries: SparseMatrix, radius: Double, limit: Int) -> NeighborHits? {
        let reduced = measure.reduced(distance: radius)
        let total = Atomic<Int>(0)
        let parts = forEachBlock(queries) { block, distances in
            var lists: [[(Int32, Double)]] = []
            for query in block where total.load(ordering: .relaxed) <= limit {
                let list = distances(query).enumerated().filter { $0.element <= reduced }
                    .map { (Int32(truncatingIfNeeded: $0.offset), measure.distance(reduced: $0.element)) }
                total.wrappingAdd(list.count, ordering: .relaxed)
                lists.append(list)
            }
            return NeighborHits(lists)
        }
        return total.load(ordering: .relaxed) > limit ? nil : NeighborHits(joining: parts)
    }

    /// Hands blocks of queries on, with a function that computes one query's reduced distances to all rows.
    private func forEachBlock(
        _ queries: SparseMatrix, _ body: @Sendable (Range<Int>, (Int) -> [Double]) -> NeighborHits
    ) -> [NeighborHits] {
        let own = Self.sums(queries, measure)
        return Parallel.mapBlocks(of: queries.rows, size: 32) { block in
            body(block) { query in distances(queries, query, own[query]) }
        }
    }

    private func distances(_ queries: SparseMatrix, _ query: Int, _ own: Double) -> [Double] {
        var shared = [Double](repeating: 0, count: rows.rows)
        let isManhattan = measure == .manhattan
        shared.withUnsafeMutableBufferPointer { shared in
            values.withUnsafeBufferPointer { values in
                places.withUnsafeBufferPointer { places in
                    for element in queries.rowOffsets[query]..<queries.rowOffsets[query + 1] {
                        guard let column = columns[queries.columnIndices[element]] else { continue }
                        let x = queries.values[element]
                        for i in offsets[column]..<offsets[column + 1] {
                            let y = values[i]
                            shared[Int(places[i])] += isManhattan ? abs(x - y) - abs(x) - abs(y) : x * y
                        }
                    }
                }
            }
            for row in shared.indices {
                let value = shared[row]
                switch measure {
                case .cosine: shared[row] = min(2, max(0, 1 - value / (own * sums[row])))
                case .manhattan: shared[row] = max(0, own + sums[row] + value)
                default: shared[row] = max(0, own - 2 * value + sums[row])
                }
            }
        }
        return shared
    }
}
