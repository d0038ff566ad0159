#if canImport(Accelerate)
import Accelerate
#else
import COpenBLAS
#endif

/// The logistic loss over many rows: sums of losses and gradients, and probabilities.
///
/// Rows are cut into stripes by the shape of the data, stripes are merged in order; within a stripe a chunk of rows stays
/// in the processor's cache between the product with the coefficients and the product that gives their gradient.
@_documentation(visibility: internal)
public enum LogisticKernel {
    /// A loss summed over rows and its gradient.
    public struct Sums: Sendable {
        /// The sum of the weighted losses.
        public var loss: Double
        /// Its gradient, laid out as the parameters are.
        public var gradient: [Double]
    }

    typealias Lanes = ExponentialKernel.Lanes
    private static let lanes = ExponentialKernel.width

    /// The summed loss `log(1 + exp(-s z))` of two classes, z the row times the coefficients plus the intercept.
    ///
    /// - Parameters:
    ///   - x: n × d.
    ///   - signs: +1 for rows of the second class, -1 for rows of the first.
    ///   - weights: n weights, or nil for equal ones.
    ///   - parameters: d coefficients, followed by the intercept if there is one.
    public static func binary(_ x: Matrix, signs: [Double], weights: [Double]?, parameters: [Double]) -> Sums {
        _ = BLAS.ready
        let d = x.columns
        let intercept = parameters.count > d ? parameters[d] : 0
        let chunk = chunkRows(d)
        let partials = Parallel.mapBlocks(of: x.rows, size: stripe(x.rows, parameters.count)) { rows in
            var gradient = [Double](repeating: 0, count: parameters.count)
            var loss = 0.0
            var slope = 0.0
            withUnsafeTemporaryAllocation(of: Double.self, capacity: padded(chunk)) { buffer in
                let z = buffer.baseAddress.unsafelyUnwrapped
                x.values.withUnsafeBufferPointer { values in
                    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: chunk) {
                        let count = min(chunk, rows.upperBound - start)
                        let part = values.baseAddress.unsafelyUnwrapped + start * d
                        z.initialize(repeating: intercept, count: padded(count))
                        cblas_dgemv(
                            CblasRowMajor, CblasNoTrans, BLAS.Size(count), BLAS.Size(d), 1, part, BLAS.Size(d),
                            parameters, 1, 1, z, 1)
                        let sums = binaryLosses(z, start, count, signs, weights)
                        loss += sums.loss
                        slope += sums.slope
                        cblas_dgemv(
                            CblasRowMajor, CblasTrans, BLAS.Size(count), BLAS.Size(d), 1, part, BLAS.Size(d), z, 1, 1,
                            &gradient, 1)
                    }
                }
            }
            if parameters.count > d { gradient[d] = slope }
            return Sums(loss: loss, gradient: gradient)
        }
        return merged(partials)
    }

    /// Replaces z by the derivative of the weighted loss and returns the sums of the losses and of the derivatives.
    static func binaryLosses(
        _ z: UnsafeMutablePointer<Double>, _ start: Int, _ count: Int, _ signs: [Double], _ weights: [Double]?
    ) -> (loss: Double, slope: Double) {
        var loss = Lanes.zero
        var slope = Lanes.zero
        for offset in stride(from: 0, to: count, by: lanes) {
            let used = min(lanes, count - offset)
            let sign = load(signs, start + offset, used)
            let weight = weights.map { load($0, start + offset, used) } ?? ones(used)
            let u = Lanes.zero - sign * load(z + offset)
            let magnitude = u.replacing(with: Lanes.zero - u, where: u .< 0)
            let e = ExponentialKernel.exp(Lanes.zero - magnitude)
            let softplus = ExponentialKernel.log1p(e) + u.replacing(with: 0, where: u .< 0)
            let numerator = Lanes(repeating: 1).replacing(with: e, where: u .< 0)
            let derivative = Lanes.zero - weight * sign * (numerator / (1 + e))
            loss += weight * softplus
            slope += derivative
            store(derivative, z + offset)
        }
        return (loss.sum(), slope.sum())
    }

    /// The summed loss `log Σₖ exp(zₖ) - z_y` of K classes.
    ///
    /// - Parameters:
    ///   - x: n × d.
    ///   - codes: The class of each row, 0 to K - 1.
    ///   - weights: n weights, or nil for equal ones.
    ///   - parameters: d × K coefficients, followed by K intercepts if there are any.
    ///   - classes: K.
    public static func multinomial(
        _ x: Matrix, codes: [Int], weights: [Double]?, parameters: [Double], classes: Int
    ) -> Sums {
        _ = BLAS.ready
        let d = x.columns
        let hasIntercepts = parameters.count > d * classes
        let chunk = chunkRows(d + 2 * classes)
        let partials = Parallel.mapBlocks(of: x.rows, size: stripe(x.rows, parameters.count)) { rows in
            var gradient = [Double](repeating: 0, count: parameters.count)
            var slopes = [Lanes](repeating: .zero, count: classes)
            var loss = 0.0
            withUnsafeTemporaryAllocation(of: Double.self, capacity: classes * padded(chunk)) { buffer in
                let z = buffer.baseAddress.unsafelyUnwrapped
                x.values.withUnsafeBufferPointer { values in
                    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: chunk) {
                        let count = min(chunk, rows.upperBound - start)
                        let width = padded(count)
                        let part = values.baseAddress.unsafelyUnwrapped + start * d
                        // Scores lie class by class, so that lanes are rows and every step below is a vector's.
                        for k in 0..<classes {
                            (z + k * width).initialize(
                                repeating: hasIntercepts ? parameters[d * classes + k] : 0, count: width)
                        }
                        cblas_dgemm(
                            CblasRowMajor, CblasTrans, CblasTrans, BLAS.Size(classes), BLAS.Size(count), BLAS.Size(d),
                            1, parameters, BLAS.Size(classes), part, BLAS.Size(d), 1, z, BLAS.Size(width))
                        loss += multinomialLosses(z, width, start, count, codes, weights, &slopes)
                        cblas_dgemm(
                            CblasRowMajor, CblasTrans, CblasTrans, BLAS.Size(d), BLAS.Size(classes), BLAS.Size(count),
                            1, part, BLAS.Size(d), z, BLAS.Size(width), 1, &gradient, BLAS.Size(classes))
                    }
                }
            }
            if hasIntercepts {
                for k in 0..<classes { gradient[d * classes + k] = slopes[k].sum() }
            }
            return Sums(loss: loss, gradient: gradient)
        }
        return merged(partials)
    }

    static func multinomialLosses(
        _ z: UnsafeMutablePointer<Double>, _ width: Int, _ start: Int, _ count: Int, _ codes: [Int],
        _ weights: [Double]?, _ slopes: inout [Lanes]
    ) -> Double {
        var total = Lanes.zero
        for offset in stride(from: 0, to: count, by: lanes) {
            let used = min(lanes, count - offset)
            let weight = weights.map { load($0, start + offset, used) } ?? ones(used)
            var own = Lanes.zero
            for lane in 0..<used { own[lane] = z[codes[start + offset + lane] * width + offset + lane] }
            let (largest, sum) = exponentials(z + offset, width, slopes.count)
            total += weight * ((largest - own) + ExponentialKernel.log(sum))
            let factor = weight / sum
            for k in slopes.indices {
                store(load(z + k * width + offset) * factor, z + k * width + offset)
            }
            for lane in 0..<used {
                z[codes[start + offset + lane] * width + offset + lane] -= weight[lane]
            }
            for k in slopes.indices { slopes[k] += load(z + k * width + offset) }
        }
        return total.sum()
    }

    /// Replaces the scores of some rows by exp(score - largest) and returns the largest and the sum for each row.
    private static func exponentials(
        _ z: UnsafeMutablePointer<Double>, _ width: Int, _ classes: Int
    ) -> (largest: Lanes, sum: Lanes) {
        var largest = load(z)
        for k in 1..<classes {
            let other = load(z + k * width)
            largest.replace(with: other, where: other .> largest)
        }
        var sum = Lanes.zero
        for k in 0..<classes {
            let e = ExponentialKernel.exp(load(z + k * width) - largest)
            sum += e
            store(e, z + k * width)
        }
        return (largest, sum)
    }

    /// The probabilities of both classes from the scores of the second: n × 2.
    public static func binaryProbabilities(_ scores: [Double]) -> Matrix {
        let values = [Double](filledInParallelRows: scores.count, width: 2, blockSize: 8192) { rows, out in
            for start in stride(from: rows.lowerBound, to: rows.upperBound, by: lanes) {
                let used = min(lanes, rows.upperBound - start)
                let z = load(scores, start, used)
                let e = ExponentialKernel.exp(z.replacing(with: Lanes.zero - z, where: z .> 0))
                let numerator = e.replacing(with: 1, where: z .>= 0)
                let second = numerator / (1 + e)
                for lane in 0..<used {
                    out[2 * (start + lane)] = 1 - second[lane]
                    out[2 * (start + lane) + 1] = second[lane]
                }
            }
        }
        return Matrix(rows: scores.count, columns: 2, values: values)
    }

    /// The probabilities of K classes from their scores, row by row: n × K.
    public static func probabilities(_ scores: Matrix) -> Matrix {
        let classes = scores.columns
        let values = [Double](filledInParallelRows: scores.rows, width: classes, blockSize: 1024) { rows, out in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: classes * lanes) { buffer in
                let z = buffer.baseAddress.unsafelyUnwrapped
                z.initialize(repeating: 0, count: classes * lanes)
                for start in stride(from: rows.lowerBound, to: rows.upperBound, by: lanes) {
                    let used = min(lanes, rows.upperBound - start)
                    for lane in 0..<used {
                        for k in 0..<classes { z[k * lanes + lane] = scores.values[(start + lane) * classes + k] }
                    }
                    let sum = exponentials(z, lanes, classes).sum
                    for lane in 0..<used {
                        for k in 0..<classes { out[(start + lane) * classes + k] = z[k * lanes + lane] / sum[lane] }
                    }
                }
            }
        }
        return Matrix(rows: scores.rows, columns: classes, values: values)
    }

    // MARK: Rows by the handful

    private static func chunkRows(_ width: Int) -> Int { max(64, min(2048, 32768 / max(1, width))) & ~7 }
    private static func padded(_ count: Int) -> Int { (count + lanes - 1) / lanes * lanes }

    /// Rows in a stripe: at least 4,096, at most 64 stripes, fewer where the gradient is as large as the rows themselves.
    private static func stripe(_ rows: Int, _ parameters: Int) -> Int {
        max(4096, (rows + 63) / 64, min(rows, parameters / 8))
    }

    @inline(__always)
    private static func load(_ pointer: UnsafePointer<Double>) -> Lanes {
        UnsafeRawPointer(pointer).loadUnaligned(as: Lanes.self)
    }

    @inline(__always)
    private static func store(_ value: Lanes, _ pointer: UnsafeMutablePointer<Double>) {
        UnsafeMutableRawPointer(pointer).storeBytes(of: value, as: Lanes.self)
    }

    /// The first `used` lanes from an array, the rest zero.
    @inline(__always)
    private static func load(_ values: [Double], _ start: Int, _ used: Int) -> Lanes {
        precondition(start >= 0 && start + used <= values.count, "lanes outside the array")
        return values.withUnsafeBufferPointer { buffer in
            let base = buffer.baseAddress.unsafelyUnwrapped + start
            if used == lanes { return load(base) }
            var value = Lanes.zero
            for lane in 0..<used { value[lane] = base[lane] }
            return value
        }
    }

    /// One in the first `used` lanes, zero in the rest.
    @inline(__always)
    private static func ones(_ used: Int) -> Lanes {
        if used == lanes { return Lanes(repeating: 1) }
        var value = Lanes.zero
        for lane in 0..<used { value[lane] = 1 }
        return value
    }

    private static func merged(_ partials: [Sums]) -> Sums {
        var sum = partials.first ?? Sums(loss: 0, gradient: [])
        for partial in partials.dropFirst() {
            sum.loss += partial.loss
            for k in sum.gradient.indices { sum.gradient[k] += partial.gradient[k] }
        }
        return sum
    }
}
