import ApusCore
import ApusLearn
import ApusTestSupport
import Synchronization
import Testing

@Suite struct KMeansTests {
    func estimator(_ arguments: Oracle) throws -> KMeans {
        var kMeans = KMeans()
        for key in arguments.keys {
            switch key {
            case "n_clusters": kMeans.nClusters = try arguments.int(key)
            case "random_state": kMeans.seed = try arguments.integer(key)
            case "n_init": kMeans.nInit = .count(try arguments.int(key))
            case "max_iter": kMeans.maxIter = try arguments.int(key)
            case "tol": kMeans.tol = try arguments.double(key)
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

    @Test(arguments: ["kmeans", "kmeans-ties"])
    func findsTheSameClustersInTheSameIterationsAsTheReference(_ fixture: String) throws {
        for example in try Oracle("clusters/\(fixture)").array("cases") {
            let name = try example.string("name")
            let x = try example.matrix("x")
            let model = try estimator(example.object("arguments"))
                .fit(x, weights: example.has("weights") ? example.doubles("weights") : nil, progress: nil)
            #expect(try model.labels == example.ints("labels"), "\(name)")
            #expect(try model.iterations == example.int("iterations"), "\(name)")
            expectClose(model.centres, try example.matrix("centres"), absolute: 1e-13, name)
            expectClose(model.inertia, try example.double("inertia"), absolute: 1e-12, name)
            let other = try example.matrix("other")
            #expect(try model.predict(other) == example.ints("predicted"), "\(name)")
            let distances = try model.transform(other.selecting(rows: Array(0..<min(5, other.rows))))
            expectClose(distances, try example.matrix("distances"), absolute: 1e-7, name)
        }
    }
}

@Suite struct ElkanTests {
    @Test func findsTheSameClustersInTheSameIterationsAsTheReference() throws {
        for example in try Oracle("centroids/elkan").array("cases") {
            let name = try example.string("name")
            let x = try example.matrix("x")
            let weights = example.has("weights") ? try example.doubles("weights") : nil
            var kMeans = try KMeansTests().estimator(example.object("arguments"))
            kMeans.algorithm = .elkan
            let model = try kMeans.fit(x, weights: weights, progress: nil)
            #expect(try model.labels == example.ints("labels"), "\(name)")
            #expect(try model.iterations == example.int("iterations"), "\(name)")
            expectClose(model.centres, try example.matrix("centres"), absolute: 1e-13, name)
            expectClose(model.inertia, try example.double("inertia"), absolute: 1e-12, name)
            expectClose(try model.score(x), try example.double("score"), absolute: 1e-12, name)
            expectClose(
                try model.score(x, weights: weights), try example.double("weightedScore"), absolute: 1e-12, name)
        }
    }

    @Test(arguments: [(100, 2, 3), (3000, 5, 8), (2500, 16, 33), (700, 33, 9)])
    func findsWhatLloydFinds(_ rows: Int, _ columns: Int, _ count: Int) throws {
        let x = Matrix(rows: rows, columns: columns, values: random(rows * columns, seed: 3))
        let weights = random(rows, seed: 4).map(\.magnitude)
        for weights in [nil, weights] {
            let lloyd = try KMeans(nClusters: count, seed: 1).fit(x, weights: weights, progress: nil)
            let elkan = try KMeans(nClusters: count, algorithm: .elkan, seed: 1).fit(x, weights: weights, progress: nil)
            #expect(elkan.labels == lloyd.labels && elkan.iterations == lloyd.iterations)
            expectClose(elkan.inertia, lloyd.inertia)
        }
    }

    @Test func anyNumberOfThreadsGivesTheSameBits() throws {
        let before = Parallel.threads
        defer { Parallel.threads = before }
        let x = Matrix(rows: 5000, columns: 6, values: random(30000, seed: 5))
        let models = try [1, 2, 5].map { threads in
            Parallel.threads = threads
            return try KMeans(nClusters: 9, algorithm: .elkan).fit(x)
        }
        #expect(models[0] == models[1] && models[0] == models[2])
    }

    @Test func coincidingAndHugeRowsMakeNoTrap() throws {
        let same = try KMeans(nClusters: 4, algorithm: .elkan).fit(Matrix(repeating: 2.5, rows: 10, columns: 3))
        #expect(same.inertia == 0 && same.labels.allSatisfy { $0 == 0 })
        let huge = Matrix(rows: 4, columns: 1, values: [1e200, -1e200, 3e200, 0])
        #expect(throws: ApusError.self) { try KMeans(nClusters: 2, algorithm: .elkan).fit(huge) }
    }
}

@Suite struct KMeansContractTests {
    private func blobs(_ rows: Int, _ columns: Int, seed: UInt32) -> Matrix {
        var random = RandomState(seed: seed)
        let values = (0..<rows).flatMap { row in
            random.gaussian(count: columns).map { $0 + Double(row % 5 * 3) }
        }
        return Matrix(rows: rows, columns: columns, values: values)
    }

    @Test func anyNumberOfThreadsGivesTheSameBits() throws {
        let before = Parallel.threads
        defer { Parallel.threads = before }
        for columns in [3, 40] {
            let x = blobs(5000, columns, seed: 1)
            let weights = RandomState(seed: 2).uniforms(5000)
            let models = try [1, 2, 5].map { threads in
                Parallel.threads = threads
                return try KMeans(nClusters: 7, seed: 3).fit(x, weights: weights, progress: nil)
            }
            #expect(models[0] == models[1] && models[0] == models[2])
        }
    }

    @Test(arguments: [(9, 1, 1), (100, 2, 3), (3000, 5, 8), (2500, 16, 33), (1001, 32, 6), (700, 33, 9), (300, 64, 17)])
    func nearestCentresAreThoseOfThePlainLoop(_ rows: Int, _ columns: Int, _ count: Int) throws {
        let x = blobs(rows, columns, seed: 4)
        let centres = blobs(count, columns, seed: 5)
        let model = try KMeans(nClusters: count, initialCentres: centres, maxIter: 1).fit(x)
        // One iteration moves each centre to the mean of the rows nearest to where it was.
        var sums = [Double](repeating: 0, count: count * columns)
        var sizes = [Int](repeating: 0, count: count)
        for row in 0..<rows {
            let nearest = plainNearest(x.row(row), centres)
            sizes[nearest] += 1
            for q in 0..<columns { sums[nearest * columns + q] += x[row, q] }
        }
        for cluster in 0..<count where sizes[cluster] > 0 && !sizes.contains(0) {
            let mean = (0..<columns).map { sums[cluster * columns + $0] / Double(sizes[cluster]) }
            expectClose(model.centres.row(cluster), mean, relative: 1e-10, absolute: 1e-12)
        }
        #expect(model.labels == (0..<rows).map { plainNearest(x.row($0), model.centres) })
        #expect(try model.predict(x) == model.labels)
        let distances = try model.transform(x)
        let inertia = (0..<rows).reduce(0) { $0 + distances[$1, model.labels[$1]] * distances[$1, model.labels[$1]] }
        expectClose(model.inertia, inertia, relative: 1e-10)
    }

    private func plainNearest(_ row: [Double], _ centres: Matrix) -> Int {
        var (best, nearest) = (Double.infinity, 0)
        for j in 0..<centres.rows {
            let distance = zip(row, centres.row(j)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            if distance < best { (best, nearest) = (distance, j) }
        }
        return nearest
    }

    @Test func wholeWeightsCountAsRepeatedRows() throws {
        let x = blobs(300, 2, seed: 6)
        let weights = (0..<300).map { Double($0 % 3) }
        let repeated = (0..<300).flatMap { [Int](repeating: $0, count: $0 % 3) }
        let start = x.selecting(rows: [1, 2, 4])
        let kMeans = KMeans(nClusters: 3, initialCentres: start, tol: 0)
        let weighted = try kMeans.fit(x, weights: weights, progress: nil)
        let copied = try kMeans.fit(x.selecting(rows: repeated))
        expectClose(weighted.centres, copied.centres, relative: 1e-9, absolute: 1e-9)
        expectClose(weighted.inertia, copied.inertia, relative: 1e-9)
    }

    @Test func moreStartsAreNeverWorse() throws {
        let x = blobs(400, 3, seed: 7)
        let once = try KMeans(nClusters: 9, initialization: .random, nInit: 1, seed: 1).fit(x)
        let often = try KMeans(nClusters: 9, initialization: .random, nInit: 8, seed: 1).fit(x)
        #expect(often.inertia <= once.inertia)
    }

    @Test func stoppingEarlyIsAFactOfTheModel() throws {
        let x = blobs(2000, 3, seed: 8)
        let short = try KMeans(nClusters: 12, maxIter: 1).fit(x)
        #expect(short.iterations == 1 && !short.converged)
        let long = try KMeans(nClusters: 12).fit(x)
        #expect(long.converged && long.iterations > 1)
    }

    @Test func survivesAnArchiveBitForBit() throws {
        let x = blobs(60, 3, seed: 9)
        let model = try KMeans(nClusters: 4, seed: 1).fit(x)
        var archive = ModelArchive()
        model.encode(into: &archive)
        let restored = try KMeansModel(from: archive)
        #expect(restored == model)
        #expect(try restored.predict(x) == model.predict(x))
    }

    @Test func damagedArchivesAreRefused() throws {
        let model = try KMeans(nClusters: 4, seed: 1).fit(blobs(60, 3, seed: 9))
        func damaged(_ change: (inout ModelArchive) -> Void) -> ModelArchive {
            var archive = ModelArchive()
            model.encode(into: &archive)
            change(&archive)
            return archive
        }
        let archives = [
            ModelArchive(),
            damaged { $0.store(Matrix(rows: 0, columns: 3), as: "centres") },
            damaged { $0.store(Matrix(rows: 3, columns: 0), as: "centres") },
            damaged { $0.store(Matrix(repeating: .nan, rows: 4, columns: 3), as: "centres") },
            damaged { $0.store([1.0, 2.0], as: "centres") },
            damaged { $0.store([Int32](repeating: 4, count: 60), as: "labels") },
            damaged { $0.store([Int32](repeating: -1, count: 60), as: "labels") },
            damaged { $0.store(-1.0, as: "inertia") },
            damaged { $0.store("many", as: "iterations") },
            damaged { $0.store(-3, as: "iterations") },
            damaged { $0.store(1, as: "converged") },
        ]
        for archive in archives {
            let error = #expect(throws: ApusError.self) { try KMeansModel(from: archive) }
            #expect(error?.code == .unreadableModel)
        }
    }

    @Test func badInputIsRefused() throws {
        let x = blobs(20, 2, seed: 10)
        let kMeans = KMeans(nClusters: 3)
        let infinite = Matrix(repeating: .infinity, rows: 5, columns: 2)
        for bad in [Matrix(rows: 0, columns: 2), Matrix(rows: 5, columns: 0), infinite, blobs(2, 2, seed: 1)] {
            #expect(throws: ApusError.self) { try kMeans.fit(bad) }
        }
        for weights in [[1.0], [Double](repeating: 0, count: 20), [Double](repeating: -1, count: 20)] {
            #expect(throws: ApusError.self) { try kMeans.fit(x, weights: weights, progress: nil) }
        }
        let wrong: [KMeans] = [
            KMeans(nClusters: 0), KMeans(nClusters: .max), KMeans(nClusters: 3, nInit: 0), KMeans(maxIter: 0),
            KMeans(tol: -1), KMeans(tol: .nan), KMeans(nClusters: 2, initialCentres: x),
            KMeans(nClusters: 2, initialCentres: Matrix(repeating: .nan, rows: 2, columns: 2)),
        ]
        for kMeans in wrong { #expect(throws: ApusError.self) { try kMeans.fit(x) } }
        var few = [Double](repeating: 0, count: 20)
        few[3] = 1
        #expect(throws: ApusError.self) {
            try KMeans(nClusters: 3, initialization: .random).fit(x, weights: few, progress: nil)
        }
        let huge = Matrix(rows: 4, columns: 1, values: [1e200, -1e200, 3e200, 0])
        let error = #expect(throws: ApusError.self) { try KMeans(nClusters: 2).fit(huge) }
        #expect(error?.code == .numericalFailure)
        let model = try kMeans.fit(x)
        #expect(throws: ApusError.self) { try model.predict(blobs(3, 5, seed: 1)) }
        #expect(throws: ApusError.self) { try model.transform(Matrix(repeating: .nan, rows: 1, columns: 2)) }
    }

    @Test func equalRowsMakeCoincidingCentresAndNoTrap() throws {
        let same = Matrix(repeating: 2.5, rows: 10, columns: 3)
        let model = try KMeans(nClusters: 4).fit(same)
        #expect(model.inertia == 0 && model.labels.allSatisfy { $0 == 0 })
        #expect(model.centres.values.allSatisfy { $0 == 2.5 })
    }

    @Test func parametersAreReadByEitherName() throws {
        var kMeans = try KMeans(parameters: ["n_clusters": 5, "nInit": "auto", "initialization": "random"])
        #expect(kMeans == KMeans(nClusters: 5, initialization: .random))
        try KMeans.parameter(named: "n_init").set(text: "3", in: &kMeans)
        #expect(kMeans.nInit == 3)
        #expect(throws: ApusError.self) { try KMeans(parameters: ["algorithm": "magic"]) }
    }

    @Test func reportsProgressAndStopsWhenCancelled() async throws {
        let x = blobs(2000, 3, seed: 11)
        let seen = Reports()
        let model = try KMeans(nClusters: 6, seed: 2).fit(x, weights: nil) { seen.add($0) }
        #expect(seen.updates.map(\.completed) == Array(1...model.iterations))
        #expect(seen.updates.allSatisfy { $0.total == 300 })
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try KMeans(nClusters: 6).fit(x)
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}

/// Progress reports in the order in which they came.
private final class Reports: Sendable {
    private let list = Mutex<[ProgressUpdate]>([])
    var updates: [ProgressUpdate] { list.withLock { $0 } }
    func add(_ update: ProgressUpdate) { list.withLock { $0.append(update) } }
}

extension RandomState {
    /// `count` draws from a fresh copy.
    fileprivate func uniforms(_ count: Int) -> [Double] {
        var random = self
        return random.uniform(count: count)
    }
}
