/// How often each class was taken for each: actual classes as rows, predicted ones as columns.
///
/// A cell is coloured by its share of the row, which is the recall of the class on the diagonal, and says count and
/// share. The share of a class without rows is not defined: its cells say the count alone.
public struct ConfusionMatrixChart: ChartRepresentable {
    private let counts: [[Int]]
    private let classes: [String]
    private let title: String

    /// - Parameters:
    ///   - counts: `counts[i][j]` is the number of rows of class `i` that were predicted as class `j`; cells that are
    ///     missing count as zero.
    ///   - classes: names in the order of `counts`; classes without a name are numbered.
    ///   - title: what stands above the chart.
    public init(counts: [[Int]], classes: [String], title: String = "Confusion matrix") {
        self.counts = counts
        let size = max(classes.count, counts.count, counts.map(\.count).max() ?? 0)
        self.classes = (0..<size).map { $0 < classes.count ? classes[$0] : String($0) }.distinct()
        self.title = title
    }

    /// The chart, open for further modifiers.
    public var chart: Chart {
        var rows: [String] = []
        var columns: [String] = []
        var shares: [Double] = []
        var texts: [String] = []
        for (i, actual) in classes.enumerated() {
            let row = classes.indices.map { i < counts.count && $0 < counts[i].count ? counts[i][$0] : 0 }
            let total = row.reduce(0.0) { $0 + Double(max(0, $1)) }
            for (j, predicted) in classes.enumerated() {
                rows.append(actual)
                columns.append(predicted)
                let share = total > 0 ? Double(max(0, row[j])) / total : .nan
                shares.append(share)
                let count = NumberFormat.fixed(Double(row[j]), 0)
                texts.append(total > 0 ? "\(count)\n\(NumberFormat.fixed(share * 100, 0))%" : count)
            }
        }
        return Chart {
            RectangleMark(x: .value("Predicted", columns), y: .value("Actual", rows))
                .foregroundStyle(by: .value("Share of the actual class", shares))
                .annotation(position: .overlay, texts)
        }
        .chartTitle(title)
        .chartXScale(domain: classes)
        .chartYScale(domain: classes)
        .chartForegroundStyleScale(.blues, domain: 0...1)
    }
}
