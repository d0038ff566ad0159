import ApusCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Naive Bayes for unbalanced counts: each class is weighed by what the rows outside it look like.
///
/// The score of class k is `Σⱼ xⱼ wₖⱼ`, `wₖⱼ = -log((N̄ₖⱼ + α) / (Σⱼ N̄ₖⱼ + α d))`, N̄ₖⱼ the weighted sum of feature j over
/// the rows of all other classes; with `norm` the weights of a class are divided by `-Σⱼ wₖⱼ`'s magnitude. Priors count
/// only where there is one class.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `alpha` | 1 | at least 0 | what is added to each count |
/// | `forceAlpha` | true | true, false | whether an alpha below 1e-10 is used as it is |
/// | `fitPrior` | true | true, false | whether more frequent classes are more probable beforehand |
/// | `classPrior` | learned | none, probabilities by class | how probable classes are beforehand |
/// | `norm` | false | true, false | whether the weights of each class are normalised |
///
/// Source: J. Rennie, L. Shih, J. Teevan, D. Karger, "Tackling the poor assumptions of naive Bayes text classifiers",
/// ICML (2003).
public struct ComplementNB: CountingClassifier {
    /// `complement-nb`
    public static let catalogName = "complement-nb"
    /// Nothing may be negative; one class is enough.
    public static let traits = EstimatorTraits(requiresNonNegative: true, acceptsOneClass: true)

    /// `alpha`, `forceAlpha`, `fitPrior`, `classPrior`, `norm`.
    public static let parameters: [Parameter<ComplementNB>] = [
        Parameter("alpha", \.alpha, .notNegative, "What is added to each count, so that nothing is impossible."),
        Parameter("forceAlpha", \.forceAlpha, .flag, "Whether an alpha below 1e-10 is used as it is."),
        Parameter("fitPrior", \.fitPrior, .flag, "Whether more frequent classes are more probable beforehand."),
        Parameter("classPrior", \.classPrior, ClassPriors.legalValues, "How probable each class is beforehand."),
        Parameter("norm", \.norm, .flag, "Whether the weights of each class are normalised."),
    ]

    /// What is added to each count, at least 0; default 1.
    public var alpha: Double
    /// Whether an `alpha` below 1e-10 is used as it is, rather than raised to 1e-10; default true.
    public var forceAlpha: Bool
    /// Whether classes are as probable beforehand as they are frequent, rather than all alike; default true.
    public var fitPrior: Bool
    /// How probable each class is beforehand; default `.learned`.
    public var classPrior: ClassPriors
    /// Whether the weights of each class are normalised; default false.
    public var norm: Bool

    /// The defaults.
    public init() { self.init(alpha: 1) }

    /// Complement naive Bayes with the given parameters.
    public init(
        alpha: Double = 1, forceAlpha: Bool = true, fitPrior: Bool = true, classPrior: ClassPriors = .learned,
        norm: Bool = false
    ) {
        self.alpha = alpha
        self.forceAlpha = forceAlpha
        self.fitPrior = fitPrior
        self.classPrior = classPrior
        self.norm = norm
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
        if let model { try x.checkColumns(model.featureCount, of: "ComplementNB") }
        return try learn(x, y, classes: classes, weights: weights, after: model)
    }

    /// Learns from a further part of sparse data.
    public func partialFit(
        _ x: SparseMatrix, _ y: Labels, classes: Labels.Classes? = nil, weights: [Double]? = nil,
        continuing model: Model? = nil
    ) throws -> Model {
        let classes = try self.classes(classes, after: model)
        if let model { try x.checkColumns(model.featureCount, of: "ComplementNB") }
        return try learn(x, y, classes: classes, weights: weights, after: model)
    }

    func sums(_ x: Matrix, codes: [Int], classes: Int, weights: [Double]?) throws -> Matrix {
        try x.checkNotNegative(for: "ComplementNB")
        return NaiveBayesKernel.sums(x, codes: codes, classes: classes, weights: weights)
    }

