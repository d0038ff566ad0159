import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

@testable import ApusTrust

@Suite struct LeastAnglesTests {
    private static let (x, y): (Matrix, [Double]) = {
        var random = RandomState(seed: 14)
        let x = Matrix(rows: 60, columns: 6, values: random.gaussian(count: 360))
        let y = (0..<60).map { 2 * x[$0, 1] - x[$0, 4] + 0.7 * x[$0, 0] + 0.5 * random.gaussian() }
        return (x, y)
    }()

    @Test func thePathIsTheLassos() throws {
        let path = try LeastAngles(Self.x, Self.y, steps: 50, isLasso: true).path
        #expect(path.count >= 7)
        for step in path.dropFirst().dropLast() {
            // At its place on the path all columns in the model are correlated alike with what is left, the others less.
            let fitted = try BLAS.product(Self.x, step.coefficients)
            let left = zip(Self.y, fitted).map(-)
            let correlations = try BLAS.product(transposed: Self.x, left).map(\.magnitude)
            let most = correlations.max() ?? 0
            for (k, coefficient) in step.coefficients.enumerated() where coefficient != 0 {
                expectClose(correlations[k], most, relative: 1e-9)
            }
            // The lasso with that penalty says the same.
            let lasso = try Lasso(alpha: most / 60, fitIntercept: false, maxIter: 100_000, tol: 1e-12).fit(
                Self.x, Self.y)
            expectClose(lasso.coefficients, step.coefficients, relative: 1e-5, absolute: 1e-6)
        }
        let squares = try LinearRegression(fitIntercept: false).fit(Self.x, Self.y).coefficients
        expectClose(path[path.count - 1].coefficients, squares, relative: 1e-9, absolute: 1e-10)
    }

    @Test func columnsComeByTheirWorth() throws {
        let first = try LeastAngles(Self.x, Self.y, steps: 3, isLasso: false)
        #expect(first.active == [1, 4, 0] && first.path.count == 4)
        // A column that is the sum of two others adds nothing and stays out.
        let doubled = Matrix(rows: 60, columns: 3) { values in
            for row in 0..<60 {
                values[row * 3] = Self.x[row, 1]
                values[row * 3 + 1] = Self.x[row, 4]
                values[row * 3 + 2] = Self.x[row, 1] + Self.x[row, 4]
            }
        }
        let two = try LeastAngles(doubled, Self.y, steps: 9, isLasso: false)
        #expect(two.active.count == 2)
        // Nothing to explain is explained by nothing.
        #expect(try LeastAngles(Self.x, [Double](repeating: 0, count: 60), steps: 9, isLasso: true).active.isEmpty)
    }
}
