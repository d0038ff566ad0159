#if Server
import Foundation
import Testing

@Suite struct TrainCommandTests {
    static let people = """
        id,name,age,city,member,paid
        1,"Ünal, Ayşe",34,Köln,true,yes
        2,"O""Neil",,東京,false,no
        3,Zoë,51,Köln,true,yes
        4,Ana,29,,false,no
        5,Bo,44,Oslo,true,yes
        6,Cy,38,東京,,no
        7,Di,61,Oslo,true,yes
        8,Ed,25,Köln,false,no
        9,Flo,33,Oslo,true,yes
        10,Gus,47,東京,false,no
        11,"multi
        line",52,Köln,true,yes
        12,Hal,30,Oslo,false,no

        """

    @Test func trainsPredictsAndServesTheContract() throws {
        let work = try Workplace()
        let data = try work.file("people.csv", Self.people)
        let train = try ApusProcess.run(
            "train", data, "--target", "paid", "--drop", "id", "--drop", "name", "--sensitive", "city", "--seed", "3",
            "-o", work.path("m.apus"), "--report", work.path("r.html"), "--json")
        #expect(train.status == 0, "\(train.errors)")
        let json = try train.json()
        #expect(json["model"] as? String == "logistic-regression")
        #expect(json["task"] as? String == "classification")
        #expect(json["file"] as? String == work.path("m.apus"))
        #expect((json["rows"] as? [String: Int]) == ["train": 9, "test": 3])
        #expect((json["parameters"] as? [String: Any])?["maxIter"] as? Int == 100)
        let scores = try #require(json["scores"] as? [String: [String: Any]])
        #expect(scores["train"]?["accuracy"] as? Double != nil)
        #expect(scores["test"] != nil)
        #expect(json["seconds"] as? Double != nil)
        let features = try #require(json["features"] as? [String])
        #expect(features.contains("age") && features.contains("city_東京") && !features.contains("id"))
        let page = try work.content("r.html").replacingOccurrences(of: "http://www.w3.org/2000/svg", with: "")
        #expect(
            page.contains("<svg") && page.contains("city") && !page.contains("http://") && !page.contains("<script src")
        )

        let predict = try ApusProcess.run(
            "predict", work.path("m.apus"), data, "--probabilities", "-o", work.path("p.csv"))
        #expect(predict.status == 0, "\(predict.errors)")
        let lines = try work.content("p.csv").split(separator: "\n")
        #expect(lines.count == 13)
        #expect(lines[0] == "prediction,probability_no,probability_yes")

        let evaluate = try ApusProcess.run("evaluate", work.path("m.apus"), data, "--json")
        #expect(evaluate.status == 0, "\(evaluate.errors)")
        #expect((try evaluate.json()["scores"] as? [String: Any])?["accuracy"] as? Double != nil)

        let inspect = try ApusProcess.run("inspect", work.path("m.apus"), "--json")
        #expect(try inspect.json()["target"] as? String == "paid")
    }

    @Test func theSameSeedMakesTheSameFile() throws {
        let work = try Workplace()
        let data = try work.file("people.csv", Self.people)
        for (name, threads) in [("a.apus", "1"), ("b.apus", "3")] {
            let run = try ApusProcess.run(
                "train", data, "--target", "paid", "--model", "decision-tree", "--drop", "name", "-o", work.path(name),
                environment: ["APUS_THREADS": threads])
            #expect(run.status == 0, "\(run.errors)")
        }
        #expect(
            try Data(contentsOf: work.folder.appending(path: "a.apus"))
                == Data(contentsOf: work.folder.appending(path: "b.apus")))
    }

    @Test func bothSpellingsOfAParameterMeanTheSame() throws {
        let work = try Workplace()
        let data = try work.file("people.csv", Self.people)
        for setting in ["max_depth=2", "maxDepth=2"] {
            let run = try ApusProcess.run(
                "train", data, "--target", "paid", "--model", "decision-tree", "--drop", "name", "--set", setting,
                "--json")
            #expect((try run.json()["parameters"] as? [String: Any])?["maxDepth"] as? Int == 2, "\(run.errors)")
        }
    }

    @Test func aNumberIsARegression() throws {
        let work = try Workplace()
        let data = try work.file(
            "r.csv", "a,b,y\n" + (0..<40).map { "\($0),\($0 % 7),\(Double($0) * 2.5 + 0.25)" }.joined(separator: "\n"))
        let run = try ApusProcess.run("train", data, "--target", "y", "-o", work.path("m.apus"), "--json")
        let json = try run.json()
        #expect(json["task"] as? String == "regression")
        #expect(json["model"] as? String == "linear-regression")
        let r2 = try #require((json["scores"] as? [String: [String: Any]])?["test"]?["r2"] as? Double)
        #expect(r2 > 0.999999)
        let refused = try ApusProcess.run("predict", work.path("m.apus"), data, "--probabilities")
        #expect(refused.status == 1)
        #expect(refused.errors.contains("no probabilities"))
    }
}
#endif
