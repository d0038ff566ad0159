import ApusCore
import ApusDatasets
import ApusTestSupport
import Testing

@Suite struct DataGeneratorsTests {
    @Test(arguments: ["blobs", "make_blobs", "make-blobs", "makeBlobs"])
    func aGeneratorIsFoundByAnySpellingOfItsName(name: String) throws {
        let (x, target) = try DataGenerators.generate(
            name, settings: [("n_samples", "9"), ("clusterStd", "0.5, 1,2")], seed: 3)
        let sample = try makeBlobs(nSamples: 9, clusterStd: [0.5, 1, 2], seed: 3)
        #expect(x == sample.x && target == .labels(sample.y))
    }

    @Test func everyGeneratorMakesItsDefaultsByName() throws {
        let targets = try DataGenerators.all.map { try DataGenerators.generate($0.name, seed: 1) }
        #expect(targets.map(\.x.rows) == [100, 100, 100, 100, 100])
        #expect(targets.map(\.x.columns) == [2, 2, 20, 2, 100])
        #expect(try targets[2].target == .labels(makeClassification(seed: 1).y))
        #expect(try targets[4].target == .numbers(makeRegression(seed: 1).targets))
    }

    @Test func settingsReachEveryKindOfParameter() throws {
        let (x, _) = try DataGenerators.generate(
            "classification",
            settings: [
                ("weights", "0.9"), ("shift", "none"), ("scale", "2"), ("hypercube", "false"), ("flip_y", "0"),
            ])
        let sample = try makeClassification(flipY: 0, hypercube: false, shift: nil, scale: 2)
        #expect(x != sample.x)
        #expect(try x == makeClassification(weights: [0.9], flipY: 0, hypercube: false, shift: nil, scale: 2).x)
    }

    @Test(arguments: [
        (
            "nowhere", "", "",
            "There is no generator nowhere; there are blobs, circles, classification, moons, regression."
        ),
        ("moons", "noises", "1", "The generator moons has no parameter noises; it has nSamples, noise, shuffle."),
        ("moons", "noise", "-1", "noise is -1, but it must be none or a number of at least 0."),
        ("moons", "n_samples", "0", "nSamples is 0, but it must be a whole number of at least 1."),
        ("circles", "factor", "1", "factor is 1, but it must be a number of at least 0 and below 1."),
        ("blobs", "clusterStd", "nan", "clusterStd has 1 numbers where there must be 3; give one for each."),
        ("blobs", "clusterStd", "1,-1,1", "clusterStd holds -1.0, but every number must be finite and not negative."),
        ("regression", "nSamples", "9000000000000000000", "do not fit into this machine's memory"),
        ("blobs", "centers", "100000000000", "do not fit into this machine's memory"),
        ("classification", "nInformative", "19", "add up to more than nFeatures 20"),
        ("classification", "nRepeated", "9223372036854775807", "add up to more than nFeatures 20"),
        ("classification", "nClasses", "3", "is more than the corners of a cube in 2 dimensions"),
        ("classification", "nClasses", "9223372036854775807", "is more than the corners of a cube"),
        ("classification", "weights", "0.5,0.3,0.2", "weights must hold one share"),
        ("classification", "weights", "-0.5", "weights must hold one share"),
        ("classification", "weights", "1.5", "weights add up to more than 1"),
        ("classification", "scale", "0", "scale holds 0.0, but every number must be finite and above 0."),
        ("classification", "shift", "1,2", "shift has 2 numbers where there must be 20"),
        ("classification", "shift", "1,x", "shift is 1,x, but it must be"),
        ("classification", "flip_y", "1.1", "flipY is 1.1, but it must be a number of at least 0 and of at most 1."),
    ])
    func badSettingsAreRefusedByName(generator: String, name: String, value: String, message: String) throws {
        let settings = name.isEmpty ? [] : [(name, value)]
        let error = #expect(throws: ApusError.self) {
            try DataGenerators.generate(generator, settings: settings.map { (name: $0.0, text: $0.1) })
        }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "no error")")
    }

    @Test func badArgumentsAreRefused() throws {
        let noCenters = Matrix(rows: 0, columns: 2)
        let infinite = Matrix(rows: 1, columns: 1, values: [.infinity])
        #expect(throws: ApusError.self) { try makeBlobs(nSamples: [1, -1]) }
        #expect(throws: ApusError.self) { try makeBlobs(nSamples: [Int.max, Int.max]) }
        #expect(throws: ApusError.self) { try makeBlobs(nSamples: []) }
        #expect(throws: ApusError.self) { try makeBlobs(nSamples: [1], centers: Matrix(rows: 2, columns: 2)) }
        #expect(throws: ApusError.self) { try makeBlobs(centers: noCenters) }
        #expect(throws: ApusError.self) { try makeBlobs(nSamples: [], centers: noCenters) }
        #expect(throws: ApusError.self) { try makeBlobs(centers: infinite) }
        #expect(throws: ApusError.self) { try makeBlobs(nFeatures: 0) }
        #expect(throws: ApusError.self) { try makeBlobs(clusterStd: .all(.nan)) }
        #expect(throws: ApusError.self) {
            try makeBlobs(centerBox: (-.greatestFiniteMagnitude, .greatestFiniteMagnitude))
        }
        #expect(throws: ApusError.self) { try makeMoons(nSamples: (-1, 5)) }
        #expect(throws: ApusError.self) { try makeMoons(nSamples: (0, 0)) }
        #expect(throws: ApusError.self) { try makeMoons(nSamples: (.max, .max)) }
        #expect(throws: ApusError.self) { try makeMoons(nSamples: (.min, .min)) }
        #expect(throws: ApusError.self) { try makeCircles(nSamples: (-5, 7)) }
        #expect(throws: ApusError.self) { try makeRegression(bias: .nan) }
        #expect(throws: ApusError.self) { try makeRegression(effectiveRank: 0) }
        #expect(throws: ApusError.self) { try makeClassification(nSamples: 10, classSep: .infinity) }
        #expect(throws: ApusError.self) { try makeClassification(nSamples: 10, nRedundant: .max, nRepeated: .max) }
    }

    @Test func sharesAboveOneFillTheRowsFromTheFirstClusterOn() throws {
        let sample = try makeClassification(nSamples: 10, nClustersPerClass: 1, weights: [0.8, 0.8], flipY: 0)
        #expect(sample.y.counts == [8, 2])
        let huge = try makeClassification(nSamples: 10, nClustersPerClass: 1, weights: [1e300, 0], flipY: 0)
        #expect(huge.y.counts == [10])
    }

    @Test func theSameSeedGivesTheSameDataOnAnyNumberOfThreads() throws {
        let threads = Parallel.threads
        defer { Parallel.threads = threads }
        Parallel.threads = 1
        let one = try makeClassification(nSamples: 5000, seed: 9)
        let line = try makeRegression(nSamples: 5000, nFeatures: 12, effectiveRank: 3, seed: 9)
        Parallel.threads = 4
        #expect(try makeClassification(nSamples: 5000, seed: 9) == one)
        #expect(try makeRegression(nSamples: 5000, nFeatures: 12, effectiveRank: 3, seed: 9) == line)
    }
}
