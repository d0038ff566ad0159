import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

struct OneHotEncoderTests {
    @Test func encodesAsTheReference() throws {
        for example in try Oracle("preprocessing/one-hot-encoder").array("cases") {
            let drop = try #require(
                OneHotEncoder.Drop(parameterValue: .string(try example.string("drop").replacing("_b", with: "B"))))
            let x = try example.matrix("X")
            let model = try OneHotEncoder(handleUnknown: .ignore, drop: drop).fit(x)
            #expect(try model.transform(x) == example.matrix("transformed"))
            #expect(try model.transform(example.matrix("later")) == example.matrix("transformed_later"))
            #expect(try model.outputNames(for: ["a", "b", "c", "d"]) == example.strings("names"))
            #expect(model.outputCount == (try example.strings("names").count))
            try expectArchiveIsChecked(model) {
                _ = try $0.transform(x)
                _ = $0.outputNames(for: ["a", "b", "c", "d"])
            }
            let strict = try OneHotEncoder(drop: drop).fit(x)
            #expect(try strict.transform(x) == example.matrix("transformed"))
            let error = #expect(throws: ApusError.self) { try strict.transform(example.matrix("later")) }
            #expect(error?.message.contains("99") == true)
        }
    }

    @Test func knowsItsCategories() throws {
        let model = try OneHotEncoder().fit(Matrix([[2, .nan], [-1, 3], [2, -0.0], [-1, 0]]))
        #expect(model.categories(of: 0) == [-1, 2])
        expectBitwise(model.categories(of: 1).map { $0 == 0 ? 0 : $0 }, [0, 3, .nan])
    }

    @Test func refusesDataItCannotUse() throws {
        #expect(throws: ApusError.self) { try OneHotEncoder().fit(Matrix(rows: 0, columns: 1)) }
        #expect(throws: ApusError.self) { try OneHotEncoder().fit(Matrix([[.infinity]])) }
        let model = try OneHotEncoder().fit(Matrix([[1], [2]]))
        #expect(throws: ApusError.self) { try model.transform(Matrix([[1, 2]])) }
        #expect(throws: ApusError.self) { try model.transform(Matrix([[.nan]])) }
        // 70,000 rows with a category each would be a matrix of 39 GB.
        let many = Matrix(column: (0..<70_000).map { Double($0) })
        let error = #expect(throws: ApusError.self) { try OneHotEncoder().fit(many) }
        #expect(error?.message.contains("70000 different values") == true)
    }

    @Test func outputsOfCategoriesAreCountedThroughPipelines() throws {
        let x = Matrix(rows: 4, columns: 2, values: [0, 5, 1, 5, 2, 6, 0, 6])
        func widths(_ step: some FeatureStep) throws -> [Int]? {
            let (model, _) = try step.fitTransform(x, nil, weights: nil)
            return (model as? any CategoryOutputs)?.categoryWidths
        }
        #expect(try widths(OneHotEncoder()) == [3, 2])
        #expect(try widths(OneHotEncoder(drop: .first)) == [2, 1])
        #expect(try widths(OneHotEncoder(drop: .ifBinary)) == [3, 1])
        #expect(try widths(SimpleImputer().then(OneHotEncoder())) == [3, 2])
        #expect(try widths(OrdinalEncoder()) == [1, 1])
        #expect(try widths(SimpleImputer().then(StandardScaler())) == nil)
    }
}
