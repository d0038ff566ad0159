/// A named array in a model file: its numbers and its shape.
public struct Tensor: Sendable, Hashable {
    /// The numbers, by the type they are stored as.
    public enum Values: Sendable, Hashable {
        /// 64-bit floating point.
        case float64([Double])
        /// 32-bit floating point.
        case float32([Float])
        /// 64-bit signed whole numbers.
        case int64([Int64])
        /// 32-bit signed whole numbers.
        case int32([Int32])
        /// Bytes.
        case uint8([UInt8])

        /// How many numbers there are.
        public var count: Int {
            switch self {
            case .float64(let values): values.count
            case .float32(let values): values.count
            case .int64(let values): values.count
            case .int32(let values): values.count
            case .uint8(let values): values.count
            }
        }
    }

    /// The size of each dimension; the product is the number of values.
    public let shape: [Int]
    /// The numbers, last dimension fastest.
    public let values: Values

    /// A tensor of the given shape.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when the values do not fill the shape exactly.
    public init(shape: [Int], values: Values) throws {
        var product = 1
        for size in shape {
            let (next, overflow) = product.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflow else {
                throw ApusError(.shapeMismatch, "\(shape) is not the shape of a tensor.")
            }
            product = next
        }
        guard product == values.count else {
            throw ApusError(.shapeMismatch, "A tensor of shape \(shape) needs \(product) values, not \(values.count).")
        }
        self.shape = shape
        self.values = values
    }

    /// A tensor of one dimension.
    public init(_ values: Values) {
        shape = [values.count]
        self.values = values
    }

    /// A tensor of two dimensions.
    public init(_ matrix: Matrix) {
        shape = [matrix.rows, matrix.columns]
        values = .float64(matrix.values)
    }
}
