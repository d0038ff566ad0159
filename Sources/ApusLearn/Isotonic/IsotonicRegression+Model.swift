import ApusCore

extension IsotonicRegression {
    /// A fitted monotonic function.
    public struct Model: RegressorModel {
        /// `isotonic-regression`
        public static let catalogName = IsotonicRegression.catalogName

        /// Where the function bends, ascending.
        public let xThresholds: [Double]
        /// Its values there.
        public let yThresholds: [Double]
        /// Whether it goes up.
        public let isIncreasing: Bool
        /// What becomes of an x outside of the thresholds.
        public let outOfBounds: OutOfBounds

        init(xThresholds: [Double], yThresholds: [Double], isIncreasing: Bool, outOfBounds: OutOfBounds) {
            self.xThresholds = xThresholds
            self.yThresholds = yThresholds
            self.isIncreasing = isIncreasing
            self.outOfBounds = outOfBounds
        }

        /// 1.
        public var featureCount: Int { 1 }

        /// The value of the function for each row of one column.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predict(_ x: Matrix) throws -> [Double] {
            try x.checkColumns(1, of: "IsotonicRegression")
            return try predict(x.values)
        }

        /// The value of the function for each number.
        ///
        /// - Throws: `ApusError` with code `invalidInput`.
        public func predict(_ x: [Double]) throws -> [Double] {
            try Matrix(column: x).checkUsable()
            let (low, high) = (xThresholds[0], xThresholds[xThresholds.count - 1])
            // One point is a constant everywhere, as in scikit-learn.
            if xThresholds.count == 1 { return [Double](repeating: yThresholds[0], count: x.count) }
            if outOfBounds == .raise, let row = x.firstIndex(where: { $0 < low || $0 > high }) {
                throw ApusError(
                    .invalidInput,
                    "x holds \(x[row]) in row \(row), outside of \(low) to \(high), which the function was fitted on; clip "
                        + "it or fit on more rows.")
            }
            let line = PiecewiseLine(xThresholds, yThresholds)
            return x.map { value in
                outOfBounds == .nan && (value < low || value > high) ? .nan : line.value(at: value)
            }
        }

        /// Puts the thresholds into an archive.
        public func encode(into archive: inout ModelArchive) {
            archive.store(xThresholds, as: "x")
            archive.store(yThresholds, as: "y")
            archive.store(.bool(isIncreasing), as: "increasing")
            archive.store(.string(outOfBounds.rawValue), as: "outOfBounds")
        }

        /// Takes the thresholds out of an archive.
        ///
        /// - Throws: `ApusError` with code `unreadableModel`.
        public init(from archive: ModelArchive) throws {
            xThresholds = try archive.doubles("x")
            yThresholds = try archive.doubles("y", count: xThresholds.count)
            isIncreasing = try archive.bool("increasing")
            guard let bounds = OutOfBounds(rawValue: try archive.string("outOfBounds")) else {
                throw archive.damaged("attribute “outOfBounds” is not what it should be")
            }
            outOfBounds = bounds
            let (x, y, up) = (xThresholds, yThresholds, isIncreasing)
            guard !x.isEmpty, x.indices.dropFirst().allSatisfy({ x[$0] > x[$0 - 1] }),
                y.indices.dropFirst().allSatisfy({ up ? y[$0] >= y[$0 - 1] : y[$0] <= y[$0 - 1] })
            else { throw archive.damaged("its thresholds are not those of a monotonic function") }
        }
    }
}

/// A line through points, level before the first and after the last: NumPy's `interp`.
package struct PiecewiseLine: Sendable {
    private let x: [Double]
    private let y: [Double]

    /// A line through points whose `x` ascend; at least one.
    package init(_ x: [Double], _ y: [Double]) {
        self.x = x
        self.y = y
    }

    /// The line's height at a place.
    package func value(at place: Double) -> Double {
        var (low, high) = (0, x.count)
        while low < high {
            let middle = (low + high) / 2
            if x[middle] <= place { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return y[0] }
        let left = low - 1
        if low == x.count || x[left] == place { return y[left] }
        return (y[low] - y[left]) / (x[low] - x[left]) * (place - x[left]) + y[left]
    }
}
