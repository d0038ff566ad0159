#if ONNX
import Apus
import ApusCore
import ApusFrame
import ApusLearn
import ApusONNX
import Testing

/// What has no form in ONNX is refused by name, never written in part.
@Suite struct RefusalTests {
    private func refusal(_ trained: TrainedModel) throws -> String {
        let error = try #require(throws: ApusError.self) { try ONNXModel(trained) }
        #expect(error.code == .invalidParameter)
        return error.message
    }

    @Test(arguments: ["k-neighbors", "categorical-nb"])
    func aModelIsRefusedByNameWithThoseThatAreNot(_ name: String) throws {
        let message = try refusal(
            Fields.model("stars", name) { if name == "categorical-nb" { $0.dropped.append("size") } })
        #expect(
            message.hasPrefix("This model cannot be exported: the model \(name) has no form in ONNX; train one of "))
        for other in ["logistic-regression", "random-forest", "hist-gradient-boosting", "svc", "nu-svr", "gaussian-nb"]
        {
            #expect(message.contains(", \(other)") || message.contains(" \(other),"), "\(other)")
        }
        #expect(!message.contains(", \(name)") && !message.contains("radius-neighbors"))
    }

    @Test func aCalibratedModelIsRefusedForWhatIsInside() throws {
        let message = try refusal(Fields.model("grade", "k-neighbors") { $0.calibration = .sigmoid })
        #expect(message.contains("the model k-neighbors has no form"))
    }

    @Test func readingTextIsRefused() throws {
        let message = try refusal(Fields.model("grade", "logistic-regression") { $0.text = ["crop"] })
        #expect(message.contains("the step tfidf-vectorizer of the preparation has no form in ONNX; prepare with "))
        #expect(message.contains("standard-scaler") && message.contains("one-hot-encoder"))
    }

    @Test func stepsThatWouldHaveToRefuseRowsAreRefused() throws {
        func trained(_ preparation: ColumnTransformer) throws -> TrainedModel {
            try preparation.then(Ridge()).fit(Fields.frame(), target: "yield").trained()
        }
        let unseen = try refusal(trained(ColumnTransformer().adding("all", .texts, FrameEncoder(unseen: .error))))
        #expect(unseen.contains("set unseen to ignore"))
        let unknown = try refusal(trained(ColumnTransformer().adding("cat", .named(["crop"]), OneHotEncoder())))
        #expect(unknown.contains("set handleUnknown to ignore"))
        let codes = try refusal(
            trained(ColumnTransformer().adding("cat", .named(["crop"]), OrdinalEncoder(encodedMissingValue: -1))))
        #expect(codes.contains("set handleUnknown to useEncodedValue"))
        let bins = try refusal(trained(ColumnTransformer().adding("n", .named(["plots"]), KBinsDiscretizer())))
        #expect(bins.contains("the step k-bins-discretizer of the preparation"))
    }

    @Test func aColumnWithoutANameIsRefused() throws {
        let frame = try Fields.frame().renaming(columns: ["size": ""])
        var plan = TrainingPlan(target: "good")
        plan.model = "logistic-regression"
        let trained = try plan.run(on: frame).model
        let error = try #require(throws: ApusError.self) { try ONNXModel(trained) }
        #expect(error.code == .invalidSchema && error.message.contains("no name"))
    }

    @Test func unsmoothedCountsAreRefused() throws {
        let message = try refusal(
            Fields.model("stars", "multinomial-nb", [("alpha", "0"), ("forceAlpha", "true")]))
        #expect(message.contains("a multinomial-nb without smoothing") && message.contains("set alpha above 0"))
    }
}
#endif
