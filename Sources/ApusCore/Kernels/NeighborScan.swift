import CApusKernels

#if canImport(Accelerate)
import Accelerate
#else
import COpenBLAS
#endif

/// Every row against every other: the search that no number of columns slows down more than its share.
///
/// Euclidean and cosine distances have a first look in single precision, sixteen rows and six queries at a time; what it
/// cannot rule out is computed in double precision. Other distances are computed in double precision at once.
@_documentation(visibility: internal)
public struct NeighborScan: Sendable {
    /// How far rows are from each other.
    public let measure: NeighborMeasure
    /// n × d: the rows, of length 1 for the cosine.
    public let rows: Matrix

    /// The rows in panels for the first look, where there is one.
    let panels: Panels?
    /// ‖row‖² in the reference's rounding, for Euclidean distances.
    let norms: [Double]

    /// Prepares rows for the search.
    public init(_ x: Matrix, measure: NeighborMeasure) {
        self.measure = measure
        rows = measure == .cosine ? Self.normalized(x) : x
        norms = measure == .euclidean ? Self.squaredNorms(x) : []
        switch measure {
        case .euclidean, .cosine: panels = Panels(rows, measure: measure)
        default: panels = nil
        }
    }

    /// The rows divided by their lengths; rows of zeros stay.
    public static func normalized(_ x: Matrix) -> Matrix {
        let d = x.columns
        let squares = KMeansKernel.squaredNorms(x)
        let values = [Double](filledInParallelRows: x.rows, width: d, blockSize: 4096) { rows, out in
            x.values.withUnsafeBufferPointer { x in
                for row in rows {
                    let length = squares[row].squareRoot()
                    let divisor = length == 0 ? 1 : length
                    for q in 0..<d { out[row * d + q] = x[row * d + q] / divisor }
                }
            }
        }
        return Matrix(rows: x.rows, columns: d, values: values)
    }

    /// ‖row‖² for every row by the inner product of BLAS.
    private static func squaredNorms(_ x: Matrix) -> [Double] {
        _ = BLAS.ready
        let d = x.columns
        return [Double](filledInParallelRows: x.rows, width: 1, blockSize: 4096) { rows, out in
            x.values.withUnsafeBufferPointer { x in
                let x = x.baseAddress.unsafelyUnwrapped
                for row in rows {
                    out[row] = cblas_ddot(BLAS.Size(d), x + row * d, 1, x + row * d, 1)
                }
            }
        }
    }

    /// The `k` nearest rows of each query, nearest first; `k` is at most the number of rows.
    ///
    /// Among equally distant rows those are taken, and in that order, which scikit-learn takes on one thread.
    public func nearest(_ queries: Matrix, _ k: Int) -> NeighborHits {
        let own = measure == .cosine ? Self.normalized(queries) : queries
        // Few queries: each thread of the reference has a share of the rows, and what it finds is pushed once more.
        let isPushedTwice = rows.rows >= own.rows && own.rows <= 1024
        let search = Search(scan: self, queries: own, k: k, isPushedTwice: isPushedTwice)
        var distances = [Double](repeating: .greatestFiniteMagnitude, count: own.rows * k)
        var places = [Int32](repeating: 0, count: own.rows * k)
        distances.withUnsafeMutableBufferPointer { distances in
            places.withUnsafeMutableBufferPointer { places in
                guard !distances.isEmpty else { return }
                let (heaps, found) = (SharedBuffer(distances), SharedBuffer(places))
                let blocks = Parallel.blocks(of: own.rows, size: Self.blockRows(own.rows))
                Parallel.forEach(blocks.count) { search.run(blocks[$0], heaps, found) }
            }
        }
        return NeighborHits(width: k, places: places, distances: distances)
    }

    /// Queries in a block: whole groups of the first look, and blocks enough to share out.
    static func blockRows(_ queries: Int) -> Int {
        let group = Int(apusNeighborGroup)
        return max(1, min(40, queries / (16 * group))) * group
    }

    /// The search for the nearest rows of a block of queries.
    private struct Search: Sendable {
        let scan: NeighborScan
        let queries: Matrix
        let k: Int
        let isPushedTwice: Bool

