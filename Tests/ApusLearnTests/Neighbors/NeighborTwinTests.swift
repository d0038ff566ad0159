import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

/// The fast searches against plain loops.
@Suite struct NeighborTwinTests {
    private func plainDistance(_ x: [Double], _ y: [Double], _ metric: NeighborMetric) -> Double {
        let differences = zip(x, y).map { abs($0 - $1) }
        switch metric {
        case .manhattan: return differences.reduce(0, +)
        case .chebyshev: return differences.max() ?? 0
        case .cosine:
            let dot = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
            let lengths = [x, y].map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
            return lengths.contains(0) ? 1 : max(0, 1 - dot / lengths[0] / lengths[1])
        default: return differences.reduce(0) { $0 + $1 * $1 }.squareRoot()
        }
    }

    private func plain(_ x: Matrix, _ query: [Double], _ metric: NeighborMetric) -> [Double] {
        (0..<x.rows).map { plainDistance(x.row($0), query, metric) }
    }

    @Test(arguments: [(1, 1), (15, 3), (16, 20), (17, 2), (33, 40), (350, 5), (700, 18), (90, 100)])
    func nearestRowsAreThoseOfThePlainLoop(_ rows: Int, _ columns: Int) throws {
        for (name, scale, shift) in [("plain", 1.0, 0.0), ("far", 1e-3, 1e4), ("huge", 1e120, 0), ("tiny", 1e-150, 0)] {
            var x = NeighborTables.gaussian(rows, columns, seed: UInt32(rows))
            var queries = NeighborTables.gaussian(13, columns, seed: UInt32(columns + 100))
            x.withMutableValues { for i in $0.indices { $0[i] = $0[i] * scale + shift } }
            queries.withMutableValues { for i in $0.indices { $0[i] = $0[i] * scale + shift } }
            let k = min(rows, 7)
            for metric in [NeighborMetric.euclidean, .manhattan, .chebyshev, .cosine] {
                for algorithm in NeighborAlgorithm.allCases {
                    if metric == .cosine, algorithm == .kdTree || algorithm == .ballTree || shift != 0 { continue }
                    if metric == .cosine, scale != 1 { continue }
                    // Squares of 1e-300 are no numbers any more.
                    if name == "tiny", metric == .euclidean { continue }
                    let model = try NearestNeighbors(nNeighbors: k, algorithm: algorithm, leafSize: 8, metric: metric)
                        .fit(x)
                    let near = try model.kneighbors(queries)
                    for query in 0..<queries.rows {
                        let distances = plain(x, queries.row(query), metric)
                        let sorted = distances.sorted().prefix(k)
                        let comment = "\(name) \(metric) \(algorithm)"
                        expectClose(
                            Array(near.distances(of: query)), Array(sorted), relative: 1e-12, absolute: 1e-13 * scale,
                            comment)
                        expectClose(
                            near.indices(of: query).map { distances[$0] }, Array(sorted), relative: 1e-9,
                            absolute: 1e-13 * scale, comment)
                    }
                }
            }
        }
    }

    @Test func anOutlierDoesNotBlurTheOthers() throws {
        var x = NeighborTables.gaussian(900, 20, seed: 3)
        for q in 0..<20 { x[450, q] = 1e12 }
        let queries = NeighborTables.gaussian(30, 20, seed: 4)
        let brute = try NearestNeighbors(algorithm: .brute).fit(x).kneighbors(queries)
        let tree = try NearestNeighbors(algorithm: .kdTree).fit(x).kneighbors(queries)
        #expect(brute.indices == tree.indices)
        expectClose(brute.distances, tree.distances)
        // A query that is an outlier itself.
        let far = Matrix(repeating: 1e14, rows: 1, columns: 20)
        #expect(try NearestNeighbors(nNeighbors: 1, algorithm: .brute).fit(x).kneighbors(far).indices == [450])
    }

    @Test(arguments: [(40, 2), (130, 17), (1000, 20), (500, 3)])
    func rowsWithinARadiusAreThoseOfThePlainLoop(_ rows: Int, _ columns: Int) throws {
        let x = NeighborTables.grid(rows, columns, seed: 5)
        let queries = NeighborTables.grid(19, columns, seed: 6)
        for metric in [NeighborMetric.euclidean, .manhattan, .chebyshev] {
            let radius = metric == .chebyshev ? 1.5 : metric == .manhattan ? Double(columns) / 1.5 + 0.1 : 2.1
            for algorithm in NeighborAlgorithm.allCases {
                let near = try NearestNeighbors(radius: radius, algorithm: algorithm, leafSize: 6, metric: metric)
                    .fit(x).radiusNeighbors(queries, sorting: true)
                for query in 0..<queries.rows {
                    let distances = plain(x, queries.row(query), metric)
                    let expected = (0..<rows).filter { distances[$0] <= radius }
                    #expect(near.indices(of: query).sorted() == expected)
                    let found = Array(near.distances(of: query))
                    #expect(zip(found, found.dropFirst()).allSatisfy { $0 <= $1 })
                }
            }
        }
    }

