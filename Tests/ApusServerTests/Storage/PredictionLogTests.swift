#if Server
import Apus
import ApusCore
import ApusFrame
import Foundation
import GRDB
import Logging
import Testing

@testable import ApusServer

@Suite struct PredictionLogTests {
    private func format(
        _ model: TrainedModel, _ privacy: [String: MonitorConfiguration.Privacy] = [:]
    ) -> LogFormat {
        LogFormat(
            columns: model.encoder.inputColumns.map(\.schema.name), privacy: privacy, layout: MonitorLayout(model)
        ) { "#\($0.count)" }
    }

    private func entries(
        _ count: Int, rows: Int = 1, time: Double = 1000, privacy: [String: MonitorConfiguration.Privacy] = [:]
    ) throws -> [PredictionLog.Entry] {
        let model = try MonitorSamples.model.get()
        let cells = try MonitorSamples.cells(MonitorSamples.frame(rows, seed: 3), model)
        return try (0..<count).map {
            PredictionLog.Entry(
                event: try MonitorSamples.event(model, cells, id: "r\($0)", time: time), format: format(model, privacy))
        }
    }

    /// A row of the log.
    private struct Logged: Sendable {
        let request: String
        let row: Int
        let inputs: String
        let probabilities: String
        let groups: String?

        init(_ row: Row) {
            (request, self.row, inputs) = (row["request"], row["row"], row["inputs"])
            (probabilities, groups) = (row["probabilities"], row["groups"])
        }
    }

    private func rows(of log: PredictionLog) async throws -> [Logged] {
        try await log.read { try Row.fetchAll($0, sql: "SELECT * FROM predictions ORDER BY id").map(Logged.init) }
    }

    @Test func keepsWhatWasAskedAndAnswered() async throws {
        let file = TemporaryFile()
        let log = try PredictionLog(path: file.path)
        let entries = try entries(3, rows: 2)
        try await log.append(entries)
        let rows = try await rows(of: log)
        #expect(rows.count == 6)
        #expect(rows.map(\.request) == ["r0", "r0", "r1", "r1", "r2", "r2"])
        #expect(rows.map(\.row) == [0, 1, 0, 1, 0, 1])
        let inputs = try JSONDecoder().decode(JSONValue.self, from: Data(rows[0].inputs.utf8))
        let cells = entries[0].event.rows[0]
        #expect(inputs["job"]?.stringValue == cells[1].description)
        #expect(inputs["age"]?.doubleValue.map { "\(Int($0))" } ?? "" == cells[0].description)
        let probabilities = try JSONDecoder().decode(
            [Double].self, from: Data(rows[0].probabilities.utf8))
        #expect(probabilities == entries[0].event.prediction.probabilities?.row(0))
        #expect(rows[0].groups?.contains("sex") == true)
        let mode = try await log.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
        #expect(mode == "wal")
        try log.close()
        #expect(try await PredictionLog(path: file.path).rowCount() == 6)
    }

    @Test func leavesOutAndHashesWhatIsPrivate() async throws {
        let log = try PredictionLog(path: TemporaryFile().path)
        try await log.append(try entries(1, privacy: ["age": .leftOut, "sex": .hashed]))
        let row = try #require(try await rows(of: log).first)
        let inputs = row.inputs
        #expect(!inputs.contains("age") && inputs.contains(##""sex":"#1""##) && inputs.contains("job"))
        #expect(row.groups == nil)
    }

    /// RFC 4231, test case 2.
    @Test func hashesAreKeyed() throws {
        let hash = Monitor.hash(key: Array("Jefe".utf8))
        #expect(
            hash(Array("what do ya want for nothing?".utf8))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        var settings = MonitorConfiguration()
        settings.privacy = ["job": .hashed]
        settings.hashKey = Array("short".utf8)
        #expect(throws: ApusError.self) { try Monitor(settings) }
    }

    @Test func refusesFilesOfAnotherKindAndLeavesThemAsTheyAre() throws {
        let (text, other) = (TemporaryFile(), TemporaryFile())
        try Data("not a database, but long enough to be one: \(String(repeating: "x", count: 200))".utf8)
            .write(to: URL(filePath: text.path))
        let queue = try DatabaseQueue(path: other.path)
        try queue.write { try $0.execute(sql: "CREATE TABLE mine (a); INSERT INTO mine VALUES (1)") }
        try queue.close()
        for file in [text, other] {
            let before = try Data(contentsOf: URL(filePath: file.path))
            let error = #expect(throws: ApusError.self) { try PredictionLog(path: file.path) }
            #expect(error?.code == .unreadableData)
            #expect(try Data(contentsOf: URL(filePath: file.path)) == before)
            #expect(!FileManager.default.fileExists(atPath: file.path + "-wal"))
        }
        #expect(throws: ApusError.self) { try PredictionLog(path: NSTemporaryDirectory()) }
        #expect(throws: ApusError.self) { try PredictionLog(path: "/nonexistent/folder/log.db") }
    }

