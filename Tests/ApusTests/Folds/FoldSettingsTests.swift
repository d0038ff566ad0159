import ApusCore
import ApusEvaluation
import ApusFrame
import Testing

@testable import Apus

/// Folds in the words of a command: each is the library's splitter, and what does not go together is refused.
@Suite struct FoldSettingsTests {
    /// 60 rows of 12 patients, with folds and a target that hangs on the dose and on the patient.
    static func table() throws -> DataFrame {
        let rows = 0..<60
        return try DataFrame(columns: [
            Column("patient", rows.map { "p\(($0 * 5) % 12)" }),
            Column("ward", rows.map { Double(($0 * 7) % 5) / 2 }),
            Column("dose", rows.map { Double(($0 * 37) % 60) / 4 }),
            Column("age", rows.map { Double(20 + ($0 * 11) % 45) }),
            Column("fold", rows.map { $0 < 10 ? -1 : $0 % 3 }),
            Column("part", rows.map { row -> String? in row % 6 == 0 ? nil : row % 2 == 0 ? "even" : "odd" }),
            Column("well", rows.map { ($0 * 37) % 60 + ($0 * 5) % 12 > 36 ? "yes" : "no" }),
        ])
    }

    private static func splits(_ settings: FoldSettings, groups: String? = nil, target: String = "well") throws
        -> [Split]
    {
        let frame = try table()
        var plan = TrainingPlan(target: target)
        plan.groups = groups
        let splitter = try settings.splitter(for: &plan, on: frame)
        let labels = target == "well" ? try frame.labels(of: target) : nil
        return try splitter.split(rows: frame.rowCount, labels: labels, groups: plan.splitGroups(in: frame))
    }

    @Test func everyRuleIsTheLibrarysSplitter() throws {
        let frame = try Self.table()
        let (labels, groups) = (try frame.labels(of: "well"), try frame.labels(of: "patient"))
        let known: [(FoldSettings, String?, any CrossValidator)] = [
            (FoldSettings(), nil, StratifiedKFold()),
            (FoldSettings(count: 4, shuffle: true, seed: 3), nil, StratifiedKFold(nSplits: 4, shuffle: true, seed: 3)),
            (FoldSettings(.kFold, count: 3), nil, KFold(nSplits: 3)),
            (FoldSettings(), "patient", GroupKFold()),
            (
                FoldSettings(.stratifiedGroupKFold, count: 3, shuffle: true, seed: 1), "patient",
                StratifiedGroupKFold(nSplits: 3, shuffle: true, seed: 1)
            ),
            (
                FoldSettings(.repeatedKFold, count: 2, repeats: 3, seed: 4), nil,
                RepeatedKFold(nSplits: 2, nRepeats: 3, seed: 4)
            ),
            (
                FoldSettings(.repeatedStratifiedKFold, count: 2, seed: 4), nil,
                RepeatedStratifiedKFold(nSplits: 2, seed: 4)
            ),
            (
                FoldSettings(.shuffleSplit, count: 3, testSize: 0.25, seed: 2), nil,
                ShuffleSplit(nSplits: 3, testSize: 0.25, seed: 2)
            ),
            (
                FoldSettings(.stratifiedShuffleSplit, testSize: 12), nil,
                StratifiedShuffleSplit(nSplits: 5, testSize: 12)
            ),
            (
                FoldSettings(.groupShuffleSplit, count: 2, testSize: 3, seed: 9), "patient",
                GroupShuffleSplit(nSplits: 2, testSize: 3, seed: 9)
            ),
            (
                FoldSettings(.timeSeriesSplit, count: 3, testSize: 5, gap: 2, maxTrainSize: 20), nil,
                TimeSeriesSplit(nSplits: 3, maxTrainSize: 20, testSize: 5, gap: 2)
            ),
            (FoldSettings(.leaveOneOut), nil, LeaveOneOut()),
            (FoldSettings(.leaveOneGroupOut), "patient", LeaveOneGroupOut()),
            (FoldSettings(column: "fold"), nil, PredefinedSplit(testFold: (0..<60).map { $0 < 10 ? -1 : $0 % 3 })),
            (
                FoldSettings(.predefinedSplit, column: "part"), nil,
                PredefinedSplit(testFold: (0..<60).map { $0 % 6 == 0 ? -1 : $0 % 2 })
            ),
        ]
        for (settings, column, splitter) in known {
            let found = try Self.splits(settings, groups: column)
            #expect(try found == splitter.split(rows: 60, labels: labels, groups: groups), "\(settings)")
        }
        #expect(try Self.splits(FoldSettings(), target: "dose") == KFold().split(rows: 60))
        // Groups of numbers are the groups of their values.
        let wards = try Self.splits(FoldSettings(.leaveOneGroupOut), groups: "ward")
        #expect(wards.count == 5 && wards.allSatisfy { $0.test.count == 12 })
    }

