#if Server
import Foundation
import Testing

@Suite struct TextCommandTests {
    static let reviews: String = {
        let good = ["\"Great phone, great battery!\"", "Love the fast screen", "good price"]
        let bad = ["terrible phone", "\"slow, heavy screen\"", "the battery died", ""]
        let rows = (0..<48).map { row in
            row % 2 == 0 ? "\(row),\(good[row / 2 % 3]),\(row % 5),yes" : "\(row),\(bad[row / 2 % 4]),\(row % 5),no"
        }
        return "id,review,price,liked\n" + rows.joined(separator: "\n") + "\n"
    }()

    @Test func trainsValidatesEvaluatesAndPredictsText() throws {
        let work = try Workplace()
        let data = try work.file("reviews.csv", Self.reviews)
        let common = [data, "--target", "liked", "--text", "review", "--drop", "id", "--model", "complement-nb"]
        let train = try ApusProcess.run(
            ["train"] + common + [
                "--vectorizer", "count", "--set", "vectorizer.ngram_range=1-2", "-o", work.path("m.apus"), "--json",
            ])
        #expect(train.status == 0, "\(train.errors)")
        let features = try #require(try train.json()["features"] as? [String])
        #expect(features.first == "price" && features.contains("review__great battery"))
        let validate = try ApusProcess.run(["validate"] + common + ["--json"])
        #expect(validate.status == 0, "\(validate.errors)")
        let evaluate = try ApusProcess.run("evaluate", work.path("m.apus"), data, "--json")
        #expect((try evaluate.json()["scores"] as? [String: Any])?["accuracy"] as? Double != nil)
        let later = try work.file("later.csv", "price,review\n3,great phone\n,\n1,слово 東京\n")
        let predict = try ApusProcess.run("predict", work.path("m.apus"), later, "--probabilities")
        #expect(predict.status == 0, "\(predict.errors)")
        #expect(predict.output.split(separator: "\n").count == 4)
        #expect(predict.output.split(separator: "\n")[1].hasPrefix("yes,"))
        let inspect = try ApusProcess.run("inspect", work.path("m.apus"))
        #expect(inspect.status == 0 && inspect.output.contains("review"))
        let missing = try ApusProcess.run("predict", work.path("m.apus"), try work.file("bad.csv", "price\n3\n"))
        #expect(missing.status == 1 && missing.errors.contains("review"))
        let unknown = try ApusProcess.run(["train", data, "--target", "liked", "--text", "reviw"])
        #expect(unknown.status == 1 && unknown.errors.contains("did you mean “review”?"))
    }

    @Test func wordsAreExplainedAndGroupsOfTextsTreatedAlike() throws {
        let work = try Workplace()
        let data = try work.file("reviews.csv", Self.reviews)
        let train = try ApusProcess.run([
            "train", data, "--target", "liked", "--text", "review", "--drop", "id", "-o", work.path("m.apus"),
        ])
        #expect(train.status == 0, "\(train.errors)")
        let words = try ApusProcess.run(
            "explain", work.path("m.apus"), data, "--method", "lime", "--rows", "2", "--json")
        #expect(words.status == 0, "\(words.errors)")
        let rows = try #require(try words.json()["rows"] as? [[String: Any]])
        #expect(rows.map { $0["column"] as? String } == ["review", "review"])
        let terms = try #require(rows[0]["terms"] as? [[String: Any]])
        #expect(Set(terms.compactMap { $0["word"] as? String }) == ["Great", "phone", "great", "battery"])
        let shown = try ApusProcess.run("explain", work.path("m.apus"), data, "--method", "lime")
        #expect(shown.output.contains("Row 1, review") && shown.output.contains("words in common"))
        let whole = try ApusProcess.run(
            "explain", work.path("m.apus"), data, "--method", "kernel", "--background", data, "--rows", "2", "--json")
        #expect(try whole.json()["columns"] as? [String] == ["price", "review"], "\(whole.errors)")

        let groups = Self.reviews.split(separator: "\n").enumerated().map { row, line in
            row == 0 ? "\(line),area" : "\(line),\(row % 3 == 0 ? "north" : "south")"
        }
        let fair = try work.file("fair.csv", groups.joined(separator: "\n") + "\n")
        let run = try ApusProcess.run([
            "train", fair, "--target", "liked", "--text", "review", "--drop", "id", "--sensitive", "area", "--fair",
            "demographic-parity", "--mitigation", "threshold", "--calibrate", "sigmoid", "-o", work.path("f.apus"),
            "--json",
        ])
        #expect(run.status == 0, "\(run.errors)")
        #expect((try run.json()["fairness"] as? [String: Any])?["mitigation"] as? String == "threshold")
        let predict = try ApusProcess.run("predict", work.path("f.apus"), fair, "--probabilities")
        #expect(predict.status == 0, "\(predict.errors)")
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["APUS_DATA"] != nil))
    func movieReviewsAreJudgedAsOftenRightAsByTheReference() throws {
        let folder = try #require(ProcessInfo.processInfo.environment["APUS_DATA"])
        var csv = "text,label\n"
        for (name, label) in [("pos", 1), ("neg", 0)] {
            let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/rt-polarity/rt-polarity.\(name)"))
            // The files are in Latin-1: each byte is a code point.
            let text = String(String.UnicodeScalarView(data.map { Unicode.Scalar($0) }))
            for line in text.split(separator: "\n") {
                csv += "\"\(line.replacingOccurrences(of: "\"", with: "\"\""))\",\(label)\n"
            }
        }
        let work = try Workplace()
        let data = try work.file("reviews.csv", csv)
        let train = try ApusProcess.run(
            "train", data, "--target", "label", "--text", "text", "--vectorizer", "count", "--model", "multinomial-nb",
            "--seed", "42", "-o", work.path("m.apus"), "--json")
        #expect(train.status == 0, "\(train.errors)")
        let json = try train.json()
        // scikit-learn on the same split: 1,629 of 2,133 right, with a vocabulary of 16,561.
        let scores = try #require(json["scores"] as? [String: [String: Any]])
        let accuracy = try #require(scores["test"]?["accuracy"] as? Double)
        #expect(abs(accuracy - 1629.0 / 2133) < 1e-12)
        #expect(json["feature_count"] as? Int == 16561)
    }
}
#endif
