import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

@Suite struct KMeansTests {
    private func estimator(_ arguments: Oracle) throws -> KMeans {
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
