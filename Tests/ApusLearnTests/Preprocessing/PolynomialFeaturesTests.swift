import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

struct PolynomialFeaturesTests {
    @Test func multipliesAsTheReference() throws {
        for example in try Oracle("preprocessing/polynomial-features").array("cases") {
            let fit = try PolynomialFeatures(
                degree: example.int("degree"), interactionOnly: example.bool("interaction"),
                includeBias: example.bool("bias"))
            let x = try example.matrix("X")
            let model = try fit.fit(x)
            expectBitwise(try model.transform(x), try example.matrix("transformed"), "\(fit)")
            #expect(try model.outputNames(for: Array(["u", "v", "w"].prefix(x.columns))) == example.strings("names"))
            #expect(model.outputCount == (try example.strings("names").count))
            try expectArchiveIsChecked(model) { _ = try $0.transform(x) }
        }
    }

    @Test func refusesWhatItCannotMake() throws {
        let x = try Matrix([[1, 2, 3]])
        #expect(throws: ApusError.self) { try PolynomialFeatures(degree: -1).fit(x) }
        #expect(throws: ApusError.self) { try PolynomialFeatures(degree: 0, includeBias: false).fit(x) }
        #expect(throws: ApusError.self) { try PolynomialFeatures(degree: 1_000_000).fit(x) }
        #expect(throws: ApusError.self) { try PolynomialFeatures(degree: .max).fit(Matrix([[1]])) }
        #expect(throws: ApusError.self) { try PolynomialFeatures().fit(Matrix(rows: 1, columns: 20_000)) }
        #expect(throws: ApusError.self) { try PolynomialFeatures().fit(Matrix([[.nan]])) }
        #expect(throws: ApusError.self) { try PolynomialFeatures().fit(Matrix(rows: 0, columns: 3)) }
        let model = try PolynomialFeatures(degree: .max, interactionOnly: true).fit(x)
        #expect(model.outputCount == 8)
        #expect(throws: ApusError.self) { try model.transform(Matrix([[1, 2]])) }
    }
}
