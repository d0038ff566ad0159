import ApusCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension GaussianNB {
    /// A fitted Gaussian naive Bayes classifier.
    public struct Model: NaiveBayesModel {
        /// `gaussian-nb`
        public static let catalogName = GaussianNB.catalogName

        /// The classes it can answer, ascending.
        public let classes: Labels.Classes
        /// How probable each class is beforehand.
        public let classPriors: [Double]
        /// The mean of each feature in each class: K × d.
        public let means: Matrix
        /// The smoothed variance of each feature in each class: K × d.
        public let variances: Matrix
        /// What was added to each variance.
        public let smoothing: Double
        /// The weight of the rows of each class so far.
        public var classWeights: [Double] { moments.map(\.weight) }
        /// Number of features.
        public var featureCount: Int { means.columns }

        let moments: [Moments]
        /// All rows whatever their class and weight: what smoothing is measured by.
        let everything: Moments
        private let givenPriors: [Double]?

        init(
            classes: Labels.Classes, moments: [Moments], everything: Moments, smoothing: Double, givenPriors: [Double]?
        ) {
            self.classes = classes
            self.moments = moments
            self.everything = everything
            self.smoothing = smoothing
            self.givenPriors = givenPriors
            let total = ColumnKernel.pairwise(moments.map(\.weight))
            classPriors = givenPriors ?? moments.map { $0.weight / total }
            let (rows, columns) = (moments.count, everything.means.count)
            means = Matrix(rows: rows, columns: columns, values: moments.flatMap(\.means))
            variances = Matrix(
                rows: rows, columns: columns, values: moments.flatMap { $0.variances.map { $0 + smoothing } })
        }

        /// `log πₖ - ½ Σⱼ [log(2π vₖⱼ) + (xⱼ - μₖⱼ)² / vₖⱼ]` for each row and class: n × K.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predictJointLogProba(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "GaussianNB")
            try x.checkUsable()
            // A class without rows is impossible, wherever its gaussians would lie; so it needs no variance either.
            let usable = Matrix(
                rows: variances.rows, columns: variances.columns,
                values: variances.values.enumerated().map { place, value in
                    moments[place / variances.columns].weight > 0 ? value : 1
                })
            if let flat = usable.values.firstIndex(where: { $0 <= 0 }) {
                throw ApusError(
                    .undefined,
                    "Feature \(flat % featureCount) has not varied yet in class \(classes.names[flat / featureCount]); "
                        + "learn from more rows, or set varSmoothing above 0.")
            }
            let priors = zip(classPriors, moments).map { $1.weight > 0 ? log($0) : -.infinity }
            return NaiveBayesKernel.gaussian(x, means: means, variances: usable, logPriors: priors)
        }
    }
}

extension GaussianNB.Model {
    /// Puts the gaussians into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(classes, as: "classes")
        archive.store(moments.map(\.weight), as: "classWeights")
        archive.store(means, as: "means")
        archive.store(
            Matrix(rows: means.rows, columns: means.columns, values: moments.flatMap(\.variances)), as: "variances")
        archive.store(.double(smoothing), as: "smoothing")
        archive.store(.double(everything.weight), as: "rows")
        archive.store(everything.means, as: "overallMeans")
        archive.store(everything.variances, as: "overallVariances")
        archive.store(givenPriors.map { .array($0.map { .double($0) }) } ?? .null, as: "priors")
    }

    /// Takes the gaussians out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        let classes = try archive.classes("classes")
        let weights = try archive.doubles("classWeights", count: classes.count)
        let means = try archive.matrix("means", rows: classes.count)
        let variances = try archive.matrix("variances", rows: classes.count, columns: means.columns)
        let smoothing = try archive.double("smoothing")
        let overall = GaussianNB.Moments(
            weight: try archive.double("rows"), means: try archive.doubles("overallMeans", count: means.columns),
            variances: try archive.doubles("overallVariances", count: means.columns))
        let total = weights.reduce(0, +)
        guard means.columns > 0, weights.allSatisfy({ $0 >= 0 }), total > 0, total.isFinite, smoothing >= 0,
            overall.weight > 0, variances.values.allSatisfy({ $0 >= 0 }), overall.variances.allSatisfy({ $0 >= 0 })
        else { throw archive.damaged("the moments of the classes are out of range") }
        let priors = try archive.priors("priors", count: classes.count)
        self.init(
            classes: classes,
            moments: weights.indices.map {
                GaussianNB.Moments(weight: weights[$0], means: means.row($0), variances: variances.row($0))
            }, everything: overall, smoothing: smoothing, givenPriors: priors)
    }
}

extension ModelArchive {
    /// Given class probabilities, or nil where they were learned.
    func priors(_ name: String, count: Int) throws -> [Double]? {
        let value = try attribute(name)
        if value == .null { return nil }
        guard let priors = value.arrayValue?.compactMap(\.doubleValue), priors.count == count,
            value.arrayValue?.count == count, priors.allSatisfy({ $0 >= 0 && $0 <= 1 })
        else { throw damaged("attribute “\(name)” does not hold a probability for each class") }
        return priors
    }
}
