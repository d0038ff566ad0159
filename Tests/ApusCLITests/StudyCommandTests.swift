#if Server
import Foundation
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Searches that are killed, shared and looked at, as processes and files.
@Suite(.serialized) struct StudyCommandTests {
    private static let search = [
        "tune", "breast-cancer", "--target", "diagnosis", "--model", "random-forest", "--space",
        "max_depth: 1..12; min_samples_leaf: 1..9; n_estimators: 2..12; max_features: uniform(0, 1)", "--n-iter", "24",
        "--seed", "11", "--scoring", "accuracy", "--scoring", "roc_auc", "--json",
    ]

    /// What a search found, without how long it took.
    private struct Found: Equatable {
        let best: String
        let candidates: [String]

        init(_ json: [String: Any]) throws {
            func text(_ value: Any?) throws -> String {
                let data = try JSONSerialization.data(
                    withJSONObject: try #require(value), options: [.sortedKeys, .fragmentsAllowed])
                return String(decoding: data, as: UTF8.self)
            }
            best = try text(json["bestParameters"]) + text(json["bestScore"]) + text(json["refit"])
            candidates = try #require(json["candidates"] as? [[String: Any]]).map { candidate in
                var candidate = candidate
                candidate["meanFitSeconds"] = nil
                return try text(candidate)
            }
        }
    }

    private static func start(_ arguments: [String], _ folder: Workplace, _ name: String) throws -> Process {
        let process = Process()
        process.executableURL = try ApusProcess.executable
        process.arguments = arguments
        for (file, keyPath) in [("out", \Process.standardOutput), ("err", \Process.standardError)] {
            let path = try folder.file("\(name).\(file)", "")
            process[keyPath: keyPath] = try FileHandle(forWritingTo: URL(filePath: path))
        }
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return process
    }

