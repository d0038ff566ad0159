#if ONNX
import Apus
import ApusCore
import ApusFrame
import ApusLearn
import Foundation
import Testing

@testable import ApusONNX

/// Preparations of one's own. `Tests/Protocol/onnx_check.py` runs the graphs of the models that are kept in
/// `Tests/Fixtures/onnx`; with `APUS_ONNX_FIXTURES` set to a folder these tests write them anew there.
@Suite struct PipelineTests {
    private static let numbers = ColumnTransformer.Columns.named(["size", "plots"])

    private static let pipelines: [(name: String, model: @Sendable (DataFrame) throws -> TrainedModel)] = [
        (
            "scalers",
            { frame in
                try ColumnTransformer()
                    .adding("standard", numbers, SimpleImputer(addIndicator: true).then(StandardScaler()))
                    .adding(
                        "range", .named(["plots"]),
                        SimpleImputer().then(MinMaxScaler(rangeLower: -1, rangeUpper: 0.5, clip: true))
                    )
                    .adding("robust", numbers, SimpleImputer(strategy: .median).then(RobustScaler()))
                    .adding("largest", .named(["plots"]), SimpleImputer().then(MaxAbsScaler(clip: true)))
                    .then(LogisticRegression()).fit(frame, target: "grade").trained()
            }
        ),
        (
            "products",
            { frame in
                let filled = SimpleImputer(strategy: .constant, fillValue: 2)
                return try ColumnTransformer()
                    .adding("powers", numbers, filled.then(PolynomialFeatures(degree: 3)))
                    .adding(
                        "pairs", numbers, filled.then(PolynomialFeatures(interactionOnly: true, includeBias: false))
                    )
                    .adding("main", numbers, filled.then(PCA(whiten: true)))
                    .adding("log", numbers, filled.then(FunctionTransformer(.log1p)))
                    .adding("root", numbers, filled.then(FunctionTransformer(.cbrt)))
                    .adding("svd", numbers, filled.then(TruncatedSVD(nComponents: 1)))
                    .then(Ridge()).fit(frame, target: "yield").trained()
            }
        ),
        (
            "categories",
            { frame in
                let ordinal = OrdinalEncoder(
                    handleUnknown: .useEncodedValue, unknownValue: -1, encodedMissingValue: -2)
                let rare = OneHotEncoder(handleUnknown: .infrequentIfExist, minFrequency: .count(28))
                return try ColumnTransformer()
                    .adding("rare", .named(["crop"]), rare)
                    .adding("first", .named(["crop"]), OneHotEncoder(handleUnknown: .ignore, drop: .first))
                    .adding("filled", .named(["crop"]), FrameEncoder(categoricalImputation: .mostFrequent, scale: true))
                    .adding("numbers", .named(["plots"]), OneHotEncoder(handleUnknown: .ignore))
                    .adding("places", .named(["crop"]), ordinal)
                    .adding("means", .named(["crop"]), TargetEncoder())
                    .adding("missing", .named(["crop"]), MissingIndicator(features: .all))
                    .then(LogisticRegression()).fit(frame, target: "stars").trained()
            }
        ),
        (
            "lengths",
            { frame in
                let filled = SimpleImputer()
                return try ColumnTransformer()
                    .adding("l1", numbers, filled.then(Normalizer(norm: .l1)))
                    .adding("l2", numbers, filled.then(Normalizer(norm: .l2)))
                    .adding("max", numbers, filled.then(Normalizer(norm: .max)))
                    .adding("high", numbers, filled.then(Binarizer(threshold: 3)))
                    .adding("kept", numbers, filled.then(VarianceThreshold(threshold: 0.1)).then(SelectKBest(k: 1)))
                    .then(SVC(probability: true)).fit(frame, target: "good").trained()
            }
        ),
        (
            "missing",
            { frame in
                try ColumnTransformer(remainder: .passthrough)
                    .adding("crop", .named(["crop"]), OneHotEncoder(handleUnknown: .ignore))
                    .then(RandomForestClassifier(nEstimators: 15, maxDepth: 5)).fit(frame, target: "grade").trained()
            }
        ),
        (
            "boosted-missing",
            { frame in
                try ColumnTransformer(remainder: .passthrough)
                    .adding("crop", .named(["crop"]), OneHotEncoder(handleUnknown: .ignore))
                    .then(HistGradientBoostingClassifier(maxIter: 10, minSamplesLeaf: 4))
                    .fit(frame, target: "grade").trained()
            }
        ),
    ]

    /// The first four columns and what is to be predicted.
    private static func frame(_ name: String) throws -> DataFrame {
        let target = ["products": "yield", "categories": "stars", "lengths": "good"][name] ?? "grade"
        return try Fields.frame().selecting(columns: ["size", "plots", "crop", "wet", target])
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/onnx")

    @Test(arguments: pipelines.map(\.name))
    func preparationsAreWritten(_ name: String) throws {
        let pipeline = try #require(Self.pipelines.first { $0.name == name })
        let trained = try pipeline.model(Self.frame(name))
        let model = try ONNXModel(trained)
        // A column that several branches take is one input.
        #expect(Set(model.inputs.map(\.name)) == Set(trained.encoder.inputColumns.map(\.schema.name)))
        #expect(model.inputs.count == trained.encoder.inputColumns.count)
        if let target = ProcessInfo.processInfo.environment["APUS_ONNX_FIXTURES"] {
            try trained.write(to: "\(target)/\(name).apus")
            try Self.rows().write(csv: "\(target)/rows.csv")
        }
    }

    /// Rows to predict: some with texts and numbers that were not there in training.
    private static func rows() throws -> DataFrame {
        let frame = try Fields.frame()
        return try DataFrame(columns: [
            frame["size"], Column("plots", (0..<90).map { $0 % 7 == 3 ? nil : $0 % 8 } as [Int?]),
            Column("crop", (0..<90).map { [nil, "hay", "麦", "Rüben", "oats"][$0 % 5] } as [String?]), frame["wet"],
        ])
    }

    @Test(arguments: pipelines.map(\.name))
    func keptModelsHaveAForm(_ name: String) throws {
        let kept = try TrainedModel(contentsOf: Self.folder.appending(path: "\(name).apus").path)
        let rows = try DataFrame(csv: Self.folder.appending(path: "rows.csv").path, options: kept.encoder.csvOptions())
        #expect(try kept.predict(rows).count == 90)
        #expect(try ONNXModel(kept).encoded().count > 500)
    }
}
#endif
