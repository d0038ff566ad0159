import CApusKernels
import Synchronization

extension NeighborScan {
    /// The rows within `radius` of each query, ascending; nil when there are more than `limit` in all.
    public func within(_ queries: Matrix, radius: Double, limit: Int) -> NeighborHits? {
        let own = measure == .cosine ? Self.normalized(queries) : queries
        let blocks = Parallel.blocks(of: own.rows, size: Self.blockRows(own.rows))
        let found = Atomic<Int>(0)
        let parts = Parallel.map(blocks.count) { index in
            var lists = [[(Int32, Double)]](repeating: [], count: blocks[index].count)
            own.values.withUnsafeBufferPointer { queries in
                guard found.load(ordering: .relaxed) <= limit else { return }
                let first = queries.baseAddress.unsafelyUnwrapped + blocks[index].lowerBound * own.columns
                if let panels, let look = panels.look(first, lists.count) {
                    quick(panels, look, first, measure.reduced(distance: radius), limit, found, &lists)
                } else {
                    plain(first, measure.reduced(distance: radius), limit, found, &lists)
                }
            }
            return NeighborHits(lists)
        }
        return found.load(ordering: .relaxed) > limit ? nil : NeighborHits(joining: parts)
    }

    private func quick(
        _ panels: Panels, _ look: Panels.Look, _ first: UnsafePointer<Double>, _ radius: Double, _ limit: Int,
        _ total: borrowing Atomic<Int>, _ lists: inout [[(Int32, Double)]]
    ) {
        let (d, group) = (rows.columns, Int(apusNeighborGroup))
        let last = (rows.rows + 15) / 16
        let step = 32
        let capacity = step * 16
        var places = [Int32](repeating: 0, count: group * capacity)
        var distances = [Double](repeating: 0, count: group * capacity)
        var counts = [Int](repeating: 0, count: group)
        panels.withRows(self) { rows in
            for chunk in stride(from: 0, to: last, by: step) {
                var found = 0
                for start in stride(from: 0, to: lists.count, by: group) {
                    let members = min(group, lists.count - start)
                    look.factors.withUnsafeBufferPointer { factors in
                        look.shifts.withUnsafeBufferPointer { shifts in
                            apus_neighbors_within(
                                &rows, first + start * d, members, factors.baseAddress.unsafelyUnwrapped + start * d,
                                shifts.baseAddress.unsafelyUnwrapped + start, panels.unit, radius, chunk,
                                min(chunk + step, last), capacity, &places, &distances, &counts)
                        }
                    }
                    for t in 0..<members {
                        for i in t * capacity..<t * capacity + counts[t] {
                            lists[start + t].append((places[i], measure.distance(reduced: distances[i])))
                        }
                        found += counts[t]
                    }
                }
                total.wrappingAdd(found, ordering: .relaxed)
                if total.load(ordering: .relaxed) > limit { return }
            }
        }
    }

    private func plain(
        _ first: UnsafePointer<Double>, _ radius: Double, _ limit: Int, _ total: borrowing Atomic<Int>,
        _ lists: inout [[(Int32, Double)]]
    ) {
        forEachPanel(first, lists.count) { row, lanes, distances in
            var found = 0
            for query in lists.indices {
                for lane in 0..<lanes where distances[query * 8 + lane] <= radius {
                    let distance = measure.distance(reduced: distances[query * 8 + lane])
                    lists[query].append((Int32(truncatingIfNeeded: row + lane), distance))
                    found += 1
                }
            }
            total.wrappingAdd(found, ordering: .relaxed)
            return total.load(ordering: .relaxed) <= limit
        }
    }
}
