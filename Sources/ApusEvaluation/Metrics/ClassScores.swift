import ApusCore

/// Precision, recall and F1 of one class or of an average over classes.
public struct ClassScores: Sendable, Hashable {
    /// The class, or `accuracy`, `macro avg`, `weighted avg` and the like.
    public let name: String
    /// Of the rows predicted as this class, the share that belongs to it.
    public let precision: MetricValue
    /// Of the rows of this class, the share that was predicted as it.
    public let recall: MetricValue
    /// The harmonic mean of precision and recall: 2·tp / (true + predicted).
    public let f1: MetricValue
    /// The rows of this class, or the sum of their weights.
    public let support: Double
}

/// True positives, predicted rows and true rows of one class: what its precision, recall and F1 are made of.
struct ClassCounts {
    var name: String
    var truePositives: Double
    var predicted: Double
    var support: Double

    /// The counts of each class that occurs, in ascending order of the classes.
    static func list(_ labels: LabelAlignment, weights: [Double]?) -> [ClassCounts] {
        var list = labels.classes.names.map { ClassCounts(name: $0, truePositives: 0, predicted: 0, support: 0) }
        for row in labels.truth.indices {
            let (truth, prediction, weight) = (labels.truth[row], labels.prediction[row], weights?[row] ?? 1)
            list[truth].support += weight
            list[prediction].predicted += weight
            if truth == prediction { list[truth].truePositives += weight }
        }
        // The reference adds misses to hits, which can move the last bit of a sum of weights, and prints the sum.
        for code in list.indices {
            let (right, support, predicted) = (list[code].truePositives, list[code].support, list[code].predicted)
            list[code].support = right + (support - right)
            list[code].predicted = right + (predicted - right)
        }
        return list
    }

    func scores(_ rule: ZeroDivision) -> ClassScores {
        ClassScores(
            name: name, precision: ClassMetric.precision.value(self, rule),
            recall: ClassMetric.recall.value(self, rule),
            f1: ClassMetric.f1.value(self, rule), support: support)
    }
}

/// A ratio of the counts of a class.
enum ClassMetric: String {
    case precision, recall, f1

    /// The ratio for one class.
    func value(_ counts: ClassCounts, _ rule: ZeroDivision) -> MetricValue {
        let (numerator, denominator, missing) =
            switch self {
            case .precision: (counts.truePositives, counts.predicted, "no row was predicted as")
            case .recall: (counts.truePositives, counts.support, "no row truly is")
            case .f1: (2 * counts.truePositives, counts.predicted + counts.support, "no row is or was predicted as")
            }
        if denominator != 0 { return MetricValue(numerator / denominator) }
        if case .value(let number) = rule { return MetricValue(number) }
        return MetricValue(undefined: "The \(rawValue) is not defined: \(missing) “\(counts.name)”.")
    }

    /// The mean of the ratios of several classes.
    func mean(_ classes: [ClassCounts], weighted: Bool, _ rule: ZeroDivision) -> MetricValue {
        let values = classes.map { value($0, rule) }
        let counted = zip(classes, values).filter { rule != .omitted || $1.value != nil }
        guard !counted.isEmpty else { return MetricValue(undefined: "The \(rawValue) is not defined for any class.") }
        let weighs = weighted && counted.contains { $0.0.support > 0 }
        var (sum, total) = (0.0, 0.0)
        for (counts, value) in counted {
            let weight = weighs ? counts.support : 1
            sum += (value.value ?? 0) * weight
            total += weight
        }
        let undefined = zip(classes, values).filter { $1.value == nil }.map { "“\($0.0.name)”" }
        guard !undefined.isEmpty else { return MetricValue(sum / total) }
        let listed = undefined.prefix(5).joined(separator: ", ") + (undefined.count > 5 ? ", …" : "")
        let rest = rule == .omitted ? "and is left out" : "and counts as 0"
        return MetricValue(sum / total, note: "The \(rawValue) is not defined for \(listed) \(rest).")
    }

    /// The metric of labels, averaged as asked.
    func score(
        _ truth: Labels, _ prediction: Labels, average: Average, weights: [Double]?, _ rule: ZeroDivision
    ) throws -> MetricValue {
        let labels = try LabelAlignment(truth, prediction, weights: weights)
        let classes = ClassCounts.list(labels, weights: weights)
        switch average {
        case .macro: return mean(classes, weighted: false, rule)
        case .weighted: return mean(classes, weighted: true, rule)
        case .micro:
            let all = ClassCounts(
                name: "any class", truePositives: classes.reduce(0) { $0 + $1.truePositives },
                predicted: classes.reduce(0) { $0 + $1.predicted }, support: classes.reduce(0) { $0 + $1.support })
            return value(all, rule)
        case .binary(let wanted):
            let positive = try PositiveClass.find(
                wanted, declared: try LabelAlignment.union(truth.classes, prediction.classes),
                occurring: labels.classes, preferringOne: true)
            let nobody = ClassCounts(name: positive.name, truePositives: 0, predicted: 0, support: 0)
            return value(positive.code.map { classes[$0] } ?? nobody, rule)
        }
    }
}
