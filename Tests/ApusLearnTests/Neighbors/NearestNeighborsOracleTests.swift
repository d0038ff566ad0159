import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

@Suite struct NearestNeighborsOracleTests {
    @Test(arguments: ["nearest", "ties"])
    func findsTheSameNeighborsInTheSameOrderAsTheReference(_ fixture: String) throws {
        for example in try Oracle("neighbors/\(fixture)").array("cases") {
            let name = try example.string("name")
            var estimator = try NeighborOracle.search(example)
            estimator.nNeighbors = try example.int("k")
            let model = try estimator.fit(example.matrix("x"))
            #expect(try model.algorithm.rawValue == example.string("method"), "\(name)")
            let x = try example.matrix("x")
            let queries = try example.matrix("queries")
            let near = try model.kneighbors(queries)
            let expected = try example.ints("indices")
            // Roots by NumPy and sums by its BLAS have a rounding of their own.
            let isExact = estimator.p != 3 && (model.algorithm != .brute || estimator.p == 1)
            if isExact {
                #expect(near.indices == expected, "\(name)")
            } else {
                expectEquallyNear(near.indices, expected, queries, x, k: estimator.nNeighbors, name)
            }
            if isExact {
                expectBitwise(near.distances, try example.doubles("distances"), name)
            } else {
                expectClose(near.distances, try example.doubles("distances"), relative: 1e-11, absolute: 1e-6, name)
            }
            if example.has("otherIndices") {
                let others = try model.kneighbors()
                let expected = try example.ints("otherIndices")
                let found = Array(others.indices.prefix(expected.count))
                if isExact {
                    #expect(found == expected, "\(name)")
                } else {
                    expectEquallyNear(found, expected, x, x, k: estimator.nNeighbors, name)
                }
            }
        }
    }

    /// Which of equally near rows comes first is up to the last bits of a matrix product, which differ between processors,
    /// also for the reference: the rows may differ where their distances do not.
    private func expectEquallyNear(
        _ found: [Int], _ expected: [Int], _ queries: Matrix, _ x: Matrix, k: Int, _ name: String
    ) {
        #expect(found.count == expected.count, "\(name)")
        guard found != expected, found.count == expected.count else { return }
        func distance(_ place: Int, _ row: Int) -> Double {
            zip(queries.row(place / k), x.row(row)).map { ($0 - $1) * ($0 - $1) }.reduce(0, +).squareRoot()
        }
        let differing = found.indices.filter { place in
            place / k < queries.rows && abs(distance(place, found[place]) - distance(place, expected[place])) > 1e-6
        }
        #expect(differing.isEmpty, "\(name)")
    }

    @Test func findsTheSameRowsWithinARadiusAsTheReference() throws {
        for example in try Oracle("neighbors/radius").array("cases") {
            let name = try example.string("name")
            var estimator = try NeighborOracle.search(example)
            estimator.radius = try example.double("radius")
            let model = try estimator.fit(example.matrix("x"))
            let near = try model.radiusNeighbors(example.matrix("queries"))
            let counts = (0..<near.count).map { near.indices(of: $0).count }
            #expect(try counts == example.ints("counts"), "\(name)")
            #expect(try near.indices == example.ints("indices"), "\(name)")
            expectClose(near.distances, try example.doubles("distances"), relative: 1e-12, absolute: 1e-6, name)
            let others = try model.radiusNeighbors()
            #expect(
                try (0..<others.count).map { others.indices(of: $0).count } == example.ints("otherCounts"), "\(name)")
        }
    }

    @Test func votesAndMeansAreThoseOfTheReference() throws {
        for example in try Oracle("neighbors/votes").array("cases") {
            let name = try example.string("name")
            var classifier = KNeighborsClassifier(weights: try NeighborOracle.weights(example))
            let arguments = try example.object("arguments")
            for argument in arguments.keys {
                try NeighborOracle.set(
                    argument, arguments, &classifier.algorithm, &classifier.leafSize, &classifier.metric, &classifier.p)
                if argument == "n_neighbors" { classifier.nNeighbors = try arguments.int(argument) }
            }
            let regressor = KNeighborsRegressor(
                nNeighbors: classifier.nNeighbors, weights: classifier.weights, algorithm: classifier.algorithm,
                leafSize: classifier.leafSize, metric: classifier.metric, p: classifier.p)
            let (x, queries) = (try example.matrix("x"), try example.matrix("queries"))
            let model = try classifier.fit(x, Labels(example.ints("y")))
            #expect(try model.predict(queries).integers == example.ints("predicted"), "\(name)")
            expectClose(
                try model.predictProba(queries).values, try example.doubles("probabilities"), relative: 1e-12,
                absolute: 1e-7, name)
            let means = try regressor.fit(x, example.doubles("values")).predict(queries)
            expectClose(means, try example.doubles("means"), relative: 1e-12, absolute: 1e-7, name)
        }
    }

    @Test func sparseRowsHaveTheReferencesNeighbors() throws {
        for example in try Oracle("neighbors/sparse").array("cases") {
            var classifier = KNeighborsClassifier(nNeighbors: 4, weights: try NeighborOracle.weights(example))
            let arguments = try example.object("arguments")
            for argument in arguments.keys {
                try NeighborOracle.set(
                    argument, arguments, &classifier.algorithm, &classifier.leafSize, &classifier.metric, &classifier.p)
            }
            let (x, queries) = (try example.matrix("x"), try example.matrix("queries"))
            let model = try classifier.fit(SparseMatrix(x), Labels(example.ints("y")))
            let expected = try example.doubles("probabilities")
            expectClose(try model.predictProba(SparseMatrix(queries)).values, expected, absolute: 1e-9)
            expectClose(try model.predictProba(queries).values, expected, absolute: 1e-9)
            let near = try NearestNeighbors(nNeighbors: 4, metric: classifier.metric, p: classifier.p)
                .fit(SparseMatrix(x)).kneighbors(SparseMatrix(queries))
            expectClose(near.distances, try example.doubles("distances"), relative: 1e-11, absolute: 1e-12)
        }
    }

    @Test func treesHaveTheReferencesOrderOfRows() throws {
        for example in try Oracle("neighbors/trees").array("cases") {
            let (x, leaf) = (try example.matrix("x"), try example.int("leaf"))
            let name = try example.string("name")
            let boxes = NeighborTree(x, shape: .boxes, measure: .euclidean, leafSize: leaf)
            let balls = NeighborTree(x, shape: .balls, measure: .euclidean, leafSize: leaf)
            #expect(try boxes.order.map { Int($0) } == example.ints("boxes"), "\(name)")
            #expect(try balls.order.map { Int($0) } == example.ints("balls"), "\(name)")
        }
    }
}
