import ApusCore
import Foundation

/// The coefficients of a linear regression for a descending series of penalty strengths.
public struct RegularizationPath: Sendable, Hashable {
    /// The strengths of the penalty, descending; m of them.
    public let alphas: [Double]
    /// The coefficients: m × d, a row for each strength.
    public let coefficients: Matrix
    /// The intercept for each strength; 0 where none is fitted.
    public let intercepts: [Double]
    /// How far each objective is above its minimum at most.
    public let dualGaps: [Double]
    /// How many sweeps each strength took.
    public let iterations: [Int]
    /// Whether each duality gap came down to the tolerance.
    public let converged: [Bool]
}

/// Which penalty strengths a path goes through.
public enum PathAlphas: Sendable, Hashable {
    /// So many strengths in geometric series, from the least that makes all coefficients 0 down to `eps` times it.
    case count(Int)
    /// These strengths, in any order.
    case values([Double])
}

/// The lasso for a descending series of penalty strengths, each begun where the last one ended.
///
/// - Parameters: As those of `enetPath`, with `l1Ratio` 1.
/// - Throws: As `enetPath`.
public func lassoPath(
    _ x: Matrix, _ y: [Double], alphas: PathAlphas = .count(100), eps: Double = 1e-3, fitIntercept: Bool = false,
    weights: [Double]? = nil, precompute: GramUse = .auto, maxIter: Int = 1000, tol: Double = 1e-4,
    positive: Bool = false, selection: CoordinateSelection = .cyclic, seed: UInt32 = 0, start: [Double]? = nil,
    progress: ProgressHandler? = nil
) throws -> RegularizationPath {
    try enetPath(
        x, y, l1Ratio: 1, alphas: alphas, eps: eps, fitIntercept: fitIntercept, weights: weights,
        precompute: precompute, maxIter: maxIter, tol: tol, positive: positive, selection: selection, seed: seed,
        start: start, progress: progress)
}

/// The lasso over sparse rows for a descending series of penalty strengths.
///
/// - Parameters: As those of `enetPath`, with `l1Ratio` 1.
/// - Throws: As `enetPath`.
public func lassoPath(
    _ x: SparseMatrix, _ y: [Double], alphas: PathAlphas = .count(100), eps: Double = 1e-3,
    fitIntercept: Bool = false, weights: [Double]? = nil, maxIter: Int = 1000, tol: Double = 1e-4,
    positive: Bool = false, selection: CoordinateSelection = .cyclic, seed: UInt32 = 0, start: [Double]? = nil,
    progress: ProgressHandler? = nil
) throws -> RegularizationPath {
    try enetPath(
        x, y, l1Ratio: 1, alphas: alphas, eps: eps, fitIntercept: fitIntercept, weights: weights, maxIter: maxIter,
        tol: tol, positive: positive, selection: selection, seed: seed, start: start, progress: progress)
}

/// The elastic net for a descending series of penalty strengths, each begun where the last one ended.
///
/// - Parameters:
///   - x: n × d, one sample a row.
///   - y: n targets.
///   - l1Ratio: The part of the penalty that is L1, 0 to 1; above 0 unless the strengths are given.
///   - alphas: The strengths of the penalty.
///   - eps: The least strength as a part of the greatest, above 0.
///   - fitIntercept: Whether an intercept is fitted; by default not, as in the reference, which expects centred data.
///   - weights: n sample weights, at least 0; nil for equal ones.
///   - precompute: Whether products of columns are used instead of columns.
///   - maxIter: The most sweeps for a strength.
///   - tol: As for `ElasticNet`.
///   - positive: Whether coefficients are kept from being negative.
///   - selection: In which order coefficients are taken.
///   - seed: Start of the random order.
///   - start: d coefficients to begin with; nil for zeros.
///   - progress: Called after each strength.
/// - Throws: `ApusError` for illegal parameters or data; `CancellationError` when the task is cancelled.
public func enetPath(
    _ x: Matrix, _ y: [Double], l1Ratio: Double = 0.5, alphas: PathAlphas = .count(100), eps: Double = 1e-3,
    fitIntercept: Bool = false, weights: [Double]? = nil, precompute: GramUse = .auto, maxIter: Int = 1000,
    tol: Double = 1e-4, positive: Bool = false, selection: CoordinateSelection = .cyclic, seed: UInt32 = 0,
    start: [Double]? = nil, progress: ProgressHandler? = nil
) throws -> RegularizationPath {
    try x.checkUsable()
    try checkTargets(y, rows: x.rows)
    try checkSampleWeights(weights, rows: x.rows)
    let net = ElasticNet(
        l1Ratio: l1Ratio, fitIntercept: fitIntercept, precompute: precompute, maxIter: maxIter, tol: tol,
        positive: positive, selection: selection, seed: seed)
    try net.validateParameters()
    let problem = try ElasticNetProblem(
        x, y, weights: weights, centred: fitIntercept, gram: precompute, tolerance: tol)
    return try problem.path(net, alphas, eps: eps, start: start, progress: progress)
}

