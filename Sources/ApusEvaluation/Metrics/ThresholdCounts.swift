import ApusCore

/// True and false positives at every threshold, from the highest score to the lowest: what all ranking metrics come from.
struct ThresholdCounts {
    /// For each threshold the negative rows (or their weights) with a score of at least it.
    var falsePositives: [Double]
    /// For each threshold the positive rows (or their weights) with a score of at least it.
    var truePositives: [Double]
    /// The distinct scores, descending. Rows of weight 0 do not count.
    var thresholds: [Double]

    /// Sorts once and counts; equal scores make one threshold.
    init(_ isPositive: [Bool], _ scores: [Double], weights: [Double]?) {
        (falsePositives, truePositives, thresholds) = ([], [], [])
        Self.forEachThreshold(isPositive, scores, weights: weights) { falsePositive, truePositive, threshold in
            falsePositives.append(falsePositive)
            truePositives.append(truePositive)
            thresholds.append(threshold)
        }
    }

    /// Calls `body` with false positives, true positives and threshold, from the highest score to the lowest.
    static func forEachThreshold(
        _ isPositive: [Bool], _ scores: [Double], weights: [Double]?, _ body: (Double, Double, Double) -> Void
    ) {
        let order = RankingKernel.descendingOrder(scores)
        var (falsePositive, truePositive) = (0.0, 0.0)
        var open: Double?
        for row in order {
            let weight = weights.map { $0[row] } ?? 1
            if weight == 0 { continue }
            let score = scores[row]
            if let threshold = open, threshold != score { body(falsePositive, truePositive, threshold) }
            open = score
            if isPositive[row] { truePositive += weight } else { falsePositive += weight }
        }
        if let open { body(falsePositive, truePositive, open) }
    }

    /// Positive rows, or the sum of their weights.
    var positives: Double { truePositives.last ?? 0 }
    /// Negative rows, or the sum of their weights.
    var negatives: Double { falsePositives.last ?? 0 }

    /// Keeps the first, the last and those thresholds for which `isKept` is true of the counts before, at and after it.
    mutating func thin(_ isKept: (_ counts: ThresholdCounts, _ at: Int) -> Bool) {
        guard thresholds.count > 2 else { return }
        let last = thresholds.count - 1
        let kept = thresholds.indices.filter { $0 == 0 || $0 == last || isKept(self, $0) }
        falsePositives = kept.map { falsePositives[$0] }
        truePositives = kept.map { truePositives[$0] }
        thresholds = kept.map { thresholds[$0] }
    }
}

/// Truth and scores, checked: one of two classes is positive, or a named one against the rest.
struct BinaryRanking {
    /// Whether each row is of the positive class.
    let isPositive: [Bool]
    /// The name of the positive class.
    let positive: String
    /// Whether both classes occur among rows with weight.
    let hasBothClasses: Bool

    init(_ truth: Labels, scores: [Double], positive wanted: String?, weights: [Double]?) throws {
        try Self.check(truth, scores: scores, weights: weights)
        let compact = truth.compacted
        let names = compact.classes.names
        if let wanted, names.count > 2, let code = names.firstIndex(of: wanted) {
            positive = wanted
            isPositive = compact.codes.map { $0 == code }
        } else {
            let found = try PositiveClass.find(
                wanted, declared: truth.classes, occurring: compact.classes, preferringOne: false)
            positive = found.name
            isPositive = compact.codes.map { $0 == found.code }
        }
        hasBothClasses = Self.hasBoth(isPositive, weights)
    }

    /// Why a metric that needs both classes has no value.
    var onlyOneClass: String { Self.onlyOneClass("“\(positive)”", among: isPositive) }

    static func onlyOneClass(_ positive: String, among isPositive: [Bool]) -> String {
        isPositive.contains(true)
            ? "Every row is \(positive), so nothing can be ranked below it."
            : "No row is \(positive), so nothing can be ranked above the rest."
    }

    static func hasBoth(_ isPositive: [Bool], _ weights: [Double]?) -> Bool {
        var (positive, negative) = (false, false)
        for (row, value) in isPositive.enumerated() where weights.map({ $0[row] > 0 }) ?? true {
            if value { positive = true } else { negative = true }
            if positive && negative { return true }
        }
        return false
    }

    static func check(_ truth: Labels, scores: [Double], weights: [Double]?) throws {
        guard truth.count == scores.count else {
            throw ApusError(
                .shapeMismatch,
                "There are \(truth.count) true labels and \(scores.count) scores; give one of each for each row.")
        }
        guard truth.count > 0 else {
            throw ApusError(.invalidInput, "There are no labels to compare; at least one row is needed.")
        }
        if !FiniteKernel.allFinite(scores), let row = scores.firstIndex(where: { !$0.isFinite }) {
            throw ApusError(.invalidInput, "The score of row \(row) is \(scores[row]); scores must be finite.")
        }
        try checkSampleWeights(weights, rows: truth.count)
    }
}
