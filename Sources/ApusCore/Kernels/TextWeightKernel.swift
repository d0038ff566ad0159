#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Weighs and normalises the rows of a sparse matrix.
@_documentation(visibility: internal)
public enum TextWeightKernel {
    /// What a row is divided by.
    public enum Norm: Sendable {
        /// Its Euclidean length.
        case euclidean
        /// The sum of its magnitudes.
        case magnitudes
        /// Nothing.
        case none
    }

    /// The stored values, weighed: each x or 1 + ln x, times its column's factor, divided by its row's norm.
    ///
    /// - Parameters:
    ///   - x: n × d.
    ///   - sublinear: Whether a stored x that is not 0 becomes 1 + ln x.
    ///   - factors: d factors, or nil.
    ///   - norm: What rows are divided by; rows of zeros stay.
    public static func weighted(_ x: SparseMatrix, sublinear: Bool, factors: [Double]?, norm: Norm) -> [Double] {
        let total = x.storedCount
        guard total > 0 else { return [] }
        // Counts are small whole numbers, whose logarithms are better looked up.
        let logarithms = sublinear ? (0..<256).map { $0 == 0 ? 0 : 1 + log(Double($0)) } : []
        return [Double](unsafeUninitializedCapacity: total) { buffer, filled in
            filled = total
            let out = SharedBuffer(buffer)
            let blocks = Parallel.blocks(of: x.rows, size: 4096)
            Parallel.forEach(blocks.count) { b in
                x.values.withUnsafeBufferPointer { values in
                    x.columnIndices.withUnsafeBufferPointer { columns in
                        for row in blocks[b] {
                            let places = x.rowOffsets[row]..<x.rowOffsets[row + 1]
                            var sum = 0.0
                            for p in places {
                                var value = values[p]
                                if sublinear, value != 0 {
                                    let whole = Int(min(max(value, 0), 255))
                                    value = Double(whole) == value ? logarithms[whole] : 1 + log(value)
                                }
                                if let factors { value *= factors[Int(columns[p])] }
                                out[p] = value
                                switch norm {
                                case .euclidean: sum += value * value
                                case .magnitudes: sum += abs(value)
                                case .none: break
                                }
                            }
                            guard norm != .none, sum > 0 else { continue }
                            let length = norm == .euclidean ? sum.squareRoot() : sum
                            for p in places { out[p] /= length }
                        }
                    }
                }
            }
        }
    }
}
