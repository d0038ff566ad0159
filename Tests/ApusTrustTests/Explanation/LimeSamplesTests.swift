import ApusCore
import Foundation
import Testing

@testable import ApusTrust

@Suite struct LimeSamplesTests {
    /// Numbers, a column most of whose values are its least, and categories.
    private func table() -> Matrix {
        var random = RandomState(seed: 8)
        return Matrix(rows: 60, columns: 4) { values in
            for row in 0..<60 {
                values[4 * row] = random.gaussian()
                values[4 * row + 1] = random.uniform() < 0.5 ? 0 : random.uniform()
                values[4 * row + 2] = (3 * random.uniform()).rounded(.down)
                values[4 * row + 3] = random.uniform() < 0.8 ? 5 : 5 + random.uniform()
            }
        }
    }

    @Test func skippingLeavesTheGeneratorWhereDrawingDoes() throws {
        let x = table()
        let explainer = try LimeTabularExplainer(training: x, categorical: [2])
        #expect(explainer.parts.contains { $0.spreads.contains(where: \.isFixed) })
        for count in [2, 3, 311, 500] {
            var (drawn, skipped) = (RandomState(seed: 3), RandomState(seed: 3))
            _ = explainer.samples(x.row(7), count: count, &drawn)
            explainer.skip(samples: count, &skipped)
            #expect(drawn == skipped)
        }
    }

    @Test func numbersStayWithinTheirPartsAndDesignsSayWhetherTheseAreTheRows() throws {
        let x = table()
        let explainer = try LimeTabularExplainer(training: x, categorical: [2])
        var random = RandomState(seed: 1)
        let samples = explainer.samples(x.row(7), count: 400, &random)
        #expect(samples.rows.row(0) == x.row(7))
        #expect(samples.design.row(0) == [1, 1, 1, 1])
        for i in 1..<400 {
            for j in [0, 2] {
                let isOwn = explainer.parts[j].part(samples.rows[i, j]) == explainer.parts[j].part(x[7, j])
                #expect(samples.design[i, j] == (isOwn ? 1 : 0))
            }
        }
    }

    @Test func rowsDoNotDependOnTheNumberOfThreads() throws {
        let x = table()
        let explainer = try LimeTabularExplainer(training: x, categorical: [2])
        let model = ModelFunction(featureCount: 4, outputNames: ["y"]) { x in
            Matrix(column: (0..<x.rows).map { x[$0, 0] - x[$0, 1] * x[$0, 2] })
        }
        let threads = Parallel.threads
        defer { Parallel.threads = threads }
        Parallel.threads = 1
        let alone = try explainer.explain(x, model, samples: 100)
        Parallel.threads = 3
        #expect(try explainer.explain(x, model, samples: 100) == alone)
        // The first rows are explained alike whatever follows them.
        let few = x.selecting(rows: Array(0..<9))
        #expect(try explainer.explain(few, model, samples: 100) == Array(alone[..<9]))
    }

    @Test(arguments: [(-1.0, 2.0), (0.5, 3.0), (-9.0, -6.0), (7.0, 7.5)])
    func quantilesOfABoundedNormalInvertItsShares(_ low: Double, _ high: Double) {
        let normal = TruncatedNormal(from: low, to: high)
        // In the tail on the side of the bounds, where small shares keep their digits.
        func share(_ a: Double, _ b: Double) -> Double {
            a > 0
                ? 0.5 * (erfc(a / 2.0.squareRoot()) - erfc(b / 2.0.squareRoot()))
                : 0.5 * (erfc(-b / 2.0.squareRoot()) - erfc(-a / 2.0.squareRoot()))
        }
        #expect(abs(normal.quantile(0) - low) < 1e-9)
        for k in 1..<20 {
            let value = normal.quantile(Double(k) / 20)
            #expect(value > low && value < high)
            #expect(abs(share(low, value) / share(low, high) - Double(k) / 20) < 1e-11)
        }
    }
}
