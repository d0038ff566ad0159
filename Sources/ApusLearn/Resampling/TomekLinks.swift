import ApusCore

/// Takes away rows at the border: those that form a Tomek link with a row of another class.
///
/// Two rows of different classes are a Tomek link when each is the nearest row of the other. Of a link, those rows are taken
/// away whose class is to be resampled. It draws nothing, and takes away what imbalanced-learn does.
///
/// Source: I. Tomek, "Two modifications of CNN" (1976).
public struct TomekLinks: Resampler {
    /// `tomek-links`.
    public static let catalogName = "tomek-links"

    /// Which classes lose rows; default: all but the smallest. A ratio or counts have no meaning here.
    public var samplingStrategy: SamplingStrategy

    /// A resampler that takes rows from the given classes.
    public init(samplingStrategy: SamplingStrategy) { self.samplingStrategy = samplingStrategy }

    /// A resampler that takes rows from all classes but the smallest.
    public init() { self.init(samplingStrategy: .auto) }

    /// Every parameter with its legal values.
    public static let parameters: [Parameter<TomekLinks>] = [
        Parameter(
            "samplingStrategy", \.samplingStrategy, SamplingStrategy.legalValues, "Which classes lose rows.")
    ]

    /// The rows that are left.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` or `invalidInput`.
    /// - Complexity: that of finding the nearest row of each.
    public func fitResample(_ x: Matrix, _ y: Labels) throws -> Resampled {
        try check(x, y)
        let cleaned = Set(try samplingStrategy.targets(y, .cleaning).map(\.code))
        let neighbors = try NeighborColumns(of: .dense(x), among: .dense(x), 1)
        let kept = (0..<x.rows).filter { row in
            let nearest = neighbors.place(row, 0)
            let isLink = y.codes[nearest] != y.codes[row] && neighbors.place(nearest, 0) == row
            return !(isLink && cleaned.contains(y.codes[row]))
        }
        guard !kept.isEmpty else {
            throw ApusError(
                .invalidInput, "Every row is part of a Tomek link, so none would be left; clean fewer classes.")
        }
        return Resampled(selecting: kept, of: x, y)
    }
}
