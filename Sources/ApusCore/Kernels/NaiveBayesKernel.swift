#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The loops of naive Bayes: counts by class, log likelihoods of rows, and their normalisation.
@_documentation(visibility: internal)
public enum NaiveBayesKernel {
    /// Columns that one thread counts together.
    private static let group = 512

    /// The weighted sum of the rows of each class: K × d, each class summed row after row.
    ///
    /// - Parameters:
    ///   - x: n × d.
    ///   - codes: The class of each row, below `classes`.
    ///   - classes: K.
    ///   - weights: n factors, or nil.
    public static func sums(_ x: Matrix, codes: [Int], classes: Int, weights: [Double]?) -> Matrix {
        let d = x.columns
        let rows = rowsByClass(codes, classes)
        let groups = Parallel.blocks(of: d, size: group)
        let parts = Parallel.map(classes * groups.count) { task in
            let columns = groups[task % groups.count]
            var sums = [Double](repeating: 0, count: columns.count)
            x.values.withUnsafeBufferPointer { values in
                for i in rows[task / groups.count] {
                    let start = i * d + columns.lowerBound
                    if let weight = weights?[i] {
                        for j in 0..<columns.count { sums[j] += values[start + j] * weight }
                    } else {
                        for j in 0..<columns.count { sums[j] += values[start + j] }
                    }
                }
            }
            return sums
        }
        return Matrix(rows: classes, columns: d, values: parts.flatMap { $0 })
    }

    /// For each column the sum over some rows of `(x - shift)` or of its square, row after row as NumPy adds.
    ///
    /// - Parameters:
    ///   - x: n × d, d at least 2.
    ///   - rows: The rows, in the order they are added.
    ///   - shift: d values that are subtracted and the differences squared, or nil.
    ///   - weights: n factors, or nil.
    public static func sums(_ x: Matrix, rows: [Int], shift: [Double]?, weights: [Double]?) -> [Double] {
        let d = x.columns
        let parts = Parallel.mapBlocks(of: d, size: group) { columns in
            let (first, count) = (columns.lowerBound, columns.count)
            return [Double](unsafeUninitializedCapacity: count) { sums, filled in
                sums.initialize(repeating: 0)
                filled = count
                let shifts = shift.map { Array($0[columns]) } ?? []
                x.values.withUnsafeBufferPointer { values in
                    shifts.withUnsafeBufferPointer { shifts in
                        for i in rows {
                            let row = values.baseAddress.unsafelyUnwrapped + (i * d + first)
                            let weight = weights?[i] ?? 1
                            if shift == nil {
                                for j in 0..<count { sums[j] += row[j] * weight }
                            } else {
                                for j in 0..<count {
                                    let difference = row[j] - shifts[j]
                                    sums[j] += difference * difference * weight
                                }
                            }
                        }
                    }
                }
            }
        }
        return parts.flatMap { $0 }
    }

    /// The weighted sum of the sparse rows of each class: K × d, each class summed row after row.
    ///
    /// - Parameter threshold: Values above it count as 1 and others as 0; nil takes them as they are.
    public static func sums(
        _ x: SparseMatrix, codes: [Int], classes: Int, weights: [Double]?, threshold: Double? = nil
    ) -> Matrix {
        let rows = rowsByClass(codes, classes)
        let parts = Parallel.map(classes) { k in
            var sums = [Double](repeating: 0, count: x.columns)
            x.values.withUnsafeBufferPointer { values in
                x.columnIndices.withUnsafeBufferPointer { indices in
                    for i in rows[k] {
                        let weight = weights?[i] ?? 1
                        for p in x.rowOffsets[i]..<x.rowOffsets[i + 1] {
                            let value = threshold.map { values[p] > $0 ? 1 : 0 } ?? values[p]
                            sums[Int(indices[p])] += value * weight
                        }
                    }
                }
            }
            return sums
        }
        return Matrix(rows: classes, columns: x.columns, values: parts.flatMap { $0 })
    }

    /// The rows of each class, ascending.
    public static func rowsByClass(_ codes: [Int], _ classes: Int) -> [[Int]] {
        var rows = [[Int]](repeating: [], count: classes)
        for (i, code) in codes.enumerated() { rows[code].append(i) }
        return rows
    }

    /// `x Wᵀ + b` for sparse rows: n × K.
    ///
    /// - Parameters:
    ///   - x: n × d.
    ///   - weights: Wᵀ, that is d × K: what an element adds to each class lies side by side.
    ///   - offsets: b, K values.
    ///   - threshold: Values above it count as 1 and others as 0; nil takes them as they are.
    public static func scores(
        _ x: SparseMatrix, weights: Matrix, offsets: [Double], threshold: Double? = nil
    ) -> Matrix {
        let classes = offsets.count
        let values = [Double](filledInParallelRows: x.rows, width: classes, blockSize: 1024) { rows, out in
            weights.values.withUnsafeBufferPointer { weights in
                x.values.withUnsafeBufferPointer { values in
                    x.columnIndices.withUnsafeBufferPointer { indices in
                        for i in rows {
                            let row = out.base + i * classes
                            for k in 0..<classes { row[k] = 0 }
                            for p in x.rowOffsets[i]..<x.rowOffsets[i + 1] {
                                let value = threshold.map { values[p] > $0 ? 1 : 0 } ?? values[p]
                                // An element of 0 says nothing, also where its weight is infinite.
                                if value == 0 { continue }
                                let start = Int(indices[p]) * classes
                                for k in 0..<classes { row[k] += value * weights[start + k] }
                            }
                            for k in 0..<classes { row[k] += offsets[k] }
                        }
                    }
                }
            }
        }
        return Matrix(rows: x.rows, columns: classes, values: values)
    }

