/// The rows of a growing tree whose best splits are searched, for one criterion.
///
/// `order` holds the rows, those of a node side by side. Where sums are exact in any order of their terms (class counts,
/// whole numbers), the order within a node is free. Where they are not, it is kept as the reference keeps it, down to
/// the order that its sort leaves among equal values and that its partition makes.
final class TreeNodes<Criterion: TreeCriterion>: BestTreeSearch {
    let columns: TreeColumns
    let count: Int
    /// Behind a pointer, so that using it is not checked for overlapping access at every turn.
    private let criterion: UnsafeMutablePointer<Criterion>
    private let targets: TreeTargets
    /// Whether the order within nodes is free.
    private let isExact: Bool
    /// The weight of all rows.
    private let totalWeight: Double
    /// The rows, by place: the current feature's rank in the upper, the row in the lower 32 bits.
    private let order: UnsafeMutablePointer<UInt64>
    private let spare: UnsafeMutablePointer<UInt64>
    /// Sorted keys and places of ties, where the reference's order is kept.
    private let sorted: UnsafeMutablePointer<UInt64>?
    private let ties: UnsafeMutablePointer<UInt32>
    private let lists: TreeLists?

    private var start = 0
    private var end = 0
    /// The feature that was loaded last, constant or not.
    private var feature = -1
    private var missing = 0
    /// The keys of the loaded feature, by place.
    private var loaded: UnsafeMutablePointer<UInt64>
    /// Whether the order of the rows is that of the loaded list instead of `order`.
    private var isOrderStale = false

    init(
        columns: TreeColumns, targets: TreeTargets, criterion: Criterion, isExact: Bool,
        order: UnsafeMutablePointer<UInt64>, count: Int, usesLists: Bool
    ) {
        self.columns = columns
        self.targets = targets
        self.criterion = .allocate(capacity: 1)
        self.criterion.initialize(to: criterion)
        self.isExact = isExact
        self.order = order
        self.count = count
        totalWeight = targets.totalWeight
        spare = .allocate(capacity: count + 1)
        sorted = isExact || usesLists ? nil : .allocate(capacity: max(1, count))
        ties = .allocate(capacity: isExact ? 1 : count + 1)
        loaded = order
        lists = usesLists ? TreeLists(columns, order: order, count: count, isExact: isExact) : nil
    }

    deinit {
        criterion.pointee.deallocate()
        criterion.deinitialize(count: 1)
        criterion.deallocate()
        order.deallocate()
        spare.deallocate()
        sorted?.deallocate()
        ties.deallocate()
    }

    var features: Int { columns.features }
    var valueWidth: Int { criterion.pointee.valueWidth }

    func enter(_ range: Range<Int>) -> Double {
        start = range.lowerBound
        end = range.upperBound
        isOrderStale = false
        feature = -1
        criterion.pointee.enter(order, range)
        return criterion.pointee.weight
    }

    func impurity() -> Double { criterion.pointee.nodeImpurity() }

    func appendValue(to values: inout [Double]) { criterion.pointee.appendValue(to: &values) }

    // MARK: Loading a feature

    func load(_ feature: Int) -> Bool {
        self.feature = feature
        if let list = lists?.sorted(feature, start..<end) {
            missing = list.missing
            if isExact { loaded = list.keys } else { loadInOrder(list.keys) }
        } else {
            materialize()
            missing = gather(feature)
            loaded = order
            if isExact {
                TreeSort.sort(order + start, spare + start, end - start - missing)
            } else {
                sortInOrder(end - start - missing)
            }
        }
        return !isConstant(presentEnd: end - missing)
    }

    /// Loads a feature whose sorted rows are known, in the reference's order.
    private func loadInOrder(_ list: UnsafeMutablePointer<UInt64>) {
        let ties = findTies(list, end - start)
        if ties.isEmpty {
            loaded = list
            isOrderStale = true
        } else {
            materialize()
            _ = gather(feature)
            loaded = order
            TreeSort.introsort(order + start, sorted: list + start, end - start, ties: ties)
        }
    }

    /// Sorts the first rows of the node in `order` as the reference does.
    private func sortInOrder(_ present: Int) {
        // A column of few values has ties everywhere; only where they are rare does it help to know the sorted rows.
        guard present > 64, 2 * columns.distinctCount(feature) > present, let sorted else {
            TreeSort.introsort(order + start, present)
            return
        }
        (sorted + start).update(from: order + start, count: present)
        TreeSort.sort(sorted + start, spare + start, present)
        TreeSort.introsort(order + start, sorted: sorted + start, present, ties: findTies(sorted, present))
    }

    /// The places, counted from the node's first, whose rank equals the one before it.
    private func findTies(_ keys: UnsafeMutablePointer<UInt64>, _ present: Int) -> UnsafeBufferPointer<UInt32> {
        var count = 0
        var previous = keys[start] &>> 32
        for place in 1..<max(1, present) {
            let rank = keys[start + place] &>> 32
            ties[count] = UInt32(truncatingIfNeeded: place)
            count &+= rank == previous ? 1 : 0
            previous = rank
        }
        return UnsafeBufferPointer(start: ties, count: count)
    }

