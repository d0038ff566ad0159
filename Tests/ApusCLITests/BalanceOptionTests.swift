#if Server
import Foundation
import Testing

@Suite struct BalanceOptionTests {
    private static func table(_ work: Workplace) throws -> String {
        let rows = (0..<60).map { row in
            "\(["a", "b", "c"][row % 3]),\(Double((row * 37) % 60) / 4),\(row % 7),\(row % 4 == 0 ? "yes" : "no")"
        }
        return try work.file("t.csv", (["letter,size,count,label"] + rows).joined(separator: "\n") + "\n")
    }

    @Test func saysHowManyRowsOfEachClassThereWereAndAre() throws {
        let work = try Workplace()
        let data = try Self.table(work)
        let run = try ApusProcess.run(
            "train", data, "--target", "label", "--model", "decision-tree", "--no-test", "--balance", "smotenc",
            "--balance-set", "k_neighbors=3", "-o", work.path("m.apus"), "--report", work.path("r.html"), "--json")
        #expect(run.status == 0, "\(run.errors)")
        let balance = try #require(try run.json()["balance"] as? [String: Any])
        #expect(balance["method"] as? String == "smotenc")
        #expect((balance["parameters"] as? [String: Any])?["kNeighbors"] as? Int == 3)
        let classes = try #require(balance["classes"] as? [[String: Any]])
        #expect(classes.map { $0["rows_before"] as? Int } == [45, 15])
        #expect(classes.map { $0["rows_after"] as? Int } == [45, 45])
        #expect(try run.json()["rows"] as? [String: Int] == ["train": 60, "test": 0])
        let page = try String(contentsOfFile: work.path("r.html"), encoding: .utf8)
        #expect(page.contains("Classes balanced by smotenc: 60 training rows became 90 to fit on"))
        let inspect = try ApusProcess.run("inspect", work.path("m.apus"))
        #expect(inspect.output.contains("60 training rows became 90"))
    }

    @Test func validatesWithBalancedFoldsAndRefusesWhatCannotBe() throws {
        let work = try Workplace()
        let data = try Self.table(work)
        let run = try ApusProcess.run("validate", data, "--target", "label", "--cv", "3", "--balance", "under")
        #expect(run.status == 0 && run.output.contains("Classes balanced by under"), "\(run.errors)")
        for (arguments, message) in [
            (["--balance", "smote", "--balance-set", "k_neighbors=30"], "lower kNeighbors"),
            (["--balance", "weights", "--model", "k-neighbors"], "no use for weights"),
            (["--target", "size", "--balance", "smote"], "Only classes can be balanced"),
        ] {
            let target = arguments.contains("--target") ? [] : ["--target", "label"]
            let failed = try ApusProcess.run(["train", data] + target + arguments)
            #expect(failed.status == 1 && failed.errors.contains(message), "\(failed.errors)")
        }
        let tuned = try ApusProcess.run(
            "train", data, "--target", "label", "--model", "gaussian-nb", "--calibrate", "sigmoid", "--tune-threshold",
            "f1",
            "--json")
        #expect(tuned.status == 0, "\(tuned.errors)")
        let decision = try #require(try tuned.json()["decision"] as? [String: Any])
        #expect(decision["calibration"] as? String == "sigmoid" && decision["scoring"] as? String == "f1")
        let wrong = try ApusProcess.run(["train", data, "--target", "label", "--balance-set", "k_neighbors=3"])
        #expect(wrong.status == 64)
        #expect(try ApusProcess.run(["train", data, "--target", "label", "--balance", "smot"]).status == 64)
    }
}
#endif
