#if Server
import Foundation
import Testing

@Suite struct TreeCommandTests {
    @Test func aForestFromJSONLinesIsDrawnAndWrittenAsRules() throws {
        let work = try Workplace()
        let lines = (0..<60).map {
            #"{"size": \#($0), "colour": "\#(["red", "blue"][$0 % 2])", "kind": "\#($0 < 30 ? "a" : "b")"}"#
        }
        try lines.joined(separator: "\n").write(toFile: work.path("things.jsonl"), atomically: true, encoding: .utf8)
        let train = try ApusProcess.run(
            "train", work.path("things.jsonl"), "--target", "kind", "--model", "random-forest", "--set",
            "n_estimators=5",
            "-o", work.path("m.apus"))
        #expect(train.status == 0, "\(train.errors)")
        let rules = try ApusProcess.run("inspect", work.path("m.apus"), "--rules", "--tree", "2")
        #expect(
            rules.output.hasPrefix("|--- size") && rules.output.contains("class: b"), "\(rules.output)\(rules.errors)")
        let draw = try ApusProcess.run("inspect", work.path("m.apus"), "--draw", work.path("tree.svg"))
        #expect(draw.status == 0)
        #expect(try work.content("tree.svg").contains("kind: tree 0 of 5"))
        let far = try ApusProcess.run("inspect", work.path("m.apus"), "--rules", "--tree", "5")
        #expect(far.status == 1 && far.errors.contains("There is no tree 5; the model has 5"))
    }

    @Test func aModelWithoutTreesOrProbabilitiesSaysSo() throws {
        let work = try Workplace()
        let train = try ApusProcess.run(
            "train", "breast-cancer", "--target", "diagnosis", "--model", "svc", "--scale", "--json", "-o",
            work.path("m.apus"))
        #expect(train.status == 0, "\(train.errors)")
        let scores = try #require(try train.json()["scores"] as? [String: Any])
        let test = try #require(scores["test"] as? [String: Any])
        // Areas come from the decision values; the log loss has none and is null.
        #expect(try #require(test["roc_auc"] as? Double) > 0.98 && test["log_loss"] is NSNull)
        let draw = try ApusProcess.run("inspect", work.path("m.apus"), "--rules")
        #expect(draw.status == 1 && draw.errors.contains("has no trees"))
        let predict = try ApusProcess.run("predict", work.path("m.apus"), "breast-cancer", "--probabilities")
        #expect(predict.status == 1 && predict.errors.contains("probability=true"))
    }
}
#endif
