import Apus
import ApusFrame

/// A column whose values are counted in the bins of its reference, and the place of the counts in a block.
///
/// The counts of a column are one for each bin, then the missing ones; the sums, of numbers alone, one for each bin.
final class MonitoredColumn: Sendable {
    /// What the bins are.
    enum Bins: Sendable {
        /// Ranges of numbers: their inner bounds, and for each range the tenth of the reference it belongs to.
        case numbers(bounds: [Double], tenths: [Int])
        /// Levels of text; the last bin takes what did not occur in training.
        case levels([String], places: [String: Int], other: Int?, known: Set<String>)
    }

    /// The column.
    let name: String
    /// What the bins are.
    let bins: Bins
    /// How many bins there are.
    let binCount: Int
    /// Whether texts are times.
    let holdsTimes: Bool
    /// Training rows in each bin.
    let reference: [Double]
    /// Where the training rows of each bin stand on average; empty for levels and for coarse references.
    let referenceMeans: [Double]
    /// Training rows without a value.
    let referenceMissing: Int
    /// The mean and the standard deviation of the training rows, if known.
    let referenceMoments: (mean: Double, deviation: Double)?
    /// The place of the first count.
    let firstCount: Int
    /// The place of the first sum.
    let firstSum: Int

    /// Counts a column needs.
    var countWidth: Int { binCount + 1 }
    /// Sums a column needs.
    var sumWidth: Int { if case .numbers = bins { binCount } else { 0 } }

    /// A numeric or text column with the reference of its training; nil where the reference is malformed or says nothing.
    init?(
        _ reference: TrainingSummary.Reference, _ input: FittedFrameEncoder.InputColumn, firstCount: Int, firstSum: Int
    ) {
        name = reference.column
        holdsTimes = input.schema.type == .dateTime
        referenceMissing = max(0, reference.missing)
        self.firstCount = firstCount
        self.firstSum = firstSum
        guard reference.counts.allSatisfy({ $0 >= 0 }) else { return nil }
        if input.schema.type.isNumeric {
            guard Self.fits(reference.bounds, reference.counts) else { return nil }
            let detail = reference.detail.flatMap { detail in
                let contains = Set(detail.bounds).isSuperset(of: reference.bounds)
                let isWhole = detail.means.count == detail.counts.count && detail.counts.allSatisfy { $0 >= 0 }
                return Self.fits(detail.bounds, detail.counts) && contains && isWhole ? detail : nil
            }
            let bounds = detail?.bounds ?? reference.bounds
            bins = .numbers(
                bounds: bounds,
                tenths: bounds.map { NumericDistribution.bin(of: $0, in: reference.bounds) } + [reference.bounds.count])
            self.reference = (detail?.counts ?? reference.counts).map(Double.init)
            referenceMeans = detail?.means ?? []
            referenceMoments = detail.map { ($0.mean, $0.standardDeviation) }
            binCount = bounds.count + 1
        } else {
            guard reference.levels.count == reference.counts.count else { return nil }
            let other = reference.levels.firstIndex(of: TrainingSummary.Reference.otherLevels)
            bins = .levels(
                reference.levels,
                places: Dictionary(zip(reference.levels, 0...), uniquingKeysWith: { first, _ in first }), other: other,
                known: other == nil ? [] : Set(input.levels))
            self.reference = reference.counts.map(Double.init) + [0]
            referenceMeans = []
            referenceMoments = nil
            binCount = reference.levels.count + 1
        }
    }

    /// The scores of a model, counted like a column of numbers.
    init?(scores: NumericDistribution, firstCount: Int, firstSum: Int) {
        guard Self.fits(scores.bounds, scores.counts), scores.means.count == scores.counts.count,
            scores.counts.allSatisfy({ $0 >= 0 })
        else { return nil }
        name = "(prediction)"
        holdsTimes = false
        referenceMissing = 0
        self.firstCount = firstCount
        self.firstSum = firstSum
        let bounds = scores.bounds
        // About ten bins, by joining four neighbours.
        bins = .numbers(bounds: bounds, tenths: (0...bounds.count).map { $0 * 10 / (bounds.count + 1) })
        reference = scores.counts.map(Double.init)
        referenceMeans = scores.means
        referenceMoments = (scores.mean, scores.standardDeviation)
        binCount = bounds.count + 1
    }

    private static func fits(_ bounds: [Double], _ counts: [Int]) -> Bool {
        counts.count == bounds.count + 1 && zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }
    }

    /// Counts a value.
    func count(_ cell: Cell, in block: inout BlockCounts) {
        switch (bins, cell) {
        case (_, .missing): block.counts[firstCount + binCount] += 1
        case (.numbers(let bounds, _), _):
            guard let value = number(cell) else {
                block.counts[firstCount + binCount] += 1
                return
            }
            count(value, bounds, &block)
        case (.levels(let levels, let places, let other, let known), _):
            let text = if case .text(let text) = cell { text } else { cell.description }
            // Without a bin of their own, known levels are among the others.
            let bin = places[text] ?? other.flatMap { known.contains(text) ? $0 : nil } ?? levels.count
            block.counts[firstCount + bin] += 1
        }
    }

    /// Counts a number.
    func count(_ value: Double, in block: inout BlockCounts) {
        guard case .numbers(let bounds, _) = bins, value.isFinite else { return }
        count(value, bounds, &block)
    }

    private func count(_ value: Double, _ bounds: [Double], _ block: inout BlockCounts) {
        let bin = NumericDistribution.bin(of: value, in: bounds)
        block.counts[firstCount + bin] += 1
        block.sums[firstSum + bin] += value
    }

    private func number(_ cell: Cell) -> Double? {
        switch cell {
        case .number(let value): value.isFinite ? value : nil
        case .flag(let flag): flag ? 1 : 0
        case .text(let text): holdsTimes ? DateTime(text)?.secondsSince1970 : nil
        case .missing: nil
        }
    }
}
