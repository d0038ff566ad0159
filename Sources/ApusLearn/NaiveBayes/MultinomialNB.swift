import ApusCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Naive Bayes for counts, such as those of words: in class k each unit of a row is feature j with probability pₖⱼ.
///
/// `log P(k | x) = log πₖ + Σⱼ xⱼ log pₖⱼ + constant`, `pₖⱼ = (Nₖⱼ + α) / (Σⱼ Nₖⱼ + α d)`, Nₖⱼ the weighted sum of
/// feature j over the rows of class k. Fractions, such as tf-idf, count too.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `alpha` | 1 | at least 0 | what is added to each count |
/// | `forceAlpha` | true | true, false | whether an alpha below 1e-10 is used as it is |
/// | `fitPrior` | true | true, false | whether more frequent classes are more probable beforehand |
/// | `classPrior` | learned | none, probabilities by class | how probable classes are beforehand |
///
/// Source: C. Manning, P. Raghavan, H. Schütze, "Introduction to Information Retrieval", Cambridge (2008), ch. 13.
public struct MultinomialNB: CountingClassifier {
    /// `multinomial-nb`
    public static let catalogName = "multinomial-nb"
    /// Nothing may be negative; one class is enough.
    public static let traits = EstimatorTraits(requiresNonNegative: true, acceptsOneClass: true)

    /// `alpha`, `forceAlpha`, `fitPrior`, `classPrior`.
    public static let parameters: [Parameter<MultinomialNB>] = [
        Parameter("alpha", \.alpha, .notNegative, "What is added to each count, so that nothing is impossible."),
        Parameter("forceAlpha", \.forceAlpha, .flag, "Whether an alpha below 1e-10 is used as it is."),
        Parameter("fitPrior", \.fitPrior, .flag, "Whether more frequent classes are more probable beforehand."),
        Parameter("classPrior", \.classPrior, ClassPriors.legalValues, "How probable each class is beforehand."),
    ]

    /// What is added to each count, at least 0; default 1.
    public var alpha: Double
    /// Whether an `alpha` below 1e-10 is used as it is, rather than raised to 1e-10; default true.
    public var forceAlpha: Bool
    /// Whether classes are as probable beforehand as they are frequent, rather than all alike; default true.
    public var fitPrior: Bool
    /// How probable each class is beforehand; default `.learned`.
    public var classPrior: ClassPriors

    /// The defaults.
    public init() { self.init(alpha: 1) }

    /// Multinomial naive Bayes with the given parameters.
    public init(
        alpha: Double = 1, forceAlpha: Bool = true, fitPrior: Bool = true, classPrior: ClassPriors = .learned
    ) {
        self.alpha = alpha
        self.forceAlpha = forceAlpha
        self.fitPrior = fitPrior
        self.classPrior = classPrior
    }

    /// Learns from all rows at once.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row, nothing negative.
    ///   - y: n labels.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - progress: Not called: the work is one pass.
    /// - Throws: `ApusError` for illegal parameters or data.
    /// - Complexity: O(n d).
    public func fit(
        _ x: Matrix, _ y: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try learn(x, y, classes: y.compacted.classes, weights: weights)
    }

    /// Learns from all sparse rows at once.
    ///
    /// - Complexity: O(stored elements + K d).
    public func fit(
        _ x: SparseMatrix, _ y: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try learn(x, y, classes: y.compacted.classes, weights: weights)
    }

    /// Learns from a further part of the data; the result is that of learning from all parts at once.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row, nothing negative.
    ///   - y: n labels, each among the classes.
    ///   - classes: Every class that any part may bring; needed with the first part, nil or the same later.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - model: What the earlier parts led to; nil for the first part.
    /// - Throws: As `fit`, and `invalidInput` for a label that is not among the classes.
    public func partialFit(
        _ x: Matrix, _ y: Labels, classes: Labels.Classes? = nil, weights: [Double]? = nil,
        continuing model: Model? = nil
    ) throws -> Model {
        let classes = try self.classes(classes, after: model)
        if let model { try x.checkColumns(model.featureCount, of: "MultinomialNB") }
        return try learn(x, y, classes: classes, weights: weights, after: model)
    }

    /// Learns from a further part of sparse data.
    public func partialFit(
        _ x: SparseMatrix, _ y: Labels, classes: Labels.Classes? = nil, weights: [Double]? = nil,
        continuing model: Model? = nil
    ) throws -> Model {
        let classes = try self.classes(classes, after: model)
        if let model { try x.checkColumns(model.featureCount, of: "MultinomialNB") }
        return try learn(x, y, classes: classes, weights: weights, after: model)
    }

