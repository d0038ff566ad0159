/// A statistic of a window that values enter and leave; NaN is no value.
protocol RollingState {
    /// Whether so much has been subtracted that little of the digits is left, and the window should be gone through anew.
    var isWorn: Bool { get }
    mutating func add(_ value: Double)
    mutating func remove(_ value: Double)
}

extension RollingState {
    var isWorn: Bool { false }
}

/// How many of the last values that entered are the same: a window of equal values has exactly that mean.
struct RollingRun {
    private(set) var value = Double.nan
    private(set) var count = 0

    mutating func add(_ next: Double) {
        count = next == value ? count + 1 : 1
        value = next
    }
}

/// The sum, with one compensation for what enters and one for what leaves (W. Kahan, 1965).
struct RollingSum: RollingState {
    private var count = 0
    private var negatives = 0
    private var total = 0.0
    private var lostByAdding = 0.0
    private var lostByRemoving = 0.0
    private var run = RollingRun()

    mutating func add(_ value: Double) {
        if value.isNaN { return }
        count += 1
        let y = value - lostByAdding
        let t = total + y
        lostByAdding = t - total - y
        total = t
        if value.sign == .minus { negatives += 1 }
        run.add(value)
    }

    mutating func remove(_ value: Double) {
        if value.isNaN { return }
        count -= 1
        let y = -value - lostByRemoving
        let t = total + y
        lostByRemoving = t - total - y
        total = t
        if value.sign == .minus { negatives -= 1 }
    }

    func sum(_ least: Int) -> Double {
        if count == 0, least == 0 { return 0 }
        guard count >= least, count > 0 else { return .nan }
        return run.count >= count ? run.value * Double(count) : total
    }

    func mean(_ least: Int) -> Double {
        guard count >= least, count > 0 else { return .nan }
        if run.count >= count { return run.value }
        let mean = total / Double(count)
        // Rounding must not give a mean outside of values that all have one sign.
        if negatives == 0, mean < 0 { return 0 }
        if negatives == count, mean > 0 { return 0 }
        return mean
    }
}

/// The sum of squared differences from the mean (B. Welford, 1962), with compensation.
struct RollingVariance: RollingState {
    private var count = 0
    private var mean = 0.0
    private var squares = 0.0
    private var largest = 0.0
    private var lostByAdding = 0.0
    private var lostByRemoving = 0.0
    private var run = RollingRun()

    mutating func add(_ value: Double) {
        if value.isNaN { return }
        count += 1
        run.add(value)
        let before = mean - lostByAdding
        let y = value - lostByAdding
        let t = y - mean
        lostByAdding = t + mean - y
        mean += t / Double(count)
        squares += (value - before) * (value - mean)
        largest = Swift.max(largest, squares)
    }

    mutating func remove(_ value: Double) {
        if value.isNaN { return }
        count -= 1
        guard count > 0 else {
            (mean, squares) = (0, 0)
            return
        }
        let before = mean - lostByRemoving
        let y = value - lostByRemoving
        let t = y - mean
        lostByRemoving = t + mean - y
        mean -= t / Double(count)
        squares -= (value - before) * (value - mean)
    }

    var isWorn: Bool { squares < 0.05 * largest }

    func variance(_ least: Int, _ ddof: Int) -> Double {
        guard count >= least, count > ddof else { return .nan }
        if count == 1 || run.count >= count { return 0 }
        return Swift.max(0, squares / Double(count - ddof))
    }
}

/// The values in ascending order.
struct RollingOrder: RollingState {
    private var sorted: [Double] = []

    private func place(_ value: Double) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    mutating func add(_ value: Double) {
        if !value.isNaN { sorted.insert(value, at: place(value)) }
    }

    mutating func remove(_ value: Double) {
        if !value.isNaN { sorted.remove(at: place(value)) }
    }

    func quantile(_ share: Double, _ least: Int) -> Double {
        guard sorted.count >= Swift.max(1, least) else { return .nan }
        let place = share * Double(sorted.count - 1)
        let below = Int(place)
        guard below + 1 < sorted.count, place > Double(below) else { return sorted[below] }
        return sorted[below] + (sorted[below + 1] - sorted[below]) * (place - Double(below))
    }
}
