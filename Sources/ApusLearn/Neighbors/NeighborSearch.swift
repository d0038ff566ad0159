import ApusCore

/// The search for neighbours among the rows that an estimator was fitted on: what all estimators of this family, and
/// resampling, share.
struct NeighborSearch: Sendable {
    /// How to search, as the estimators' parameters say it.
    struct Settings: Sendable, Hashable {
        var algorithm: NeighborAlgorithm = .auto
        var leafSize = 30
        var metric: NeighborMetric = .minkowski
        var p = 2.0
    }

    /// The rows: features, or distances between them.
    enum Rows: Sendable, Hashable {
        case dense(Matrix)
        case sparse(SparseMatrix)

        var count: Int {
            switch self {
            case .dense(let x): x.rows
            case .sparse(let x): x.rows
            }
        }
        var columns: Int {
            switch self {
            case .dense(let x): x.columns
            case .sparse(let x): x.columns
            }
        }
    }

    private enum Method: Sendable {
        case tree(NeighborTree)
        case scan(NeighborScan)
        case sparse(NeighborSparse)
        case precomputed
    }

    let settings: Settings
    let rows: Rows
    private let method: Method

    /// The algorithm that is in use: `auto` has been decided.
    let algorithm: NeighborAlgorithm

    /// How many rows there are.
    var count: Int { rows.count }

    /// Prepares the search.
    ///
    /// - Parameters:
    ///   - rows: n × d features, checked to be finite; n × n distances where the metric is precomputed.
    ///   - neighbors: The number of neighbours that will be asked for, where it is known; `auto` depends on it.
    /// - Throws: `ApusError` with code `invalidParameter`, `invalidInput` or `shapeMismatch`.
    init(_ rows: Rows, neighbors: Int?, settings: Settings) throws {
        self.settings = settings
        self.rows = rows
        guard rows.count <= Int(Int32.max) - 64 else {
            throw ApusError(
                .invalidInput, "x has \(rows.count) rows, more than a search for neighbours holds (2,147,483,583).")
        }
        switch rows {
        case .dense(let x):
            algorithm = try settings.algorithm(for: x, neighbors: neighbors)
            guard let measure = settings.metric.measure(p: settings.p) else {
                try Self.checkDistances(x, square: true)
                method = .precomputed
                return
            }
            method =
                switch algorithm {
                case .kdTree: .tree(NeighborTree(x, shape: .boxes, measure: measure, leafSize: settings.leafSize))
                case .ballTree: .tree(NeighborTree(x, shape: .balls, measure: measure, leafSize: settings.leafSize))
                case .brute, .auto: .scan(NeighborScan(x, measure: measure))
                }
        case .sparse(let x):
            algorithm = .brute
            guard settings.algorithm == .auto || settings.algorithm == .brute else {
                throw ApusError(
                    .invalidParameter,
                    "algorithm is \(settings.algorithm.rawValue), but trees need dense rows; use auto or brute for sparse "
                        + "ones.")
            }
            guard let search = settings.metric.measure(p: settings.p).flatMap({ NeighborSparse(x, measure: $0) }) else {
                throw ApusError(
                    .invalidParameter,
                    "metric is \(settings.metric.rawValue), but sparse rows have distances by euclidean, manhattan, "
                        + "cosine, or minkowski with p 1 or 2; choose one of these or pass dense rows.")
            }
            method = .sparse(search)
        }
    }

    static func checkDistances(_ x: Matrix, square: Bool) throws {
        if square, x.rows != x.columns {
            throw ApusError(
                .shapeMismatch,
                "x is \(x.rows) × \(x.columns), but precomputed distances between the rows must be square; pass an n × n "
                    + "matrix or choose another metric.")
        }
        if let place = x.values.firstIndex(where: { $0 < 0 }) {
            throw ApusError(
                .invalidInput,
                "x holds \(x.values[place]) in row \(place / x.columns), column \(place % x.columns); distances must be at "
                    + "least 0.")
        }
    }

    /// The same search under other settings that led to it.
    init(_ other: NeighborSearch, settings: Settings) {
        self.settings = settings
        rows = other.rows
        method = other.method
        algorithm = other.algorithm
    }

    // MARK: Searching

    /// The `k` nearest rows of each query, nearest first.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` when there are fewer than `k` rows, `numericalFailure` when
    ///   distances overflow, `invalidInput` when the answer would not fit into memory.
    func nearest(_ queries: Rows, _ k: Int, name: String = "nNeighbors") throws -> NeighborHits {
        guard k >= 1, k <= count else {
            throw ApusError(
                .invalidParameter,
                "\(name) is \(k), but it must be from 1 to the \(count) row\(count == 1 ? "" : "s") that the model was "
                    + "fitted on; lower it or fit on more rows.")
        }
        try Memory.check(
            Double(queries.count) * Double(k) * 28, "\(k) neighbours of \(queries.count) rows",
            "ask for fewer neighbours or pass the rows in parts")
        let hits =
            switch method {
            case .tree(let tree): tree.nearest(try dense(queries), k)
            case .scan(let scan): scan.nearest(try dense(queries), k)
            case .sparse(let search): search.nearest(sparse(queries), k)
            case .precomputed: try nearestGiven(dense(queries), k)
            }
        let limit = settings.metric.measure(p: settings.p)?.distance(reduced: .greatestFiniteMagnitude) ?? .infinity
        guard hits.distances.allSatisfy({ $0 < limit }) else { throw Self.overflow }
        return hits
    }

