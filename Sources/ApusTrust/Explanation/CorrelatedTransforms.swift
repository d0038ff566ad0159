import ApusCore

/// The matrices that make contributions to a linear model of a row's deviations from the means, with features that go
/// together taken as such.
///
/// In an order of the features, each adds what the expectation of the output given the features up to it gains. Under a
/// covariance C the features outside of the known ones S are expected to deviate by `C(·,S) C(S,S)⁻¹ d(S)`, which is linear in
/// the deviations d; so the mean over orders is one matrix for each output. Features without variance keep their own part, and
/// those that are perfectly correlated share one, each on its own scale (the reference takes their scales as the same, and its
/// parts do not add up where these differ).
///
/// S. M. Lundberg, S.-I. Lee, "A unified approach to interpreting model predictions", NIPS 30 (2017); the matrices follow the
/// reference's documentation of its imputing masker.
struct CorrelatedTransforms: Sendable {
    /// Groups of perfectly correlated features with variance.
    private let groups: [[Int]]
    /// For each feature its scale, 1 for the first of a group.
    private let scales: [Double]
    private let coefficients: Matrix
    /// For each output what the mean deviation of each group adds to each group: groups × groups.
    private let transforms: [Matrix]

    /// - Parameters:
    ///   - coefficients: Outputs × d.
    ///   - background: m × d, at least two rows.
    ///   - means: Its means.
    ///   - orders: How many orders are averaged.
    ///   - seed: The seed of the orders.
    init(_ coefficients: Matrix, background: Matrix, means: [Double], orders: Int, seed: UInt32) throws {
        guard orders >= 1 else {
            throw ApusError(.invalidParameter, "\(orders) orders of the features are none; take at least one.")
        }
        guard background.rows >= 2 else {
            throw ApusError(
                .invalidInput,
                "The background has one row, which tells no correlations; give more, or take features as "
                    + "independent.")
        }
        let d = coefficients.columns
        let centred = Matrix(rows: background.rows, columns: d) { values in
            for row in 0..<background.rows {
                for j in 0..<d { values[row * d + j] = background[row, j] - means[j] }
            }
        }
        var covariance = BLAS.gram(centred)
        covariance.withMutableValues { values in
            for k in values.indices { values[k] /= Double(background.rows - 1) }
        }
        groups = Self.groups(covariance)
        self.coefficients = coefficients
        var scales = [Double](repeating: 1, count: d)
        for members in groups {
            let first = covariance[members[0], members[0]]
            for j in members.dropFirst() { scales[j] = (covariance[j, j] / first).squareRoot() }
        }
        self.scales = scales
        let merged = Self.regularized(Self.merged(covariance, groups, scales))
        var random = RandomState(seed: seed)
        var order = Array(groups.indices)
        let drawn = (0..<orders).map { _ in
            random.shuffle(&order)
            return order
        }
        let (groups, m) = (groups, groups.count)
        transforms = (0..<coefficients.rows).map { k in
            let weights = groups.map { members in members.reduce(0) { $0 + coefficients[k, $1] * scales[$1] } }
            let blocks = Parallel.blocks(of: orders, size: 64)
            let parts = Parallel.map(blocks.count) { block in
                var total = Matrix(rows: m, columns: m)
                for place in blocks[block] { Self.add(drawn[place], merged, weights, to: &total) }
                return total
            }
            return Matrix(rows: m, columns: m) { values in
                for part in parts { for i in values.indices { values[i] += part.values[i] } }
                for i in values.indices { values[i] /= Double(orders) }
            }
        }
    }

    /// What each feature adds to an output of a row.
    ///
    /// - Parameter deviations: How far the row's features are from the means.
    func contributions(_ deviations: [Double], output: Int) -> [Double] {
        var values = deviations.indices.map { coefficients[output, $0] * deviations[$0] }
        let shared = groups.map { members in
            members.reduce(0) { $0 + deviations[$1] / scales[$1] } / Double(members.count)
        }
        for (i, members) in groups.enumerated() {
            let part = shared.indices.reduce(0) { $0 + transforms[output][i, $1] * shared[$1] }
            for j in members {
                // Where features that always went together do not, each answers for its own difference.
                values[j] =
                    coefficients[output, j] * (deviations[j] - scales[j] * shared[i]) + part / Double(members.count)
            }
        }
        return values
    }

    /// Features with variance, perfectly correlated ones together.
    private static func groups(_ covariance: Matrix) -> [[Int]] {
        let valid = (0..<covariance.rows).filter { covariance[$0, $0] > 1e-8 }
        var groups: [[Int]] = []
        var isTaken: Set<Int> = []
        for i in valid where !isTaken.contains(i) {
            let members = valid.filter { j in
                guard !isTaken.contains(j) else { return false }
                let correlation = covariance[i, j] / (covariance[i, i] * covariance[j, j]).squareRoot()
                return (2 * correlation - 2).magnitude < 1e-8 || i == j
            }
            isTaken.formUnion(members)
            groups.append(members)
        }
        return groups
    }

    /// The covariance of the means of the groups.
    private static func merged(_ covariance: Matrix, _ groups: [[Int]], _ scales: [Double]) -> Matrix {
        Matrix(rows: groups.count, columns: groups.count) { values in
            for (a, first) in groups.enumerated() {
                for (b, second) in groups.enumerated() {
                    let sum = first.reduce(0) { sum, i in
                        second.reduce(sum) { $0 + covariance[i, $1] / (scales[i] * scales[$1]) }
                    }
                    values[a * groups.count + b] = sum / Double(first.count * second.count)
                }
            }
        }
    }

    /// The covariance, moved away from being singular.
    private static func regularized(_ covariance: Matrix) -> Matrix {
        guard covariance.rows > 0, let least = try? LAPACK.symmetricEigen(covariance).values[0], least < 1e-7 else {
            return covariance
        }
        var moved = covariance
        for k in 0..<moved.rows { moved[k, k] += 1e-6 }
        return moved
    }

    /// Adds what each feature adds in one order.
    private static func add(_ order: [Int], _ covariance: Matrix, _ weights: [Double], to total: inout Matrix) {
        // The inverse of the covariance of the features so far, in their order.
        var inverse: [Double] = []
        // What the deviations of the features so far let expect of the others' part.
        var before: [Double] = []
        for (step, feature) in order.enumerated() {
            let shared = (0..<step).map { covariance[feature, order[$0]] }
            var solved = [Double](repeating: 0, count: step)
            for i in 0..<step { for j in 0..<step { solved[i] += inverse[i * step + j] * shared[j] } }
            let rest = covariance[feature, feature] - zip(shared, solved).reduce(0) { $0 + $1.0 * $1.1 }
            let size = step + 1
            var grown = [Double](repeating: 0, count: size * size)
            for i in 0..<step {
                for j in 0..<step { grown[i * size + j] = inverse[i * step + j] + solved[i] * solved[j] / rest }
                grown[i * size + step] = -solved[i] / rest
                grown[step * size + i] = -solved[i] / rest
            }
            grown[step * size + step] = 1 / rest
            inverse = grown
            var outside = [Double](repeating: 0, count: size)
            for j in 0..<size {
                for other in order[size...] { outside[j] += weights[other] * covariance[other, order[j]] }
            }
            var after = [Double](repeating: 0, count: size)
            for j in 0..<size { for i in 0..<size { after[j] += outside[i] * inverse[i * size + j] } }
            total[feature, feature] += weights[feature]
            for j in 0..<size { total[feature, order[j]] += after[j] }
            for j in 0..<step { total[feature, order[j]] -= before[j] }
            before = after
        }
    }
}