    @Test func duplicatesEqualDistancesAndConstantColumnsAreNoTrap() throws {
        let same = Matrix(repeating: 2.5, rows: 40, columns: 3)
        for algorithm in NeighborAlgorithm.allCases {
            let model = try NearestNeighbors(nNeighbors: 4, algorithm: algorithm, leafSize: 2).fit(same)
            #expect(try model.kneighbors(same).distances.allSatisfy { $0 == 0 })
            let others = try model.kneighbors()
            for row in 0..<40 { #expect(!others.indices(of: row).contains(row)) }
            #expect(try model.radiusNeighbors(radius: 0).indices.count == 40 * 39)
        }
        let wide = Matrix(repeating: 0.1, rows: 50, columns: 30)
        let near = try NearestNeighbors(nNeighbors: 3).fit(wide).kneighbors()
        #expect(near.distances.allSatisfy { $0 == 0 })
        let one = Matrix(rows: 1, columns: 2, values: [1, 2])
        let alone = try NearestNeighbors(nNeighbors: 1).fit(one)
        #expect(try alone.kneighbors(one).indices == [0])
        #expect(throws: ApusError.self) { try alone.kneighbors() }
        #expect(try alone.radiusNeighbors().indices.isEmpty)
        #expect(try KNeighborsClassifier(nNeighbors: 1).fit(one, Labels(["a"])).predict(one).strings == ["a"])
    }

    @Test func zeroVectorsAreAtDistanceOneByTheCosine() throws {
        let x = try Matrix([[0, 0], [1, 0], [0, 2], [-3, 0], [0, 0]])
        let near = try NearestNeighbors(nNeighbors: 5, metric: .cosine).fit(x).kneighbors(x)
        #expect(Array(near.distances(of: 0)) == [1, 1, 1, 1, 1])
        #expect(Array(near.distances(of: 1)) == [0, 1, 1, 1, 2])
        let sparse = try NearestNeighbors(nNeighbors: 5, metric: .cosine).fit(SparseMatrix(x))
        #expect(try sparse.kneighbors(SparseMatrix(x)).distances == near.distances)
    }

    @Test func distancesThatOverflowAreAnError() throws {
        let x = try Matrix([[1e300, 0], [-1e300, 5], [3, 4]])
        for algorithm in NeighborAlgorithm.allCases {
            let model = try NearestNeighbors(nNeighbors: 3, algorithm: algorithm).fit(x)
            let error = #expect(throws: ApusError.self) { try model.kneighbors(x) }
            #expect(error?.code == .numericalFailure)
            #expect(try model.kneighbors(Matrix([[3, 3]]), 1).indices == [2])
        }
        // Manhattan distances of the same rows do not overflow.
        #expect(try NearestNeighbors(nNeighbors: 3, p: 1).fit(x).kneighbors(x).distances.allSatisfy(\.isFinite))
        let huge = try Matrix([[1.7e308], [-1.7e308]])
        for algorithm in NeighborAlgorithm.allCases {
            #expect(throws: ApusError.self) {
                try NearestNeighbors(nNeighbors: 2, algorithm: algorithm, p: 1).fit(huge).kneighbors(huge)
            }
            _ = try? DBSCAN(algorithm: algorithm).fit(huge).predict(huge)
        }
    }

    @Test func requestsBeyondMemoryAreRefusedWithTheFigure() throws {
        let x = Matrix(rows: 20_000, columns: 1)
        let model = try NearestNeighbors(nNeighbors: 20_000, algorithm: .kdTree).fit(x)
        let many = Matrix(rows: 4_000_000, columns: 1)
        let error = #expect(throws: ApusError.self) { try model.kneighbors(many) }
        #expect(error?.message.contains("GB") == true)
    }

    @Test func graphsHoldNeighborsInTheirColumns() throws {
        let x = try Matrix([[0], [1], [3], [7]])
        let model = try NearestNeighbors(nNeighbors: 2).fit(x)
        let graph = try model.kneighborsGraph(mode: .distance)
        #expect(
            try graph.dense == Matrix([[0, 1, 3, 0], [1, 0, 2, 0], [3, 2, 0, 0], [0, 6, 4, 0]]))
        #expect(
            try model.kneighborsGraph(x, 1).dense
                == Matrix([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]))
        #expect(
            try model.radiusNeighborsGraph(radius: 2).dense
                == Matrix([[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0]]))
    }

    @Test func givenDistancesFindTheSameNeighbors() throws {
        let x = NeighborTables.gaussian(50, 3, seed: 8)
        let queries = NeighborTables.gaussian(9, 3, seed: 9)
        func distances(_ a: Matrix) -> Matrix {
            Matrix(
                rows: a.rows, columns: 50, values: (0..<a.rows).flatMap { plain(x, a.row($0), .euclidean) })
        }
        let given = try NearestNeighbors(metric: .precomputed).fit(distances(x))
        let own = try NearestNeighbors().fit(x)
        #expect(try given.kneighbors(distances(queries)).indices == own.kneighbors(queries).indices)
        #expect(try given.kneighbors().indices == own.kneighbors().indices)
        let clusters = try DBSCAN(eps: 0.9, metric: .precomputed).fit(distances(x))
        let direct = try DBSCAN(eps: 0.9).fit(x)
        #expect(clusters.labels == direct.labels && clusters.coreSampleIndices == direct.coreSampleIndices)
        #expect(try clusters.predict(distances(queries)) == direct.predict(queries))
        try expectArchiveIsChecked(clusters) { _ = try $0.predict(distances(queries)) }
        #expect(throws: ApusError.self) {
            try given.kneighbors(Matrix(repeating: -1, rows: 1, columns: 50))
        }
    }
}
