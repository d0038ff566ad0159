#if SQLite
import ApusCore
import ApusFrame
import Foundation
import GRDB
import Testing

@testable import ApusSQLite

@Suite struct SQLiteWritingTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func sample() throws -> DataFrame {
        try DataFrame(columns: [
            ApusFrame.Column("n", [1, nil, Int.min]), ApusFrame.Column("x", [0.1, -.infinity, nil]),
            ApusFrame.Column("s", ["a 'b'", nil, "東京"]), ApusFrame.Column("b", [true, nil, false]),
            ApusFrame.Column("t", [DateTime("2024-02-29T12:30:05.25"), nil, DateTime("1969-12-31")]),
            ApusFrame.Column("odd \"name\"", ["", "x", nil]),
        ])
    }

    @Test func whatIsWrittenReadsBackTheSame() throws {
        let path = "\(folder.path)/out.db"
        let frame = try sample()
        try frame.write(sqlite: path, table: "my table")
        #expect(try DataFrame(sqlite: path, table: "my table") == frame)
        try frame.write(sqlite: path, table: "other")
        #expect(try SQLiteFile(path).tables.map(\.name) == ["my table", "other"])
    }

    @Test func aTableThatIsThereIsKeptReplacedOrAppendedTo() throws {
        let path = "\(folder.path)/out.db"
        let frame = try sample()
        try frame.write(sqlite: path, table: "t")
        let error = failure { try frame.write(sqlite: path, table: "T") }
        #expect(error?.code == .unwritableFile && error?.message.contains("There is a table “t”") == true)
        try frame.write(sqlite: path, table: "t", ifExists: .append)
        #expect(try DataFrame(sqlite: path).rowCount == 6)
        try frame.head(1).write(sqlite: path, table: "t", ifExists: .replace)
        #expect(try DataFrame(sqlite: path).rowCount == 1)
        let other = try DataFrame(columns: [ApusFrame.Column("y", [1])])
        let unknown = failure { try other.write(sqlite: path, table: "t", ifExists: .append) }
        #expect(unknown?.message.contains("has no column y; its columns are n, x, s, b, t, odd \"name\"") == true)
    }

    @Test func nothingIsLeftOfAFrameThatCannotBeWritten() throws {
        let path = "\(folder.path)/out.db"
        let bad = try DataFrame(columns: [ApusFrame.Column("s", ["fine", "cut\0off"])])
        #expect(failure { try bad.write(sqlite: path, table: "t") }?.message.contains("zero byte in row 2") == true)
        #expect(!FileManager.default.fileExists(atPath: path))
        try sample().write(sqlite: path, table: "t")
        #expect(failure { try bad.write(sqlite: path, table: "t", ifExists: .replace) } != nil)
        #expect(try DataFrame(sqlite: path) == sample())
        for (frame, table) in [
            (try sample(), ""), (try sample(), "sqlite_x"), (DataFrame(), "u"),
            (try DataFrame(columns: [ApusFrame.Column("a", [1]), ApusFrame.Column("A", [1])]), "u"),
        ] {
            #expect(failure { try frame.write(sqlite: path, table: table) }?.code == .invalidInput)
        }
        let text = try folder.file("text.csv", Data("a,b\n".utf8))
        #expect(failure { try sample().write(sqlite: text, table: "t") }?.message.contains("is no SQLite file") == true)
        #expect(failure { try sample().write(sqlite: "\(folder.path)/no/out.db", table: "t") }?.code == .unwritableFile)
    }
}
#endif
