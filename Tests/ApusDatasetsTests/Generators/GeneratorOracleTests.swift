import ApusCore
import ApusDatasets
import ApusTestSupport
import Testing

@Suite struct GeneratorOracleTests {
    @Test func regressionIsTheReferences() throws {
        for example in try Oracle("generators/regression").array("cases") {
            let given = try Arguments(example)
            let sample = try makeRegression(
                nSamples: given.int("n_samples", 100), nFeatures: given.int("n_features", 100),
                nInformative: given.int("n_informative", 10), nTargets: given.int("n_targets", 1),
                bias: given.double("bias", 0), effectiveRank: given.intIfAny("effective_rank"),
                tailStrength: given.double("tail_strength", 0.5), noise: given.doubleIfAny("noise") ?? 0,
                shuffle: given.flag("shuffle"), seed: given.seed())
            if try given.intIfAny("effective_rank") == nil {
                expectBitwise(sample.x, try example.matrix("X"), "\(example)")
            } else {
                expectProduct(sample.x, try example.matrix("X"), "\(example)")
            }
            expectProduct(sample.targets, try example.matrix("y"), "\(example)")
            expectBitwise(sample.coefficients, try example.matrix("coefficients"), "\(example)")
            #expect(sample.target == .numbers(sample.targets) && sample.y == sample.targets.column(0))
        }
    }

    @Test func classificationIsTheReferences() throws {
        for example in try Oracle("generators/classification").array("cases") {
            let given = try Arguments(example)
            let sample = try makeClassification(
                nSamples: given.int("n_samples", 100), nFeatures: given.int("n_features", 20),
                nInformative: given.int("n_informative", 2), nRedundant: given.int("n_redundant", 2),
                nRepeated: given.int("n_repeated", 0), nClasses: given.int("n_classes", 2),
                nClustersPerClass: given.int("n_clusters_per_class", 2), weights: given.doublesIfAny("weights"),
                flipY: given.double("flip_y", 0.01), classSep: given.double("class_sep", 1),
                hypercube: given.flag("hypercube"), shift: given.oneOrEach("shift", 0),
                scale: given.oneOrEach("scale", 1), shuffle: given.flag("shuffle"), seed: given.seed())
            #expect(try sample.y.integers == example.ints("y"), "\(example)")
            let x = try example.matrix("X")
            expectProduct(sample.x, x, "\(example)")
            #expect(sample.target == .labels(sample.y))
            if try !given.flag("shuffle") {
                // Useless features, the last ones, pass through no product.
                let telling = try given.int("n_informative", 2) + given.int("n_redundant", 2)
                let useless = Array(try telling + given.int("n_repeated", 0)..<x.columns)
                expectBitwise(sample.x.selecting(columns: useless), x.selecting(columns: useless), "\(example)")
            }
        }
    }

    @Test func blobsAreTheReferences() throws {
        for example in try Oracle("generators/blobs").array("cases") {
            let given = try Arguments(example)
            let box = try given.doublesIfAny("center_box") ?? [-10, 10]
            let std = try given.oneOrEach("cluster_std", 1) ?? 1
            let centers = given.isList("centers") ? try given.oracle.matrix("centers") : nil
            let sample: BlobsSample
            if given.isList("n_samples") {
                sample = try makeBlobs(
                    nSamples: given.oracle.ints("n_samples"), nFeatures: given.int("n_features", 2), centers: centers,
                    clusterStd: std, centerBox: (box[0], box[1]), shuffle: given.flag("shuffle"), seed: given.seed())
            } else if let centers {
                sample = try makeBlobs(
                    nSamples: given.int("n_samples", 100), centers: centers, clusterStd: std,
                    shuffle: given.flag("shuffle"), seed: given.seed())
            } else {
                sample = try makeBlobs(
                    nSamples: given.int("n_samples", 100), nFeatures: given.int("n_features", 2),
                    centers: given.int("centers", 3), clusterStd: std, centerBox: (box[0], box[1]),
                    shuffle: given.flag("shuffle"), seed: given.seed())
            }
            #expect(try sample.y.integers == example.ints("y"), "\(example)")
            expectBitwise(sample.x, try example.matrix("X"), "\(example)")
            expectBitwise(sample.centers, try example.matrix("centers_used"), "\(example)")
            #expect(sample.target == .labels(sample.y))
        }
    }