    func sums(_ x: Matrix, codes: [Int], classes: Int, weights: [Double]?) throws -> Matrix {
        try x.checkNotNegative(for: "MultinomialNB")
        return NaiveBayesKernel.sums(x, codes: codes, classes: classes, weights: weights)
    }

    func sums(_ x: SparseMatrix, codes: [Int], classes: Int, weights: [Double]?) throws -> Matrix {
        try x.checkNotNegative(for: "MultinomialNB")
        return NaiveBayesKernel.sums(x, codes: codes, classes: classes, weights: weights)
    }

    func model(of counts: DiscreteCounts) throws -> Model {
        try Model(
            counts: counts, alpha: NaiveBayes.smoothing(alpha, force: forceAlpha),
            classLogPriors: counts.logPriors(classPrior, fitPrior: fitPrior))
    }
}

extension MultinomialNB {
    /// A fitted multinomial naive Bayes classifier.
    public struct Model: SparseNaiveBayesModel, CountingModel {
        /// `multinomial-nb`
        public static let catalogName = MultinomialNB.catalogName

        /// The classes it can answer, ascending.
        public var classes: Labels.Classes { counts.classes }
        /// The weight of the rows of each class so far.
        public var classWeights: [Double] { counts.classWeights }
        /// The weighted sum of each feature over the rows of each class: K × d.
        public var featureCounts: Matrix { counts.features }
        /// Number of features.
        public var featureCount: Int { counts.features.columns }
        /// The logarithm of the probability of each class beforehand.
        public let classLogPriors: [Double]
        /// `log pₖⱼ`: K × d, -∞ where no smoothing helps a count of 0.
        public let featureLogProbabilities: Matrix
        let counts: DiscreteCounts
        private let alpha: Double

        init(counts: DiscreteCounts, alpha: Double, classLogPriors: [Double]) throws {
            self.counts = counts
            self.alpha = alpha
            self.classLogPriors = classLogPriors
            featureLogProbabilities = try NaiveBayes.logShares(counts.features, alpha: alpha)
        }

        /// `log πₖ + Σⱼ xⱼ log pₖⱼ` for each row and class: n × K.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predictJointLogProba(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "MultinomialNB")
            try x.checkUsable()
            return try x.scores(featureLogProbabilities, offsets: classLogPriors)
        }

        /// `log πₖ + Σⱼ xⱼ log pₖⱼ` for each sparse row and class: n × K.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predictJointLogProba(_ x: SparseMatrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "MultinomialNB")
            try x.checkUsable()
            return NaiveBayesKernel.scores(x, weights: featureLogProbabilities.transposed, offsets: classLogPriors)
        }
    }
}

extension MultinomialNB.Model {
    /// Puts the counts into an archive.
    public func encode(into archive: inout ModelArchive) {
        counts.encode(into: &archive)
        archive.store(.double(alpha), as: "alpha")
        archive.store(classLogPriors, as: "classLogPriors")
    }

    /// Takes the counts out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        let counts = try DiscreteCounts(from: archive)
        do {
            try self.init(
                counts: counts, alpha: try archive.smoothing("alpha"),
                classLogPriors: try archive.logPriors("classLogPriors", count: counts.classes.count))
        } catch let error as ApusError where error.code != .unreadableModel {
            throw archive.damaged(error.message)
        }
    }
}

extension NaiveBayes {
    /// `alpha`, raised to 1e-10 unless it is forced.
    static func smoothing(_ alpha: Double, force: Bool) -> Double { force ? alpha : max(alpha, 1e-10) }

    /// The logarithm of each smoothed count's share of its row.
    static func logShares(_ counts: Matrix, alpha: Double) throws -> Matrix {
        let d = counts.columns
        var logs = counts.values.map { $0 + alpha }
        for k in 0..<counts.rows {
            let sum = pairwiseSum(k * d..<(k + 1) * d) { logs[$0] }
            guard sum.isFinite else {
                throw ApusError(.numericalFailure, "The counts are so large that their sum overflows; scale them.")
            }
            // A class without any count and without smoothing makes everything impossible, not undefined.
            let total = sum > 0 ? log(sum) : 0
            for place in k * d..<(k + 1) * d { logs[place] = log(logs[place]) - total }
        }
        return Matrix(rows: counts.rows, columns: d, values: logs)
    }
}
