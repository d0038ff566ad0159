import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

/// A table of data of the reference's trees, and the trees.
struct TreeOracle {
    let name: String
    let x: Matrix
    let cases: [Oracle]
    private let oracle: Oracle

    init(_ name: String, area: String = "trees") throws {
        self.name = name
        oracle = try Oracle("\(area)/\(name)")
        cases = try oracle.array("cases")
        x = try oracle.has("recipe") ? TreeOracle.drawn(oracle.object("recipe")) : oracle.matrix("X")
    }

    /// Uniform draws, two columns of them in steps.
    private static func drawn(_ recipe: Oracle) throws -> Matrix {
        let (rows, columns) = (try recipe.int("rows"), try recipe.int("columns"))
        var random = RandomState(seed: try recipe.integer("seed"))
        var x = Matrix(rows: rows, columns: columns, values: random.uniform(count: rows * columns))
        for row in 0..<rows {
            x[row, 4] = (x[row, 4] * 12).rounded(.down)
            x[row, 5] = (x[row, 5] * 300).rounded(.down)
        }
        return x
    }

    func labels() throws -> Labels { Labels(try oracle.ints("y")) }

    func numbers() throws -> [Double] { try oracle.doubles("y") }

    func weights(of example: Oracle) throws -> [Double]? {
        let name = try example.string("weights")
        if name.isEmpty { return nil }
        // Where the table is drawn, so are its weights.
        if oracle.has("recipe") { return x.column(3).map { ($0 * 2 * 10).rounded(.toNearestOrEven) / 10 } }
        return try oracle.object("weights").doubles(name)
    }

    /// An estimator with the parameters of a case.
    func estimator<Model: Estimator>(_ example: Oracle, _ type: Model.Type = Model.self) throws -> Model {
        var estimator = Model()
        let parameters = try example.object("parameters")
        for name in parameters.keys {
            try Model.parameter(named: name).set(text: parameters.string(name), in: &estimator)
        }
        return estimator
    }

    /// Expects the same tree, bit for bit.
    func expectSame(_ tree: Tree, _ example: Oracle, importances: [Double]) throws {
        let parameters = try example.object("parameters")
        let settings = try parameters.keys.map { "\($0)=\(try parameters.string($0))" }.joined(separator: " ")
        let place = "\(name), \(settings), weights: \(try example.string("weights"))"
        #expect(tree.feature.map { Int($0) } == (try example.ints("feature")), "feature, \(place)")
        expectBitwise(tree.threshold, try example.doubles("threshold"), "threshold, \(place)")
        #expect(tree.left.map { Int($0) } == (try example.ints("left")), "left, \(place)")
        #expect(tree.right.map { Int($0) } == (try example.ints("right")), "right, \(place)")
        expectBitwise(tree.impurity, try example.doubles("impurity"), "impurity, \(place)")
        #expect(tree.rowCount == (try example.ints("rows")), "rows, \(place)")
        expectBitwise(tree.weight, try example.doubles("weight"), "weight, \(place)")
        #expect(tree.missingGoesLeft.map { $0 ? 1 : 0 } == (try example.ints("missing_left")), "missing, \(place)")
        expectBitwise(tree.values, try example.doubles("value"), "value, \(place)")
        expectBitwise(importances, try example.doubles("importances"), "importances, \(place)")
        #expect(tree.depth == (try example.int("depth")), "depth, \(place)")
        #expect(tree.leafCount == (try example.int("leaves")), "leaves, \(place)")
        if example.has("apply") { #expect(try tree.apply(x) == example.ints("apply"), "apply, \(place)") }
    }
}
