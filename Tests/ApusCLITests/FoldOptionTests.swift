#if Server
import Foundation
import Testing

/// Ways to split rows, and preparation inside of folds, as a user asks `apus validate` and `apus tune` for them.
@Suite struct FoldOptionTests {
    private static func table(_ work: Workplace) throws -> String {
        let rows = (0..<60).map { row in
            "p\((row * 5) % 12),\(Double((row * 37) % 60) / 4),\(row % 7),\(row < 12 ? -1 : row % 3),"
                + ((row * 37) % 60 + (row * 5) % 12 > 36 ? "yes" : "no")
        }
        return try work.file("t.csv", (["patient,dose,age,fold,well"] + rows).joined(separator: "\n") + "\n")
    }

    static let rules: [(arguments: [String], splitter: String, folds: Int)] = [
        ([], "StratifiedKFold", 5), (["--cv", "3", "--shuffle"], "StratifiedKFold", 3),
        (["--cv-split", "k-fold"], "KFold", 5), (["--groups", "patient"], "GroupKFold", 5),
        (["--groups", "patient", "--cv-split", "stratified-group-k-fold", "--cv", "3"], "StratifiedGroupKFold", 3),
        (["--groups", "patient", "--cv-split", "leave-one-group-out"], "LeaveOneGroupOut", 12),
        (["--groups", "patient", "--cv-split", "GroupShuffleSplit", "--cv-test-size", "3"], "GroupShuffleSplit", 5),
        (["--cv-split", "time-series", "--cv-gap", "2", "--cv-test-size", "5"], "TimeSeriesSplit", 5),
        (["--cv-split", "shuffle", "--cv", "4", "--cv-test-size", "0.25"], "ShuffleSplit", 4),
        (["--cv-split", "stratified-shuffle-split"], "StratifiedShuffleSplit", 5),
        (["--cv-split", "repeated-stratified-k-fold", "--cv", "2", "--cv-repeats", "3"], "RepeatedStratifiedKFold", 6),
        (["--cv-split", "leave-one-out"], "LeaveOneOut", 60), (["--fold-column", "fold"], "PredefinedSplit", 3),
    ]

    @Test(arguments: rules.indices)
    func validatesAndTunesByEveryRule(_ index: Int) throws {
        let (arguments, splitter, folds) = Self.rules[index]
        let work = try Workplace()
        let common = [try Self.table(work), "--target", "well", "--model", "decision-tree"] + arguments
        let validated = try ApusProcess.run(["validate"] + common + ["--set", "max_depth=2", "--json"])
        #expect(validated.status == 0, "\(validated.errors)")
        let json = try validated.json()
        #expect(json["splitter"] as? String == splitter && json["folds"] as? Int == folds)
        let accuracy = try #require((json["scores"] as? [String: [String: Any]])?["accuracy"])
        let tuned = try ApusProcess.run(["tune"] + common + ["--space", "max_depth: [2]", "--no-refit", "--json"])
        #expect(tuned.status == 0, "\(tuned.errors)")
        #expect(try tuned.json()["bestScore"] as? Double == accuracy["mean"] as? Double)
    }

