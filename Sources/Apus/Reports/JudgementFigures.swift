import ApusCore
import ApusEvaluation
import ApusPlots

extension Judgement {
    /// Puts the charts that belong to the task into a page: confusion matrix, ROC and precision-recall curves for classes;
    /// predicted against actual values and residuals for numbers.
    func addFigures(to page: inout HTMLPage) throws {
        switch (truth, prediction.values) {
        case (.labels(let known), .labels(let predicted)):
            try addClassification(known, predicted, to: &page)
        case (.numbers(let known), .numbers(let predicted)):
            page.figure(
                svg: PredictionChart(predicted: predicted, actual: known).svg(width: 620, height: 420),
                caption: "Each point is a row; on the line the prediction is right.")
            page.figure(
                svg: ResidualChart(predicted: predicted, actual: known).svg(width: 620, height: 420),
                caption: "What the prediction misses by. A pattern here is something the model has not learned.")
        default: break
        }
    }

    private func addClassification(_ known: Labels, _ predicted: Labels, to page: inout HTMLPage) throws {
        let matrix = try ConfusionMatrix(known, predicted)
        let size = Double(min(900, 330 + 46 * matrix.classes.count))
        let counts = (0..<matrix.counts.rows).map { matrix.counts.row($0).map { Int($0) } }
        page.figure(
            svg: ConfusionMatrixChart(counts: counts, classes: matrix.classes.names).svg(
                width: size + 90, height: size),
            caption: "Rows are what is right, columns what was predicted; the colour is the share of the row.")
        page.heading("Classification report")
        page.output(try ClassificationReport(known, predicted).text())
        let classes = predicted.classes.names
        func scores(of k: Int) -> [Double]? {
            prediction.probabilities?.column(k) ?? (classes.count == 2 && k == 1 ? prediction.decisions : nil)
        }
        let present = Set(known.strings)
        // Two classes make one curve, that of the second; more make one for each against the rest.
        let shown = (classes.count == 2 ? [1] : Array(classes.indices.prefix(6))).filter {
            present.contains(classes[$0]) && scores(of: $0) != nil
        }
        guard present.count > 1, !shown.isEmpty else { return }
        var roc: [ROCCurveChart.Curve] = []
        var precision: [PrecisionRecallChart.Curve] = []
        for k in shown {
            let one = Labels(known.strings.map { $0 == classes[k] })
            guard let scores = scores(of: k) else { continue }
            let curve = try ROCCurve(one, scores: scores)
            roc.append(
                ROCCurveChart.Curve(
                    name: classes[k], falsePositiveRates: curve.falsePositiveRate,
                    truePositiveRates: curve.truePositiveRate, area: curve.auc))
            let tradeOff = try PrecisionRecallCurve(one, scores: scores)
            precision.append(
                PrecisionRecallChart.Curve(
                    name: classes[k], recalls: tradeOff.recall, precisions: tradeOff.precision,
                    averagePrecision: try averagePrecisionScore(one, scores: scores).value))
        }
        let prevalence =
            shown.count == 1 ? Double(known.strings.count { $0 == classes[shown[0]] }) / Double(known.count) : nil
        page.figure(
            svg: ROCCurveChart(curves: roc).svg(width: 620, height: 460),
            caption: "How many true cases are found for each share of false alarms, over all thresholds.")
        page.figure(
            svg: PrecisionRecallChart(curves: precision, prevalence: prevalence).svg(width: 620, height: 460),
            caption: "How many of the alarms are right for each share of true cases found.")
    }
}
