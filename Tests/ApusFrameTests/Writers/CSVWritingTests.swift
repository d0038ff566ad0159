import ApusCore
import ApusFrame
import Foundation
import Testing

@Suite struct CSVWritingTests {
    private func sample() throws -> DataFrame {
        try DataFrame(columns: [
            Column("name, full", ["plain", "a,b", "say \"hi\"", "two\nlines", " edge ", nil]),
            Column("x", [0.1, 1e22, -0.0, .leastNonzeroMagnitude, nil, 3]),
            Column("n", [1, nil, Int.min, Int.max, 0, -5]),
            Column("flag", [true, false, nil, true, false, true]),
            Column(
                "day",
                ["2024-02-29", nil, "1969-12-31", "0001-01-01", "9999-12-31", "2000-01-01"].map {
                    $0.flatMap(DateTime.init)
                }),
            Column(
                "time",
                [
                    "2024-02-29T12:30:05.25", nil, "1969-12-31T23:59:59.999999", "2024-01-01", "2024-01-01T00:00:01",
                    "2000-01-01",
                ].map { $0.flatMap(DateTime.init) }),
        ])
    }

    @Test func quotesOnlyWhatNeedsIt() throws {
        #expect(
            try sample().selecting(columns: ["name, full", "x", "n"]).csvText() == """
                "name, full",x,n
                plain,0.1,1
                "a,b",1e+22,
                "say ""hi""\",-0.0,-9223372036854775808
                "two
                lines",5e-324,9223372036854775807
                " edge ",,0
                ,3.0,-5

                """)
    }

    @Test func readsBackWhatItWrote() throws {
        let frame = try sample()
        #expect(try DataFrame(csvText: frame.csvText()) == frame)
        let tabs = frame.csvText(options: CSVWritingOptions(delimiter: "\t", missingValue: "NA"))
        #expect(try DataFrame(csvText: tabs) == frame)
        let single = try DataFrame(columns: [Column("a", ["x", nil, "y"])])
        #expect(single.csvText() == "a\nx\n\"\"\ny\n")
        #expect(try DataFrame(csvText: single.csvText()) == single)
    }

    @Test func writesManyRowsInOrder() throws {
        let count = 200_000
        let frame = try DataFrame(columns: [
            Column("id", Array(0..<count)), Column("text", (0..<count).map { "value \($0)" }),
            Column("level", (0..<count).map { "l\($0 % 5)" }), Column("x", (0..<count).map { Double($0) / 3 }),
        ])
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("out.csv").path
        try frame.write(csv: path)
        let back = try DataFrame(csv: path)
        #expect(back == frame)
        #expect(try back["text"].values(as: String.self).last == "value \(count - 1)")
        try frame.head(2).write(csv: path)
        #expect(try DataFrame(csv: path).rowCount == 2)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out.csv"])
        let tsv = folder.appendingPathComponent("out.tsv").path
        try frame.head(1).write(csv: tsv)
        #expect(try String(contentsOfFile: tsv, encoding: .utf8) == "id\ttext\tlevel\tx\n0\tvalue 0\tl0\t0.0\n")
    }

    @Test func leavesNothingBehindWhereItCannotWrite() throws {
        let frame = try sample()
        do {
            try frame.write(csv: "/no/such/folder/out.csv")
            Issue.record("nothing was thrown")
        } catch let error as ApusError {
            #expect(error.code == .unwritableFile)
            #expect(error.message.hasPrefix("Cannot write /no/such/folder/out.csv: "))
        }
    }
}
