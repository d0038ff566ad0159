import ApusCore
import ApusFrame
import Foundation
import Testing

/// Files that are nearly right: bytes of a good one changed, doubled, swapped, cut out and put in, the same in every run.
/// Whatever becomes of them, reading gives a frame or an `ApusError`.
struct Mutator {
    private var random: RandomState
    private let pieces: [[UInt8]]

    init(seed: UInt32, pieces: [String]) {
        random = RandomState(seed: seed)
        self.pieces = pieces.map { Array($0.utf8) } + [[0], [0xFF], [0xE2, 0x82], [0x80, 0x80]]
    }

    private mutating func below(_ count: Int) -> Int { Int(random.word()) % max(1, count) }

    mutating func mutated(_ original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0...below(4) {
            guard !bytes.isEmpty else { return bytes }
            let place = below(bytes.count)
            switch below(8) {
            case 0: bytes[place] ^= 1 << UInt8(below(8))
            case 1: bytes[place] = UInt8(truncatingIfNeeded: random.word())
            case 2: bytes.remove(at: place)
            case 3: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(20)))
            case 4: bytes.removeSubrange(place...)
            case 5:
                let end = min(bytes.count, place + 1 + below(40))
                bytes.insert(contentsOf: Array(bytes[place..<end]), at: below(bytes.count))
            default: bytes.insert(contentsOf: pieces[below(pieces.count)], at: place)
            }
        }
        return bytes
    }
}

@Suite struct ReaderFuzzTests {
    private func check(
        _ good: String, _ pieces: [String], seed: UInt32, rounds: Int = 2500, _ read: ([UInt8]) throws -> DataFrame
    ) throws {
        var mutator = Mutator(seed: seed, pieces: pieces)
        let bytes = Array(good.utf8)
        _ = try read(bytes)
        var (accepted, refused) = (0, 0)
        for _ in 0..<rounds {
            do {
                let frame = try read(mutator.mutated(bytes))
                #expect(frame.columns.allSatisfy { $0.count == frame.rowCount })
                _ = frame.description
                accepted += 1
            } catch is ApusError {
                refused += 1
            } catch {
                Issue.record("another error: \(error)")
            }
        }
        #expect(accepted > rounds / 50 && refused > rounds / 50, "\(accepted) accepted, \(refused) refused")
    }

    @Test func arff() throws {
        try check(
            """
            % c
            @relation r
            @attribute n numeric
            @attribute 'a b' {x,'y z',"?"}
            @attribute s string
            @attribute d date "yyyy-MM-dd HH:mm:ss"
            @data
            1,x,'text, \\u00e9','2024-02-29 12:00:00'
            -2.5e3,'y z',?,?
            {0 7,2 'sparse'}
            ?,?,"",'1970-01-01 00:00:00'
            """,
            ["{", "}", "'", "\"", "\\", "\\u", ",", "?", "\n", "@data", "@attribute x {", "%", "99999999999999999999"],
            seed: 1
        ) { try DataFrame(arffBytes: $0) }
    }

    @Test func jsonLines() throws {
        try check(
            """
            {"n":1,"x":2.5e-3,"s":"a\\u00e9\\n","b":true,"t":"2024-02-29T10:00:00Z","z":null}
            {"n":-9223372036854775808,"x":1e400,"s":"\\ud83d\\ude00","b":false}
            """, ["{", "}", "[", "]", "\"", "\\", "\\u", "\\ud800", ",", ":", "null", "1e999", "-", "\n", "tru"],
            seed: 2
        ) { try DataFrame(jsonLinesText: String(decoding: $0, as: UTF8.self)) }
    }

    @Test func jsonRecords() throws {
        try check(
            #"[{"a":1,"b":"x"},{"a":2.5,"b":null},{"b":"\u00e9","c":[1,{"d":2}]}]"#,
            ["{", "}", "[", "]", "\"", "\\", ",", ":", "[[[[[[[[", "{\"a\":", "1e999"], seed: 3
        ) { try DataFrame(jsonText: String(decoding: $0, as: UTF8.self), options: JSONOptions(nested: .asText)) }
    }

    @Test func csvBehindGzip() throws {
        var mutator = Mutator(seed: 4, pieces: ["\u{1F}", "\u{08}"])
        let text = "a,b,c\n" + (0..<60).map { "\($0),\"x \($0 % 7)\",\(Double($0) / 3)\n" }.joined()
        let bytes = try DeflateKernel.gzip(Array(text.utf8))
        var refused = 0
        for _ in 0..<1500 {
            do {
                _ = try DataFrame(csvBytes: mutator.mutated(bytes))
            } catch is ApusError {
                refused += 1
            } catch {
                Issue.record("another error: \(error)")
            }
        }
        #expect(refused > 1000)
    }

    @Test func csvInChunks() throws {
        let path = NSTemporaryDirectory() + "apus-\(UUID().uuidString).csv"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try check(
            "id,näme,x,t\r\n"
                + (0..<40).map { "\($0),\"a \"\"\($0 % 3)\"\"\",\(Double($0) / 7),2024-01-0\($0 % 9 + 1)\r\n" }.joined(),
            ["\"", "\"\"", ",", "\n", "\r", "NA", "é", ";", "1e999", "\u{FEFF}"], seed: 5, rounds: 600
        ) { bytes in
            try Data(bytes).write(to: URL(filePath: path))
            var frames: [DataFrame] = []
            try DataFrame.chunks(csv: path, rows: 7).forEach { frames.append($0) }
            _ = try DataFrame.types(csv: path, rows: 7)
            return try DataFrame.concatenating(rows: frames)
        }
    }
}
