import CApusKernels
import Synchronization

extension NeighborTree {
    /// The `k` nearest rows of each query, nearest first; `k` is at most the number of rows.
    public func nearest(_ queries: Matrix, _ k: Int) -> NeighborHits {
        let blocks = Parallel.blocks(of: queries.rows, size: 64)
        var distances = [Double](repeating: .infinity, count: queries.rows * k)
        var places = [Int32](repeating: 0, count: queries.rows * k)
        distances.withUnsafeMutableBufferPointer { distances in
            places.withUnsafeMutableBufferPointer { places in
                guard !distances.isEmpty else { return }
                let (heaps, rows) = (SharedBuffer(distances), SharedBuffer(places))
                Parallel.forEach(blocks.count) { index in
                    walking(queries) { walk, queries in
                        for query in blocks[index] {
                            var walk = walk
                            walk.query = queries + query * width
                            let (values, found) = (heaps.base + query * k, rows.base + query * k)
                            walk.nearest(0, walk.lowerBound(0), values, found, k)
                            apus_neighbors_sort(values, found, k)
                            for i in 0..<k { values[i] = measure.distance(reduced: values[i]) }
                        }
                    }
                }
            }
        }
        return NeighborHits(width: k, places: places, distances: distances)
    }

    /// The rows within `radius` of each query, in the order of the leaves; nil when there are more than `limit` in all.
    public func within(_ queries: Matrix, radius: Double, limit: Int) -> NeighborHits? {
        let blocks = Parallel.blocks(of: queries.rows, size: 64)
        let found = Atomic<Int>(0)
        let parts = Parallel.map(blocks.count) { index in
            walking(queries) { walk, queries in
                var lists: [[(Int32, Double)]] = []
                for query in blocks[index] {
                    if found.load(ordering: .relaxed) > limit { break }
                    var walk = walk
                    walk.query = queries + query * width
                    var list: [(Int32, Double)] = []
                    walk.within(0, radius, measure.reduced(distance: radius), &list)
                    found.wrappingAdd(list.count, ordering: .relaxed)
                    lists.append(list)
                }
                return NeighborHits(lists)
            }
        }
        return found.load(ordering: .relaxed) > limit ? nil : NeighborHits(joining: parts)
    }

    private func walking<Result>(_ queries: Matrix, _ body: (Walk, UnsafePointer<Double>) -> Result) -> Result {
        queries.values.withUnsafeBufferPointer { queries in
            points.withUnsafeBufferPointer { points in
                bounds.withUnsafeBufferPointer { bounds in
                    radii.withUnsafeBufferPointer { radii in
                        isLeaf.withUnsafeBufferPointer { isLeaf in
                            ranges.withUnsafeBufferPointer { ranges in
                                order.withUnsafeBufferPointer { order in
                                    let queries = queries.baseAddress.unsafelyUnwrapped
                                    let walk = Walk(
                                        shape: shape, measure: measure, d: width, query: queries,
                                        points: points.baseAddress.unsafelyUnwrapped, bounds: bounds, radii: radii,
                                        isLeaf: isLeaf, ranges: ranges, order: order)
                                    return body(walk, queries)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// One query on its way through the tree.
    private struct Walk {
        let shape: Shape
        let measure: NeighborMeasure
        let d: Int
        var query: UnsafePointer<Double>
        let points: UnsafePointer<Double>
        let bounds: UnsafeBufferPointer<Double>
        let radii: UnsafeBufferPointer<Double>
        let isLeaf: UnsafeBufferPointer<Bool>
        let ranges: UnsafeBufferPointer<Range<Int32>>
        let order: UnsafeBufferPointer<Int32>

        /// A reduced distance that no row of the node is nearer than.
        func lowerBound(_ node: Int) -> Double {
            if shape == .balls {
                let centre = bounds.baseAddress.unsafelyUnwrapped + node * d
                let distance = measure.distance(reduced: measure.reduced(query, centre, d))
                return measure.reduced(distance: max(0, distance - radii[node]))
            }
            // Known kinds one by one, so that the loop over columns is free of the choice.
            return switch measure {
            case .euclidean: boxBound(node, .euclidean)
            case .manhattan: boxBound(node, .manhattan)
            default: boxBound(node, measure)
            }
        }

        @inline(__always)
        private func boxBound(_ node: Int, _ measure: NeighborMeasure) -> Double {
            let low = bounds.baseAddress.unsafelyUnwrapped + 2 * node * d
            let high = low + d
            var bound = 0.0
            for q in 0..<d {
                let below = low[q] - query[q]
                let above = query[q] - high[q]
                bound = measure.adding(max(below, 0) + max(above, 0), to: bound)
            }
            return bound
        }

        func nearest(
            _ node: Int, _ bound: Double, _ values: UnsafeMutablePointer<Double>, _ places: UnsafeMutablePointer<Int32>,
            _ k: Int
        ) {
            if bound > values[0] { return }
            if isLeaf[node] {
                switch measure {
                case .euclidean: scan(node, .euclidean, values, places, k)
                case .manhattan: scan(node, .manhattan, values, places, k)
                default: scan(node, measure, values, places, k)
                }
                return
            }
            let (left, right) = (2 * node + 1, 2 * node + 2)
            let (leftBound, rightBound) = (lowerBound(left), lowerBound(right))
            if leftBound <= rightBound {
                nearest(left, leftBound, values, places, k)
                nearest(right, rightBound, values, places, k)
            } else {
                nearest(right, rightBound, values, places, k)
                nearest(left, leftBound, values, places, k)
            }
        }

        @inline(__always)
        private func scan(
            _ node: Int, _ measure: NeighborMeasure, _ values: UnsafeMutablePointer<Double>,
            _ places: UnsafeMutablePointer<Int32>, _ k: Int
        ) {
            for place in ranges[node] {
                let value = measure.reduced(query, points + Int(place) * d, d)
                if value < values[0] { apus_neighbors_push(values, places, k, value, order[Int(place)]) }
            }
        }

        func within(_ node: Int, _ radius: Double, _ reducedRadius: Double, _ list: inout [(Int32, Double)]) {
            let (least, most) = bothBounds(node)
            if least > radius { return }
            if most <= radius || isLeaf[node] {
                for place in ranges[node] {
                    let value = measure.reduced(query, points + Int(place) * d, d)
                    if most <= radius || value <= reducedRadius {
                        list.append((order[Int(place)], measure.distance(reduced: value)))
                    }
                }
                return
            }
            within(2 * node + 1, radius, reducedRadius, &list)
            within(2 * node + 2, radius, reducedRadius, &list)
        }

        /// Distances that no row of the node is nearer or farther than.
        private func bothBounds(_ node: Int) -> (Double, Double) {
            if shape == .balls {
                let centre = bounds.baseAddress.unsafelyUnwrapped + node * d
                let distance = measure.distance(reduced: measure.reduced(query, centre, d))
                return (max(0, distance - radii[node]), distance + radii[node])
            }
            let low = bounds.baseAddress.unsafelyUnwrapped + 2 * node * d
            let high = low + d
            var (least, most) = (0.0, 0.0)
            for q in 0..<d {
                let below = low[q] - query[q]
                let above = query[q] - high[q]
                least = measure.adding(max(below, 0) + max(above, 0), to: least)
                most = measure.adding(max(abs(below), abs(above)), to: most)
            }
            return (measure.distance(reduced: least), measure.distance(reduced: most))
        }
    }
}
