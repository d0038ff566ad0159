/// One pass over the rows of a node in the order of a feature.
struct TreePass {
    /// The keys: rank in the upper, row in the lower 32 bits. `start` to `end` are its places.
    let keys: UnsafePointer<UInt64>
    /// The node's first place.
    let start: Int
    /// The place after the node's last.
    let end: Int
    /// Rows with a missing value: the last ones, or the first ones if they go left.
    let missing: Int
    /// Whether missing values go left in this pass.
    let missingGoesLeft: Bool
    /// The feature's column.
    let feature: Int
    /// The feature's distinct values.
    let values: UnsafePointer<Float>
    /// For each of them a bit: whether it counts as equal to the one before it.
    let closeValues: UnsafePointer<UInt64>
    /// What both sides must have.
    let limits: TreeLimits

    /// The place after the last row whose value is there.
    @inline(__always) var presentEnd: Int { missingGoesLeft ? end : end - missing }
    /// The first place where the right side may begin.
    @inline(__always) var firstCut: Int { (missingGoesLeft ? start + missing : start) + 1 }

    /// The last place where the right side may begin: where only missing values are right, or the last row.
    @inline(__always) var lastCut: Int { missingGoesLeft || missing == 0 ? presentEnd - 1 : presentEnd }

    @inline(__always) func row(_ place: Int) -> Int { Int(keys[place] & 0xffff_ffff) }
    @inline(__always) func rank(_ place: Int) -> UInt32 { UInt32(truncatingIfNeeded: keys[place] &>> 32) }

    /// Whether the values at a place and before it count as equal.
    @inline(__always) func isTied(_ place: Int) -> Bool { isTied(keys[place - 1], keys[place]) }

    /// Whether the values of two keys, the second not below the first, count as equal.
    @inline(__always) func isTied(_ before: UInt64, _ after: UInt64) -> Bool {
        let (low, high) = (Int(before &>> 32), Int(after &>> 32))
        if low == high { return true }
        // What is close to an earlier value is close to the one just before it, too.
        if closeValues[high &>> 6] &>> UInt64(high & 63) & 1 == 0 { return false }
        return values[high] <= values[low] + TreeColumns.tolerance
    }

    /// Writes the split before a place into `split`.
    func record(_ place: Int, _ proxy: Double, into split: inout TreeSplit) {
        let leftCount = place - start
        split.feature = feature
        split.proxy = proxy
        split.leftCount = leftCount
        split.missingGoesLeft = missing == 0 ? leftCount > end - place : missingGoesLeft
        split.lastLeft = rank(place - 1)
        split.cut = place == presentEnd && !missingGoesLeft ? TreeSplit.missingRight : rank(place)
    }
}

/// Which rows go left, told from keys with the bits of a value in the upper 32 bits.
struct TreeRule {
    /// The greatest 32-bit number that is at most the threshold, so that it decides alike.
    private let threshold: Float
    private let missingIsLeft: Int

    init(threshold: Double, missingGoesLeft: Bool) {
        let rounded = Float(threshold)
        self.threshold = Double(rounded) > threshold ? rounded.nextDown : rounded
        missingIsLeft = missingGoesLeft ? 1 : 0
    }

    /// 1 if the row goes left, else 0.
    @inline(__always)
    func isLeft(_ key: UInt64) -> Int {
        let value = Float(bitPattern: UInt32(truncatingIfNeeded: key &>> 32))
        return (value <= threshold ? 1 : 0) | (value == value ? 0 : missingIsLeft)
    }
}

/// The statistics of a node and of its two sides, and the impurity that they give.
///
/// `update` moves rows to the left side in the order of a pass and does its sums term by term as the reference does, so
/// that sums of fractions have the reference's last bit.
protocol TreeCriterion {
    var valueWidth: Int { get }
    var weight: Double { get }
    var weightLeft: Double { get }
    var weightRight: Double { get }

    mutating func enter(_ keys: UnsafePointer<UInt64>, _ range: Range<Int>)
    mutating func reset(_ keys: UnsafePointer<UInt64>)
    mutating func update(_ keys: UnsafePointer<UInt64>, to place: Int)
    /// Moves the rows that a rule sends left to the left side, in any order, and returns how many they are: only for
    /// sums that are exact.
    mutating func assign(_ keys: UnsafePointer<UInt64>, _ rule: TreeRule) -> Int
    func nodeImpurity() -> Double
    func proxy(_ keys: UnsafePointer<UInt64>) -> Double
    func childrenImpurity(_ keys: UnsafePointer<UInt64>) -> (left: Double, right: Double)
    func appendValue(to values: inout [Double])

    /// Searches one pass for a better split.
    mutating func search(_ pass: TreePass, _ split: inout TreeSplit)
    func deallocate()
}

extension TreeCriterion {
    /// Tries every place where the value changes, with the sums of `update`.
    @inline(__always)
    mutating func searchInOrder(_ pass: TreePass, _ split: inout TreeSplit) {
        reset(pass.keys)
        let (start, end) = (pass.start, pass.end)
        let presentEnd = pass.presentEnd
        let limits = pass.limits
        var place = pass.firstCut
        while place <= pass.lastCut {
            defer { place += 1 }
            if place < presentEnd, pass.isTied(place) { continue }
            if place - start < limits.rows || end - place < limits.rows { continue }
            update(pass.keys, to: place)
            if weightLeft < limits.weight || weightRight < limits.weight { continue }
            let proxy = proxy(pass.keys)
            if proxy > split.proxy { pass.record(place, proxy, into: &split) }
        }
    }

    /// Puts the impurities of the children and the improvement of the whole tree into a split whose rows are arranged.
    ///
    /// - Parameters:
    ///   - split: The split of the current node.
    ///   - keys: The arranged rows.
    ///   - start: The node's first place.
    ///   - impurity: The node's impurity.
    ///   - total: The weight of all rows of the tree.
    mutating func complete(
        _ split: inout TreeSplit, _ keys: UnsafePointer<UInt64>, _ start: Int, _ impurity: Double, _ total: Double
    ) {
        reset(keys)
        update(keys, to: start + split.leftCount)
        let (left, right) = childrenImpurity(keys)
        split.impurityLeft = left
        split.impurityRight = right
        split.improvement = (weight / total) * (impurity - weightRight / weight * right - weightLeft / weight * left)
    }
}
