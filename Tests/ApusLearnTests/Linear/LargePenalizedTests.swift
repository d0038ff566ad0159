import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

struct LargePenalizedTests {
    @Test func fitsLargeDataFarFromTheOriginAsTheReferenceDoes() throws {
        for example in try Oracle("penalized/large").array("cases") {
            let (rows, columns) = (try example.int("rows"), try example.int("columns"))
            var random = RandomState(seed: try example.integer("seed"))
            let x = Matrix(
                rows: rows, columns: columns, values: random.uniform(count: rows * columns).map { $0 + 100 })
            let noise = random.uniform(count: rows)
            let y = (0..<rows).map { noise[$0] + x[$0, 0] - 2 * x[$0, columns - 1] }
            let arguments = try example.object("arguments")
            let kind = try example.string("estimator")
            let name = "\(kind), \(rows) × \(columns)"
            let coefficients: [Double]
            let intercept: Double
            var iterations: Int?
            switch kind {
            case "Ridge":
                let model = try Ridge(reference: arguments).fit(x, y)
                (coefficients, intercept) = (model.coefficients, model.intercept)
            case "Lasso":
                let model = try Lasso(reference: arguments).fit(x, y)
                (coefficients, intercept, iterations) = (model.coefficients, model.intercept, model.iterations)
            case "ElasticNet":
                let model = try ElasticNet(reference: arguments).fit(x, y)
                (coefficients, intercept, iterations) = (model.coefficients, model.intercept, model.iterations)
            default:
                let model = try LinearRegression(reference: arguments).fit(x, y)
                (coefficients, intercept) = (model.coefficients, model.intercept)
            }
            expectClose(coefficients, try example.doubles("coefficients"), relative: 1e-9, absolute: 1e-11, name)
            expectClose(intercept, try example.double("intercept"), relative: 1e-9, absolute: 1e-8, name)
            if let iterations { #expect(try iterations == example.int("iterations"), "\(name)") }
        }
    }
}
