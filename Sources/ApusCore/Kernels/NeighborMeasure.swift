#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How far two rows are from each other, as kernels compute it.
///
/// The *reduced* distance is what is compared: the sum without its root, which has the same order and costs less.
@_documentation(visibility: internal)
public enum NeighborMeasure: Sendable, Hashable {
    /// Reduced: Σ (x - y)².
    case euclidean
    /// Σ |x - y|.
    case manhattan
    /// max |x - y|.
    case chebyshev
    /// Reduced: Σ |x - y|ᵖ.
    case minkowski(Double)
    /// 1 - x·y of rows of length 1.
    case cosine

    /// The distance with a reduced distance.
    public func distance(reduced: Double) -> Double {
        switch self {
        case .euclidean: reduced.squareRoot()
        case .manhattan, .chebyshev, .cosine: reduced
        case .minkowski(let p): pow(reduced, 1 / p)
        }
    }

    /// The reduced distance of a distance.
    public func reduced(distance: Double) -> Double {
        switch self {
        case .euclidean: distance * distance
        case .manhattan, .chebyshev, .cosine: distance
        case .minkowski(let p): pow(distance, p)
        }
    }

    /// The reduced distance of two rows of `d` numbers, summed in column order.
    @inline(__always)
    func reduced(_ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, _ d: Int) -> Double {
        var sum = 0.0
        switch self {
        case .euclidean:
            for q in 0..<d {
                let difference = x[q] - y[q]
                sum += difference * difference
            }
        case .manhattan:
            for q in 0..<d { sum += abs(x[q] - y[q]) }
        case .chebyshev:
            for q in 0..<d { sum = max(sum, abs(x[q] - y[q])) }
        case .minkowski(let p):
            for q in 0..<d { sum += pow(abs(x[q] - y[q]), p) }
        case .cosine:
            for q in 0..<d { sum += x[q] * y[q] }
            sum = min(2, max(0, 1 - sum))
        }
        return sum
    }

    /// What a difference in one column adds to a reduced distance.
    @inline(__always)
    func adding(_ difference: Double, to sum: Double) -> Double {
        switch self {
        case .euclidean: sum + difference * difference
        case .manhattan, .cosine: sum + difference
        case .chebyshev: max(sum, difference)
        case .minkowski(let p): sum + pow(difference, p)
        }
    }
}

/// Rows found near others: for each query a list of places, with distances.
@_documentation(visibility: internal)
public struct NeighborHits: Sendable, Hashable {
    /// Where each query's list begins; one more than there are queries.
    public var offsets: [Int]
    /// The rows found.
    public var places: [Int32]
    /// Their distances.
    public var distances: [Double]

    /// Lists of equal length.
    public init(width: Int, places: [Int32], distances: [Double]) {
        offsets = width > 0 ? Array(stride(from: 0, through: places.count, by: width)) : [0]
        self.places = places
        self.distances = distances
    }

    /// The lists of several blocks of queries, one after another.
    public init(joining parts: [NeighborHits]) {
        offsets = [0]
        places = []
        distances = []
        places.reserveCapacity(parts.reduce(0) { $0 + $1.places.count })
        distances.reserveCapacity(parts.reduce(0) { $0 + $1.places.count })
        for part in parts {
            let start = places.count
            offsets.append(contentsOf: part.offsets.dropFirst().map { $0 + start })
            places.append(contentsOf: part.places)
            distances.append(contentsOf: part.distances)
        }
    }

    /// The lists of queries one by one.
    public init(_ lists: [[(Int32, Double)]]) {
        offsets = [0]
        places = []
        distances = []
        for list in lists {
            places.append(contentsOf: list.lazy.map(\.0))
            distances.append(contentsOf: list.lazy.map(\.1))
            offsets.append(places.count)
        }
    }
}
