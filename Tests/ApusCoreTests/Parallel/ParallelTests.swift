import ApusCore
import Testing

@Suite(.serialized) struct ParallelTests {
    @Test(arguments: [1, 2, 7])
    func keepsTheOrderOfResults(_ threads: Int) {
        let before = Parallel.threads
        defer { Parallel.threads = before }
        Parallel.threads = threads
        #expect(Parallel.map(1000) { $0 * $0 } == (0..<1000).map { $0 * $0 })
        #expect(Parallel.map(0) { $0 } == [])
        #expect(Parallel.mapBlocks(of: 10, size: 4) { $0 } == [0..<4, 4..<8, 8..<10])
    }

    @Test func throwsTheErrorOfTheLowestIndex() throws {
        let error = try #require(throws: ApusError.self) {
            try Parallel.tryMap(100) { index in
                if index >= 3 { throw ApusError(.invalidInput, "\(index)") }
                return index
            }
        }
        #expect(error.message == "3")
    }
}
