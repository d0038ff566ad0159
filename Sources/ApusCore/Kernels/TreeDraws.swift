/// The rows of a growing tree that tries random thresholds, for one criterion.
///
/// Where sums are exact in any order of their terms, a try only counts. Where they are not, each try arranges the rows
/// by its threshold as the reference does, because the order of the rows decides the last bits of later sums.
final class TreeDraws<Criterion: TreeCriterion>: RandomTreeSearch {
    private let columns: TreeValues
    let count: Int
    /// Behind a pointer, so that using it is not checked for overlapping access at every turn.
    private let criterion: UnsafeMutablePointer<Criterion>
    private let targets: TreeTargets
    private let isExact: Bool
    /// The rows, by place: the bits of the feature's value in the upper, the row in the lower 32 bits.
    private let order: UnsafeMutablePointer<UInt64>

    private var start = 0
    private var end = 0
    /// The feature that was loaded last, constant or not.
    private var feature = -1
    private var missing = 0
    /// Whether the rows stand as the best split has them.
    private var isArranged = false

    init(
        columns: TreeValues, targets: TreeTargets, criterion: Criterion, isExact: Bool,
        order: UnsafeMutablePointer<UInt64>, count: Int
    ) {
        self.columns = columns
        self.targets = targets
        self.criterion = .allocate(capacity: 1)
        self.criterion.initialize(to: criterion)
        self.isExact = isExact
        self.order = order
        self.count = count
    }

    deinit {
        criterion.pointee.deallocate()
        criterion.deinitialize(count: 1)
        criterion.deallocate()
        order.deallocate()
    }

    var features: Int { columns.features }
    var valueWidth: Int { criterion.pointee.valueWidth }

    func enter(_ range: Range<Int>) -> Double {
        start = range.lowerBound
        end = range.upperBound
        feature = -1
        criterion.pointee.enter(order, range)
        return criterion.pointee.weight
    }

    func impurity() -> Double { criterion.pointee.nodeImpurity() }

    func appendValue(to values: inout [Double]) { criterion.pointee.appendValue(to: &values) }

    /// Puts the values of a feature beside the rows, and finds the least, the greatest and how many are missing.
    private func gather(_ feature: Int) -> (low: Float, high: Float, missing: Int) {
        columns.values.withUnsafeBufferPointer { values in
            let column = UnsafeBufferPointer(rebasing: values[feature * columns.rows..<(feature + 1) * columns.rows])
            var low = Float.infinity
            var high = -Float.infinity
            var missing = 0
            for place in start..<end {
                let row = order[place] & 0xffff_ffff
                let value = column[Int(row)]
                order[place] = UInt64(value.bitPattern) &<< 32 | row
                // A comparison with NaN is false, so that missing values change neither.
                low = value < low ? value : low
                high = value > high ? value : high
                missing &+= value == value ? 0 : 1
            }
            return (low, high, missing)
        }
    }

    func load(_ feature: Int) -> (low: Float, high: Float, hasMissing: Bool)? {
        self.feature = feature
        isArranged = false
        let (low, high, missing) = gather(feature)
        self.missing = missing
        if missing == end - start || missing == 0 && high <= low + TreeColumns.tolerance { return nil }
        return (low, high, missing > 0)
    }

    func search(threshold: Double, missingGoesLeft: Bool, _ limits: TreeLimits, _ split: inout TreeSplit) {
        let rule = TreeRule(threshold: threshold, missingGoesLeft: missingGoesLeft)
        let leftCount: Int
        if isExact {
            leftCount = criterion.pointee.assign(order, rule)
        } else {
            leftCount = divide(rule) - start
        }
        if leftCount < limits.rows || end - start - leftCount < limits.rows { return }
        if !isExact {
            criterion.pointee.reset(order)
            criterion.pointee.update(order, to: start + leftCount)
        }
        if criterion.pointee.weightLeft < limits.weight || criterion.pointee.weightRight < limits.weight { return }
        let proxy = criterion.pointee.proxy(order)
        guard proxy > split.proxy else { return }
        isArranged = !isExact
        split.feature = feature
        split.threshold = threshold
        split.proxy = proxy
        split.leftCount = leftCount
        split.missingGoesLeft = missing > 0 ? missingGoesLeft : leftCount > end - start - leftCount
    }

    func partition(_ split: inout TreeSplit, impurity: Double) {
        if !isArranged {
            _ = gather(split.feature)
            _ = divide(TreeRule(threshold: split.threshold, missingGoesLeft: split.missingGoesLeft))
        }
        criterion.pointee.complete(&split, order, start, impurity, targets.totalWeight)
    }

    func separate(_ split: TreeSplit, left: Bool, right: Bool) {}

    /// Moves rows that go left to the front by exchanging the others with the last row not yet placed.
    private func divide(_ rule: TreeRule) -> Int {
        let (order, start, end) = (order, start, end)
        guard start < end else { return start }
        var place = start
        var last = end
        var key = order[place]
        while place < last {
            let isLeft = rule.isLeft(key)
            last &-= 1 &- isLeft
            // A row that goes right changes places with the one at the end, which is looked at next.
            let other = order[min(last, end &- 1)]
            let next = order[min(place &+ 1, end &- 1)]
            let toFront = 0 &- isLeft
            order[last ^ ((last ^ place) & toFront)] = key
            key = other ^ ((other ^ next) & UInt64(bitPattern: Int64(toFront)))
            place &+= isLeft
        }
        return last
    }
}
