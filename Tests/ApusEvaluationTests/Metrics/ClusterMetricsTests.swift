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
