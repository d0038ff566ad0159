import ApusCore

/// Naive Bayes for measurements: each class is a product of independent gaussians, one for each feature.
///
/// `log P(k | x) = log πₖ - ½ Σⱼ [log(2π vₖⱼ) + (xⱼ - μₖⱼ)² / vₖⱼ] + constant`, with the weighted mean μₖⱼ and variance
/// vₖⱼ (of all n rows, not n - 1) of feature j in class k. To each variance `varSmoothing` times the largest variance of
/// a feature over all rows, whatever their weight, is added.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `priors` | learned | none, probabilities by class | how probable classes are beforehand |
/// | `varSmoothing` | 1e-9 | at least 0 | share of the largest variance that is added to all |
///
/// Learning in parts leads to the same model, to rounding, as learning from all rows at once. The reference's
/// `partial_fit` differs in one thing: it smooths with the largest variance of the last part alone.
///
/// Source: T. Chan, G. Golub, R. LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances",
/// Stanford STAN-CS-79-773 (1979).
public struct GaussianNB: IncrementalClassifier {
    /// `gaussian-nb`
    public static let catalogName = "gaussian-nb"
    /// One class is enough.
    public static let traits = EstimatorTraits(acceptsOneClass: true)

    /// `priors`, `varSmoothing`.
    public static let parameters: [Parameter<GaussianNB>] = [
        Parameter("priors", \.priors, ClassPriors.legalValues, "How probable each class is beforehand."),
        Parameter(
            "varSmoothing", \.varSmoothing, .notNegative,
            "The share of the largest variance of a feature that is added to all variances."),
    ]

    /// How probable each class is beforehand; default `.learned`.
    public var priors: ClassPriors
    /// The share of the largest variance of a feature that is added to all variances, at least 0; default 1e-9.
    public var varSmoothing: Double

    /// The defaults.
    public init() { self.init(priors: .learned) }

    /// Gaussian naive Bayes with the given parameters.
    public init(priors: ClassPriors = .learned, varSmoothing: Double = 1e-9) {
        self.priors = priors
        self.varSmoothing = varSmoothing
    }

    /// Finds the mean and variance of each feature in each class.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - y: n labels.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - progress: Not called: the work is one pass.
    /// - Throws: `ApusError` for illegal parameters or data; `invalidInput` when no feature varies, `numericalFailure`
    ///   when a variance overflows.
    /// - Complexity: O(n d).
    public func fit(
        _ x: Matrix, _ y: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        let model = try learn(x, y, classes: y.compacted.classes, weights: weights, after: nil)
        if let flat = model.variances.values.firstIndex(where: { $0 <= 0 }) {
            throw ApusError(
                .invalidInput,
                "Feature \(flat % x.columns) does not vary in class \(model.classes.names[flat / x.columns]) and "
                    + "varSmoothing adds nothing to its variance; "
                    + (varSmoothing > 0 ? "no feature varies at all." : "set varSmoothing above 0."))
        }
        return model
    }

    /// Learns from a further part of the data.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - y: n labels, each among the classes.
    ///   - classes: Every class that any part may bring; needed with the first part, nil or the same later.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - model: What the earlier parts led to; nil for the first part.
    /// - Returns: The model of all the parts so far. A class that has not come yet has probability 0.
    /// - Throws: As `fit`, and `invalidInput` for a label that is not among the classes.
    public func partialFit(
        _ x: Matrix, _ y: Labels, classes: Labels.Classes? = nil, weights: [Double]? = nil,
        continuing model: Model? = nil
    ) throws -> Model {
        if let model {
            try NaiveBayes.checkSame(classes, as: model.classes)
            try x.checkColumns(model.featureCount, of: "GaussianNB")
        }
        return try learn(
            x, y, classes: try model?.classes ?? NaiveBayes.firstClasses(classes), weights: weights, after: model)
    }

    private func learn(
        _ x: Matrix, _ y: Labels, classes: Labels.Classes, weights: [Double]?, after model: Model?
    ) throws -> Model {
        try validateParameters()
        try x.checkUsable()
        try y.check(rows: x.rows)
        try checkSampleWeights(weights, rows: x.rows)
        let codes = try NaiveBayes.codes(of: y, among: classes)
        let given = try priors.given(for: classes)

        let none = Moments(features: x.columns)
        let everything = (model?.everything ?? none).adding(x, rows: Array(0..<x.rows), weights: nil)
        let rows = NaiveBayesKernel.rowsByClass(codes, classes.count)
        let moments = Parallel.map(classes.count) { k in
            (model?.moments[k] ?? none).adding(x, rows: rows[k], weights: weights)
        }
        let smoothing = varSmoothing * (everything.variances.max() ?? 0)
        guard smoothing.isFinite, moments.allSatisfy(\.isFinite) else {
            throw ApusError(
                .numericalFailure,
                "The values are so large that their variance overflows; scale the columns, then fit again.")
        }
        return Model(
            classes: classes, moments: moments, everything: everything, smoothing: smoothing, givenPriors: given)
    }
}

extension GaussianNB {
    /// Weight, mean and variance of rows, feature by feature.
    struct Moments: Sendable, Equatable {
        var weight: Double
        var means: [Double]
        var variances: [Double]

        /// Those of no rows.
        init(features: Int) {
            self.init(
                weight: 0, means: [Double](repeating: 0, count: features),
                variances: [Double](repeating: 0, count: features))
        }

        init(weight: Double, means: [Double], variances: [Double]) {
            self.weight = weight
            self.means = means
            self.variances = variances
        }

        var isFinite: Bool { weight.isFinite && FiniteKernel.allFinite(means) && FiniteKernel.allFinite(variances) }

        /// Those of these rows and further ones of a matrix together.
        func adding(_ x: Matrix, rows: [Int], weights: [Double]?) -> Moments {
            let added = weights.map { all in ColumnKernel.pairwise(rows.map { all[$0] }) } ?? Double(rows.count)
            guard added > 0 else { return self }
            let newMeans = sums(x, rows, nil, weights).map { $0 / added }
            let newVariances = sums(x, rows, newMeans, weights).map { $0 / added }
            guard weight > 0 else { return Moments(weight: added, means: newMeans, variances: newVariances) }
            let total = weight + added
            let factor = added * weight / total
            return Moments(
                weight: total,
                means: means.indices.map { (added * newMeans[$0] + weight * means[$0]) / total },
                variances: means.indices.map { j in
                    let apart = means[j] - newMeans[j]
                    return (weight * variances[j] + added * newVariances[j] + factor * (apart * apart)) / total
                })
        }

        private func sums(_ x: Matrix, _ rows: [Int], _ shift: [Double]?, _ weights: [Double]?) -> [Double] {
            if x.columns > 1 { return NaiveBayesKernel.sums(x, rows: rows, shift: shift, weights: weights) }
            // A single column is contiguous, and the reference adds it by halves.
            let own = weights.map { all in rows.map { all[$0] } }
            return ColumnKernel.sums(x.selecting(rows: rows), shift: shift, squared: shift != nil, weights: own)
        }
    }
}
