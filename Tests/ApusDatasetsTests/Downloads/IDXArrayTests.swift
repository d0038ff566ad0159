import ApusCore
import Testing

@testable import ApusDatasets

@Suite struct IDXArrayTests {
    let header: [UInt8] = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3]

    @Test func shapeAndElementsAreRead() throws {
        let array = try IDXArray(header + [1, 2, 3, 4, 5, 255], name: "file")
        #expect(array.shape == [2, 3])
        #expect(Array(array.elements) == [1, 2, 3, 4, 5, 255])
    }

    @Test func everyShortOrLongFileIsAnError() {
        let file = header + [1, 2, 3, 4, 5, 6]
        for count in 0..<file.count {
            let error = #expect(throws: ApusError.self) { try IDXArray(Array(file[..<count]), name: "file") }
            #expect(error?.code == .unreadableData)
        }
        #expect(throws: ApusError.self) { try IDXArray(file + [7], name: "file") }
    }

    @Test(
        arguments: [
            [1, 0, 8, 1, 0, 0, 0, 0], [0, 0, 9, 1, 0, 0, 0, 0], [0, 0, 8, 255, 1, 2, 3, 4],
            [0, 0, 8, 3] + [UInt8](repeating: 255, count: 12),
        ] as [[UInt8]])
    func aHeaderThatIsWrongOrHugeIsAnError(bytes: [UInt8]) {
        let error = #expect(throws: ApusError.self) { try IDXArray(bytes, name: "file") }
        #expect(error?.code == .unreadableData)
    }

    @Test func onlyThrowsWhateverTheBytes() {
        var random = RandomState(seed: 2)
        var (read, refused) = (0, 0)
        for round in 0..<4000 {
            var bytes = header + (0..<6).map { _ in UInt8(truncatingIfNeeded: random.word()) }
            for _ in 0..<(round % 3) {
                bytes[Int(random.word()) % bytes.count] = UInt8(truncatingIfNeeded: random.word())
            }
            if round % 7 == 0 { bytes = Array(bytes[..<(Int(random.word()) % bytes.count)]) }
            do {
                let array = try IDXArray(bytes, name: "file")
                #expect(array.shape.reduce(1, *) == array.elements.count)
                read += 1
            } catch {
                #expect(error is ApusError)
                refused += 1
            }
        }
        #expect(read > 1000 && refused > 500)
    }
}
