import ApusCore

/// How much each class counts in a forest, on top of the sample weights.
public enum ForestClassWeight: Sendable, Hashable, Codable {
    /// Every class counts as much as its rows weigh.
    case none
    /// Every class counts the same in total: its weight is `W / (K · Wₖ)`, W the weight of all rows, Wₖ that of its own.
    case balanced
    /// The same within the rows drawn for each tree; without a bootstrap it is `balanced`.
    case balancedSubsample
    /// A weight for each class by its name; classes that are not named have weight 1.
    case values([String: Double])

    /// What is legal as a parameter: none, `balanced`, `balancedSubsample`, or weights such as `yes:2,no:1`.
    public static let legalValues = LegalValues.optional(
        .either([.choice(["balanced", "balancedSubsample"]), .named(.notNegative)]))

    /// The weights of rows after this and their own weights: their product, or nil where both are 1 everywhere.
    ///
    /// - Parameters:
    ///   - labels: The class of each row.
    ///   - weights: Sample weights, or nil.
    ///   - bootstrap: Whether rows are drawn for each tree, so that `balancedSubsample` is left to the trees.
    /// - Throws: `ApusError` with code `invalidParameter` for a class that does not occur or a weight below 0.
    func applied(to labels: Labels, _ weights: [Double]?, bootstrap: Bool) throws -> [Double]? {
        switch self {
        case .none: return weights
        case .balancedSubsample where bootstrap: return weights
        case .balanced, .balancedSubsample:
            return try ClassWeight.balanced.weights(for: labels, sampleWeights: weights)
        case .values(let values):
            return try ClassWeight.values(values).weights(for: labels, sampleWeights: weights)
        }
    }
}

extension ForestClassWeight: ParameterConvertible {
    /// Null, a word, or an object of weights by class name.
    public var parameterValue: JSONValue {
        switch self {
        case .none: .null
        case .balanced: "balanced"
        case .balancedSubsample: "balancedSubsample"
        case .values(let values): .object(values.mapValues { .double($0) })
        }
    }

    /// The class weights that a JSON value stands for.
    public init?(parameterValue: JSONValue) {
        switch parameterValue {
        case .null: self = .none
        case "balanced": self = .balanced
        case "balancedSubsample": self = .balancedSubsample
        case .object(let object):
            let values = object.compactMapValues(\.doubleValue)
            guard values.count == object.count else { return nil }
            self = .values(values)
        default: return nil
        }
    }
}
