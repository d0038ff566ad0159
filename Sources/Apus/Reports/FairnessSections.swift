import ApusCore
import ApusEvaluation
import ApusPlots
import ApusTrust

extension FairnessAssessment {
    /// Puts tables and charts of each grouping into a page.
    func addSections(to page: inout HTMLPage) throws {
        page.paragraph(
            positive.map {
                "Rates are of the class `\($0)`. Ranges in brackets hold 95 of 100 values when rows are drawn again; those of "
                    + "rates in the charts are Wilson's."
            } ?? "Ranges in brackets hold 95 of 100 values when rows are drawn again.")
        page.paragraph(
            "A difference is the greatest distance between two groups, 0 is parity; a ratio is the smallest over the greatest, "
                + "1 is parity. A rate without any row to be about is undefined and never counted as 0 or 1.")
        for part in parts {
            page.heading("By \(part.title)")
            page.table(header: header(part), rows: rows(part, intervals: true))
            page.table(
                header: ["disparity", "value", "range", "remark"],
                rows: part.disparities.map { gap in
                    [Self.title(gap.metric), TextTable.score(gap.value), range(of: gap.metric, part), gap.note ?? ""]
                })
            addCharts(part, to: &page)
        }
        try addCurves(to: &page)
    }

    /// The range of a difference or ratio of one rate, where the draws have it.
    private func range(of metric: String, _ part: Part) -> String {
        let rates: [String: (String, Bool)] = [
            "demographicParityDifference": ("selectionRate", false), "demographicParityRatio": ("selectionRate", true),
            "equalOpportunityDifference": ("truePositiveRate", false),
            "equalOpportunityRatio": ("truePositiveRate", true),
            "falsePositiveRateDifference": ("falsePositiveRate", false),
            "predictiveParityDifference": ("precision", false), "accuracyDifference": ("accuracy", false),
            "meanPredictionDifference": ("meanPrediction", false), "meanResidualDifference": ("meanResidual", false),
            "meanAbsoluteErrorDifference": ("meanAbsoluteError", false),
            "meanAbsoluteErrorRatio": ("meanAbsoluteError", true),
        ]
        guard let (rate, isRatio) = rates[metric], let place = part.frame.metrics.firstIndex(of: rate) else {
            return ""
        }
        let list = isRatio ? part.intervals.ratio : part.intervals.difference
        guard place < list.count, let interval = list[place] else { return "" }
        return "\(TextTable.fixed(interval.lower, 3))–\(TextTable.fixed(interval.upper, 3))"
    }

    private func addCharts(_ part: Part, to page: inout HTMLPage) {
        let names = part.groups.classes.names
        guard positive != nil else {
            addMeans(part, to: &page)
            return
        }
        let all = part.counts.reduce(GroupOutcomes(), +)
        let charts: [(String, (GroupOutcomes) -> (Double, Double), MetricValue)] = [
            ("selection rate", { ($0.selected, $0.weight) }, all.selectionRate),
            ("true positive rate", { ($0.truePositives, $0.positives) }, all.truePositiveRate),
            ("false positive rate", { ($0.falsePositives, $0.negatives) }, all.falsePositiveRate),
        ]
        for (label, counts, overall) in charts {
            let figures = part.counts.map { group -> (Double, Interval?) in
                let (hits, rows) = counts(group)
                return (rows > 0 ? hits / rows : .nan, Interval(wilson: hits, of: rows))
            }
            let chart = GroupRateChart(
                groups: names, values: figures.map(\.0), lower: figures.map { $0.1?.lower ?? .nan },
                upper: figures.map { $0.1?.upper ?? .nan }, overall: overall.value, label: label,
                title: "\(label.prefix(1).uppercased() + label.dropFirst()) by \(part.title)")
            page.figure(
                svg: chart.svg(width: 640, height: Double(130 + 30 * names.count)),
                caption: "With the range that it lies in with a confidence of 95 %; the dashed line is all rows.")
        }
    }

    private func addMeans(_ part: Part, to page: inout HTMLPage) {
        for metric in ["meanResidual", "meanAbsoluteError"] {
            guard let place = part.frame.metrics.firstIndex(of: metric) else { continue }
            let chart = GroupRateChart(
                groups: part.frame.byGroup.map(\.group),
                values: part.frame.byGroup.map { $0.values[place].value ?? .nan },
                lower: part.intervals.byGroup.map { $0[place]?.lower ?? .nan },
                upper: part.intervals.byGroup.map { $0[place]?.upper ?? .nan },
                overall: part.frame.overall.first?.values[place].value, label: Self.title(metric),
                title: "\(Self.title(metric)) by \(part.title)")
            page.figure(
                svg: chart.svg(width: 640, height: Double(130 + 30 * part.frame.byGroup.count)),
                caption: "With the range from rows drawn again; the dashed line is all rows.")
        }
    }

