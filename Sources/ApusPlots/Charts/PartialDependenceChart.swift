/// The mean answer of a model at each value of a feature, over the answers for single rows, and where values occur.
public struct PartialDependenceChart: ChartRepresentable {
    private let name: String
    private let grid: [Double]
    private let categories: [String]?
    private let average: [Double]
    private let individual: [[Double]]
    private let label: String

    /// - Parameters:
    ///   - name: the feature.
    ///   - grid: the values it is set to.
    ///   - categories: the names of the values where they are categories; nil for numbers.
    ///   - average: the mean answer at each value.
    ///   - individual: for some rows the answers at each value; may be empty.
    ///   - label: what the model answers.
    public init(
        name: String, grid: [Double], categories: [String]? = nil, average: [Double], individual: [[Double]] = [],
        label: String = "Prediction"
    ) {
        self.name = name
        self.grid = grid
        self.categories = categories?.distinct()
        self.average = average
        self.individual = Array(individual.prefix(60))
        self.label = label
    }

    /// The chart, open for further modifiers.
    public var chart: Chart {
        guard categories == nil else { return bars }
        let count = grid.count
        return Chart {
            for row in individual where row.count == count {
                LineMark(x: .value(name, grid), y: .value(label, row))
                    .foregroundStyle(.gray).opacity(0.28).lineStyle(StrokeStyle(lineWidth: 1))
            }
            LineMark(x: .value(name, grid), y: .value(label, average))
                .foregroundStyle(.blue).lineStyle(StrokeStyle(lineWidth: 3))
        }
        .chartTitle("\(label) by \(name)")
        .chartSubtitle(
            individual.isEmpty ? "The mean over the rows" : "The mean over the rows, and single rows in grey")
    }

    private var bars: Chart {
        Chart { BarMark(x: .value(label, average), y: .value(name, categories ?? [])) }
            .chartTitle("\(label) by \(name)")
            .chartSubtitle("The mean over the rows")
            .chartYAxis(label: "")
    }
}

/// How a model's answers change with a feature, from steps between neighbouring values: accumulated local effects.
public struct LocalEffectsChart: ChartRepresentable {
    private let name: String
    private let bounds: [Double]
    private let effects: [Double]
    private let label: String

    /// - Parameters:
    ///   - name: the feature.
    ///   - bounds: the values between which steps were made.
    ///   - effects: the effect at each of them.
    ///   - label: what the model answers.
    public init(name: String, bounds: [Double], effects: [Double], label: String = "Prediction") {
        self.name = name
        self.bounds = bounds
        self.effects = effects
        self.label = label
    }

    /// The chart, open for further modifiers.
    public var chart: Chart {
        Chart {
            RuleMark(y: .value("Effect on \(label)", 0)).foregroundStyle(.secondary)
                .lineStyle(StrokeStyle(lineWidth: 1))
            LineMark(x: .value(name, bounds), y: .value("Effect on \(label)", effects))
            PointMark(x: .value(name, bounds), y: .value("Effect on \(label)", effects)).foregroundStyle(.blue)
                .symbolSize(16)
        }
        .chartTitle("Effect of \(name)")
        .chartSubtitle("Accumulated over steps between neighbouring values; the mean over the rows is 0")
    }
}
