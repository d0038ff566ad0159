import Apus
import ApusCore
import ApusFrame
import ApusLearn
import ApusTrust
import Testing

/// Mitigations beside everything else that a training can be told.
@Suite struct FairCombinationTests {
    /// 800 rows: merit decides, 40 % of the deserving f were written down as not, and the words of a text follow merit and sex.
    static let frame: DataFrame = {
        var random = RandomState(seed: 21)
        var (score, sex, note, hired): ([Double], [String], [String], [String]) = ([], [], [], [])
        for row in 0..<800 {
            let merit = random.gaussian()
            let isF = row % 2 == 0
            score.append(merit + 0.8 * random.gaussian())
            sex.append(isF ? "f" : "m")
            let words = [
                merit > 0 ? "strong" : "weak", merit > 0.8 ? "brilliant" : "plain", isF ? "netball" : "rugby",
                ["monday", "friday"][row / 2 % 2],
            ]
            note.append(words.joined(separator: " "))
            let deserves = merit + 0.3 * random.gaussian() > 0.2
            hired.append(deserves && !(isF && random.uniform() < 0.4) ? "yes" : "no")
        }
        return
            (try? DataFrame(columns: [
                Column("score", score), Column("sex", sex), Column("note", note), Column("hired", hired),
            ])) ?? DataFrame()
    }()

    private func plan(_ mitigation: FairTraining.Mitigation) -> TrainingPlan {
        var plan = TrainingPlan(target: "hired")
        plan.sensitive = ["sex"]
        plan.dropped = ["note"]
        plan.fair = FairTraining(constraint: .demographicParity, mitigation: mitigation)
        if mitigation == .reductions { plan.settings = [("mitigation.maxIter", "8")] }
        if mitigation == .adversarial { plan.settings = [("mitigation.batchSize", "32")] }
        return plan
    }

    private func gaps(_ result: TrainingPlan.Result) throws -> (before: Double, after: Double) {
        let fairness = try #require(result.model.summary.fairness)
        func gap(_ scores: [TrainingSummary.Score]) throws -> Double {
            try #require(scores.first { $0.name == "demographicParityDifference" }?.value)
        }
        return (try gap(fairness.before), try gap(fairness.after))
    }

    /// The file reads back to the same model, which answers tables and requests alike.
    private func survives(_ model: TrainedModel, _ frame: DataFrame = Self.frame) throws {
        let again = try TrainedModel(model.encoded())
        #expect(try again.encoded() == model.encoded())
        let answers = try model.predict(frame, probabilities: true)
        #expect(try again.predict(frame, probabilities: true) == answers)
        let names = model.encoder.inputColumns.map(\.schema.name)
        let rows = try (0..<20).map { row in try names.map { try frame[row, $0] } }
        #expect(try again.predict(rows: rows, probabilities: true) == answers.rows(0..<20))
    }

    @Test(arguments: FairTraining.Mitigation.allCases)
    func textColumnsAreMitigated(_ mitigation: FairTraining.Mitigation) throws {
        var plan = plan(mitigation)
        plan.dropped = []
        plan.text = ["note"]
        let result = try plan.run(on: Self.frame)
        let (before, after) = try gaps(result)
        #expect(before > 0.12, "\(mitigation)")
        #expect(after < before - 0.03, "\(mitigation): \(before) to \(after)")
        #expect(result.model.encoder.isSparse)
        try survives(result.model)
        let validated = try plan.validate(on: Self.frame)
        #expect(validated.folds.allSatisfy { $0.failure == nil }, "\(validated.folds.compactMap(\.failure))")
    }

    @Test(arguments: FairTraining.Mitigation.allCases)
    func preparationsOfOnesOwnAreMitigated(_ mitigation: FairTraining.Mitigation) throws {
        let preparation = ColumnTransformer()
            .adding("num", .numbers, StandardScaler())
            .adding("cat", .named(["sex"]), OneHotEncoder(handleUnknown: .ignore))
        var plan = plan(mitigation)
        plan.columnTransformer = preparation
        let result = try plan.run(on: Self.frame)
        let (before, after) = try gaps(result)
        #expect(after < before - 0.03, "\(mitigation): \(before) to \(after)")
        // Without its mitigation the model is the one of the same preparation alone.
        var plain = plan
        plain.fair = nil
        let unfair = try plain.run(on: Self.frame).model.summary.disparities
        #expect(unfair?.first { $0.metric == "demographicParityDifference" }?.value == before)
        try survives(result.model)
    }

