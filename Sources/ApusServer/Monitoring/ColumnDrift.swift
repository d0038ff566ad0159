import Apus

/// How the values of a column in a window compare with those of the training.
struct ColumnDrift: Sendable, Hashable {
    /// Which test tells chance from change.
    enum Test: String, Sendable, Hashable {
        /// For numbers.
        case kolmogorovSmirnov = "ks"
        /// For levels.
        case chiSquare = "chi_square"
    }

    /// The column.
    let name: String
    /// Rows with a value.
    let rows: Int
    /// The population stability index over the tenths, or the levels, of the reference.
    let psi: Double?
    /// What the index is on average, for as many rows, when nothing has changed.
    let expectedPSI: Double?
    /// The Jensen-Shannon distance, 0 to 1.
    let jensenShannon: Double?
    /// The Wasserstein distance in standard deviations of the reference; nil for levels.
    let wasserstein: Double?
    /// The test.
    let test: Test
    /// The statistic of the test.
    let statistic: Double?
    /// How probable such a statistic is when nothing has changed.
    let pValue: Double?
    /// The share of the rows without a value.
    let missingShare: Double?
    /// The share of the training rows without a value.
    let referenceMissingShare: Double
    /// The share of the values that did not occur in training; nil for numbers.
    let unseenShare: Double?
    /// The mean of the values; nil for levels.
    let mean: Double?
    /// The mean of the training's values, if known.
    let referenceMean: Double?
    /// What the bins of the index are called.
    let labels: [String]
    /// The share of the training rows in each.
    let referenceShares: [Double]
    /// The share of the window's rows in each.
    let shares: [Double]

    /// Compares the counts of a window with the reference of a column.
    init(_ column: MonitoredColumn, _ block: BlockCounts) {
        name = column.name
        let counts = (0..<column.binCount).map { Double(block.counts[column.firstCount + $0]) }
        let missing = block.counts[column.firstCount + column.binCount]
        let total = counts.reduce(0, +)
        rows = Int(total)
        missingShare = total + Double(missing) > 0 ? Double(missing) / (total + Double(missing)) : nil
        let trained = column.reference.reduce(0, +)
        let all = trained + Double(column.referenceMissing)
        referenceMissingShare = all > 0 ? Double(column.referenceMissing) / all : 0
        let result: DriftMeasure.Test?
        let (reference, window): ([Double], [Double])
        switch column.bins {
        case .numbers(let bounds, let tenths):
            (reference, window) = (Self.joined(column.reference, tenths), Self.joined(counts, tenths))
            test = .kolmogorovSmirnov
            result = DriftMeasure.kolmogorovSmirnov(column.reference, counts)
            let sums = (0..<column.binCount).map { block.sums[column.firstSum + $0] }
            let windowAtoms = zip(sums, counts).map { (value: $1 > 0 ? $0 / $1 : 0, count: $1) }
            let deviation = column.referenceMoments?.deviation ?? 0
            wasserstein =
                deviation > 0
                ? DriftMeasure.wasserstein(
                    zip(column.referenceMeans, column.reference).map { (value: $0, count: $1) }, windowAtoms
                ).map { $0 / deviation } : nil
            mean = total > 0 ? sums.reduce(0, +) / total : nil
            referenceMean = column.referenceMoments?.mean
            unseenShare = nil
            let ends = Set(tenths).sorted().compactMap { tenth in
                tenths.lastIndex(of: tenth).flatMap { $0 < bounds.count ? bounds[$0] : nil }
            }
            labels = ends.isEmpty ? ["all"] : ends.map { "≤ \(TextTable.significant($0, 4))" } + ["above"]
        case .levels(let levels, _, _, _):
            (reference, window) = (column.reference, counts)
            test = .chiSquare
            result = DriftMeasure.chiSquare(column.reference, counts)
            wasserstein = nil
            mean = nil
            referenceMean = nil
            unseenShare = total > 0 ? (counts.last ?? 0) / total : nil
            labels = levels + ["(unseen)"]
        }
        psi = DriftMeasure.populationStability(reference, window)
        expectedPSI = DriftMeasure.expectedStability(bins: reference.count, trained, total)
        jensenShannon = DriftMeasure.jensenShannon(reference, window)
        statistic = result?.statistic
        pValue = result?.pValue
        referenceShares = reference.map { trained > 0 ? $0 / trained : 0 }
        shares = window.map { total > 0 ? $0 / total : 0 }
    }

    /// The counts of the tenths that bins belong to.
    private static func joined(_ counts: [Double], _ tenths: [Int]) -> [Double] {
        var joined: [Double] = []
        var last = -1
        for (count, tenth) in zip(counts, tenths) {
            if tenth == last { joined[joined.count - 1] += count } else { joined.append(count) }
            last = tenth
        }
        return joined
    }

    /// Whether more than chance is at work: the test's p-value is below a level that is shared out among all columns.
    func isSignificant(level: Double, columns: Int) -> Bool {
        guard let pValue else { return false }
        return pValue < level / Double(max(columns, 1))
    }
}
