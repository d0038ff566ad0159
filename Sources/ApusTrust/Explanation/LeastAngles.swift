import ApusCore

/// The path of coefficients that least-angle regression goes from none to all, from products of the columns alone.
///
/// Each step goes along the direction that has the same angle to all columns in the model, until another column is as
/// correlated with what is left as these are. As a lasso, a column whose coefficient would change its sign leaves. Steps, and
/// where they stop, are scikit-learn's.
///
/// B. Efron, T. Hastie, I. Johnstone, R. Tibshirani, "Least angle regression", Annals of Statistics 32 (2004).
struct LeastAngles {
    /// The columns in the model at the end, in the order in which they came.
    private(set) var active: [Int] = []
    /// The steps, the first at coefficients of 0.
    private(set) var path: [Step]

    /// Where a step leads.
    struct Step: Sendable, Hashable {
        /// A coefficient for each column.
        let coefficients: [Double]
    }

    private let gram: Matrix
    private var correlations: [Double]
    private var signs: [Double] = []
    private var dropped: Set<Int> = []

    /// - Parameters:
    ///   - x: n × d.
    ///   - y: n numbers.
    ///   - steps: The most steps.
    ///   - isLasso: Whether columns leave when their coefficients change sign.
    init(_ x: Matrix, _ y: [Double], steps: Int, isLasso: Bool) throws {
        gram = BLAS.gram(x)
        correlations = try BLAS.product(transposed: x, y)
        let d = x.columns
        path = [Step(coefficients: [Double](repeating: 0, count: d))]
        let enough = Double(Float.ulpOfOne) * Double(x.rows)
        var (mayEnter, lastSize) = (true, Double.infinity)
        while path.count <= steps {
            let outside = (0..<d).filter { !active.contains($0) && !dropped.contains($0) }
            let strongest = outside.max { correlations[$0].magnitude < correlations[$1].magnitude }
            let size = mayEnter ? strongest.map { correlations[$0].magnitude } ?? 0 : lastSize
            guard size > enough, active.count < d else { break }
            if mayEnter, let entering = strongest {
                guard isIndependent(entering) else {
                    dropped.insert(entering)
                    continue
                }
                active.append(entering)
                signs.append(correlations[entering] < 0 ? -1 : 1)
            }
            if isLasso, path.count > 1, size > lastSize * (1 + 1e-12) { break }
            guard let leaving = step(size, isLasso: isLasso) else { break }
            lastSize = leaving.size
            mayEnter = leaving.places.isEmpty
            if isLasso {
                for place in leaving.places.sorted(by: >) {
                    // Its correlation is again one like the others outside.
                    active.remove(at: place)
                    signs.remove(at: place)
                }
            }
        }
    }

    /// Whether a column is not a sum of those in the model.
    private func isIndependent(_ column: Int) -> Bool {
        guard gram[column, column] > 0 else { return false }
        if active.isEmpty { return true }
        guard let factor = LAPACK.Cholesky(submatrix(active)) else { return false }
        let shared = active.map { gram[$0, column] }
        let explained = zip(factor.solve(shared), shared).reduce(0) { $0 + $1.0 * $1.1 }
        return (gram[column, column] - explained).magnitude.squareRoot() >= 1e-7
    }

    private func submatrix(_ columns: [Int]) -> Matrix {
        Matrix(
            rows: columns.count, columns: columns.count, values: columns.flatMap { i in columns.map { gram[i, $0] } })
    }

    /// One step: the places of the columns whose coefficients reach 0 on it, and how correlated the columns are after it.
    private mutating func step(_ size: Double, isLasso: Bool) -> (places: [Int], size: Double)? {
        let tiny = Double(Float.leastNormalMagnitude)
        guard let factor = LAPACK.Cholesky(submatrix(active)) else { return nil }
        var direction = factor.solve(signs)
        let scale = 1 / zip(direction, signs).reduce(0) { $0 + $1.0 * $1.1 }.squareRoot()
        guard scale.isFinite else { return nil }
        for k in direction.indices { direction[k] *= scale }
        let angles = (0..<gram.columns).map { j in
            zip(active, direction).reduce(0) { $0 + gram[$1.0, j] * $1.1 }
        }
        func leastPositive(_ values: some Sequence<Double>) -> Double {
            values.reduce(.greatestFiniteMagnitude) { $1 > 0 && $1 < $0 ? $1 : $0 }
        }
        let outside = (0..<gram.columns).filter { !active.contains($0) && !dropped.contains($0) }
        var length = min(
            leastPositive(outside.map { (size - correlations[$0]) / (scale - angles[$0] + tiny) }),
            leastPositive(outside.map { (size + correlations[$0]) / (scale + angles[$0] + tiny) }), size / scale)
        let before = path[path.count - 1].coefficients
        let crossings = zip(active, direction).map { -before[$0] / ($1 + tiny) }
        let first = leastPositive(crossings)
        var leaving: [Int] = []
        if first < length {
            leaving = crossings.indices.filter { crossings[$0] == first }
            for place in leaving { signs[place] = -signs[place] }
            if isLasso { length = first }
        }
        var after = before
        for (column, change) in zip(active, direction) { after[column] += length * change }
        if isLasso { for place in leaving { after[active[place]] = 0 } }
        for j in correlations.indices { correlations[j] -= length * angles[j] }
        path.append(Step(coefficients: after))
        return (leaving, size - length * scale)
    }
}
