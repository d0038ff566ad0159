#if Server
import Foundation
import Testing

/// Everything that a user's files and words can do wrong: one clear message, status 1, no file left behind.
@Suite struct BadInputTests {
    static let tables: [(name: String, bytes: [UInt8], target: String, says: String)] = [
        ("empty", [], "y", "empty"),
        ("header only", Array("a,y\n".utf8), "y", "row"),
        ("ragged", Array("a,y\n1,0\n2,1,9\n3,0\n".utf8), "y", "line 3"),
        ("open quote", Array("a,y\n1,0\n\"2,1\n3,0\n".utf8), "y", "line 3"),
        ("NUL", Array("a,y\n1,0\n2\0,1\n".utf8), "y", "line 3"),
        ("Latin-1", Array("a,y\n1,0\n".utf8) + [0xE9] + Array(",1\n".utf8), "y", "UTF-8"),
        ("duplicate columns", Array("a,a,y\n1,2,0\n2,3,1\n".utf8), "y", "a"),
        ("no target", Array("a,b\n1,2\n3,4\n".utf8), "y", "no column y"),
        ("constant target", Array("a,y\n1,no\n2,no\n3,no\n4,no\n5,no\n".utf8), "y", "in every row"),
        ("all missing target", Array("a,y\n1,\n2,\n3,\n4,\n".utf8), "y", "no value"),
        ("infinite value", Array("a,y\n1,0\ninf,1\n3,0\n4,1\n5,0\n6,1\n".utf8), "y", "a"),
    ]

    @Test(arguments: tables.indices)
    func refusesTablesItCannotLearnFrom(_ index: Int) throws {
        let (name, bytes, target, says) = Self.tables[index]
        let work = try Workplace()
        let data = try work.file("data.csv", bytes: bytes)
        let run = try ApusProcess.run("train", data, "--target", target, "-o", work.path("m.apus"), "--no-test")
        #expect(!run.crashed, "\(name) trapped: \(run.errors)")
        #expect(run.status == 1, "\(name): \(run.output)")
        #expect(run.errors.contains(says), "\(name): \(run.errors)")
        #expect(run.errors.split(separator: "\n").count == 1, "\(name): \(run.errors)")
        #expect(run.output.isEmpty)
        #expect(work.files == ["data.csv"])
    }

    static let words: [(arguments: [String], status: Int32, says: String)] = [
        (["train", "DATA", "--target", "y", "--model", "decision-three"], 1, "decision-tree"),
        (["train", "DATA", "--target", "Y2"], 1, "no column Y2"),
        (["train", "DATA", "--target", "y", "--set", "c=-1"], 1, "above 0"),
        (["train", "DATA", "--target", "y", "--set", "cc=1"], 1, "no parameter cc"),
        (["train", "DATA", "--target", "y", "--set", "c"], 64, "set"),
        (["train", "DATA", "--target", "y", "--seed", "-1"], 64, "seed"),
        (["train", "DATA", "--target", "y", "--test-size", "1.5"], 1, "test size"),
        (["train", "DATA", "--target", "y", "--drop", "y"], 1, "target"),
        (["train", "DATA", "--target", "y", "--sensitive", "zz"], 1, "no column zz"),
        (["train", "nowhere.csv", "--target", "y"], 1, "nowhere.csv"),
        (["train", "no-such-set", "--target", "y"], 1, "no-such-set"),
        (["train", "DATA"], 64, "target"),
        (["predict", "nowhere.apus", "DATA"], 1, "nowhere.apus"),
        (["predict", "DATA", "DATA"], 1, "model"),
        (["models", "forest-of-trees"], 1, "forest-of-trees"),
        (["inspect", "DATA"], 1, "model"),
    ]

