/// The sorts that trees use on packed keys: the rank of a value in the upper 32 bits, the row in the lower 32 bits.
@_documentation(visibility: internal)
public enum TreeSort {
    /// Sorts by rank alone and leaves rows of equal rank in the very order in which the reference leaves them.
    ///
    /// Sums of fractions depend on the order of their terms, and this order decides it. The method is an introsort: a
    /// three-way quicksort around the median of the first, middle and last key, insertion sort up to 15 keys, heapsort
    /// when the recursion gets deeper than twice the logarithm of the count.
    public static func referenceOrder(_ keys: inout [UInt64]) {
        keys.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            introsort(base, buffer.count)
        }
    }

    @inline(__always)
    private static func rank(_ key: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: key &>> 32) }

    // MARK: The reference's order

    static func introsort(_ keys: UnsafeMutablePointer<UInt64>, _ count: Int) {
        guard count > 1 else { return }
        let depth = 2 * (Int.bitWidth - 1 - count.leadingZeroBitCount)
        introsort(keys, count, depth)
    }

    private static func introsort(_ start: UnsafeMutablePointer<UInt64>, _ length: Int, _ allowed: Int) {
        var keys = start
        var count = length
        var depth = allowed
        while count > 15 {
            if depth <= 0 {
                heapsort(keys, count)
                return
            }
            depth -= 1
            let (less, notGreater) = partition(keys, count)
            introsort(keys, less, depth)
            keys += notGreater
            count -= notGreater
        }
        insertionSort(keys, count)
    }

    /// The same order as `introsort`'s, found faster when few values are equal.
    ///
    /// Where no two keys of a part have equal ranks, there is only one sorted order, and it is known already; the
    /// introsort is followed only into parts with ties.
    ///
    /// - Parameters:
    ///   - keys: The keys in the order in which the reference has them.
    ///   - sorted: The same keys sorted by rank, in any order among equals.
    ///   - count: How many keys there are.
    ///   - ties: Every place of `sorted` whose rank equals the one before it, ascending.
    static func introsort(
        _ keys: UnsafeMutablePointer<UInt64>, sorted: UnsafePointer<UInt64>, _ count: Int,
        ties: UnsafeBufferPointer<UInt32>
    ) {
        guard count > 1 else { return }
        let depth = 2 * (Int.bitWidth - 1 - count.leadingZeroBitCount)
        introsort(keys, sorted, 0, count, ties, depth)
    }

    private static func introsort(
        _ keys: UnsafeMutablePointer<UInt64>, _ sorted: UnsafePointer<UInt64>, _ start: Int, _ end: Int,
        _ ties: UnsafeBufferPointer<UInt32>, _ allowed: Int
    ) {
        var start = start
        var depth = allowed
        var ties = ties
        while end - start > 15 {
            // `ties` are those of the part; its first place has nothing before it.
            guard !ties.isEmpty else { break }
            if depth <= 0 {
                heapsort(keys + start, end - start)
                return
            }
            depth -= 1
            let (less, notGreater) = partition(keys + start, end - start)
            introsort(keys, sorted, start, start + less, places(ties, start + 1, start + less), depth)
            start += notGreater
            ties = places(ties, start + 1, end)
        }
        if ties.isEmpty {
            (keys + start).update(from: sorted + start, count: end - start)
        } else {
            insertionSort(keys + start, end - start)
        }
    }

    /// The part of ascending places within `low..<high`.
    private static func places(
        _ ties: UnsafeBufferPointer<UInt32>, _ low: Int, _ high: Int
    ) -> UnsafeBufferPointer<UInt32> {
        func index(_ place: Int) -> Int {
            var (first, last) = (0, ties.count)
            while first < last {
                let middle = (first + last) / 2
                if Int(ties[middle]) < place { first = middle + 1 } else { last = middle }
            }
            return first
        }
        let first = index(low)
        return UnsafeBufferPointer(rebasing: ties[first..<max(first, index(high))])
    }

    /// Moves smaller keys to the front and greater ones to the back; returns where the equal ones start and end.
    ///
    /// The reference exchanges the key at `next` with the one at `low` if it is smaller, with the one before `high` if
    /// it is greater, and then looks at whatever is at `next`. Here that key stays in a register, its successors on
    /// both sides are read ahead, and nothing branches on the data.
    private static func partition(_ keys: UnsafeMutablePointer<UInt64>, _ count: Int) -> (Int, Int) {
        let pivot = Int(median(rank(keys[0]), rank(keys[count / 2]), rank(keys[count - 1])))
        var next = 0
        var low = 0
        var high = count
        var key = keys[0]
        while next < high {
            let value = Int(truncatingIfNeeded: key &>> 32)
            // All ones where it holds, else 0: written as a choice, it would become a branch.
            let isLess = (value &- pivot) &>> 63
            let isGreater = (pivot &- value) &>> 63
            let fromBack = keys[high &- 1]
            let fromFront = keys[min(next &+ 1, count &- 1)]
            let atLow = low == next ? key : keys[low]
            let less = UInt64(bitPattern: Int64(isLess))
            let greater = UInt64(bitPattern: Int64(isGreater))
            keys[low] = atLow ^ ((atLow ^ key) & less)
            keys[next ^ ((next ^ (high &- 1)) & isGreater)] = key ^ ((key ^ atLow) & less)
            key = fromFront ^ ((fromFront ^ fromBack) & greater)
            high &+= isGreater
            low &-= isLess
            next &+= 1 &+ isGreater
        }
        return (low, high)
    }

    private static func median(_ a: UInt32, _ b: UInt32, _ c: UInt32) -> UInt32 {
        max(min(a, b), min(max(a, b), c))
    }

    private static func insertionSort(_ keys: UnsafeMutablePointer<UInt64>, _ count: Int) {
        guard count > 1 else { return }
        for i in 1..<count {
            let key = keys[i]
            let value = rank(key)
            var j = i
            while j > 0, rank(keys[j - 1]) > value {
                keys[j] = keys[j - 1]
                j -= 1
            }
            keys[j] = key
        }
    }

    private static func heapsort(_ keys: UnsafeMutablePointer<UInt64>, _ count: Int) {
        var root = (count - 2) / 2
        while true {
            siftDown(keys, root, count)
            if root == 0 { break }
            root -= 1
        }
        var end = count - 1
        while end > 0 {
            exchange(keys, 0, end)
            siftDown(keys, 0, end)
            end -= 1
        }
    }

    private static func siftDown(_ keys: UnsafeMutablePointer<UInt64>, _ start: Int, _ end: Int) {
        var root = start
        while true {
            let child = root * 2 + 1
            var largest = root
            if child < end, rank(keys[largest]) < rank(keys[child]) { largest = child }
            if child + 1 < end, rank(keys[largest]) < rank(keys[child + 1]) { largest = child + 1 }
            if largest == root { return }
            exchange(keys, root, largest)
            root = largest
        }
    }

    @inline(__always)
    private static func exchange(_ keys: UnsafeMutablePointer<UInt64>, _ i: Int, _ j: Int) {
        let key = keys[i]
        keys[i] = keys[j]
        keys[j] = key
    }

    // MARK: Any order among equals

    /// Sorts keys that are all different; `spare` is storage of the same size. From 400 keys on, the order among equal
    /// ranks is the one they came in.
    static func sort(_ keys: UnsafeMutablePointer<UInt64>, _ spare: UnsafeMutablePointer<UInt64>, _ count: Int) {
        if count <= 24 {
            insertWhole(keys, count)
        } else if count < 400 {
            quicksort(keys, spare, count)
        } else {
            radixSort(keys, spare, count)
        }
    }

    private static func insertWhole(_ keys: UnsafeMutablePointer<UInt64>, _ count: Int) {
        guard count > 1 else { return }
        for i in 1..<count {
            let key = keys[i]
            var j = i
            while j > 0, keys[j - 1] > key {
                keys[j] = keys[j - 1]
                j -= 1
            }
            keys[j] = key
        }
    }

    /// Quicksort that moves each key to both ends of the spare storage and keeps one of the two copies, so that nothing
    /// branches on the data.
    private static func quicksort(
        _ keys: UnsafeMutablePointer<UInt64>, _ spare: UnsafeMutablePointer<UInt64>, _ count: Int
    ) {
        if count <= 24 {
            insertWhole(keys, count)
            return
        }
        let (a, b, c) = (keys[0], keys[count / 2], keys[count - 1])
        let pivot = max(min(a, b), min(max(a, b), c))
        var low = 0
        var high = count - 1
        for i in 0..<count {
            let key = keys[i]
            let isLess = key < pivot ? 1 : 0
            spare[low] = key
            spare[high] = key
            low &+= isLess
            high &-= 1 &- isLess
        }
        keys.update(from: spare, count: count)
        // The median of three different keys has a smaller one beside it; equal keys would leave nothing to divide.
        guard low > 0 else {
            insertWhole(keys, count)
            return
        }
        quicksort(keys, spare, low)
        quicksort(keys + low, spare, count - low)
    }

    /// Least-significant-digit radix sort by the upper 32 bits, digits in which no two keys differ left out.
    ///
    /// It is stable, so keys that come with ascending rows leave with ascending rows among equals.
    static func radixSort(
        _ keys: UnsafeMutablePointer<UInt64>, _ spare: UnsafeMutablePointer<UInt64>, _ count: Int
    ) {
        var low = UInt32.max
        var high = UInt32.min
        for i in 0..<count {
            let value = rank(keys[i])
            low = min(low, value)
            high = max(high, value)
        }
        let bits = 32 - (high - low).leadingZeroBitCount
        guard bits > 0 else { return }
        let widest = count >= 4096 ? 11 : 8
        let passes = (bits + widest - 1) / widest
        let width = (bits + passes - 1) / passes
        let buckets = 1 << width
        let mask = UInt32(buckets - 1)
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: buckets) { table in
            let places = table.baseAddress.unsafelyUnwrapped
            var source = keys
            var target = spare
            for pass in 0..<passes {
                let shift = UInt32(pass * width)
                places.update(repeating: 0, count: buckets)
                for i in 0..<count { places[Int(((rank(source[i]) &- low) &>> shift) & mask)] &+= 1 }
                var sum: UInt32 = 0
                for b in 0..<buckets {
                    let size = places[b]
                    places[b] = sum
                    sum &+= size
                }
                for i in 0..<count {
                    let key = source[i]
                    let bucket = Int(((rank(key) &- low) &>> shift) & mask)
                    target[Int(places[bucket])] = key
                    places[bucket] &+= 1
                }
                swap(&source, &target)
            }
            if passes % 2 == 1 { keys.update(from: spare, count: count) }
        }
    }
}
