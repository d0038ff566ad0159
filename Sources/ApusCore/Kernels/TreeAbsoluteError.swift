/// Mean absolute distance to the weighted median.
///
/// The errors of both sides of every place follow from sums of w and w y over the rows below and above the median. Rows
/// are added one by one, in the order of a feature, to binary indexed trees over the ranks of their numbers, in which the
/// median is found; sums are grouped as the reference groups them.
///
/// Source: P. M. Fenwick, "A new data structure for cumulative frequency tables", Software: Practice and Experience 24
/// (1994).
struct AbsoluteErrorCriterion: TreeCriterion {
    private let numbers: UnsafePointer<Double>
    private let weights: UnsafePointer<Double>?
    /// The rank of each row's number among the distinct numbers.
    private let ranks: UnsafePointer<UInt32>
    private let scratch: AbsoluteErrorScratch
    private(set) var weight = 0.0
    private(set) var weightLeft = 0.0
    private(set) var weightRight = 0.0
    private var start = 0
    private var end = 0
    private var position = 0
    /// Σ w |y - median| of the node, and its median.
    private var error = 0.0
    private var median = 0.0
    /// Whether the left side's errors are known for every place.
    private var knowsLeft = false

    init(
        numbers: UnsafePointer<Double>, weights: UnsafePointer<Double>?, ranks: UnsafePointer<UInt32>, count: Int
    ) {
        self.numbers = numbers
        self.weights = weights
        self.ranks = ranks
        scratch = AbsoluteErrorScratch(count)
    }

    func deallocate() {}

    var valueWidth: Int { 1 }

    @inline(__always)
    private func row(_ keys: UnsafePointer<UInt64>, _ place: Int) -> Int { Int(keys[place] & 0xffff_ffff) }

    mutating func enter(_ keys: UnsafePointer<UInt64>, _ range: Range<Int>) {
        start = range.lowerBound
        end = range.upperBound
        weight = 0
        for place in range { weight += weights?[row(keys, place)] ?? 1 }
        reset(keys)
    }

    /// Starts with all rows on the right side, whose errors are found for every place at once. The order of the rows may
    /// change the last bit of sums, and with it which number is the median.
    mutating func reset(_ keys: UnsafePointer<UInt64>) {
        position = start
        weightLeft = 0
        weightRight = weight
        knowsLeft = false
        rank(keys)
        scratch.clear(end - start)
        for place in (start..<end).reversed() {
            (error, median) = add(keys, place)
            scratch.right[place - start] = error
        }
    }

    @inline(__always)
    mutating func update(_ keys: UnsafePointer<UInt64>, to place: Int) {
        for p in position..<place { weightLeft += weights?[row(keys, p)] ?? 1 }
        weightRight = weight - weightLeft
        position = place
    }

    mutating func assign(_ keys: UnsafePointer<UInt64>, _ rule: TreeRule) -> Int {
        // Medians are never sums that are exact in any order, so that rows always stand as the rule divides them.
        var place = start
        while place < end, rule.isLeft(keys[place]) == 1 { place += 1 }
        reset(keys)
        update(keys, to: place)
        return place - start
    }

    func nodeImpurity() -> Double { error / weight }

    func proxy(_ keys: UnsafePointer<UInt64>) -> Double {
        let (left, right) = childrenImpurity(keys)
        return -weightRight * right - weightLeft * left
    }

    func childrenImpurity(_ keys: UnsafePointer<UInt64>) -> (left: Double, right: Double) {
        let right = position < end ? scratch.right[position - start] : 0
        var left = 0.0
        if knowsLeft {
            left = position > start ? scratch.left[position - 1 - start] : 0
        } else {
            scratch.clear(end - start)
            for place in start..<position { left = add(keys, place).error }
        }
        return (left / weightLeft, right / weightRight)
    }

    func appendValue(to values: inout [Double]) { values.append(median) }

    mutating func search(_ pass: TreePass, _ split: inout TreeSplit) {
        reset(pass.keys)
        scratch.clear(end - start)
        for place in start..<end { scratch.left[place - start] = add(pass.keys, place).error }
        knowsLeft = true
        let limits = pass.limits
        var next = pass.firstCut
        while next <= pass.lastCut {
            let place = next
            next += 1
            if place < pass.presentEnd, pass.isTied(place) { continue }
            if place - start < limits.rows || end - place < limits.rows { continue }
            update(pass.keys, to: place)
            if weightLeft < limits.weight || weightRight < limits.weight { continue }
            let proxy = proxy(pass.keys)
            if proxy > split.proxy { pass.record(place, proxy, into: &split) }
        }
    }

