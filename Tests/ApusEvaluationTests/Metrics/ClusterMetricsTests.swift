import ApusCore
import ApusEvaluation
import ApusTestSupport
import Testing

@Suite struct ClusterMetricsTests {
    @Test func scoresEqualTheReference() throws {
        for example in try Oracle("metrics/groups").array("cases") {
            let (first, second) = (try example.labels("first"), try example.labels("second"))
            expectClose(
                try adjustedRandScore(first, second), try example.double("rand"), absolute: 1e-15, "\(example)")
            #expect(try adjustedRandScore(first, second) == adjustedRandScore(second, first))
            #expect(try adjustedRandScore(first, Labels(first.codes.map { "group \(-$0)" })) == 1)
            if example.has("silhouette") {
                expectClose(
                    try silhouetteScore(example.matrix("x"), first), try example.double("silhouette"), "\(example)")
            }
        }
    }

    @Test func silhouettesOfRowsAndOfASampleAreTheReferences() throws {
        for (seed, example) in try Oracle("centroids/silhouettes").array("cases").enumerated() {
            let (x, labels) = (try example.matrix("x"), Labels(try example.ints("labels")))
            expectClose(try silhouetteSamples(x, labels), try example.doubles("samples"), absolute: 1e-12, "\(example)")
            expectClose(try silhouetteScore(x, labels), try example.double("score"), "\(example)")
            expectClose(
                try silhouetteScore(x, labels, sampleSize: x.rows * 2 / 3, seed: UInt32(seed)),
                try example.double("sampled"), "\(example)")
        }
    }

    @Test(arguments: [(130, 3, 4), (1100, 2, 5), (300, 20, 140)])
    func silhouettesAreThoseOfThePlainLoop(_ rows: Int, _ columns: Int, _ groups: Int) throws {
        var random = RandomState(seed: 7)
        // Many equal rows, far from zero: distances that products alone would get wrong.
        let x = Matrix(
            rows: rows, columns: columns,
            values: random.integers(in: 0..<4, count: rows * columns).map { Double($0) + 1e5 })
        let codes = (0..<rows).map { $0 % groups }
        let samples = try silhouetteSamples(x, Labels(codes))
        for row in [0, 1, rows / 2, rows - 1] {
            var (sums, sizes) = ([Double](repeating: 0, count: groups), [Double](repeating: 0, count: groups))
            for other in 0..<rows where other != row {
                let square = (0..<columns).reduce(0) { $0 + (x[row, $1] - x[other, $1]) * (x[row, $1] - x[other, $1]) }
                sums[codes[other]] += square.squareRoot()
                sizes[codes[other]] += 1
            }
            let own = codes[row]
            let inside = sums[own] / sizes[own]
            let outside = (0..<groups).filter { $0 != own }.map { sums[$0] / sizes[$0] }.min() ?? 0
            expectClose(samples[row], (outside - inside) / max(inside, outside), relative: 1e-9, absolute: 1e-12)
        }
        let before = Parallel.threads
        defer { Parallel.threads = before }
        for threads in [1, 2, 5] {
            Parallel.threads = threads
            #expect(try silhouetteSamples(x, Labels(codes)) == samples)
        }
    }

    @Test func hugeRowsAndBadSampleSizesAreRefused() throws {
        let huge = try Matrix([[1e200], [-1e200], [3e200], [0]])
        #expect(throws: ApusError.self) { try silhouetteScore(huge, Labels([0, 0, 1, 1])) }
        let x = try Matrix([[0], [1], [2], [5]])
        for size in [-1, 0, 1, 5, Int.max] {
            #expect(throws: ApusError.self) { try silhouetteScore(x, Labels([0, 0, 1, 1]), sampleSize: size) }
        }
    }

    @Test func tooFewOrTooManyGroupsAreUndefined() throws {
        let x = try Matrix([[0], [1], [2]])
        for labels in [[0, 0, 0], [0, 1, 2]] {
            let error = #expect(throws: ApusError.self) { try silhouetteScore(x, Labels(labels)) }
            #expect(error?.code == .undefined)
        }
        #expect(throws: ApusError.self) { try silhouetteScore(x, Labels([0, 1])) }
        #expect(throws: ApusError.self) { try adjustedRandScore(Labels([0, 1]), Labels([0])) }
        #expect(throws: ApusError.self) { try adjustedRandScore(Labels([Int]()), Labels([Int]())) }
    }
}
