import ApusCore

/// Splits of rows in time order: each tests on the rows that follow those it trains on.
///
/// The rows equal those of scikit-learn's `TimeSeriesSplit`.
public struct TimeSeriesSplit: CrossValidator, Hashable {
    /// The number of splits, at least 2; default 5.
    public var nSplits: Int
    /// The most rows to train on, the latest ones; default nil: all.
    public var maxTrainSize: Int?
    /// The rows to test on in each split; default nil: rows / (nSplits + 1).
    public var testSize: Int?
    /// How many rows to leave out between training and test; default 0.
    public var gap: Int

    /// A splitter with the given settings, which `split` validates.
    public init(nSplits: Int = 5, maxTrainSize: Int? = nil, testSize: Int? = nil, gap: Int = 0) {
        self.nSplits = nSplits
        self.maxTrainSize = maxTrainSize
        self.testSize = testSize
        self.gap = gap
    }

    /// The splits, the earliest first.
    public func split(rows: Int, labels: Labels?, groups: Labels?) throws -> [Split] {
        guard nSplits >= 2, nSplits < rows else {
            throw ApusError(
                .invalidParameter,
                "nSplits is \(nSplits), but it must be at least 2 and below the \(rows) rows there are.")
        }
        guard gap >= 0, testSize.map({ $0 >= 1 }) ?? true, maxTrainSize.map({ $0 >= 1 }) ?? true else {
            throw ApusError(.invalidParameter, "gap must be at least 0, and testSize and maxTrainSize at least 1.")
        }
        let size = testSize ?? rows / (nSplits + 1)
        let (tested, overflow) = size.multipliedReportingOverflow(by: nSplits)
        guard !overflow, tested < rows, gap < rows - tested else {
            throw ApusError(
                .invalidParameter,
                "\(nSplits) splits that test on \(size) rows each, with a gap of \(gap), leave nothing of \(rows) rows to "
                    + "train on; use fewer or smaller ones.")
        }
        return (0..<nSplits).map { k in
            let start = rows - tested + k * size
            let end = start - gap
            return Split(train: Array(max(0, end - (maxTrainSize ?? end))..<end), test: Array(start..<start + size))
        }
    }
}
