import ApusCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Naive Bayes for marks that are there or not: in class k feature j is there with probability pₖⱼ.
///
/// `log P(k | x) = log πₖ + Σⱼ [xⱼ log pₖⱼ + (1 - xⱼ) log(1 - pₖⱼ)] + constant`, `pₖⱼ = (Nₖⱼ + α) / (Nₖ + 2 α)`, Nₖⱼ the
/// weight of the rows of class k with feature j, Nₖ that of all of them. Other than for `MultinomialNB`, it matters
/// what is absent.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `alpha` | 1 | at least 0 | what is added to each count |
/// | `forceAlpha` | true | true, false | whether an alpha below 1e-10 is used as it is |
/// | `binarize` | 0 | none, at least 0 | values above it count as there; none for values that are 0 and 1 already |
/// | `fitPrior` | true | true, false | whether more frequent classes are more probable beforehand |
/// | `classPrior` | learned | none, probabilities by class | how probable classes are beforehand |
///
/// Source: C. Manning, P. Raghavan, H. Schütze, "Introduction to Information Retrieval", Cambridge (2008), ch. 13.
public struct BernoulliNB: CountingClassifier {
    /// `bernoulli-nb`
    public static let catalogName = "bernoulli-nb"
    /// One class is enough.
    public static let traits = EstimatorTraits(acceptsOneClass: true)

    /// `alpha`, `forceAlpha`, `fitPrior`, `classPrior`, `binarize`.
    public static let parameters: [Parameter<BernoulliNB>] = [
        Parameter("alpha", \.alpha, .notNegative, "What is added to each count, so that nothing is impossible."),
        Parameter("forceAlpha", \.forceAlpha, .flag, "Whether an alpha below 1e-10 is used as it is."),
        Parameter("fitPrior", \.fitPrior, .flag, "Whether more frequent classes are more probable beforehand."),
        Parameter("classPrior", \.classPrior, ClassPriors.legalValues, "How probable each class is beforehand."),
        Parameter(
            "binarize", \.binarize, .optional(.notNegative),
            "Values above it count as there, others as absent; none for values that are 0 and 1 already."),
    ]

    /// What is added to each count, at least 0; default 1.
    public var alpha: Double
    /// Whether an `alpha` below 1e-10 is used as it is, rather than raised to 1e-10; default true.
    public var forceAlpha: Bool
    /// Whether classes are as probable beforehand as they are frequent, rather than all alike; default true.
    public var fitPrior: Bool
    /// How probable each class is beforehand; default `.learned`.
    public var classPrior: ClassPriors
    /// Values above it count as there, others as absent; nil for values that are 0 and 1 already; default 0.
    public var binarize: Double?

    /// The defaults.
    public init() { self.init(alpha: 1) }

    /// Bernoulli naive Bayes with the given parameters.
    public init(
        alpha: Double = 1, forceAlpha: Bool = true, binarize: Double? = 0, fitPrior: Bool = true,
        classPrior: ClassPriors = .learned
    ) {
        self.alpha = alpha
        self.forceAlpha = forceAlpha
        self.binarize = binarize
        self.fitPrior = fitPrior
        self.classPrior = classPrior
    }

    /// Learns from all rows at once.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
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
    ///   - x: n × d, one sample a row.
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
        if let model { try x.checkColumns(model.featureCount, of: "BernoulliNB") }
        return try learn(x, y, classes: classes, weights: weights, after: model)
    }

    /// Learns from a further part of sparse data.
    public func partialFit(
        _ x: SparseMatrix, _ y: Labels, classes: Labels.Classes? = nil, weights: [Double]? = nil,
        continuing model: Model? = nil
    ) throws -> Model {
        let classes = try self.classes(classes, after: model)
        if let model { try x.checkColumns(model.featureCount, of: "BernoulliNB") }
        return try learn(x, y, classes: classes, weights: weights, after: model)
    }

    func sums(_ x: Matrix, codes: [Int], classes: Int, weights: [Double]?) throws -> Matrix {
        let marks = try BernoulliNB.marks(x, above: binarize)
        return NaiveBayesKernel.sums(marks, codes: codes, classes: classes, weights: weights)
    }

    func sums(_ x: SparseMatrix, codes: [Int], classes: Int, weights: [Double]?) throws -> Matrix {
        try BernoulliNB.check(x, above: binarize)
        return NaiveBayesKernel.sums(x, codes: codes, classes: classes, weights: weights, threshold: binarize)
    }

    func model(of counts: DiscreteCounts) throws -> Model {
        try Model(
            counts: counts, alpha: NaiveBayes.smoothing(alpha, force: forceAlpha), binarize: binarize,
            classLogPriors: counts.logPriors(classPrior, fitPrior: fitPrior))
    }

    /// The rows as zeros and ones.
    fileprivate static func marks(_ x: Matrix, above threshold: Double?) throws -> Matrix {
        if let threshold {
            return Matrix(rows: x.rows, columns: x.columns, values: x.values.map { $0 > threshold ? 1 : 0 })
        }
        if let place = x.values.firstIndex(where: { $0 != 0 && $0 != 1 }) {
            throw unmarked(x.values[place], row: place / x.columns, column: place % x.columns)
        }
        return x
    }

    fileprivate static func check(_ x: SparseMatrix, above threshold: Double?) throws {
        guard threshold == nil, let place = x.values.firstIndex(where: { $0 != 0 && $0 != 1 }) else { return }
        let row = (x.rowOffsets.firstIndex { $0 > place } ?? 1) - 1
        throw unmarked(x.values[place], row: row, column: Int(x.columnIndices[place]))
    }

    private static func unmarked(_ value: Double, row: Int, column: Int) -> ApusError {
        ApusError(
            .invalidInput,
            "x holds \(value) in row \(row), column \(column), but without binarize only 0 and 1 are understood; "
                + "set binarize to the value above which a feature counts as there.")
    }
}

