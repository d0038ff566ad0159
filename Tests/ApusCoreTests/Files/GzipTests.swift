import ApusCore
import Foundation
import Testing

@Suite struct GzipTests {
    /// `hello, ` and `world`, compressed one after another.
    static let joined =
        Data(base64Encoded: "H4sIAAAAAAACA8tIzcnJ11EAAJlW6hEHAAAAH4sIAAAAAAACAyvPL8pJAQBDEXc6BQAAAA==") ?? Data()
    /// A mebibyte of zeros in a kilobyte.
    static let zeros =
        Data(
            base64Encoded:
                "H4sIAAAAAAACA+3BMQEAAADCoPVPbQhfoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAPgMc6jinAAAQ"
                + "AA==") ?? Data()

    func message(_ data: Data, limit: Int = 1 << 20) -> String? {
        let error = #expect(throws: ApusError.self) { try Gzip.inflate(data, limit: limit, name: "file.gz") }
        #expect(error?.code == .unreadableData)
        return error?.message
    }

    @Test func partsAreJoinedAndZerosBehindThemAreIgnored() throws {
        let expected = Array("hello, world".utf8)
        #expect(try Gzip.inflate(Self.joined, limit: 12, name: "file.gz") == expected)
        #expect(try Gzip.inflate(Self.joined + Data(count: 512), limit: 12, name: "file.gz") == expected)
        #expect(try Gzip.inflate(Self.zeros, limit: 1 << 20, name: "file.gz") == [UInt8](repeating: 0, count: 1 << 20))
        #expect(Gzip.isCompressed(Self.joined) && !Gzip.isCompressed(Data()) && !Gzip.isCompressed(Data([0x1F])))
    }

    @Test func aFileThatEndsTooEarlyIsAnErrorWhereverItEnds() {
        // The end of the first part is an end of the file too.
        let ends = Set([27])
        for count in 0..<Self.joined.count where !ends.contains(count) {
            #expect(message(Self.joined.prefix(count))?.hasPrefix("file.gz ends too early") == true, "\(count) bytes")
        }
        #expect(message(Self.zeros.dropLast())?.contains("too early") == true)
    }

    @Test func aFileThatHoldsMoreThanItShouldStopsAtTheLimit() {
        #expect(message(Self.zeros, limit: 1 << 20 - 1)?.contains("more than the \(1 << 20 - 1) bytes") == true)
        #expect(message(Self.joined, limit: 11)?.contains("more than the 11 bytes") == true)
        #expect(message(Self.joined, limit: 0)?.contains("more than the 0 bytes") == true)
    }

    @Test func aChangedBitIsAnErrorWhereverItCounts() throws {
        // Time, flags of the compressor and system are not part of the content.
        for place in Self.joined.indices where !(4..<10).contains(place) && place != 3 {
            var data = Self.joined
            data[place] ^= 0x10
            if let content = try? Gzip.inflate(data, limit: 1 << 20, name: "file.gz") {
                #expect(content == Array("hello, world".utf8), "byte \(place)")
            }
        }
        var wrong = Self.zeros
        wrong[wrong.count - 6] ^= 1
        #expect(message(wrong)?.contains("is damaged or no gzip file") == true)
        #expect(message(Self.joined + Data("more".utf8))?.contains("damaged") == true)
    }
}
