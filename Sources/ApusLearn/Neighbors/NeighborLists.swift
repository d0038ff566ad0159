import ApusCore

/// The neighbours of several rows: for each row a list of places among the fitted rows, with distances.
public struct NeighborLists: Sendable, Hashable {
    /// Where each row's list begins in `indices` and `distances`: one more than there are rows, from 0 up.
    public let offsets: [Int]
    /// The neighbours, as places among the fitted rows.
    public let indices: [Int]
    /// Their distances.
    public let distances: [Double]

    /// How many rows have a list.
    public var count: Int { offsets.count - 1 }

    /// The neighbours of one row.
    public func indices(of row: Int) -> ArraySlice<Int> { indices[offsets[row]..<offsets[row + 1]] }

    /// The distances of one row's neighbours.
    public func distances(of row: Int) -> ArraySlice<Double> { distances[offsets[row]..<offsets[row + 1]] }

    init(offsets: [Int], indices: [Int], distances: [Double]) {
        self.offsets = offsets
        self.indices = indices
        self.distances = distances
    }

    init(_ hits: NeighborHits) {
        self.init(offsets: hits.offsets, indices: hits.places.map { Int($0) }, distances: hits.distances)
    }

    /// The lists with some neighbours left out.
    func filtered(_ isKept: (_ row: Int, _ place: Int) -> Bool) -> NeighborLists {
        var offsets = [0]
        var kept: [Int] = []
        for row in 0..<count {
            kept.append(contentsOf: (self.offsets[row]..<self.offsets[row + 1]).filter { isKept(row, $0) })
            offsets.append(kept.count)
        }
        return NeighborLists(
            offsets: offsets, indices: kept.map { indices[$0] }, distances: kept.map { distances[$0] })
    }

    /// The lists with each row's neighbours from near to far, equally distant ones in the order they were in.
    func sorted() -> NeighborLists {
        var order: [Int] = []
        for row in 0..<count {
            order.append(
                contentsOf: (offsets[row]..<offsets[row + 1]).sorted {
                    distances[$0] == distances[$1] ? $0 < $1 : distances[$0] < distances[$1]
                })
        }
        return NeighborLists(
            offsets: offsets, indices: order.map { indices[$0] }, distances: order.map { distances[$0] })
    }

    /// The lists as a sparse matrix with a row for each list and a column for each of `columns` fitted rows.
    func graph(columns: Int, _ mode: NeighborGraphMode) throws -> SparseMatrix {
        var places: [Int32] = []
        var values: [Double] = []
        places.reserveCapacity(indices.count)
        values.reserveCapacity(indices.count)
        for row in 0..<count {
            let ascending = (offsets[row]..<offsets[row + 1]).sorted { indices[$0] < indices[$1] }
            for place in ascending {
                places.append(Int32(truncatingIfNeeded: indices[place]))
                values.append(mode == .distance ? distances[place] : 1)
            }
        }
        return try SparseMatrix(
            rows: count, columns: columns, rowOffsets: offsets, columnIndices: places, values: values)
    }
}

/// What the elements of a graph of neighbours are.
public enum NeighborGraphMode: String, Sendable, Hashable, Codable, CaseIterable {
    /// 1 for each neighbour.
    case connectivity
    /// The distance of each neighbour.
    case distance
}
