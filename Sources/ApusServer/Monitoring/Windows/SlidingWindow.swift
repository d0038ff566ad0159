/// The last rows of a stream, by number and by age, in memory that does not grow with either.
///
/// The window is a row of blocks: a block is closed when it has its share of the rows or of the time, and the oldest is let
/// go when there are too many or it is too old. The window so moves in steps of one block.
struct SlidingWindow: Sendable {
    /// How far a window reaches.
    struct Extent: Sendable, Hashable {
        /// Rows in the window at most, not counting the block that is being filled.
        var rows: Int
        /// Seconds that the window reaches back at most.
        var seconds: Double
        /// Blocks that it moves by.
        var blocks: Int
    }

    /// Rows that came one after another.
    struct Block: Sendable {
        /// What was counted.
        var content: BlockCounts
        /// How many rows.
        var rows = 0
        /// When the first row came.
        var start: Double
        /// When the last row came.
        var end: Double
    }

    let extent: Extent
    private let empty: BlockCounts
    private(set) var closed: [Block] = []
    private(set) var open: Block?

    init(_ extent: Extent, empty: BlockCounts) {
        self.extent = extent
        self.empty = empty
    }

    private var rowsOfBlock: Int { max(1, extent.rows / extent.blocks) }

    /// Counts a row.
    ///
    /// - Returns: Whether the row filled its block, so that the window has moved on.
    mutating func add(at time: Double, _ count: (inout BlockCounts) -> Void) -> Bool {
        var block = open ?? Block(content: empty, start: time, end: time)
        // Only one reference to the counts, so that they are changed where they are.
        open = nil
        count(&block.content)
        block.rows += 1
        block.end = max(block.end, time)
        guard block.rows >= rowsOfBlock else {
            open = block
            return false
        }
        close(block)
        return true
    }

    /// Lets time pass.
    ///
    /// - Returns: Whether the window has changed.
    mutating func advance(to time: Double) -> Bool {
        var hasChanged = false
        if let block = open, time - block.start >= extent.seconds / Double(extent.blocks) {
            open = nil
            close(block)
            hasChanged = true
        }
        while let first = closed.first, time - first.end > extent.seconds {
            closed.removeFirst()
            hasChanged = true
        }
        return hasChanged
    }

    private mutating func close(_ block: Block) {
        closed.append(block)
        if closed.count > extent.blocks { closed.removeFirst(closed.count - extent.blocks) }
    }

    /// Changes the counts of the block in which the row of some time was counted, where it is still there.
    mutating func amend(at time: Double, _ change: (inout BlockCounts) -> Void) {
        if var block = open, block.start <= time {
            open = nil
            change(&block.content)
            open = block
        } else if let place = closed.lastIndex(where: { $0.start <= time && time <= $0.end }) {
            change(&closed[place].content)
        }
    }

    /// The sum of all blocks.
    var total: Block? {
        guard let first = closed.first ?? open else { return nil }
        var sum = Block(content: empty, start: first.start, end: first.end)
        for block in closed + (open.map { [$0] } ?? []) {
            sum.content += block.content
            sum.rows += block.rows
            sum.end = max(sum.end, block.end)
        }
        return sum
    }
}