    /// ROC curves by group, of the first grouping with few enough groups to tell apart.
    private func addCurves(to page: inout HTMLPage) throws {
        let outcomes = try Self.outcomes(judgement)
        guard let scores = outcomes.positiveProbabilities, let isPositive = outcomes.isPositive else { return }
        for part in parts where part.groups.classes.count <= 6 {
            var curves: [ROCCurveChart.Curve] = []
            for (code, name) in part.groups.classes.names.enumerated() {
                let rows = scores.indices.filter { part.groups.codes[$0] == code }
                let truth = rows.map { isPositive[$0] }
                guard truth.contains(true), truth.contains(false) else { continue }
                let curve = try ROCCurve(Labels(truth), scores: rows.map { scores[$0] })
                curves.append(
                    ROCCurveChart.Curve(
                        name: name, falsePositiveRates: curve.falsePositiveRate,
                        truePositiveRates: curve.truePositiveRate, area: curve.auc))
            }
            guard curves.count > 1 else { continue }
            page.figure(
                svg: ROCCurveChart(curves: curves, title: "ROC by \(part.title)").svg(width: 620, height: 460),
                caption: "Where the curves lie apart, no threshold treats the groups alike in both rates.")
        }
    }
}

extension TrainingSummary.Fairness {
    /// Puts scores before and after, and the trade-off that was looked through, into a page.
    func addSection(to page: inout HTMLPage) {
        page.paragraph("\(Self.words(mitigation)) towards \(FairnessAssessment.title(constraint)).")
        if let bound, let achieved {
            let (asked, reached) = (TextTable.fixed(bound, 4), TextTable.fixed(achieved, 4))
            if keepsBound == true {
                page.paragraph("Asked for at most \(asked) on the training rows, reached \(reached).")
            } else {
                page.note(
                    "Asked for at most \(asked) on the training rows, but no mixture of the classifiers that were found keeps "
                        + "it: the nearest has \(reached). Another model, more rounds or a wider bound may.")
            }
        } else if let achieved {
            page.paragraph("On the training rows groups are \(TextTable.fixed(achieved, 4)) apart by the constraint.")
        }
        if let changeText { page.paragraph(changeText) }
        page.table(
            header: ["score", "before", "after"], rows: rows, caption: "On the rows that the model was judged on.")
        guard let metric = FairnessConstraint(rawValue: constraint)?.metric.rawValue else { return }
        func point(_ name: String, _ scores: [TrainingSummary.Score]) -> (String, Double, Double)? {
            guard let x = scores.first(where: { $0.name == metric })?.value,
                let y = scores.first(where: { $0.name == "accuracy" })?.value
            else { return nil }
            return (name, x, y)
        }
        let named = [point("before", before), point("after", after)].compactMap(\.self)
        // Numbers have no accuracy to set against.
        guard !named.isEmpty else { return }
        page.figure(
            svg: TradeOffChart(
                tried: [], named: named.map { (name: $0.0, disparity: $0.1, accuracy: $0.2) },
                title: "Accuracy against \(FairnessAssessment.title(metric))"
            ).chart.chartXAxis(label: FairnessAssessment.title(metric)).svg(width: 620, height: 360),
            caption: "On the rows that the model was judged on: left is fairer, up is more accurate.")
        guard candidates.count > 1 else { return }
        page.figure(
            svg: TradeOffChart(
                tried: candidates.map { (disparity: $0.disparity, accuracy: 1 - $0.error) },
                named: [], bound: bound, title: "What the reduction tried"
            ).svg(width: 620, height: 380),
            caption:
                "Each classifier that was fitted, on the training rows, by the greatest of the constraints; the dashed line "
                + "is the bound. A mixture lies anywhere between them.")
    }

    /// Score, before and after.
    var rows: [[String]] {
        before.map { score in
            [
                FairnessAssessment.ownScores.contains(score.name)
                    ? TrainingSummary.title(of: score.name) : FairnessAssessment.title(score.name),
                TextTable.score(score.value), TextTable.score(after.first { $0.name == score.name }?.value ?? nil),
            ]
        }
    }

    static func words(_ mitigation: String) -> String {
        switch FairTraining.Mitigation(rawValue: mitigation) {
        case .reductions: "A mixture of classifiers by exponentiated gradients"
        case .gridSearch: "The best classifier of a grid of multipliers"
        case .reweighing: "Weights that make label and group independent"
        case .threshold: "Thresholds for each group"
        case .adversarial: "An adversary that must not tell the group"
        case .correlationRemover: "Features without correlation to the sensitive columns"
        case nil: mitigation
        }
    }
}
