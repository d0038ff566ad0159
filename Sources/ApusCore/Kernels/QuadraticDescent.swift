/// Minimises `g·δ + ½ δᵀHδ + Σ (½ l2ⱼ (wⱼ + δⱼ)² + l1ⱼ |wⱼ + δⱼ|)` over δ, with a Hessian that is known as a matrix.
///
/// Sweeps over the coordinates find which of w + δ are 0 and the signs of the others; steps to the minimum for these signs
/// end it, where coordinates that depend on each other would make sweeps crawl.
@_documentation(visibility: internal)
public struct QuadraticDescent {
    private let hessian: Matrix
    private let slopes: [Double]
    private let l1: [Double]
    private let l2: [Double]
    private var values: [Double]
    /// Keeps `-Hδ` up to date.
    private var problem: GramProblem

    /// The problem around a point.
    ///
    /// - Parameters:
    ///   - hessian: H, m × m, symmetric.
    ///   - slopes: g, m values.
    ///   - start: w, m values.
    ///   - l1: m values, at least 0.
    ///   - l2: m values, at least 0.
    public init(hessian: Matrix, slopes: [Double], from start: [Double], l1: [Double], l2: [Double]) {
        self.hessian = hessian
        self.slopes = slopes
        self.l1 = l1
        self.l2 = l2
        values = start
        problem = GramProblem(
            gram: hessian, moments: [Double](repeating: 0, count: start.count), targetSquare: 0)
    }

    /// The minimum w + δ.
    ///
    /// - Parameters:
    ///   - accuracy: Sweeps end when one decreases the model by no more than this part of what the first did.
    ///   - maxSweeps: The most sweeps.
    public mutating func minimize(accuracy: Double, maxSweeps: Int) -> [Double] {
        var first = 0.0
        for sweep in 0..<maxSweeps {
            let decrease = self.sweep()
            if sweep == 0 { first = decrease }
            if decrease <= accuracy * first { break }
            if sweep % 8 == 7 { stepWithinSigns() }
        }
        return values
    }

    /// The derivative of all but the L1 penalty.
    private func slope(_ j: Int) -> Double { slopes[j] + l2[j] * values[j] - problem.slope(j) }

    private mutating func set(_ j: Int, to value: Double) {
        let step = value - values[j]
        if step == 0 { return }
        values[j] = value
        problem.move(j, by: step)
    }

    /// Minimises over each coordinate in turn; returns twice what that decreased the model by.
    private mutating func sweep() -> Double {
        var decrease = 0.0
        for j in values.indices {
            let bend = hessian[j, j] + l2[j]
            guard bend > 0 else { continue }
            let old = values[j]
            let aim = old * bend - slope(j)
            let new = (aim < 0 ? -1 : 1) * max(aim.magnitude - l1[j], 0) / bend
            set(j, to: new)
            decrease += bend * (new - old) * (new - old)
        }
        return decrease
    }

    /// Goes towards the minimum with all zeros and signs as they are, as far as they stay so.
    private mutating func stepWithinSigns() {
        let free = values.indices.filter { values[$0] != 0 || l1[$0] == 0 }
        guard !free.isEmpty else { return }
        var part = hessian.selecting(rows: free).selecting(columns: free)
        // A trace of a penalty: along directions that the Hessian does not know the step is long instead of endless.
        let trace = free.reduce(0) { $0 + hessian[$1, $1] } / Double(free.count)
        part.withMutableValues { values in
            for (k, j) in free.enumerated() { values[k * free.count + k] += l2[j] + 1e-12 * trace }
        }
        guard let factor = LAPACK.Cholesky(part) else { return }
        let step = factor.solve(free.map { -slope($0) - (values[$0] > 0 ? l1[$0] : -l1[$0]) * (l1[$0] > 0 ? 1 : 0) })
        var length = 1.0
        var blocking: Int?
        for (k, j) in free.enumerated() where l1[j] > 0 && values[j] * step[k] < 0 {
            let limit = -values[j] / step[k]
            if limit < length { (length, blocking) = (limit, j) }
        }
        guard step.allSatisfy(\.isFinite) else { return }
        for (k, j) in free.enumerated() { set(j, to: j == blocking ? 0 : values[j] + length * step[k]) }
    }
}
