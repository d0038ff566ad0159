import CApusKernels

/// Elkan's way to nearest centres: bounds on the distances, kept from step to step, spare most of them.
///
/// Source: C. Elkan, "Using the triangle inequality to accelerate k-means", ICML (2003).
@_documentation(visibility: internal)
public struct KMeansElkanKernel: Sendable {
    /// For each row the index of its nearest centre.
    public private(set) var labels: [Int32]
    /// n distances that are at least those to the centres of the labels.
    private var upper: [Double]
    /// n × k distances that are at most those to the centres.
    private var lower: [Double]
    private let columns: Int
    private let blocks: [Range<Int>]

    /// Finds the nearest centre of every row.
    ///
    /// - Parameters:
    ///   - x: n × d.
    ///   - centres: k × d, k at least 2.
    public init(_ x: Matrix, centres: Matrix) {
        let (n, d, k) = (x.rows, x.columns, centres.rows)
        columns = d
        blocks = Parallel.blocks(of: n, size: KMeansKernel.blockRows(n, statistics: k * (d + 1)))
        labels = [Int32](repeating: 0, count: n)
        upper = [Double](repeating: 0, count: n)
        lower = [Double](unsafeUninitializedCapacity: n * k) { _, count in count = n * k }
        let distances = CentreDistances(centres)
        _ = Self.parts(x, blocks, &labels, &upper, &lower) { block, x, labels, upper, lower in
            distances.withPointers { apus_elkan_start(&$0, x, block.count, labels, upper, lower) }
            return false
        }
    }

    /// Finds the nearest centres after these have moved.
    ///
    /// - Parameters:
    ///   - x: The rows again.
    ///   - centres: k × d: where the centres are.
    ///   - shifts: How far each has moved since the last call; nil when they have not.
    ///   - weights: n weights, or nil for equal ones.
    ///   - accumulating: Whether to sum rows and weights of each cluster.
    public mutating func step(
        _ x: Matrix, centres: Matrix, shifts: [Double]?, weights: [Double]?, accumulating: Bool
    ) -> KMeansKernel.Assignment {
        let (d, k) = (columns, centres.rows)
        let distances = CentreDistances(centres)
        let partials = Self.parts(x, blocks, &labels, &upper, &lower) { block, x, labels, upper, lower in
            var sums = [Double](repeating: 0, count: accumulating ? k * d : 0)
            var totals = [Double](repeating: 0, count: accumulating ? k : 0)
            let changed = distances.withPointers { shared in
                sums.withUnsafeMutableBufferPointer { sums in
                    totals.withUnsafeMutableBufferPointer { totals in
                        Self.withPointer(weights, at: block.lowerBound) { weights in
                            Self.withPointer(shifts, at: 0) { shifts in
                                apus_elkan_step(
                                    &shared, x, weights, shifts, block.count, labels, upper, lower,
                                    accumulating ? sums.baseAddress : nil, totals.baseAddress)
                            }
                        }
                    }
                }
            }
            return (sums: sums, totals: totals, changed: changed != 0)
        }
        var merged = KMeansKernel.Assignment(
            labels: labels, sums: partials.first?.sums ?? [], weights: partials.first?.totals ?? [],
            hasChanged: partials.contains { $0.changed })
        for partial in partials.dropFirst() {
            for i in merged.sums.indices { merged.sums[i] += partial.sums[i] }
            for i in merged.weights.indices { merged.weights[i] += partial.totals[i] }
        }
        return merged
    }

    private static func withPointer<Result>(
        _ values: [Double]?, at offset: Int, _ body: (UnsafePointer<Double>?) -> Result
    ) -> Result {
        guard let values else { return body(nil) }
        return values.withUnsafeBufferPointer { body($0.baseAddress.map { $0 + offset }) }
    }

    /// Runs `body` on every block of rows with the rows, labels and bounds of the block.
    private static func parts<Part: Sendable>(
        _ x: Matrix, _ blocks: [Range<Int>], _ labels: inout [Int32], _ upper: inout [Double], _ lower: inout [Double],
        _ body:
            @Sendable (
                Range<Int>, UnsafePointer<Double>, UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Double>,
                UnsafeMutablePointer<Double>
            ) -> Part
    ) -> [Part] {
        guard !blocks.isEmpty else { return [] }
        let (d, k) = (x.columns, lower.count / labels.count)
        return x.values.withUnsafeBufferPointer { x in
            labels.withUnsafeMutableBufferPointer { labels in
                upper.withUnsafeMutableBufferPointer { upper in
                    lower.withUnsafeMutableBufferPointer { lower in
                        let rows = SharedBuffer(UnsafeMutableBufferPointer(mutating: x))
                        let (labels, upper, lower) = (SharedBuffer(labels), SharedBuffer(upper), SharedBuffer(lower))
                        return Parallel.map(blocks.count) { index in
                            let start = blocks[index].lowerBound
                            return body(
                                blocks[index], rows.base + start * d, labels.base + start, upper.base + start,
                                lower.base + start * k)
                        }
                    }
                }
            }
        }
    }

    /// Centres and half the distances between them.
    private struct CentreDistances: Sendable {
        let centres: Matrix
        private let halves: [Double]
        private let nearest: [Double]

        init(_ centres: Matrix) {
            let k = centres.rows
            self.centres = centres
            let distances = KMeansKernel.distances(centres, centres).values.map { $0 / 2 }
            halves = distances
            nearest = (0..<k).map { i in
                (0..<k).reduce(Double.infinity) { $1 == i ? $0 : min($0, distances[i * k + $1]) }
            }
        }

        func withPointers<Result>(_ body: (inout apus_elkan_centres) -> Result) -> Result {
            centres.values.withUnsafeBufferPointer { values in
                halves.withUnsafeBufferPointer { halves in
                    nearest.withUnsafeBufferPointer { nearest in
                        var shared = apus_elkan_centres(
                            d: centres.columns, k: centres.rows, centres: values.baseAddress,
                            halves: halves.baseAddress, nearest: nearest.baseAddress)
                        return body(&shared)
                    }
                }
            }
        }
    }
}
