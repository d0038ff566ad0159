import ApusCore
import ApusFrame
import Testing

@testable import ApusServer

@Suite struct JSONReaderTests {
    private func scalar(_ text: String) throws -> Cell? {
        // What follows the value is what ends every value in a request.
        var reader = JSONReader(Array((text + "]").utf8))
        let value = try reader.scalar()
        let isWhole = reader.take("]")
        #expect(isWhole)
        return value
    }

    @Test func readsEveryDoubleBackToTheSameBits() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<50_000 {
            let value = Double(bitPattern: generator.next())
            guard value.isFinite else { continue }
            guard case .number(let read)? = try scalar("\(value)") else { throw Unexpected() }
            #expect(read.bitPattern == value.bitPattern, "\(value)")
        }
    }

    @Test(arguments: [
        "0", "-0", "-0.0", "1", "0.1", "5e-324", "2.4703282292062327e-324", "2.4703282292062328e-324",
        "1.7976931348623157e308", "9007199254740993", "9007199254740993.0", "123456789012345678901234567890",
        "0.1000000000000000055511151231257827021181583404541015625", "1E+2", "1e-2", "2.2250738585072011e-308",
        "1e23", "8.5e22", "0.000000000000000000000000000000000000000000000000000000000000000000000001e72",
        "179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096330286416692887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880",
    ])
    func roundsNumbersAsTheLanguageDoes(_ text: String) throws {
        let expected = try #require(Double(text))
        guard case .number(let read)? = try scalar(text) else { throw Unexpected() }
        #expect(read.bitPattern == expected.bitPattern)
    }

    @Test func readsNumbersThatAreTooLargeAsInfinite() throws {
        #expect(try scalar("1e999") == .number(.infinity))
        #expect(try scalar("-1e400") == .number(-.infinity))
        #expect(try scalar("1e-999") == .number(0))
        #expect(try scalar("1e99999999999999999999") == .number(.infinity))
        #expect(try scalar(String(repeating: "9", count: 400)) == .number(.infinity))
    }

    @Test(arguments: [
        "01", "-", "+1", ".5", "1.", "1.e3", "1e", "1e+", "-01", "00", "0x10", "1_000", "--1", "NaN", "-NaN",
        "Infinity",
        "-Infinity", "nul", "tru", "True", "None", "'a'", "", "\u{0}", "1 2",
    ])
    func refusesWhatIsNoJSONValue(_ text: String) throws {
        #expect(throws: (any Error).self) {
            var reader = JSONReader(Array(("[" + text + "]").utf8))
            _ = reader.take("[")
            _ = try reader.scalar()
            _ = try reader.continues(until: "]")
        }
    }

    @Test func readsEscapesAndUnicode() throws {
        #expect(try scalar(#""a\"\\\/\b\f\n\r\tz""#) == .text("a\"\\/\u{8}\u{C}\n\r\tz"))
        #expect(try scalar(#""\u00e9\u4E2D\ud83d\ude00""#) == .text("é中😀"))
        #expect(try scalar("\"é中😀\"") == .text("é中😀"))
        #expect(try scalar(#""""#) == .text(""))
    }

    @Test(arguments: [
        #""\ud83d""#, #""\ude00""#, #""\ud83d\u0041""#, #""\ud83dx""#, #""\x41""#, #""\u12"#, #""\u12g4""#, "\"a\nb\"",
        #""open"#, #""\"#, "\"\u{0}\"",
    ])
    func refusesTextThatIsNoJSONText(_ text: String) throws {
        let failure = try #require(throws: RequestFailure.self) { try scalar(text) }
        #expect(failure.status == 400)
    }

    @Test(
        arguments: [
            [0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0x80],
        ] as [[UInt8]])
    func refusesTextThatIsNotUTF8(_ bytes: [UInt8]) throws {
        var reader = JSONReader([0x22] + bytes + [0x22, 0x5D])
        let failure = try #require(throws: RequestFailure.self) { try reader.scalar() }
        #expect(failure.message.contains("UTF-8") || failure.message.contains("closing quote"))
    }

    @Test func saysWhereItStumbled() throws {
        let failure = try #require(throws: RequestFailure.self) { try scalar("NaN") }
        #expect(failure.message.contains("NaN (byte 0); send null"))
    }

    private struct Unexpected: Error {}
}