    @Test(arguments: words.indices)
    func refusesWordsItDoesNotUnderstand(_ index: Int) throws {
        let (arguments, status, says) = Self.words[index]
        let work = try Workplace()
        let data = try work.file("data.csv", "a,y\n" + (0..<20).map { "\($0),\($0 % 2)" }.joined(separator: "\n"))
        let run = try ApusProcess.run(arguments.map { $0 == "DATA" ? data : $0 })
        #expect(run.status == status, "\(arguments): \(run.status) \(run.errors)")
        #expect(run.errors.contains(says), "\(run.errors)")
        #expect(run.output.isEmpty)
        #expect(work.files == ["data.csv"])
    }

    @Test func refusesDataThatDoesNotFitTheModel() throws {
        let work = try Workplace()
        let data = try work.file(
            "d.csv",
            "a,city,y\n" + (0..<30).map { "\($0),\($0 % 3 == 0 ? "Oslo" : "Rome"),\($0 % 2)" }.joined(separator: "\n"))
        #expect(try ApusProcess.run("train", data, "--target", "y", "-o", work.path("m.apus")).status == 0)
        let text = try work.file("t.csv", "a,city\n1,Oslo\nmany,Rome\n")
        let refused = try ApusProcess.run("predict", work.path("m.apus"), text, "-o", work.path("p.csv"))
        #expect(refused.status == 1)
        #expect(refused.errors.contains("line 3") && refused.errors.contains("many"), "\(refused.errors)")
        let fewer = try work.file("f.csv", "city\nOslo\n")
        let missing = try ApusProcess.run("predict", work.path("m.apus"), fewer, "-o", work.path("p.csv"))
        #expect(missing.status == 1 && missing.errors.contains("a"), "\(missing.errors)")
        #expect(!work.files.contains("p.csv"))
        let unseen = try work.file("u.csv", "city,a\nBern,1\n")
        let known = try ApusProcess.run("predict", work.path("m.apus"), unseen)
        #expect(known.status == 0, "\(known.errors)")
        #expect(known.output.split(separator: "\n").count == 2)
    }

    @Test func refusesDamagedModelFiles() throws {
        let work = try Workplace()
        let data = try work.file("d.csv", "a,y\n" + (0..<30).map { "\($0),\($0 % 2)" }.joined(separator: "\n"))
        #expect(try ApusProcess.run("train", data, "--target", "y", "-o", work.path("m.apus")).status == 0)
        let whole = try Data(contentsOf: work.folder.appending(path: "m.apus"))
        for length in stride(from: 0, to: whole.count, by: max(1, whole.count / 12)) {
            try whole.prefix(length).write(to: work.folder.appending(path: "cut.apus"))
            let run = try ApusProcess.run("predict", work.path("cut.apus"), data)
            #expect(run.status == 1 && !run.crashed, "cut at \(length): \(run.errors)")
            #expect(run.errors.contains("cut.apus"))
        }
    }

    @Test func aFolderThatCannotBeWrittenIsSaidPlainly() throws {
        let work = try Workplace()
        let data = try work.file("d.csv", "a,y\n" + (0..<30).map { "\($0),\($0 % 2)" }.joined(separator: "\n"))
        let run = try ApusProcess.run("train", data, "--target", "y", "-o", work.path("no/such/folder/m.apus"))
        #expect(run.status == 1)
        #expect(run.errors.contains("no/such/folder/m.apus"), "\(run.errors)")
    }

    @Test func allColumnsThatAModelMissesAreNamed() throws {
        let work = try Workplace()
        let rows = (0..<40).map { "\($0),\(["a", "b"][$0 % 2]),\(($0 * 7) % 40),\($0 < 20 ? "no" : "yes")" }
        let data = try work.file("t.csv", "age,ward,dose,well\n" + rows.joined(separator: "\n") + "\n")
        let model = work.path("m.apus")
        #expect(try ApusProcess.run("train", data, "--target", "well", "-o", model).status == 0)
        for (name, content) in [
            ("less.csv", "age,other\n3,4\n"), ("less.jsonl", "{\"age\": 3, \"other\": 4}\n"),
        ] {
            let run = try ApusProcess.run("predict", model, try work.file(name, content))
            #expect(run.status == 1 && run.errors.contains("“dose”, “ward”"), "\(run.errors)")
        }
    }
}
#endif
