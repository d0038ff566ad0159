import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

struct ClassWeightTests {
    private let labels = Labels(["a", "b", "b", "b"])

    @Test func leavesSampleWeightsAsTheyAre() throws {
        #expect(try ClassWeight.none.weights(for: labels, sampleWeights: nil) == [1, 1, 1, 1])
        #expect(try ClassWeight.none.weights(for: labels, sampleWeights: [1, 2, 3, 4]) == [1, 2, 3, 4])
    }

    @Test func balancesWhatTheClassesWeigh() throws {
        let even = try ClassWeight.balanced.weights(for: labels, sampleWeights: nil)
        expectClose(even, [2, 2.0 / 3, 2.0 / 3, 2.0 / 3])
        let weighted = try ClassWeight.balanced.weights(for: labels, sampleWeights: [1, 2, 3, 4])
        expectClose(weighted[0], weighted[1] + weighted[2] + weighted[3])
        expectClose(weighted.reduce(0, +), 10)
    }

    @Test func balancesOnlyClassesThatOccur() throws {
        let some = try Labels(codes: [0, 2, 2], classes: .integers([1, 2, 3]))
        expectClose(try ClassWeight.balanced.weights(for: some, sampleWeights: nil), [1.5, 0.75, 0.75])
    }

    @Test func takesWeightsByName() throws {
        let weights = ClassWeight.values(["b": 0.5])
        #expect(try weights.weights(for: labels, sampleWeights: [1, 2, 3, 4]) == [1, 1, 1.5, 2])
        #expect(try ClassWeight.values(["true": 3]).weights(for: Labels([true, false]), sampleWeights: nil) == [3, 1])
        #expect(try ClassWeight.values(["-1": 3]).weights(for: Labels([-1, 1]), sampleWeights: nil) == [3, 1])
    }

    @Test func refusesWeightsItCannotUse() throws {
        let cases: [(ClassWeight, [Double]?)] = [
            (.values(["c": 1]), nil), (.values(["a": -1]), nil), (.values(["a": .nan]), nil),
            (.values(["a": 0, "b": 0]), nil), (.balanced, [0, 1, 1, 1]), (.none, [1, 2]), (.none, [0, 0, 0, 0]),
        ]
        for (weight, samples) in cases {
            #expect(throws: ApusError.self, "\(weight)") { try weight.weights(for: labels, sampleWeights: samples) }
        }
    }

    @Test(arguments: [ClassWeight.none, .balanced, .values(["a": 2, "b": 0.5])])
    func isItselfAgainAsAParameter(weight: ClassWeight) {
        #expect(ClassWeight(parameterValue: weight.parameterValue) == weight)
        #expect(ClassWeight.legalValues.allows(weight.parameterValue))
        #expect(ClassWeight(parameterValue: "other") == nil)
        #expect(ClassWeight(parameterValue: ["a": "b"]) == nil)
    }
}
