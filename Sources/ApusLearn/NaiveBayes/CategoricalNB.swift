import ApusCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Naive Bayes for categories, each feature being one of the whole numbers 0, 1, …: those of an ordinal encoder.
///
/// `log P(k | x) = log πₖ + Σⱼ log pₖⱼ(xⱼ) + constant`, `pₖⱼ(c) = (Nₖⱼ(c) + α) / (Nₖ + α Cⱼ)`, Nₖⱼ(c) the weight of the
/// rows of class k whose feature j is c, Cⱼ the number of categories of the feature. Fractions are cut off.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `alpha` | 1 | at least 0 | what is added to each count |
/// | `forceAlpha` | true | true, false | whether an alpha below 1e-10 is used as it is |
/// | `fitPrior` | true | true, false | whether more frequent classes are more probable beforehand |
/// | `classPrior` | learned | none, probabilities by class | how probable classes are beforehand |
/// | `minCategories` | none | none, at least 1 | how many categories each feature has at least |
public struct CategoricalNB: IncrementalClassifier {
    /// `categorical-nb`
    public static let catalogName = "categorical-nb"
    /// Nothing may be negative; one class is enough.
    public static let traits = EstimatorTraits(requiresNonNegative: true, acceptsOneClass: true)

    /// `alpha`, `forceAlpha`, `fitPrior`, `classPrior`, `minCategories`.
    public static let parameters: [Parameter<CategoricalNB>] = [
        Parameter("alpha", \.alpha, .notNegative, "What is added to each count, so that nothing is impossible."),
        Parameter("forceAlpha", \.forceAlpha, .flag, "Whether an alpha below 1e-10 is used as it is."),
        Parameter("fitPrior", \.fitPrior, .flag, "Whether more frequent classes are more probable beforehand."),
        Parameter("classPrior", \.classPrior, ClassPriors.legalValues, "How probable each class is beforehand."),
        Parameter(
            "minCategories", \.minCategories, .optional(.atLeast(1)),
            "How many categories each feature has at least, whether they occur or not."),
    ]

    /// What is added to each count, at least 0; default 1.
    public var alpha: Double
    /// Whether an `alpha` below 1e-10 is used as it is, rather than raised to 1e-10; default true.
    public var forceAlpha: Bool
    /// Whether classes are as probable beforehand as they are frequent, rather than all alike; default true.
    public var fitPrior: Bool
    /// How probable each class is beforehand; default `.learned`.
    public var classPrior: ClassPriors
    /// How many categories each feature has at least, whether they occur or not; default nil: those that occur.
    public var minCategories: Int?

    /// The defaults.
    public init() { self.init(alpha: 1) }

    /// Categorical naive Bayes with the given parameters.
    public init(
        alpha: Double = 1, forceAlpha: Bool = true, fitPrior: Bool = true, classPrior: ClassPriors = .learned,
        minCategories: Int? = nil
    ) {
        self.alpha = alpha
        self.forceAlpha = forceAlpha
        self.fitPrior = fitPrior
        self.classPrior = classPrior
        self.minCategories = minCategories
    }

    /// Counts the categories of each feature in each class.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row, categories from 0 on.
    ///   - y: n labels.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - progress: Not called: the work is one pass.
    /// - Throws: `ApusError` for illegal parameters or data, or more categories than can be held.
    /// - Complexity: O(n d).
    public func fit(
        _ x: Matrix, _ y: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try learn(x, y, classes: y.compacted.classes, weights: weights, after: nil)
    }

    /// Learns from a further part of the data; the result is that of learning from all parts at once.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row, categories from 0 on; new ones may come with any part.
    ///   - y: n labels, each among the classes.
    ///   - classes: Every class that any part may bring; needed with the first part, nil or the same later.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - model: What the earlier parts led to; nil for the first part.
    /// - Throws: As `fit`, and `invalidInput` for a label that is not among the classes.
    public func partialFit(
        _ x: Matrix, _ y: Labels, classes: Labels.Classes? = nil, weights: [Double]? = nil,
        continuing model: Model? = nil
    ) throws -> Model {
        if let model {
            try NaiveBayes.checkSame(classes, as: model.classes)
            try x.checkColumns(model.featureCount, of: "CategoricalNB")
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
        try x.checkNotNegative(for: "CategoricalNB")
        let codes = try NaiveBayes.codes(of: y, among: classes)
        let categories = try categoryCounts(x, classes: classes.count, known: model?.categoryCounts)

        var counts = DiscreteCounts(classes: classes, columns: categories.reduce(0, +))
        if let model { counts = model.widened(to: categories) }
        var sums = Matrix(rows: classes.count, columns: counts.features.columns)
        let starts = Model.starts(categories)
        sums.withMutableValues { sums in
            for i in 0..<x.rows {
                let start = codes[i] * counts.features.columns
                let weight = weights?[i] ?? 1
                for j in 0..<x.columns { sums[start + starts[j] + Int(x.values[i * x.columns + j])] += weight }
            }
        }
        counts.add(sums, codes: codes, weights: weights)
        try counts.checkFinite()
        return try Model(
            counts: counts, categoryCounts: categories, alpha: NaiveBayes.smoothing(alpha, force: forceAlpha),
            classLogPriors: counts.logPriors(classPrior, fitPrior: fitPrior))
    }

    /// How many categories each feature has: one more than the largest, at least as many as asked for or known.
    private func categoryCounts(_ x: Matrix, classes: Int, known: [Int]?) throws -> [Int] {
        var largest = [Double](repeating: 0, count: x.columns)
        for i in 0..<x.rows {
            for j in 0..<x.columns { largest[j] = max(largest[j], x.values[i * x.columns + j]) }
        }
        let most = Double(mostOutputColumns)
        var total = 0.0
        for (j, value) in largest.enumerated() {
            total += max(value + 1, Double(minCategories ?? 1), Double(known?[j] ?? 1))
            guard total * Double(classes) <= most * 16 else {
                throw ApusError(
                    .invalidInput,
                    "Column \(j) holds the category \(value): with \(classes) classes that makes more counts than can "
                        + "be held; number the categories from 0 on.")
            }
        }
        return largest.indices.map { max(Int(largest[$0]) + 1, minCategories ?? 1, known?[$0] ?? 1) }
    }
}

extension CategoricalNB {
    /// A fitted categorical naive Bayes classifier.
    public struct Model: NaiveBayesModel {
        /// `categorical-nb`
        public static let catalogName = CategoricalNB.catalogName

