#if Server
import Foundation
import Testing

@Suite struct AuditCommandTests {
    /// A table with a known bias: of each group 100 rows, hired 30 of f and 60 of m.
    private static func table(in folder: URL) throws -> String {
        var lines = ["score,sex,hired"]
        for row in 0..<400 {
            let place = (row / 2) % 10
            let isF = row % 2 == 0
            let hired = place < (isF ? 3 : 6)
            lines.append(
                "\(Double((row * 37) % 101) / 100 + (hired ? 0.6 : 0)),\(isF ? "f" : "m"),\(hired ? "yes" : "no")")
        }
        let file = folder.appending(path: "hiring.csv")
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
        return file.path
    }

    private static func inFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "apus-audit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    @Test func auditsATableWithAKnownDisparity() throws {
        try Self.inFolder { folder in
            let data = try Self.table(in: folder)
            let page = folder.appending(path: "audit.html").path
            let run = try ApusProcess.run(
                "audit", data, "--sensitive", "sex", "--target", "hired", "--json", "--report", page)
            #expect(run.status == 0, "\(run.errors)")
            let groupings = try #require(try run.json()["groupings"] as? [[String: Any]])
            #expect(abs(try #require(groupings[0]["base_rate_difference"] as? Double) - 0.3) < 1e-12)
            #expect(try String(contentsOfFile: page, encoding: .utf8).contains("Base rate by sex"))
        }
    }

    @Test func trainsFairlyAndAuditsTheModel() throws {
        try Self.inFolder { folder in
            let data = try Self.table(in: folder)
            let model = folder.appending(path: "fair.apus").path
            let run = try ApusProcess.run(
                "train", data, "--target", "hired", "--sensitive", "sex", "--fair", "demographic-parity",
                "--mitigation", "threshold", "--json", "-o", model)
            #expect(run.status == 0, "\(run.errors)")
            let fairness = try #require(try run.json()["fairness"] as? [String: Any])
            #expect(fairness["mitigation"] as? String == "threshold")
            #expect(try run.json()["model"] as? String == "threshold-optimizer")
            let audit = try ApusProcess.run("audit", model, data, "--json")
            #expect(audit.status == 0, "\(audit.errors)")
            let parts = try #require(try audit.json()["audits"] as? [[String: Any]])
            #expect(parts[0]["columns"] as? String == "sex")
            let predicted = try ApusProcess.run("predict", model, data, "--probabilities")
            #expect(predicted.status == 0, "\(predicted.errors)")
        }
    }

    @Test func saysWhatIsWrong() throws {
        try Self.inFolder { folder in
            let data = try Self.table(in: folder)
            for (arguments, part) in [
                (["audit", data], "sensitive"),
                (["audit", data, "--sensitive", "sx"], "did you mean sex"),
                (["audit", "m.apus"], "audited on a table"),
                (["train", data, "--target", "hired", "--fair", "equalized-odds"], "--sensitive"),
                (["train", data, "--target", "hired", "--mitigation", "threshold"], "--fair CONSTRAINT"),
                (["validate", data, "--target", "hired", "--scoring", "demographicParityDifference"], "--sensitive"),
            ] {
                let run = try ApusProcess.run(arguments)
                #expect(run.status != 0 && !run.crashed)
                #expect(run.errors.contains(part), "\(arguments): \(run.errors)")
            }
        }
    }
}
#endif
