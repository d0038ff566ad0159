import ApusCore
import ApusFrame
import ApusTestSupport
import Foundation
import Testing

@Suite struct CSVReaderTests {
    @Test func infersATypeForEachColumnFromAllOfItsValues() throws {
        let frame = try DataFrame(
            csvText: #"""
                whole,number,flag,day,name,code,big,nothing
                1,1,true,2024-02-29,Ann,007,9223372036854775807,
                -2,2.5,FALSE,2023-01-01,"Bob, the ""builder""",8,9223372036854775808,NA
                NA,,,,,9,1,null
                """#)
        #expect(
            frame.columns.map(\.type) == [.int, .double, .bool, .dateTime, .string, .int, .double, .double])
        #expect(try frame["whole"].values(as: Int.self) == [1, -2, nil])
        #expect(try frame["number"].values(as: Double.self) == [1, 2.5, nil])
        #expect(try frame["flag"].values(as: Bool.self) == [true, false, nil])
        #expect(try frame["day"].values(as: DateTime.self) == [DateTime("2024-02-29"), DateTime("2023-01-01"), nil])
        #expect(try frame["name"].values(as: String.self) == ["Ann", "Bob, the \"builder\"", nil])
        #expect(try frame["code"].values(as: Int.self) == [7, 8, 9])
        #expect(
            try frame["big"].values(as: Double.self) == [9_223_372_036_854_775_808, 9_223_372_036_854_775_808, 1])
        #expect(frame.missingCounts.map(\.count) == [1, 1, 1, 1, 1, 0, 0, 3])
    }

    @Test func agreesWithPandasAboutTypesValuesAndSummaries() throws {
        let oracle = try Oracle("frames/mixed")
        let frame = try DataFrame(csvText: try oracle.string("text"))
        let summary = frame.describe()
        for expected in try oracle.array("columns") {
            let column = try frame[try expected.string("name")]
            // Whole numbers stay whole where one is missing; pandas makes them floating-point numbers then.
            let type = column.name == "age" ? "int" : try expected.string("type")
            #expect(column.type.rawValue == type, "\(column.name)")
            #expect(column.isMissing.flags == (try expected.bools("missing")), "\(column.name)")
            let described = try #require(summary[column.name])
            #expect(described.count == (try expected.int("count")))
            switch column.type {
            case .bool: #expect(try column.values(as: Bool.self) == expected.bools("values"))
            case .string:
                #expect(try column.values(as: String.self).map { $0 ?? "" } == expected.strings("values"))
                #expect(described.levels?.unique == (try expected.int("unique")))
                #expect(described.levels?.top == (try expected.string("top")))
                #expect(described.levels?.frequency == (try expected.int("freq")))
            default:
                expectBitwise(try column.numbers(), try expected.doubles("values"))
                let n = try #require(described.numbers)
                expectClose(
                    [
                        Double(described.count), n.mean, try #require(n.standardDeviation), n.minimum, n.lowerQuartile,
                        n.median, n.upperQuartile, n.maximum,
                    ], try expected.doubles("summary"), relative: 1e-14)
            }
        }
    }

    @Test(arguments: ["\n", "\r\n", "\r"]) func readsEveryKindOfLineEnd(_ end: String) throws {
        let text = ["a,b", "1,\"x\(end)y\"", "", "2,z", ""].joined(separator: end)
        let frame = try DataFrame(csvText: "\u{FEFF}" + text)
        #expect(frame.columnNames == ["a", "b"])
        #expect(try frame["a"].values(as: Int.self) == [1, 2])
        #expect(try frame["b"].values(as: String.self) == ["x\(end)y", "z"])
    }

    @Test(arguments: [",", ";", "\t", "|"]) func findsTheDelimiter(_ delimiter: String) throws {
        let others = [",", ";", "\t", "|"].filter { $0 != delimiter }.joined()
        let rows = [["name", "n", "m"], ["\"a\(others)\"", "1", "2.5"], ["b", "2", "3.5"]]
        let frame = try DataFrame(csvText: rows.map { $0.joined(separator: delimiter) }.joined(separator: "\n"))
        #expect(frame.columnNames == ["name", "n", "m"])
        #expect(try frame["name"].values(as: String.self) == ["a\(others)", "b"])
        #expect(try frame["m"].values(as: Double.self) == [2.5, 3.5])
    }

    @Test func tellsAHeaderFromARow() throws {
        #expect(try DataFrame(csvText: "1,2\n3,4\n").columnNames == ["x0", "x1"])
        #expect(try DataFrame(csvText: "1,2\n3,4\n").rowCount == 2)
        #expect(try DataFrame(csvText: "id,2019,2020\n1,2,3\n").columnNames == ["id", "2019", "2020"])
        #expect(try DataFrame(csvText: "name,city\nAnn,Rome\n").columnNames == ["name", "city"])
        #expect(try DataFrame(csvText: "Ann,Rome,4\nBob,Oslo,5\n").columnNames == ["x0", "x1", "x2"])
        #expect(try DataFrame(csvText: ",a\n0,1\n").columnNames == ["Unnamed: 0", "a"])
        #expect(try DataFrame(csvText: "Ann\nBob\n", options: CSVOptions(hasHeader: false)).rowCount == 2)
        #expect(try DataFrame(csvText: "1\n2\n", options: CSVOptions(hasHeader: true)).columnNames == ["1"])
        #expect(
            try DataFrame(csvText: "1,2\n", options: CSVOptions(columnNames: ["p", "q"])).columnNames == ["p", "q"])
    }

    @Test func dropsSpacesWhereEveryDelimiterHasOne() throws {
        let frame = try DataFrame(csvText: "age, work, pay\n39, State-gov, <=50K\n50, ?, >50K\n")
        #expect(frame.columnNames == ["age", "work", "pay"])
        #expect(try frame["work"].values(as: String.self) == ["State-gov", "?"])
        let asked = try DataFrame(csvText: "a, b\n1, ?\n", options: CSVOptions(missingValues: ["?"]))
        #expect(try asked["b"].missingCount == 1)
        let kept = try DataFrame(csvText: "a,b\n1, x\n2,y\n")
        #expect(try kept["b"].values(as: String.self) == [" x", "y"])
        let quoted = try DataFrame(csvText: "a,b\n1,\"x\" \n 2 ,y\n")
        #expect(try quoted["a"].values(as: Int.self) == [1, 2])
        #expect(try quoted["b"].values(as: String.self) == ["x", "y"])
    }

    @Test func readsOnlyWhatIsAskedForAsWhatIsAskedFor() throws {
        let options = CSVOptions(columns: ["code", "level"], types: ["code": .string, "level": .categorical])
        let frame = try DataFrame(csvText: "code,level,x\n007,b,1\n8,a,2\n", options: options)
        #expect(frame.columnNames == ["code", "level"])
        #expect(try frame["code"].values(as: String.self) == ["007", "8"])
        #expect(try frame["level"].type == .categorical)
        guard case .categorical(_, let levels) = try frame["level"].values else { return }
        #expect(levels == ["a", "b"])
    }

    @Test func takesQuotesInsideUnquotedFieldsAsTheyAre() throws {
        let frame = try DataFrame(csvText: "size,n\n5\" pipe,1\n3\" pipe,2\n")
        #expect(try frame["size"].values(as: String.self) == ["5\" pipe", "3\" pipe"])
    }

    @Test func readsDecimalNumbersToTheLastBit() throws {
        let oracle = try Oracle("frames/numbers")
        let texts = try oracle.strings("texts")
        let frame = try DataFrame(csvText: "x\n" + texts.joined(separator: "\n"))
        let values = try frame["x"].numbers()
        expectBitwise(values, try oracle.doubles("values"))
        var random = RandomState(seed: 9)
        let many = (0..<20_000).map { _ in
            Double(bitPattern: random.longWord())
        }.filter(\.isFinite)
        let again = try DataFrame(csvText: "x\n" + many.map { "\($0)" }.joined(separator: "\n"))
        expectBitwise(try again["x"].numbers(), many)
    }

    @Test func readsWholeNumbersToTheirLimits() throws {
        let values = [Int.max, Int.min, 0, -1, 12_345_678, 123_456_789, -99_999_999, 1_000_000_000_000_000_000]
        let frame = try DataFrame(csvText: "n\n" + values.map { "\($0)" }.joined(separator: "\n"))
        #expect(try frame["n"].values(as: Int.self) == values)
        let zeros = try DataFrame(csvText: "n\n000000000000000000000000000012\n")
        #expect(try zeros["n"].values(as: Int.self) == [12])
    }

    @Test func takesInfinitiesAsNumbers() throws {
        let frame = try DataFrame(csvText: "x\n1\ninf\n-Infinity\n")
        #expect(try frame["x"].numbers() == [1, .infinity, -.infinity])
    }

    @Test(arguments: [64, 200, 1000]) func readsTheSameInPiecesOfAnySize(_ rows: Int) throws {
        let text =
            "id,text,ratio,flag\n"
            + (0..<rows).map { i in
                let note = i % 7 == 0 ? "\"line\(i)\r\nnext, \"\"\(i % 11)\"\"\"" : i % 5 == 0 ? "" : "n\(i % 13)"
                return "\(i),\(note),\(i % 9 == 0 ? "NA" : "\(Double(i) / 7)"),\(i % 2 == 0)\(i % 10 == 3 ? "\n" : "")"
            }.joined(separator: "\n")
        let bytes = CSVBytes(Array(text.utf8))
        let dialect = CSVKernel.Dialect(delimiter: 0x2C, quote: 0x22, trimsSpaces: false, missingWords: ["NA"])
        func read(_ pieceSize: Int) throws -> String {
            let (count, columns) = try CSVKernel.read(
                bytes, from: 0, dataStart: 19, dialect: dialect, kinds: [nil, nil, nil, nil], pieceSize: pieceSize)
            return "\(count) \(columns)"
        }
        let whole = try read(1 << 20)
        #expect(whole.hasPrefix("\(rows) "))
        for size in [1, 7, 64, 100, 333, 1024, 5000] { #expect(try read(size) == whole, "pieces of \(size) bytes") }
    }

    @Test func learnsTheTypeFromTheLastRowOfAFileOfManyPieces() throws {
        let rows = (0..<120_000).map { "\($0),\($0 % 3)\n" }.joined()
        let frame = try DataFrame(csvText: "a,b\n" + rows + "x,0.5\n")
        #expect(frame.columns.map(\.type) == [.string, .double])
        #expect(frame.rowCount == 120_001)
        #expect(try frame[119_999, "a"] == .text("119999"))
        #expect(try frame[120_000, "b"] == .number(0.5))
    }

    @Test func findsPiecesAgainWhereQuotesDoNotComeInPairs() throws {
        let rows = (0..<60_000).map { $0 % 1000 == 0 ? "3\" pipe \($0),\"a,\nb\"\n" : "plain \($0),c\n" }.joined()
        let frame = try DataFrame(csvText: "a,b\n" + rows)
        #expect(frame.rowCount == 60_000)
        #expect(try frame[59_000, "a"] == .text("3\" pipe 59000"))
        #expect(try frame["b"].describe().levels?.unique == 2)
    }

    @Test func readsFilesAndPipes() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("data.csv").path
        // Exactly one page: whatever is loaded behind the end must not be outside of the mapping.
        let text = "a,b\n" + String(repeating: "12,345.678\n", count: 372)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        let frame = try DataFrame(csv: path)
        #expect(text.utf8.count == 4096)
        #expect(frame.rowCount == 372)
        #expect(try frame[371, "b"] == .number(345.678))
        let pipe = folder.appendingPathComponent("pipe").path
        #expect(mkfifo(pipe, 0o600) == 0)
        let thread = Thread { try? Data(text.utf8).write(to: URL(fileURLWithPath: pipe)) }
        thread.start()
        #expect(try DataFrame(csv: pipe) == frame)
    }
}
