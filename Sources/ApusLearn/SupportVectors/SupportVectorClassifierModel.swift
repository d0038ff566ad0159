import ApusCore

/// A fitted support-vector classifier, whichever programme it was trained by.
public protocol SupportVectorClassifierModel: DecisionModel, IterativeModel {
    /// The machines and how they vote.
    var vote: SupportVectorVote { get }

    /// A model of the given machines.
    init(vote: SupportVectorVote)
}

extension SupportVectorClassifierModel {
    /// The classes it can answer, ascending.
    public var classes: Labels.Classes { vote.classes }
    /// The number of columns that it was fitted on; the number of training rows where kernel values were given.
    public var featureCount: Int { vote.vectors.featureCount }
    /// The training rows that are support vectors, class by class and ascending in each.
    public var support: [Int] { vote.vectors.indices }
    /// The support vectors, one a row; without columns where kernel values were given.
    public var supportVectors: Matrix { vote.vectors.vectors }
    /// How many support vectors each class has.
    public var nSupport: [Int] { vote.vectors.counts }
    /// The signed multipliers, (K - 1) × support vectors, laid out as scikit-learn's `dual_coef_`.
    public var dualCoef: Matrix { vote.vectors.coefficients }
    /// What is added to the sums of each pair of classes.
    public var intercept: [Double] { vote.intercepts }
    /// The weights of the features for each pair of classes; nil unless the kernel is `linear`.
    public var coefficients: Matrix? { vote.vectors.featureWeights(signed: 1) }
    /// The number that `gamma` stood for.
    public var gamma: Double { vote.vectors.gamma }
    /// The dual objective that each pair of classes reached, to be maximised.
    public var dualObjectives: [Double] { vote.dualObjectives }
    /// How many pairs of multipliers were moved, over all pairs of classes.
    public var iterations: Int { vote.duelIterations.reduce(0) { $0.addingReportingOverflow($1).partialValue } }
    /// How many pairs of multipliers were moved for each pair of classes.
    public var duelIterations: [Int] { vote.duelIterations }
    /// Whether training reached its tolerance for every pair of classes; if not, scale the columns or allow more
    /// iterations.
    public var converged: Bool { vote.converged }
    /// Whether it was fitted with `probability`.
    public var givesProbabilities: Bool { !vote.calibrations.isEmpty }

    /// The decision values of each row: n × 1 for two classes, positive for the second; else as
    /// `decisionFunctionShape` says.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    public func decisionFunction(_ x: Matrix) throws -> Matrix {
        let shape = vote.decisionFunctionShape
        if shape == .ovo { try vote.checkDuelMemory(rows: x.rows) }
        let values = try vote.overBlocks(x, of: Self.catalogName) { vote.decisions($0, shape).values }
        return Matrix(rows: x.rows, columns: x.rows == 0 ? 0 : values.count / x.rows, values: values)
    }

    /// The class that wins most duels; of several the first, or with `breakTies` the one of the greatest decision
    /// value.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    public func predict(_ x: Matrix) throws -> Labels {
        try Labels(codes: vote.overBlocks(x, of: Self.catalogName, vote.codes), classes: classes)
    }

    /// The probability of each class for each row, n × K, by calibrated duels. They come from cross-validation, so the
    /// most probable class may differ from `predict` where classes are close.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch`, `invalidInput`, or `unavailable` when fitted without
    ///   `probability`.
    public func predictProba(_ x: Matrix) throws -> Matrix {
        guard givesProbabilities else {
            throw ApusError(
                .unavailable,
                "This model was fitted without probabilities; fit \(Self.catalogName) with probability set to true, or "
                    + "use its decision values.")
        }
        let values = try vote.overBlocks(x, of: Self.catalogName) { vote.probabilities($0).values }
        return Matrix(rows: x.rows, columns: classes.count, values: values)
    }

    /// Puts the machines into an archive.
    public func encode(into archive: inout ModelArchive) { vote.encode(into: &archive) }

    /// Takes the machines out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws { self.init(vote: try SupportVectorVote(from: archive)) }
}
