import ApusCore
import ApusEvaluation
import ApusTestSupport
import Testing

@Suite struct RegressionMetricsTests {
    @Test func scoresEqualTheReference() throws {
        for example in try Oracle("metrics/regression").array("cases") {
            let truth = try example.doubles("truth")
            let prediction = try example.doubles("prediction")
            let weights = try example.optionalDoubles("weights")
            let found = [
                "mae": try meanAbsoluteError(truth, prediction, weights: weights),
                "mse": try meanSquaredError(truth, prediction, weights: weights),
                "rmse": try rootMeanSquaredError(truth, prediction, weights: weights),
                "median": try medianAbsoluteError(truth, prediction, weights: weights),
                "mape": try meanAbsolutePercentageError(truth, prediction, weights: weights),
                "max": try maxError(truth, prediction),
                "explained_variance": try explainedVarianceScore(truth, prediction, weights: weights).get(),
            ]
            for (name, value) in found { expectClose(value, try example.double(name), "\(example) \(name)") }
            let r2 = try r2Score(truth, prediction, weights: weights)
            #expect((r2.value == nil) == !example.has("r2"))
            if let value = r2.value { expectClose(value, try example.double("r2"), "\(example) r2") }
        }
    }

    @Test func aConstantTruthIsNotedAndOneRowIsUndefined() throws {
        #expect(try r2Score([3, 3], [3, 3]).value == 1)
        #expect(try r2Score([3, 3], [3, 4]).value == 0)
        #expect(try r2Score([3, 3], [3, 4]).note?.contains("the same") == true)
        #expect(try r2Score([3], [3]).value == nil)
        #expect(try r2Score([1e200, -1e200], [0, 0]).value == nil)
    }

    @Test func badInputIsRefused() throws {
        for (truth, prediction) in [([1.0], [1.0, 2.0]), ([], []), ([.nan], [1]), ([1], [.infinity])] {
            #expect(throws: ApusError.self) { try meanSquaredError(truth, prediction) }
            #expect(throws: ApusError.self) { try r2Score(truth, prediction) }
            #expect(throws: ApusError.self) { try maxError(truth, prediction) }
            #expect(throws: ApusError.self) { try medianAbsoluteError(truth, prediction) }
        }
        #expect(throws: ApusError.self) { try meanAbsoluteError([1, 2], [1, 2], weights: [0, 0]) }
    }

    @Test(arguments: 0..<10)
    func lawsHoldForRandomValues(_ seed: UInt32) throws {
        var random = RandomState(seed: seed)
        let count = 3 + Int(seed) * 41
        let truth = random.gaussian(count: count)
        let prediction = random.gaussian(count: count)
        let order = random.permutation(count)
        func permuted(_ values: [Double]) -> [Double] { order.map { values[$0] } }
        let error = try meanSquaredError(truth, prediction)
        expectClose(try meanSquaredError(permuted(truth), permuted(prediction)), error)
        expectClose(try meanSquaredError(prediction, truth), error)
        // A weight of k counts as k rows.
        let twice = truth.indices.map { Double(1 + $0 % 2) }
        let doubled = truth.indices.flatMap { [Int](repeating: $0, count: 1 + $0 % 2) }
        func repeated(_ values: [Double]) -> [Double] { doubled.map { values[$0] } }
        for metric in [meanAbsoluteError, meanSquaredError, meanAbsolutePercentageError, medianAbsoluteError] {
            expectClose(
                try metric(truth, prediction, twice), try metric(repeated(truth), repeated(prediction), nil))
        }
        #expect(try meanAbsoluteError(truth, prediction) <= error.squareRoot())
        #expect(try r2Score(truth, truth).value == 1)
        #expect(try r2Score(truth, prediction).get() <= explainedVarianceScore(truth, prediction).get() + 1e-12)
    }
}
