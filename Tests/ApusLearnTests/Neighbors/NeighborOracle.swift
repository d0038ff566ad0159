import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

/// Reading of the arguments that the reference's estimators were made with.
enum NeighborOracle {
    static func search(_ case: Oracle) throws -> NearestNeighbors {
        var estimator = NearestNeighbors()
        let arguments = try `case`.object("arguments")
        for name in arguments.keys {
            try set(name, arguments, &estimator.algorithm, &estimator.leafSize, &estimator.metric, &estimator.p)
        }
        return estimator
    }

    static func set(
        _ name: String, _ arguments: Oracle, _ algorithm: inout NeighborAlgorithm, _ leafSize: inout Int,
        _ metric: inout NeighborMetric, _ p: inout Double
    ) throws {
        switch name {
        case "algorithm": algorithm = try #require(NeighborAlgorithm(rawValue: arguments.string(name)))
        case "leaf_size": leafSize = try arguments.int(name)
        case "metric": metric = try #require(NeighborMetric(rawValue: arguments.string(name)))
        case "p": p = try arguments.double(name)
        default: break
        }
    }

    static func weights(_ case: Oracle) throws -> NeighborWeights {
        let arguments = try `case`.object("arguments")
        guard arguments.has("weights") else { return .uniform }
        return try #require(NeighborWeights(rawValue: arguments.string("weights")))
    }
}

/// Random tables for tests.
enum NeighborTables {
    static func gaussian(_ rows: Int, _ columns: Int, seed: UInt32) -> Matrix {
        var random = RandomState(seed: seed)
        return Matrix(rows: rows, columns: columns, values: random.gaussian(count: rows * columns))
    }

    /// Whole numbers from 0 to 2: many ties and duplicates.
    static func grid(_ rows: Int, _ columns: Int, seed: UInt32) -> Matrix {
        var random = RandomState(seed: seed)
        return Matrix(
            rows: rows, columns: columns, values: random.uniform(count: rows * columns).map { ($0 * 3).rounded(.down) })
    }
}