        /// The classes it can answer, ascending.
        public var classes: Labels.Classes { counts.classes }
        /// The weight of the rows of each class so far.
        public var classWeights: [Double] { counts.classWeights }
        /// The logarithm of the probability of each class beforehand.
        public let classLogPriors: [Double]
        /// How many categories each feature has.
        public let categoryCounts: [Int]
        /// Number of features.
        public var featureCount: Int { categoryCounts.count }

        /// The categories of all features side by side.
        private let counts: DiscreteCounts
        private let alpha: Double
        private let starts: [Int]
        private let logProbabilities: Matrix

        init(counts: DiscreteCounts, categoryCounts: [Int], alpha: Double, classLogPriors: [Double]) throws {
            self.counts = counts
            self.categoryCounts = categoryCounts
            self.alpha = alpha
            self.classLogPriors = classLogPriors
            starts = Model.starts(categoryCounts)
            var logs = Matrix(rows: counts.features.rows, columns: counts.features.columns)
            for (start, count) in zip(starts, categoryCounts) {
                let columns = Array(start..<start + count)
                let shares = try NaiveBayes.logShares(counts.features.selecting(columns: columns), alpha: alpha)
                for k in 0..<logs.rows {
                    for c in 0..<count { logs[k, start + c] = shares[k, c] }
                }
            }
            logProbabilities = logs
        }

        static func starts(_ categoryCounts: [Int]) -> [Int] {
            var start = 0
            return categoryCounts.map { count in
                defer { start += count }
                return start
            }
        }

        /// The weight of the rows of each class in each category of a feature: K × categories.
        public func categoryWeights(of feature: Int) -> Matrix {
            counts.features.selecting(columns: Array(starts[feature]..<starts[feature] + categoryCounts[feature]))
        }

        /// `log pₖⱼ(c)` of a feature: K × categories.
        public func featureLogProbabilities(of feature: Int) -> Matrix {
            logProbabilities.selecting(columns: Array(starts[feature]..<starts[feature] + categoryCounts[feature]))
        }

        /// The same counts with room for more categories.
        fileprivate func widened(to categories: [Int]) -> DiscreteCounts {
            var wide = DiscreteCounts(classes: classes, columns: categories.reduce(0, +))
            wide.classWeights = counts.classWeights
            for (feature, start) in Model.starts(categories).enumerated() {
                for k in 0..<classes.count {
                    for c in 0..<categoryCounts[feature] {
                        wide.features[k, start + c] = counts.features[k, starts[feature] + c]
                    }
                }
            }
            return wide
        }

        /// `log πₖ + Σⱼ log pₖⱼ(xⱼ)` for each row and class: n × K.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch`, or `invalidInput` also for a category that is not known.
        public func predictJointLogProba(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "CategoricalNB")
            try x.checkUsable()
            try x.checkNotNegative(for: "CategoricalNB")
            let (d, width) = (featureCount, counts.features.columns)
            if let place = x.values.indices.first(where: { x.values[$0] >= Double(categoryCounts[$0 % d]) }) {
                throw ApusError(
                    .invalidInput,
                    "Row \(place / d) has the category \(x.values[place]) in column \(place % d), which was not there in "
                        + "training; set minCategories to the number of categories there are.")
            }
            return Matrix(rows: x.rows, columns: classes.count) { out in
                for i in 0..<x.rows {
                    for k in 0..<classes.count {
                        var sum = 0.0
                        for j in 0..<d {
                            sum += logProbabilities.values[k * width + starts[j] + Int(x.values[i * d + j])]
                        }
                        out[i * classes.count + k] = sum + classLogPriors[k]
                    }
                }
            }
        }
    }
}

extension CategoricalNB.Model {
    /// Puts the counts into an archive.
    public func encode(into archive: inout ModelArchive) {
        counts.encode(into: &archive)
        archive.store(categoryCounts, as: "categoryCounts")
        archive.store(.double(alpha), as: "alpha")
        archive.store(classLogPriors, as: "classLogPriors")
    }

    /// Takes the counts out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        let counts = try DiscreteCounts(from: archive)
        let categories = try archive.ints("categoryCounts", in: 1...counts.features.columns)
        guard categories.count <= counts.features.columns, categories.reduce(0, +) == counts.features.columns else {
            throw archive.damaged("the categories do not fill their features")
        }
        do {
            try self.init(
                counts: counts, categoryCounts: categories, alpha: try archive.smoothing("alpha"),
                classLogPriors: try archive.logPriors("classLogPriors", count: counts.classes.count))
        } catch let error as ApusError where error.code != .unreadableModel {
            throw archive.damaged(error.message)
        }
    }
}
