import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

@Suite struct RadiusNeighborsOracleTests {
    @Test func votesAndMeansWithinARadiusAreThoseOfTheReference() throws {
        for example in try Oracle("neighbors/radius-votes").array("cases") {
            var classifier = RadiusNeighborsClassifier(
                radius: 0.8, weights: try NeighborOracle.weights(example), outlierLabel: try example.string("outlier"))
            let arguments = try example.object("arguments")
            for argument in arguments.keys {
                try NeighborOracle.set(
                    argument, arguments, &classifier.algorithm, &classifier.leafSize, &classifier.metric, &classifier.p)
            }
            let (x, queries) = (try example.matrix("x"), try example.matrix("queries"))
            let model = try classifier.fit(x, Labels(example.ints("y")))
            #expect(try model.predict(queries).integers == example.ints("predicted"))
            expectClose(try model.predictProba(queries).values, try example.doubles("probabilities"), absolute: 1e-12)
            let regressor = RadiusNeighborsRegressor(
                radius: 0.8, weights: classifier.weights, algorithm: classifier.algorithm, metric: classifier.metric,
                p: classifier.p)
            let means = try example.doubles("means")
            let answered = means.indices.filter { means[$0].isFinite }
            let fitted = try regressor.fit(x, example.doubles("values"))
            expectClose(
                try fitted.predict(queries.selecting(rows: answered)), answered.map { means[$0] }, absolute: 1e-12)
            #expect(throws: ApusError.self) { try fitted.predict(queries) }
        }
    }
}
