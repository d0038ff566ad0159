import ApusCore
import ApusEvaluation
import ApusFrame
import ApusLearn
import Testing

@testable import Apus

/// What a fold's model learned, from imputation to balancing, comes from the rows it is trained on alone: its scores are those
/// of a plan that never saw any other row.
@Suite struct LeakageTests {
    /// 120 rows, 36 of them “yes”: gaps, texts of which many occur once, and numbers far apart from row to row.
    private static func table() throws -> DataFrame {
        let rows = 0..<120
        func draw(_ row: Int, _ factor: Int, _ size: Int) -> Int { (row * row * factor + row * 31 + 7) % size }
        let words = ["good", "bad", "slow", "fast", "kind", "loud"]
        return try DataFrame(columns: [
            Column("size", rows.map { draw($0, 17, 11) == 0 ? nil : Double(draw($0, 13, 97)) * ($0 > 80 ? 40 : 1) }),
            Column("town", rows.map { draw($0, 5, 9) == 0 ? nil : "town \(draw($0, 3, 40))" }),
            Column("open", rows.map { draw($0, 29, 3) == 0 }),
            Column(
                "review",
                rows.map { "\(words[draw($0, 7, 6)]) \(words[draw($0, 11, 6)]) only\($0) day\(draw($0, 19, 30))" }),
            Column("liked", rows.map { draw($0, 23, 10) < 3 ? "yes" : "no" }),
        ])
    }

    private static let plans: [(name: String, plan: TrainingPlan)] = {
        func plan(_ change: (inout TrainingPlan) -> Void) -> TrainingPlan {
            var plan = TrainingPlan(target: "liked")
            plan.model = "logistic-regression"
            plan.settings = [("c", "0.5")]
            plan.dropped = ["review"]
            plan.seed = 4
            plan.testSize = nil
            change(&plan)
            return plan
        }
        func text(_ plan: inout TrainingPlan, _ vectorizer: TextVectorization) {
            plan.dropped = []
            plan.text = ["review"]
            plan.vectorizer = vectorizer
        }
        let composed = ColumnTransformer()
            .adding("num", .numbers, SimpleImputer(strategy: .median).then(StandardScaler()))
            .adding("mean", .named(["town"]), TargetEncoder(cv: 3))
        var plans = [
            ("default", plan { _ in }), ("scaled", plan { $0.scale = true }),
            ("tf-idf", plan { text(&$0, .tfidf) }), ("counts", plan { text(&$0, .count) }),
            ("column transformer", plan { $0.columnTransformer = composed }),
            ("calibrated", plan { $0.calibration = .sigmoid }),
            (
                "balanced column transformer",
                plan {
                    $0.columnTransformer = composed
                    $0.balance = Balancing(.smote)
                }
            ),
        ]
        for method in Balancing.Method.allCases {
            plans.append(("balanced by \(method.rawValue)", plan { $0.balance = Balancing(method) }))
            plans.append(
                (
                    "text balanced by \(method.rawValue)",
                    plan {
                        text(&$0, .count)
                        $0.balance = Balancing(method)
                    }
                ))
        }
        return plans
    }()

    @Test(arguments: plans.indices)
    func aFoldKnowsNothingOfTheRowsItIsTestedOn(_ index: Int) throws {
        let (name, plan) = Self.plans[index]
        let frame = try Self.table()
        let truth = try Truth("liked", .classification, in: frame)
        let scorers = try ["neg_log_loss", "roc_auc", "accuracy"].map(Scorer.named)
        let cv = StratifiedKFold(nSplits: 3, shuffle: true, seed: 2)
        let splits = try cv.split(rows: frame.rowCount, labels: frame.labels(of: "liked"), groups: nil)
        let alone = try splits.map { split -> [Double?] in
            // A model of a table that has no other rows.
            let model = try plan.run(on: frame.selecting(rows: split.train)).model
            let answer = try model.predictForScores(model.encoder.prepare(frame.selecting(rows: split.test)))
            return try scorers.map {
                try TrainingPlan.score($0, answer, truth.selecting(rows: split.test), model.classes, nil).value
            }
        }
        let validated = try plan.validate(on: frame, cv: cv, scoring: scorers)
        #expect(validated.folds.compactMap(\.failure).isEmpty, "\(name)")
        #expect(validated.folds.map { $0.scores.map(\.value) } == alone, "\(name)")
        var search = TrainingSearch(["c": [0.5, 2]], .grid)
        search.cv = cv
        search.scoring = scorers.map(\.name)
        search.refit = false
        let found = try plan.search(search, on: frame).candidates[0]
        #expect(found.failure == nil, "\(name): \(found.failure ?? "")")
        for (place, scores) in found.foldScores.enumerated() {
            #expect(scores == alone.map { $0[place] }, "\(name): \(scorers[place].name)")
        }
    }

    @Test func aWordOfTheTestRowsIsInNoVocabulary() throws {
        let frame = try Self.table()
        var plan = TrainingPlan(target: "liked")
        plan.text = ["review"]
        let splits = try KFold(nSplits: 3).split(rows: 120)
        for split in splits {
            let known = try Truth("liked", .classification, in: frame).selecting(rows: split.train)
            let (encoder, _) = try plan.prepared(
                frame.selecting(rows: split.train), features: ["size", "town", "open", "review"], known)
            for row in split.train { #expect(encoder.featureNames.contains("review__only\(row)")) }
            for row in split.test { #expect(!encoder.featureNames.contains("review__only\(row)")) }
        }
    }
}
