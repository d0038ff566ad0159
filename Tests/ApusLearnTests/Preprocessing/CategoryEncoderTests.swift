import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

@Suite struct CategoryEncoderTests {
    static let names = ["a", "b", "c"]

    private func limit(_ arguments: Oracle) throws -> SampleCount? {
        guard arguments.has("min_frequency") else { return nil }
        let value = try arguments.double("min_frequency")
        return value < 1 ? .fraction(value) : .count(Int(value))
    }

    @Test func columnsOfRareDroppedAndUnknownCategoriesAreTheReferences() throws {
        for example in try Oracle("transformers/one-hot").array("cases") {
            let arguments = try example.object("arguments")
            let drop: OneHotEncoder.Drop =
                switch arguments.has("drop") ? (try? arguments.string("drop")) ?? "given" : "none" {
                case "none": .none
                case "first": .first
                case "if_binary": .ifBinary
                default: .given(try arguments.doubles("drop"))
                }
            let encoder = OneHotEncoder(
                handleUnknown: try arguments.string("handle_unknown") == "ignore" ? .ignore : .infrequentIfExist,
                drop: drop, minFrequency: try limit(arguments),
                maxCategories: arguments.has("max_categories") ? try arguments.int("max_categories") : nil)
            let x = try example.matrix("x")
            if try example.bool("fails") {
                #expect(throws: ApusError.self, "\(example)") { try encoder.fit(x) }
                continue
            }
            let model = try encoder.fit(x)
            expectBitwise(try model.transform(x), try example.matrix("changed"), "\(example)")
            let later = try model.transform(example.matrix("later"))
            expectBitwise(later, try example.matrix("changedLater"), "\(example)")
            #expect(try model.outputNames(for: Self.names) == example.strings("names"), "\(example)")
            if example.has("restored") {
                expectBitwise(try model.inverseTransform(later), try example.matrix("restored"), "\(example)")
            }
            try expectArchiveIsChecked(model, optional: ["rare"]) { _ = try $0.transform(x) }
        }
    }

    @Test func numbersOfCategoriesAreTheReferences() throws {
        for example in try Oracle("transformers/ordinal").array("cases") {
            let arguments = try example.object("arguments")
            func special(_ name: String) throws -> EncodedValue {
                let value = try arguments.double(name)
                return EncodedValue(number: value.isNaN ? nil : Int(value))
            }
            let encoder = OrdinalEncoder(
                handleUnknown: .useEncodedValue, unknownValue: try special("unknown_value"),
                encodedMissingValue: arguments.has("encoded_missing_value")
                    ? try special("encoded_missing_value") : .nan,
                minFrequency: try limit(arguments),
                maxCategories: arguments.has("max_categories") ? try arguments.int("max_categories") : nil)
            let x = try example.matrix("x")
            let model = try encoder.fit(x)
            expectBitwise(try model.transform(x), try example.matrix("changed"), "\(example)")
            let later = try model.transform(example.matrix("later"))
            expectBitwise(later, try example.matrix("changedLater"), "\(example)")
            if example.has("restored") {
                expectBitwise(try model.inverseTransform(later), try example.matrix("restored"), "\(example)")
            }
            try expectArchiveIsChecked(model, optional: ["rare"]) { _ = try $0.transform(x) }
        }
        let x = try Matrix([[1, 2], [.nan, 2], [3, 4]])
        #expect(throws: ApusError.self) { try OrdinalEncoder(unknownValue: -1).fit(x) }
        #expect(throws: ApusError.self) { try OrdinalEncoder(handleUnknown: .useEncodedValue).fit(x) }
        #expect(throws: ApusError.self) {
            try OrdinalEncoder(handleUnknown: .useEncodedValue, unknownValue: 1).fit(x)
        }
        #expect(throws: ApusError.self) { try OrdinalEncoder(encodedMissingValue: 0).fit(x) }
        let strict = try OrdinalEncoder().fit(x)
        #expect(throws: ApusError.self) { try strict.transform(Matrix([[9, 2]])) }
        #expect(throws: ApusError.self) { try strict.inverseTransform(Matrix([[2, 0]])) }
    }

    @Test func meansOfTheTargetAreTheReferences() throws {
        for example in try Oracle("transformers/target").array("cases") {
            let arguments = try example.object("arguments")
            let encoder = TargetEncoder(
                smooth: arguments.has("smooth") ? .rows(try arguments.double("smooth")) : .auto,
                cv: arguments.has("cv") ? try arguments.int("cv") : 5, shuffle: !arguments.has("shuffle"),
                seed: try example.integer("seed"))
            let x = try example.matrix("x")
            let y: Target =
                try example.string("kind") == "continuous"
                ? .numbers(try example.doubles("y")) : .labels(Labels(try example.ints("y")))
            let (model, fitted) = try encoder.fitTransform(x, y)
            expectClose(fitted, try example.matrix("fitted"), relative: 1e-12, absolute: 1e-14, "\(example)")
            expectClose(
                try model.transform(example.matrix("later")), try example.matrix("changedLater"), relative: 1e-12,
                absolute: 1e-14, "\(example)")
            #expect(try model == encoder.fit(x, y))
            #expect(try model.outputNames(for: Self.names) == example.strings("names"))
            try expectArchiveIsChecked(model, optional: ["rare"]) { _ = try $0.transform(x) }
        }
        let x = try Matrix([[1], [2], [1]])
        #expect(throws: ApusError.self) { try TargetEncoder().fitTransform(x, nil) }
        #expect(throws: ApusError.self) { try TargetEncoder().fitTransform(x, [1.0, 2, 3]) }
        #expect(try TargetEncoder(cv: 3).fitTransform(x, [1.0, 2, 3]).rows == 3)
        // One class tells nothing, and that is no error.
        #expect(try TargetEncoder().fit(x, Labels(["a", "a", "a"])).transform(x).values == [0, 0, 0])
    }

    @Test func labelsAmongKnownClassesKeepTheirCodes() throws {
        let known = Labels(["cat", "dog", "emu"])
        #expect(try Labels(["emu", "cat"], among: known.classes).codes == [2, 0])
        let error = #expect(throws: ApusError.self) { try Labels(["emu", "fox"], among: known.classes) }
        #expect(error?.message.contains("fox") == true)
    }
}