        func run(_ block: Range<Int>, _ heaps: SharedBuffer<Double>, _ found: SharedBuffer<Int32>) {
            let d = queries.columns
            let (values, places) = (heaps.base + block.lowerBound * k, found.base + block.lowerBound * k)
            queries.values.withUnsafeBufferPointer { queries in
                let first = queries.baseAddress.unsafelyUnwrapped + block.lowerBound * d
                guard let panels = scan.panels, let look = panels.look(first, block.count) else {
                    return plain(first, block.count, values, places)
                }
                panels.withRows(scan) { rows in
                    if scan.measure == .euclidean {
                        euclidean(rows, look, first, block.count, values, places)
                    } else {
                        apus_neighbors_nearest(
                            &rows, first, nil, block.count, look.factors, look.shifts, panels.unit, k, values, places,
                            nil, nil)
                        finish(block.count, values, places)
                    }
                }
            }
        }

        /// Squared distances decide unless the reference's way of computing them, ‖x‖² - 2x·y + ‖y‖², is as good: then
        /// that does, so that rows that differ by rounding only come in its order.
        private func euclidean(
            _ rows: ApusNeighborRows, _ look: Panels.Look, _ first: UnsafePointer<Double>, _ count: Int,
            _ values: UnsafeMutablePointer<Double>, _ places: UnsafeMutablePointer<Int32>
        ) {
            let d = queries.columns
            var rows = rows
            var rounded = [Double](repeating: .greatestFiniteMagnitude, count: count * k)
            var roundedPlaces = [Int32](repeating: 0, count: count * k)
            let norms = (0..<count).map { cblas_ddot(BLAS.Size(d), first + $0 * d, 1, first + $0 * d, 1) }
            let noise = Double(d + 4) * Double.ulpOfOne
            let largest = scan.panels?.largestNorm ?? .infinity
            rounded.withUnsafeMutableBufferPointer { rounded in
                roundedPlaces.withUnsafeMutableBufferPointer { roundedPlaces in
                    let other = rounded.baseAddress.unsafelyUnwrapped
                    let otherPlaces = roundedPlaces.baseAddress.unsafelyUnwrapped
                    apus_neighbors_nearest(
                        &rows, first, norms, count, look.factors, look.shifts, scan.panels?.unit ?? 1, k, values,
                        places, other, otherPlaces)
                    for query in 0..<count {
                        let start = query * k
                        finish(1, values + start, places + start)
                        guard (norms[query] + largest) * noise <= 1e-9 * values[start + k - 1] * values[start + k - 1]
                        else { continue }
                        order(other + start, otherPlaces + start)
                        for i in start..<start + k { places[i] = otherPlaces[i] }
                    }
                }
            }
        }

        /// All distances in double precision.
        private func plain(
            _ first: UnsafePointer<Double>, _ count: Int, _ values: UnsafeMutablePointer<Double>,
            _ places: UnsafeMutablePointer<Int32>
        ) {
            scan.forEachPanel(first, count) { row, lanes, distances in
                for query in 0..<count {
                    let (heap, found) = (values + query * k, places + query * k)
                    for lane in 0..<lanes where distances[query * 8 + lane] < heap[0] {
                        apus_neighbors_push(
                            heap, found, k, distances[query * 8 + lane], Int32(truncatingIfNeeded: row + lane))
                    }
                }
                return true
            }
            finish(count, values, places)
        }

        /// Sorts the heaps, and turns reduced distances into distances.
        private func finish(
            _ count: Int, _ values: UnsafeMutablePointer<Double>, _ places: UnsafeMutablePointer<Int32>
        ) {
            for query in 0..<count {
                let start = query * k
                order(values + start, places + start)
                for i in start..<start + k { values[i] = scan.measure.distance(reduced: values[i]) }
            }
        }

        private func order(_ values: UnsafeMutablePointer<Double>, _ places: UnsafeMutablePointer<Int32>) {
            if isPushedTwice {
                let (before, rows) = ((0..<k).map { values[$0] }, (0..<k).map { places[$0] })
                for i in 0..<k { values[i] = .greatestFiniteMagnitude }
                for i in 0..<k { apus_neighbors_push(values, places, k, before[i], rows[i]) }
            }
            apus_neighbors_sort(values, places, k)
        }
    }
}