    @Test func moonsAreTheReferences() throws {
        for example in try Oracle("generators/moons").array("cases") {
            let given = try Arguments(example)
            let sample =
                if let sizes = try given.sizesIfAny() {
                    try makeMoons(
                        nSamples: sizes, shuffle: given.flag("shuffle"), noise: given.doubleIfAny("noise"),
                        seed: given.seed())
                } else {
                    try makeMoons(
                        nSamples: given.int("n_samples", 100), shuffle: given.flag("shuffle"),
                        noise: given.doubleIfAny("noise"), seed: given.seed())
                }
            #expect(try sample.y.integers == example.ints("y"), "\(example)")
            expectBitwise(sample.x, try example.matrix("X"), "\(example)")
        }
    }

    @Test func circlesAreTheReferences() throws {
        for example in try Oracle("generators/circles").array("cases") {
            let given = try Arguments(example)
            let factor = try given.double("factor", 0.8)
            let sample =
                if let sizes = try given.sizesIfAny() {
                    try makeCircles(
                        nSamples: sizes, shuffle: given.flag("shuffle"), noise: given.doubleIfAny("noise"),
                        factor: factor, seed: given.seed())
                } else {
                    try makeCircles(
                        nSamples: given.int("n_samples", 100), shuffle: given.flag("shuffle"),
                        noise: given.doubleIfAny("noise"), factor: factor, seed: given.seed())
                }
            #expect(try sample.y.integers == example.ints("y"), "\(example)")
            expectBitwise(sample.x, try example.matrix("X"), "\(example)")
        }
    }

    /// What passed through a matrix product: a sum is as exact as its summands, so an element near 0 is held to the size
    /// of the others.
    private func expectProduct(_ actual: Matrix, _ expected: Matrix, _ comment: String) {
        let largest = expected.values.reduce(0) { max($0, $1.magnitude) }
        expectClose(actual, expected, relative: 1e-12, absolute: 1e-15 * largest, comment)
    }
}

/// The arguments of a call in a fixture, with the reference's defaults where the call did not name them.
private struct Arguments {
    let oracle: Oracle

    init(_ example: Oracle) throws {
        oracle = try example.object("arguments")
    }

    func int(_ key: String, _ standard: Int) throws -> Int {
        try intIfAny(key) ?? standard
    }

    func intIfAny(_ key: String) throws -> Int? {
        oracle.has(key) ? try oracle.int(key) : nil
    }

    func double(_ key: String, _ standard: Double) throws -> Double {
        try doubleIfAny(key) ?? standard
    }

    func doubleIfAny(_ key: String) throws -> Double? {
        oracle.has(key) ? try oracle.double(key) : nil
    }

    func doublesIfAny(_ key: String) throws -> [Double]? {
        oracle.has(key) ? try oracle.doubles(key) : nil
    }

    func flag(_ key: String) throws -> Bool {
        oracle.has(key) ? try oracle.bool(key) : true
    }

    func seed() throws -> UInt32 {
        oracle.has("random_state") ? try oracle.integer("random_state") : 0
    }

    func isList(_ key: String) -> Bool {
        (try? oracle.doubles(key)) != nil
    }

    func oneOrEach(_ key: String, _ standard: Double) throws -> OneOrEach? {
        if isList(key) { return .each(try oracle.doubles(key)) }
        guard oracle.keys.contains(key) else { return .all(standard) }
        return oracle.has(key) ? .all(try oracle.double(key)) : nil
    }

    func sizesIfAny() throws -> (outer: Int, inner: Int)? {
        guard isList("n_samples") else { return nil }
        let sizes = try oracle.ints("n_samples")
        return (sizes[0], sizes[1])
    }
}