    @Test func manyFoldsAreSummedUp() throws {
        let work = try Workplace()
        let data = try Self.table(work)
        let run = try ApusProcess.run(
            "validate", data, "--target", "well", "--cv-split", "leave-one-out", "--scoring", "roc_auc", "--scoring",
            "accuracy")
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("60 rows in 60 folds by LeaveOneOut"))
        #expect(run.output.contains("… 50 more") && run.output.contains("for 50 more"))
        #expect(run.output.split(separator: "\n").count < 40)
    }

    @Test func groupsAreHeldOutWhole() throws {
        let work = try Workplace()
        let data = try Self.table(work)
        let run = try ApusProcess.run("train", data, "--target", "well", "--groups", "patient", "--json")
        #expect(run.status == 0, "\(run.errors)")
        // A fifth of the twelve patients, five rows each.
        #expect(try run.json()["rows"] as? [String: Int] == ["train": 45, "test": 15])
        #expect((try run.json()["features"] as? [String])?.contains("patient") == false)
        for (arguments, status, says) in [
            (["--groups", "nurse"], 1, "no column nurse for --groups"),
            (["--groups", "well"], 1, "cannot tell the groups"),
            (["--groups", "patient", "--stratify"], 1, "--stratify"),
        ] as [([String], Int32, String)] {
            let failed = try ApusProcess.run(["train", data, "--target", "well"] + arguments)
            #expect(failed.status == status && failed.errors.contains(says), "\(failed.errors)")
        }
        for (arguments, status, says) in [
            (["--cv-split", "k-fould"], 64, "cv-split"), (["--cv-split", "group-k-fold"], 1, "--groups COLUMN"),
            (["--groups", "patient", "--cv", "13"], 1, "only 12 groups"),
            (["--cv-test-size", "x"], 64, "cv-test-size"),
            (["--cv-split", "shuffle", "--cv-test-size", "1.5"], 1, "testSize"),
            (["--fold-column", "patient", "--cv", "3"], 1, "--cv"),
            (["--cv-split", "time-series", "--cv", "60"], 1, "below the 60 rows"),
        ] as [([String], Int32, String)] {
            let failed = try ApusProcess.run(["validate", data, "--target", "well"] + arguments)
            #expect(!failed.crashed && failed.status == status && failed.errors.contains(says), "\(failed.errors)")
        }
    }

    @Test func aStudyWhosePreparationChangedIsRefusedSayingInWhat() throws {
        let work = try Workplace()
        let data = try work.file("reviews.csv", TextCommandTests.reviews)
        func tune(_ arguments: [String]) throws -> ApusProcess.Outcome {
            try ApusProcess.run(
                [
                    "tune", data, "--target", "liked", "--drop", "id", "--model", "complement-nb", "--space",
                    "alpha: [0.1, 1]; vectorizer.ngram_range: choice(1-1, 1-2)", "--cv", "3", "--study",
                    work.path("s.study"), "--json",
                ] + arguments)
        }
        let text = ["--text", "review", "--vectorizer", "count", "--balance", "over"]
        let first = try tune(text + ["-o", work.path("m.apus")])
        #expect(first.status == 0, "\(first.errors)")
        #expect((try first.json()["candidates"] as? [Any])?.count == 4)
        let again = try tune(text)
        #expect(try again.status == 0 && again.json()["bestScore"] as? Double == first.json()["bestScore"] as? Double)
        let changes: [([String], String)] = [
            (["--text", "review", "--vectorizer", "tfidf", "--balance", "over"], "vectorizer"),
            (["--text", "review", "--vectorizer", "count"], "balancing"),
            (text + ["--balance-set", "seed=3"], "balancing"),
            (text + ["--set", "vectorizer.min_df=2"], "vectorizer"), (text + ["--shuffle"], "cv"),
            (text + ["--scale"], "scaling (was false, is true)"), (text + ["--groups", "price"], "cv"),
        ]
        for (arguments, part) in changes {
            let run = try tune(arguments)
            #expect(run.status == 1 && run.errors.contains("another \(part)"), "\(arguments): \(run.errors)")
        }
        let show = try ApusProcess.run("study", "show", work.path("s.study"))
        #expect(show.output.contains("Text columns: review") && show.output.contains("Balancing: random-over-sampler"))
        let predicted = try ApusProcess.run("predict", work.path("m.apus"), data)
        #expect(predicted.status == 0 && predicted.output.hasPrefix("prediction"))
    }

    @Test func groupsOfASensitiveColumnAreScoredOneByOne() throws {
        let work = try Workplace()
        let rows = (0..<90).map { row in
            let (group, merit) = (row % 3 == 0 ? "b" : "a", (row * 37) % 90)
            return "\(merit),\(group),\(merit + (row * 7) % 20 + (group == "a" ? 12 : 0) > 55 ? 1 : 0)"
        }
        let data = try work.file("jobs.csv", "merit,group,hired\n" + rows.joined(separator: "\n") + "\n")
        let arguments = [
            "validate", data, "--target", "hired", "--model", "decision-tree", "--set", "max_depth=2", "--cv", "3",
            "--sensitive", "group", "--drop", "group", "--scoring", "accuracy", "--scoring",
            "demographic_parity_difference",
        ]
        let run = try ApusProcess.run(arguments + ["--json"])
        #expect(run.status == 0, "\(run.errors)")
        let groups = try #require(try run.json()["groups"] as? [String: [String: Any]])
        #expect(groups.keys.sorted() == ["a", "b"] && groups["a"]?["rows"] as? Int == 60)
        func folds(_ group: String) throws -> [Double] {
            let scores = try #require(groups[group]?["scores"] as? [String: [String: Any]])
            #expect(scores["demographic_parity_difference"]?["mean"] is NSNull)
            return try #require(scores["accuracy"]?["folds"] as? [Double])
        }
        // Weighed by their rows, the groups make up the whole of each fold: 20 and 10 of 30.
        let all = try #require(
            (try run.json()["scores"] as? [String: [String: Any]])?["accuracy"]?["folds"] as? [Double])
        let (a, b) = (try folds("a"), try folds("b"))
        let sizes = try #require(try run.json()["folds"] as? Int)
        #expect(sizes == 3 && a.count == 3 && zip(a, b).contains { $0 != $1 })
        for fold in 0..<3 {
            let low = min(a[fold], b[fold])
            let high = max(a[fold], b[fold])
            #expect(all[fold] >= low - 1e-12 && all[fold] <= high + 1e-12)
        }
        let text = try ApusProcess.run(arguments)
        #expect(
            text.output.contains("By group, the mean over the folds:") && text.output.contains("group  rows  accuracy"))
    }

    @Test func calibratesAndTunesThresholdsInsideOfASearch() throws {
        let work = try Workplace()
        let run = try ApusProcess.run(
            "tune", "breast-cancer", "--target", "diagnosis", "--model", "gaussian-nb", "--space",
            "var_smoothing: log(1e-9..1e-3)", "--n-iter", "3", "--calibrate", "sigmoid", "--tune-threshold",
            "balanced_accuracy", "--scoring", "neg_log_loss", "--json", "-o", work.path("m.apus"))
        #expect(run.status == 0, "\(run.errors)")
        let inspect = try ApusProcess.run("inspect", work.path("m.apus"))
        #expect(
            inspect.output.contains("calibrated by sigmoid") && inspect.output.contains("balanced_accuracy is best"))
        let refused = try ApusProcess.run(
            "tune", "breast-cancer", "--target", "diagnosis", "--model", "gaussian-nb", "--space",
            "var_smoothing: [1e-9]", "--calibrate", "sigmoid", "--balance", "smote")
        #expect(refused.status == 1 && refused.errors.contains("--balance weights"), "\(refused.errors)")
    }
}
#endif
