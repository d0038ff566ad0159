/// Counts and sums of some rows, which add up: those of a window are the sum of its parts.
struct BlockCounts: Sendable, Hashable {
    var counts: [Int]
    var sums: [Double]

    init(counts: Int, sums: Int) {
        self.counts = [Int](repeating: 0, count: counts)
        self.sums = [Double](repeating: 0, count: sums)
    }

    static func += (left: inout BlockCounts, right: BlockCounts) {
        for place in left.counts.indices { left.counts[place] += right.counts[place] }
        for place in left.sums.indices { left.sums[place] += right.sums[place] }
    }
}
