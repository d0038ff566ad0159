import Testing

@testable import ApusServer

@Suite struct SlidingWindowTests {
    private func window(rows: Int, seconds: Double, blocks: Int) -> SlidingWindow {
        SlidingWindow(
            SlidingWindow.Extent(rows: rows, seconds: seconds, blocks: blocks), empty: BlockCounts(counts: 1, sums: 1))
    }

    @Test func holdsTheNewestRowsAndNoMoreBlocksThanAskedFor() {
        var window = window(rows: 100, seconds: 1e6, blocks: 5)
        var moved = 0
        for row in 0..<1000 {
            if window.add(at: Double(row), { $0.sums[0] += Double(row) }) { moved += 1 }
        }
        #expect(moved == 50 && window.closed.count == 5)
        #expect(window.total?.rows == 100)
        #expect(window.total?.content.sums[0] == Double((900..<1000).reduce(0, +)))
        #expect(window.total?.start == 900)
    }

    @Test func letsOldRowsGo() {
        var window = window(rows: 1000, seconds: 10, blocks: 10)
        for row in 0..<10 { _ = window.add(at: Double(row)) { $0.counts[0] += 1 } }
        var changes = [window.advance(to: 9.5)]
        #expect(window.total?.content.counts == [10])
        changes.append(window.advance(to: 60))
        #expect(window.total == nil)
        changes.append(window.advance(to: 61))
        #expect(changes == [true, true, false])
    }

    @Test func changesTheBlockOfAnEarlierRow() {
        var window = window(rows: 20, seconds: 1e6, blocks: 2)
        for row in 0..<25 { _ = window.add(at: Double(row)) { $0.counts[0] += 1 } }
        window.amend(at: 3) { $0.counts[0] += 100 }
        window.amend(at: 22) { $0.counts[0] += 1000 }
        window.amend(at: -5) { $0.counts[0] += 10_000 }
        #expect(window.closed[0].content.counts == [110])
        #expect(window.open?.content.counts == [1005])
    }
}
