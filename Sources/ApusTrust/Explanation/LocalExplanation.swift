import ApusCore

/// A linear model that imitates another one around a row: what LIME answers.
///
/// It is an approximation: `score` says how well it fits there, and `LimeTabularExplainer.stability` how much of it comes
/// from the draw.
public struct LocalExplanation: Sendable, Hashable {
    /// A feature of the local model.
    public struct Term: Sendable, Hashable {
        /// The place of the feature among all.
        public let feature: Int
        /// What holds in the row, such as `2.00 < age <= 5.00` or `colour=red`; a word for texts.
        public let condition: String
        /// What the local model adds where it holds.
        public let weight: Double
    }

    /// The output that is explained.
    public let outputName: String
    /// The features of the local model, the greatest weights first.
    public let terms: [Term]
    /// What the local model says where none of the conditions holds.
    public let intercept: Double
    /// The share of the variance of the model's answers around the row that the local model explains (R²), 1 at most; nil
    /// where they do not vary.
    public let score: Double?
    /// What the local model says of the row.
    public let localPrediction: Double
    /// What the model says of the row.
    public let prediction: Double
}

/// Which features LIME keeps.
public enum LimeSelection: String, Sendable, Hashable, CaseIterable {
    /// Forward selection of up to 6 features, the highest weights for more.
    case auto
    /// One by one those that explain most of what is left.
    case forwardSelection
    /// Those with the greatest weights in a fit to all.
    case highestWeights
    /// All.
    case none
}

/// The weighted linear fits of LIME, from the sums of products alone.
struct LocalFit {
    /// Products of the centred columns and of the target, the last one: (d + 1) × (d + 1).
    private let products: Matrix
    private let means: [Double]
    private let d: Int
    private let first: [Double]

    /// - Parameters:
    ///   - design: The rows around the one that is explained, which comes first: n × d.
    ///   - target: What the model says of them.
    ///   - weights: How near they are.
    init(_ design: Matrix, target: [Double], weights: [Double]) {
        d = design.columns
        let (d, n) = (d, design.rows)
        let total = weights.reduce(0, +)
        var means = [Double](repeating: 0, count: d + 1)
        for row in 0..<n {
            for j in 0..<d { means[j] += weights[row] * design.values[row * d + j] }
            means[d] += weights[row] * target[row]
        }
        for j in 0...d { means[j] /= total }
        let centred = Matrix(rows: n, columns: d + 1) { values in
            for row in 0..<n {
                let root = weights[row].squareRoot()
                for j in 0..<d { values[row * (d + 1) + j] = root * (design.values[row * d + j] - means[j]) }
                values[row * (d + 1) + d] = root * (target[row] - means[d])
            }
        }
        products = BLAS.gram(centred)
        self.means = means
        first = design.row(0)
    }

    /// A ridge regression on some features: their weights, the intercept and R², nil where the target does not vary.
    func ridge(_ features: [Int], alpha: Double) -> (weights: [Double], intercept: Double, score: Double?) {
        let k = features.count
        let system = Matrix(rows: k, columns: k) { values in
            for i in 0..<k {
                for j in 0..<k { values[i * k + j] = products[features[i], features[j]] + (i == j ? alpha : 0) }
            }
        }
        let right = features.map { products[$0, d] }
        let weights = k == 0 ? [] : LAPACK.Cholesky(system)?.solve(right) ?? [Double](repeating: 0, count: k)
        let intercept = zip(features, weights).reduce(means[d]) { $0 - means[$1.0] * $1.1 }
        var residual = products[d, d]
        for i in 0..<k {
            residual -= 2 * weights[i] * right[i]
            for j in 0..<k { residual += weights[i] * weights[j] * products[features[i], features[j]] }
        }
        return (weights, intercept, products[d, d] > 0 ? 1 - residual / products[d, d] : nil)
    }

    /// The features that are kept.
    func selected(_ count: Int, _ selection: LimeSelection) -> [Int] {
        switch selection {
        case .none: return Array(0..<d)
        case .auto: return selected(count, count <= 6 ? .forwardSelection : .highestWeights)
        case .forwardSelection: return forward(count)
        case .highestWeights:
            let weights = ridge(Array(0..<d), alpha: 0.01).weights
            let sizes = (0..<d).map { (weights[$0] * first[$0]).magnitude }
            return Array(sizes.indices.sorted { (sizes[$1], $0) < (sizes[$0], $1) }.prefix(count))
        }
    }

    /// Features one by one, each time the one that explains most of what is left.
    private func forward(_ count: Int) -> [Int] {
        var left = products.values
        let width = d + 1
        var chosen: [Int] = []
        for _ in 0..<min(count, d) {
            var best = (feature: -1, gain: -Double.infinity)
            for j in 0..<d where !chosen.contains(j) {
                let (own, shared) = (left[j * width + j], left[j * width + d])
                // A column that the chosen ones determine explains nothing more.
                let gain = own > 1e-12 * products[j, j] && own > 0 ? shared * shared / own : 0
                if gain > best.gain { best = (j, gain) }
            }
            guard best.feature >= 0 else { break }
            let pivot = left[best.feature * width + best.feature]
            chosen.append(best.feature)
            guard pivot > 1e-12 * products[best.feature, best.feature], pivot > 0 else { continue }
            let row = Array(left[best.feature * width..<(best.feature + 1) * width])
            for i in 0..<width {
                let factor = row[i] / pivot
                if factor == 0 { continue }
                for j in 0..<width { left[i * width + j] -= factor * row[j] }
            }
        }
        return chosen
    }
}
