/// Minimises `½‖y - Xw‖² + l1 ‖w‖₁ + ½ l2 ‖w‖²` one coefficient at a time, until the duality gap says that it is done.
///
/// Coefficients that the gap proves to be zero at the minimum are left out from then on (gap-safe screening). Order of
/// operations and stopping are scikit-learn's, so that the number of sweeps is too.
///
/// Sources: J. Friedman, T. Hastie and R. Tibshirani, *Regularization Paths for Generalized Linear Models via Coordinate
/// Descent*, JSS 33 (2010); O. Fercoq, A. Gramfort and J. Salmon, *Mind the duality gap*, ICML 2015; E. Ndiaye and others,
/// *Gap Safe Screening Rules for Sparsity Enforcing Penalties*, JMLR 18 (2017); C. Dünner and others, *Primal-Dual Rates
/// and Certificates*, ICML 2016, for the gap without an L1 penalty.
@_documentation(visibility: internal)
public struct CoordinateDescent: Sendable {
    /// Strength of the L1 penalty, at least 0.
    public var l1: Double
    /// Strength of the L2 penalty, at least 0.
    public var l2: Double
    /// Whether coefficients are kept from being negative.
    public var positive: Bool
    /// Part of `y·y` that the duality gap must come down to; also how small the relative change of the coefficients must
    /// be before the gap is looked at.
    public var tolerance: Double
    /// The most sweeps.
    public var maxIterations: Int
    /// The state of the generator that picks coefficients at random; nil to take them in turn.
    public var randomState: UInt32?

    /// A descent with the given penalties and limits.
    public init(
        l1: Double, l2: Double, positive: Bool, tolerance: Double, maxIterations: Int, randomState: UInt32?
    ) {
        self.l1 = l1
        self.l2 = l2
        self.positive = positive
        self.tolerance = tolerance
        self.maxIterations = maxIterations
        self.randomState = randomState
    }

    /// Where the descent ended.
    public struct Result: Sendable {
        /// The coefficients.
        public var coefficients: [Double]
        /// The last duality gap that was computed.
        public var gap: Double
        /// How many sweeps were done.
        public var iterations: Int
        /// Whether the gap came down to the tolerance.
        public var converged: Bool
    }

    /// Descends from a starting point.
    ///
    /// - Parameters:
    ///   - problem: The data, in one of their forms.
    ///   - start: The coefficients to begin with, or nil for zeros.
    ///   - iterated: Called after each sweep with the number done; may throw to stop.
    public func minimize<Problem: CoordinateProblem>(
        _ problem: Problem, from start: [Double]?, iterated: (Int) throws -> Void
    ) rethrows -> Result {
        var problem = problem
        var w = start ?? [Double](repeating: 0, count: problem.count)
        for j in w.indices where w[j] != 0 { problem.move(j, by: w[j]) }
        let target = tolerance * problem.targetSquare
        let screens = l1 > 0
        var (gap, slopes, dualNorm) = gap(problem, w)
        if gap <= target && (gap >= 0 || !problem.gapMayBeNegative) {
            return Result(coefficients: w, gap: gap, iterations: 0, converged: true)
        }
        var active = Array(w.indices)
        func screen() {
            let radius = (2 * gap.magnitude).squareRoot() / l1
            active.removeAll { j in
                let norm = problem.squaredNorm(j)
                let distance = (1 - (slopes[j] / max(l1, dualNorm)).magnitude) / (norm + l2).squareRoot()
                if norm != 0 && distance <= radius { return false }
                if w[j] != 0 { problem.move(j, by: -w[j]) }
                w[j] = 0
                return true
            }
        }
        if screens { screen() }
        var state = randomState ?? 0
        for iteration in 1...max(1, maxIterations) {
            let (largest, change) = sweep(&problem, &w, active, &state)
            try iterated(iteration)
            if largest == 0 || change / largest <= tolerance || iteration >= maxIterations {
                (gap, slopes, dualNorm) = self.gap(problem, w)
                if gap <= target { return Result(coefficients: w, gap: gap, iterations: iteration, converged: true) }
                if iteration >= maxIterations { break }
                if screens { screen() }
            }
        }
        return Result(coefficients: w, gap: gap, iterations: maxIterations, converged: false)
    }