    @Test(arguments: [
        ("group-k-fold", FoldRule.groupKFold), ("GroupKFold", .groupKFold), ("group_kfold", .groupKFold),
        ("time-series", .timeSeriesSplit), ("TimeSeriesSplit", .timeSeriesSplit), ("predefined", .predefinedSplit),
        ("leave-one-out", .leaveOneOut), ("shuffle", .shuffleSplit),
    ])
    func rulesGoByEitherSpelling(_ name: String, _ rule: FoldRule) {
        #expect(FoldRule(named: name) == rule)
        #expect(FoldRule(named: "five") == nil)
    }

    @Test func groupsAreNeverTornAndNeverLearnedFrom() throws {
        let frame = try Self.table()
        let patients = try frame.labels(of: "patient").codes
        func apart(_ split: Split) -> Bool {
            Set(split.train.map { patients[$0] }).isDisjoint(with: split.test.map { patients[$0] })
        }
        for rule in FoldRule.allCases where rule.usesGroups {
            #expect(try Self.splits(FoldSettings(rule), groups: "patient").allSatisfy(apart))
        }
        var plan = TrainingPlan(target: "well")
        plan.model = "decision-tree"
        plan.dropped = ["fold", "part"]
        plan.groups = "patient"
        let result = try plan.run(on: frame)
        #expect(apart(result.split) && !result.split.test.isEmpty)
        #expect(result.model.encoder.inputColumns.map(\.schema.name) == ["ward", "dose", "age"])
        var search = TrainingSearch(["maxDepth": [2, 3]], .grid)
        search.cv = try FoldSettings(count: 4).splitter(for: &plan, on: frame)
        let found = try plan.search(search, on: frame)
        #expect(found.folds == 4)
        let validated = try plan.validate(on: frame, cv: search.cv)
        #expect(validated.splitter == "GroupKFold" && validated.folds.count == 4)
        plan.model = "decision-tree"
        plan.settings = [("max_depth", "2")]
        #expect(
            try plan.validate(on: frame, cv: search.cv).folds.map { $0.scores[0].value }
                == found.candidates[0].foldScores[0])
    }

    @Test func whatDoesNotGoTogetherIsRefused() throws {
        let refused: [(FoldSettings, String?, String, String)] = [
            (FoldSettings(.groupKFold), nil, "well", "--groups COLUMN"),
            (FoldSettings(.kFold), "patient", "well", "tear the groups of patient apart"),
            (FoldSettings(.predefinedSplit), nil, "well", "--fold-column"),
            (FoldSettings(.kFold, column: "fold"), nil, "well", "no use for the folds of fold"),
            (FoldSettings(column: "fold"), "patient", "well", "leave one out"),
            (FoldSettings(.leaveOneOut, count: 3), nil, "well", "leave out their number"),
            (FoldSettings(count: 3, column: "fold"), nil, "well", "leave out their number"),
            (FoldSettings(.timeSeriesSplit, shuffle: true), nil, "well", "keeps the order"),
            (FoldSettings(.shuffleSplit, shuffle: true), nil, "well", "--shuffle"),
            (FoldSettings(.kFold, repeats: 2), nil, "well", "not repeated"),
            (FoldSettings(.kFold, testSize: 0.2), nil, "well", "tests on every row once"),
            (FoldSettings(.timeSeriesSplit, testSize: 0.2), nil, "well", "not on a share"),
            (FoldSettings(.kFold, gap: 1), nil, "well", "time-series-split"),
            (FoldSettings(.stratifiedKFold), nil, "dose", "dose is a number"),
            (FoldSettings(count: 13), "patient", "well", "only 12 groups"),
            (FoldSettings(), "doctor", "well", "no column doctor for --groups"),
            (FoldSettings(), "well", "well", "cannot tell the groups too"),
            (FoldSettings(), "part", "well", "Data row 1 has no part"),
            (FoldSettings(column: "fald"), nil, "well", "fald"),
        ]
        for (settings, groups, target, reason) in refused {
            let error = try #require(throws: ApusError.self) {
                try Self.splits(settings, groups: groups, target: target)
            }
            #expect(error.message.contains(reason), "\(error.message)")
        }
    }
}
