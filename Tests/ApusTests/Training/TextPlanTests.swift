import Apus
import ApusCore
import ApusFrame
import ApusLearn
import Foundation
import Testing

@Suite struct TextPlanTests {
    static func frame(_ rows: Int = 60) throws -> DataFrame {
        let good = ["great phone", "love the fast screen", "good battery, great price", ""]
        let bad = ["terrible phone", "slow and heavy screen", "the battery died"]
        return try DataFrame(columns: [
            Column(
                "review",
                (0..<rows).map { row -> String? in
                    row % 11 == 5 ? nil : row % 2 == 0 ? good[row / 2 % 4] : bad[row / 2 % 3]
                }),
            Column("price", (0..<rows).map { Double($0 * 7 % 10) }),
            Column("shop", (0..<rows).map { ["here", "there"][$0 / 3 % 2] }),
            Column("liked", (0..<rows).map { $0 % 2 == 0 ? "yes" : "no" }),
        ])
    }

    @Test(arguments: [
        "multinomial-nb", "complement-nb", "bernoulli-nb", "logistic-regression", "linear-svc", "decision-tree",
    ])
    func textBesideOtherColumnsIsLearnedSavedAndServed(_ name: String) throws {
        let frame = try Self.frame()
        for vectorizer in TextVectorization.allCases where vectorizer != .hashing || name.hasPrefix("l") {
            var plan = TrainingPlan(target: "liked")
            plan.model = name
            plan.text = ["review"]
            plan.vectorizer = vectorizer
            if vectorizer == .hashing { plan.settings = [("vectorizer.n_features", "512")] }
            let result = try plan.run(on: frame)
            let model = try TrainedModel(result.model.encoded())
            #expect(try model.encoded() == result.model.encoded())
            #expect(model.encoder.isSparse)
            if vectorizer != .hashing {
                #expect(Array(model.encoder.featureNames.prefix(3)) == ["price", "shop_here", "shop_there"])
                #expect(model.encoder.featureNames.contains("review__battery"))
            }
            // The file shows how columns were distributed, but not what people wrote.
            #expect(model.summary.references.map(\.column) == ["price", "shop"])
            let probabilities = model.givesProbabilities
            let predicted = try model.predict(frame, probabilities: probabilities)
            #expect(try predicted == result.model.predict(frame, probabilities: probabilities))
            let rows: [[Cell]] = [[3, "here", "great great price"], [3, "nowhere", nil], [nil, nil, ""]]
            #expect(model.encoder.inputColumns.map(\.schema.name) == ["price", "shop", "review"])
            #expect(try model.predict(rows: rows, probabilities: probabilities).count == 3)
            #expect(try Evaluation(of: model, on: frame).judgement.scores.isEmpty == false)
            let validated = try plan.validate(on: frame)
            #expect(validated.folds.allSatisfy { $0.failure == nil })
        }
    }

    @Test func predictsWhatTheLibraryPredicts() throws {
        let frame = try Self.frame().selecting(columns: ["review", "liked"])
        var plan = TrainingPlan(target: "liked")
        plan.model = "multinomial-nb"
        plan.text = ["review"]
        plan.vectorizer = .count
        plan.settings = [("alpha", "0.5"), ("vectorizer.ngramRange", "1-2"), ("vectorizer.stop_words", "english")]
        plan.testSize = nil
        let model = try plan.run(on: frame).model
        let texts = try (frame["review"] as Column).documents
        let (words, rows) = try CountVectorizer(stopWords: .english, ngramRange: 1...2).fitTransform(texts)
        let bayes = try MultinomialNB(alpha: 0.5).fit(rows, frame.labels(of: "liked"))
        #expect(model.encoder.featureNames == words.vocabulary.map { "review__\($0)" })
        #expect(
            try model.predict(frame, probabilities: true).probabilities
                == bayes.predictProba(words.transform(texts)))
    }

    @Test func saysWhatCannotBe() throws {
        let frame = try Self.frame()
        func message(_ change: (inout TrainingPlan) -> Void) -> String {
            var plan = TrainingPlan(target: "liked")
            plan.text = ["review"]
            change(&plan)
            do { _ = try plan.run(on: frame) } catch { return (error as? ApusError)?.message ?? "foreign: \(error)" }
            return ""
        }
        #expect(message { $0.text = ["reviews"] }.contains("did you mean review?"))
        #expect(message { $0.text = ["liked"] }.contains("the target"))
        #expect(message { $0.dropped = ["review"] }.contains("dropped"))
        #expect(message { $0.text = ["review", "review"] }.contains("twice"))
        #expect(message { $0.settings = [("vectorizer.colour", "red")] }.contains("colour"))
        #expect(
            message {
                $0.text = []
                $0.settings = [("vectorizer.binary", "true")]
            }.contains("--text"))
        #expect(message { $0.columnTransformer = ColumnTransformer() }.contains("A ColumnTransformer is given"))
        // A million columns of zeros are not written out behind anybody's back.
        let wide = message {
            $0.vectorizer = .hashing
            $0.model = "decision-tree"
            $0.settings = [("vectorizer.n_features", "200000000")]
        }
        #expect(wide.contains("mostly zeros"))
    }
}
