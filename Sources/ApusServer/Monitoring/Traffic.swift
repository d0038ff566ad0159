#if Server
import Foundation

/// The requests of the last ten minutes, in steps of a few seconds.
struct Traffic: Sendable {
    /// One step.
    struct Step: Sendable {
        /// Which step, counted from 1970.
        var number: Int
        /// Answered requests.
        var answered = 0
        /// Requests refused with a status below 500.
        var refused = 0
        /// Requests that failed with a status of 500 or above.
        var failed = 0
        /// Rows that were predicted.
        var rows = 0
        /// Seconds from body to answer.
        var latency: EngineStatistics.Histogram

        init(_ number: Int) {
            self.number = number
            latency = EngineStatistics.Histogram(bounds: EngineStatistics.latencyBounds)
        }

        var requests: Int { answered + refused + failed }
    }

    /// Seconds of a step.
    static let seconds = 5.0
    /// Steps that are kept.
    static let limit = 120
    /// Steps of the minute that rates are taken over.
    private static let minute = 12

    private(set) var steps: [Step] = []

    private mutating func with(_ time: Double, _ change: (inout Step) -> Void) {
        let number = Int(time / Self.seconds)
        if let last = steps.indices.last, steps[last].number >= number {
            change(&steps[last])
            return
        }
        var step = Step(number)
        change(&step)
        steps.append(step)
        if steps.count > Self.limit { steps.removeFirst(steps.count - Self.limit) }
    }

    mutating func answered(at time: Double, seconds: Double, rows: Int) {
        with(time) { step in
            step.answered += 1
            step.rows += rows
            step.latency.add(seconds)
        }
    }

    mutating func refused(at time: Double, status: Int) {
        with(time) { step in
            if status >= 500 { step.failed += 1 } else { step.refused += 1 }
        }
    }

    /// What the steps of a minute sum up to.
    struct Summary: Sendable {
        /// Requests per second.
        let rate: Double
        /// Rows per second.
        let rowRate: Double
        /// The share of refused and failed requests; nil without any request.
        let errorRate: Double?
        /// The share of failed requests; nil without any request.
        let failureRate: Double?
        /// Seconds from body to answer.
        let latency: EngineStatistics.Histogram
    }

    /// The last minute.
    ///
    /// - Parameters:
    ///   - time: Now, in seconds since 1970.
    ///   - uptime: Seconds since the start, where that is less than a minute ago.
    func lastMinute(at time: Double, uptime: Double) -> Summary {
        let now = Int(time / Self.seconds)
        let recent = steps.filter { $0.number > now - Self.minute && $0.number <= now }
        // The step under way is not over yet.
        let span = min(Double(Self.minute - 1) * Self.seconds + time - Double(now) * Self.seconds, max(uptime, 1))
        var latency = EngineStatistics.Histogram(bounds: EngineStatistics.latencyBounds)
        for step in recent { latency.merge(step.latency) }
        let requests = recent.reduce(0) { $0 + $1.requests }
        let failed = recent.reduce(0) { $0 + $1.failed }
        return Summary(
            rate: Double(requests) / span, rowRate: Double(recent.reduce(0) { $0 + $1.rows }) / span,
            errorRate: Proportion(recent.reduce(0) { $0 + $1.refused } + failed, of: requests).value,
            failureRate: Proportion(failed, of: requests).value, latency: latency)
    }
}

extension EngineStatistics.Histogram {
    /// Adds the values of another histogram with the same bounds.
    mutating func merge(_ other: EngineStatistics.Histogram) {
        for bin in counts.indices { counts[bin] += other.counts[bin] }
        sum += other.sum
    }
}
#endif
