import ApusCore

/// How the area under the ROC curve, made for two classes, is taken over several.
public enum MultiClass: String, Sendable, Hashable, Codable {
    /// Each class against all others, averaged over the classes.
    case oneVersusRest = "ovr"
    /// Each class against each other one, both ways, averaged over the pairs of classes that occur (Hand and Till).
    case oneVersusOne = "ovo"
}

/// The area under the ROC curve of two classes: the probability that a positive row scores higher than a negative one,
/// ties counting half; from 0 to 1, not defined when only one class occurs.
///
/// - Parameters:
///   - truth: n labels of at most two classes, or of more when `positive` says which stands against the rest.
///   - scores: n finite numbers, higher for rows more likely positive.
///   - positive: The positive class by name; default nil: the class 1, `true`, or else the second one.
///   - weights: n sample weights; default nil for equal ones.
/// - Throws: `ApusError` with code `shapeMismatch`, `invalidInput` or `invalidParameter` for unusable input.
/// - Complexity: O(n): scores are sorted once, by radix.
public func rocAUCScore(
    _ truth: Labels, scores: [Double], positive: String? = nil, weights: [Double]? = nil
) throws -> MetricValue {
    guard truth.compacted.classes.count > 1 || positive != nil else {
        try BinaryRanking.check(truth, scores: scores, weights: weights)
        return MetricValue(undefined: "The area under the ROC curve is not defined: only one class occurs.")
    }
    let ranking = try BinaryRanking(truth, scores: scores, positive: positive, weights: weights)
    return area(ranking.isPositive, scores, weights: weights, positive: "“\(ranking.positive)”")
}

/// The area under the ROC curve of several classes; not defined when one of them does not occur. With two classes it is
/// that of the second column.
///
/// - Parameters:
///   - truth: n labels.
///   - probabilities: n × K, each row adding up to 1, as `predictProba` gives them.
///   - classes: The classes of the columns, as the model's; default nil: those of `truth`.
///   - multiClass: Each class against the rest (the default) or against each other one.
///   - average: `.macro` (the default), `.weighted` by how often classes or pairs occur, or, against the rest only,
///     `.micro`.
///   - weights: n sample weights; default nil for equal ones. Not for one class against another.
/// - Throws: `ApusError` with code `shapeMismatch`, `invalidInput` or `invalidParameter` for unusable input.
public func rocAUCScore(
    _ truth: Labels, probabilities: Matrix, classes: Labels.Classes? = nil, multiClass: MultiClass = .oneVersusRest,
    average: Average = .macro, weights: [Double]? = nil
) throws -> MetricValue {
    let table = try ProbabilityTable(truth, probabilities, classes: classes, weights: weights)
    guard table.classes.count > 2 else {
        guard table.classes.count == 2 else {
            return MetricValue(undefined: "The area under the ROC curve is not defined: there is only one class.")
        }
        let isPositive = table.truth.map { $0 == 1 }
        return area(
            isPositive, probabilities.column(1), weights: weights, positive: "“\(table.classes.names[1])”")
    }
    try table.checkSums()
    if case .binary = average {
        throw ApusError(
            .invalidParameter,
            "There are \(table.classes.count) classes; average the area under the ROC curve by macro, weighted or micro."
        )
    }
    return switch multiClass {
    case .oneVersusRest: oneVersusRest(table, average: average, weights: weights, area)
    case .oneVersusOne: try oneVersusOne(table, average: average, weights: weights)
    }
}

/// The area for rows that are positive or not.
private func area(_ isPositive: [Bool], _ scores: [Double], weights: [Double]?, positive: String) -> MetricValue {
    var (sum, previousFalse, previousTrue) = (0.0, 0.0, 0.0)
    ThresholdCounts.forEachThreshold(isPositive, scores, weights: weights) { falsePositive, truePositive, _ in
        sum += (falsePositive - previousFalse) * (truePositive + previousTrue)
        (previousFalse, previousTrue) = (falsePositive, truePositive)
    }
    guard previousFalse > 0, previousTrue > 0 else {
        return MetricValue(
            undefined: "The area under the ROC curve is not defined. "
                + BinaryRanking.onlyOneClass(positive, among: isPositive))
    }
    return MetricValue(sum / 2 / previousFalse / previousTrue)
}

/// The mean over classes of a two-class metric, each class against the rest.
func oneVersusRest(
    _ table: ProbabilityTable, average: Average, weights: [Double]?,
    _ metric: (_ isPositive: [Bool], _ scores: [Double], _ weights: [Double]?, _ positive: String) -> MetricValue
) -> MetricValue {
    let names = table.classes.names
    if average == .micro {
        let width = table.classes.count
        let isPositive = table.truth.flatMap { code in table.classes.indices.map { $0 == code } }
        let repeated = weights.map { weights in weights.flatMap { [Double](repeating: $0, count: width) } }
        return metric(isPositive, table.probabilities.values, repeated, "of any class")
    }
    let support = table.support(weights: weights)
    var (sum, total) = (0.0, 0.0)
    for code in table.classes.indices {
        let share = average == .weighted ? support[code] : 1
        if share == 0 { continue }
        let isPositive = table.truth.map { $0 == code }
        let part = metric(isPositive, table.probabilities.column(code), weights, "“\(names[code])”")
        guard let value = part.value else { return part }
        sum += value * share
        total += share
    }
    return MetricValue(sum / total)
}

/// The mean over pairs of classes of the areas of each against the other.
private func oneVersusOne(_ table: ProbabilityTable, average: Average, weights: [Double]?) throws -> MetricValue {
    guard weights == nil else {
        throw ApusError(
            .invalidParameter,
            "Sample weights are not defined for one class against another; leave them out or use one versus rest.")
    }
    guard average != .micro else {
        throw ApusError(
            .invalidParameter, "One class against another is averaged by macro or weighted, not by micro.")
    }
    let names = table.classes.names
    let members = table.classes.indices.map { code in table.truth.indices.filter { table.truth[$0] == code } }
    let present = table.classes.indices.filter { !members[$0].isEmpty }
    guard present.count > 1 else {
        return MetricValue(undefined: "The area under the ROC curve is not defined: only one class occurs.")
    }
    var (sum, total) = (0.0, 0.0)
    for (k, a) in present.enumerated() {
        for b in present.dropFirst(k + 1) {
            let rows = members[a] + members[b]
            let isFirst = rows.indices.map { $0 < members[a].count }
            let one = area(
                isFirst, rows.map { table.probabilities[$0, a] }, weights: nil, positive: "“\(names[a])”")
            let other = area(
                isFirst.map { !$0 }, rows.map { table.probabilities[$0, b] }, weights: nil, positive: "“\(names[b])”")
            let share = average == .weighted ? Double(rows.count) : 1
            sum += (try one.get() + other.get()) / 2 * share
            total += share
        }
    }
    let absent = table.classes.indices.filter { members[$0].isEmpty }.map { "“\(names[$0])”" }
    return MetricValue(
        sum / total,
        note: absent.isEmpty ? nil : "Pairs with \(absent.joined(separator: ", ")) are left out: no row is of it.")
}