extension BernoulliNB {
    /// A fitted Bernoulli naive Bayes classifier.
    public struct Model: SparseNaiveBayesModel, CountingModel {
        /// `bernoulli-nb`
        public static let catalogName = BernoulliNB.catalogName

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
        /// `log pₖⱼ`: K × d.
        public let featureLogProbabilities: Matrix
        /// `log(1 - pₖⱼ)`: K × d.
        public let absentLogProbabilities: Matrix
        let counts: DiscreteCounts
        private let alpha: Double
        /// The value above which a feature counts as there; nil where features are 0 and 1 already.
        package let binarize: Double?
        /// What the presence of a feature changes, and the score of a row that has none; not finite without smoothing.
        private let changes: Matrix
        private let offsets: [Double]

        init(counts: DiscreteCounts, alpha: Double, binarize: Double?, classLogPriors: [Double]) throws {
            self.counts = counts
            self.alpha = alpha
            self.binarize = binarize
            self.classLogPriors = classLogPriors
            let (rows, d) = (counts.features.rows, counts.features.columns)
            let present = counts.features.values.enumerated().map { place, count in
                let total = counts.classWeights[place / d] + alpha * 2
                // A class without rows and without smoothing makes everything impossible, not undefined.
                return total > 0 ? min(0, log(count + alpha) - log(total)) : -.infinity
            }
            let absent = present.map { log(1 - exp($0)) }
            guard present.allSatisfy({ $0 <= 0 }) else {
                throw ApusError(.numericalFailure, "The weights are so large that their sums overflow; scale them.")
            }
            featureLogProbabilities = Matrix(rows: rows, columns: d, values: present)
            absentLogProbabilities = Matrix(rows: rows, columns: d, values: absent)
            changes = Matrix(rows: rows, columns: d, values: zip(present, absent).map { $0 - $1 })
            offsets = classLogPriors.indices.map { k in
                classLogPriors[k] + pairwiseSum(k * d..<(k + 1) * d) { absent[$0] }
            }
        }

        /// `log πₖ + Σⱼ [xⱼ log pₖⱼ + (1 - xⱼ) log(1 - pₖⱼ)]` for each row and class: n × K.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predictJointLogProba(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "BernoulliNB")
            try x.checkUsable()
            let marks = try BernoulliNB.marks(x, above: binarize)
            guard isFinite else {
                return NaiveBayesKernel.scores(
                    marks, present: featureLogProbabilities, absent: absentLogProbabilities, offsets: classLogPriors)
            }
            return try marks.scores(changes, offsets: offsets)
        }

        /// `log πₖ + Σⱼ [xⱼ log pₖⱼ + (1 - xⱼ) log(1 - pₖⱼ)]` for each sparse row and class: n × K.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predictJointLogProba(_ x: SparseMatrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "BernoulliNB")
            try x.checkUsable()
            try BernoulliNB.check(x, above: binarize)
            guard isFinite else {
                // Rows are written out a block at a time: without smoothing absent features must be looked at too.
                let blocks = try Parallel.blocks(of: x.rows, size: 256).map { rows in
                    try predictJointLogProba(x.selecting(rows: Array(rows)).dense)
                }
                return Matrix(rows: x.rows, columns: classes.count, values: blocks.flatMap(\.values))
            }
            return NaiveBayesKernel.scores(
                x, weights: changes.transposed, offsets: offsets, threshold: binarize)
        }

        private var isFinite: Bool { FiniteKernel.allFinite(changes.values) }

        /// Whether both were made from the same counts in the same way.
        public static func == (a: Self, b: Self) -> Bool {
            a.counts == b.counts && a.alpha == b.alpha && a.binarize == b.binarize
                && a.classLogPriors == b.classLogPriors
        }
    }
}

extension BernoulliNB.Model {
    /// Puts the counts into an archive.
    public func encode(into archive: inout ModelArchive) {
        counts.encode(into: &archive)
        archive.store(.double(alpha), as: "alpha")
        archive.store(binarize.parameterValue, as: "binarize")
        archive.store(classLogPriors, as: "classLogPriors")
    }

    /// Takes the counts out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        let counts = try DiscreteCounts(from: archive)
        let d = counts.features.columns
        for (place, count) in counts.features.values.enumerated() {
            // Rounding may carry a sum of weights a little past the sum of all.
            guard count <= counts.classWeights[place / d] * (1 + 1e-9) else {
                throw archive.damaged("a feature is counted in more rows than its class has")
            }
        }
        let binarize: Double? =
            try archive.attribute("binarize") == .null ? nil : try archive.smoothing("binarize")
        do {
            try self.init(
                counts: counts, alpha: try archive.smoothing("alpha"), binarize: binarize,
                classLogPriors: try archive.logPriors("classLogPriors", count: counts.classes.count))
        } catch let error as ApusError where error.code != .unreadableModel {
            throw archive.damaged(error.message)
        }
    }
}