    /// The `k` nearest other rows of each fitted row.
    func nearestOthers(_ k: Int, name: String = "nNeighbors") throws -> NeighborLists {
        guard k >= 1, k < count else {
            throw ApusError(
                .invalidParameter,
                "\(name) is \(k), but a row of \(count) has only \(count - 1) others; lower it or fit on more rows.")
        }
        let found = NeighborLists(try nearest(rows, k + 1))
        // With more duplicates than neighbours a row may not be among its own; then the first is left out.
        let dropped = (0..<found.count).map { row in
            found.indices(of: row).firstIndex(of: row) ?? found.offsets[row]
        }
        return found.filtered { row, place in place != dropped[row] }
    }

    /// The rows within `radius` of each query, in the order of the search.
    ///
    /// - Throws: `ApusError` with code `numericalFailure` or `invalidInput` as above.
    func within(_ queries: Rows, _ radius: Double) throws -> NeighborHits {
        // Lists, their parts, and what the caller makes of them.
        let bytes = 60.0
        let limit = Int(min(Double(Memory.size) / bytes, 1e15))
        let hits: NeighborHits?
        switch method {
        case .tree(let tree): hits = tree.within(try dense(queries), radius: radius, limit: limit)
        case .scan(let scan): hits = scan.within(try dense(queries), radius: radius, limit: limit)
        case .sparse(let search): hits = search.within(sparse(queries), radius: radius, limit: limit)
        case .precomputed:
            let x = try dense(queries)
            let lists = try Parallel.tryMap(x.rows) { row -> [(Int32, Double)] in
                try checkCancellation()
                return (0..<count).filter { x[row, $0] <= radius }.map { (Int32(truncatingIfNeeded: $0), x[row, $0]) }
            }
            hits = NeighborHits(lists)
        }
        guard let hits else {
            try Memory.check(
                Double(limit) * bytes * 1.01, "More than \(limit) neighbours within \(radius)",
                "choose a smaller radius or pass the rows in parts")
            throw Self.overflow
        }
        guard FiniteKernel.allFinite(hits.distances) else { throw Self.overflow }
        return hits
    }

    /// The rows within `radius` of each fitted row, without itself.
    func othersWithin(_ radius: Double) throws -> NeighborLists {
        let found = NeighborLists(try within(rows, radius))
        return found.filtered { row, place in found.indices[place] != row }
    }

    // MARK: Queries

    /// Throws unless queries are finite and have the columns that the model was fitted on.
    func check(_ queries: Rows, of model: String) throws {
        switch queries {
        case .dense(let x):
            try x.checkUsable()
            try x.checkColumns(rows.columns, of: model)
            if settings.metric == .precomputed { try Self.checkDistances(x, square: false) }
        case .sparse(let x):
            try x.checkUsable()
            guard x.columns == rows.columns else {
                throw ApusError(
                    .shapeMismatch,
                    "\(model) was fitted on \(rows.columns) features, but x has \(x.columns); pass the same columns as in "
                        + "fit.")
            }
        }
    }

    private func dense(_ queries: Rows) throws -> Matrix {
        switch queries {
        case .dense(let x): return x
        case .sparse(let x):
            try Memory.check(
                Double(x.rows) * Double(x.columns) * 8, "x with its zeros written out",
                "fit on sparse rows too or pass the rows in parts")
            return x.dense
        }
    }

    private func sparse(_ queries: Rows) -> SparseMatrix {
        switch queries {
        case .dense(let x): SparseMatrix(x)
        case .sparse(let x): x
        }
    }

    /// The nearest by distances that are given: the first of equal ones.
    private func nearestGiven(_ x: Matrix, _ k: Int) throws -> NeighborHits {
        let parts = try Parallel.tryMap(x.rows) { row in
            try checkCancellation()
            let places = (0..<count).sorted {
                x[row, $0] == x[row, $1] ? $0 < $1 : x[row, $0] < x[row, $1]
            }.prefix(k)
            return NeighborHits(
                width: k, places: places.map { Int32(truncatingIfNeeded: $0) }, distances: places.map { x[row, $0] })
        }
        return NeighborHits(joining: parts)
    }

    private static var overflow: ApusError {
        ApusError(.numericalFailure, "The distances between rows overflow; scale the columns first.")
    }
}

extension NeighborSearch.Settings {
    /// The algorithm that settings stand for.
    func algorithm(for x: Matrix, neighbors: Int?) throws -> NeighborAlgorithm {
        let isTreeless =
            metric == .cosine || metric == .precomputed
            || metric == .minkowski && p < 1
        switch algorithm {
        case .brute: return .brute
        case .kdTree, .ballTree:
            guard !isTreeless else {
                throw ApusError(
                    .invalidParameter,
                    "algorithm is \(algorithm.rawValue), but a tree does not work with the metric "
                        + (metric == .minkowski ? "minkowski for p below 1" : metric.rawValue)
                        + "; use auto or brute.")
            }
            return algorithm
        case .auto:
            let wantsMany = neighbors.map { $0 >= x.rows / 2 } ?? false
            return isTreeless || x.columns > 15 || wantsMany ? .brute : .kdTree
        }
    }

    /// Throws unless the settings agree with each other and with the data.
    func check(_ x: Matrix) throws {
        _ = try algorithm(for: x, neighbors: nil)
        if metric == .precomputed { try NeighborSearch.checkDistances(x, square: true) }
    }
}

extension NeighborSearch: Equatable {
    /// Whether rows and settings are equal; what is made from them is then equal too.
    static func == (a: NeighborSearch, b: NeighborSearch) -> Bool {
        a.settings == b.settings && a.algorithm == b.algorithm && a.rows == b.rows
    }
}
