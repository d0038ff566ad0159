#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How an impurity of numbers is computed from their sums.
protocol NumberImpurity {
    static func nodeImpurity(_ criterion: NumberCriterion<Self>, _ keys: UnsafePointer<UInt64>) -> Double
    static func proxy(_ criterion: NumberCriterion<Self>) -> Double
    static func childrenImpurity(
        _ criterion: NumberCriterion<Self>, _ keys: UnsafePointer<UInt64>
    ) -> (left: Double, right: Double)
    static func search(_ criterion: inout NumberCriterion<Self>, _ pass: TreePass, _ split: inout TreeSplit)
}

/// The weighted sums of the numbers to predict in a node and on its two sides.
struct NumberCriterion<Impurity: NumberImpurity>: TreeCriterion {
    let numbers: UnsafePointer<Double>
    let weights: UnsafePointer<Double>?
    private(set) var weight = 0.0
    private(set) var weightLeft = 0.0
    private(set) var weightRight = 0.0
    /// Σ w y of the node, of its left and of its right side.
    private(set) var total = 0.0
    private(set) var left = 0.0
    private(set) var right = 0.0
    /// Σ w y² of the node.
    private(set) var squares = 0.0
    private(set) var start = 0
    private(set) var end = 0
    private(set) var position = 0
    /// The keys of the node when it was entered.
    private var entered: UnsafePointer<UInt64>

    init(numbers: UnsafePointer<Double>, weights: UnsafePointer<Double>?, keys: UnsafePointer<UInt64>) {
        self.numbers = numbers
        self.weights = weights
        entered = keys
    }

    func deallocate() {}

    var valueWidth: Int { 1 }

    @inline(__always)
    func row(_ keys: UnsafePointer<UInt64>, _ place: Int) -> Int { Int(keys[place] & 0xffff_ffff) }

    mutating func enter(_ keys: UnsafePointer<UInt64>, _ range: Range<Int>) {
        start = range.lowerBound
        end = range.upperBound
        entered = keys
        var sum = 0.0
        var weightedSum = 0.0
        var squareSum = 0.0
        for place in start..<end {
            let row = row(keys, place)
            let w = weights?[row] ?? 1
            let y = numbers[row]
            let wy = w * y
            weightedSum += wy
            squareSum += wy * y
            sum += w
        }
        weight = sum
        total = weightedSum
        squares = squareSum
        reset(keys)
    }

    mutating func reset(_ keys: UnsafePointer<UInt64>) {
        position = start
        weightLeft = 0
        weightRight = weight
        left = 0
        right = total
    }

    @inline(__always)
    mutating func update(_ keys: UnsafePointer<UInt64>, to place: Int) {
        if place - position <= end - place {
            for p in position..<place {
                let row = row(keys, p)
                let w = weights?[row] ?? 1
                left += w * numbers[row]
                weightLeft += w
            }
        } else {
            left = total
            weightLeft = weight
            var p = end - 1
            while p >= place {
                let row = row(keys, p)
                let w = weights?[row] ?? 1
                left -= w * numbers[row]
                weightLeft -= w
                p -= 1
            }
        }
        weightRight = weight - weightLeft
        right = total - left
        position = place
    }

    mutating func assign(_ keys: UnsafePointer<UInt64>, _ rule: TreeRule) -> Int {
        var count = 0
        var (sum, side) = (0.0, 0.0)
        for place in start..<end {
            let row = row(keys, place)
            let isLeft = rule.isLeft(keys[place])
            let w = Double(isLeft) * (weights?[row] ?? 1)
            side += w * numbers[row]
            sum += w
            count &+= isLeft
        }
        left = side
        weightLeft = sum
        weightRight = weight - sum
        right = total - side
        return count
    }

    func nodeImpurity() -> Double { Impurity.nodeImpurity(self, entered) }

    @inline(__always)
    func proxy(_ keys: UnsafePointer<UInt64>) -> Double { Impurity.proxy(self) }

    func childrenImpurity(_ keys: UnsafePointer<UInt64>) -> (left: Double, right: Double) {
        Impurity.childrenImpurity(self, keys)
    }

    func appendValue(to values: inout [Double]) { values.append(total / weight) }

    mutating func search(_ pass: TreePass, _ split: inout TreeSplit) { Impurity.search(&self, pass, &split) }
}

/// Variance: the mean squared distance to the mean.
enum SquaredErrorImpurity: NumberImpurity {
    static func nodeImpurity(_ criterion: NumberCriterion<Self>, _ keys: UnsafePointer<UInt64>) -> Double {
        let mean = criterion.total / criterion.weight
        return criterion.squares / criterion.weight - mean * mean
    }

    @inline(__always)
    static func proxy(_ criterion: NumberCriterion<Self>) -> Double {
        criterion.left * criterion.left / criterion.weightLeft
            + criterion.right * criterion.right / criterion.weightRight
    }

