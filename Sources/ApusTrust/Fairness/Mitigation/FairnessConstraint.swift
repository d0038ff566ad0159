import ApusCore
import ApusEvaluation

/// What a fair classifier is to keep equal between groups.
public enum FairnessConstraint: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// Selection rates.
    case demographicParity
    /// True and false positive rates.
    case equalizedOdds
    /// True positive rates: equal opportunity.
    case truePositiveRateParity
    /// False positive rates.
    case falsePositiveRateParity
    /// Shares of errors.
    case errorRateParity
    /// The share of errors of each group stays below the bound.
    case boundedGroupLoss

    /// The name on a command line: `demographic-parity`.
    public var commandName: String { snakeCase(rawValue).split(separator: "_").joined(separator: "-") }

    /// The constraint with a name in any spelling, or nil.
    public init?(named name: String) {
        guard
            let found = Self.allCases.first(where: {
                $0.rawValue == name || $0.commandName == name || snakeCase($0.rawValue) == name
            })
        else { return nil }
        self = found
    }

    /// The metric that says how far from it a classifier is.
    public var metric: FairnessMetric {
        switch self {
        case .demographicParity: .demographicParityDifference
        case .equalizedOdds: .equalizedOddsDifference
        case .truePositiveRateParity: .equalOpportunityDifference
        case .falsePositiveRateParity: .falsePositiveRateDifference
        case .errorRateParity, .boundedGroupLoss: .accuracyDifference
        }
    }

    static let legal = LegalValues.choice(allCases.map(\.rawValue))
}
