import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

@Suite struct PolynomialTests {
    @Test func fitsWhatTheReferenceFits() throws {
        for example in try Oracle("penalized/polynomials").array("cases") {
            let name = try example.string("name")
            let (x, y) = (try example.doubles("x"), try example.doubles("y"))
            let weights = example.has("weights") ? try example.doubles("weights") : nil
            let rcond = example.has("rcond") ? try example.double("rcond") : nil
            let fit = try Polynomial.fit(x, y, degree: example.int("degree"), weights: weights, rcond: rcond)
            #expect(try fit.rank == example.int("rank"), "\(name)")
            let singular = try example.doubles("singular")
            expectClose(fit.singularValues, singular, relative: 1e-9, absolute: 1e-14 * singular[0], name)
            #expect(try fit.rcond == example.double("cutoff"))
            #expect(fit.isWellDetermined == (fit.rank == fit.polynomial.coefficients.count))
            let expected = try example.doubles("coefficients")
            // Rounding grows by the condition number, which the fit itself knows.
            let precision = max(1e-12, 1e-15 * fit.conditionNumber)
            if fit.isWellDetermined {
                for (found, wanted) in zip(fit.polynomial.coefficients, expected) {
                    expectClose(
                        found, wanted, relative: precision, absolute: precision * wanted.magnitude + 1e-13, name)
                }
            } else {
                // Coefficients then hang on the last bits of the products; what they give together does not.
                let wanted = try example.doubles("values")
                let size = wanted.map(\.magnitude).max() ?? 0
                expectClose(fit.polynomial(x), wanted, relative: 1e-4, absolute: 2e-3 * size, name)
            }
            if example.has("covariance") {
                // The inverse of the products is off by the square of the condition number.
                let precision = max(1e-9, 1e-15 * fit.conditionNumber * fit.conditionNumber)
                expectClose(
                    try #require(fit.covariance), try example.matrix("covariance"), relative: precision, name)
                expectClose(
                    try #require(fit.unscaledCovariance), try example.matrix("unscaled"), relative: precision, name)
            }
            if !name.contains("ill conditioned") {
                expectClose(fit.polynomial(x), try example.doubles("values"), relative: 1e-8, absolute: 1e-9, name)
            }
        }
    }

    @Test func saysWhenThePointsDoNotDetermineIt() throws {
        let fit = try Polynomial.fit([1, 1, 1], [2, 3, 4], degree: 1)
        #expect(fit.rank == 1 && !fit.isWellDetermined)
        #expect(fit.conditionNumber > 1e15 && fit.covariance == nil && fit.unscaledCovariance == nil)
        expectClose(fit.polynomial(1), 3, relative: 1e-12)
        expectClose(fit.residual, 2, relative: 1e-12)
        let exact = try Polynomial.fit([0, 1, 2], [1, 2, 5], degree: 2)
        #expect(exact.isWellDetermined && exact.covariance == nil && exact.unscaledCovariance != nil)
        expectClose(exact.polynomial.coefficients, [1, 0, 1], relative: 1e-12, absolute: 1e-13)
        #expect(try Polynomial.fit([0, 0], [1, 3], degree: 2).polynomial.coefficients.allSatisfy(\.isFinite))
    }

    @Test func evaluatesByPowersHighestFirst() {
        let polynomial = Polynomial([2, -1, 3])
        #expect(polynomial(2) == 9)
        #expect(polynomial([0, 1]) == [3, 4])
        #expect(polynomial.degree == 2)
        #expect(polynomial.derivative == Polynomial([4, -1]))
        #expect(Polynomial([5]).derivative == Polynomial([0]))
        #expect(Polynomial([])(7) == 0)
    }

    @Test func refusesPointsItCannotUse() {
        #expect(throws: ApusError.self) { try Polynomial.fit([], [], degree: 1) }
        #expect(throws: ApusError.self) { try Polynomial.fit([1], [1, 2], degree: 1) }
        #expect(throws: ApusError.self) { try Polynomial.fit([1, .nan], [1, 2], degree: 1) }
        #expect(throws: ApusError.self) { try Polynomial.fit([1, 2], [1, .infinity], degree: 1) }
        #expect(throws: ApusError.self) { try Polynomial.fit([1, 2], [1, 2], degree: -1) }
        #expect(throws: ApusError.self) { try Polynomial.fit([1, 2], [1, 2], degree: 1, weights: [1]) }
        #expect(throws: ApusError.self) { try Polynomial.fit([1, 2], [1, 2], degree: 1, weights: [0, 0]) }
        #expect(throws: ApusError.self) { try Polynomial.fit([1, 2], [1, 2], degree: 1, rcond: -1) }
        #expect(throws: ApusError.self) { try Polynomial.fit([1e200, 2], [1, 2], degree: 3) }
        let many = [Double](repeating: 1, count: 100_000)
        #expect(throws: ApusError.self) { try Polynomial.fit(many, many, degree: 9_999) }
    }
}
