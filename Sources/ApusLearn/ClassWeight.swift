import ApusCore

/// How much each class counts, on top of the sample weights.
public enum ClassWeight: Sendable, Hashable, Codable {
    /// Every class counts as much as its rows weigh.
    case none
    /// Every class counts the same in total: its weight is `W / (K · Wₖ)`, W the weight of all rows, Wₖ that of its own.
    case balanced
    /// A weight for each class by its name; classes that are not named have weight 1.
    case values([String: Double])

    /// What is legal as a parameter: none, `balanced`, or weights such as `yes:2,no:1`.
    public static let legalValues = LegalValues.optional(.either([.choice(["balanced"]), .named(.notNegative)]))

    /// The weight of each row: that of its class times its sample weight.
    ///
    /// - Parameters:
    ///   - labels: The class of each row.
    ///   - sampleWeights: As many weights as labels, or nil for equal ones.
    /// - Returns: As many weights as labels.
    /// - Throws: `ApusError` with code `invalidParameter` when a name is no class or a weight is negative or not finite;
    ///   `invalidInput` when no weight is left or a class to balance has none.
    public func weights(for labels: Labels, sampleWeights: [Double]?) throws -> [Double] {
        try checkSampleWeights(sampleWeights, rows: labels.count)
        let samples = sampleWeights ?? [Double](repeating: 1, count: labels.count)
        let factors: [Double]
        switch self {
        case .none: return samples
        case .balanced: factors = try ClassWeight.balance(labels, samples)
        case .values(let values): factors = try ClassWeight.lookUp(values, labels.classes)
        }
        let weights = zip(labels.codes, samples).map { factors[$0] * $1 }
        try checkSampleWeights(weights, rows: labels.count)
        return weights
    }

    private static func balance(_ labels: Labels, _ samples: [Double]) throws -> [Double] {
        var sums = [Double](repeating: 0, count: labels.classes.count)
        for (code, weight) in zip(labels.codes, samples) { sums[code] += weight }
        let counts = labels.counts
        let present = counts.indices.filter { counts[$0] > 0 }
        if let empty = present.first(where: { sums[$0] <= 0 }) {
            throw ApusError(
                .invalidInput,
                "Class \(labels.classes.names[empty]) cannot be balanced: all its rows have weight 0; "
                    + "give them weight or leave them out.")
        }
        let total = present.reduce(0) { $0 + sums[$1] }
        return sums.map { $0 > 0 ? total / (Double(present.count) * $0) : 0 }
    }

    private static func lookUp(_ values: [String: Double], _ classes: Labels.Classes) throws -> [Double] {
        let names = classes.names
        if let unknown = values.keys.sorted().first(where: { !names.contains($0) }) {
            throw ApusError(
                .invalidParameter,
                "classWeight names the class \(unknown), but the classes are \(names.joined(separator: ", ")).")
        }
        if let (name, weight) = values.sorted(by: { $0.key < $1.key }).first(where: { !($1 >= 0 && $1.isFinite) }) {
            throw ApusError(
                .invalidParameter, "The weight of class \(name) is \(weight); it must be finite and at least 0.")
        }
        return names.map { values[$0] ?? 1 }
    }
}

extension ClassWeight: ParameterConvertible {
    /// Null, `balanced`, or an object of weights by class name.
    public var parameterValue: JSONValue {
        switch self {
        case .none: .null
        case .balanced: "balanced"
        case .values(let values): .object(values.mapValues { .double($0) })
        }
    }

    /// The class weights that a JSON value stands for.
    public init?(parameterValue: JSONValue) {
        switch parameterValue {
        case .null: self = .none
        case "balanced": self = .balanced
        case .object(let object):
            let values = object.compactMapValues(\.doubleValue)
            guard values.count == object.count else { return nil }
            self = .values(values)
        default: return nil
        }
    }
}