/// The elastic net over sparse rows for a descending series of penalty strengths.
///
/// - Parameters: As for dense rows.
/// - Throws: As for dense rows.
public func enetPath(
    _ x: SparseMatrix, _ y: [Double], l1Ratio: Double = 0.5, alphas: PathAlphas = .count(100), eps: Double = 1e-3,
    fitIntercept: Bool = false, weights: [Double]? = nil, maxIter: Int = 1000, tol: Double = 1e-4,
    positive: Bool = false, selection: CoordinateSelection = .cyclic, seed: UInt32 = 0, start: [Double]? = nil,
    progress: ProgressHandler? = nil
) throws -> RegularizationPath {
    try x.checkUsable()
    try checkTargets(y, rows: x.rows)
    try checkSampleWeights(weights, rows: x.rows)
    let net = ElasticNet(
        l1Ratio: l1Ratio, fitIntercept: fitIntercept, maxIter: maxIter, tol: tol, positive: positive,
        selection: selection, seed: seed)
    try net.validateParameters()
    let problem = try ElasticNetProblem(x, y, weights: weights, centred: fitIntercept)
    return try problem.path(net, alphas, eps: eps, start: start, progress: progress)
}

extension ElasticNetProblem {
    /// Goes down a series of strengths with the parameters of `net`.
    fileprivate func path(
        _ net: ElasticNet, _ alphas: PathAlphas, eps: Double, start: [Double]?, progress: ProgressHandler?
    ) throws -> RegularizationPath {
        let d = featureMeans.count
        if let start, start.count != d || !start.allSatisfy(\.isFinite) {
            throw ApusError(
                .shapeMismatch, "start has \(start.count) values for \(d) features; give a finite one for each.")
        }
        let strengths = try strengths(alphas, net, eps: eps)
        var random = RandomState(seed: net.seed)
        var current = start
        var (values, intercepts, gaps): ([Double], [Double], [Double]) = ([], [], [])
        var (iterations, converged): ([Int], [Bool]) = ([], [])
        for (k, alpha) in strengths.enumerated() {
            let found = try minimize(
                alpha: alpha, l1Ratio: net.l1Ratio, positive: net.positive, tolerance: net.tol,
                maxIterations: net.maxIter, randomState: net.selection == .random ? random.childSeed() : nil,
                from: current, iterated: { _ in try checkCancellation() })
            let function = try LinearFunction(
                coefficients: found.coefficients, featureMeans: featureMeans, targetMean: targetMean)
            current = found.coefficients
            values += found.coefficients
            intercepts.append(function.intercept)
            gaps.append(found.gap)
            iterations.append(found.iterations)
            converged.append(found.converged)
            progress?(ProgressUpdate(stage: "strengths", completed: k + 1, total: strengths.count))
        }
        return RegularizationPath(
            alphas: strengths, coefficients: Matrix(rows: strengths.count, columns: d, values: values),
            intercepts: intercepts, dualGaps: gaps, iterations: iterations, converged: converged)
    }

    private func strengths(_ alphas: PathAlphas, _ net: ElasticNet, eps: Double) throws -> [Double] {
        switch alphas {
        case .values(let values):
            guard !values.isEmpty, values.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
                throw ApusError(.invalidParameter, "alphas must be at least one finite number of at least 0.")
            }
            return values.sorted(by: >)
        case .count(let count):
            // Each strength keeps its coefficients.
            let most = max(1, 1_000_000_000 / featureMeans.count)
            guard count >= 1, count <= most else {
                throw ApusError(
                    .invalidParameter,
                    "alphas is \(count), but for \(featureMeans.count) features it must be from 1 to \(most).")
            }
            guard eps > 0, eps.isFinite else {
                throw ApusError(.invalidParameter, "eps is \(eps), but it must be a finite number above 0.")
            }
            guard net.l1Ratio > 0 else {
                throw ApusError(
                    .invalidParameter, "l1Ratio is 0, for which no strength makes all coefficients 0; give alphas.")
            }
            let slopes = moments
            let largest = net.positive ? slopes.max() ?? 0 : slopes.reduce(0) { Swift.max($0, $1.magnitude) }
            let greatest = max(0, largest) / (Double(rows) * net.l1Ratio)
            if greatest <= 1e-15 { return [Double](repeating: 1e-15, count: count) }
            return geometric(from: greatest, to: greatest * eps, count: count)
        }
    }

    /// `count` numbers, each the same multiple of the last.
    private func geometric(from first: Double, to last: Double, count: Int) -> [Double] {
        guard count > 1 else { return [first] }
        let (low, high) = (log10(first), log10(last))
        let step = (high - low) / Double(count - 1)
        return (0..<count).map { k in
            k == 0 ? first : (k == count - 1 ? last : pow(10, low + Double(k) * step))
        }
    }
}