    /// Minimises over each of some coefficients in turn, or over as many picked at random.
    ///
    /// - Returns: The largest coefficient and the largest change of one.
    private func sweep<Problem: CoordinateProblem>(
        _ problem: inout Problem, _ w: inout [Double], _ active: [Int], _ state: inout UInt32
    ) -> (largest: Double, change: Double) {
        var (largest, change) = (0.0, 0.0)
        for place in active.indices {
            let j = active[randomState == nil ? place : Int(CoordinateDescent.draw(&state)) % active.count]
            let norm = problem.squaredNorm(j)
            if norm == 0 { continue }
            let old = w[j]
            let pull = problem.slope(j) + old * norm
            let excess = max(pull.magnitude - l1, 0)
            let new = positive && pull < 0 ? 0 : (pull < 0 ? -excess : excess) / (norm + l2)
            if new != old {
                w[j] = new
                problem.move(j, by: new - old)
            }
            change = max(change, (new - old).magnitude)
            largest = max(largest, new.magnitude)
        }
        return (largest, change)
    }

    /// The duality gap, `Xᵀ(y - Xw) - l2 w` and its largest element (in magnitude, unless coefficients are positive).
    private func gap<Problem: CoordinateProblem>(_ problem: Problem, _ w: [Double]) -> (Double, [Double], Double) {
        let state = problem.state(w)
        let square = l2 > 0 ? BLAS.dot(w, w) : 0
        if l1 == 0 {
            let slopes = positive ? state.slopes.map { max($0, 0) } : state.slopes
            let dual = BLAS.dot(slopes, slopes)
            // Without penalties there is no gap; the gradient takes its place.
            guard l2 > 0 else { return (stationarity(slopes: state.slopes, w), state.slopes, dual) }
            return (state.residual + 0.5 * l2 * square - state.product + dual / (2 * l2), state.slopes, dual)
        }
        var slopes = state.slopes
        for j in slopes.indices { slopes[j] -= l2 * w[j] }
        let dualNorm =
            positive ? slopes.max() ?? 0 : slopes.reduce(0) { Swift.max($0, $1.magnitude) }
        let primal = 0.5 * (state.residual + l2 * square) + l1 * w.reduce(0) { $0 + $1.magnitude }
        let scale = dualNorm > l1 ? l1 / dualNorm : 1
        let dual = -0.5 * (scale * scale) * (state.residual + l2 * square) + scale * state.product
        return (primal - dual, slopes, dualNorm)
    }

    /// The squared length of the gradient, of which parts that point out of the legal range do not count.
    private func stationarity(slopes: [Double], _ w: [Double]) -> Double {
        guard positive else { return BLAS.dot(slopes, slopes) }
        return zip(slopes, w).reduce(0) { $0 + ($1.1 == 0 && $1.0 < 0 ? 0 : $1.0 * $1.0) }
    }

    /// The next number of a 32-bit xorshift generator, 0 to 2³¹ - 1 (G. Marsaglia, JSS 8, 2003).
    private static func draw(_ state: inout UInt32) -> UInt32 {
        if state == 0 { state = 1 }
        state ^= state << 13
        state ^= state >> 17
        state ^= state << 5
        return state & 0x7fff_ffff
    }
}

/// The data of a coordinate descent: features X, targets y and the residual `y - Xw` in some form.
@_documentation(visibility: internal)
public protocol CoordinateProblem: Sendable {
    /// The number of coefficients.
    var count: Int { get }
    /// `y·y`.
    var targetSquare: Double { get }
    /// Whether rounding can make a duality gap negative that is far from zero.
    var gapMayBeNegative: Bool { get }
    /// The squared length of column `j`.
    func squaredNorm(_ j: Int) -> Double
    /// The product of column `j` with the residual.
    func slope(_ j: Int) -> Double
    /// Adds `step` to coefficient `j`: takes `step` times its column from the residual.
    mutating func move(_ j: Int, by step: Double)
    /// The residual's square, its product with y, and the products of all columns with it.
    func state(_ w: [Double]) -> (residual: Double, product: Double, slopes: [Double])
}
