import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

@Suite struct MiniBatchKMeansTests {
    private func estimator(_ arguments: Oracle) throws -> MiniBatchKMeans {
        var kMeans = MiniBatchKMeans()
        for key in arguments.keys {
            switch key {
            case "n_clusters": kMeans.nClusters = try arguments.int(key)
            case "batch_size": kMeans.batchSize = try arguments.int(key)
            case "random_state": kMeans.seed = try arguments.integer(key)
            case "n_init": kMeans.nInit = .count(try arguments.int(key))
            case "max_iter": kMeans.maxIter = try arguments.int(key)
            case "tol": kMeans.tol = try arguments.double(key)
            case "max_no_improvement": kMeans.maxNoImprovement = arguments.has(key) ? try arguments.int(key) : nil
            case "init_size": kMeans.initSize = try arguments.int(key)
            case "reassignment_ratio": kMeans.reassignmentRatio = try arguments.double(key)
            case "compute_labels": kMeans.computeLabels = try arguments.bool(key)
            case "init":
                if (try? arguments.string(key)) == "random" {
                    kMeans.initialization = .random
                } else {
                    kMeans.initialCentres = try arguments.matrix(key)
                }
            default: Issue.record("the fixture has an unknown argument \(key)")
            }
        }
        return kMeans
    }

    private func expect(_ model: MiniBatchKMeans.Model, _ example: Oracle, _ x: Matrix, _ name: String) throws {
        #expect(try model.labels == (example.has("labels") ? example.ints("labels") : []), "\(name)")
        #expect(try model.steps == example.int("steps"), "\(name)")
        expectClose(model.centres, try example.matrix("centres"), relative: 1e-10, absolute: 1e-12, name)
        expectClose(model.inertia ?? -1, try example.double("inertia"), relative: 1e-10, name)
        expectClose(model.clusterWeights, try example.doubles("counts"), relative: 1e-12, name)
        expectClose(try model.score(x), try example.double("score"), relative: 1e-10, name)
        let other = Matrix(
            rows: min(20, x.rows), columns: x.columns,
            values: x.values.prefix(20 * x.columns).map { (($0 + 0.25) * 1000).rounded() / 1000 })
        #expect(try model.predict(other) == example.ints("predicted"), "\(name)")
    }

    @Test func drawsTheSameBatchesAndFindsTheSameClustersAsTheReference() throws {
        for example in try Oracle("centroids/mini-batch").array("cases") {
            let name = try example.string("name")
            let x = try example.matrix("x")
            let model = try estimator(example.object("arguments"))
                .fit(x, weights: example.has("weights") ? example.doubles("weights") : nil, progress: nil)
            try expect(model, example, x, name)
            #expect(try model.iterations == example.int("iterations"), "\(name)")
        }
    }

    @Test func learnsFromPartsAsTheReferenceDoesAlsoThroughAnArchive() throws {
        for example in try Oracle("centroids/partial-fit").array("cases") {
            let kMeans = try estimator(example.object("arguments"))
            var model: MiniBatchKMeans.Model?
            for step in try example.array("steps") {
                let x = try step.matrix("x")
                let weights = step.has("weights") ? try step.doubles("weights") : nil
                let next = try kMeans.partialFit(x, weights: weights, continuing: model)
                try expect(next, step, x, "\(step)")
                var archive = ModelArchive()
                next.encode(into: &archive)
                model = try MiniBatchKMeans.Model(from: archive)
            }
        }
    }
}

@Suite struct MiniBatchKMeansContractTests {
    private func blobs(_ rows: Int, _ columns: Int, seed: UInt32) -> Matrix {
        let values = random(rows * columns, seed: seed).enumerated().map { $1 + Double($0 / columns % 5 * 3) }
        return Matrix(rows: rows, columns: columns, values: values)
    }

    @Test func anyNumberOfThreadsGivesTheSameBits() throws {
        let before = Parallel.threads
        defer { Parallel.threads = before }
        for columns in [3, 40] {
            let x = blobs(5000, columns, seed: 1)
            let models = try [1, 2, 5].map { threads in
                Parallel.threads = threads
                return try MiniBatchKMeans(nClusters: 7, batchSize: 3000, seed: 3).fit(x)
            }
            #expect(models[0] == models[1] && models[0] == models[2])
        }
    }

    @Test func equalWeightsCountAsNone() throws {
        let x = blobs(300, 2, seed: 2)
        let kMeans = MiniBatchKMeans(nClusters: 4, batchSize: 50)
        let weighted = try kMeans.fit(x, weights: [Double](repeating: 1, count: 300), progress: nil)
        #expect(try weighted == kMeans.fit(x))
    }

