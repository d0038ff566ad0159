import ApusCore
import Testing

@Suite struct MatrixTests {
    @Test func refusesRowsOfDifferentLength() throws {
        let error = try #require(throws: ApusError.self) { try Matrix([[1, 2], [3]]) }
        #expect(error.code == .shapeMismatch)
        #expect(error.message.contains("Row 1 has 1 values"))
    }

    @Test func givesRowsColumnsAndElements() throws {
        let x = try Matrix([[1, 2, 3], [4, 5, 6]])
        #expect(x.row(1) == [4, 5, 6])
        #expect(x.column(2) == [3, 6])
        #expect(x[1, 0] == 4)
        #expect(x.transposed == (try Matrix([[1, 4], [2, 5], [3, 6]])))
        #expect(x.selecting(rows: [1, 1]).values == [4, 5, 6, 4, 5, 6])
        #expect(x.selecting(columns: [2, 0]).values == [3, 1, 6, 4])
        #expect(try x.appending(columns: Matrix(column: [7, 8])).values == [1, 2, 3, 7, 4, 5, 6, 8])
    }

    @Test func copiesAreIndependent() throws {
        let x = try Matrix([[1, 2]])
        var copy = x
        copy[0, 0] = 9
        #expect(x[0, 0] == 1)
        #expect(copy[0, 0] == 9)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func namesTheFirstUnusableElement(_ bad: Double) throws {
        var x = Matrix(repeating: 1, rows: 30, columns: 3)
        x[7, 1] = bad
        let error = try #require(throws: ApusError.self) { try x.checkUsable() }
        #expect(error.code == .invalidInput)
        #expect(error.message.contains("row 7, column 1"))
        if bad.isNaN { try x.checkUsable(allowsNaN: true) }
    }

    @Test func acceptsValuesWhoseSumOverflows() throws {
        try Matrix(repeating: .greatestFiniteMagnitude, rows: 100, columns: 2).checkUsable()
    }

    @Test func refusesEmptyMatrices() {
        #expect(throws: ApusError.self) { try Matrix(rows: 0, columns: 3, values: []).checkUsable() }
        #expect(throws: ApusError.self) { try Matrix(rows: 3, columns: 0, values: []).checkUsable() }
    }

    @Test func transposesLargeMatrices() {
        var random = RandomState(seed: 1)
        let x = Matrix(rows: 67, columns: 41, values: random.uniform(count: 67 * 41))
        let turned = x.transposed
        #expect((0..<67).allSatisfy { i in (0..<41).allSatisfy { j in turned[j, i] == x[i, j] } })
        #expect(turned.transposed == x)
    }
}

@Suite struct SampleWeightTests {
    @Test(arguments: [[1.0], [1, -1], [0, 0], [.nan, 1], [.infinity, 1]])
    func refusesUnusableWeights(_ weights: [Double]) {
        #expect(throws: ApusError.self) { try checkSampleWeights(weights, rows: 2) }
    }

    @Test func acceptsNoneAndSomeZeros() throws {
        try checkSampleWeights(nil, rows: 2)
        try checkSampleWeights([0, 1], rows: 2)
    }
}
