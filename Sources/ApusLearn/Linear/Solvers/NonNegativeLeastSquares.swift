import ApusCore

/// Minimises `½ xᵀ G x - mᵀ x` over x ≥ 0 by the active-set method of Lawson and Hanson.
///
/// C. L. Lawson and R. J. Hanson, *Solving Least Squares Problems*, SIAM 1995, chapter 23; on products of the columns as
/// R. Bro and S. de Jong, *A fast non-negativity-constrained least squares algorithm*, J. Chemometrics 11 (1997).
struct NonNegativeLeastSquares {
    /// Symmetric and positive semidefinite, d × d.
    let gram: Matrix
    /// d values.
    let moments: [Double]

    struct Result {
        /// The solution.
        var x: [Double]
        /// The elements that are not held at 0, ascending.
        var free: [Int]
        /// How often an element was tried.
        var iterations: Int
        /// Whether no further element wants to leave 0.
        var converged: Bool
    }

    /// Solves for x.
    ///
    /// - Parameter iterated: Called after each change of the set of free elements; may throw to stop.
    func solve(iterated: (Int) throws -> Void) throws -> Result {
        let d = moments.count
        var x = [Double](repeating: 0, count: d)
        var free: [Int] = []
        var slopes = moments
        let noise = 1e-14 * Double(d) * moments.reduce(0) { max($0, $1.magnitude) }
        var refused = Set<Int>()
        let limit = 30 * d + 10
        for round in 1...limit {
            try iterated(round)
            let candidates = (0..<d).filter { !free.contains($0) && !refused.contains($0) && slopes[$0] > noise }
            guard let entering = candidates.max(by: { slopes[$0] < slopes[$1] }) else {
                return Result(x: x, free: free.sorted(), iterations: round, converged: true)
            }
            guard let first = solution(free + [entering]), first.last ?? 0 > 0 else {
                // It depends on the free ones, or its slope is rounding only: another one first.
                refused.insert(entering)
                continue
            }
            free.append(entering)
            var trial = first
            while let least = trial.min(), least <= 0 {
                // Go as far towards the trial solution as stays legal, and hold what reached 0.
                var step = 1.0
                for (k, j) in free.enumerated() where trial[k] <= 0 { step = min(step, x[j] / (x[j] - trial[k])) }
                for (k, j) in free.enumerated() {
                    x[j] += step * (trial[k] - x[j])
                    if trial[k] <= 0 && x[j] <= 1e-15 * trial[k].magnitude + 1e-300 { x[j] = 0 }
                }
                let kept = free.enumerated().filter { trial[$0.offset] > 0 || x[$0.element] > 0 }.map(\.element)
                // At least the element that set the step leaves, whatever rounding made of it.
                if kept.count == free.count {
                    let blocking = free.enumerated().filter { trial[$0.offset] <= 0 }.min { x[$0.1] < x[$1.1] }
                    if let blocking { x[blocking.element] = 0 }
                    free.removeAll { $0 == blocking?.element }
                } else {
                    free = kept
                }
                guard !free.isEmpty, let next = solution(free) else { break }
                trial = next
            }
            x = [Double](repeating: 0, count: d)
            for (k, j) in free.enumerated() where k < trial.count { x[j] = max(0, trial[k]) }
            refused = []
            slopes = moments
            for j in free { BLAS.add(gram.row(j), times: -x[j], to: &slopes) }
        }
        return Result(x: x, free: free.sorted(), iterations: limit, converged: false)
    }

    /// The minimum over some elements with all others 0, or nil when they depend on each other.
    private func solution(_ free: [Int]) -> [Double]? {
        let part = gram.selecting(rows: free).selecting(columns: free)
        guard let factor = LAPACK.Cholesky(part), factor.reciprocalCondition > 1e-14 else { return nil }
        return factor.solve(free.map { moments[$0] })
    }
}
