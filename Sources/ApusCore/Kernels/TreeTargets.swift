/// What a tree is to learn, the weight of each row, and whether sums of the two are exact in any order.
@_documentation(visibility: internal)
public final class TreeTargets: @unchecked Sendable {
    /// What is predicted, and the impurity that is to fall.
    public enum Kind: Sendable {
        /// Classes by Gini impurity: the codes and the number of classes.
        case gini(codes: [Int], classes: Int)
        /// Classes by entropy: the codes and the number of classes.
        case entropy(codes: [Int], classes: Int)
        /// Numbers by squared error.
        case squaredError([Double])
        /// Numbers by absolute error.
        case absoluteError([Double])
        /// Numbers that are not negative by Poisson deviance.
        case poisson([Double])

        /// Whether classes are predicted.
        public var isClassification: Bool {
            switch self {
            case .gini, .entropy: true
            case .squaredError, .absoluteError, .poisson: false
            }
        }
    }

    /// Whether classes are predicted.
    public var isClassification: Bool { kind.isClassification }

    let kind: Kind
    let codes: UnsafeMutablePointer<Int32>?
    let numbers: UnsafeMutablePointer<Double>?
    let weights: UnsafeMutablePointer<Double>?
    /// The rank of each number among the distinct ones, where medians are searched.
    let numberRanks: UnsafeMutablePointer<UInt32>?
    /// The number of rows.
    let rows: Int
    /// The weight of all rows.
    let totalWeight: Double
    /// Whether the statistics that splits are compared by are exact whatever the order of rows.
    let isExact: Bool

    /// The given targets.
    ///
    /// - Parameters:
    ///   - kind: What is predicted.
    ///   - weights: One for each row; nil for 1 each.
    ///   - keepsOrder: Whether to add term by term in the reference's order even where every order gives the same sums,
    ///     and so the same tree.
    ///   - isFree: Whether the reference's order does not matter at all.
    public init(_ kind: Kind, weights: [Double]?, keepsOrder: Bool = false, isFree: Bool = false) {
        self.kind = kind
        switch kind {
        case .gini(let codes, _), .entropy(let codes, _):
            rows = codes.count
            let storage = UnsafeMutablePointer<Int32>.allocate(capacity: max(1, codes.count))
            for (row, code) in codes.enumerated() { storage[row] = Int32(truncatingIfNeeded: code) }
            self.codes = storage
            numbers = nil
            numberRanks = nil
            isExact = isFree || !keepsOrder && TreeTargets.sumsAreExact(weights, rows: codes.count, numbers: nil)
        case .squaredError(let numbers), .absoluteError(let numbers), .poisson(let numbers):
            rows = numbers.count
            codes = nil
            if case .absoluteError = kind { numberRanks = TreeTargets.ranks(numbers) } else { numberRanks = nil }
            self.numbers = TreeTargets.copy(numbers)
            if case .squaredError = kind {
                isExact =
                    isFree || !keepsOrder && TreeTargets.sumsAreExact(weights, rows: numbers.count, numbers: numbers)
            } else {
                isExact = isFree
            }
        }
        if let weights {
            var sum = 0.0
            for weight in weights { sum += weight }
            totalWeight = sum
            self.weights = TreeTargets.copy(weights)
        } else {
            totalWeight = Double(rows)
            self.weights = nil
        }
    }

    deinit {
        codes?.deallocate()
        numbers?.deallocate()
        numberRanks?.deallocate()
        weights?.deallocate()
    }

    /// The rows of a tree that searches best splits, all in one node.
    ///
    /// - Parameters:
    ///   - columns: The columns, with as many rows as there are targets.
    ///   - sortsOnce: Whether to keep every column sorted in every node instead of sorting where a feature is tried.
    ///     Faster when most features are tried at each node.
    public func search(_ columns: TreeColumns, sortsOnce: Bool) -> any BestTreeSearch {
        precondition(columns.rows == rows, "one target for each row")
        let (order, count) = weightedRows()
        func nodes<Criterion: TreeCriterion>(_ criterion: Criterion) -> any BestTreeSearch {
            TreeNodes(
                columns: columns, targets: self, criterion: criterion, isExact: isExact, order: order, count: count,
                usesLists: sortsOnce)
        }
        switch kind {
        case .gini(_, let classes): return nodes(gini(classes))
        case .entropy(_, let classes): return nodes(entropy(classes))
        case .squaredError: return nodes(numberCriterion(SquaredErrorImpurity.self, order))
        case .absoluteError: return nodes(absoluteError(count))
        case .poisson: return nodes(numberCriterion(PoissonImpurity.self, order))
        }
    }

