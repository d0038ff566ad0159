/// Every column's rows in ascending order, node by node: sorted once, then divided at each split.
final class TreeLists {
    private let columns: TreeColumns
    private let count: Int
    /// For feature f the keys of all places at `f * count`; nil for columns that are sorted where they are tried.
    private let keys: UnsafeMutablePointer<UInt64>
    private let isKept: [Bool]
    /// One bit a row: whether it goes left.
    private let goesLeft: UnsafeMutablePointer<UInt64>

    init(_ columns: TreeColumns, order: UnsafeMutablePointer<UInt64>, count: Int, isExact: Bool) {
        self.columns = columns
        self.count = count
        let keys = UnsafeMutablePointer<UInt64>.allocate(capacity: max(1, columns.features * count))
        goesLeft = .allocate(capacity: columns.rows / 64 + 1)
        goesLeft.initialize(repeating: 0, count: columns.rows / 64 + 1)
        // In the reference's order equal values have to be sorted where they are tried; columns full of them are not
        // worth keeping.
        isKept = (0..<columns.features).map { feature in
            isExact || (!columns.hasMissing[feature] && columns.distinctCount(feature) > count / 2)
        }
        let shared = SharedBuffer(
            UnsafeMutableBufferPointer(start: keys, count: max(1, columns.features * count)))
        let rows = SharedBuffer(UnsafeMutableBufferPointer(start: order, count: max(1, count)))
        Parallel.forEach(columns.features) { feature in
            TreeLists.fill(shared.base + feature * count, columns, feature, rows.base, count)
        }
        self.keys = keys
    }

    deinit {
        keys.deallocate()
        goesLeft.deallocate()
    }

    /// Counting sort of the rows by rank.
    private static func fill(
        _ list: UnsafeMutablePointer<UInt64>, _ columns: TreeColumns, _ feature: Int,
        _ order: UnsafeMutablePointer<UInt64>, _ count: Int
    ) {
        let ranks = columns.ranks + feature * columns.rows
        let distinct = columns.distinctCount(feature) + 1
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: distinct) { table in
            let places = table.baseAddress.unsafelyUnwrapped
            places.initialize(repeating: 0, count: distinct)
            for place in 0..<count { places[Int(ranks[Int(order[place])])] += 1 }
            var sum: UInt32 = 0
            for rank in 0..<distinct {
                let size = places[rank]
                places[rank] = sum
                sum += size
            }
            for place in 0..<count {
                let row = order[place]
                let rank = ranks[Int(row)]
                list[Int(places[Int(rank)])] = UInt64(rank) &<< 32 | row
                places[Int(rank)] += 1
            }
        }
    }

    /// A node's rows in ascending order of a feature, by place, and how many of them, at the end, miss its value; nil if
    /// the feature is not kept.
    func sorted(_ feature: Int, _ range: Range<Int>) -> (keys: UnsafeMutablePointer<UInt64>, missing: Int)? {
        guard isKept[feature] else { return nil }
        let list = keys + feature * count
        return (list, columns.hasMissing[feature] ? missing(list, range, columns.distinctCount(feature)) : 0)
    }

    private func missing(_ list: UnsafeMutablePointer<UInt64>, _ range: Range<Int>, _ missingRank: Int) -> Int {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if list[middle] &>> 32 >= UInt64(missingRank) { high = middle } else { low = middle + 1 }
        }
        return range.upperBound - low
    }

    /// Divides every list of a node as `order` is divided at `middle`, for the children that will be searched.
    func separate(
        _ order: UnsafeMutablePointer<UInt64>, _ range: Range<Int>, at middle: Int, left: Bool, right: Bool,
        spare: UnsafeMutablePointer<UInt64>
    ) {
        for place in range.lowerBound..<middle {
            let row = Int(order[place] & 0xffff_ffff)
            goesLeft[row &>> 6] |= 1 &<< UInt64(row & 63)
        }
        for place in middle..<range.upperBound {
            let row = Int(order[place] & 0xffff_ffff)
            goesLeft[row &>> 6] &= ~(1 &<< UInt64(row & 63))
        }
        for feature in 0..<columns.features where isKept[feature] {
            let list = keys + feature * count
            let first = UInt32(truncatingIfNeeded: list[range.lowerBound] &>> 32)
            let last = UInt32(truncatingIfNeeded: list[range.upperBound - 1] &>> 32)
            // A constant feature stays one: whatever rows its part of the list names, their values count as equal.
            if first == last { continue }
            divide(list, range, at: middle, left: left, right: right, spare: spare)
        }
    }

    private func divide(
        _ list: UnsafeMutablePointer<UInt64>, _ range: Range<Int>, at middle: Int, left: Bool, right: Bool,
        spare: UnsafeMutablePointer<UInt64>
    ) {
        let side = goesLeft
        var low = range.lowerBound
        var high = middle
        for place in range {
            let key = list[place]
            let row = Int(key & 0xffff_ffff)
            let isLeft = Int(truncatingIfNeeded: (side[row &>> 6] &>> UInt64(row & 63)) & 1)
            list[low] = key
            spare[high] = key
            low &+= isLeft
            high &+= 1 &- isLeft
        }
        if right { (list + middle).update(from: spare + middle, count: range.upperBound - middle) }
    }
}