    @Test func groupsAreToldByColumnsThatNothingLearnsFrom() throws {
        let preparation = ColumnTransformer(remainder: .passthrough).adding("num", .numbers, MinMaxScaler())
        for mitigation in [FairTraining.Mitigation.threshold, .correlationRemover] {
            var plan = plan(mitigation)
            plan.columnTransformer = preparation
            plan.dropped = ["note", "sex"]
            let result = try plan.run(on: Self.frame)
            let names = result.model.encoder.featureNames
            #expect(names == ["num__score", "sensitive_groups__sex_f", "sensitive_groups__sex_m"], "\(mitigation)")
            let (before, after) = try gaps(result)
            if mitigation == .threshold { #expect(after < before) }
            try survives(result.model)
        }
    }

    @Test(arguments: FairTraining.Mitigation.allCases)
    func calibrationLeavesTheDecisionsToTheMitigation(_ mitigation: FairTraining.Mitigation) throws {
        let plain = try plan(mitigation).run(on: Self.frame)
        var plan = plan(mitigation)
        plan.calibration = .sigmoid
        let result = try plan.run(on: Self.frame)
        #expect(try result.model.predict(Self.frame).values == plain.model.predict(Self.frame).values, "\(mitigation)")
        #expect(result.model.summary.decision?.keepsDecisions == true)
        // Probabilities are of the truth: on the training rows their mean is the share of yes.
        let rows = try Self.frame.selecting(rows: result.split.train)
        let known = try #require(try result.model.predict(rows, probabilities: true).probabilities)
        let truth = try rows.labels(of: "hired").strings
        let share = Double(truth.count { $0 == "yes" }) / Double(truth.count)
        #expect(abs(known.column(1).reduce(0, +) / Double(truth.count) - share) < 0.03, "\(mitigation)")
        let loss = { (table: Matrix) -> Double in
            zip(table.column(1), truth).reduce(0) {
                $0 + ($1.0 - ($1.1 == "yes" ? 1 : 0)) * ($1.0 - ($1.1 == "yes" ? 1 : 0))
            }
                / Double(truth.count)
        }
        let bare = try #require(try plain.model.predict(rows, probabilities: true).probabilities)
        #expect(loss(known) < loss(bare) + 0.004, "\(mitigation): \(loss(known)) after \(loss(bare))")
        try survives(result.model)
    }

    @Test(arguments: [FairTraining.Mitigation.reweighing, .adversarial, .correlationRemover])
    func aThresholdIsTunedOnWhatBoundsNothing(_ mitigation: FairTraining.Mitigation) throws {
        var plan = plan(mitigation)
        plan.thresholdScore = "f1"
        for calibration in [CalibrationMethod?.none, .isotonic] {
            plan.calibration = calibration
            let result = try plan.run(on: Self.frame)
            let decision = try #require(result.model.summary.decision)
            #expect(decision.scoring == "f1" && decision.positive == "yes" && decision.threshold != nil)
            #expect(result.judgement.scores.first { $0.name == "f1" }?.value ?? 0 > 0.4)
            try survives(result.model)
        }
    }

    @Test(arguments: FairTraining.Mitigation.allCases)
    func balancedRowsKeepTheirGroups(_ mitigation: FairTraining.Mitigation) throws {
        let methods: [Balancing.Method] =
            switch mitigation {
            case .threshold: [.weights]
            case .correlationRemover: [.weights, .over, .smote]
            default: [.weights, .over, .under, .tomek]
            }
        for method in methods {
            var plan = plan(mitigation)
            plan.balance = Balancing(method)
            let result = try plan.run(on: Self.frame)
            let balance = try #require(result.model.summary.balance)
            #expect(balance.method == method.rawValue)
            if method == .over { #expect(Set(balance.classes.map(\.after)).count == 1) }
            #expect(
                balance.remarks.contains { $0.contains("balanced rows") }
                    == [.reductions, .gridSearch].contains(mitigation), "\(mitigation) \(method)")
            let (before, after) = try gaps(result)
            #expect(after < before, "\(mitigation) \(method): \(before) to \(after)")
            try survives(result.model)
        }
    }

    @Test func senselessCombinationsSayWhy() throws {
        func message(_ mitigation: FairTraining.Mitigation, _ change: (inout TrainingPlan) -> Void) throws -> String {
            var plan = plan(mitigation)
            change(&plan)
            return try #require(throws: ApusError.self) { try plan.run(on: Self.frame) }.message
        }
        #expect(try message(.threshold) { $0.thresholdScore = "f1" }.contains("a threshold for each group already"))
        for mitigation in [FairTraining.Mitigation.reductions, .gridSearch] {
            #expect(try message(mitigation) { $0.thresholdScore = "f1" }.contains("other decisions"))
        }
        for method in [Balancing.Method.smote, .borderlineSMOTE, .smotenc, .adasyn] {
            #expect(try message(.reductions) { $0.balance = Balancing(method) }.contains("belong to no group"))
        }
        #expect(try message(.threshold) { $0.balance = Balancing(.over) }.contains("--balance weights"))
        #expect(
            try message(.threshold) {
                $0.model = "gaussian-nb"
                $0.balance = Balancing(.weights)
            }.contains("class_weight"))
        #expect(
            try message(.reweighing) {
                $0.balance = Balancing(.over)
                $0.calibration = .sigmoid
            }.contains("--balance weights"))
        #expect(try message(.reductions) { $0.fair?.bound = 3 }.contains("from 0 to 1"))
    }

    @Test func numbersHaveABoundOnTheLossOfEachGroup() throws {
        var random = RandomState(seed: 3)
        var (x, group, pay): ([Double], [String], [Double]) = ([], [], [])
        for row in 0..<400 {
            let value = random.gaussian()
            x.append(value)
            group.append(row % 5 == 0 ? "small" : "large")
            pay.append(row % 5 == 0 ? 2 - value + 0.3 * random.gaussian() : value + 0.3 * random.gaussian())
        }
        let frame = try DataFrame(columns: [Column("x", x), Column("group", group), Column("pay", pay)])
        var plan = TrainingPlan(target: "pay")
        plan.sensitive = ["group"]
        plan.dropped = ["group"]
        plan.fair = FairTraining(constraint: .boundedGroupLoss, bound: 2.5)
        let result = try plan.run(on: frame)
        #expect(result.model.catalogName == "group-loss-regressor")
        let fairness = try #require(result.model.summary.fairness)
        #expect(fairness.keepsBound == true && (fairness.achieved ?? 9) <= 2.5 + 1e-6, "\(fairness.achieved ?? .nan)")
        let plain = try LinearRegression().fit(Matrix(column: x), pay).predict(Matrix(column: x))
        func worst(_ predictions: [Double]) -> Double {
            let rows = group.indices.filter { group[$0] == "small" }
            return rows.reduce(0) { $0 + (predictions[$1] - pay[$1]) * (predictions[$1] - pay[$1]) }
                / Double(rows.count)
        }
        guard case .numbers(let fair) = try result.model.predict(frame).values else {
            Issue.record("not numbers")
            return
        }
        #expect(worst(plain) > 3 && worst(fair) < 2.8)
        let again = try TrainedModel(result.model.encoded())
        #expect(try again.predict(frame).values == .numbers(fair))
        #expect(try TrainingReport(result, data: "pay", frame: frame, seconds: 1).page().html.contains("Mitigation"))
        plan.settings = [("mitigation.loss", "absolute")]
        #expect(try plan.run(on: frame).model.parameters["loss"] == "absolute")
        plan.fair?.bound = nil
        #expect(try #require(throws: ApusError.self) { try plan.run(on: frame) }.message.contains("--fair-bound"))
        plan.fair = FairTraining(constraint: .demographicParity)
        #expect(try #require(throws: ApusError.self) { try plan.run(on: frame) }.message.contains("bounded-group-loss"))
    }
}