    /// The rows of a tree that searches best splits by counting classes, all in one node; nil where that is not possible:
    /// for numbers, for weights that are not whole or are large, or for more rows than fit.
    ///
    /// - Parameter columns: The columns, with as many rows as there are targets.
    public func search(_ columns: TreePackedColumns) -> (any BestTreeSearch)? {
        guard totalWeight < 0x1p26, hasWholeWeights else { return nil }
        return search(
            columns, counts: weights.map { weights in (0..<rows).map { UInt32(weights[$0]) } },
            total: totalWeight)
    }

    /// The same for whole weights instead of the targets' own.
    ///
    /// - Parameters:
    ///   - columns: The columns, with as many rows as there are targets.
    ///   - counts: The weight of each row.
    public func search(_ columns: TreePackedColumns, counts: [UInt32]) -> (any BestTreeSearch)? {
        var total = 0
        for count in counts { total += Int(count) }
        return search(columns, counts: counts, total: Double(total))
    }

    private func search(
        _ columns: TreePackedColumns, counts: [UInt32]?, total: Double
    ) -> (any BestTreeSearch)? {
        precondition(columns.rows == rows, "one target for each row")
        guard let codes, total < 0x1p26 else { return nil }
        switch kind {
        case .gini(_, let classes):
            return TreeClassNodes(
                columns, codes: codes, rowWeights: counts, total: total, classes: classes, criterion: 0)
        case .entropy(_, let classes):
            guard total <= 0x1p22 else { return nil }
            return TreeClassNodes(
                columns, codes: codes, rowWeights: counts, total: total, classes: classes, criterion: 1)
        case .squaredError, .absoluteError, .poisson: return nil
        }
    }

    /// The rows of a tree that tries random thresholds, all in one node.
    ///
    /// - Parameter columns: The columns, with as many rows as there are targets.
    public func search(_ columns: TreeValues) -> any RandomTreeSearch {
        precondition(columns.rows == rows, "one target for each row")
        let (order, count) = weightedRows()
        func draws<Criterion: TreeCriterion>(_ criterion: Criterion) -> any RandomTreeSearch {
            TreeDraws(
                columns: columns, targets: self, criterion: criterion, isExact: isExact, order: order, count: count)
        }
        switch kind {
        case .gini(_, let classes): return draws(gini(classes))
        case .entropy(_, let classes): return draws(entropy(classes))
        case .squaredError: return draws(numberCriterion(SquaredErrorImpurity.self, order))
        case .absoluteError: return draws(absoluteError(count))
        case .poisson: return draws(numberCriterion(PoissonImpurity.self, order))
        }
    }

    /// The rows with a weight other than 0, ascending, in storage of their own.
    private func weightedRows() -> (UnsafeMutablePointer<UInt64>, Int) {
        let order = UnsafeMutablePointer<UInt64>.allocate(capacity: max(1, rows))
        var count = 0
        for row in 0..<rows where weights.map({ $0[row] != 0 }) ?? true {
            order[count] = UInt64(row)
            count += 1
        }
        return (order, count)
    }

    private func gini(_ classes: Int) -> ClassCriterion<GiniImpurity> {
        classCriterion(GiniImpurity.self, classes, table: nil)
    }

    private func entropy(_ classes: Int) -> ClassCriterion<EntropyImpurity> {
        let table = totalWeight <= 0x1p22 && hasWholeWeights ? EntropyImpurity.table(upTo: Int(totalWeight)) : nil
        return classCriterion(EntropyImpurity.self, classes, table: table)
    }

