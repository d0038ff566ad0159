import ApusCore

/// What a feature alone is judged by.
public enum ScoreFunction: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// `FeatureScores.fClassif`: how much the means of classes differ.
    case fClassif
    /// `FeatureScores.fRegression`: how well a straight line tells a number.
    case fRegression
    /// `FeatureScores.chi2`: whether counts depend on the class.
    case chi2
    /// `FeatureScores.mutualInfoClassif`: any dependence between feature and class.
    case mutualInfoClassif
    /// `FeatureScores.mutualInfoRegression`: any dependence between feature and number.
    case mutualInfoRegression

    /// The scores of features.
    func scores(_ x: Matrix, _ y: Target, _ nNeighbors: Int, _ seed: UInt32) throws -> FeatureScores {
        switch (self, y) {
        case (.fClassif, .labels(let labels)): try .fClassif(x, labels)
        case (.chi2, .labels(let labels)): try .chi2(x, labels)
        case (.mutualInfoClassif, .labels(let labels)):
            try .mutualInfoClassif(x, labels, nNeighbors: nNeighbors, seed: seed)
        case (.fRegression, .numbers(let numbers)): try .fRegression(x, numbers)
        case (.mutualInfoRegression, .numbers(let numbers)):
            try .mutualInfoRegression(x, numbers, nNeighbors: nNeighbors, seed: seed)
        case (_, .labels):
            throw ApusError(
                .invalidParameter,
                "\(rawValue) judges features for predicting numbers, but y is classes; set scoreFunction to fClassif, chi2 or "
                    + "mutualInfoClassif.")
        case (_, .numbers):
            throw ApusError(
                .invalidParameter,
                "\(rawValue) judges features for telling classes, but y is numbers; set scoreFunction to fRegression or "
                    + "mutualInfoRegression.")
        }
    }
}

/// What both univariate selections have in common.
struct UnivariateScores: Sendable, Hashable, Codable {
    var scoreFunction: ScoreFunction
    var nNeighbors: Int
    var seed: UInt32

    static let parameters: [Parameter<UnivariateScores>] = [
        Parameter(
            "scoreFunction", \.scoreFunction, .choice(ScoreFunction.allCases.map(\.rawValue)),
            "What a feature alone is judged by."),
        Parameter("nNeighbors", \.nNeighbors, .atLeast(1), "How many neighbours mutual information looks at."),
        Parameter("seed", \.seed, .seed, "The seed of the noise of mutual information."),
    ]

    func of(_ x: Matrix, _ y: Target) throws -> FeatureScores { try scoreFunction.scores(x, y, nNeighbors, seed) }

    /// The scores with NaN as the worst.
    static func ranked(_ scores: [Double]) -> [Double] {
        scores.map { $0.isNaN ? -Double.greatestFiniteMagnitude : $0 }
    }
}
