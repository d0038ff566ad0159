import ApusCore
import ApusLearn
import Foundation

/// Which features kernel SHAP gives a part to; the others get 0.
///
/// Selections are those of shap's `l1_reg`, with one difference: where nothing would be selected, or nothing is left over by
/// the selected ones, all features are taken, so that base and contributions always add up to the output.
public enum KernelSelection: Sendable, Hashable {
    /// All.
    case none
    /// As `aic` where less than a fifth of all coalitions is asked about, otherwise all.
    case auto
    /// The first of a least-angle regression.
    case features(Int)
    /// Those of the lasso path's model with the least Akaike criterion.
    case aic
    /// Those of the lasso path's model with the least Bayesian criterion.
    case bic
    /// Those that a lasso with this penalty keeps.
    case alpha(Double)

    /// Whether features are selected at all.
    ///
    /// - Parameter share: The share of all coalitions that is asked about.
    func applies(_ share: Double) -> Bool {
        switch self {
        case .none: false
        case .auto: share < 0.2
        case .features, .aic, .bic, .alpha: true
        }
    }

    /// Throws for a selection of nothing.
    func check() throws {
        switch self {
        case .features(let count) where count < 1:
            throw ApusError(.invalidParameter, "\(count) features are none; select at least one.")
        case .alpha(let alpha) where !(alpha > 0 && alpha.isFinite):
            throw ApusError(.invalidParameter, "The penalty is \(alpha); it must be a number above 0.")
        case .none, .auto, .features, .aic, .bic, .alpha: return
        }
    }

    /// The selected features, at least one.
    ///
    /// - Parameters:
    ///   - masks: Whether each feature is in each coalition: coalitions × features.
    ///   - weights: The weights of the coalitions.
    ///   - answers: What the model says of each coalition, less the base.
    ///   - total: What it says of the row, less the base.
    func selected(_ masks: Matrix, weights: [Double], answers: [Double], total: Double) throws -> [Int] {
        let (n, m) = (masks.rows, masks.columns)
        let sizes = (0..<n).map { masks.row($0).reduce(0, +) }
        // Each coalition counts twice: seen from nothing, and from everything.
        let roots =
            (0..<n).map { (weights[$0] * (Double(m) - sizes[$0])).squareRoot() }
            + (0..<n).map { (weights[$0] * sizes[$0]).squareRoot() }
        let design = Matrix(rows: 2 * n, columns: m) { values in
            for row in 0..<2 * n {
                let source = row % n
                for k in 0..<m { values[row * m + k] = roots[row] * (masks[source, k] - (row < n ? 0 : 1)) }
            }
        }
        let target = (0..<2 * n).map { roots[$0] * (answers[$0 % n] - ($0 < n ? 0 : total)) }
        let found: [Int]
        switch self {
        case .none: found = Array(0..<m)
        case .features(let count):
            found = try LeastAngles(design, target, steps: count, isLasso: false).active
        case .auto, .aic: found = try Self.byCriterion(design, target) { _ in 2 }
        case .bic: found = try Self.byCriterion(design, target) { log(Double($0)) }
        case .alpha(let alpha):
            let coefficients = try Lasso(alpha: alpha).fit(design, target).coefficients
            found = coefficients.indices.filter { coefficients[$0] != 0 }
        }
        return found.isEmpty ? Array(0..<m) : found
    }

    /// The features of the model on the lasso's path whose criterion is least.
    private static func byCriterion(
        _ x: Matrix, _ y: [Double], _ price: (_ rows: Int) -> Double
    ) throws -> [Int] {
        let (n, d) = (x.rows, x.columns)
        guard n > d + 1 else {
            throw ApusError(
                .invalidParameter,
                "\(n / 2) coalitions are too few to estimate the noise of \(d) features; ask about more, or select by features."
            )
        }
        let scales = (0..<d).map { j -> Double in
            let column = x.column(j)
            let mean = meanOf(column)
            let deviation = meanOf(column.map { ($0 - mean) * ($0 - mean) }).squareRoot()
            return deviation > 0 ? deviation : 1
        }
        let means = (0..<d).map { meanOf(x.column($0)) }
        let centred = Matrix(rows: n, columns: d) { values in
            for row in 0..<n { for j in 0..<d { values[row * d + j] = (x[row, j] - means[j]) / scales[j] } }
        }
        let mean = meanOf(y)
        let target = y.map { $0 - mean }
        func residual(_ coefficients: [Double]) throws -> Double {
            let fitted = try BLAS.product(centred, coefficients)
            return zip(target, fitted).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        let whole = try LAPACK.leastSquares(
            centred, Matrix(column: target), tolerance: Double.ulpOfOne * Double(max(n, d)))
        let noise = try residual(whole.solution.values) / Double(n - d - 1)
        let size = target.reduce(0) { $0 + $1 * $1 }
        guard noise > Double.ulpOfOne * size / Double(n) else { return Array(0..<d) }
        let path = try LeastAngles(centred, target, steps: 500, isLasso: true).path.map(\.coefficients)
        let criteria = try path.map { coefficients in
            let kept = coefficients.count { $0.magnitude > .ulpOfOne }
            return try residual(coefficients) / noise + price(n) * Double(kept)
        }
        let best = criteria.indices.min { (criteria[$0], $0) < (criteria[$1], $1) } ?? 0
        return path[best].indices.filter { path[best][$0] != 0 }
    }
}
