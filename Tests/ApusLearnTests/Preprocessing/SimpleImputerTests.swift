import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

struct SimpleImputerTests {
    @Test func fillsWhatTheReferenceFills() throws {
        for example in try Oracle("preprocessing/simple-imputer").array("cases") {
            let strategy = try example.string("strategy")
            let fit = SimpleImputer(
                strategy: try #require(SimpleImputer.Strategy(rawValue: strategy.replacing("_f", with: "F"))),
                fillValue: example.has("fill") ? try example.double("fill") : nil,
                keepEmptyFeatures: try example.bool("keep"), addIndicator: try example.bool("indicator"))
            let model = try fit.fit(example.matrix("X"))
            expectBitwise(try model.transform(example.matrix("X")), try example.matrix("transformed"), "\(fit)")
            expectBitwise(
                try model.transform(example.matrix("later")), try example.matrix("transformed_later"), "\(fit)")
            #expect(try model.outputNames(for: (0..<6).map { "c\($0)" }) == example.strings("names"))
            try expectArchiveIsChecked(model) { _ = try $0.transform(example.matrix("X")) }
        }
    }

    @Test func takesTheSmallestOfTheMostFrequentValues() throws {
        let x = Matrix(column: [3, 1, 1, 3, .nan, 2])
        #expect(try SimpleImputer(strategy: .mostFrequent).fit(x).fills == [1])
    }

    @Test func refusesDataItCannotUse() throws {
        let x = try Matrix([[1, .nan], [3, .nan]])
        #expect(throws: ApusError.self) { try SimpleImputer().fit(Matrix(rows: 0, columns: 2)) }
        #expect(throws: ApusError.self) { try SimpleImputer().fit(Matrix([[.infinity]])) }
        #expect(throws: ApusError.self) { try SimpleImputer().fit(Matrix([[.nan], [.nan]])) }
        #expect(throws: ApusError.self) { try SimpleImputer(strategy: .constant, fillValue: .nan).fit(x) }
        #expect(throws: ApusError.self) { try SimpleImputer().fit(Matrix([[1.5e308], [1.5e308]])) }
        #expect(throws: ApusError.self) { try SimpleImputer().fit(x, weights: [1]) }
        let model = try SimpleImputer().fit(x)
        #expect(try model.transform(x) == Matrix([[1], [3]]))
        #expect(throws: ApusError.self) { try model.transform(Matrix([[1]])) }
    }
}
