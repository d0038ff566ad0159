import ApusCore
import ApusTestSupport
import Testing

@testable import ApusLearn

struct LBFGSTests {
    private func minimize(
        _ start: [Double], tolerance: Double = 1e-8, iterations: Int = 1000,
        _ function: ([Double]) -> (Double, [Double])
    ) throws -> LBFGS.Result {
        try LBFGS(gradientTolerance: tolerance, maxIterations: iterations).minimize(from: start, iterated: { _ in }) {
            let (value, gradient) = function($0)
            return (value: value, gradient: gradient)
        }
    }

    private func rosenbrock(_ x: [Double]) -> (Double, [Double]) {
        let (a, b) = (1 - x[0], x[1] - x[0] * x[0])
        return (a * a + 100 * b * b, [-2 * a - 400 * x[0] * b, 200 * b])
    }

    @Test func findsTheEndOfACurvedValley() throws {
        let result = try minimize([-1.2, 1], rosenbrock)
        #expect(result.converged)
        expectClose(result.point.x, [1, 1], relative: 1e-6)
        // SciPy's L-BFGS-B needs 39 iterations from here.
        #expect((30...45).contains(result.iterations))
    }

    @Test func solvesAQuadratic() throws {
        let result = try minimize([Double](repeating: 1, count: 20)) { x in
            let scales = x.indices.map { Double($0 + 1) }
            let value = zip(x, scales).reduce(0) { $0 + 0.5 * $1.0 * $1.0 * $1.1 }
            return (value, zip(x, scales).map { $0 * $1 })
        }
        #expect(result.converged)
        #expect(result.point.x.allSatisfy { $0.magnitude < 1e-7 })
    }

    @Test func endsAtAMinimumThatHasNoFlatBottom() throws {
        // |x| has no point where its slope is small, so every search must give up at some time.
        let result = try minimize([3.7]) { x in (x[0].magnitude, [x[0] < 0 ? -1 : 1]) }
        #expect(result.point.x[0].magnitude < 1e-6)
    }

    @Test func endsWhereAFunctionHasNoMinimum() throws {
        let result = try minimize([0], iterations: 50) { x in (-x[0], [-1]) }
        #expect(!result.converged)
        #expect(result.point.value < -1)
    }

    @Test func endsWhenAFunctionLies() throws {
        // The gradient points the wrong way: no step decreases the function.
        let result = try minimize([1]) { x in (x[0] * x[0], [-2 * x[0]]) }
        expectClose(result.point.x, [1], relative: 1e-8)
        #expect(throws: ApusError.self) { try minimize([1]) { _ in (.infinity, [1]) } }
        #expect(throws: ApusError.self) { try minimize([1]) { _ in (1, [.nan]) } }
        let beyond = try minimize([1]) { x in x[0] == 1 ? (1, [1]) : (.nan, [.nan]) }
        #expect(!beyond.converged)
    }

    @Test func acceptsAStepThatDecreasesAndFlattens() {
        for first in [1e-3, 0.1, 1, 10, 1e3] {
            // f(t) = (t - 3)²
            var search = LineSearch(step: first, value: 9, slope: -6)
            var accepted = false
            for _ in 0..<50 where !accepted {
                let t = search.step
                accepted = search.advance(value: (t - 3) * (t - 3), slope: 2 * (t - 3))
                if accepted {
                    #expect((t - 3) * (t - 3) <= 9 - 1e-3 * 6 * t)
                    #expect((2 * (t - 3)).magnitude <= 0.9 * 6)
                }
            }
            #expect(accepted, "from \(first)")
        }
    }
}
