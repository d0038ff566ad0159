/// Distances between rows with missing values.
@_documentation(visibility: internal)
public enum MissingDistanceKernel {
    /// The squared Euclidean distances of a row to all rows of a matrix over the features that both have, scaled up by the
    /// share of these; NaN for a row that has none in common.
    ///
    /// - Parameters:
    ///   - row: d values, NaN where missing.
    ///   - others: n × d, NaN where missing.
    public static func squaredDistances(_ row: [Double], to others: Matrix) -> [Double] {
        let (n, d) = (others.rows, others.columns)
        precondition(row.count == d, "the row must have as many values as the others")
        return [Double](unsafeUninitializedCapacity: n) { out, filled in
            others.values.withUnsafeBufferPointer { values in
                row.withUnsafeBufferPointer { row in
                    for i in 0..<n {
                        let start = i * d
                        var (sums, counts) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
                        var (sum, count) = (0.0, 0.0)
                        var j = 0
                        while j + 4 <= d {
                            let a = SIMD4(row[j], row[j + 1], row[j + 2], row[j + 3])
                            let b = SIMD4(
                                values[start + j], values[start + j + 1], values[start + j + 2], values[start + j + 3])
                            let difference = a - b
                            let isThere = difference .== difference
                            sums += (difference * difference).replacing(with: 0, where: .!isThere)
                            counts += SIMD4<Double>.zero.replacing(with: 1, where: isThere)
                            j += 4
                        }
                        while j < d {
                            let difference = row[j] - values[start + j]
                            if !difference.isNaN {
                                sum += difference * difference
                                count += 1
                            }
                            j += 1
                        }
                        count += counts.sum()
                        out[i] = count > 0 ? (sum + sums.sum()) / count * Double(d) : .nan
                    }
                }
            }
            filled = n
        }
    }
}