    @Test func isNearlyAsGoodAsTheWholeData() throws {
        let x = blobs(4000, 3, seed: 3)
        let whole = try KMeans(nClusters: 5).fit(x)
        let batches = try MiniBatchKMeans(nClusters: 5, batchSize: 200).fit(x)
        #expect(try #require(batches.inertia) < 1.1 * whole.inertia)
    }

    @Test func archivesAreChecked() throws {
        let x = blobs(40, 3, seed: 4)
        let model = try MiniBatchKMeans(nClusters: 4).fit(x)
        try expectArchiveIsChecked(model) {
            _ = try $0.predict(x)
            _ = try MiniBatchKMeans(nClusters: $0.centres.rows).partialFit(x, continuing: $0)
        }
        let silent = try MiniBatchKMeans(nClusters: 4, maxIter: 1, computeLabels: false).fit(x)
        #expect(silent.labels.isEmpty && silent.inertia == nil)
        try expectArchiveIsChecked(silent) { _ = try $0.predict(x) }
    }

    @Test func badInputIsRefused() throws {
        let x = blobs(20, 2, seed: 5)
        let kMeans = MiniBatchKMeans(nClusters: 3)
        for bad in [
            Matrix(rows: 0, columns: 2), Matrix(rows: 5, columns: 0), Matrix(repeating: .nan, rows: 5, columns: 2),
            blobs(2, 2, seed: 1),
        ] {
            #expect(throws: ApusError.self) { try kMeans.fit(bad) }
            #expect(throws: ApusError.self) { try kMeans.partialFit(bad) }
        }
        for weights in [[1.0], [Double](repeating: 0, count: 20), [Double](repeating: -1, count: 20)] {
            #expect(throws: ApusError.self) { try kMeans.fit(x, weights: weights, progress: nil) }
            #expect(throws: ApusError.self) { try kMeans.partialFit(x, weights: weights) }
        }
        let wrong: [MiniBatchKMeans] = [
            MiniBatchKMeans(nClusters: 0), MiniBatchKMeans(nClusters: .max), MiniBatchKMeans(nClusters: 3, nInit: 0),
            MiniBatchKMeans(nClusters: 3, maxIter: 0), MiniBatchKMeans(nClusters: 3, batchSize: 0),
            MiniBatchKMeans(nClusters: 3, tol: .nan), MiniBatchKMeans(nClusters: 3, maxNoImprovement: -1),
            MiniBatchKMeans(nClusters: 3, initSize: 0), MiniBatchKMeans(nClusters: 3, reassignmentRatio: -1),
            MiniBatchKMeans(nClusters: 2, initialCentres: x),
        ]
        for kMeans in wrong { #expect(throws: ApusError.self, "\(kMeans)") { try kMeans.fit(x) } }
        var few = [Double](repeating: 0, count: 20)
        few[3] = 1
        #expect(throws: ApusError.self) {
            try MiniBatchKMeans(nClusters: 3, initialization: .random).fit(x, weights: few, progress: nil)
        }
        let huge = Matrix(rows: 4, columns: 1, values: [1e200, -1e200, 3e200, 0])
        #expect(throws: ApusError.self) { try MiniBatchKMeans(nClusters: 2).fit(huge) }
        let model = try kMeans.fit(x)
        #expect(throws: ApusError.self) { try kMeans.partialFit(blobs(20, 3, seed: 1), continuing: model) }
        #expect(throws: ApusError.self) { try MiniBatchKMeans(nClusters: 2).partialFit(x, continuing: model) }
        #expect(throws: ApusError.self) { try model.predict(blobs(3, 5, seed: 1)) }
    }

    @Test func extremeSettingsMakeNoTrap() throws {
        let x = blobs(20, 2, seed: 6)
        let same = Matrix(repeating: 1, rows: 20, columns: 2)
        for kMeans in [
            MiniBatchKMeans(nClusters: 3, maxIter: .max), MiniBatchKMeans(nClusters: 3, batchSize: .max),
            MiniBatchKMeans(nClusters: 20, maxIter: 5, batchSize: 1, reassignmentRatio: 50),
            MiniBatchKMeans(nClusters: 3, initSize: .max), MiniBatchKMeans(nClusters: 3, maxNoImprovement: .max),
        ] {
            #expect(try FiniteKernel.allFinite(kMeans.fit(x).centres.values))
            #expect(try #require(kMeans.fit(same).inertia) < 1e-20)
        }
    }
}
