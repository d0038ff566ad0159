import ApusCore
import ApusFrame
import Foundation
import Testing

/// The message of the `ApusError` that `body` throws.
func message(_ body: () throws -> Void) -> String {
    do {
        try body()
        return "no error"
    } catch let error as ApusError {
        return error.message
    } catch {
        return "another error: \(error)"
    }
}

@Suite struct BadCSVTests {
    private func complaint(_ text: String, _ options: CSVOptions = CSVOptions()) -> String {
        message { _ = try DataFrame(csvText: text, options: options) }
    }

    private func complaint(_ bytes: [UInt8]) -> String { message { _ = try DataFrame(csvBytes: bytes) } }

    @Test func refusesFilesWithoutRows() {
        #expect(complaint("").contains("is empty"))
        #expect(complaint("\u{FEFF}").contains("is empty"))
        #expect(complaint("\n\r\n\n").contains("holds no records"))
        #expect(complaint("a,b\n").contains("holds a header (a, b) but no rows"))
        #expect(complaint("a,b").contains("holds a header (a, b) but no rows"))
        #expect(throws: Never.self) {
            let frame = try DataFrame(csvText: "a,b\n", options: CSVOptions(allowsNoRows: true))
            #expect(frame.shape == (0, 2))
        }
    }

    @Test func namesTheLineOfARaggedRow() {
        #expect(
            complaint("a,b\n1,2\n\"x\ny\",2\n3\n").hasPrefix(
                "CSV text, line 5: there is 1 field where there are 2 columns"))
        #expect(
            complaint("a,b\r\n1,2\r\n3,4,5,6\r\n").hasPrefix(
                "CSV text, line 3: there are 4 fields where there are 2 columns"))
        let many = "a,b\n" + String(repeating: "1,2\n", count: 300_000)
        #expect(complaint(many + "3,4,5\n" + many).hasPrefix("CSV text, line 300002: there are 3 fields"))
    }

    @Test func namesTheLineWhereAQuoteOpened() {
        #expect(complaint("a,b\n1,2\n3,\"x\n4,5\n").hasPrefix("CSV text, line 3: the quote that opens here"))
        #expect(complaint("a,\"b\n1,2\n").hasPrefix("CSV text, line 1: the quote that opens here"))
        #expect(complaint("a,b\n1,\"\"\"\n").hasPrefix("CSV text, line 2: the quote that opens here"))
        let many = String(repeating: "1,\"2\"\n", count: 300_000)
        #expect(
            complaint("a,b\n" + many + "3,\"x\n" + String(repeating: "1,2\n", count: 300_000)).hasPrefix(
                "CSV text, line 300002: the quote that opens here"))
    }

    @Test func refusesTextBehindAClosingQuote() {
        #expect(complaint("a,b\n1,\"x\"y\n").hasPrefix("CSV text, line 2: in the quoted field"))
    }

    @Test func refusesBytesThatAreNotUTF8() {
        #expect(
            complaint(Array("name\nJos".utf8) + [0xE9] + Array("\nAnn\n".utf8)).hasPrefix(
                "CSV text, line 2: byte 8 (0xE9) is not UTF-8 text"))
        for bad: [UInt8] in [
            [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80], [0xF0, 0x9F], [0xFF],
        ] {
            for padding in [0, 60, 63, 64, 100] {
                let bytes = Array("a\n".utf8) + Array(repeating: 0x78, count: padding) + bad + Array("\nx\n".utf8)
                #expect(complaint(bytes).contains("not UTF-8"), "\(bad) behind \(padding)")
                #expect(
                    complaint(Array(bytes.dropLast(3))).contains("not UTF-8"), "\(bad) behind \(padding) at the end")
            }
        }
        #expect(complaint([0xFF, 0xFE, 0x61, 0x00]).contains("is UTF-16 text"))
        #expect(complaint([0x1F, 0x8B, 8, 0]).contains("gzip"))
    }

    @Test func acceptsCharactersOfEveryLengthAtEveryPlace() throws {
        for text in ["é", "東", "😀", "\u{10FFFF}", "\u{800}", "\u{D7FF}"] {
            for padding in 50..<70 {
                let value = String(repeating: "x", count: padding) + text + "y"
                let frame = try DataFrame(csvText: "a,b\n1,\(value)\n2,\(value)\n")
                #expect(try frame[1, "b"] == .text(value))
            }
        }
    }

    @Test func refusesNULBytes() {
        #expect(complaint("a,b\n1,x\0y\n").hasPrefix("CSV text, line 2: byte 7 is 0"))
        #expect(complaint([UInt8](repeating: 0, count: 300)).contains("byte 0 is 0"))
    }

    @Test func refusesTwoColumnsOfOneName() {
        #expect(complaint("a,b,a\n1,2,3\n").hasPrefix("CSV text, line 1: columns 1 and 3 are both called “a”"))
    }

    @Test func namesLineColumnAndValueOfAnotherType() {
        #expect(
            complaint("a,b\n1,2\n2,\n3,old\n", CSVOptions(types: ["b": .int]))
                == "CSV text, line 4: column “b” holds “old”, which is not a whole number; correct it or leave it empty."
        )
        #expect(complaint("a\n1\n", CSVOptions(types: ["b": .int])).contains("There is no column “b”"))
    }

    @Test func refusesPathsThatCannotBeRead() {
        #expect(message { _ = try DataFrame(csv: "/no/such.csv") }.contains("/no/such.csv: cannot be read"))
        #expect(message { _ = try DataFrame(csv: "/") }.contains("it is a directory"))
        #expect(message { _ = try DataFrame(csv: "/dev/null") }.contains("/dev/null is empty"))
    }

    @Test func refusesOptionsThatCannotBe() {
        #expect(complaint("a,b\n", CSVOptions(delimiter: "é")).contains("must be an ASCII character"))
        #expect(complaint("a,b\n", CSVOptions(delimiter: "\"")).contains("two different characters"))
        #expect(complaint("a,b\n1,2\n", CSVOptions(columnNames: ["x"])).contains("has 2 columns, but 1 names"))
    }

    @Test func onlyThrowsWhateverTheBytes() {
        let pieces: [[UInt8]] =
            [
                "\"", "\"\"", ",", "\n", "\r", "\r\n", "a", "1", "-", "2.5e", "NA", "é", "true", "2024-01-01", " ",
                "\t", ";",
            ]
            .map { Array($0.utf8) } + [[0], [0xFF], [0xE2, 0x82], [0xEF, 0xBB, 0xBF]]
        var random = RandomState(seed: 1)
        var (read, refused) = (0, 0)
        for round in 0..<4000 {
            let length = Int(random.word() % 120)
            // Rounds differ in how likely the bytes that make files unreadable are.
            let choices = round % 3 == 0 ? pieces.count : round % 3 == 1 ? pieces.count - 4 : pieces.count
            var bytes = (0..<length).flatMap { _ in pieces[Int(random.word()) % choices] }
            if round % 3 == 2 { bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.word()) } }
            do {
                let frame = try DataFrame(csvBytes: bytes)
                _ = frame.description + frame.describe().description + frame.csvText()
                read += 1
            } catch is ApusError {
                refused += 1
            } catch {
                Issue.record("another error: \(error)")
            }
        }
        #expect(read > 50 && refused > 1000)
    }

    @Test func readsOrRefusesAFileCutOffAtAnyByte() {
        let text = "\u{FEFF}id,näme,x\r\n1,\"a \"\"b\"\"\r\nc\",2.5e-3\r\n2,東京,NA\r\n3,x,-inf\r\n"
        let bytes = Array(text.utf8)
        var counts = (read: 0, refused: 0)
        for end in 0...bytes.count {
            do {
                let frame = try DataFrame(csvBytes: Array(bytes[..<end]))
                #expect(frame.columns.allSatisfy { $0.count == frame.rowCount })
                counts.read += 1
            } catch {
                #expect(error is ApusError)
                counts.refused += 1
            }
        }
        #expect(counts.read > 5 && counts.refused > 30)
    }
}
