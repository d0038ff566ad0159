import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

@Suite(.serialized) struct NeighborContractTests {
    static let x = NeighborTables.gaussian(60, 4, seed: 11)
    static let labels = Labels((0..<60).map { ["a", "b", "c"][($0 * 7) % 3] })
    static let numbers = (0..<60).map { x[$0, 0] * 2 - x[$0, 2] + 0.5 }
    static let ones = [Double](repeating: 1, count: 60)

    private func onAnyNumberOfThreads<Model: Equatable>(_ fit: () throws -> Model) throws {
        let before = Parallel.threads
        defer { Parallel.threads = before }
        let models = try [1, 2, 5].map { threads in
            Parallel.threads = threads
            return try fit()
        }
        #expect(models[0] == models[1] && models[0] == models[2])
    }

    private func refusesBadRows(_ fit: (Matrix) throws -> Void) {
        for bad in [Double.nan, .infinity, -.infinity] {
            var x = Self.x
            x[3, 1] = bad
            #expect(throws: ApusError.self) { try fit(x) }
        }
        #expect(throws: ApusError.self) { try fit(Matrix(rows: 0, columns: 4)) }
        #expect(throws: ApusError.self) { try fit(Matrix(rows: 60, columns: 0)) }
    }

    private func check<Kind: SparseClassifier>(_ estimator: Kind) throws {
        let (x, y) = (Self.x, Self.labels)
        try Kind().validateParameters()
        #expect(Kind.parameters.allSatisfy { $0.help.hasSuffix(".") })
        refusesBadRows { _ = try estimator.fit($0, y) }
        #expect(throws: ApusError.self) { try estimator.fit(x, y.selecting(rows: [0, 1])) }
        #expect(throws: ApusError.self) { try estimator.fit(x, y, weights: Self.ones) }
        let model = try estimator.fit(x, y)
        let probabilities = try model.predictProba(x)
        for i in 0..<60 { #expect(abs(probabilities.row(i).reduce(0, +) - 1) < 1e-12) }
        #expect(throws: ApusError.self) { try model.predict(Matrix(rows: 1, columns: 2, values: [1, 2])) }
        #expect(throws: ApusError.self) { try model.predict(Matrix(repeating: .nan, rows: 1, columns: 4)) }
        try onAnyNumberOfThreads { try estimator.fit(x, y).predictProba(x) }
        try onAnyNumberOfThreads { try estimator.fit(x, y) }
        let one = try estimator.fit(x, Labels([Int](repeating: 3, count: 60)))
        #expect(try one.predict(x).integers == [Int](repeating: 3, count: 60))
        try expectArchiveIsChecked(model) { _ = try $0.predictProba(x) }
        let sparse = try estimator.fit(SparseMatrix(x), y)
        expectClose(try sparse.predictProba(SparseMatrix(x)).values, probabilities.values, absolute: 1e-6)
        #expect(try sparse.predict(x) == sparse.predict(SparseMatrix(x)))
        #expect(try model.predict(SparseMatrix(x)) == model.predict(x))
        try expectArchiveIsChecked(sparse) { _ = try $0.predictProba(x) }
    }

    private func check<Kind: SparseRegressor>(_ estimator: Kind) throws {
        let (x, y) = (Self.x, Self.numbers)
        try Kind().validateParameters()
        refusesBadRows { _ = try estimator.fit($0, y) }
        #expect(throws: ApusError.self) { try estimator.fit(x, [1, 2]) }
        #expect(throws: ApusError.self) { try estimator.fit(x, y.map { $0 > 1 ? .nan : $0 }) }
        #expect(throws: ApusError.self) { try estimator.fit(x, y, weights: Self.ones) }
        let model = try estimator.fit(x, y)
        #expect(throws: ApusError.self) { try model.predict(Matrix(rows: 1, columns: 2, values: [1, 2])) }
        try onAnyNumberOfThreads { try estimator.fit(x, y).predict(x) }
        try onAnyNumberOfThreads { try estimator.fit(x, y) }
        try expectArchiveIsChecked(model) { _ = try $0.predict(x) }
        let sparse = try estimator.fit(SparseMatrix(x), y)
        expectClose(try sparse.predict(SparseMatrix(x)), try model.predict(x), absolute: 1e-6)
        try expectArchiveIsChecked(sparse) { _ = try $0.predict(x) }
    }

    @Test func votersKeepTheContract() throws {
        try check(KNeighborsClassifier())
        try check(KNeighborsClassifier(nNeighbors: 3, weights: .distance, algorithm: .brute))
        try check(RadiusNeighborsClassifier())
        try check(
            RadiusNeighborsClassifier(radius: 2, weights: .distance, algorithm: .brute, outlierLabel: "most_frequent"))
    }

    @Test func meansKeepTheContract() throws {
        try check(KNeighborsRegressor())
        try check(KNeighborsRegressor(nNeighbors: 4, weights: .distance, algorithm: .brute))
        try check(RadiusNeighborsRegressor())
        try check(RadiusNeighborsRegressor(radius: 2, weights: .distance, algorithm: .brute))
    }

    @Test func searchesKeepTheContract() throws {
        let x = Self.x
        for algorithm in NeighborAlgorithm.allCases {
            let estimator = NearestNeighbors(algorithm: algorithm, leafSize: 3)
            try estimator.validateParameters()
            refusesBadRows { _ = try estimator.fit($0) }
            let model = try estimator.fit(x)
            try onAnyNumberOfThreads { try estimator.fit(x).kneighbors(x) }
            try onAnyNumberOfThreads { try estimator.fit(x).radiusNeighbors() }
            try onAnyNumberOfThreads { try estimator.fit(x) }
            try expectArchiveIsChecked(model) { model in
                _ = try model.kneighbors(x)
                _ = try model.radiusNeighbors(x)
            }
        }
    }

    @Test func unkindTablesEndInAnAnswerOrAnError() throws {
        let values = Self.x.values
        let tables = [
            Matrix(rows: 1, columns: 4, values: [1, 2, 3, 4]), Matrix(rows: 3, columns: 1, values: [0, 0, 0]),
            Matrix(repeating: 7, rows: 60, columns: 4), Matrix(repeating: 0, rows: 60, columns: 20),
            Matrix(rows: 60, columns: 4, values: values.map { $0 * 1e300 }),
            Matrix(rows: 60, columns: 4, values: values.map { $0 * .leastNormalMagnitude / 4096 }),
            Matrix(rows: 4, columns: 60, values: values.map { $0 * 1e150 }),
            Matrix(rows: 4, columns: 60, values: values.map { $0 * 1e-160 }),
        ]
        for table in tables {
            for metric in NeighborMetric.allCases {
                for algorithm in NeighborAlgorithm.allCases {
                    func survives(_ body: () throws -> Void) {
                        do { try body() } catch { #expect(error is ApusError, "\(error)") }
                    }
                    survives {
                        let search = NearestNeighbors(nNeighbors: 1, algorithm: algorithm, metric: metric)
                        let model = try search.fit(table)
                        _ = try model.kneighbors(table)
                        _ = try model.radiusNeighbors(table)
                    }
                    survives { _ = try DBSCAN(metric: metric, algorithm: algorithm).fit(table).predict(table) }
                }
            }
            let y = Labels((0..<table.rows).map { $0 % 2 })
            for weights in NeighborWeights.allCases {
                let model = try? KNeighborsClassifier(nNeighbors: 1, weights: weights).fit(table, y)
                if let both = try? model?.predictWithProbabilities(table) {
                    let labels = try model?.predict(table)
                    #expect(labels == both.labels)
                    #expect(both.probabilities.values.allSatisfy { $0.isFinite })
                }
            }
        }
    }

    @Test func weightsAndTargetsMayBeHuge() throws {
        // The inverses of the distances add up to more than a number holds.
        let x = try Matrix([[0], [1e-308], [3e-308]])
        let query = try Matrix([[2e-308]])
        let model = try KNeighborsClassifier(nNeighbors: 3, weights: .distance, p: 1)
            .fit(x, Labels([0, 1, 1]))
        expectClose(try model.predictProba(query).values, [0.2, 0.8])
        for weights in NeighborWeights.allCases {
            let regressor = KNeighborsRegressor(nNeighbors: 3, weights: weights, p: 1)
            let means = try regressor.fit(x, [1.5e308, 1.5e308, 1.5e308]).predict(query)
            expectClose(means, [1.5e308])
        }
    }

    @Test func autoIsDecidedOnceAndKept() throws {
        // Half of the rows or more: brute force. The archive keeps it, though the number of neighbours is not its own.
        let model = try NearestNeighbors(nNeighbors: 40).fit(Self.x)
        #expect(model.algorithm == .brute)
        var archive = ModelArchive()
        model.encode(into: &archive)
        #expect(try NearestNeighbors.Model(from: archive).algorithm == .brute)
    }

    @Test func clustersKeepTheContract() throws {
        let x = Self.x
        for estimator in [DBSCAN(), DBSCAN(eps: 1.2), DBSCAN(eps: 0.2, metric: .cosine)] {
            try estimator.validateParameters()
            refusesBadRows { _ = try estimator.fit($0) }
            for weights in [[1.0], Self.ones.map { -$0 }, Self.ones.map { $0 * 0 }, Self.ones.map { $0 * .nan }] {
                #expect(throws: ApusError.self) { try estimator.fit(x, weights: weights, progress: nil) }
            }
            let model = try estimator.fit(x)
            try onAnyNumberOfThreads { try estimator.fit(x) }
            #expect(try estimator.fit(x, weights: Self.ones, progress: nil) == model)
            #expect(throws: ApusError.self) { try model.predict(Matrix(rows: 1, columns: 2, values: [1, 2])) }
            try expectArchiveIsChecked(model) { _ = try $0.predict(x) }
        }
    }

    @Test func illegalParametersAreRefused() throws {
        let (x, y) = (Self.x, Self.labels)
        let searches = [
            NearestNeighbors(nNeighbors: 0), NearestNeighbors(radius: -1), NearestNeighbors(radius: .nan),
            NearestNeighbors(leafSize: 0), NearestNeighbors(p: 0), NearestNeighbors(p: .infinity),
            NearestNeighbors(algorithm: .kdTree, metric: .cosine), NearestNeighbors(algorithm: .ballTree, p: 0.5),
            NearestNeighbors(metric: .precomputed), NearestNeighbors(algorithm: .kdTree, metric: .precomputed),
        ]
        for search in searches { #expect(throws: ApusError.self) { try search.fit(x) } }
        for estimator in [
            DBSCAN(eps: 0), DBSCAN(eps: -1), DBSCAN(minSamples: 0), DBSCAN(metric: .cosine, algorithm: .kdTree),
            DBSCAN(metric: .precomputed),
        ] {
            #expect(throws: ApusError.self) { try estimator.fit(x) }
        }
        #expect(throws: ApusError.self) { try NearestNeighbors(algorithm: .kdTree).fit(SparseMatrix(x)) }
        #expect(throws: ApusError.self) { try NearestNeighbors(metric: .chebyshev).fit(SparseMatrix(x)) }
        #expect(throws: ApusError.self) { try RadiusNeighborsClassifier(outlierLabel: "z").fit(x, y) }
        let model = try NearestNeighbors().fit(x)
        for count in [0, -1, 61, .max] { #expect(throws: ApusError.self) { try model.kneighbors(x, count) } }
        for count in [0, 60] { #expect(throws: ApusError.self) { try model.kneighbors(count) } }
        #expect(throws: ApusError.self) { try model.radiusNeighbors(x, radius: -1) }
        #expect(try model.kneighbors(59).indices(of: 5).count == 59)
        let few = try KNeighborsClassifier(nNeighbors: 61).fit(x, y)
        let error = #expect(throws: ApusError.self) { try few.predict(x) }
        #expect(error?.code == .invalidParameter)
        let lonely = try RadiusNeighborsRegressor(radius: 0.1).fit(x, Self.numbers)
        let undefined = #expect(throws: ApusError.self) {
            try lonely.predict(Matrix(repeating: 9, rows: 1, columns: 4))
        }
        #expect(undefined?.code == .undefined)
    }

    @Test func parametersAreReadByEitherName() throws {
        let classifier = try KNeighborsClassifier(parameters: [
            "n_neighbors": 3, "algorithm": "kd_tree", "metric": "manhattan", "weights": "distance", "leaf_size": 7,
        ])
        #expect(
            classifier
                == KNeighborsClassifier(
                    nNeighbors: 3, weights: .distance, algorithm: .kdTree, leafSize: 7, metric: .manhattan))
        #expect(try DBSCAN(parameters: ["min_samples": 3, "eps": 0.7]) == DBSCAN(eps: 0.7, minSamples: 3))
    }
}
