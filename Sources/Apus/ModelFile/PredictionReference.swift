import ApusCore

/// What a model predicted for the rows it was judged on: what later predictions are compared with.
public struct PredictionReference: Sendable, Hashable, Codable {
    /// A range of scores, and what came true in it.
    public struct CalibrationBin: Sendable, Hashable, Codable {
        /// Rows in the range.
        public let rows: Int
        /// The mean score of the rows.
        public let predicted: Double
        /// The share of them that came true; never below that of the bin before.
        public let observed: Double
    }

    /// The most bins of the scores.
    private static let bins = 40
    /// Rows that a bin of the calibration has at least.
    private static let calibrationRows = 30
    /// Bins of the calibration at least: with fewer, the scores are taken as they are.
    private static let calibrationBins = 5...20

    /// How many rows were judged.
    public let rows: Int
    /// Whether these rows were held out of training.
    public let isHeldOut: Bool
    /// How often each class was predicted, in the order of the classes; empty for a regressor.
    public let classCounts: [Int]
    /// The scores: of two classes the probability of the last, of more the probability of the one predicted, and of a
    /// regressor the predicted numbers. Nil for a classifier without probabilities.
    public let scores: NumericDistribution?
    /// What became of the scores in the judged rows, ascending in score and in what came true: of two classes how often
    /// the last was right, of more how often the predicted one was. Empty without probabilities or with too few rows.
    public let calibration: [CalibrationBin]

    /// What some judged predictions tell.
    init(of judgement: Judgement, isHeldOut: Bool) {
        self.isHeldOut = isHeldOut
        rows = judgement.prediction.count
        switch judgement.prediction.values {
        case .numbers(let numbers):
            classCounts = []
            scores = NumericDistribution(sorted: numbers.filter(\.isFinite).sorted(), bins: Self.bins)
            calibration = []
        case .labels(let labels):
            classCounts = labels.counts
            guard let probabilities = judgement.prediction.probabilities, case .labels(let truth) = judgement.truth
            else {
                scores = nil
                calibration = []
                return
            }
            let isBinary = labels.classes.count == 2
            let known = truth.strings
            let names = labels.classes.names
            let pairs: [(score: Double, isTrue: Bool)] = (0..<labels.count).map { row in
                let code = isBinary ? 1 : labels.codes[row]
                return (probabilities[row, code], known[row] == names[code])
            }.filter { $0.0.isFinite }.sorted { $0.0 < $1.0 }
            scores = NumericDistribution(sorted: pairs.map(\.score), bins: Self.bins)
            calibration = Self.calibrate(pairs)
        }
    }

    /// Bins of about equally many rows, pooled until what came true ascends (pool adjacent violators).
    private static func calibrate(_ pairs: [(score: Double, isTrue: Bool)]) -> [CalibrationBin] {
        let count = min(calibrationBins.upperBound, pairs.count / calibrationRows)
        guard count >= calibrationBins.lowerBound else { return [] }
        var pooled: [CalibrationBin] = []
        var start = 0
        for k in 1...count {
            var end = pairs.count * k / count
            // Equal scores belong together.
            while end < pairs.count, end > 0, pairs[end].score == pairs[end - 1].score { end += 1 }
            guard end > start else { continue }
            let part = pairs[start..<end]
            start = end
            let rows = Double(part.count)
            pooled.append(
                CalibrationBin(
                    rows: part.count, predicted: part.reduce(0) { $0 + $1.score } / rows,
                    observed: Double(part.count(where: \.isTrue)) / rows))
            while pooled.count > 1, pooled[pooled.count - 2].observed > pooled[pooled.count - 1].observed {
                let (last, before) = (pooled.removeLast(), pooled.removeLast())
                let rows = Double(last.rows + before.rows)
                func mean(_ value: (CalibrationBin) -> Double) -> Double {
                    (value(before) * Double(before.rows) + value(last) * Double(last.rows)) / rows
                }
                pooled.append(
                    CalibrationBin(
                        rows: last.rows + before.rows, predicted: mean(\.predicted), observed: mean(\.observed)))
            }
        }
        return pooled.count > 1 ? pooled : []
    }

    /// How probable it is that a score comes true, by what came true of such scores in the judged rows; between the bins'
    /// means it is interpolated, and without a calibration the score is taken as it is.
    public func calibrated(_ score: Double) -> Double {
        guard let first = calibration.first, let last = calibration.last else { return min(max(score, 0), 1) }
        if score <= first.predicted { return first.observed }
        guard score < last.predicted, let above = calibration.firstIndex(where: { $0.predicted >= score }), above > 0
        else { return last.observed }
        let (low, high) = (calibration[above - 1], calibration[above])
        let width = high.predicted - low.predicted
        guard width > 0 else { return high.observed }
        return low.observed + (score - low.predicted) / width * (high.observed - low.observed)
    }
}
