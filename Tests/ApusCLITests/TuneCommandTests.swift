#if Server
import Foundation
import Testing

/// `apus tune` as a user runs it: spaces, scores, models, reports, and every word that can be wrong.
@Suite struct TuneCommandTests {
    @Test func findsTheBestAndWritesTheModel() throws {
        let work = try Workplace()
        let run = try ApusProcess.run(
            "tune", "iris", "--target", "species", "--model", "decision-tree", "--space",
            "max_depth: 1..6; tree.criterion=choice(gini, entropy)", "--n-iter", "6", "--seed", "3", "--scoring",
            "accuracy", "--scoring", "f1_macro", "--json", "-o", work.path("best.apus"), "--report",
            work.path("report.html"))
        #expect(run.status == 0, "\(run.errors)")
        let found = try run.json()
        let best = try #require(found["bestParameters"] as? [String: Any])
        #expect(best.keys.sorted() == ["criterion", "maxDepth"])
        let candidates = try #require(found["candidates"] as? [[String: Any]])
        #expect(candidates.count == 6)
        let scores = candidates.compactMap { $0["score"] as? Double }
        #expect(found["bestScore"] as? Double == scores.max())
        let inspected = try ApusProcess.run("inspect", work.path("best.apus"), "--json")
        let parameters = try #require(try inspected.json()["parameters"] as? [String: Any])
        #expect(parameters["maxDepth"] as? Int == best["maxDepth"] as? Int)
        let report = try work.content("report.html")
        for title in ["Score by candidate", "Parallel coordinates", "Fold spread", "Learning curve of the best"] {
            #expect(report.contains(title))
        }
        #expect(!report.contains("http://") || !report.contains("src=\"http"))
    }

    @Test func readsSpacesFromYAML() throws {
        let work = try Workplace()
        let space = try work.file(
            "space.yaml",
            """
            # what to try
            max_depth: randint(1, 5)
            criterion: [gini, entropy]
            preparation.scale: choice(true, false)
            max_features: [none, sqrt, 0.5]
            """)
        let run = try ApusProcess.run(
            "tune", "iris", "--target", "species", "--model", "decision-tree", "--space", space, "--n-iter", "5",
            "--json", "--json-events")
        #expect(run.status == 0, "\(run.errors)")
        let candidates = try #require(try run.json()["candidates"] as? [[String: Any]])
        for candidate in candidates {
            let parameters = try #require(candidate["parameters"] as? [String: Any])
            #expect(parameters.keys.sorted() == ["criterion", "maxDepth", "maxFeatures", "preparation.scale"])
        }
        let events = run.errors.split(separator: "\n").compactMap {
            try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
        #expect(events.count { $0["event"] as? String == "fold" } == 25)
        #expect(events.count { $0["event"] as? String == "candidate" } == 5)
        #expect(events.last?["completed"] as? Int == 25 && events.last?["total"] as? Int == 25)
    }

    @Test(arguments: ["grid", "random", "halving", "tpe"])
    func everyStrategySearches(_ strategy: String) throws {
        let space = strategy == "grid" ? "max_depth: [1, 2, 3]" : "max_depth: 1..9; min_samples_leaf: 1..20"
        let run = try ApusProcess.run(
            "tune", "iris", "--target", "species", "--model", "decision-tree", "--space", space, "--strategy", strategy)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("Best: maxDepth") && run.output.contains("Trained on all rows"))
    }

