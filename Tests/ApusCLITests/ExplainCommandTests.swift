#if Server
import Foundation
import Testing

@Suite struct ExplainCommandTests {
    private func trained(_ work: Workplace, _ model: String, _ more: String...) throws -> String {
        let file = work.path("\(model).apus")
        let run = try ApusProcess.run(
            ["train", "iris", "--target", "species", "--model", model, "-o", file] + more)
        try #require(run.status == 0, "\(run.errors)")
        return file
    }

    @Test func contributionsAddUpToTheProbabilities() throws {
        let work = try Workplace()
        let model = try trained(work, "random-forest", "--set", "n_estimators=10")
        let run = try ApusProcess.run("explain", model, "iris", "--rows", "4", "--json")
        #expect(run.status == 0, "\(run.errors)")
        let json = try run.json()
        let base = try #require(json["base"] as? [String: Double])
        let rows = try #require(json["rows"] as? [[String: Any]])
        #expect(rows.count == 4)
        for row in rows {
            let outputs = try #require(row["output"] as? [String: Double])
            let contributions = try #require(row["contributions"] as? [String: [String: Double]])
            for (name, output) in outputs {
                let sum = try #require(contributions[name]).values.reduce(base[name] ?? .nan, +)
                #expect((sum - output).magnitude < 1e-9)
            }
        }
    }

    @Test func printsBarsAndWritesAPage() throws {
        let work = try Workplace()
        let model = try trained(work, "logistic-regression")
        let page = work.path("page.html")
        let run = try ApusProcess.run("explain", model, "iris", "--rows", "20", "--report", page)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("petal length (cm)") && run.output.contains("█"))
        #expect(try work.content("page.html").components(separatedBy: "<svg").count > 6)
    }

    @Test(arguments: ["permutation", "kernel", "exact", "lime", "importance", "counterfactual"])
    func everyMethodAnswers(method: String) throws {
        let work = try Workplace()
        let model = try trained(work, "gaussian-nb")
        for json in [["--json"], []] {
            let run = try ApusProcess.run(["explain", model, "iris", "--method", method, "--rows", "2"] + json)
            #expect(run.status == 0 && !run.crashed, "\(run.errors)")
            if !json.isEmpty { #expect(try run.json()["model"] as? String == model) }
        }
    }

    @Test func kernelAndLinearValuesHaveTheirChoices() throws {
        let work = try Workplace()
        let model = try trained(work, "logistic-regression")
        let odds = try ApusProcess.run(
            "explain", model, "iris", "--method", "kernel", "--link", "logit", "--select", "2", "--rows", "3", "--json")
        #expect(odds.status == 0, "\(odds.errors)")
        #expect(try odds.json()["unit"] as? String == "logOdds")
        for row in try #require(try odds.json()["rows"] as? [[String: Any]]) {
            for (_, values) in try #require(row["contributions"] as? [String: [String: Double]]) {
                #expect(values.values.count { $0 != 0 } <= 2)
            }
        }
        let correlated = try ApusProcess.run("explain", model, "iris", "--correlated", "--rows", "3", "--json")
        #expect(try (correlated.json()["method"] as? String)?.contains("correlations") == true, "\(correlated.errors)")
        for (arguments, part) in [
            (["--link", "logit"], "for the method kernel"), (["--method", "kernel", "--select", "0"], "at least one"),
            (["--method", "kernel", "--correlated"], "linear models"),
        ] {
            let run = try ApusProcess.run(["explain", model, "iris"] + arguments)
            #expect(run.status == 1 && run.errors.contains(part), "\(run.errors)")
        }
        #expect(try ApusProcess.run("explain", model, "iris", "--select", "many").status == 64)
    }

    @Test func saysWhatIsMissing() throws {
        let work = try Workplace()
        let bare = try trained(work, "gaussian-nb", "--sample-rows", "0")
        let refused = try ApusProcess.run("explain", bare, "iris")
        #expect(refused.status == 1 && refused.errors.contains("--background"))
        #expect(try ApusProcess.run("explain", bare, "iris", "--background", "iris", "--rows", "2").status == 0)
        for (arguments, message) in [
            (["--output", "rose"], "no class rose"), (["--from", "200"], "no row 200"),
            (["--method", "interventional"], "not made of trees"), (["--background", "wine"], "missing"),
        ] {
            let failed = try ApusProcess.run(["explain", bare, "iris", "--background", "iris"] + arguments)
            #expect(failed.status == 1 && failed.errors.contains(message), "\(failed.errors)")
        }
    }
}
#endif
