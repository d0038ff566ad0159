import Apus
import ApusCore
import Foundation
import Testing

@Suite struct SafetensorsTests {
    private func sample() throws -> Safetensors {
        Safetensors(
            tensors: [
                "weights": try Tensor(shape: [2, 2], values: .float64([0.1, -2, .pi, .leastNonzeroMagnitude])),
                "codes": Tensor(.int32([1, -1, 7])),
                "offsets": Tensor(.int64([.min, .max])),
                "bytes": Tensor(.uint8([0, 255, 3])),
                "small": Tensor(.float32([1.5])),
                "none": Tensor(.float64([])),
            ],
            metadata: ["kind": "test", "unicode": "naïve \"quoted\" 数"])
    }

    private func refusal(_ data: Data) throws -> String {
        let error = try #require(throws: ApusError.self) { try Safetensors(data) }
        #expect(error.code == .unreadableModel)
        return error.message
    }

    @Test func readsBackWhatItWrote() throws {
        let file = try sample()
        let data = try file.encoded()
        #expect(try Safetensors(data) == file)
        #expect(try file.encoded() == data)
    }

    @Test func refusesTheFileTruncatedAnywhere() throws {
        let data = try sample().encoded()
        for length in 0..<data.count {
            #expect(throws: ApusError.self) { try Safetensors(data.prefix(length)) }
        }
        var longer = data
        longer.append(0)
        #expect(try refusal(longer).contains("digest"))
    }

    @Test func refusesEveryFlippedBit() throws {
        let data = try sample().encoded()
        for position in data.indices {
            for bit in 0..<8 {
                var changed = data
                changed[position] ^= 1 << bit
                #expect(throws: ApusError.self, "byte \(position), bit \(bit)") { try Safetensors(changed) }
            }
        }
    }

    static let hostileHeaders = [
        #"{"__metadata__":{},"x":{"dtype":"F64","shape":[9007199254740992,1024],"data_offsets":[0,8]}}"#,
        #"{"x":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}"#,
        #"{"__metadata__":"text"}"#, "[1, 2]", "null", "{", "",
        String(repeating: "[", count: 100_000),
    ]

    @Test(arguments: hostileHeaders)
    func refusesHostileHeaders(_ header: String) throws {
        var data = Data()
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { data.append(contentsOf: $0) }
        data.append(Data(header.utf8))
        data.append(Data(count: 8))
        #expect(throws: ApusError.self) { try Safetensors(data) }
    }

    @Test func refusesAHeaderLengthBeyondTheFile() throws {
        var data = Data(repeating: 255, count: 8)
        data.append(Data("{}".utf8))
        #expect(try refusal(data).contains("truncated"))
    }
}
