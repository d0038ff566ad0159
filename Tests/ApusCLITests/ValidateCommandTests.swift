#if Server
import Foundation
import Testing

@Suite struct ValidateCommandTests {
    @Test func scoresEachFoldLikeTheReference() throws {
        let work = try Workplace()
        let make = try ApusProcess.run(
            "data", "make", "make_classification", "--set", "n_samples=1000", "--seed", "42", "-o", work.path("m.csv"))
        #expect(make.status == 0)
        let run = try ApusProcess.run(
            "validate", work.path("m.csv"), "--target", "y", "--model", "random-forest", "--seed", "42", "--scoring",
            "accuracy", "--scoring", "roc_auc", "--json")
        #expect(run.status == 0, "\(run.errors)")
        let scores = try #require(try run.json()["scores"] as? [String: [String: Any]])
        // What cross_val_score gives for RandomForestClassifier(random_state=42) on the same data.
        #expect(scores["accuracy"]?["folds"] as? [Double] == [0.93, 0.905, 0.9, 0.905, 0.855])
        #expect(try #require(scores["roc_auc"]?["mean"] as? Double) > 0.9)
    }

    @Test func showsATableAndRefusesWhatCannotBe() throws {
        let run = try ApusProcess.run("validate", "diabetes", "--target", "progression", "--cv", "3", "--scoring", "r2")
        #expect(run.status == 0 && run.output.contains("442 rows in 3 folds") && run.output.contains("deviation"))
        for (arguments, message) in [
            (["--scoring", "r3"], "There is no score"), (["--cv", "1"], "at least 2 folds"),
            (["--scoring", "accuracy"], "not a score of regression"), (["--model", "k-means"], "without a target"),
        ] {
            let failed = try ApusProcess.run(["validate", "diabetes", "--target", "progression"] + arguments)
            #expect(failed.status == 1 && failed.errors.contains(message), "\(failed.errors)")
        }
    }
}
#endif