    // MARK: Errors

    /// Ranks the rows of the node by their numbers; equal numbers have the order in which the reference's sort, which
    /// starts from the rows as they are, leaves them.
    private func rank(_ keys: UnsafePointer<UInt64>) {
        let sorted = scratch.sorted
        let count = end - start
        for k in 0..<count { sorted[k] = UInt64(ranks[row(keys, start + k)]) &<< 32 | UInt64(k) }
        TreeSort.introsort(sorted, count)
        for rank in 0..<count {
            let place = Int(sorted[rank] & 0xffff_ffff)
            scratch.ranks[place] = UInt32(truncatingIfNeeded: rank)
            scratch.ordered[rank] = numbers[row(keys, start + place)]
        }
    }

    /// Adds a row and returns the error around the median of all rows added, and the median.
    private func add(_ keys: UnsafePointer<UInt64>, _ place: Int) -> (error: Double, median: Double) {
        let rank = Int(scratch.ranks[place - start])
        scratch.add(rank, weights?[row(keys, place)] ?? 1)
        return scratch.errorAroundMedian()
    }
}

/// Numbers of a node in ascending order, and the sums of the weights and weighted numbers of those that were added.
private final class AbsoluteErrorScratch {
    let sorted: UnsafeMutablePointer<UInt64>
    let ranks: UnsafeMutablePointer<UInt32>
    let ordered: UnsafeMutablePointer<Double>
    let left: UnsafeMutablePointer<Double>
    let right: UnsafeMutablePointer<Double>
    /// For node i, counted from 1, the sums of w and of w y over the ranks it stands for.
    private let sums: UnsafeMutablePointer<SIMD2<Double>>
    private var count = 0
    private var highestBit = 0
    private var total = SIMD2<Double>.zero

    init(_ count: Int) {
        let capacity = max(1, count)
        sorted = .allocate(capacity: capacity)
        ranks = .allocate(capacity: capacity)
        ordered = .allocate(capacity: capacity + 1)
        ordered.initialize(repeating: 0, count: capacity + 1)
        left = .allocate(capacity: capacity)
        right = .allocate(capacity: capacity)
        sums = .allocate(capacity: capacity + 1)
    }

    deinit {
        sorted.deallocate()
        ranks.deallocate()
        ordered.deallocate()
        left.deallocate()
        right.deallocate()
        sums.deallocate()
    }

    /// Starts anew with room for so many ranks.
    func clear(_ count: Int) {
        self.count = count
        sums.update(repeating: .zero, count: count + 1)
        total = .zero
        highestBit = count == 0 ? 0 : 1 &<< (Int.bitWidth - 1 - count.leadingZeroBitCount)
    }

    @inline(__always)
    func add(_ rank: Int, _ weight: Double) {
        let term = SIMD2(weight, weight * ordered[rank])
        var node = rank + 1
        while node <= count {
            sums[node] += term
            node += node & -node
        }
        total += term
    }

    /// The error of all rows added around their median, and the median: midway between two numbers where exactly half the
    /// weight is below.
    @inline(__always)
    func errorAroundMedian() -> (error: Double, median: Double) {
        var target = 0.5 * total[0]
        var place = 0
        var before = SIMD2<Double>.zero
        var previous = -1
        var bit = highestBit
        while bit != 0 {
            let next = place + bit
            if next <= count {
                let sum = sums[next]
                if previous < 0, target == sum[0] {
                    previous = lastBelow(target, from: place, bit)
                }
                if target > sum[0] || previous >= 0 && target == sum[0] {
                    target -= sum[0]
                    place = next
                    before += sum
                }
            }
            bit &>>= 1
        }
        let middle = previous < 0 || previous == place ? ordered[place] : (ordered[previous] + ordered[place]) / 2
        let after = total - before
        return ((after[1] - middle * after[0]) + (middle * before[0] - before[1]), middle)
    }

    /// The greatest rank up to which less than the target's weight lies.
    private func lastBelow(_ target: Double, from start: Int, _ first: Int) -> Int {
        var target = target
        var place = start
        var bit = first
        while bit != 0 {
            let next = place + bit
            if next <= count, target > sums[next][0] {
                target -= sums[next][0]
                place = next
            }
            bit &>>= 1
        }
        return place
    }
}
