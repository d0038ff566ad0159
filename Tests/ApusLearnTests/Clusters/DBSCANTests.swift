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
