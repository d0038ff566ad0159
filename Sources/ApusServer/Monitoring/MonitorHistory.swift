/// What a monitor found over time, in bounded memory: the newest points, the oldest first.
struct MonitorHistory: Sendable {
    /// One look at the windows.
    struct Point: Sendable {
        /// When, in seconds since 1970.
        let time: Double
        /// The population stability index of each column, in their order.
        let psi: [Float?]
        /// That of the predictions.
        let prediction: Double?
        /// Demographic parity and equalized odds of each sensitive column, in their order.
        let gaps: [(parity: Double?, odds: Double?)]
        /// The first measure of performance, estimated and by the outcomes.
        let estimated: Double?
        let realized: Double?
    }

    /// The most points that are kept.
    static let limit = 240

    private(set) var points: [Point] = []

    mutating func add(_ report: MonitorReport) {
        let measure = report.performance.measures.first
        points.append(
            Point(
                time: report.time, psi: report.columns.map { $0.psi.map(Float.init) },
                prediction: report.predictions?.psi,
                gaps: report.fairness.map { fairness in
                    func gap(_ name: String) -> Double? { fairness.gaps.first { $0.name == name }?.value }
                    return (gap("demographic_parity_difference"), gap("equalized_odds_difference"))
                }, estimated: measure?.estimated, realized: measure?.realized))
        if points.count > Self.limit { points.removeFirst(points.count - Self.limit) }
    }
}
