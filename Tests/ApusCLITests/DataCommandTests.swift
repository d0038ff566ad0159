#if Server
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
}
#endif
