/// The interval of E. B. Wilson (1927) for a share: where the true share plausibly lies, also for few rows and for shares
/// near 0 and 1.
public struct WilsonInterval: Sendable, Hashable {
    /// The lower end.
    public let low: Double
    /// The upper end.
    public let high: Double

    /// The interval of 95 % for a share; nil without any trial.
    ///
    /// - Parameters:
    ///   - successes: How often it was so.
    ///   - trials: Out of how many.
    public init?(_ successes: Int, of trials: Int) {
        guard trials > 0, successes >= 0, successes <= trials else { return nil }
        let z = 1.959963984540054
        let (n, share) = (Double(trials), Double(successes) / Double(trials))
        let centre = share + z * z / (2 * n)
        let spread = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        low = max(0, (centre - spread) / (1 + z * z / n))
        high = min(1, (centre + spread) / (1 + z * z / n))
    }
}
