import Foundation

/// What an engine has done since it started, at one moment.
public struct EngineStatistics: Sendable, Hashable {
    /// Counts by size.
    public struct Histogram: Sendable, Hashable {
        /// The upper bounds of all bins but the last, ascending; a value belongs to the first bin whose bound is not below it.
        public let bounds: [Double]
        /// How many values each bin has, one more than there are bounds.
        public internal(set) var counts: [Int]
        /// The sum of all values.
        public internal(set) var sum = 0.0

        /// An empty histogram.
        public init(bounds: [Double]) {
            self.bounds = bounds
            counts = [Int](repeating: 0, count: bounds.count + 1)
        }

        /// How many values there are.
        public var count: Int { counts.reduce(0, +) }

        /// Adds a value.
        public mutating func add(_ value: Double) {
            var bin = 0
            while bin < bounds.count, bounds[bin] < value { bin += 1 }
            counts[bin] += 1
            sum += value
        }

        /// An estimate of a quantile, linear within its bin; nil while there are no values.
        public func quantile(_ share: Double) -> Double? {
            let total = count
            guard total > 0 else { return nil }
            let rank = share * Double(total)
            var below = 0
            for (bin, count) in counts.enumerated() where count > 0 {
                if Double(below + count) >= rank {
                    guard bin < bounds.count else { return bounds.last }
                    let low = bin == 0 ? 0 : bounds[bin - 1]
                    return low + (bounds[bin] - low) * max(0, rank - Double(below)) / Double(count)
                }
                below += count
            }
            return bounds.last
        }
    }

    /// The figures of one version of a model.
    public struct Model: Sendable, Hashable {
        /// The name it is served by.
        public let name: String
        /// The version.
        public let version: String
        /// Requests answered with predictions.
        public internal(set) var requests = 0
        /// Rows predicted.
        public internal(set) var rows = 0
        /// Requests it predicted as a shadow.
        public internal(set) var shadowRequests = 0
        /// Requests refused, by the kind of failure.
        public internal(set) var refusals: [String: Int] = [:]
        /// Seconds from the complete body to the answer.
        public internal(set) var latency = Histogram(bounds: EngineStatistics.latencyBounds)
        /// Rows of each call of the model, where several requests may have been joined.
        public internal(set) var batchSizes = Histogram(bounds: EngineStatistics.batchBounds)
    }

    /// Seconds.
    static let latencyBounds = [
        0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]
    /// Rows.
    static let batchBounds: [Double] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 1024, 4096, 16384, 65536]

    /// When the engine started.
    public internal(set) var started: Date
    /// Requests that are being predicted.
    public internal(set) var running = 0
    /// Requests that wait for their turn.
    public internal(set) var queueDepth = 0
    /// The most requests that may wait.
    public internal(set) var queueLimit: Int
    /// Answers of every path, by HTTP status.
    public internal(set) var answers: [Int: Int] = [:]
    /// Refusals of every path, by the kind of failure.
    public internal(set) var refusals: [String: Int] = [:]
    /// Each version of each model, also of those that were unloaded.
    public internal(set) var models: [Model] = []
}