    @Test func constraintsOnGroupsAreKept() throws {
        let work = try Workplace()
        // Being chosen hangs on merit and, a little, on the group.
        let rows = (0..<240).map { i in
            let (group, merit) = (i % 3 == 0 ? "b" : "a", (i * 37) % 100)
            return "\(merit),\(group),\(merit + (group == "a" ? 12 : 0) > 55 ? 1 : 0)"
        }
        let data = try work.file("jobs.csv", "merit,group,hired\n" + rows.joined(separator: "\n") + "\n")
        let arguments = [
            "tune", data, "--target", "hired", "--model", "decision-tree", "--space", "max_depth: [1, 2, 3, 4]",
            "--sensitive", "group", "--json",
        ]
        let free = try ApusProcess.run(arguments).json()
        let bound = try ApusProcess.run(arguments + ["--constraint", "demographicParityDifference < 0.15"])
        #expect(bound.status == 0, "\(bound.errors)")
        let found = try bound.json()
        let candidates = try #require(found["candidates"] as? [[String: Any]])
        let best = candidates[try #require(found["bestIndex"] as? Int)]
        let kept = candidates.filter { $0["feasible"] as? Bool == true }
        #expect(best["feasible"] as? Bool == !kept.isEmpty)
        #expect((free["candidates"] as? [[String: Any]])?.count == 4)
        #expect(found["scoring"] as? [String] == ["accuracy", "demographic_parity_difference"])
    }

    static let wrong: [(arguments: [String], status: Int32, says: String)] = [
        (["--space", "max_deph: 1..5"], 1, "did you mean max_depth"),
        (["--space", "max_depth: 0..5"], 1, "maxDepth is 0"),
        (["--space", "criterion: choice(gini, ginny)"], 1, "ginny"),
        (["--space", "max_depth: randint(5, 1)"], 1, "max_depth"),
        (["--space", "max_depth: uniform(1, 4)", "--n-iter", "3"], 1, "whole number"),
        (["--space", ""], 1, "space is empty"),
        (["--space", "nowhere.yaml"], 1, "nowhere.yaml"),
        (["--space", "max_depth"], 1, "no part of a search space"),
        (["--space", "max_depth: 1..5; maxDepth: 1..3", "--n-iter", "2"], 1, "twice"),
        ([], 64, "--space"),
        (["--space", "max_depth: 1..5", "--strategy", "grid"], 1, "list"),
        (["--space", "max_depth: 1..5", "--strategy", "luck"], 64, "strategy"),
        (["--space", "max_depth: 1..5", "--n-iter", "0"], 64, "n-iter"),
        (["--space", "max_depth: [1]", "--cv", "51"], 1, "50"),
        (["--space", "max_depth: [1]", "--cv", "1"], 1, "at least 2"),
        (["--space", "max_depth: [1]", "--scoring", "acuracy"], 1, "did you mean accuracy"),
        (["--space", "max_depth: [1]", "--scoring", "r2"], 1, "not a score of classification"),
        (["--space", "max_depth: [1]", "--scoring", "precision"], 1, "failed"),
        (["--space", "max_depth: [1]", "--constraint", "recall"], 1, "no constraint"),
        (["--space", "max_depth: [1]", "--constraint", "equalizedOddsDifference < 0.1"], 1, "--sensitive"),
        (["--space", "max_depth: [1]", "--refit", "f2"], 1, "no score"),
        (["--space", "max_depth: [1]", "--no-refit", "-o", "x.apus"], 64, "refit"),
        (["--space", "max_depth: 1..9", "--strategy", "halving", "--factor", "1"], 1, "above 1"),
        (["--space", "max_depth: 1..9", "--strategy", "halving", "--resource", "trees"], 1, "maximal resources"),
        (["--space", "max_depth: [1]", "--study", "/no/such/folder/a.study"], 1, "no folder"),
        (["--space", "max_depth: [1]", "--model", "k-means"], 1, "without a target"),
    ]

    @Test(arguments: wrong.indices)
    func saysWhatIsWrong(_ index: Int) throws {
        let (arguments, status, says) = Self.wrong[index]
        let run = try ApusProcess.run(
            ["tune", "iris", "--target", "species"]
                + (arguments.contains("--model") ? [] : ["--model", "decision-tree"])
                + arguments)
        #expect(!run.crashed && run.status == status, "\(arguments): \(run.status) \(run.errors) \(run.output)")
        #expect(run.errors.contains(says), "\(arguments): \(run.errors)")
        #expect(run.output.isEmpty)
    }
}
#endif
