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
}