    /// For 0/1 rows `b + Σ (x ? present : absent)`: n × K. Slower than a product, but right for infinite terms.
    ///
    /// - Parameters:
    ///   - x: n × d of zeros and ones.
    ///   - present: K × d, what a 1 adds.
    ///   - absent: K × d, what a 0 adds.
    ///   - offsets: b, K values.
    public static func scores(_ x: Matrix, present: Matrix, absent: Matrix, offsets: [Double]) -> Matrix {
        let (d, classes) = (x.columns, offsets.count)
        let values = [Double](filledInParallelRows: x.rows, width: classes, blockSize: 256) { rows, out in
            for i in rows {
                for k in 0..<classes {
                    var sum = 0.0
                    for j in 0..<d {
                        sum += x.values[i * d + j] > 0 ? present.values[k * d + j] : absent.values[k * d + j]
                    }
                    out[i * classes + k] = sum + offsets[k]
                }
            }
        }
        return Matrix(rows: x.rows, columns: classes, values: values)
    }

    /// The log density of each row under each class's independent gaussians, plus the class's offset: n × K.
    ///
    /// - Parameters:
    ///   - x: n × d.
    ///   - means: K × d.
    ///   - variances: K × d, above 0.
    ///   - logPriors: K values.
    public static func gaussian(_ x: Matrix, means: Matrix, variances: Matrix, logPriors: [Double]) -> Matrix {
        let (d, classes) = (x.columns, logPriors.count)
        let constants = (0..<classes).map { k in
            -0.5 * pairwiseSum(k * d..<(k + 1) * d) { log(2 * Double.pi * variances.values[$0]) }
        }
        let values = [Double](filledInParallelRows: x.rows, width: classes, blockSize: 512) { rows, out in
            x.values.withUnsafeBufferPointer { values in
                means.values.withUnsafeBufferPointer { means in
                    variances.values.withUnsafeBufferPointer { variances in
                        for i in rows {
                            for k in 0..<classes {
                                let distance = squaredDistance(
                                    values.baseAddress.unsafelyUnwrapped + i * d,
                                    means.baseAddress.unsafelyUnwrapped + k * d,
                                    variances.baseAddress.unsafelyUnwrapped + k * d, d)
                                out[i * classes + k] = logPriors[k] + (constants[k] - 0.5 * distance)
                            }
                        }
                    }
                }
            }
        }
        return Matrix(rows: x.rows, columns: classes, values: values)
    }

    /// `Σⱼ (xⱼ - mⱼ)² / vⱼ` in NumPy's order of summation: eight running sums in runs of up to 128, halves above.
    private static func squaredDistance(
        _ x: UnsafePointer<Double>, _ means: UnsafePointer<Double>, _ variances: UnsafePointer<Double>, _ count: Int
    ) -> Double {
        if count > 128 {
            let half = count / 2 / 8 * 8
            return squaredDistance(x, means, variances, half)
                + squaredDistance(x + half, means + half, variances + half, count - half)
        }
        @inline(__always) func eight(_ pointer: UnsafePointer<Double>, _ start: Int) -> SIMD8<Double> {
            UnsafeRawPointer(pointer + start).loadUnaligned(as: SIMD8<Double>.self)
        }
        var lanes = SIMD8<Double>.zero
        let whole = count & ~7
        for start in stride(from: 0, to: whole, by: 8) {
            let difference = eight(x, start) - eight(means, start)
            lanes += difference * difference / eight(variances, start)
        }
        var sum = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]))
        for j in whole..<count {
            let difference = x[j] - means[j]
            sum += difference * difference / variances[j]
        }
        return sum
    }

    /// Joint log likelihoods as log probabilities: each row less the logarithm of its sum of exponentials.
    ///
    /// - Parameters:
    ///   - joint: n × K; no row may be -∞ throughout.
    ///   - exponentials: Whether probabilities come out instead of their logarithms.
    public static func normalized(_ joint: Matrix, exponentials: Bool) -> Matrix {
        let classes = joint.columns
        let values = [Double](filledInParallelRows: joint.rows, width: classes, blockSize: 2048) { rows, out in
            joint.values.withUnsafeBufferPointer { values in
                for i in rows {
                    let start = i * classes
                    var most = -Double.infinity
                    for k in 0..<classes where values[start + k] > most { most = values[start + k] }
                    var count = 0.0
                    for k in 0..<classes where values[start + k] == most { count += 1 }
                    let rest = pairwiseSum(start..<start + classes) { values[$0] == most ? 0 : exp(values[$0] - most) }
                    let total = log1p(rest / count) + log(count) + most
                    for k in 0..<classes {
                        let logarithm = values[start + k] - total
                        out[start + k] = exponentials ? exp(logarithm) : logarithm
                    }
                }
            }
        }
        return Matrix(rows: joint.rows, columns: classes, values: values)
    }
}