    private func isConstant(presentEnd: Int) -> Bool {
        if presentEnd == start { return true }
        guard missing == 0 else { return false }
        return columns.isConstant(
            feature, from: UInt32(truncatingIfNeeded: loaded[start] &>> 32),
            to: UInt32(truncatingIfNeeded: loaded[presentEnd - 1] &>> 32))
    }

    /// Brings `order` up to date when the order of the rows is that of the loaded list.
    private func materialize() {
        guard isOrderStale else { return }
        (order + start).update(from: loaded + start, count: end - start)
        isOrderStale = false
    }

    /// Puts the ranks of a feature into `order`, rows with a missing value last; returns how many those are.
    private func gather(_ feature: Int) -> Int {
        let ranks = columns.ranks + feature * columns.rows
        guard columns.hasMissing[feature] else {
            for place in start..<end {
                let row = order[place] & 0xffff_ffff
                order[place] = UInt64(ranks[Int(row)]) &<< 32 | row
            }
            return 0
        }
        let missingRank = UInt32(columns.distinctCount(feature))
        var place = start
        var last = end - 1
        while place <= last {
            let lastRow = order[last] & 0xffff_ffff
            if ranks[Int(lastRow)] == missingRank {
                order[last] = UInt64(missingRank) &<< 32 | lastRow
                last -= 1
                continue
            }
            var row = order[place] & 0xffff_ffff
            if ranks[Int(row)] == missingRank {
                order[last] = UInt64(missingRank) &<< 32 | row
                row = lastRow
                last -= 1
            }
            order[place] = UInt64(ranks[Int(row)]) &<< 32 | row
            place += 1
        }
        return end - 1 - last
    }

    // MARK: Searching

    func search(_ limits: TreeLimits, _ split: inout TreeSplit) {
        criterion.pointee.search(pass(loaded, missingGoesLeft: false, limits), &split)
        guard missing > 0 else { return }
        let present = end - start - missing
        (spare + start).update(from: loaded + start + present, count: missing)
        (spare + start + missing).update(from: loaded + start, count: present)
        if isExact {
            criterion.pointee.search(pass(spare, missingGoesLeft: true, limits), &split)
        } else {
            (order + start).update(from: spare + start, count: end - start)
            criterion.pointee.search(pass(order, missingGoesLeft: true, limits), &split)
        }
    }

    private func pass(
        _ keys: UnsafeMutablePointer<UInt64>, missingGoesLeft: Bool, _ limits: TreeLimits
    ) -> TreePass {
        TreePass(
            keys: keys, start: start, end: end, missing: missing, missingGoesLeft: missingGoesLeft,
            feature: feature, values: columns.distinctValues(feature), closeValues: columns.closeValues(feature),
            limits: limits)
    }

    // MARK: Dividing the node

    func partition(_ split: inout TreeSplit, impurity: Double) {
        split.threshold = columns.threshold(split.feature, between: split.lastLeft, and: split.cut)
        materialize()
        divide(split)
        criterion.pointee.complete(&split, order, start, impurity, totalWeight)
    }

    /// Moves rows that go left to the front.
    private func divide(_ split: TreeSplit) {
        let ranks = columns.ranks + split.feature * columns.rows
        let missingRank = UInt32(columns.distinctCount(split.feature))
        let cut = min(split.cut, missingRank)
        let missingIsLeft: UInt64 = split.missingGoesLeft ? 1 : 0
        let (order, spare, start, end) = (order, spare, start, end)
        // Sides first: looking ranks up is slow where one step waits for the last.
        for place in start..<end {
            let row = order[place] & 0xffff_ffff
            let rank = ranks[Int(row)]
            order[place] = ((rank < cut ? 1 : 0) | (rank == missingRank ? missingIsLeft : 0)) &<< 32 | row
        }
        if isExact {
            divideStably(order, spare, start, end, middle: start + split.leftCount)
        } else {
            divideByExchange(order, start, end)
        }
    }

    /// Keeps the order within either side.
    private func divideStably(
        _ order: UnsafeMutablePointer<UInt64>, _ spare: UnsafeMutablePointer<UInt64>, _ start: Int, _ end: Int,
        middle: Int
    ) {
        var low = start
        var high = middle
        for place in start..<end {
            let key = order[place]
            let isLeft = Int(truncatingIfNeeded: key &>> 32)
            order[low] = key
            spare[high] = key
            low &+= isLeft
            high &+= 1 &- isLeft
        }
        (order + middle).update(from: spare + middle, count: end - middle)
    }

    /// Exchanges each row that goes right with the last one not yet placed, as the reference does.
    private func divideByExchange(_ order: UnsafeMutablePointer<UInt64>, _ start: Int, _ end: Int) {
        var place = start
        var last = end
        var key = order[place]
        while place < last {
            let isLeft = Int(truncatingIfNeeded: key &>> 32)
            last &-= 1 &- isLeft
            // A row that goes right changes places with the one at the end, which is looked at next.
            let other = order[min(last, end &- 1)]
            let next = order[min(place &+ 1, end &- 1)]
            let toFront = 0 &- isLeft
            order[last ^ ((last ^ place) & toFront)] = key
            key = other ^ ((other ^ next) & UInt64(bitPattern: Int64(toFront)))
            place &+= isLeft
        }
    }

    func separate(_ split: TreeSplit, left: Bool, right: Bool) {
        guard left || right else { return }
        lists?.separate(order, start..<end, at: start + split.leftCount, left: left, right: right, spare: spare)
    }
}
