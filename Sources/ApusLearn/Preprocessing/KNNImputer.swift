import ApusCore

/// Replaces each missing value (NaN) by the mean of that feature over the most similar rows that have it.
///
/// Two rows are compared by the features that both have: √(d / m · Σ (xⱼ - yⱼ)²) over m of d features. Where no row with the
/// feature has anything in common with the one to mend, the mean of the feature is taken. Of equally similar rows the
/// first count. A feature that is missing in every row of `fit` is dropped or, if it is to be kept, all zeros.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `nNeighbors` | 5 | at least 1 | how many rows are averaged |
/// | `weights` | uniform | uniform, distance | whether nearer rows count more |
/// | `addIndicator` | false | true, false | whether a 0/1 column follows for each feature with missing values |
/// | `keepEmptyFeatures` | false | true, false | whether features without any value are kept |
///
/// Source: O. Troyanskaya et al., "Missing value estimation methods for DNA microarrays", Bioinformatics 17 (2001).
public struct KNNImputer: Transformer {
    /// How the rows that are averaged count.
    public enum Weighting: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// All the same.
        case uniform
        /// By the inverse of their distance; where some are at distance 0, only these.
        case distance
    }

    /// `knn-imputer`
    public static let catalogName = "knn-imputer"
    /// NaN is a missing value; sample weights have no use.
    public static let traits = EstimatorTraits(allowsMissing: true, usesWeights: false)

    /// `nNeighbors`, `weights`, `addIndicator`, `keepEmptyFeatures`.
    public static let parameters: [Parameter<KNNImputer>] = [
        Parameter("nNeighbors", \.nNeighbors, .atLeast(1), "How many rows are averaged."),
        Parameter(
            "weights", \.weights, .choice(Weighting.allCases.map(\.rawValue)), "Whether nearer rows count more."),
        Parameter(
            "addIndicator", \.addIndicator, .flag, "Whether 0/1 columns tell afterwards where values were missing."),
        Parameter("keepEmptyFeatures", \.keepEmptyFeatures, .flag, "Whether features without any value are kept."),
    ]

    /// How many rows are averaged; at least 1, default 5.
    public var nNeighbors: Int
    /// Whether nearer rows count more; default `.uniform`.
    public var weights: Weighting
    /// Whether a 0/1 column is appended for each feature that had missing values in `fit`; default false.
    public var addIndicator: Bool
    /// Whether features without any value are kept; default false.
    public var keepEmptyFeatures: Bool

    /// The defaults.
    public init() { self.init(nNeighbors: 5) }

    /// An imputer with the given parameters.
    public init(
        nNeighbors: Int = 5, weights: Weighting = .uniform, addIndicator: Bool = false, keepEmptyFeatures: Bool = false
    ) {
        self.nNeighbors = nNeighbors
        self.weights = weights
        self.addIndicator = addIndicator
        self.keepEmptyFeatures = keepEmptyFeatures
    }

    /// Remembers the rows.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row; NaN is missing.
    ///   - weights: Must be nil.
    /// - Throws: `ApusError` for illegal parameters or data, or when no feature is left.
    public func fit(_ x: Matrix, weights: [Double]? = nil) throws -> Model {
        try validateParameters()
        try refuseWeights(weights, of: "KNNImputer")
        try x.checkUsable(allowsNaN: true)
        let counts = ColumnKernel.counts(x)
        let kept = counts.indices.filter { keepEmptyFeatures || counts[$0] > 0 }
        let indicated = addIndicator ? counts.indices.filter { counts[$0] < Double(x.rows) } : []
        guard !kept.isEmpty || !indicated.isEmpty else {
            throw ApusError(
                .invalidInput,
                "Every value of x is missing, so there is nothing to learn; keep empty features or take a column that has "
                    + "values.")
        }
        let means = zip(ColumnKernel.sums(x), counts).map { $1 == 0 ? 0 : $0 / $1 }
        guard means.allSatisfy(\.isFinite) else {
            throw ApusError(.numericalFailure, "The sum of a column overflows; scale the columns down.")
        }
        return Model(
            rows: x, means: means, keptFeatures: kept, indicatedFeatures: indicated, nNeighbors: nNeighbors,
            weights: self.weights)
    }
}

extension KNNImputer {
    /// The rows that missing values are taken from.
    public struct Model: TransformerModel {
        /// `knn-imputer`
        public static let catalogName = KNNImputer.catalogName

        /// The rows it was fitted on.
        private let rows: Matrix
        /// The mean of each feature; 0 for one that was missing in every row.
        public let means: [Double]
        /// The features that come out, ascending.
        public let keptFeatures: [Int]
        /// The features whose missing values are told in columns of their own, ascending.
        public let indicatedFeatures: [Int]
        /// How many rows are averaged.
        public let nNeighbors: Int
        /// How they count.
        public let weights: Weighting
        /// For each feature whether it was missing in every row.
        private let isEmpty: [Bool]