    private func classCriterion<Impurity: ClassImpurity>(
        _ impurity: Impurity.Type, _ classes: Int, table: UnsafeMutablePointer<Double>?
    ) -> ClassCriterion<Impurity> {
        ClassCriterion(
            classes: classes, codes: UnsafePointer(codes.unsafelyUnwrapped), weights: weights.map { UnsafePointer($0) },
            isExact: isExact, table: table)
    }

    /// Whether all weights are whole numbers.
    private var hasWholeWeights: Bool {
        guard isExact else { return false }
        guard let weights else { return true }
        return (0..<rows).allSatisfy { weights[$0] == weights[$0].rounded() }
    }

    private func numberCriterion<Impurity: NumberImpurity>(
        _ impurity: Impurity.Type, _ order: UnsafeMutablePointer<UInt64>
    ) -> NumberCriterion<Impurity> {
        NumberCriterion(
            numbers: UnsafePointer(numbers.unsafelyUnwrapped), weights: weights.map { UnsafePointer($0) },
            keys: UnsafePointer(order))
    }

    private func absoluteError(_ count: Int) -> AbsoluteErrorCriterion {
        AbsoluteErrorCriterion(
            numbers: UnsafePointer(numbers.unsafelyUnwrapped), weights: weights.map { UnsafePointer($0) },
            ranks: UnsafePointer(numberRanks.unsafelyUnwrapped), count: count)
    }

    /// The rank of each number among the distinct ones.
    private static func ranks(_ numbers: [Double]) -> UnsafeMutablePointer<UInt32> {
        let ranks = UnsafeMutablePointer<UInt32>.allocate(capacity: max(1, numbers.count))
        let ascending = numbers.indices.sorted { numbers[$0] < numbers[$1] }
        var rank: UInt32 = 0
        for (place, row) in ascending.enumerated() {
            if place > 0, numbers[row] != numbers[ascending[place - 1]] { rank += 1 }
            ranks[row] = rank
        }
        return ranks
    }

    private static func copy(_ values: [Double]) -> UnsafeMutablePointer<Double> {
        let storage = UnsafeMutablePointer<Double>.allocate(capacity: max(1, values.count))
        values.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { storage.initialize(from: base, count: values.count) }
        }
        return storage
    }

    /// Whether sums of weights, their squares, and (where there are numbers) sums of w y and w y² are exact.
    ///
    /// They are when all terms are whole multiples of one power of two and the sum of their sizes is below 2⁵³ of it:
    /// then every partial sum in every order is such a multiple too, and a double holds it.
    static func sumsAreExact(_ weights: [Double]?, rows: Int, numbers: [Double]?) -> Bool {
        let limit = 0x1p53
        var weightUnit = 0
        var sum = Double(rows)
        if let weights {
            guard let unit = fractionBits(weights) else { return false }
            weightUnit = unit
            sum = weights.reduce(0, +)
        }
        let scale = Double(sign: .plus, exponent: weightUnit, significand: 1)
        guard let numbers else {
            return (sum * scale) * (sum * scale) < limit
        }
        guard sum * scale < limit, let numberUnit = fractionBits(numbers) else { return false }
        let numberScale = Double(sign: .plus, exponent: numberUnit, significand: 1)
        var squares = 0.0
        var sizes = 0.0
        for (row, number) in numbers.enumerated() {
            let size = Swift.abs(number) * numberScale
            let weight = (weights?[row] ?? 1) * scale
            sizes += weight * size
            squares += weight * size * size
        }
        return sizes < limit / 2 && squares < limit / 2
    }

    /// The least number of binary places after the point that all values do with, or nil if that is more than 26.
    private static func fractionBits(_ values: [Double]) -> Int? {
        var bits = 0
        for value in values where value != 0 {
            guard value.isFinite, Swift.abs(value) < 0x1p53 else { return nil }
            var scaled = value * Double(sign: .plus, exponent: bits, significand: 1)
            while scaled != scaled.rounded(.towardZero) {
                bits += 1
                scaled *= 2
                if bits > 26 { return nil }
            }
        }
        return bits
    }
}
