import Apus
import ApusCore
import ApusDatasets
import ApusEvaluation
import ApusFrame
import ApusLearn
import ApusTestSupport
import Foundation
import Testing

@Suite struct ColumnTransformerTests {
    static let people = try? DataFrame(columns: [
        Column("age", [25, nil, 47, 51, 62, 33, nil, 29] as [Double?]),
        Column("income", [31000, 42000, nil, 58500, 72250, 39000, 40100, 28750.5] as [Double?]),
        Column("gender", ["male", "female", "female", nil, "male", "female", "other", "male"] as [String?]),
        Column("bought", ["no", "yes", "yes", "yes", "no", "yes", "yes", "no"]),
    ])

    static let newcomers = try? DataFrame(columns: [
        Column("gender", ["unknown", nil] as [String?]), Column("income", [nil, 50000] as [Double?]),
        Column("age", [40, nil] as [Double?]), Column("unasked", [1, 2]),
    ])

    static let preparation = ColumnTransformer()
        .adding("num", .named(["age", "income"]), SimpleImputer(strategy: .median).then(StandardScaler()))
        .adding(
            "cat", .texts,
            SimpleImputer(strategy: .mostFrequent).then(OneHotEncoder(handleUnknown: .ignore)))

    private func printed(_ values: [Double]) -> [String] { values.map { String(format: "%.8f", $0) } }

    @Test func peopleComeOutToTheLastDigit() throws {
        let oracle = try Oracle("columns/people")
        let (frame, later) = (try #require(Self.people), try #require(Self.newcomers))
        let features = ["age", "income", "gender"]
        #expect(try frame.missingCounts.map(\.count) == oracle.ints("missing"))
        let (model, rows) = try Self.preparation.fitTransform(frame, features: features)
        let x = try rows.written()
        expectClose(x, try oracle.matrix("x"), relative: 1e-15, absolute: 1e-15)
        #expect(try printed(x.values) == oracle.strings("printed"))
        #expect(try model.featureNames == oracle.strings("names"))
        expectClose(try model.encode(later), try oracle.matrix("newcomers"), relative: 1e-15, absolute: 1e-15)
        let plain = ColumnTransformer(verboseFeatureNamesOut: false)
            .adding("num", .numbers, SimpleImputer(strategy: .median).then(StandardScaler()))
            .adding("cat", .texts, SimpleImputer(strategy: .mostFrequent).then(OneHotEncoder(handleUnknown: .ignore)))
        #expect(try plain.fit(frame, features: features).featureNames == oracle.strings("plainNames"))
        let logistic = try LogisticRegression().fit(x, frame.labels(of: "bought"))
        #expect(try printed(logistic.predictProba(x).values) == oracle.strings("probabilities"))

        let kept = ColumnTransformer(remainder: .passthrough)
            .adding("cat", .named(["gender"]), OneHotEncoder(handleUnknown: .ignore, drop: .ifBinary))
            .adding("ord", .named(["gender"]), OrdinalEncoder(handleUnknown: .useEncodedValue, unknownValue: -1))
        let (passing, passed) = try kept.fitTransform(frame, features: features)
        #expect(try passing.featureNames == oracle.strings("keptNames"))
        expectBitwise(try passed.written(), try oracle.matrix("kept"))
        expectBitwise(try passing.encode(later), try oracle.matrix("keptNewcomers"))

        let coded = ColumnTransformer().adding("mean", .texts, TargetEncoder(cv: 2))
        let target = Target.labels(try frame.labels(of: "bought"))
        let (means, crossed) = try coded.fitTransform(frame, features: features, target: target)
        expectClose(try crossed.written(), try oracle.matrix("coded"), relative: 1e-12)
        expectClose(try means.encode(later), try oracle.matrix("targetNewcomers"), relative: 1e-12)
        #expect(throws: ApusError.self) { try coded.fit(frame, features: features) }
    }

    @Test func boxesComeOutToTheLastDigit() throws {
        let oracle = try Oracle("columns/boxes")
        var frame = try DataFrame(columns: [
            Column("length", [2.0, 3.5, 1.25, 4.0, 5.1]), Column("width", [1.0, 2.2, 0.75, 3.0, 2.4]),
            Column("height", [0.5, 1.1, 2.0, 1.7, 0.9]),
        ])
        let sides = ["length", "width", "height"]
        frame["area"] = frame.length * frame.width
        frame["volume"] = frame.area * frame.height
        #expect(try printed((frame["area"] as Column).numbers()) == oracle.strings("area"))
        #expect(try printed((frame["volume"] as Column).numbers()) == oracle.strings("volume"))
        let x = try frame.matrix(of: sides)
        let both = try PolynomialFeatures(degree: 2, includeBias: false).fit(x)
        #expect(try printed(both.transform(x).values) == oracle.strings("both"))
        #expect(try both.outputNames(for: sides) == oracle.strings("bothNames"))
        let products = try PolynomialFeatures(degree: 3, interactionOnly: true, includeBias: false).fit(x)
        #expect(try printed(products.transform(x).values) == oracle.strings("products"))
        #expect(try products.outputNames(for: sides) == oracle.strings("productNames"))
        let composed = ColumnTransformer(remainder: .passthrough)
            .adding("poly", .named(sides), PolynomialFeatures(degree: 2, includeBias: false))
        let (model, rows) = try composed.fitTransform(frame)
        expectBitwise(try rows.written(), try oracle.matrix("x"))
        #expect(try model.featureNames == oracle.strings("names"))
        let line = try LinearRegression().fit(frame.matrix(of: ["area", "volume"]), oracle.doubles("weight"))
        #expect(
            try printed(line.predict(frame.matrix(of: ["area", "volume"]))) == oracle.strings("predicted"))
    }

