import CApusKernels

/// Training rows as small whole numbers: each value is replaced by the number of its bin.
///
/// Held twice, because the two loops over them want different neighbours: histograms read all features of a row,
/// partitions read one feature of many rows.
@_documentation(visibility: internal)
public struct BoostingBins: Sendable {
    /// The bin of a missing value.
    public static let missing: UInt8 = 255

    /// What a feature's bins are made of.
    public enum Feature: Sendable {
        /// Numbers between ascending thresholds.
        case numbers(thresholds: [Double])
        /// One bin for each of these ascending values.
        case categories([Double])

        /// How many bins hold values that are not missing.
        public var count: Int {
            switch self {
            case .numbers(let thresholds): thresholds.count + 1
            case .categories(let values): values.count
            }
        }
    }

    /// Number of rows.
    public let rows: Int
    /// What each feature's bins are made of.
    public let features: [Feature]
    /// Whether any row lacks a feature.
    public let hasMissing: [Bool]
    /// Bytes from one row to the next in `byRow`.
    let stride: Int
    /// rows × stride.
    let byRow: [UInt8]
    /// features × rows.
    let byColumn: [UInt8]

    /// Bins the rows of a matrix.
    ///
    /// - Parameters:
    ///   - x: n × d.
    ///   - columns: The column of `x` that each feature is.
    ///   - features: As many; at most 255 bins each.
    public init(_ x: Matrix, columns: [Int], features: [Feature]) {
        let (n, width) = (x.rows, x.columns)
        let count = columns.count
        let stride = (count + 3) / 4 * 4
        let tables = features.map(Self.table)
        let blocks = Parallel.blocks(of: n, size: Self.blockRows)
        var filled: [UInt8] = []
        let byRow = [UInt8](unsafeUninitializedCapacity: n * stride) { rowBuffer, rowsFilled in
            rowBuffer.initialize(repeating: 0)
            let rowBytes = SharedBuffer(UnsafeMutableBufferPointer(rebasing: rowBuffer[0..<n * stride]))
            filled = [UInt8](unsafeUninitializedCapacity: n * count) { columnBuffer, columnsFilled in
                let columnBytes = SharedBuffer(UnsafeMutableBufferPointer(rebasing: columnBuffer[0..<n * count]))
                Parallel.forEach(blocks.count) { block in
                    let rows = blocks[block]
                    x.values.withUnsafeBufferPointer { values in
                        let source = values.baseAddress.unsafelyUnwrapped + rows.lowerBound * width
                        for j in 0..<count {
                            let out = columnBytes.base + j * n + rows.lowerBound
                            Self.bin(source + columns[j], width, rows.count, tables[j], features[j], out)
                            let spread = rowBytes.base + rows.lowerBound * stride + j
                            for i in 0..<rows.count { spread[i * stride] = out[i] }
                        }
                    }
                }
                columnsFilled = n * count
            }
            rowsFilled = n * stride
        }
        self.rows = n
        self.features = features
        self.stride = stride
        self.byRow = byRow
        let byColumn = filled
        self.byColumn = byColumn
        hasMissing = Parallel.map(count) { j in byColumn[j * n..<(j + 1) * n].contains(Self.missing) }
    }

    private static let blockRows = 2048

    /// Ascending thresholds padded with infinity to a length that is searched without branches.
    private static func table(_ feature: Feature) -> [Double] {
        guard case .numbers(let thresholds) = feature else { return [] }
        return thresholds + [Double](repeating: .infinity, count: 256 - thresholds.count)
    }

    private static func bin(
        _ x: UnsafePointer<Double>, _ step: Int, _ count: Int, _ table: [Double], _ feature: Feature,
        _ out: UnsafeMutablePointer<UInt8>
    ) {
        switch feature {
        case .numbers:
            apus_boosting_bin(x, step, count, table, missing, out, 1)
        case .categories(let values):
            for i in 0..<count { out[i] = code(of: x[i * step], in: values) ?? missing }
        }
    }

    /// The place of a value among ascending ones, nil where it is not among them.
    public static func code(of value: Double, in values: [Double]) -> UInt8? {
        guard !value.isNaN else { return nil }
        var low = 0
        var high = values.count
        while low < high {
            let middle = (low + high) / 2
            if values[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low < values.count && values[low] == value ? UInt8(truncatingIfNeeded: low) : nil
    }
}
