import ApusCore
import ApusDatasets
import ApusFrame
import Testing

@Suite struct GeneratedFrameTests {
    @Test func classesBecomeAColumnOfTheirOwnKind() throws {
        let blobs = try makeBlobs(nSamples: 7, seed: 3)
        let frame = try DataFrame(generated: blobs.x, .labels(blobs.y))
        #expect(frame.columnNames == ["x0", "x1", "y"] && frame.columnNames(in: .target) == ["y"])
        #expect(try frame["y"].type == .int && frame.labels(of: "y") == blobs.y)
        #expect(try frame.matrix() == blobs.x)
        let x = Matrix(rows: 2, columns: 0)
        #expect(try DataFrame(generated: x, .labels(Labels(["b", "a"])))["y"] == Column("y", ["b", "a"]))
        #expect(try DataFrame(generated: x, .labels(Labels([true, false])))["y"] == Column("y", [true, false]))
    }

    @Test func severalNumbersBecomeSeveralTargets() throws {
        let x = Matrix(rows: 2, columns: 1, values: [1, 2])
        let frame = try DataFrame(generated: x, .numbers(Matrix(rows: 2, columns: 2, values: [3, 4, 5, 6])))
        #expect(frame.columnNames == ["x0", "y0", "y1"] && frame.columnNames(in: .target) == ["y0", "y1"])
        #expect(try frame["y1"].numbers() == [4, 6])
        #expect(try DataFrame(generated: x, .numbers(Matrix(column: [8, 9])))["y"].numbers() == [8, 9])
    }

    @Test func aTargetOfAnotherLengthIsAnError() {
        let x = Matrix(rows: 2, columns: 1, values: [1, 2])
        let error = #expect(throws: ApusError.self) { try DataFrame(generated: x, .labels(Labels([1, 2, 3]))) }
        #expect(error?.code == .shapeMismatch)
    }
}