    @Test func reviewsComeOutToTheLastDigit() throws {
        let oracle = try Oracle("columns/reviews")
        let reviews = try oracle.strings("reviews")
        let frame = try DataFrame(columns: [Column("review", reviews), Column("stars", try oracle.ints("stars"))])
        let composed = ColumnTransformer()
            .adding("text", .named(["review"]), TfidfVectorizer(ngramRange: 1...2))
            .passing("num", .named(["stars"]))
        let (model, rows) = try composed.fitTransform(frame)
        #expect(model.isSparse)
        expectClose(try rows.written(), try oracle.matrix("x"), relative: 1e-15)
        #expect(try printed(rows.written().values) == oracle.strings("printed"))
        #expect(try model.featureNames == oracle.strings("names"))
        let (words, counts) = try CountVectorizer(stopWords: .english).fitTransform(reviews)
        #expect(try words.vocabulary == oracle.strings("vocabulary"))
        #expect(try counts.dense == oracle.matrix("counts"))
        let bayes = try MultinomialNB().fit(counts, Labels(oracle.strings("liked")))
        let later = try words.transform(oracle.strings("later"))
        #expect(try printed(bayes.predictProba(later).values) == oracle.strings("probabilities"))
    }

    @Test func survivesTheFileAndServesRequests() throws {
        let (frame, later) = (try #require(Self.people), try #require(Self.newcomers))
        var plan = TrainingPlan(target: "bought")
        plan.testSize = nil
        plan.columnTransformer = Self.preparation
            .adding(
                "kept", .named(["income"]), SimpleImputer().then(FunctionTransformer(.log1p)).then(SelectKBest(k: 1))
            )
            .adding("mean", .named(["gender"]), TargetEncoder(cv: 2))
            .adding(
                "by tree", .named(["age", "income"]), SimpleImputer().then(SelectFromModel(DecisionTreeClassifier()))
            )
            .adding("rest", .named(["age", "gender"]), FrameEncoder())
        let model = try plan.run(on: frame).model
        let read = try TrainedModel(model.encoded())
        #expect(try read.encoded() == model.encoded())
        #expect(read.encoder.featureNames == model.encoder.featureNames)
        #expect(read.encoder.featureNames.contains("kept__income"))
        #expect(read.encoder.featureNames.contains("rest__gender_nan"))
        let expected = try model.predict(later, probabilities: true)
        #expect(try read.predict(later, probabilities: true) == expected)
        #expect(read.encoder.inputColumns.map(\.schema.name) == ["age", "income", "gender"])
        let cells: [[Cell]] = [[40, nil, "unknown"], [nil, 50000, nil]]
        #expect(try read.predict(rows: cells, probabilities: true) == expected)
        #expect(throws: ApusError.self) { try read.predict(rows: [[40, nil]]) }
        #expect(throws: ApusError.self) { try read.predict(rows: [["forty", nil, "male"]]) }
        #expect(read.encoder.csvOptions().types["age"] == .double)

        var damaged = 0
        let file = try Safetensors(model.encoded())
        for key in file.tensors.keys.sorted() where key.hasPrefix("encoder") {
            var tensors = file.tensors
            tensors[key] = nil
            let bytes = try Safetensors(tensors: tensors, metadata: file.metadata).encoded()
            do { _ = try TrainedModel(bytes) } catch {
                damaged += (error as? ApusError)?.code == .unreadableModel ? 1 : 0
            }
        }
        #expect(damaged > 10)

        plan.columnTransformer = ColumnTransformer()
            .adding("num", .named(["income"]), SimpleImputer().then(ClosureTransformer("thousands") { $0 / 1000 }))
        let closed = try plan.run(on: frame).model
        #expect(try closed.predict(later).count == 2)
        let error = #expect(throws: ApusError.self) { try closed.encoded() }
        #expect(error?.message.contains("thousands") == true)
    }

    @Test func saysWhichColumnStandsInTheWay() throws {
        let (frame, later) = (try #require(Self.people), try #require(Self.newcomers))
        func message(_ body: () throws -> some Any) -> String {
            do { _ = try body() } catch { return (error as? ApusError)?.message ?? "foreign: \(error)" }
            return ""
        }
        #expect(message { try ColumnTransformer().fit(frame) }.contains("No branch"))
        let scaled = ColumnTransformer().adding("num", .named(["age", "gender"]), StandardScaler())
        #expect(message { try scaled.fit(frame) }.contains("“gender” holds text"))
        let filled = ColumnTransformer().adding("cat", .texts, SimpleImputer(strategy: .mostFrequent))
        #expect(message { try filled.fit(frame) }.contains("holds text"))
        let absent = ColumnTransformer().adding("num", .named(["aeg"]), SimpleImputer())
        #expect(message { try absent.fit(frame) }.contains("did you mean age?"))
        let twice = Self.preparation.adding("num", .numbers, SimpleImputer())
        #expect(message { try twice.fit(frame) }.contains("names must differ"))
        let clash = ColumnTransformer(verboseFeatureNamesOut: false)
            .adding("a", .named(["age"]), SimpleImputer()).adding("b", .named(["age"]), SimpleImputer())
        #expect(message { try clash.fit(frame) }.contains("“age”"))
        let passed = ColumnTransformer(remainder: .passthrough).adding("a", .named(["age"]), SimpleImputer())
        #expect(message { try passed.fit(frame) }.contains("cannot be passed on"))
        #expect(try passed.dropping(.texts).fit(frame).featureNames == ["a__age", "remainder__income"])

        let strict = ColumnTransformer().adding("cat", .named(["gender"]), OneHotEncoder())
        let model = try strict.fit(frame)
        #expect(message { try model.encode(later) }.contains("holds “unknown” in data row 1"))
        let whole = try Self.preparation.fit(frame, features: ["age", "income", "gender"])
        #expect(message { try whole.encode(later.dropping(columns: ["age", "gender"])) }.contains("“age”, “gender”"))
        let typed = try DataFrame(columns: [
            Column("age", ["old"]), Column("income", [1.0]), Column("gender", ["male"]),
        ])
        #expect(message { try whole.encode(typed) }.contains("“age” holds “old” in data row 1"))
        // A number where text was learned is read as text.
        let numbered = try DataFrame(columns: [Column("age", [1.0]), Column("income", [1.0]), Column("gender", [7])])
        #expect(try whole.encode(numbered).values.suffix(3) == [0, 0, 0])
        var roles = frame
        try roles.assign(.target, to: ["bought"])
        try roles.assign(.sensitive, to: ["gender"])
        let byRole = ColumnTransformer().adding("group", .role(.sensitive), OneHotEncoder())
        #expect(try byRole.fit(roles).featureNames.first == "group__gender_female")
    }

    @Test func theBestNumberOfFeaturesIsTheReferences() throws {
        let example = try #require(
            Oracle("transformers/by-model").array("cases").first { try $0.string("name") == "cv" })
        let (x, y) = (try example.matrix("x"), Labels(try example.ints("y")))
        let result = try RFECV(LogisticRegression(), cv: 4).result(x, .labels(y))
        #expect(try result.featureCounts == example.ints("counts"))
        #expect(try result.model.ranking == example.ints("ranking"))
        expectClose(result.meanScores, try example.doubles("scores"), absolute: 1e-12)
        #expect(try RFECV(LogisticRegression(), cv: 4).then(LogisticRegression()).fit(x, y).first == result.model)
        #expect(throws: ApusError.self) { try RFECV(LogisticRegression(), scoring: "r2").fit(x, y) }
        #expect(throws: ApusError.self) {
            try RFECV(LinearRegression()).fit(x, .labels(y), weights: [Double](repeating: 1, count: x.rows))
        }
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["APUS_DATA"] != nil))
    func adultWithMissingValuesIsPredictedAsByTheReference() throws {
        let oracle = try Oracle("columns/adult")
        var frame = try Datasets.load("adult")
        #expect(try frame.rowCount == oracle.int("rows"))
        for (name, part, rest) in [("age", 7, 3), ("hours-per-week", 11, 5)] {
            let values = try (frame[name] as Column).numbers()
            frame[name] = Column(name, values.enumerated().map { $0 % part == rest ? .nan : $1 })
        }
        let target = try #require(frame.columnNames.last)
        let preparation = ColumnTransformer()
            .adding("num", .numbers, SimpleImputer(strategy: .median).then(StandardScaler()))
            .adding("cat", .texts, SimpleImputer(strategy: .mostFrequent).then(OneHotEncoder(handleUnknown: .ignore)))
        var plan = TrainingPlan(target: target)
        plan.columnTransformer = preparation
        plan.settings = [("max_iter", "500")]
        plan.testSize = nil
        let train = frame.selecting(rows: 0..<6000)
        let model = try TrainedModel(plan.run(on: train).model.encoded())
        #expect(try model.encoder.featureNames == oracle.strings("names"))
        let held = frame.selecting(rows: 32561..<35561)
        guard case .labels(let predicted) = try model.predict(held).values else {
            Issue.record("no classes")
            return
        }
        let expected = try oracle.string("predicted").map { $0 == "1" ? ">50K" : "<=50K" }
        let differing = zip(predicted.strings, expected).count { $0 != $1 }
        #expect(differing == 0)
        let truth = try held.labels(of: target)
        let right = Double(zip(predicted.strings, truth.strings).count { $0 == $1 }) / 3000
        expectClose(right, try oracle.double("accuracy"), absolute: 1e-12)
        let folds = try plan.validate(on: frame.selecting(rows: 0..<1500), cv: StratifiedKFold(nSplits: 3))
        expectClose(folds.folds.compactMap { $0.scores.first?.value }, try oracle.doubles("folds"), absolute: 1e-12)
    }
}