    @Test func forgetsWhatIsOldAndWhatIsTooMuch() async throws {
        let log = try PredictionLog(path: TemporaryFile().path)
        try await log.append(try entries(300, time: 1000))
        try await log.append(try entries(200, time: 5000))
        #expect(try await log.prune(before: 2000, bytes: 1 << 30) == 300)
        #expect(try await log.rowCount() == 200)
        try await log.append(try entries(2, rows: 6000, time: 6000))
        let bytes = try await log.size()
        #expect(try await log.prune(before: nil, bytes: bytes / 2) > 0)
        #expect(try await log.size() <= bytes / 2)
    }

    @Test func joinsOutcomesByRequestAndRow() async throws {
        let log = try PredictionLog(path: TemporaryFile().path)
        let entries = try entries(2, rows: 3)
        try await log.append(entries)
        func bring(_ request: String, _ row: Int, _ outcome: Cell) -> BroughtOutcome {
            BroughtOutcome(request: request, row: row, outcome: outcome)
        }
        let joining = try await log.join(
            [
                bring("r0", 0, "yes"), bring("r0", 2, "no"), bring("r1", 1, "yes"), bring("r1", 9, "yes"),
                bring("x", 0, "no"),
            ],
            classes: { _, _ in ["no", "yes"] }, at: 2000)
        #expect(joining.new == 3 && joining.unknown == 2 && joining.replaced == 0 && joining.joined.count == 3)
        #expect(joining.joined[0].predictedAt == 1000 && joining.joined[0].groups.keys.sorted() == ["sex"])
        let again = try await log.join([bring("r0", 0, "no")], classes: { _, _ in ["no", "yes"] }, at: 2001)
        #expect(again.replaced == 1 && again.new == 0 && again.joined.isEmpty)
        await #expect(throws: RouteFailure.self) {
            try await log.join(
                [bring("r0", 1, "yes"), bring("r0", 2, "perhaps")], classes: { _, _ in ["no", "yes"] }, at: 2002)
        }
        let kept = try await log.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM outcomes") }
        #expect(kept == 3, "a batch with a wrong label changes nothing")
    }

    @Test func aFullDiskIsATroubleThatPassesAndHoldsUpNothing() async throws {
        let file = TemporaryFile()
        var settings = MonitorConfiguration()
        settings.maxPendingRows = 300
        let writer = LogWriter(
            try PredictionLog(path: file.path, maxPages: 8), settings: settings,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        await writer.submit(try entries(20))
        #expect(try await writer.flush() == 20)
        await writer.submit(try entries(200))
        await #expect(throws: RouteFailure.self) { try await writer.flush() }
        await writer.submit(try entries(200))
        let state = await writer.state
        #expect(state.trouble?.contains("full") == true && state.failures > 0)
        #expect(state.written == 20 && state.pending == 300 && state.lost == 100)
        try await writer.log.writing { try $0.execute(sql: "PRAGMA max_page_count = 100000") }
        for _ in 0..<200 where await writer.state.pending > 0 { try await Task.sleep(for: .milliseconds(50)) }
        #expect(await writer.state.written == 320)
        #expect(await writer.state.trouble == nil)
        await writer.close()
        #expect(try await PredictionLog(path: file.path).rowCount() == 320)
    }

    @Test(arguments: [
        (#"{"request": "a", "outcome": "yes"}"#, 1), (#"{"request": "a", "row": 3, "outcome": 1.5}"#, 1),
        (#"{"outcomes": []}"#, 0),
        (#"{"outcomes": [{"request": "a", "outcome": true}, {"outcome": 2, "request": "b", "row": 1}]}"#, 2),
    ])
    func readsOutcomes(_ body: String, _ count: Int) throws {
        #expect(try BroughtOutcome.read(Array(body.utf8)).count == count)
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"request": "a"}"#, #"{"outcome": 1}"#, #"{"request": 3, "outcome": 1}"#,
        #"{"request": "a", "outcome": null}"#, #"{"request": "a", "outcome": [1]}"#,
        #"{"request": "a", "row": -1, "outcome": 1}"#,
        #"{"request": "a", "row": 1e99, "outcome": 1}"#, #"{"request": "a", "row": 0.5, "outcome": 1}"#,
        #"{"request": "a", "outcome": 1, "outcome": 2}"#, #"{"request": "", "outcome": 1}"#,
        #"{"request": "a", "what": 1}"#,
        #"{"outcomes": {}}"#, #"{"outcomes": [1]}"#, #"{"outcomes": [{"request": "a"}]}"#,
        #"{"request": "a", "outcome": 1} x"#,
        #"{"outcomes": [], "request": "a", "outcome": 1}"#, #"{"request": "a", "outcome": NaN}"#,
    ])
    func refusesOutcomesThatAreNone(_ body: String) {
        #expect(throws: RequestFailure.self) { try BroughtOutcome.read(Array(body.utf8)) }
    }
}
#endif
