#if SQLite
import Apus
import ApusCore
import ApusDatasets
import ApusEvaluation
import ApusLearn
@testable import ApusSQLite
import Foundation
import GRDB
import Testing

/// Studies as files: what they keep, what they refuse, and what they say.
@Suite struct StudyTests {
    /// A folder that is removed at the end of a test.
    final class Folder {
        let url = FileManager.default.temporaryDirectory.appending(path: "apus-study-\(UUID().uuidString)")
        init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(at: url) }
        func path(_ name: String) -> String { url.appending(path: name).path }
    }

    let space: SearchSpace = [
        "maxDepth": .integers(1..<8), "minSamplesLeaf": .integers(1..<20), "maxFeatures": .uniform(0, 1),
    ]

    private func search(_ count: Int = 6, seed: UInt32 = 1) -> RandomizedSearchCV<DecisionTreeClassifier> {
        RandomizedSearchCV(DecisionTreeClassifier(), space, nIter: count, seed: seed)
    }

    private func message(_ work: () throws -> Void) -> String {
        do {
            try work()
            return "nothing was refused"
        } catch let error as ApusError {
            return error.message
        } catch {
            return "\(error)"
        }
    }

    @Test func aStudyThatIsDoneGivesTheSameResultWithoutAnyFit() throws {
        let (folder, data) = (try Folder(), try Datasets.iris())
        let plain = try search().fit(data.x, data.y)
        var kept = search()
        kept.options.journal = try Study(path: folder.path("a.study"))
        let first = try kept.fit(data.x, data.y)
        #expect(first.candidates.map(\.foldScores) == plain.candidates.map(\.foldScores))
        kept.options.journal = try Study(path: folder.path("a.study"))
        let again = try kept.fit(data.x, data.y)
        // Even the times are those of the first run.
        #expect(again.candidates == first.candidates && again.bestIndex == first.bestIndex)
        #expect(again.model == first.model)
    }

    @Test func moreCandidatesExtendAStudy() throws {
        let (folder, data) = (try Folder(), try Datasets.iris())
        let path = folder.path("a.study")
        var short = search(4)
        short.options.journal = try Study(path: path)
        let first = try short.fit(data.x, data.y)
        var long = search(9)
        long.options.journal = try Study(path: path)
        let second = try long.fit(data.x, data.y)
        #expect(second.candidates.prefix(4).map(\.meanFitSeconds) == first.candidates.map(\.meanFitSeconds))
        #expect(try second.candidates.map(\.foldScores) == search(9).fit(data.x, data.y).candidates.map(\.foldScores))
        let contents = try StudyContents(path: path)
        #expect(contents.candidates == second.candidates)
        #expect(contents.best == second.best && contents.leases == 0 && contents.untried == 0)
        // A list without distributions is drawn without repetition, so that more of it is not a continuation of less.
        let lists: SearchSpace = ["maxDepth": [1, 2, 3, 4, 5], "criterion": ["gini", "entropy"]]
        for count in [3, 8] {
            var drawn = RandomizedSearchCV(DecisionTreeClassifier(), lists, nIter: count, seed: 5)
            let plain = try drawn.fit(data.x, data.y)
            drawn.options.journal = try Study(path: folder.path("b.study"))
            #expect(try drawn.fit(data.x, data.y).candidates.map(\.foldScores) == plain.candidates.map(\.foldScores))
        }
    }

    @Test func halvingAndParzenSearchesGoOnToo() throws {
        let (folder, data) = (try Folder(), try Datasets.iris())
        var halving = HalvingRandomSearchCV(DecisionTreeClassifier(), space, nCandidates: 12, Halving(seed: 2))
        let plain = try halving.fit(data.x, data.y)
        for _ in 0..<2 {
            halving.options.journal = try Study(path: folder.path("h.study"))
            let kept = try halving.fit(data.x, data.y)
            #expect(kept.candidates.map(\.foldScores) == plain.candidates.map(\.foldScores))
            #expect(kept.bestIndex == plain.bestIndex)
        }
        var parzen = TPESearchCV(
            DecisionTreeClassifier(), space, TPESettings(nIter: 20, nStartupTrials: 5, prunes: true))
        let learned = try parzen.fit(data.x, data.y)
        for count in [8, 20] {
            parzen.settings.nIter = count
            parzen.options.journal = try Study(path: folder.path("t.study"))
            let kept = try parzen.fit(data.x, data.y)
            #expect(kept.candidates.map(\.foldScores) == learned.candidates.prefix(count).map(\.foldScores))
            #expect(kept.candidates.map(\.parameters) == learned.candidates.prefix(count).map(\.parameters))
        }
    }

    @Test func aSearchThatDiffersIsRefusedSayingInWhat() throws {
        let (folder, data) = (try Folder(), try Datasets.iris())
        let path = folder.path("a.study")
        func run(_ change: (inout RandomizedSearchCV<DecisionTreeClassifier>) -> Void, rows: Int = 150) throws {
            var changed = search()
            change(&changed)
            changed.options.journal = try Study(path: path)
            let kept = Array(0..<rows)
            _ = try changed.fit(data.x.selecting(rows: kept), data.y.selecting(rows: kept))
        }
        try run { _ in }
        let before = try Data(contentsOf: URL(filePath: path))
        let changes: [(String, () throws -> Void)] = [
            ("another seed (was 1, is 2)", { try run { $0.seed = 2 } }),
            ("another data", { try run({ _ in }, rows: 140) }),
            ("another space", { try run { $0.space = ["maxDepth": .integers(1..<9)] } }),
            ("another model", { try run { $0.estimator.criterion = .entropy } }),
            ("another cv", { try run { $0.options.cv = KFold(nSplits: 3) } }),
            (
                "another scoring",
                { try run { $0.options.scoring = [(try? Scorer.named("f1_macro")) ?? Scorer.all[0]] } }
            ),
        ]
        for (said, work) in changes {
            let message = message(work)
            #expect(message.contains(said) && message.contains(path), "\(message)")
        }
        #expect(try Data(contentsOf: URL(filePath: path)).count == before.count)
        // A grid is another strategy.
        var grid = GridSearchCV(DecisionTreeClassifier(), ["maxDepth": [1]])
        grid.options.journal = try Study(path: path)
        #expect(message { _ = try grid.fit(data.x, data.y) }.contains("another strategy"))
    }

    @Test func whatIsNoStudyIsRefusedAndLeftAsItIs() throws {
        let folder = try Folder()
        let text = folder.path("notes.txt")
        try Data("max_depth: randint(1, 20)\n".utf8).write(to: URL(filePath: text))
        let foreign = folder.path("app.sqlite")
        try DatabaseQueue(path: foreign).write { try $0.execute(sql: "CREATE TABLE user (id INTEGER)") }
        let study = folder.path("a.study")
        do { _ = try Study(path: study) }
        let whole = try Data(contentsOf: URL(filePath: study))
        let cut = folder.path("cut.study")
        try whole.prefix(whole.count / 2).write(to: URL(filePath: cut))
        let spoilt = folder.path("spoilt.study")
        try (whole.prefix(200) + Data(repeating: 0xA5, count: whole.count - 200)).write(to: URL(filePath: spoilt))
        let newer = folder.path("newer.study")
        try whole.write(to: URL(filePath: newer))
        try DatabaseQueue(path: newer).write { try $0.execute(sql: "PRAGMA user_version = 9") }
        for (path, said) in [
            (text, "no study"), (foreign, "no study"), (cut, "study"), (spoilt, "study"), (newer, "version 9"),
            (folder.url.path, "is a folder"), (folder.path("no/such/folder/a.study"), "there is no folder"),
        ] {
            let before = try? Data(contentsOf: URL(filePath: path))
            let message = message { _ = try Study(path: path) }
            #expect(message.contains(said) && message.contains(path), "\(message)")
            #expect((try? Data(contentsOf: URL(filePath: path))) == before)
        }
        #expect(message { _ = try StudyContents(path: folder.path("none.study")) }.contains("There is no study"))
        #expect(!FileManager.default.fileExists(atPath: folder.path("none.study")))
    }

    @Test func aFullDiskAndALockedFileAreSaidInPlainWords() throws {
        let (folder, data) = (try Folder(), try Datasets.iris())
        var full = search(40)
        full.options.journal = try Study(
            path: folder.path("full.study"), patience: 1, leaseSeconds: 60, pageLimit: 7)
        let said = message { _ = try full.fit(data.x, data.y) }
        #expect(said.contains("The disk is full"), "\(said)")
        // With room it goes on where it stopped.
        full.options.journal = try Study(path: folder.path("full.study"))
        #expect(
            try full.fit(data.x, data.y).candidates.map(\.foldScores)
                == search(40).fit(data.x, data.y).candidates.map(\.foldScores))

        let path = folder.path("locked.study")
        let study = try Study(path: path, patience: 0.1)
        try DatabaseQueue(path: path).inDatabase { db in
            try db.execute(sql: "BEGIN IMMEDIATE")
            var locked = search()
            locked.options.journal = study
            let said = message { _ = try locked.fit(data.x, data.y) }
            #expect(said.contains("keeps the study") && said.contains("locked"), "\(said)")
            try db.execute(sql: "ROLLBACK")
        }
    }

    @Test func leasesOfTheDeadAreTakenOverAndThoseOfTheLivingAreNot() throws {
        let folder = try Folder()
        let path = folder.path("a.study")
        let points = [SearchPoint(["maxDepth": 1]), SearchPoint(["maxDepth": 2])]
        let identity = SearchIdentity(parts: ["data": "x"], scores: ["accuracy"], folds: 2, strategy: "grid")
        let (one, two) = (try Study(path: path), try Study(path: path))
        for study in [one, two] {
            try study.begin(identity)
            try study.prepare(points, from: 0)
        }
        #expect(try one.claim(candidate: 0, fold: 0) == .free)
        #expect(try two.claim(candidate: 0, fold: 0) == .taken)
        #expect(try two.claim(candidate: 0, fold: 1) == .free)
        let outcome = FoldOutcome(scores: [0.1 + 0.2, nil, -.infinity], fitSeconds: 0.25, note: "why")
        try one.record(outcome, candidate: 0, fold: 0)
        #expect(try two.claim(candidate: 0, fold: 0) == .known(outcome))
        // The first outcome stays.
        try two.record(FoldOutcome(scores: [9], fitSeconds: 1), candidate: 0, fold: 0)
        #expect(try one.outcome(candidate: 0, fold: 0) == outcome)
        // A process of this machine that is gone, one elsewhere that was heard of just now, and one long ago.
        try DatabaseQueue(path: path).write { db in
            let host = ProcessIdentity.current.host
            let now = Date().timeIntervalSince1970
            for (id, host, heartbeat) in [(91, host, now), (92, "elsewhere", now), (93, "elsewhere", now - 100)] {
                try db.execute(
                    sql: "INSERT INTO worker VALUES (?, ?, 4194303, 'then', ?)", arguments: [id, host, heartbeat])
            }
            try db.execute(sql: "INSERT INTO lease VALUES (2, 0, 91), (2, 1, 92)")
        }
        #expect(try one.claim(candidate: 1, fold: 0) == .free)
        #expect(try one.claim(candidate: 1, fold: 1) == .taken)
        try DatabaseQueue(path: path).write { try $0.execute(sql: "UPDATE lease SET worker = 93 WHERE worker = 92") }
        #expect(try one.claim(candidate: 1, fold: 1) == .free)
    }

    @Test func whatIsDamagedInsideIsNoticed() throws {
        let (folder, data) = (try Folder(), try Datasets.iris())
        for (change, said) in [
            ("UPDATE outcome SET scores = 'all good'", "an outcome cannot be read"),
            ("UPDATE outcome SET scores = '[high]'", "cannot be read"),
            ("UPDATE study SET value = '{}'", "what it is about"),
        ] {
            let path = folder.path("\(UUID().uuidString).study")
            var kept = search()
            kept.options.journal = try Study(path: path)
            _ = try kept.fit(data.x, data.y)
            try DatabaseQueue(path: path).write { try $0.execute(sql: change) }
            kept.options.journal = try Study(path: path)
            let message = message { _ = try kept.fit(data.x, data.y) }
            #expect(message.contains(said), "\(message)")
        }
    }
}
#endif
