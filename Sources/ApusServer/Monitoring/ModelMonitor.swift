import Apus
import ApusFrame
import ApusTrust
import Foundation

/// Watches one version of a model: counts its predictions and outcomes in sliding windows and compares them with the
/// baseline in the model file.
struct ModelMonitor: Sendable {
    /// The name the model is served by.
    let model: String
    /// Its version.
    let version: String
    let layout: MonitorLayout
    private let settings: MonitorConfiguration
    private let summary: TrainingSummary
    private var predictions: SlidingWindow
    private var results: SlidingWindow
    /// What was found last.
    private(set) var report: MonitorReport
    /// What was found before, the oldest first.
    private(set) var history = MonitorHistory()
    private var evaluated = -Double.infinity
    private var isStale = false

    /// A monitor of a model that has predicted nothing yet.
    init(_ model: TrainedModel, name: String, version: String, settings: MonitorConfiguration) {
        self.model = name
        self.version = version
        self.settings = settings
        summary = model.summary
        layout = MonitorLayout(model)
        predictions = SlidingWindow(settings.window, empty: layout.emptyPredictions)
        results = SlidingWindow(settings.outcomeWindow, empty: layout.emptyOutcomes)
        report = Self.compare(name, version, layout, nil, nil, summary, settings, at: 0)
    }

    /// Counts the rows of an answered request.
    ///
    /// - Parameter evaluated: Called whenever the window has moved on and was looked at.
    mutating func observe(_ event: PredictionEvent, evaluated: (MonitorReport) -> Void) {
        let time = event.time.timeIntervalSince1970
        for row in event.rows.indices where row < event.prediction.count {
            let cells = event.cells(of: row)
            let layout = layout
            let isFull = predictions.add(at: time) { layout.count(cells, event.prediction, row: row, in: &$0) }
            isStale = true
            if isFull, let report = evaluate(at: time) { evaluated(report) }
        }
    }

    /// Counts true labels.
    mutating func observe(_ outcomes: [JoinedOutcome], at time: Double, evaluated: (MonitorReport) -> Void) {
        for outcome in outcomes {
            let layout = layout
            let places = layout.groups.map { group in
                outcome.groups[group.rule.column].flatMap { group.names.firstIndex(of: $0) }
            }
            predictions.amend(at: outcome.predictedAt) { layout.countLabel(places, in: &$0) }
            let isFull = results.add(at: time) { layout.count(outcome.pair, places, in: &$0) }
            isStale = true
            if isFull, let report = evaluate(at: time) { evaluated(report) }
        }
    }

    /// Lets time pass, and looks at the windows if anything has changed.
    mutating func tick(at time: Double, evaluated: (MonitorReport) -> Void) {
        let moved = [predictions.advance(to: time), results.advance(to: time)]
        if moved.contains(true) { isStale = true }
        guard isStale, let report = evaluate(at: time) else { return }
        evaluated(report)
    }

    /// Looks at the windows, unless that was done a moment ago.
    private mutating func evaluate(at time: Double) -> MonitorReport? {
        guard time - evaluated >= settings.evaluateEvery else { return nil }
        evaluated = time
        isStale = false
        report = Self.compare(
            model, version, layout, predictions.total, results.total, summary, settings, at: time)
        history.add(report)
        return report
    }

    private static func compare(
        _ model: String, _ version: String, _ layout: MonitorLayout, _ predictions: SlidingWindow.Block?,
        _ results: SlidingWindow.Block?, _ summary: TrainingSummary, _ settings: MonitorConfiguration, at time: Double
    ) -> MonitorReport {
        let rows = predictions?.rows ?? 0
        // A few rows say nothing, whatever they hold.
        let isEnough = rows >= settings.minRows
        let counted = isEnough ? predictions?.content ?? layout.emptyPredictions : layout.emptyPredictions
        let reference = Dictionary(
            (summary.testScores.isEmpty ? summary.trainScores : summary.testScores).compactMap { score in
                score.value.map { (score.name, $0) }
            }, uniquingKeysWith: { first, _ in first })
        return MonitorReport(
            model: model, version: version, time: time, rows: rows, start: predictions?.start,
            columns: layout.columns.map { ColumnDrift($0.column, counted) },
            predictions: drift(layout, counted), scores: layout.isRegression ? nil : scores(layout, counted),
            performance: PerformanceReport(
                layout, predictions: isEnough ? predictions?.content : nil, results: results?.content,
                reference: reference),
            labelCoverage: predictions.flatMap { block in
                Proportion(min(block.content.counts[layout.labelled], block.rows), of: block.rows).value
            },
            fairness: layout.groups.map {
                FairnessReport(
                    $0, layout, predictions: predictions?.content, results: results?.content,
                    minRows: settings.minGroupRows, reference: summary.groups)
            }, level: settings.significance)
    }

    private static func scores(_ layout: MonitorLayout, _ block: BlockCounts) -> ColumnDrift? {
        layout.scores.map { ColumnDrift($0, block) }
    }

    private static func drift(_ layout: MonitorLayout, _ block: BlockCounts) -> MonitorReport.PredictionDrift? {
        if layout.isRegression {
            return scores(layout, block).map {
                MonitorReport.PredictionDrift(
                    labels: $0.labels, referenceShares: $0.referenceShares, shares: $0.shares, psi: $0.psi,
                    jensenShannon: $0.jensenShannon, pValue: $0.pValue)
            }
        }
        guard let reference = layout.predictions?.classCounts, reference.count == layout.classes.count else {
            return nil
        }
        let before = reference.map { Double(max(0, $0)) }
        let now = layout.classes.indices.map { Double(block.counts[layout.firstClass + $0]) }
        let (n, m) = (before.reduce(0, +), now.reduce(0, +))
        return MonitorReport.PredictionDrift(
            labels: layout.classes, referenceShares: before.map { n > 0 ? $0 / n : 0 },
            shares: now.map { m > 0 ? $0 / m : 0 }, psi: DriftMeasure.populationStability(before, now),
            jensenShannon: DriftMeasure.jensenShannon(before, now),
            pValue: DriftMeasure.chiSquare(before, now)?.pValue)
    }
}