        init(
            rows: Matrix, means: [Double], keptFeatures: [Int], indicatedFeatures: [Int], nNeighbors: Int,
            weights: Weighting
        ) {
            self.rows = rows
            self.means = means
            self.keptFeatures = keptFeatures
            self.indicatedFeatures = indicatedFeatures
            self.nNeighbors = nNeighbors
            self.weights = weights
            isEmpty = ColumnKernel.counts(rows).map { $0 == 0 }
        }

        /// The number of columns that it was fitted on and expects again.
        public var featureCount: Int { rows.columns }

        /// The rows with every missing value replaced.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        /// - Complexity: O(n d) for each row with missing values, n being the rows of `fit`.
        public func transform(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "KNNImputer")
            try x.checkUsable(allowsNaN: true)
            let parts = Parallel.mapBlocks(of: x.rows, size: 16) { block in block.flatMap { mended(x.row($0)) } }
            return Matrix(
                rows: x.rows, columns: keptFeatures.count + indicatedFeatures.count, values: parts.flatMap { $0 })
        }

        private func mended(_ row: [Double]) -> [Double] {
            let kept = keptFeatures.map { isEmpty[$0] ? 0 : row[$0] }
            let indicators = indicatedFeatures.map { row[$0].isNaN ? 1.0 : 0 }
            guard kept.contains(where: \.isNaN) else { return kept + indicators }
            let distances = MissingDistanceKernel.squaredDistances(row, to: rows)
            let whole = zip(keptFeatures, kept).map { $1.isNaN ? value(of: $0, distances) : $1 }
            return whole + indicators
        }

        /// The mean of a feature over the nearest rows that have it.
        private func value(of feature: Int, _ distances: [Double]) -> Double {
            var nearest: [(distance: Double, value: Double)] = []
            nearest.reserveCapacity(min(nNeighbors, rows.rows) + 1)
            for (i, distance) in distances.enumerated() where !distance.isNaN {
                if nearest.count == nNeighbors, let last = nearest.last, !(distance < last.distance) { continue }
                let value = rows[i, feature]
                if value.isNaN { continue }
                var (low, high) = (0, nearest.count)
                while low < high {
                    let middle = (low + high) / 2
                    if distance < nearest[middle].distance { high = middle } else { low = middle + 1 }
                }
                nearest.insert((distance, value), at: low)
                if nearest.count > nNeighbors { nearest.removeLast() }
            }
            guard let first = nearest.first else { return means[feature] }
            let shares = nearest.map { share($0.distance, nearest: first.distance) }
            let total = shares.reduce(0, +)
            return zip(nearest, shares).reduce(0) { $0 + $1.0.value * ($1.1 / total) }
        }

        /// How much a row at some squared distance counts, relative to the nearest, so that no inverse overflows.
        private func share(_ distance: Double, nearest: Double) -> Double {
            if weights == .uniform || nearest.isInfinite { return 1 }
            if nearest == 0 { return distance == 0 ? 1 : 0 }
            return (nearest / distance).squareRoot()
        }

        /// The names of the kept features, then `missingindicator_NAME` for each indicator.
        public func outputNames(for inputNames: [String]) -> [String] {
            keptFeatures.compactMap { $0 < inputNames.count ? inputNames[$0] : nil }
                + indicatedFeatures.compactMap { $0 < inputNames.count ? "missingindicator_" + inputNames[$0] : nil }
        }
    }
}

extension KNNImputer.Model {
    /// Whether both have the same rows and parameters, where a missing value equals a missing value.
    public static func == (a: Self, b: Self) -> Bool {
        a.rows.columns == b.rows.columns && sameBits(a.rows.values, b.rows.values) && sameBits(a.means, b.means)
            && a.keptFeatures == b.keptFeatures && a.indicatedFeatures == b.indicatedFeatures
            && a.nNeighbors == b.nNeighbors && a.weights == b.weights
    }

    /// Puts the rows into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(rows, as: "rows")
        archive.store(means, as: "means")
        archive.store(keptFeatures, as: "keptFeatures")
        archive.store(indicatedFeatures, as: "indicatedFeatures")
        archive.store(.int(nNeighbors), as: "nNeighbors")
        archive.store(.string(weights.rawValue), as: "weights")
    }

    /// Takes the rows out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        let rows = try archive.matrix("rows", allowsNonFinite: true)
        guard rows.rows > 0, rows.columns > 0, !rows.values.contains(where: \.isInfinite) else {
            throw archive.damaged("there are no rows to take values from, or they are not finite")
        }
        guard let weights = KNNImputer.Weighting(rawValue: try archive.string("weights")) else {
            throw archive.damaged("the weights are unknown")
        }
        let kept = try archive.ints("keptFeatures", in: 0...rows.columns - 1)
        let indicated = try archive.ints("indicatedFeatures", in: 0...rows.columns - 1)
        for features in [kept, indicated] where !zip(features, features.dropFirst()).allSatisfy({ $0 < $1 }) {
            throw archive.damaged("the features are not in ascending order")
        }
        guard !(kept.isEmpty && indicated.isEmpty) else { throw archive.damaged("no feature is left") }
        self.init(
            rows: rows, means: try archive.doubles("means", count: rows.columns), keptFeatures: kept,
            indicatedFeatures: indicated, nNeighbors: try archive.int("nNeighbors", in: 1...Int.max), weights: weights)
    }
}
