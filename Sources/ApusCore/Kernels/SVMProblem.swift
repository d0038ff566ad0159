/// The quadratic programme behind every support-vector machine, written with signed multipliers:
/// minimise ½ βᵀ K β + pᵀ β, with lower ≤ β ≤ upper and the sum of β fixed (in each group, where there are groups).
///
/// A classifier's β is α times ±1, so that a multiplier of the positive class lies in 0...C and one of the negative
/// class in -C...0. A regression has two multipliers for each row, `index + n` beside `index`.
@_documentation(visibility: internal)
public struct SVMProblem: Sendable {
    /// The linear term; as many as there are multipliers.
    public var linear: [Double]
    /// The least value of each multiplier, at most 0.
    public var lower: [Double]
    /// The greatest value of each multiplier, at least 0.
    public var upper: [Double]
    /// Where the multipliers begin, or nil for zeros.
    public var start: [Double]?
    /// Whether the sums of the multipliers with `upper` > 0 and of the others are each fixed: the ν programmes.
    public var isGrouped: Bool

    /// A programme.
    public init(
        linear: [Double], lower: [Double], upper: [Double], start: [Double]? = nil, isGrouped: Bool = false
    ) {
        self.linear = linear
        self.lower = lower
        self.upper = upper
        self.start = start
        self.isGrouped = isGrouped
    }

    /// Where a solver ended.
    public struct Solution: Sendable, Hashable {
        /// The signed multipliers.
        public var multipliers: [Double]
        /// The decision threshold: what is subtracted from Σ β K.
        public var threshold: Double
        /// The margin of the ν programmes, else 0.
        public var margin: Double
        /// ½ βᵀ K β + pᵀ β.
        public var objective: Double
        /// How many pairs of multipliers were moved.
        public var iterations: Int
        /// Whether the largest violation fell below the tolerance.
        public var converged: Bool
    }

    /// When to stop.
    public struct Limits: Sendable, Hashable {
        /// The largest violation of the optimality conditions that is let pass.
        public var tolerance: Double
        /// The most iterations, or nil for as many as it takes (within reason: 10⁷, and 100 for each multiplier).
        public var iterations: Int?
        /// Whether multipliers that seem settled are left out meanwhile.
        public var shrinking: Bool
        /// How much memory kernel rows may take.
        public var cacheBytes: Int

        /// Limits.
        public init(tolerance: Double, iterations: Int?, shrinking: Bool, cacheBytes: Int) {
            self.tolerance = tolerance
            self.iterations = iterations
            self.shrinking = shrinking
            self.cacheBytes = cacheBytes
        }

        func most(_ multipliers: Int) -> Int {
            iterations ?? max(10_000_000, multipliers.multipliedReportingOverflow(by: 100).partialValue)
        }
    }

    /// The threshold and the margin where multipliers and their gradients are known.
    ///
    /// The threshold is the mean gradient of the multipliers between their bounds, or the middle of what the bounds
    /// allow when there is none; in the ν programmes that of each group on its own.
    func threshold(
        _ multipliers: some RandomAccessCollection<Double>, _ gradient: some RandomAccessCollection<Double>
    ) -> (threshold: Double, margin: Double) {
        func middle(_ belongs: (Int) -> Bool) -> Double {
            var (above, below, sum, free) = (Double.infinity, -Double.infinity, 0.0, 0)
            for (k, (value, slope)) in zip(multipliers, gradient).enumerated() where belongs(k) {
                if value >= upper[k] {
                    below = max(below, slope)
                    if value <= lower[k] { above = min(above, slope) }
                } else if value <= lower[k] {
                    above = min(above, slope)
                } else {
                    free += 1
                    sum += slope
                }
            }
            if free > 0 { return sum / Double(free) }
            // With everything at one kind of bound, only that side says anything.
            if above == .infinity { return below == -.infinity ? 0 : below }
            return below == -.infinity ? above : (above + below) / 2
        }
        guard isGrouped else { return (middle { lower[$0] < upper[$0] }, 0) }
        // The gradient of a negative multiplier carries the other sign.
        let positive = middle { upper[$0] > 0 }
        let negative = -middle { lower[$0] < 0 }
        return ((positive - negative) / 2, (positive + negative) / 2)
    }
}
