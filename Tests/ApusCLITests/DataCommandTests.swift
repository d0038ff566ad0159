#if Server
import ApusDatasets
import ApusFrame
import ApusSQLite
import Foundation
import Testing

@Suite struct DataCommandTests {
    @Test func listsDescribesAndMakesData() throws {
        let work = try Workplace()
        let list = try ApusProcess.run("data", "list", "--json")
        let sets = try #require(try list.json()["datasets"] as? [[String: Any]])
        #expect(
            Set(sets.compactMap { $0["name"] as? String }).isSuperset(of: ["iris", "wine", "digits", "adult", "mnist"]))

        let describe = try ApusProcess.run("data", "describe", "iris", "--json")
        #expect(try describe.json()["rows"] as? Int == 150)
        let columns = try #require(try describe.json()["columns"] as? [[String: Any]])
        #expect(columns.last?["distinct"] as? Int == 3)
        #expect(columns.last?["roles"] as? [String] == ["target"])

        let make = try ApusProcess.run(
            "data", "make", "make_classification", "--set", "n_samples=300", "--set", "nFeatures=20", "--seed", "42",
            "-o",
            work.path("m.csv"))
        #expect(make.status == 0, "\(make.errors)")
        let lines = try work.content("m.csv").split(separator: "\n")
        #expect(lines.count == 301)
        #expect(lines[0].hasPrefix("x0,x1,") && lines[0].hasSuffix(",x19,y"))
        // The reference's first value for seed 42; it comes out of a matrix product, so to 1e-12.
        let first = try #require(lines[1].split(separator: ",").first.flatMap { Double($0) })
        #expect(abs(first - -1.148794035158656) < 1e-12)
    }

    @Test func describesTheHealthOfATable() throws {
        let work = try Workplace()
        var text = "age,sex,fee,paid\n"
        for row in 0..<300 {
            text +=
                "\(20 + row * 7 % 50),\(row % 3 == 0 ? "f" : "m"),\(row % 4 == 0 ? 9 : row % 5),\(row % 4 == 0 ? "yes" : "no")\n"
        }
        let data = try work.file("loans.csv", text)
        let run = try ApusProcess.run(
            "data", "describe", data, "--target", "paid", "--sensitive", "sex", "--json", "--report",
            work.path("r.html"))
        #expect(run.status == 0, "\(run.errors)")
        let json = try run.json()
        let findings = try #require(json["findings"] as? [[String: Any]])
        #expect(findings.contains { $0["kind"] as? String == "leak" && $0["columns"] as? [String] == ["fee"] })
        let groups = try #require((json["groups"] as? [[String: Any]])?.first?["groups"] as? [[String: Any]])
        #expect(groups.map { $0["count"] as? Int } == [200, 100])
        #expect((json["classes"] as? [[String: Any]])?.map { $0["class"] as? String } == ["no", "yes"])
        let page = try work.content("r.html")
        #expect(page.contains("The health of loans.csv") && page.contains("<svg"))
        let words = try ApusProcess.run("data", "describe", data, "--target", "paid")
        #expect(words.output.contains("“fee” alone predicts “paid”"))
        #expect(try ApusProcess.run("data", "describe", data, "--target", "payed").status == 1)
        #expect(try ApusProcess.run("data", "describe", data, "--sensitive", "gender").errors.contains("gender"))
    }

    @Test func refusesUnknownGeneratorsAndParameters() throws {
        let work = try Workplace()
        for arguments in [
            ["make_spirals"], ["make_blobs", "--set", "n_sampels=3"], ["make_blobs", "--set", "centers=0"],
        ] {
            let run = try ApusProcess.run(["data", "make"] + arguments + ["-o", work.path("x.csv")])
            #expect(run.status == 1, "\(arguments)")
            #expect(work.files.isEmpty)
        }
    }

    @Test func tablesOfSQLiteFilesStandForDataInEveryCommand() throws {
        let work = try Workplace()
        let frame = try Datasets.load("iris")
        try frame.write(sqlite: work.path("flowers.db"), table: "iris")
        let table = work.path("flowers.db") + "#iris"
        let describe = try ApusProcess.run("data", "describe", table, "--json")
        #expect(try describe.json()["rows"] as? Int == 150, "\(describe.errors)")
        let train = try ApusProcess.run(
            "train", table, "--target", "species", "--model", "decision-tree", "-o", work.path("iris.apus"), "--json")
        #expect(train.status == 0, "\(train.errors)")
        for data in [table, work.path("flowers.db"), table.replacing("#iris", with: "#SELECT * FROM iris LIMIT 9")] {
            #expect(try ApusProcess.run("evaluate", work.path("iris.apus"), data, "--json").status == 0, "\(data)")
            #expect(try ApusProcess.run("predict", work.path("iris.apus"), data, "-o", work.path("p.csv")).status == 0)
        }
        try frame.write(sqlite: work.path("flowers.db"), table: "other")
        let text = try work.file("text.db", "a,b\n1,2\n")
        for (data, says) in [
            (work.path("flowers.db") + "#irsi", "did you mean “iris”?"),
            (work.path("flowers.db"), "holds 2 tables: iris, other"),
            (work.path("none.db") + "#iris", "no such file"), (text + "#a", "is no SQLite file"),
            (work.path("flowers.db") + "#SELECT colour FROM iris", "no such column"),
            ("openml:no/name", "no data set of OpenML"),
        ] {
            let run = try ApusProcess.run("data", "describe", data)
            #expect(run.status == 1 && !run.crashed && run.errors.contains(says), "\(data): \(run.errors)")
        }
    }
}
#endif
