import ApusCore
import ApusFrame
import ApusTestSupport
import Foundation
import Testing

@Suite struct JSONReaderTests {
    private func lines(_ text: String, _ options: JSONOptions = JSONOptions()) throws -> DataFrame {
        try DataFrame(jsonLinesText: text, options: options)
    }

    @Test func infersTypesOverAllRecords() throws {
        let frame = try lines(
            """
            {"n":1,"x":1,"s":"a","b":true,"t":"2024-02-29","mixed":1}

            {"x":2.5,"n":null,"s":"\\u00e9\\n\\"\\ud83d\\ude00","t":"2024-03-01T10:00:00Z","mixed":"one","late":7}
              {"n":-9223372036854775808,"big":9223372036854775808,"mixed":false,"empty":null}
            """)
        #expect(frame.columnNames == ["n", "x", "s", "b", "t", "mixed", "late", "big", "empty"])
        #expect(
            frame.types.map(\.type)
                == [.int, .double, .string, .bool, .dateTime, .string, .int, .double, .double])
        #expect(try frame["n"].values(as: Int.self) == [1, nil, .min])
        #expect(try frame["x"].values(as: Double.self) == [1, 2.5, nil])
        #expect(try frame["s"].values(as: String.self) == ["a", "é\n\"😀", nil])
        #expect(try frame["mixed"].values(as: String.self) == ["1", "one", "false"])
        #expect(try frame["late"].values(as: Int.self) == [nil, 7, nil])
        #expect(try frame["empty"].missingCount == 3)
    }

    @Test func readsNumbersToTheLastBit() throws {
        let oracle = try Oracle("frames/numbers")
        let texts = try oracle.strings("texts")
        let values = try oracle.doubles("values")
        let legal = texts.indices.filter {
            !texts[$0].hasSuffix(".") && !texts[$0].hasPrefix(".") && !texts[$0].hasPrefix("0e")
        }
        .filter { !texts[$0].dropFirst(texts[$0].hasPrefix("-") ? 1 : 0).hasPrefix("00") }
        let frame = try lines(legal.map { "{\"x\":\(texts[$0]),\"y\":0.5}" }.joined(separator: "\n"))
        expectBitwise(try frame["x"].numbers(), legal.map { values[$0] })
    }

    @Test func readsAListOfRecords() throws {
        let frame = try DataFrame(
            jsonText: "\n[ {\"a\":1} ,\n {\"a\" : 2, \"b\":[]} ]\n", options: JSONOptions(nested: .asText))
        #expect(try frame["a"].values(as: Int.self) == [1, 2])
        #expect(try frame["b"].values(as: String.self) == [nil, "[]"])
        #expect(try DataFrame(jsonText: "[]", options: JSONOptions(allowsNoRows: true)).shape == (0, 0))
    }

    @Test(arguments: [
        ("{\"a\":1}\n{\"a\":}", "line 2: “}” begins no value"),
        ("{\"a\":1}\n[1]", "line 2: “{”, the beginning of a record, was expected, not “[”"),
        ("{\"a\":1} x", "line 1: more text follows"), ("{\"a\":1,}", "line 1: “}” begins no value"),
        ("{a:1}", "line 1: “a” begins no value"), ("{1:1}", "line 1: the name of a value must be in quotes"),
        ("{\"a\":01}", "begins with 0"), ("{\"a\":1.}", "a digit was expected"), ("{\"a\":tru}", "neither true, false"),
        ("{\"a\":\"x}", "never closed"), ("{\"a\":\"\\x\"}", "\\x is no escape"),
        ("{\"a\":\"\\u12\"}", "four hexadecimal"),
        ("{\"a\":{\"b\":1}}", "column “a” holds an object"), ("{\"a\":1,\"a\":2}", "“a” occurs twice"),
        ("{\"a\":[1}", "closes what is not open"), ("{\"a\":1", "“,” or “}” was expected, not the end"),
        ("", "holds no records"), ("\n\n", "holds no records"), ("{}\n{}", "2 records without any value"),
        ("{\"a\":NaN}", "begins no value"),
    ])
    func saysWhatIsWrongAndWhere(text: String, expected: String) {
        let error = failure { _ = try DataFrame(jsonLinesText: text) }
        #expect(error.contains(expected), "\(error)")
    }

    @Test func keepsToTheTypesThatAreGiven() throws {
        let options = JSONOptions(columns: ["a", "c"], types: ["a": .double, "c": .categorical])
        let frame = try lines("{\"a\":1,\"b\":[],\"c\":\"x\"}\n{\"a\":null,\"c\":2}", options)
        #expect(frame.types.map(\.type) == [.double, .categorical])
        #expect(failure { _ = try lines("{\"a\":\"x\"}", options) }.contains("“a” holds \"x\", which is not a number"))
        #expect(failure { _ = try lines("{\"a\":1}", JSONOptions(types: ["b": .int])) }.contains("no column “b”"))
        #expect(failure { _ = try lines("{\"t\":\"x\"}", JSONOptions(types: ["t": .dateTime])) }.contains("not a date"))
        let deep = "{\"a\":" + String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000) + "}"
        #expect(failure { _ = try lines(deep, JSONOptions(nested: .asText)) }.contains("nested more than 512"))
        let bytes: [UInt8] = Array("{\"a\":\"".utf8) + [0xFF] + Array("\"}".utf8)
        let path = temporary("bad.jsonl")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(
            failure { _ = try DataFrame(jsonLines: path) }.contains("line 1: the text that begins here is not UTF-8"))
    }

    @Test(arguments: ["a.jsonl", "a.jsonl.gz", "a.json", "a.json.gz", "a.csv.gz", "a.tsv.gz", "a.csv"])
    func readsWhatItWrote(name: String) throws {
        var random = RandomState(seed: 3)
        let n = 20_000
        let frame = try DataFrame(columns: [
            Column("i", random.integers(in: -5..<1_000_000, count: n).map { $0 % 7 == 0 ? nil : $0 }),
            Column("x", random.gaussian(count: n)), Column("t", (0..<n).map { "text \"\($0)\"\n\\ \t é" }),
            Column("c", (0..<n).map { ["a", "b", nil][$0 % 3] }), Column("b", (0..<n).map { $0 % 2 == 0 }),
            Column("d", (0..<n).map { DateTime(microseconds: $0 * 123_456_789_012) }),
        ])
        let path = temporary(name)
        let isJSON = name.contains("json")
        if name.contains("jsonl") {
            try frame.write(jsonLines: path)
            #expect(try DataFrame(jsonLines: path) == frame)
        } else if isJSON {
            try frame.write(json: path)
            #expect(try DataFrame(json: path) == frame)
        } else {
            try frame.write(csv: path)
            #expect(try DataFrame(csv: path) == frame)
        }
        guard !name.hasPrefix("a.json.") && name != "a.json" else { return }
        // In chunks of any size the same rows come out, with the same types.
        for rows in [1_000, 7_777, 50_000] {
            let chunks =
                isJSON ? try DataFrame.chunks(jsonLines: path, rows: rows) : try DataFrame.chunks(csv: path, rows: rows)
            var parts: [DataFrame] = []
            try chunks.forEach { parts.append($0) }
            #expect(parts.map(\.rowCount).max() == min(rows, n) && chunks.rowsRead == n)
            #expect(try DataFrame.concatenating(rows: parts) == frame)
        }
        #expect(
            failure { _ = try frame.head(1).adding("z") { $0.x / 0.0 }.write(jsonLines: path) }.contains("infinite"))
    }

    @Test func refusesChunksThatDisagreeWithTheFirstRows() throws {
        let csv = temporary("later.csv")
        try Data("a,b\n1,x\n2,y\n\n3,\"z\n\"\n4.5,w\n".utf8).write(to: URL(fileURLWithPath: csv))
        let chunks = try DataFrame.chunks(csv: csv, rows: 2)
        #expect(try chunks.next()?.rowCount == 2)
        let error = failure { _ = try chunks.next() }
        #expect(
            error.contains("line 7: in row 3 column “a” holds “4.5”, which is not a whole number as in the rows before")
        )
        #expect(try chunks.next() == nil)
        var rows = 0
        try DataFrame.chunks(csv: csv, rows: 2, inferenceRows: 10).forEach { rows += $0.rowCount }
        try DataFrame.chunks(csv: csv, rows: 1, options: CSVOptions(types: ["a": .double])).forEach {
            rows += $0.rowCount
        }
        #expect(rows == 8)
        let json = temporary("later.jsonl")
        try Data("{\"a\":1}\n{\"a\":2}\n{\"a\":\"x\"}\n".utf8).write(to: URL(fileURLWithPath: json))
        let records = try DataFrame.chunks(jsonLines: json, rows: 2)
        _ = try records.next()
        #expect(
            failure { _ = try records.next() }.contains("line 3: in row 2 column “a” holds \"x\", which is not a whole")
        )
        #expect(failure { _ = try DataFrame.chunks(csv: csv, rows: 0) }.contains("at least one row"))
        #expect(
            failure { _ = try DataFrame.chunks(csv: "/nowhere.csv", rows: 1) }.contains("/nowhere.csv: cannot be read"))
        try Data("a,b\n".utf8).write(to: URL(fileURLWithPath: csv))
        #expect(failure { _ = try DataFrame.chunks(csv: csv, rows: 1) }.contains("no rows"))
        #expect(try DataFrame.chunks(csv: csv, rows: 1, options: CSVOptions(allowsNoRows: true)).next() == nil)
        try Data("a,b\n1,\"x\n2,y\n".utf8).write(to: URL(fileURLWithPath: csv))
        #expect(failure { _ = try DataFrame.chunks(csv: csv, rows: 1) }.contains("never closed"))
    }

    @Test func refusesDamagedCompression() throws {
        let path = temporary("damaged.csv.gz")
        try DataFrame(columns: [Column("a", Array(0..<50_000))]).write(csv: path)
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path))
        #expect(failure { _ = try DataFrame(csv: path) }.contains("ends too early"))
        var bytes = [UInt8](whole)
        bytes[bytes.count - 5] ^= 0xFF
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(failure { _ = try DataFrame(csv: path) }.contains("damaged"))
        #expect(failure { try DataFrame.chunks(csv: path, rows: 100_000).forEach { _ in } }.contains("damaged"))
    }

    /// A seeded mutator: whatever the bytes are, there is a frame or an error.
    @Test func survivesAnyBytes() throws {
        var random = RandomState(seed: 11)
        let json = Array(
            "{\"a\":1.5e3,\"b\":\"x\\u00e9\",\"c\":[1,{\"d\":null}],\"e\":true}\n{\"a\":-0,\"b\":null}\n".utf8)
        let csv = Array("a,b,c\n1,\"x\"\"y\",2024-01-01\r\n,\"line\nend\",\n-3.5,é,true\n".utf8)
        let path = temporary("mutated")
        for round in 0..<400 {
            var bytes = round % 2 == 0 ? json : csv
            for _ in 0..<random.integer(in: 1..<8) {
                let place = random.integer(in: 0..<bytes.count)
                switch random.integer(in: 0..<4) {
                case 0: bytes[place] = UInt8(random.integer(in: 0..<256))
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(bytes[random.integer(in: 0..<bytes.count)], at: place)
                default: bytes = Array(bytes[..<place]) + bytes[(place / 2)...]
                }
            }
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            if round % 2 == 0 {
                _ = try? DataFrame(jsonLines: path, options: JSONOptions(nested: .asText))
                _ = try? DataFrame.chunks(jsonLines: path, rows: 1).forEach { _ in }
                _ = try? DataFrame(jsonText: "[" + String(decoding: bytes, as: UTF8.self) + "]")
            } else {
                let whole = try? DataFrame(csv: path)
                var parts: [DataFrame] = []
                let chunks = try? DataFrame.chunks(csv: path, rows: 1, inferenceRows: 100)
                if (try? chunks?.forEach { parts.append($0) }) != nil, let whole {
                    #expect(try DataFrame.concatenating(rows: parts) == whole)
                }
            }
        }
    }

    private func temporary(_ name: String) -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-json-\(UUID().uuidString)")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder.appendingPathComponent(name).path
    }
}
