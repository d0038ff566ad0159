import ApusCore

/// Cuts each feature into intervals and tells in which one a value lies.
///
/// Bin k holds the values from edge k up to, but not including, edge k + 1; the first and the last bin also take what lies
/// beyond. Bins no wider than 10⁻⁸ are joined to their neighbours (not those of equal width). A feature that does not vary
/// has one bin.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `nBins` | 5 | at least 2 | how many bins each feature gets |
/// | `encode` | onehot | onehot, ordinal | a 0/1 column for each bin, or the number of the bin |
/// | `strategy` | quantile | uniform, quantile, kmeans | how the edges are found |
/// | `quantileMethod` | averagedInvertedCDF | averagedInvertedCDF, invertedCDF, linear | what a quantile between two values is |
/// | `subsample` | 200000 | none, at least 1 | draw so many rows to find the edges when there are more |
/// | `seed` | 0 | a seed | the seed of that draw |
public struct KBinsDiscretizer: Transformer {
    /// What comes out.
    public enum Encoding: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// A column for each bin of each feature, 1 where the value lies in it.
        case onehot
        /// The number of the bin, from 0.
        case ordinal
    }

    /// How the edges are found.
    public enum Strategy: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// Bins of equal width.
        case uniform
        /// Bins with about equally many rows.
        case quantile
        /// Edges half-way between the centres of k-means on the feature.
        case kmeans
    }

    /// What a quantile between two values is.
    public enum QuantileMethod: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// The next value, or the mean of two where the share is reached exactly.
        case averagedInvertedCDF
        /// The first value at which the share is reached.
        case invertedCDF
        /// Between the two, by linear interpolation; not with sample weights.
        case linear
    }

    /// `k-bins-discretizer`
    public static let catalogName = "k-bins-discretizer"

    /// `nBins`, `encode`, `strategy`, `quantileMethod`, `subsample`, `seed`.
    public static let parameters: [Parameter<KBinsDiscretizer>] = [
        Parameter("nBins", \.nBins, .integer(2...mostOutputColumns), "How many bins each feature gets."),
        Parameter(
            "encode", \.encode, .choice(Encoding.allCases.map(\.rawValue)),
            "A 0/1 column for each bin, or the number of the bin."),
        Parameter("strategy", \.strategy, .choice(Strategy.allCases.map(\.rawValue)), "How the edges are found."),
        Parameter(
            "quantileMethod", \.quantileMethod, .choice(QuantileMethod.allCases.map(\.rawValue)),
            "What a quantile between two values is."),
        Parameter(
            "subsample", \.subsample, .optional(.atLeast(1)),
            "Draw so many rows to find the edges when there are more; none for all."),
        Parameter("seed", \.seed, .seed, "The seed of the random generator."),
    ]

    /// How many bins each feature gets; at least 2, default 5.
    public var nBins: Int
    /// What comes out; default `.onehot`.
    public var encode: Encoding
    /// How the edges are found; default `.quantile`.
    public var strategy: Strategy
    /// What a quantile between two values is; default `.averagedInvertedCDF`.
    public var quantileMethod: QuantileMethod
    /// Draw so many rows to find the edges when there are more; nil for all; default 200,000.
    public var subsample: Int?
    /// The seed of that draw; default 0.
    public var seed: UInt32

    /// The defaults.
    public init() { self.init(nBins: 5) }

    /// A discretizer with the given parameters.
    public init(
        nBins: Int = 5, encode: Encoding = .onehot, strategy: Strategy = .quantile,
        quantileMethod: QuantileMethod = .averagedInvertedCDF, subsample: Int? = 200_000, seed: UInt32 = 0
    ) {
        self.nBins = nBins
        self.encode = encode
        self.strategy = strategy
        self.quantileMethod = quantileMethod
        self.subsample = subsample
        self.seed = seed
    }

    /// Finds the edges of the bins of each feature.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - weights: n sample weights, at least 0; nil for equal ones. Equal width heeds only which are 0.
    /// - Throws: `ApusError` for illegal parameters or data.
    /// - Complexity: O(n d log n).
    public func fit(_ x: Matrix, weights: [Double]? = nil) throws -> Model {
        try validateParameters()
        try x.checkUsable()
        try checkSampleWeights(weights, rows: x.rows)
        if strategy == .quantile, quantileMethod == .linear, weights != nil {
            throw ApusError(
                .invalidParameter,
                "quantileMethod is linear, which has no weighted form; take averagedInvertedCDF or invertedCDF.")
        }
        try checkOutputSize(rows: 1, columns: nBins, remedy: "lower nBins")
        var (rows, rowWeights) = (x, weights)
        if let subsample, x.rows > subsample {
            var random = RandomState(seed: seed)
            let drawn: [Int]
            if let weights {
                let total = pairwiseSum(weights.indices) { weights[$0] }
                drawn = random.choice(probabilities: weights.map { $0 / total }, count: subsample)
            } else {
                drawn = random.integers(in: 0..<x.rows, count: subsample)
            }
            (rows, rowWeights) = (x.selecting(rows: drawn), nil)
        }
        let edges = try Parallel.tryMap(x.columns) { [rows, rowWeights] j in try self.edges(rows.column(j), rowWeights)
        }
        return Model(edges: edges, encoding: encode)
    }

    /// The edges of the bins of one feature; none for one that does not vary.
    private func edges(_ column: [Double], _ weights: [Double]?) throws -> [Double] {
        let heavy = strategy == .quantile ? nil : weights
        var (least, most) = (Double.infinity, -Double.infinity)
        for (i, value) in column.enumerated() where heavy.map({ $0[i] != 0 }) ?? true {
            least = min(least, value)
            most = max(most, value)
        }
        if least == most { return [] }
        guard (most - least).isFinite else {
            throw ApusError(.numericalFailure, "The range of a column overflows; scale the columns down.")
        }
        switch strategy {
        case .uniform: return Self.evenly(least, most, nBins)
        case .quantile:
            let shares = Self.evenly(0, 100, nBins).map { $0 / 100 }
            return Self.wide(quantiles(column, weights, shares))
        case .kmeans:
            guard column.count >= nBins else {
                throw ApusError(
                    .invalidInput,
                    "There are \(column.count) rows for \(nBins) bins; the strategy kmeans needs as many rows as bins.")
            }
            let uniform = Self.evenly(least, most, nBins)
            let start = (0..<nBins).map { (uniform[$0 + 1] + uniform[$0]) * 0.5 }
            let model = try KMeans(nClusters: nBins, initialCentres: Matrix(column: start))
                .fit(Matrix(column: column), weights: weights, progress: nil)
            let centres = model.centres.values.sorted()
            let inner = zip(centres, centres.dropFirst()).map { ($1 + $0) * 0.5 }
            return Self.wide([least] + inner + [most])
        }
    }

    /// count + 1 numbers from `low` to `high`, equally far apart.
    private static func evenly(_ low: Double, _ high: Double, _ count: Int) -> [Double] {
        let step = (high - low) / Double(count)
        return (0..<count).map { Double($0) * step + low } + [high]
    }

    /// The edges without those that end a bin no wider than 10⁻⁸; none when no bin is left.
    private static func wide(_ edges: [Double]) -> [Double] {
        let kept = edges.indices.filter { $0 == 0 || edges[$0] - edges[$0 - 1] > 1e-8 }.map { edges[$0] }
        return kept.count > 1 ? kept : []
    }

    /// The values at the given shares of the rows, or of their weight.
    private func quantiles(_ column: [Double], _ weights: [Double]?, _ shares: [Double]) -> [Double] {
        guard let weights else {
            let values = column.sorted()
            return shares.map { share in
                switch quantileMethod {
                case .linear: return Self.at(share * Double(values.count - 1), values, gamma: nil)
                case .averagedInvertedCDF: return Self.at(share * Double(values.count) - 1, values, gamma: 0.5)
                case .invertedCDF: return Self.at(share * Double(values.count) - 1, values, gamma: 0)
                }
            }
        }
        let order = column.indices.sorted { column[$0] != column[$1] ? column[$0] < column[$1] : $0 < $1 }
        var sum = 0.0
        let reached = order.map { i in
            sum += weights[i]
            return sum
        }
        return shares.map { share in
            let target = share * sum == 0 ? Double.leastNonzeroMagnitude : share * sum
            let place = min(order.count - 1, Self.first(in: reached) { $0 >= target })
            let value = column[order[place]]
            guard quantileMethod == .averagedInvertedCDF, !(reached[place] - target > Double.ulpOfOne) else {
                return value
            }
            // Rows without weight do not count as the next ones.
            let next = Self.first(in: reached) { $0 > reached[place] }
            return (value + column[order[next < order.count ? next : place]]) / 2
        }
    }

    /// The value at a place between two indices: the lower one where the place is an index and `gamma` is 0, the mean of both
    /// where it is 0.5, else the upper one; where `gamma` is nil, a linear mix.
    private static func at(_ place: Double, _ values: [Double], gamma: Double?) -> Double {
        let last = values.count - 1
        if place < 0 { return values[0] }
        if place >= Double(last) { return values[last] }
        let low = Int(place)
        let part = place - Double(low)
        let mix = gamma.map { part == 0 ? $0 : 1 } ?? part
        return OrderKernel.mixed(values[low], values[low + 1], mix)
    }

    /// The first index for which the condition holds, given that it holds for all after it too.
    private static func first(in values: [Double], where condition: (Double) -> Bool) -> Int {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low + high) / 2
            if condition(values[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