@Suite struct FunctionTransformerTests {
    @Test func functionsAndInversesAreTheReferences() throws {
        for example in try Oracle("transformers/functions").array("cases") {
            let function = try #require(FunctionTransformer.Function(rawValue: try example.string("name")))
            let x = try example.matrix("x")
            let model = try FunctionTransformer(function).fit(x)
            let changed = try model.transform(x)
            expectClose(changed, try example.matrix("changed"), relative: 1e-14)
            if example.has("restored") {
                expectClose(try model.inverseTransform(changed), try example.matrix("restored"), relative: 1e-13)
            } else {
                #expect(throws: ApusError.self) { try model.inverseTransform(changed) }
            }
            try expectArchiveIsChecked(model) { _ = try $0.transform(x) }
        }
        let model = try FunctionTransformer(.log).fit(Matrix([[1, .nan]]))
        #expect(try model.transform(Matrix([[1, .nan]]))[0, 1].isNaN)
        let error = #expect(throws: ApusError.self) { try model.transform(Matrix([[1, 1], [1, -2]])) }
        #expect(error?.message.contains("-2.0 in row 1, column 1") == true)
    }

    @Test func closuresApplyAndSayThatTheyCannotBeStored() throws {
        let x = try Matrix([[1, 2], [3, 4]])
        let model = try ClosureTransformer("double", inverse: { $0 / 2 }) { $0 * 2 }.then(StandardScaler()).fit(x)
        #expect(try model.first.transform(x).values == [2, 4, 6, 8])
        #expect(try model.inverseTransform(model.transform(x)) == x)
        var archive = ModelArchive()
        model.encode(into: &archive)
        #expect(archive.obstacle?.contains("“double” is a closure") == true)
        #expect(throws: ApusError.self) {
            try ClosureTransformer("root") { $0.squareRoot() }.fit(x).transform(Matrix([[-1, 0]]))
        }
    }

    @Test func missingValuesAreToldAsByTheReference() throws {
        for example in try Oracle("transformers/indicators").array("cases") {
            let all = try example.object("arguments").string("features") == "all"
            let x = try example.matrix("x")
            let model = try MissingIndicator(features: all ? .all : .missingOnly).fit(x)
            expectBitwise(try model.transform(x), try example.matrix("changed"))
            #expect(try model.outputNames(for: CategoryEncoderTests.names) == example.strings("names"))
            try expectArchiveIsChecked(model) { _ = try $0.transform(x) }
        }
        let model = try MissingIndicator().fit(Matrix([[.nan, 1], [2, 3]]))
        #expect(throws: ApusError.self) { try model.transform(Matrix([[1, .nan]])) }
        let lenient = try MissingIndicator(errorOnNew: false).fit(Matrix([[.nan, 1], [2, 3]]))
        #expect(try lenient.transform(Matrix([[1, .nan]])).values == [0])
    }

    @Test func filledValuesGoMissingAgain() throws {
        let oracle = try Oracle("transformers/imputer-inverse")
        let x = try oracle.matrix("x")
        let model = try SimpleImputer(strategy: .median, addIndicator: true).fit(x)
        let changed = try model.transform(x)
        expectBitwise(changed, try oracle.matrix("changed"))
        expectBitwise(try model.inverseTransform(changed), try oracle.matrix("restored"))
        #expect(try model.outputNames(for: CategoryEncoderTests.names) == oracle.strings("names"))
        #expect(throws: ApusError.self) { try SimpleImputer().fit(x).inverseTransform(x) }
    }
}
