/// Sums down the columns of a matrix and maps along its rows.
@_documentation(visibility: internal)
public enum ColumnKernel {
    /// Columns that one thread sums together: a few cache lines of each row.
    private static let group = 32

    /// For each column the sum over the rows of `(x - shift)` or of its square, NaN left out.
    ///
    /// The order of summation is NumPy's, so the result has its bits: row after row, or by halves where the only column
    /// is contiguous.
    ///
    /// - Parameters:
    ///   - x: n × d.
    ///   - shift: d values that are subtracted, or nil.
    ///   - squared: Whether the differences are squared.
    ///   - weights: n factors, or nil.
    public static func sums(_ x: Matrix, shift: [Double]? = nil, squared: Bool = false, weights: [Double]? = nil)
        -> [Double]
    {
        let d = x.columns
        if d == 1 {
            let shift = shift?[0] ?? 0
            return [
                pairwise(
                    x.values.indices.map { i in
                        let value = x.values[i] - shift
                        let term = (squared ? value * value : value) * (weights?[i] ?? 1)
                        return value.isNaN ? 0 : term
                    })
            ]
        }
        let blocks = Parallel.mapBlocks(of: d, size: group) { columns in
            x.values.withUnsafeBufferPointer { values in
                [Double](unsafeUninitializedCapacity: columns.count) { sums, count in
                    sums.initialize(repeating: 0)
                    count = columns.count
                    let shifts = columns.map { shift?[$0] ?? 0 }
                    for i in 0..<x.rows {
                        let row = values.baseAddress.unsafelyUnwrapped + i * d + columns.lowerBound
                        let weight = weights?[i] ?? 1
                        for j in 0..<columns.count {
                            let value = row[j] - shifts[j]
                            let term = (squared ? value * value : value) * weight
                            sums[j] += value.isNaN ? 0 : term
                        }
                    }
                }
            }
        }
        return blocks.flatMap { $0 }
    }

    /// For each column the sum of the weights of its rows that are not NaN; their number when there are no weights.
    public static func counts(_ x: Matrix, weights: [Double]? = nil) -> [Double] {
        let d = x.columns
        let blocks = Parallel.mapBlocks(of: d, size: group) { columns in
            x.values.withUnsafeBufferPointer { values in
                [Double](unsafeUninitializedCapacity: columns.count) { sums, count in
                    sums.initialize(repeating: 0)
                    count = columns.count
                    for i in 0..<x.rows {
                        let row = values.baseAddress.unsafelyUnwrapped + i * d + columns.lowerBound
                        let weight = weights?[i] ?? 1
                        for j in 0..<columns.count { sums[j] += row[j].isNaN ? 0 : weight }
                    }
                }
            }
        }
        return blocks.flatMap { $0 }
    }

    /// `(x - shift) / scale`, column by column; nil leaves a step out.
    public static func standardized(_ x: Matrix, shift: [Double]?, scale: [Double]?) -> Matrix {
        let shifts = shift ?? [Double](repeating: 0, count: x.columns)
        let scales = scale ?? [Double](repeating: 1, count: x.columns)
        return mapped(x) { value, j in (value - shifts[j]) / scales[j] }
    }

    /// `x · factor + offset`, column by column.
    public static func scaled(_ x: Matrix, factor: [Double], offset: [Double]) -> Matrix {
        mapped(x) { value, j in value * factor[j] + offset[j] }
    }

    /// Products of features: output k of a row is its feature `features[k]`, times output `sources[k]` where that is
    /// not negative; a negative feature stands for the constant 1.
    public static func products(_ x: Matrix, features: [Int32], sources: [Int32]) -> Matrix {
        let (d, width) = (x.columns, features.count)
        let values = [Double](filledInParallelRows: x.rows, width: width, blockSize: 256) { rows, out in
            x.values.withUnsafeBufferPointer { values in
                for i in rows {
                    let row = out.base + i * width
                    for k in 0..<width {
                        let feature = Int(features[k])
                        let source = Int(sources[k])
                        let value = feature < 0 ? 1 : values[i * d + feature]
                        row[k] = source < 0 ? value : value * row[source]
                    }
                }
            }
        }
        return Matrix(rows: x.rows, columns: width, values: values)
    }

    @inline(__always)
    private static func mapped(_ x: Matrix, _ body: @Sendable (Double, Int) -> Double) -> Matrix {
        let d = x.columns
        let values = [Double](filledInParallelRows: x.rows, width: d, blockSize: 1024) { rows, out in
            x.values.withUnsafeBufferPointer { values in
                for i in rows {
                    for j in 0..<d { out.base[i * d + j] = body(values[i * d + j], j) }
                }
            }
        }
        return Matrix(rows: x.rows, columns: d, values: values)
    }

    /// The sum of contiguous values in NumPy's order: eight running sums in runs of up to 128, halves above.
    public static func pairwise(_ values: [Double]) -> Double {
        values.withUnsafeBufferPointer { pairwise($0[...]) }
    }

    private static func pairwise(_ values: Slice<UnsafeBufferPointer<Double>>) -> Double {
        let (start, count) = (values.startIndex, values.count)
        if count < 8 { return values.reduce(0, +) }
        if count <= 128 {
            var r = SIMD8<Double>.zero
            for lane in 0..<8 { r[lane] = values[start + lane] }
            let whole = count & ~7
            for i in stride(from: 8, to: whole, by: 8) {
                for lane in 0..<8 { r[lane] += values[start + i + lane] }
            }
            var sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
            for i in whole..<count { sum += values[start + i] }
            return sum
        }
        let half = (count / 2) & ~7
        return pairwise(values[start..<start + half]) + pairwise(values[(start + half)...])
    }
}
