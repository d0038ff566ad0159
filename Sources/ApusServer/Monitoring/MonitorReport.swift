import Apus

/// What the monitor of one model found in its windows.
struct MonitorReport: Sendable, Hashable {
    /// The name the model is served by.
    let model: String
    /// Its version.
    let version: String
    /// When, in seconds since 1970.
    let time: Double
    /// Rows in the window of predictions.
    let rows: Int
    /// When the window begins; nil without rows.
    let start: Double?
    /// The input columns.
    let columns: [ColumnDrift]
    /// The predicted classes, or of a regressor the predicted numbers; nil where the model file has no reference.
    let predictions: PredictionDrift?
    /// The predicted probabilities; nil where there are none.
    let scores: ColumnDrift?
    /// How good the predictions are.
    let performance: PerformanceReport
    /// The share of the predictions in the window whose outcome is known.
    let labelCoverage: Double?
    /// The groups of each sensitive column.
    let fairness: [FairnessReport]
    /// The level of significance, before it is shared out among the columns.
    let level: Double

    /// How the predicted classes compare with those when the model was judged.
    struct PredictionDrift: Sendable, Hashable {
        /// The classes, or the tenths of the numbers.
        let labels: [String]
        /// Their shares when the model was judged.
        let referenceShares: [Double]
        /// Their shares in the window.
        let shares: [Double]
        /// The population stability index.
        let psi: Double?
        /// The Jensen-Shannon distance.
        let jensenShannon: Double?
        /// How probable such shares are when nothing has changed.
        let pValue: Double?
    }

    /// Whether a column's drift is more than chance.
    func isSignificant(_ column: ColumnDrift) -> Bool { column.isSignificant(level: level, columns: columns.count) }

    /// Everything that is watched, as gauges.
    var gauges: [Gauge] {
        var gauges: [Gauge] = []
        for column in columns {
            let label = [Gauge.Label(name: "column", value: column.name)]
            let isSignificant = isSignificant(column)
            func add(_ name: String, _ value: Double?, _ significance: Bool? = nil) {
                gauges.append(Gauge(name: name, labels: label, value: value, isSignificant: significance))
            }
            add("psi", column.psi, isSignificant)
            add(column.test.rawValue, column.statistic, isSignificant)
            add("drift_p_value", column.pValue)
            add("jensen_shannon", column.jensenShannon, isSignificant)
            if column.test == .kolmogorovSmirnov { add("wasserstein", column.wasserstein, isSignificant) }
            add("missing_share", column.missingShare)
            if column.test == .chiSquare { add("unseen_share", column.unseenShare) }
        }
        if let predictions {
            let isSignificant = predictions.pValue.map { $0 < level } ?? false
            gauges.append(Gauge(name: "prediction_psi", value: predictions.psi, isSignificant: isSignificant))
            gauges.append(
                Gauge(name: "prediction_jensen_shannon", value: predictions.jensenShannon, isSignificant: isSignificant)
            )
        }
        if let scores {
            gauges.append(
                Gauge(
                    name: "score_psi", value: scores.psi, isSignificant: scores.isSignificant(level: level, columns: 1))
            )
        }
        gauges.append(Gauge(name: "window_rows", value: Double(rows)))
        gauges.append(Gauge(name: "outcomes", value: Double(performance.outcomes)))
        gauges.append(Gauge(name: "label_coverage", value: labelCoverage))
        for measure in performance.measures {
            gauges.append(Gauge(name: measure.name, value: measure.realized))
            if measure.estimated != nil {
                gauges.append(Gauge(name: "estimated_\(measure.name)", value: measure.estimated))
            }
        }
        for report in fairness {
            let column = Gauge.Label(name: "column", value: report.column)
            for group in report.groups {
                let labels = [column, Gauge.Label(name: "group", value: group.name)]
                if let selection = group.selection {
                    gauges.append(Gauge(name: "selection_rate", labels: labels, value: selection.value))
                }
                gauges.append(Gauge(name: "group_label_coverage", labels: labels, value: group.coverage))
            }
            for gap in report.gaps {
                gauges.append(
                    Gauge(name: gap.name, labels: [column], value: gap.value, isSignificant: gap.isSignificant))
            }
        }
        return gauges
    }
}
