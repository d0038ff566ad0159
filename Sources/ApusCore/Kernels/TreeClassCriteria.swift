/// How an impurity of classes is computed from the weight of each.
protocol ClassImpurity {
    /// The impurity of `count` classes whose weights add up to `weight`.
    static func impurity(_ sums: UnsafePointer<Double>, _ count: Int, _ weight: Double) -> Double
    /// Searches one pass for a better split.
    static func search(_ criterion: inout ClassCriterion<Self>, _ pass: TreePass, _ split: inout TreeSplit)
}

/// The weight of each class in a node and on its two sides.
struct ClassCriterion<Impurity: ClassImpurity>: TreeCriterion {
    let classes: Int
    let codes: UnsafePointer<Int32>
    let weights: UnsafePointer<Double>?
    /// Whether every sum is exact whatever the order of its terms.
    let isExact: Bool
    /// A table of the impurity's terms for whole weights, where it has one.
    let table: UnsafeMutablePointer<Double>?
    /// The sums of the node, of its left and of its right side.
    let total: UnsafeMutablePointer<Double>
    let left: UnsafeMutablePointer<Double>
    let right: UnsafeMutablePointer<Double>
    private(set) var weight = 0.0
    private(set) var weightLeft = 0.0
    private(set) var weightRight = 0.0
    private var start = 0
    private var end = 0
    private var position = 0

    init(
        classes: Int, codes: UnsafePointer<Int32>, weights: UnsafePointer<Double>?, isExact: Bool,
        table: UnsafeMutablePointer<Double>?
    ) {
        self.table = table
        self.classes = classes
        self.codes = codes
        self.weights = weights
        self.isExact = isExact
        total = .allocate(capacity: 3 * classes)
        total.initialize(repeating: 0, count: 3 * classes)
        left = total + classes
        right = left + classes
    }

    func deallocate() {
        total.deallocate()
        table?.deallocate()
    }

    var valueWidth: Int { classes }

    @inline(__always)
    private func row(_ keys: UnsafePointer<UInt64>, _ place: Int) -> Int { Int(keys[place] & 0xffff_ffff) }

    mutating func enter(_ keys: UnsafePointer<UInt64>, _ range: Range<Int>) {
        start = range.lowerBound
        end = range.upperBound
        total.update(repeating: 0, count: classes)
        if let weights {
            var sum = 0.0
            for place in start..<end {
                let row = row(keys, place)
                total[Int(codes[row])] += weights[row]
                sum += weights[row]
            }
            weight = sum
        } else {
            for place in start..<end { total[Int(codes[row(keys, place)])] += 1 }
            weight = Double(end - start)
        }
        reset(keys)
    }

    mutating func reset(_ keys: UnsafePointer<UInt64>) {
        position = start
        weightLeft = 0
        weightRight = weight
        left.update(repeating: 0, count: classes)
        right.update(from: total, count: classes)
    }

    mutating func update(_ keys: UnsafePointer<UInt64>, to place: Int) {
        if place - position <= end - place {
            for p in position..<place {
                let row = row(keys, p)
                let w = weights?[row] ?? 1
                left[Int(codes[row])] += w
                weightLeft += w
            }
        } else {
            weightLeft = subtract(keys, from: end, downTo: place)
        }
        weightRight = weight - weightLeft
        for c in 0..<classes { right[c] = total[c] - left[c] }
        position = place
    }

    /// Takes the rows from the node's last down to `place` off its totals and returns the weight that is left.
    func subtract(_ keys: UnsafePointer<UInt64>, from end: Int, downTo place: Int) -> Double {
        left.update(from: total, count: classes)
        var rest = weight
        var p = end - 1
        while p >= place {
            let row = row(keys, p)
            let w = weights?[row] ?? 1
            left[Int(codes[row])] -= w
            rest -= w
            p -= 1
        }
        return rest
    }

    mutating func assign(_ keys: UnsafePointer<UInt64>, _ rule: TreeRule) -> Int {
        left.update(repeating: 0, count: classes)
        var count = 0
        if weights == nil, classes == 2 {
            var ones = 0
            for place in start..<end {
                let isLeft = rule.isLeft(keys[place])
                count &+= isLeft
                ones &+= isLeft & Int(codes[row(keys, place)])
            }
            left[0] = Double(count - ones)
            left[1] = Double(ones)
            weightLeft = Double(count)
        } else {
            var sum = 0.0
            for place in start..<end {
                let row = row(keys, place)
                let isLeft = rule.isLeft(keys[place])
                let w = Double(isLeft) * (weights?[row] ?? 1)
                left[Int(codes[row])] += w
                sum += w
                count &+= isLeft
            }
            weightLeft = sum
        }
        weightRight = weight - weightLeft
        for c in 0..<classes { right[c] = total[c] - left[c] }
        return count
    }

    func nodeImpurity() -> Double { Impurity.impurity(total, classes, weight) }

    @inline(__always)
    func proxy(_ keys: UnsafePointer<UInt64>) -> Double {
        let (impurityLeft, impurityRight) = childrenImpurity(keys)
        return -weightRight * impurityRight - weightLeft * impurityLeft
    }

    @inline(__always)
    func childrenImpurity(_ keys: UnsafePointer<UInt64>) -> (left: Double, right: Double) {
        (Impurity.impurity(left, classes, weightLeft), Impurity.impurity(right, classes, weightRight))
    }

    func appendValue(to values: inout [Double]) {
        for c in 0..<classes { values.append(total[c] / weight) }
    }

    mutating func search(_ pass: TreePass, _ split: inout TreeSplit) {
        Impurity.search(&self, pass, &split)
    }
}