    func sums(_ x: SparseMatrix, codes: [Int], classes: Int, weights: [Double]?) throws -> Matrix {
        try x.checkNotNegative(for: "ComplementNB")
        return NaiveBayesKernel.sums(x, codes: codes, classes: classes, weights: weights)
    }

    func model(of counts: DiscreteCounts) throws -> Model {
        try Model(
            counts: counts, alpha: NaiveBayes.smoothing(alpha, force: forceAlpha), norm: norm,
            classLogPriors: counts.logPriors(classPrior, fitPrior: fitPrior))
    }
}

extension ComplementNB {
    /// A fitted complement naive Bayes classifier.
    public struct Model: SparseNaiveBayesModel, CountingModel {
        /// `complement-nb`
        public static let catalogName = ComplementNB.catalogName

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
        /// `wₖⱼ`, what a unit of feature j adds to the score of class k: K × d.
        public let featureWeights: Matrix
        let counts: DiscreteCounts
        private let alpha: Double
        private let norm: Bool

        init(counts: DiscreteCounts, alpha: Double, norm: Bool, classLogPriors: [Double]) throws {
            self.counts = counts
            self.alpha = alpha
            self.norm = norm
            self.classLogPriors = classLogPriors
            featureWeights = try ComplementNB.weights(counts.features, alpha: alpha, norm: norm)
        }

        /// `Σⱼ xⱼ wₖⱼ` for each row and class: n × K.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predictJointLogProba(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "ComplementNB")
            try x.checkUsable()
            return try x.scores(featureWeights, offsets: offsets)
        }

        /// `Σⱼ xⱼ wₖⱼ` for each sparse row and class: n × K.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predictJointLogProba(_ x: SparseMatrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "ComplementNB")
            try x.checkUsable()
            return NaiveBayesKernel.scores(x, weights: featureWeights.transposed, offsets: offsets)
        }

        private var offsets: [Double] {
            classes.count == 1 ? classLogPriors : [Double](repeating: 0, count: classes.count)
        }
    }

    private static func weights(_ counts: Matrix, alpha: Double, norm: Bool) throws -> Matrix {
        let (classes, d) = (counts.rows, counts.columns)
        var all = [Double](repeating: 0, count: d)
        for k in 0..<classes {
            for j in 0..<d { all[j] += counts.values[k * d + j] }
        }
        return try Matrix(rows: classes, columns: d) { weights in
            for k in 0..<classes {
                let places = k * d..<(k + 1) * d
                for j in 0..<d { weights[k * d + j] = all[j] + alpha - counts.values[k * d + j] }
                let sum = pairwiseSum(places) { weights[$0] }
                for place in places {
                    weights[place] = log(weights[place] / sum)
                    guard weights[place].isFinite else {
                        throw ApusError(
                            .invalidInput,
                            "Feature \(place - k * d) is 0 in all classes but one, which alpha \(alpha) does not smooth; "
                                + "set alpha higher.")
                    }
                }
                let total = norm ? pairwiseSum(places) { weights[$0] } : -1
                for place in places { weights[place] = total == 0 ? 0 : weights[place] / total }
            }
        }
    }
}

extension ComplementNB.Model {
    /// Puts the counts into an archive.
    public func encode(into archive: inout ModelArchive) {
        counts.encode(into: &archive)
        archive.store(.double(alpha), as: "alpha")
        archive.store(.bool(norm), as: "norm")
        archive.store(classLogPriors, as: "classLogPriors")
    }

    /// Takes the counts out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        let counts = try DiscreteCounts(from: archive)
        do {
            try self.init(
                counts: counts, alpha: try archive.smoothing("alpha"), norm: try archive.bool("norm"),
                classLogPriors: try archive.logPriors("classLogPriors", count: counts.classes.count))
        } catch let error as ApusError where error.code != .unreadableModel {
            throw archive.damaged(error.message)
        }
    }
}
