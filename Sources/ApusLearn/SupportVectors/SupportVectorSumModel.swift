import ApusCore

/// A fitted support-vector machine without classes.
public protocol SupportVectorSumModel: IterativeModel {
    /// The sum over support vectors that answers.
    var sum: SupportVectorSum { get }

    /// A model of the given sum.
    init(sum: SupportVectorSum)
}

extension SupportVectorSumModel {
    /// The number of columns that it was fitted on; the number of training rows where kernel values were given.
    public var featureCount: Int { sum.vectors.featureCount }
    /// The training rows that are support vectors, ascending.
    public var support: [Int] { sum.vectors.indices }
    /// The support vectors, one a row; without columns where kernel values were given.
    public var supportVectors: Matrix { sum.vectors.vectors }
    /// How many support vectors there are.
    public var nSupport: Int { sum.vectors.indices.count }
    /// The signed multiplier of each support vector.
    public var dualCoef: [Double] { sum.vectors.coefficients.values }
    /// What is added to the sum over support vectors.
    public var intercept: Double { sum.intercept }
    /// The weights of the features; nil unless the kernel is `linear`.
    public var coefficients: [Double]? { sum.vectors.featureWeights(signed: 1)?.values }
    /// The number that `gamma` stood for.
    public var gamma: Double { sum.vectors.gamma }
    /// What training reached of the dual objective, to be maximised.
    public var dualObjective: Double { sum.dualObjective }
    /// How many pairs of multipliers were moved.
    public var iterations: Int { sum.iterations }
    /// Whether training reached its tolerance; if not, scale the columns or allow more iterations.
    public var converged: Bool { sum.converged }

    /// Puts the machine into an archive.
    public func encode(into archive: inout ModelArchive) { sum.encode(into: &archive) }

    /// Takes the machine out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws { self.init(sum: try SupportVectorSum(from: archive)) }
}