    static func childrenImpurity(
        _ criterion: NumberCriterion<Self>, _ keys: UnsafePointer<UInt64>
    ) -> (left: Double, right: Double) {
        var squaresLeft = 0.0
        for place in criterion.start..<criterion.position {
            let row = criterion.row(keys, place)
            let w = criterion.weights?[row] ?? 1
            let y = criterion.numbers[row]
            squaresLeft += w * y * y
        }
        let squaresRight = criterion.squares - squaresLeft
        let meanLeft = criterion.left / criterion.weightLeft
        let meanRight = criterion.right / criterion.weightRight
        return (
            squaresLeft / criterion.weightLeft - meanLeft * meanLeft,
            squaresRight / criterion.weightRight - meanRight * meanRight
        )
    }
}

extension SquaredErrorImpurity {
    static func search(_ criterion: inout NumberCriterion<Self>, _ pass: TreePass, _ split: inout TreeSplit) {
        let numbers = criterion.numbers
        if let weights = criterion.weights {
            scan(criterion, pass, &split) { row in (weights[row], weights[row] * numbers[row]) }
        } else {
            scan(criterion, pass, &split) { row in (1, numbers[row]) }
        }
    }

    /// Adds row after row to the left side, in the order of `NumberCriterion.update`, its turn to subtracting included.
    ///
    /// A candidate can only win if S_l² r + S_r² l is above the best proxy times l r, which needs no division; those
    /// that pass are compared by the reference's own arithmetic.
    @inline(__always)
    private static func scan(
        _ criterion: NumberCriterion<Self>, _ pass: TreePass, _ split: inout TreeSplit,
        _ terms: (Int) -> (weight: Double, sum: Double)
    ) {
        let (start, end) = (pass.start, pass.end)
        let first = max(pass.firstCut, start + pass.limits.rows)
        let last = min(pass.lastCut, end - pass.limits.rows)
        guard first <= last else { return }
        let presentEnd = pass.presentEnd
        let (weight, total) = (criterion.weight, criterion.total)
        let (keys, limits) = (pass.keys, pass.limits)
        var best = split.proxy
        var bound = best * (1 - 1e-12)
        var position = start
        var left = 0.0
        var weightLeft = 0.0
        var key = keys[start]
        for place in start + 1...last {
            let (w, sum) = terms(Int(key & 0xffff_ffff))
            left += sum
            weightLeft += w
            let before = key
            key = keys[place]
            if place < first { continue }
            if place < presentEnd, pass.isTied(before, key) { continue }
            if place &- position > end &- place {
                left = total
                weightLeft = weight
                var p = end - 1
                while p >= place {
                    let (w, sum) = terms(pass.row(p))
                    left -= sum
                    weightLeft -= w
                    p &-= 1
                }
            }
            position = place
            let right = total - left
            let weightRight = weight - weightLeft
            let reach = bound * (weightLeft * weightRight)
            // Outside these magnitudes rounding is not relative, and the screen proves nothing.
            if left * left * weightRight + right * right * weightLeft <= reach, reach > 1e-280, reach < 1e300 {
                continue
            }
            if weightLeft < limits.weight || weightRight < limits.weight { continue }
            let proxy = left * left / weightLeft + right * right / weightRight
            if proxy > best {
                pass.record(place, proxy, into: &split)
                best = proxy
                bound = best * (1 - 1e-12)
            }
        }
    }
}

/// Half the Poisson deviance from the mean: the mean of y ln(y / mean).
enum PoissonImpurity: NumberImpurity {
    /// Sums at most this are taken for 0: they may be what a subtraction left of it.
    private static let epsilon = 10 * Double.ulpOfOne
    private static let ln2 = log(2.0)

    static func nodeImpurity(_ criterion: NumberCriterion<Self>, _ keys: UnsafePointer<UInt64>) -> Double {
        loss(criterion, keys, criterion.start..<criterion.end, criterion.total, criterion.weight)
    }

    @inline(__always)
    static func proxy(_ criterion: NumberCriterion<Self>) -> Double {
        if criterion.left <= epsilon || criterion.right <= epsilon { return -.infinity }
        let meanLeft = criterion.left / criterion.weightLeft
        let meanRight = criterion.right / criterion.weightRight
        // The reference takes binary logarithms here, which changes the rounding.
        return criterion.left * (log(meanLeft) / ln2) + criterion.right * (log(meanRight) / ln2)
    }

    static func childrenImpurity(
        _ criterion: NumberCriterion<Self>, _ keys: UnsafePointer<UInt64>
    ) -> (left: Double, right: Double) {
        let (start, place, end) = (criterion.start, criterion.position, criterion.end)
        return (
            loss(criterion, keys, start..<place, criterion.left, criterion.weightLeft),
            loss(criterion, keys, place..<end, criterion.right, criterion.weightRight)
        )
    }

    static func search(_ criterion: inout NumberCriterion<Self>, _ pass: TreePass, _ split: inout TreeSplit) {
        criterion.searchInOrder(pass, &split)
    }

    private static func loss(
        _ criterion: NumberCriterion<Self>, _ keys: UnsafePointer<UInt64>, _ range: Range<Int>, _ sum: Double,
        _ weight: Double
    ) -> Double {
        if sum <= epsilon { return .infinity }
        let mean = sum / weight
        var loss = 0.0
        for place in range {
            let row = criterion.row(keys, place)
            let y = criterion.numbers[row]
            if y != 0 { loss += (criterion.weights?[row] ?? 1) * (y * log(y / mean)) }
        }
        return loss / weight
    }
}