    private static func found(_ folder: Workplace, _ name: String) throws -> Found {
        let json = try JSONSerialization.jsonObject(with: Data(try folder.content("\(name).out").utf8))
        return try Found(try #require(json as? [String: Any]))
    }

    /// The folds that a process has fitted so far, each as candidate and fold, by the events on its standard error.
    private static func fitted(_ folder: Workplace, _ name: String) throws -> [[Int]] {
        // What a killed process wrote may end within a line.
        try folder.content("\(name).err").split(separator: "\n").compactMap { line in
            guard let event = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
                event["event"] as? String == "fold", event["known"] as? Bool == false,
                let candidate = event["candidate"] as? Int, let fold = event["fold"] as? Int
            else { return nil }
            return [candidate, fold]
        }
    }

    @Test(.timeLimit(.minutes(3)), arguments: ["random", "tpe"])
    func aSearchKilledAtTwentyMomentsEndsAsIfItHadNotBeen(_ strategy: String) throws {
        let work = try Workplace()
        let many = Self.search.map { $0 == "24" ? "60" : $0 }
        let search = many + ["--strategy", strategy] + (strategy == "tpe" ? ["--prune"] : [])
        let plain = try ApusProcess.run(search)
        #expect(plain.status == 0, "\(plain.errors)")
        let expected = try Found(try plain.json())
        let kept = search + ["--study", work.path("s.study"), "--json-events"]
        var random = SystemRandomNumberGenerator()
        var all: [[Int]] = []
        for moment in 0..<20 {
            let name = "run\(moment)"
            let process = try Self.start(kept, work, name)
            // Some die before the first fold, while the file is made, opened or read, the others after a few folds.
            if moment % 4 == 0 {
                Thread.sleep(forTimeInterval: .random(in: 0..<0.25, using: &random))
            } else {
                let enough = Int.random(in: 1...3, using: &random)
                while process.isRunning, try Self.fitted(work, name).count < enough {
                    Thread.sleep(forTimeInterval: 0.002)
                }
                Thread.sleep(forTimeInterval: .random(in: 0..<0.02, using: &random))
            }
            try #require(process.isRunning, "it was done before moment \(moment)")
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            #expect(process.terminationReason == .uncaughtSignal)
            all += try Self.fitted(work, name)
        }
        let last = try ApusProcess.run(kept)
        #expect(last.status == 0, "\(last.errors)")
        #expect(try Found(try last.json()) == expected)
        // What was once told as done was in the file, and was not done again.
        #expect(Set(all).count == all.count && all.count >= 15)
    }

    @Test func aFileThatMayNotGrowIsSaidInPlainWordsAndTheSearchGoesOnLater() throws {
        let work = try Workplace()
        let search = Self.search + ["--study", work.path("s.study")]
        let expected = try Found(try ApusProcess.run(Self.search).json())
        // In blocks of 512 bytes: room for the tables and some outcomes.
        let limited = try ApusProcess.run(search, limitingFilesTo: 256)
        #expect(limited.status == 1 && !limited.crashed, "\(limited.status) \(limited.errors)")
        #expect(limited.errors.contains(work.path("s.study")) && limited.errors.contains("ulimit"), "\(limited.errors)")
        #expect(limited.errors.split(separator: "\n").count == 1)
        let show = try ApusProcess.run("study", "show", work.path("s.study"))
        #expect(show.status == 0, "\(show.errors)")
        let again = try ApusProcess.run(search)
        #expect(again.status == 0, "\(again.errors)")
        #expect(try Found(try again.json()) == expected)
    }

    @Test(arguments: [2, 3])
    func processesThatShareAStudyEndWithTheSameTable(_ count: Int) throws {
        let work = try Workplace()
        for strategy in ["random", "halving", "tpe"] {
            let search = Self.search + ["--strategy", strategy]
            let expected = try Found(try ApusProcess.run(search).json())
            let file = work.path("\(strategy).study")
            let processes = try (0..<count).map {
                try Self.start(search + ["--study", file, "--json-events"], work, "\(strategy)\($0)")
            }
            for process in processes { process.waitUntilExit() }
            var fitted: [[Int]] = []
            for index in 0..<count {
                let said = try work.content("\(strategy)\(index).err")
                #expect(processes[index].terminationStatus == 0, "\(said)")
                #expect(try Self.found(work, "\(strategy)\(index)") == expected, "\(strategy) \(index)")
                fitted += try Self.fitted(work, "\(strategy)\(index)")
            }
            // Nothing was done twice.
            #expect(Set(fitted).count == fitted.count, "\(strategy)")
        }
    }

    @Test func aLivingProcessTakesOverWhatAKilledOneHeld() throws {
        let work = try Workplace()
        let file = work.path("s.study")
        let expected = try Found(try ApusProcess.run(Self.search).json())
        let doomed = try Self.start(Self.search + ["--study", file], work, "doomed")
        let heir = try Self.start(Self.search + ["--study", file], work, "heir")
        Thread.sleep(forTimeInterval: 1)
        kill(doomed.processIdentifier, SIGKILL)
        doomed.waitUntilExit()
        heir.waitUntilExit()
        let said = try work.content("heir.err")
        #expect(heir.terminationStatus == 0, "\(said)")
        #expect(try Self.found(work, "heir") == expected)
    }

    @Test func studiesAreListedShownExtendedAndExported() throws {
        let work = try Workplace()
        let file = work.path("iris.study")
        func tune(_ count: String, seed: String = "0") throws -> ApusProcess.Outcome {
            try ApusProcess.run(
                "tune", "iris", "--target", "species", "--model", "decision-tree", "--space",
                "max_depth: 1..9; max_features: uniform(0, 1)", "--n-iter", count, "--study", file, "--seed", seed)
        }
        #expect(try tune("4").status == 0)
        let extended = try tune("7")
        #expect(extended.status == 0, "\(extended.errors)")
        let list = try ApusProcess.run("study", "list", work.folder.path)
        #expect(list.status == 0 && list.output.contains("iris.study") && list.output.contains("decision-tree"))
        let show = try ApusProcess.run("study", "show", file)
        #expect(show.output.contains("7 candidates in 5 folds") && show.output.contains("Best: maxDepth"))
        let csv = try ApusProcess.run("study", "export", file)
        #expect(csv.output.split(separator: "\n").count == 8)
        #expect(
            csv.output.hasPrefix(
                "candidate,rank,round,resources,feasible,pruned_after,mean_accuracy,std_accuracy,split0"))
        #expect(try ApusProcess.run("study", "export", file, "-o", work.path("all.json")).status == 0)
        let json = try JSONSerialization.jsonObject(with: Data(try work.content("all.json").utf8)) as? [String: Any]
        #expect((json?["candidates"] as? [Any])?.count == 7)
        // The study itself is never written over, and what is not one is refused.
        #expect(try ApusProcess.run("study", "export", file, "-o", file).status == 1)
        #expect(try ApusProcess.run("study", "show", work.path("all.json")).errors.contains("no study"))
        #expect(try ApusProcess.run("study", "show", work.path("none.study")).errors.contains("There is no study"))
        let other = try tune("7", seed: "1")
        #expect(other.status == 1 && other.errors.contains("seed (was 0, is 1)"), "\(other.errors)")
        let foreign = try ApusProcess.run(
            "tune", "iris", "--target", "species", "--model", "decision-tree", "--space", "max_depth: [1]", "--study",
            work.path("all.json"))
        #expect(foreign.status == 1 && foreign.errors.contains("no study"))
    }
}
#endif
