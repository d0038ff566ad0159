import CApusKernels

/// Coordinate descent on the quadratic model of the multinomial (or binary) loss around a point, over columns.
///
/// The model's Hessian is never formed: beside the probabilities P it keeps the change of the scores U (by class) and their
/// mean under P, which a change of one coefficient updates in one pass over its column.
@_documentation(visibility: internal)
public struct LogisticColumns: Sendable {
    /// The columns, dense (d × n) or sparse (d × n).
    private enum Columns: Sendable {
        case dense(Matrix)
        case sparse(SparseMatrix)
    }

    private let columns: Columns
    private let rows: Int

    /// The columns of dense rows.
    public init(_ x: Matrix) {
        columns = .dense(x.transposed)
        rows = x.rows
    }

    /// The columns of sparse rows that are exchanged with them already (d × n).
    public init(transposed x: SparseMatrix) {
        columns = .sparse(x)
        rows = x.columns
    }

    /// A coefficient: that of a feature, or the intercept, for a class.
    public struct Place: Sendable {
        /// The feature; nil for the intercept.
        public var feature: Int?
        /// The class, or 0 when one score tells two classes apart.
        public var output: Int

        /// The coefficient of a feature, or the intercept for nil.
        public init(feature: Int?, output: Int) {
            self.feature = feature
            self.output = output
        }
    }

    /// The quadratic model around a point.
    public struct Model: Sendable {
        /// The probabilities, by output and then by row.
        public var probabilities: [Double]
        /// The weight of each row over the sum of all.
        public var weights: [Double]
        /// How many scores a row has.
        public var outputs: Int

        /// The model around a point with the given probabilities.
        public init(probabilities: [Double], weights: [Double], outputs: Int) {
            self.probabilities = probabilities
            self.weights = weights
            self.outputs = outputs
        }
    }

    /// Minimises `g·δ + ½ δᵀHδ + Σ (½ l2 (w + δ)² + l1 |w + δ|)` over some coefficients, intercepts not penalised.
    ///
    /// - Parameters:
    ///   - model: Gives H.
    ///   - places: The coefficients that may change.
    ///   - slopes: The loss's gradient g for each of them.
    ///   - start: Their values w.
    ///   - accuracy: Sweeps end when none decreases the model by more than this part of what the first did.
    ///   - maxSweeps: The most sweeps.
    /// - Returns: The new values w + δ.
    public func minimize(
        _ model: Model, _ places: [Place], slopes: [Double], from start: [Double], l1: Double, l2: Double,
        accuracy: Double, maxSweeps: Int
    ) -> [Double] {
        let n = rows
        let ones = [Double](repeating: 1, count: places.contains { $0.feature == nil } ? n : 0)
        // What multiplies a score's change in the gradient: the row's weight times the probability.
        var factors = [Double](repeating: 0, count: n * model.outputs)
        for k in 0..<model.outputs {
            for i in 0..<n { factors[k * n + i] = model.weights[i] * model.probabilities[k * n + i] }
        }
        if model.outputs == 1 {
            for i in 0..<n { factors[i] *= 1 - model.probabilities[i] }
        }
        let weighted = factors
        // With one output the mean of the changes plays no part: probabilities of 0 keep it at 0.
        let shares = model.outputs == 1 ? [Double](repeating: 0, count: n) : model.probabilities
        let curvatures = Parallel.mapBlocks(of: places.count, size: 8) { part in
            part.map { curvature(places[$0], weighted, shares, ones) }
        }.flatMap { $0 }
        var changes = [Double](repeating: 0, count: n * model.outputs)
        var means = [Double](repeating: 0, count: n)
        var values = start
        var first = 0.0
        for sweep in 0..<maxSweeps {
            var decrease = 0.0
            for (index, place) in places.enumerated() {
                let (penalty1, penalty2) = place.feature == nil ? (0, 0) : (l1, l2)
                let bend = curvatures[index] + penalty2
                guard bend > 0 else { continue }
                let old = values[index]
                let slope = slopes[index] + penalty2 * old + self.slope(place, weighted, changes, means, ones)
                let aim = old * bend - slope
                let new = (aim < 0 ? -1 : 1) * max(aim.magnitude - penalty1, 0) / bend
                if new == old { continue }
                values[index] = new
                move(place, new - old, shares, &changes, &means, ones)
                decrease += bend * (new - old) * (new - old)
            }
            if sweep == 0 { first = decrease }
            if decrease <= accuracy * first { break }
        }
        return values
    }

    private func curvature(_ place: Place, _ factors: [Double], _ shares: [Double], _ ones: [Double]) -> Double {
        factors.withUnsafeBufferPointer { factors in
            shares.withUnsafeBufferPointer { shares in
                let a = factors.baseAddress.unsafelyUnwrapped + place.output * rows
                let p = shares.baseAddress.unsafelyUnwrapped + (shares.count > rows ? place.output * rows : 0)
                return withColumn(place.feature, ones) { x, indices, count in
                    guard let indices else { return apus_logistic_curvature(x, a, p, count) }
                    return apus_logistic_sparse_curvature(x, indices, a, p, count)
                }
            }
        }
    }

    private func slope(
        _ place: Place, _ factors: [Double], _ changes: [Double], _ means: [Double], _ ones: [Double]
    ) -> Double {
        factors.withUnsafeBufferPointer { factors in
            changes.withUnsafeBufferPointer { changes in
                let a = factors.baseAddress.unsafelyUnwrapped + place.output * rows
                let u = changes.baseAddress.unsafelyUnwrapped + place.output * rows
                return withColumn(place.feature, ones) { x, indices, count in
                    guard let indices else { return apus_logistic_slope(x, a, u, means, count) }
                    return apus_logistic_sparse_slope(x, indices, a, u, means, count)
                }
            }
        }
    }

    private func move(
        _ place: Place, _ step: Double, _ shares: [Double], _ changes: inout [Double], _ means: inout [Double],
        _ ones: [Double]
    ) {
        shares.withUnsafeBufferPointer { shares in
            changes.withUnsafeMutableBufferPointer { changes in
                let p = shares.baseAddress.unsafelyUnwrapped + (shares.count > rows ? place.output * rows : 0)
                let u = changes.baseAddress.unsafelyUnwrapped + place.output * rows
                withColumn(place.feature, ones) { x, indices, count in
                    guard let indices else { return apus_logistic_move(x, step, p, u, &means, count) }
                    apus_logistic_sparse_move(x, indices, step, p, u, &means, count)
                }
            }
        }
    }

    /// Hands over a column: its values and, unless they are all of it, their rows.
    private func withColumn<Result>(
        _ feature: Int?, _ ones: [Double], _ body: (UnsafePointer<Double>, UnsafePointer<Int32>?, Int) -> Result
    ) -> Result {
        guard let feature else {
            return ones.withUnsafeBufferPointer { body($0.baseAddress.unsafelyUnwrapped, nil, rows) }
        }
        switch columns {
        case .dense(let x):
            return x.values.withUnsafeBufferPointer {
                body($0.baseAddress.unsafelyUnwrapped + feature * rows, nil, rows)
            }
        case .sparse(let x):
            return LinearSparseKernel.withRows(x) { offsets, indices, values in
                let (start, end) = (offsets[feature], offsets[feature + 1])
                var (zero, nowhere) = (0.0, Int32(0))
                // A column without stored elements has no first one to point to.
                if start == end { return body(&zero, &nowhere, 0) }
                return body(
                    values.baseAddress.unsafelyUnwrapped + start, indices.baseAddress.unsafelyUnwrapped + start,
                    end - start)
            }
        }
    }
}
