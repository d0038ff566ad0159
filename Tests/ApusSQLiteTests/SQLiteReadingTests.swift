#if SQLite
import ApusCore
import ApusFrame
import ApusTestSupport
import Foundation
import GRDB
import Testing

@testable import ApusSQLite

/// A folder for the files of one test, removed at its end.
final class TemporaryFolder: Sendable {
    let path = NSTemporaryDirectory() + "apus-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    func file(_ name: String, _ bytes: Data = Data()) throws -> String {
        try bytes.write(to: URL(filePath: "\(path)/\(name)"))
        return "\(path)/\(name)"
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// The error that `body` throws.
func failure(_ body: () throws -> Void) -> ApusError? {
    do {
        try body()
        return nil
    } catch {
        return error as? ApusError
    }
}

@Suite struct SQLiteReadingTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A file that Python wrote.
    private func fixture(_ name: String) throws -> (path: String, oracle: Oracle) {
        let oracle = try Oracle("sqlite/\(name)")
        let bytes = try #require(Data(base64Encoded: oracle.string("file")))
        return (try folder.file("\(name).db", bytes), oracle)
    }

    @Test func readsEveryKindOfValueThatPythonWrote() throws {
        let (path, oracle) = try fixture("affinities")
        let file = try SQLiteFile(path)
        #expect(file.tables.map(\.name) == (try oracle.strings("tables")))
        #expect(file.tables.map(\.isView) == [false, false, true, false])
        let frame = try file.frame(table: "things")
        #expect(
            frame.columns.map(\.type) == [
                .int, .double, .int, .string, .string, .bool, .dateTime, .dateTime, .string, .double, .string, .int,
                .double,
            ])
        #expect(try frame["id"].values(as: Int.self) == [1, 2, 3, 4])
        #expect(try frame["amount"].values(as: Double.self) == [1.5, nil, 2, 1e300])
        #expect(try frame["name"].values(as: String.self) == ["Ünal", nil, "東京 😀", ""])
        #expect(try frame["code"].values(as: String.self) == ["007", nil, "08", "x'\"y"])
        #expect(try frame["paid"].values(as: Bool.self) == [true, nil, false, true])
        #expect(
            try frame["day"].values(as: DateTime.self).map { $0?.description } == [
                "2024-02-29", nil, "1969-12-31", "2000-01-01",
            ])
        #expect(try frame["moment"].values(as: DateTime.self)[2]?.microseconds == 250_000)
        #expect(try frame["blob"].values(as: String.self) == ["00FF", nil, "", "616263"])
        #expect(try frame["untyped"].values(as: Double.self) == [1, nil, 2.5, 3])
        #expect(try frame["mixed"].values(as: String.self) == ["1", nil, "two", "4.25"])
        #expect(try frame["huge"].values(as: Int.self) == [.max, nil, .min, 0])
        #expect(try frame["number"].values(as: Double.self) == [12, nil, 1.5, 7])
        #expect(frame.columns.allSatisfy { $0.name == "id" || $0.missing[1] })
    }

    @Test func readsWhatPandasWrote() throws {
        let (path, oracle) = try fixture("from-pandas")
        let frame = try DataFrame(sqlite: path)
        #expect(try frame["k"].values(as: Int.self) == (try oracle.ints("k")))
        expectBitwise(try frame["x"].numbers(), try oracle.doubles("x"))
        #expect(try frame["s"].values(as: String.self).map { $0 ?? "" } == (try oracle.strings("s")))
        #expect(try frame["t"].values(as: DateTime.self)[1]?.description == "2024-01-02T03:04:05.678")
        #expect(try frame["t"].missingCount == 1)
    }

    @Test func readsViewsQueriesAndOddNames() throws {
        let (path, _) = try fixture("affinities")
        let file = try SQLiteFile(path)
        #expect(try file.frame(table: "PAID").shape == (2, 2))
        #expect(try file.frame(table: "a \"quoted\" # name")["x y"].values(as: Int.self) == [5])
        let found = try file.frame(
            query: "SELECT id, amount * 2 AS double, name FROM things WHERE id > ? AND name <> ?",
            arguments: [1, "'; DROP"])
        #expect(found.columnNames == ["id", "double", "name"])
        #expect(try found["id"].values(as: Int.self) == [3, 4])
        let none = try file.frame(query: "SELECT id FROM things WHERE id > 9", allowsNoRows: true)
        #expect(none.shape == (0, 1))
    }

    @Test func keepsTheTypesThatAreAskedFor() throws {
        let (path, _) = try fixture("affinities")
        let file = try SQLiteFile(path)
        let frame = try file.frame(
            table: "things", types: ["id": .string, "whole": .double, "paid": .bool, "mixed": .categorical])
        #expect(try frame["id"].values(as: String.self) == ["1", "2", "3", "4"])
        #expect(try frame["whole"].type == .double)
        #expect(try frame["paid"].type == .bool)
        #expect(try frame["mixed"].levels == ["1", "4.25", "two"])
        for (types, says) in [
            (["mixed": ColumnType.double], "row 3: column “mixed” holds “two”, which is not a number"),
            (["untyped": .int], "row 3: column “untyped” holds “2.5”, which is not a whole number"),
            (["name": .dateTime], "row 1: column “name” holds “Ünal”, which is not a date"),
            (["whole": .bool], "row 1: column “whole” holds “3”, which is no truth value"),
            (["nmae": .int], "there is no column “nmae”; did you mean “name”?"),
        ] {
            let error = failure { _ = try file.frame(table: "things", types: types) }
            #expect(error?.message.contains(says) == true, "\(error?.message ?? "none")")
        }
    }

    @Test func refusesFilesThatAreNone() throws {
        let text = try folder.file("text.db", Data("a,b\n1,2\n".utf8))
        #expect(failure { _ = try SQLiteFile(text) }?.message.contains("is no SQLite file") == true)
        #expect(
            failure { _ = try SQLiteFile("\(folder.path)/none.db") }?.message.contains("there is no such file") == true)
        #expect(failure { _ = try SQLiteFile(folder.path) }?.message.contains("it is a directory") == true)
        let empty = try folder.file("empty.db")
        #expect(failure { _ = try DataFrame(sqlite: empty) }?.message.contains("holds no tables") == true)
        let (path, _) = try fixture("affinities")
        let bytes = try Data(contentsOf: URL(filePath: path))
        let cut = try folder.file("cut.db", bytes.prefix(700))
        let error = failure { _ = try DataFrame(sqlite: cut, table: "things") }
        #expect(error?.code == .unreadableData || error?.code == .unknownName)
    }

    @Test func namesTheTableThatWasMeant() throws {
        let (path, _) = try fixture("affinities")
        let error = failure { _ = try DataFrame(sqlite: path, table: "thinks") }
        #expect(error?.code == .unknownName)
        #expect(
            error?.message
                == "There is no table “thinks” in \(path); did you mean “things”? The tables are a \"quoted\" # name, empty, "
                + "paid, things.")
        let several = failure { _ = try DataFrame(sqlite: path) }
        #expect(several?.message.contains("holds 4 tables") == true)
        #expect(failure { _ = try DataFrame(sqlite: path, table: "empty") }?.message.contains("holds no rows") == true)
        let none = try DataFrame(sqlite: path, table: "empty", allowsNoRows: true)
        #expect(none.columns.map(\.type) == [.int, .string, .double])
    }

    @Test func refusesQueriesThatDoNotRead() throws {
        let (path, _) = try fixture("affinities")
        let before = try Data(contentsOf: URL(filePath: path))
        for (query, says) in [
            ("DELETE FROM things", "no statement that reads"), ("DROP TABLE things", "no statement that reads"),
            ("SELECT nme FROM things", "no such column"), ("SELECT 1; DELETE FROM things", "multiple statements"),
            ("", "empty statement"), ("SELEC", "syntax error"), ("SELECT * FROM thigs", "did you mean “things”?"),
            ("SELECT ? + 1", "one value for each question mark"), ("SELECT 1 AS a, 2 AS a", "both called “a”"),
            ("SELECT id FROM things WHERE id = 99", "holds no rows"),
        ] {
            let error = failure { _ = try DataFrame(sqlite: path, query: query) }
            #expect(error != nil && error?.message.contains(says) == true, "\(query): \(error?.message ?? "no error")")
        }
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }

    @Test func refusesTextThatIsNotUTF8OrIsCutOffByAZero() throws {
        let path = "\(folder.path)/bad.db"
        let queue = try DatabaseQueue(path: path)
        try queue.write { database in
            try database.execute(sql: "CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('fine'), (CAST(x'4AE9' AS TEXT))")
            try database.execute(sql: "CREATE TABLE z (a TEXT); INSERT INTO z VALUES (CAST(x'410042' AS TEXT))")
        }
        try queue.close()
        #expect(
            failure { _ = try DataFrame(sqlite: path, table: "t") }?.message.contains(
                "row 2: column “a” holds text that is not UTF-8") == true)
        #expect(failure { _ = try DataFrame(sqlite: path, table: "z") }?.message.contains("has a zero byte") == true)
    }

    @Test func saysThatAFileIsLocked() throws {
        let (path, _) = try fixture("from-pandas")
        let writer = try DatabaseQueue(path: path)
        let error = try writer.inDatabase { database in
            try database.execute(sql: "BEGIN EXCLUSIVE")
            defer { try? database.execute(sql: "ROLLBACK") }
            return failure { _ = try DataFrame(sqlite: path) }
        }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("is locked: another program is writing to it") == true)
        #expect(try DataFrame(sqlite: path).rowCount == 3)
    }

    @Test func onlyThrowsWhateverTheBytes() throws {
        let (path, _) = try fixture("affinities")
        let original = [UInt8](try Data(contentsOf: URL(filePath: path)))
        var random = RandomState(seed: 3)
        var (read, refused) = (0, 0)
        for round in 0..<250 {
            var bytes = original
            for _ in 0...Int(random.word() % 12) {
                let place = Int(random.word()) % bytes.count
                bytes[place] = UInt8(truncatingIfNeeded: random.word())
            }
            if round % 5 == 0 { bytes = Array(bytes[..<(Int(random.word()) % bytes.count)]) }
            let damaged = try folder.file("fuzz.db", Data(bytes))
            do {
                let file = try SQLiteFile(damaged)
                for table in file.tables.prefix(6) {
                    _ = try? failureOrFrame { try file.frame(table: table.name, allowsNoRows: true) }
                }
                read += 1
            } catch is ApusError {
                refused += 1
            }
        }
        #expect(read > 20 && refused > 20)
    }

    /// A frame; an error of another type than `ApusError` fails the test.
    private func failureOrFrame(_ body: () throws -> DataFrame) throws -> DataFrame? {
        do {
            let frame = try body()
            _ = frame.description
            return frame
        } catch is ApusError {
            return nil
        } catch {
            Issue.record("another error: \(error)")
            return nil
        }
    }
}
#endif
