import ApusCore
import ApusEvaluation
import ApusFrame
import ApusLearn
import ApusTestSupport
import Testing

@testable import Apus

@Suite struct BalancingTests {
    /// 150 rows, 30 of them "yes", with gaps, text, truth values and two numbers.
    private static func table() throws -> DataFrame {
        var random = RandomState(seed: 5)
        let n = 150
        let hired = (0..<n).map { $0 % 5 == 0 }
        let points = hired.map { $0 ? random.gaussian() + 1 : random.gaussian() }
        let age = hired.map { $0 ? 30 + random.gaussian() * 5 : 35 + random.gaussian() * 5 }
        return try DataFrame(columns: [
            Column("town", (0..<n).map { ["Graz", "Wien", "Linz"][($0 * 7) % 3] }), Column("points", points),
            Column("driver", (0..<n).map { ($0 * 11) % 4 == 0 }), Column("age", age),
            Column("hired", hired.map { $0 ? "yes" : "no" }),
        ])
    }

    private static func plan(_ method: Balancing.Method, _ settings: [(name: String, value: String)] = [])
        -> TrainingPlan
    {
        var plan = TrainingPlan(target: "hired")
        plan.model = "decision-tree"
        plan.seed = 3
        plan.stratify = true
        plan.balance = Balancing(method, settings: settings)
        return plan
    }

    @Test(arguments: Balancing.Method.allCases) func fitsOnBalancedRowsAndJudgesTheTable(_ method: Balancing.Method)
        throws
    {
        let table = try Self.table()
        var plan = Self.plan(method)
        plan.sensitive = ["driver"]
        let result = try plan.run(on: table)
        let balance = try #require(result.model.summary.balance)
        #expect(balance.method == method.rawValue)
        #expect(balance.classes.map(\.name) == ["no", "yes"])
        #expect(balance.classes.map(\.before) == [96, 24])
        let after = balance.classes.map(\.after)
        switch method {
        case .smote, .borderlineSMOTE, .smotenc, .over: #expect(after == [96, 96])
        case .adasyn: #expect(after[0] == 96 && abs(after[1] - 96) <= 12)
        case .under: #expect(after == [24, 24])
        case .tomek: #expect(after[0] < 96 && after[1] == 24)
        case .weights:
            #expect(after == [96, 24])
            let weights: [Double?] = [0.625, 2.5]
            #expect(balance.classes.map(\.weight) == weights)
            #expect(result.model.parameters["classWeight"] == "balanced")
        }
        let seed: JSONValue? = method == .tomek || method == .weights ? nil : .int(3)
        #expect(balance.parameters["seed"] == seed)
        // All but the fit is about the rows of the table.
        plan.balance = nil
        let plain = try plan.run(on: table)
        #expect(plain.model.summary.balance == nil)
        #expect(result.split == plain.split && result.train.prediction.count == 120)
        #expect(result.model.summary.references == plain.model.summary.references)
        #expect(result.model.summary.groups.map(\.rows) == plain.model.summary.groups.map(\.rows))
        let read = try TrainedModel(result.model.encoded())
        #expect(read.summary == result.model.summary)
        #expect(read.text(file: "m.apus").contains(method == .weights ? "Classes balanced by weights" : "became"))
        #expect(result.text(data: "table", seconds: 1).contains("fitted on"))
        let json = result.json(seconds: 1, file: nil).objectValue?["balance"]?.objectValue
        #expect(json?["method"] == .string(method.rawValue))
    }

    @Test func keepsCategoriesWholeWithSmotenc() throws {
        let table = try Self.table()
        let labels = Labels((0..<150).map { $0 % 5 == 0 ? "yes" : "no" })
        let encoder = try FrameEncoder().fit(table, features: ["town", "points", "driver", "age"])
        let x = try encoder.encode(table)
        let balanced = try Balancing(.smotenc).apply(to: .dense(x), labels, encoder, seed: 0)
        let rows = try balanced.x.written()
        #expect(rows.rows == 240 && rows.columns == 6)
        #expect(rows.selecting(rows: Array(0..<150)) == x)
        #expect(balanced.sources == (0..<240).map { $0 < 150 ? $0 : nil })
        for row in 150..<240 {
            let levels: [Double] = (0..<3).map { rows[row, $0] }.sorted()
            #expect(levels == [0, 0, 1])
            #expect([0, 1].contains(rows[row, 4]))
        }
        // The same as the library's on a table of level numbers.
        let compact = Matrix(
            rows: 150, columns: 4,
            values: (0..<150).flatMap { row -> [Double] in
                let level = (0..<3).first { x[row, $0] == 1 } ?? -1
                return [Double(level), x[row, 3], x[row, 4], x[row, 5]]
            })
        let direct = try SMOTENC(categoricalFeatures: [0, 2]).fitResample(compact, labels)
        #expect(direct.x.column(1) == rows.column(3) && direct.x.column(2) == rows.column(4))
        #expect(balanced.balance.remarks.isEmpty)
        let blurred = try Balancing(.smote).apply(to: .dense(x), labels, encoder, seed: 0)
        #expect(blurred.balance.remarks.first?.contains("smotenc") == true)
    }

