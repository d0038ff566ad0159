import ApusCore
import ApusTestSupport
import Testing

@Suite struct OracleTests {
    let oracle: Oracle

    init() throws {
        oracle = try Oracle("encoding/numbers")
    }

    @Test func doublesKeepEveryBit() throws {
        for (name, bits) in [("doubles", "bits"), ("spread", "spread_bits")] {
            let patterns = try oracle.integers(bits, as: UInt64.self)
            expectBitwise(try oracle.doubles(name), patterns.map(Double.init(bitPattern:)))
        }
        #expect(try oracle.doubles("doubles").suffix(3).map(\.isNaN) == [true, false, false])
        #expect(try oracle.doubles("doubles").suffix(2) == [.infinity, -.infinity])
    }

    @Test func integersDoNotPassThroughDoubles() throws {
        #expect(try oracle.ints("integers") == [0, -1, 9_007_199_254_740_993, .min, .max])
        #expect(try oracle.integers("words") as [UInt32] == [0, .max])
        #expect(try oracle.integers("unsigned") as [UInt64] == [1 << 63, .max])
    }

    @Test func otherValuesAreReadAsWhatTheyAre() throws {
        #expect(try oracle.bools("flags") == [true, false])
        #expect(try oracle.strings("texts") == ["Σίσυφος", "a \"quoted\"\n line", ""])
        #expect(!oracle.has("nothing") && !oracle.has("nowhere") && oracle.has("flags"))
        #expect(try oracle.object("nested").array("cases").map { try $0.int("value") } == [1, 2])
        let seventh = Matrix(rows: 2, columns: 3, values: (0..<6).map { Double($0) / 7 })
        expectBitwise(try oracle.matrix("matrix"), seventh)
        #expect(try oracle.object("tools").keys == ["numpy"])
    }

    @Test func whatIsMissingOrOfAnotherKindIsNamed() throws {
        let missing = #expect(throws: ApusError.self) { try oracle.object("nested").int("cases2") }
        #expect(missing?.message == "There is no encoding/numbers: nested.cases2; the fields there are cases.")
        let kind = #expect(throws: ApusError.self) { try oracle.object("nested").array("cases")[1].string("value") }
        #expect(kind?.message == "encoding/numbers: nested.cases[1].value is the number 2.0, not a text.")
        let large = #expect(throws: ApusError.self) { try oracle.ints("unsigned") }
        #expect(large?.message.hasSuffix("is the number 9223372036854775808, not an integer that fits Int.") == true)
        #expect(throws: ApusError.self) { try Oracle("encoding/nowhere") }
    }
}
