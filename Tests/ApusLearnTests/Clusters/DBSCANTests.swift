import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

@Suite struct DBSCANTests {
    @Test func labelsAndCoresAreThoseOfTheReference() throws {
        for example in try Oracle("neighbors/dbscan").array("cases") {
            let name = try example.string("name")
            var estimator = DBSCAN()
            let arguments = try example.object("arguments")
            for argument in arguments.keys {
                try NeighborOracle.set(
                    argument, arguments, &estimator.algorithm, &estimator.leafSize, &estimator.metric, &estimator.p)
                if argument == "eps" { estimator.eps = try arguments.double(argument) }
                if argument == "min_samples" { estimator.minSamples = try arguments.int(argument) }
            }
            let x = try example.matrix("x")
            let weights = example.has("weights") ? try example.doubles("weights") : nil
            let model = try estimator.fit(x, weights: weights, progress: nil)
            #expect(try model.labels == example.ints("labels"), "\(name)")
            #expect(try model.coreSampleIndices == example.ints("cores"), "\(name)")
            #expect(model.components == x.selecting(rows: model.coreSampleIndices))
            let predicted = try model.predict(x)
            for row in model.coreSampleIndices { #expect(predicted[row] == model.labels[row], "\(name)") }
            for row in 0..<x.rows { #expect((predicted[row] < 0) == (model.labels[row] < 0), "\(name)") }
        }
    }
}

/// The blocks and boxes against the definition.
@Suite struct DBSCANTwinTests {
    private func plain(_ x: Matrix, eps: Double, minSamples: Double, weights: [Double]) -> (labels: [Int], cores: [Int])
    {
        let near = (0..<x.rows).map { i in
            (0..<x.rows).filter { j in
                zip(x.row(i), x.row(j)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } <= eps * eps
            }
        }
        let cores = near.map { $0.reduce(0) { $0 + weights[$1] } >= minSamples }
        var labels = [Int](repeating: -1, count: x.rows)
        var next = 0
        for first in 0..<x.rows where cores[first] && labels[first] < 0 {
            var pending = [first]
            while let row = pending.popLast() {
                guard labels[row] < 0 else { continue }
                labels[row] = next
                if cores[row] { pending.append(contentsOf: near[row].filter { labels[$0] < 0 }) }
            }
            next += 1
        }
        return (labels, cores.indices.filter { cores[$0] })
    }

    @Test(arguments: [(200, 2, 0.25), (330, 3, 0.5), (260, 6, 1.6), (150, 20, 4.9), (70, 40, 8.0), (64, 1, 0.05)])
    func clustersAreThoseOfTheDefinition(_ rows: Int, _ columns: Int, _ eps: Double) throws {
        let x = NeighborTables.gaussian(rows, columns, seed: UInt32(rows))
        let weights = (0..<rows).map { Double($0 % 4) }
        for algorithm in [NeighborAlgorithm.auto, .brute] {
            let estimator = DBSCAN(eps: eps, minSamples: 5, algorithm: algorithm)
            let model = try estimator.fit(x)
            let expected = plain(x, eps: eps, minSamples: 5, weights: [Double](repeating: 1, count: rows))
            #expect(model.labels == expected.labels && model.coreSampleIndices == expected.cores)
            let weighted = try estimator.fit(x, weights: weights, progress: nil)
            let other = plain(x, eps: eps, minSamples: 5, weights: weights)
            #expect(weighted.labels == other.labels && weighted.coreSampleIndices == other.cores)
        }
    }

    @Test func rowsAtExactlyEpsAreNeighborsAndBoxesThatFitAreTakenWhole() throws {
        let grid = NeighborTables.grid(200, 3, seed: 3)
        for eps in [1.0, 2.0.squareRoot(), 2, 4] {
            let expected = plain(grid, eps: eps, minSamples: 13, weights: [Double](repeating: 1, count: 200))
            let model = try DBSCAN(eps: eps, minSamples: 13).fit(grid)
            #expect(model.labels == expected.labels && model.coreSampleIndices == expected.cores)
        }
        let same = try DBSCAN(eps: 0.1).fit(Matrix(repeating: 2.5, rows: 500, columns: 3))
        #expect(same.labels.allSatisfy { $0 == 0 } && same.coreSampleIndices.count == 500)
    }

    @Test func noiseAloneIsAModelToo() throws {
        let x = NeighborTables.gaussian(30, 3, seed: 4)
        let model = try DBSCAN(eps: 1e-6).fit(x)
        #expect(model.clusterCount == 0 && model.components.rows == 0 && model.featureCount == 3)
        #expect(try model.predict(x) == [Int](repeating: -1, count: 30))
        try expectArchiveIsChecked(model) { _ = try $0.predict(x) }
    }

    @Test func reportsProgressAndStopsWhenCancelled() async throws {
        let x = NeighborTables.gaussian(400, 3, seed: 5)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try DBSCAN().fit(x)
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
