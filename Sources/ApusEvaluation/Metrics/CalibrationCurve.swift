import ApusCore

/// How bins for a calibration curve are made.
public enum CalibrationBins: String, Sendable, Hashable, Codable, CaseIterable {
    /// Bins of equal width from 0 to 1.
    case uniform
    /// Bins of about as many rows each.
    case quantile
}

/// How often what is said to be probable happens: a point for each bin of predicted probabilities that has rows.
public struct CalibrationCurve: Sendable, Hashable {
    /// The share of positive rows in each bin.
    public let probTrue: [Double]
    /// The mean predicted probability in each bin.
    public let probPred: [Double]
    /// The rows in each bin.
    public let counts: [Int]
}

/// The calibration curve, or reliability diagram, of predicted probabilities of two classes.
///
///     let curve = try calibrationCurve(truth, probabilities.column(1), nBins: 10)
///     // a calibrated model has curve.probTrue ≈ curve.probPred
///
/// - Parameters:
///   - truth: n labels of at most two classes.
///   - probabilities: n probabilities of the positive class, 0 to 1.
///   - positive: The positive class by name; default nil: the class 1, `true`, or else the second one.
///   - nBins: The number of bins, at least 1; default 5.
///   - strategy: Bins of equal width or of equal counts; default equal width.
/// - Throws: `ApusError` with code `shapeMismatch`, `invalidInput` or `invalidParameter`.
/// - Complexity: O(n·log n).
public func calibrationCurve(
    _ truth: Labels, _ probabilities: [Double], positive: String? = nil, nBins: Int = 5,
    strategy: CalibrationBins = .uniform
) throws -> CalibrationCurve {
    guard nBins >= 1 else { throw ApusError(.invalidParameter, "nBins is \(nBins); at least one bin is needed.") }
    guard !probabilities.isEmpty else {
        throw ApusError(.invalidInput, "There are no rows; a calibration curve needs at least one.")
    }
    try truth.check(rows: probabilities.count)
    if let row = probabilities.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) {
        throw ApusError(
            .invalidInput, "The probability of row \(row) is \(probabilities[row]); it must be from 0 to 1.")
    }
    let known = truth.compacted
    let (code, _) = try PositiveClass.find(
        positive, declared: truth.classes, occurring: known.classes, preferringOne: true)
    let edges: [Double]
    switch strategy {
    case .uniform: edges = (1..<max(nBins, 1)).map { Double($0) * (1 / Double(nBins)) }
    case .quantile:
        let sorted = probabilities.sorted()
        edges = (1..<max(nBins, 1)).map { place in
            let position = Double(place) * (1 / Double(nBins)) * Double(sorted.count - 1)
            let low = Int(position)
            let (a, b) = (sorted[low], sorted[min(low + 1, sorted.count - 1)])
            let share = position - Double(low)
            return share < 0.5 ? a + (b - a) * share : b - (b - a) * (1 - share)
        }
    }
    var sums = [Double](repeating: 0, count: nBins)
    var positives = [Int](repeating: 0, count: nBins)
    var counts = positives
    for (row, value) in probabilities.enumerated() {
        var (low, high) = (0, edges.count)
        while low < high {
            let middle = (low + high) / 2
            if edges[middle] < value { low = middle + 1 } else { high = middle }
        }
        sums[low] += value
        counts[low] += 1
        if known.codes[row] == code { positives[low] += 1 }
    }
    let filled = counts.indices.filter { counts[$0] > 0 }
    return CalibrationCurve(
        probTrue: filled.map { Double(positives[$0]) / Double(counts[$0]) },
        probPred: filled.map { sums[$0] / Double(counts[$0]) }, counts: filled.map { counts[$0] })
}