    @Test func balancesTheTrainingRowsOfEachFoldAlone() throws {
        let table = try Self.table()
        let result = try Self.plan(.over).validate(on: table, cv: StratifiedKFold(nSplits: 3))
        #expect(result.folds.map(\.testRows) == [50, 50, 50])
        #expect(
            result.folds.compactMap(\.balance).map { $0.classes.map(\.after) } == [[80, 80], [80, 80], [80, 80]])
        #expect(result.text(target: "hired", data: "table").contains("training rows of each fold alone"))
        #expect(result.json.objectValue?["balance"]?.arrayValue?.count == 3)
    }

    @Test func refusesWhatCannotBeBalanced() throws {
        let table = try Self.table()
        for (method, settings, reason) in [
            (Balancing.Method.smote, [("k_neighbors", "24")], "has only 24 rows"),
            (.smote, [("neighbors", "3")], "no parameter neighbors"), (.weights, [("a", "3")], "no parameter a"),
            (.smotenc, [("categorical_features", "1")], "cannot be set"),
            (.under, [("sampling_strategy", "minority")], "take rows away"),
        ] as [(Balancing.Method, [(name: String, value: String)], String)] {
            let error = try #require(throws: ApusError.self) { try Self.plan(method, settings).run(on: table) }
            #expect(error.message.contains(reason), "\(error.message)")
        }
        var numbers = Self.plan(.smote)
        numbers.target = "age"
        numbers.stratify = false
        let number = try #require(throws: ApusError.self) { try numbers.run(on: table) }
        #expect(number.message.contains("Only classes can be balanced"))
        var neighbors = Self.plan(.weights)
        neighbors.model = "k-neighbors"
        #expect(throws: ApusError.self) { try neighbors.run(on: table) }
        var flat = Self.plan(.smotenc)
        for (dropped, reason) in [(["town", "driver"], "use smote"), (["points", "age"], "no column of numbers")] {
            flat.dropped = dropped
            let error = try #require(throws: ApusError.self) { try flat.run(on: table) }
            #expect(error.message.contains(reason))
        }
    }

    @Test func weighsRowsWhereTheModelHasNoParameterForIt() throws {
        let table = try Self.table()
        var plan = Self.plan(.weights)
        plan.model = "gaussian-nb"
        plan.testSize = nil
        plan.dropped = ["town", "driver"]
        let result = try plan.run(on: table)
        let encoder = try FrameEncoder().fit(table, features: ["points", "age"])
        let labels = Labels((0..<150).map { $0 % 5 == 0 ? "yes" : "no" })
        let direct = try GaussianNB().fit(
            encoder.encode(table), labels, weights: ClassWeight.balanced.weights(for: labels, sampleWeights: nil))
        #expect(try result.train.prediction.probabilities == direct.predictProba(encoder.encode(table)))
    }
}

/// Pipelines with a resampler under cross-validation.
struct ResamplingValidationTests {
    @Test func resamplesTheTrainingRowsOfEachFoldLikeTheReference() throws {
        let oracle = try Oracle("resampling/pipeline")
        let (x, y) = (try oracle.matrix("x"), Labels(try oracle.ints("y")))
        let chain = StandardScaler().then(SMOTE(seed: 4)).then(LogisticRegression())
        let scores = try crossValScore(
            chain, x, y, cv: StratifiedKFold(nSplits: 4), scoring: Scorer.named("neg_log_loss"))
        expectClose(scores, try oracle.doubles("scores"), relative: 1e-8)
    }
}
