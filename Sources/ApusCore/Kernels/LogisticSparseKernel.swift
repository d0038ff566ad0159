import CApusKernels

/// The logistic loss over sparse rows: sums of losses and gradients.
///
/// Scores are products of rows with the coefficients, gradients are products of columns with the derivatives of the
/// losses: each thread has its own rows, then its own columns, and nothing needs merging but the losses.
@_documentation(visibility: internal)
public struct LogisticSparseKernel: Sendable {
    private typealias Lanes = ExponentialKernel.Lanes
    private static let lanes = ExponentialKernel.width
    private static let block = 512

    /// The rows, n × d.
    public let rows: SparseMatrix
    /// The columns, d × n.
    public let columns: SparseMatrix

    /// The loss over the rows of a matrix.
    public init(_ x: SparseMatrix) {
        rows = x
        columns = x.transposed
    }

    /// The summed loss `log(1 + exp(-s z))` of two classes; arguments as for dense rows.
    public func binary(signs: [Double], weights: [Double]?, parameters: [Double]) -> LogisticKernel.Sums {
        let d = rows.columns
        let intercept = parameters.count > d ? parameters[d] : 0
        let padded = (rows.rows + Self.lanes - 1) / Self.lanes * Self.lanes
        var z =
            LinearSparseKernel.product(rows, Array(parameters[..<d]))
            + [Double](repeating: 0, count: padded - rows.rows)
        let sums = z.withUnsafeMutableBufferPointer { buffer in
            let shared = SharedBuffer(buffer)
            return Parallel.mapBlocks(of: rows.rows, size: 4096) { rows in
                let z = shared.base + rows.lowerBound
                for i in 0..<rows.count { z[i] += intercept }
                return LogisticKernel.binaryLosses(z, rows.lowerBound, rows.count, signs, weights)
            }
        }
        z.removeLast(padded - rows.rows)
        var gradient = LinearSparseKernel.product(columns, z)
        if parameters.count > d { gradient.append(sums.reduce(0) { $0 + $1.slope }) }
        return LogisticKernel.Sums(loss: sums.reduce(0) { $0 + $1.loss }, gradient: gradient)
    }

    /// The summed loss `log Σₖ exp(zₖ) - z_y` of K classes; arguments as for dense rows.
    public func multinomial(
        codes: [Int], weights: [Double]?, parameters: [Double], classes: Int
    ) -> LogisticKernel.Sums {
        let (n, d) = (rows.rows, rows.columns)
        let padded = (classes + 7) & ~7
        let intercepts = parameters.count > d * classes ? Array(parameters[(d * classes)...]) : nil
        let coefficients = widened(parameters, d, classes, padded)
        var sums: [(loss: Double, slopes: [Double])] = []
        let derivatives = [Double](unsafeUninitializedCapacity: n * padded) { buffer, count in
            let z = SharedBuffer(UnsafeMutableBufferPointer(rebasing: buffer[0..<n * padded]))
            sums = Parallel.mapBlocks(of: n, size: Self.block) { part in
                multiply(rows, part, coefficients, padded, z.base)
                return softmax(part, z.base, padded, intercepts, codes, weights, classes)
            }
            count = n * padded
        }
        let products = [Double](filledInParallelRows: d, width: padded, blockSize: 16) { part, out in
            multiply(columns, part, derivatives, padded, out.base)
        }
        var gradient = [Double](repeating: 0, count: parameters.count)
        for j in 0..<d {
            for k in 0..<classes { gradient[j * classes + k] = products[j * padded + k] }
        }
        if intercepts != nil {
            for part in sums {
                for k in 0..<classes { gradient[d * classes + k] += part.slopes[k] }
            }
        }
        return LogisticKernel.Sums(loss: sums.reduce(0) { $0 + $1.loss }, gradient: gradient)
    }

    /// The coefficients with as many zeros after those of each feature as make their number a multiple of 8.
    private func widened(_ parameters: [Double], _ d: Int, _ classes: Int, _ padded: Int) -> [Double] {
        var wide = [Double](repeating: 0, count: d * padded)
        for j in 0..<d {
            for k in 0..<classes { wide[j * padded + k] = parameters[j * classes + k] }
        }
        return wide
    }

    /// The product of some rows of `a` with `b`, which has `padded` numbers for each column of `a`.
    private func multiply(
        _ a: SparseMatrix, _ part: Range<Int>, _ b: [Double], _ padded: Int, _ out: UnsafeMutablePointer<Double>
    ) {
        LinearSparseKernel.withRows(a) { offsets, columns, values in
            // A matrix without stored elements has no first one to point to.
            guard let columns = columns.baseAddress, let values = values.baseAddress else {
                (out + part.lowerBound * padded).initialize(repeating: 0, count: part.count * padded)
                return
            }
            apus_linear_sparse_rows(
                offsets.baseAddress, columns, values, part.lowerBound, part.count, b, padded,
                out + part.lowerBound * padded)
        }
    }

    /// Replaces the scores of some rows by the derivatives of their losses; returns the sums of both.
    private func softmax(
        _ part: Range<Int>, _ z: UnsafeMutablePointer<Double>, _ padded: Int, _ intercepts: [Double]?,
        _ codes: [Int], _ weights: [Double]?, _ classes: Int
    ) -> (loss: Double, slopes: [Double]) {
        let lanes = Self.lanes
        var loss = 0.0
        var slopes = [Lanes](repeating: .zero, count: classes)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: classes * lanes) { buffer in
            let turned = buffer.baseAddress.unsafelyUnwrapped
            turned.initialize(repeating: 0, count: classes * lanes)
            for start in stride(from: part.lowerBound, to: part.upperBound, by: lanes) {
                let used = min(lanes, part.upperBound - start)
                for lane in 0..<used {
                    let row = z + (start + lane) * padded
                    for k in 0..<classes { turned[k * lanes + lane] = row[k] + (intercepts?[k] ?? 0) }
                }
                loss += LogisticKernel.multinomialLosses(turned, lanes, start, used, codes, weights, &slopes)
                for lane in 0..<used {
                    let row = z + (start + lane) * padded
                    for k in 0..<classes { row[k] = turned[k * lanes + lane] }
                }
            }
        }
        return (loss, slopes.map { $0.sum() })
    }
}
