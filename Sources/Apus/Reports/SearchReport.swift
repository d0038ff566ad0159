import ApusCore
import ApusEvaluation
import ApusPlots
import Foundation

/// The page that `apus tune --report` writes: what was found, candidate by candidate and parameter by parameter.
public struct SearchReport: Sendable {
    private let result: TrainingSearch.Result
    private let data: String
    private let seconds: Double
    private let curve: ScoreCurve<Int>?

    /// A report of a search.
    ///
    /// - Parameters:
    ///   - result: What the search found.
    ///   - data: What the table is called.
    ///   - seconds: How long it took.
    ///   - curve: The learning curve of the best candidate; nil leaves it out.
    public init(_ result: TrainingSearch.Result, data: String, seconds: Double, curve: ScoreCurve<Int>? = nil) {
        self.result = result
        self.data = data
        self.seconds = seconds
        self.curve = curve
    }

    private var score: String { result.scores[0] }
    /// The candidates with a score, with their places.
    private var scored: [(place: Int, candidate: SearchCandidate, score: Double)] {
        result.candidates.enumerated().compactMap { place, candidate in
            candidate.score.flatMap { $0.isFinite ? (place, candidate, $0) : nil }
        }
    }

    /// The page.
    public func page() throws -> HTMLPage {
        var page = HTMLPage(
            title: "Search for \(result.catalogName)",
            subtitle: "\(data): \(result.task.rawValue) of \(result.target), \(result.taskReason).")
        let best = result.best
        page.tiles([
            ("best \(score)", TextTable.score(best.score)),
            ("deviation over folds", TextTable.score(best.deviations[0])),
            ("candidates", TextTable.grouped(result.candidates.count)), ("folds", "\(result.folds)"),
            ("seconds", TextTable.fixed(seconds, 1)),
        ])
        page.section("The best candidate")
        page.table(
            header: ["parameter", "value"],
            rows: sorted(best.parameters).map { [$0.key, SearchTable.shown($0.value)] })
        page.table(
            header: ["score", "mean", "deviation"] + (0..<result.folds).map { "fold \($0 + 1)" },
            rows: result.scores.enumerated().map { place, name in
                [name, TextTable.score(best.meanScores[place]), TextTable.score(best.deviations[place])]
                    + best.foldScores[place].map { TextTable.score($0) }
            })
        addRemarks(to: &page)
        if let curve { addLearningCurve(curve, to: &page) }
        page.section("Score by candidate")
        page.figure(svg: history.svg(width: 760, height: 380), caption: historyCaption)
        page.section("Fold spread")
        page.figure(
            svg: spread.svg(width: 760, height: 380),
            caption:
                "The best candidates from left to right: each fold a point, the mean a diamond. Where the spread is wider "
                + "than the steps between candidates, the order among them is chance.")
        if names.count > 1, scored.count > 1 {
            page.section("Parallel coordinates")
            page.figure(
                svg: parallel.svg(width: max(560, Double(names.count + 1) * 130), height: 420),
                caption:
                    "Each line is a candidate; each upright a parameter, its least value at the bottom. Where the lines of "
                    + "the best tenth meet, the parameter matters.")
        }
        page.section("Parameter by parameter")
        page.figure(
            svg: Figure(columns: min(3, names.count)) { for name in names { influence(of: name) } }.svg(
                width: Double(min(3, names.count)) * 300,
                height: Double((names.count + min(3, names.count) - 1) / min(3, names.count)) * 280),
            caption: "Each point is a candidate.")
        page.section("All candidates")
        addTable(to: &page)
        return page
    }

    private func sorted(_ parameters: [String: JSONValue]) -> [(key: String, value: JSONValue)] {
        parameters.sorted { (snakeCase($0.key), $0.key) < (snakeCase($1.key), $1.key) }
    }

    /// The parameters that vary.
    private var names: [String] {
        let all = Set(result.candidates.flatMap(\.parameters.keys)).sorted { (snakeCase($0), $0) < (snakeCase($1), $1) }
        let varying = all.filter { name in Set(result.candidates.map { $0.parameters[name] }).count > 1 }
        return varying.isEmpty ? all : varying
    }

    private func addRemarks(to page: inout HTMLPage) {
        if !result.constraints.isEmpty {
            let kept = result.candidates.count { $0.isFeasible }
            page.paragraph(
                "\(kept) of \(result.candidates.count) candidates keep "
                    + "\(result.constraints.map(\.description).joined(separator: " and ")).")
            if !result.best.isFeasible {
                page.note("No candidate keeps the constraints; the best one breaks them too.")
            }
        }
        let failed = result.candidates.filter { $0.failure != nil }
        if let first = failed.first?.failure {
            page.note("\(failed.count) candidates failed on a fold; the first: \(first)")
        }
        let pruned = result.candidates.count { $0.prunedAfter != nil }
        if pruned > 0 { page.paragraph("\(pruned) candidates were given up before their last fold.") }
    }

    // MARK: Charts

    private var history: Chart {
        let points = scored
        let kinds = points.map { $0.candidate.isFeasible ? "candidate" : "breaks a constraint" }
        var best: [Double] = []
        // After successive halving a score on few rows says little beside one on many, so each round begins anew.
        var (round, most) = (0, -Double.infinity)
        for point in points {
            if point.candidate.point.iteration != round {
                (round, most) = (point.candidate.point.iteration, -.infinity)
            }
            if point.candidate.isFeasible { most = max(most, point.score) }
            best.append(most)
        }
        let isBroken = points.contains { !$0.candidate.isFeasible }
        return Chart {
            LineMark(
                x: .value("Candidate", points.map { Double($0.place + 1) }), y: .value(score, best),
                series: .value("Round", points.map { "\($0.candidate.point.iteration)" })
            ).foregroundStyle(.secondary).interpolationMethod(.stepEnd)
            if isBroken {
                PointMark(
                    x: .value("Candidate", points.map { Double($0.place + 1) }), y: .value(score, points.map(\.score))
                )
                .foregroundStyle(by: .value("Kind", kinds))
            } else {
                PointMark(
                    x: .value("Candidate", points.map { Double($0.place + 1) }), y: .value(score, points.map(\.score))
                )
                .foregroundStyle(.blue)
            }
        }
        .chartXAxis(label: "candidate").chartYAxis(label: score)
    }

    private var historyCaption: String {
        result.candidates.contains { $0.point.iteration > 0 }
            ? "The mean score of each candidate in the order in which they were tried, round after round; the line is the best of "
                + "the round so far."
            : "The mean score of each candidate in the order in which they were tried; the line is the best so far."
    }

    private var spread: Chart {
        let last = result.candidates.map(\.point.iteration).max() ?? 0
        let shown = scored.filter { $0.candidate.point.iteration == last }
            .sorted { ($0.candidate.rank, $0.place) < ($1.candidate.rank, $1.place) }.prefix(20)
        let names = shown.map { "\($0.place + 1)" }
        let folds = shown.map { $0.candidate.foldScores[0].map { $0 ?? .nan } }
        return Chart {
            RuleMark(
                x: .value("Candidate", names), yStart: .value(score, folds.map { $0.min() ?? .nan }),
                yEnd: .value(score, folds.map { $0.max() ?? .nan })
            ).foregroundStyle(.secondary)
            PointMark(
                x: .value("Candidate", zip(names, folds).flatMap { name, folds in folds.map { _ in name } }),
                y: .value(score, folds.flatMap(\.self))
            ).foregroundStyle(.sky)
            PointMark(x: .value("Candidate", names), y: .value(score, shown.map(\.score)))
                .foregroundStyle(.vermilion).symbol(.diamond).symbolSize(60)
        }
        .chartXScale(domain: names).chartXAxis(label: "candidate, by its number").chartYAxis(label: score)
    }

    private var parallel: Chart {
        let points = scored
        let order = points.map(\.score).sorted(by: >)
        let tenth = order[max(0, (order.count + 9) / 10 - 1)]
        let half = order[(order.count - 1) / 2]
        let scales = names.map { name in
            ParameterScale(points.map { $0.candidate.parameters[name] ?? .null })
        }
        let scoreScale = ParameterScale(points.map { .double($0.score) })
        let axes = names + [names.contains(score) ? "\(score) (score)" : score]
        let ends = scales + [scoreScale]
        // The best are drawn last, on top.
        func lines(_ kind: String, _ chosen: (Double) -> Bool) -> (axes: [String], values: [Double], series: [String]) {
            var (all, values, series) = ([String](), [Double](), [String]())
            for point in points where chosen(point.score) {
                let places =
                    zip(names, scales).map { $1.place(of: point.candidate.parameters[$0] ?? .null) }
                    + [scoreScale.place(of: .double(point.score))]
                all += axes
                values += places
                series += axes.map { _ in "\(point.place)" }
            }
            return (all, values, series)
        }
        let groups = [
            ("the rest", lines("the rest") { $0 < half }),
            ("better half", lines("better half") { $0 >= half && $0 < tenth }),
            ("best tenth", lines("best tenth") { $0 >= tenth }),
        ].filter { !$0.1.values.isEmpty }
        return Chart {
            RuleMark(
                x: .value("Parameter", axes), yStart: .value("Place", axes.map { _ in 0.0 }),
                yEnd: .value("Place", axes.map { _ in 1.0 })
            ).foregroundStyle(.secondary)
            for (kind, lines) in groups {
                LineMark(
                    x: .value("Parameter", lines.axes), y: .value("Place", lines.values),
                    series: .value("Candidate", lines.series)
                )
                .foregroundStyle(by: .value("Candidates", lines.axes.map { _ in kind }))
                .lineStyle(StrokeStyle(lineWidth: kind == "best tenth" ? 2 : 1))
                .opacity(kind == "the rest" ? 0.35 : kind == "best tenth" ? 1 : 0.6)
            }
            PointMark(x: .value("Parameter", axes), y: .value("Place", axes.map { _ in 1.0 })).symbolSize(4)
                .foregroundStyle(.secondary).annotation(position: .top, ends.map(\.high))
            PointMark(x: .value("Parameter", axes), y: .value("Place", axes.map { _ in 0.0 })).symbolSize(4)
                .foregroundStyle(.secondary).annotation(position: .bottom, ends.map(\.low))
        }
        .chartForegroundStyleScale(["the rest": .gray, "better half": .blue, "best tenth": .vermilion])
        .chartXScale(domain: axes).chartXAxis(label: "").chartYScale(domain: -0.12...1.12)
        .chartYAxis(.hidden, label: "")
    }

    private func influence(of name: String) -> Chart {
        let points = scored.filter { $0.candidate.parameters[name] != nil }
        let values = points.map { $0.candidate.parameters[name] ?? .null }
        let numbers = values.map(\.doubleValue)
        let scores = points.map(\.score)
        if numbers.allSatisfy({ $0 != nil }) {
            let numbers = numbers.compactMap(\.self)
            let isWide = (numbers.min() ?? 0) > 0 && (numbers.max() ?? 0) / (numbers.min() ?? 1) > 100
            return Chart { PointMark(x: .value(name, numbers), y: .value(score, scores)) }
                .chartTitle(name).chartXScale(type: isWide ? .log : .linear).chartXAxis(label: "").chartYAxis(
                    label: score)
        }
        return Chart { PointMark(x: .value(name, values.map(\.summary)), y: .value(score, scores)) }
            .chartTitle(name).chartXAxis(label: "").chartYAxis(label: score)
    }

    private func addLearningCurve(_ curve: ScoreCurve<Int>, to page: inout HTMLPage) {
        func line(_ means: [Double?]) -> [Double] { means.map { $0 ?? .nan } }
        let rows = curve.values.map(Double.init)
        let low = curve.testScores.map { $0.compactMap(\.self).min() ?? .nan }
        let high = curve.testScores.map { $0.compactMap(\.self).max() ?? .nan }
        let chart = Chart {
            AreaMark(x: .value("Rows", rows), yStart: .value(score, low), yEnd: .value(score, high))
                .foregroundStyle(.vermilion).opacity(0.15)
            LineMark(
                x: .value("Rows", rows + rows),
                y: .value(score, line(curve.meanTrainScores) + line(curve.meanTestScores))
            )
            .foregroundStyle(
                by: .value("Rows", rows.map { _ in "rows trained on" } + rows.map { _ in "rows tested on" }))
            PointMark(
                x: .value("Rows", rows + rows),
                y: .value(score, line(curve.meanTrainScores) + line(curve.meanTestScores))
            )
            .foregroundStyle(
                by: .value("Rows", rows.map { _ in "rows trained on" } + rows.map { _ in "rows tested on" }))
        }
        .chartForegroundStyleScale(["rows trained on": .blue, "rows tested on": .vermilion])
        .chartYScale(includesZero: false).chartXAxis(label: "rows to learn from").chartYAxis(label: score)
        page.section("Learning curve of the best")
        page.figure(
            svg: chart.svg(width: 760, height: 380),
            caption:
                "The mean score over the folds, the band from the least to the greatest. Where the lower line still rises at the "
                + "right end, more rows would help; where both lines have met, a richer model might.")
    }

    private func addTable(to page: inout HTMLPage) {
        let all = sorted(Dictionary(result.candidates.flatMap { $0.parameters }, uniquingKeysWith: { $1 })).map(\.key)
        let order = result.candidates.indices.sorted { a, b in
            let (left, right) = (result.candidates[a], result.candidates[b])
            return (-left.point.iteration, left.rank, a) < (-right.point.iteration, right.rank, b)
        }
        let most = 500
        page.table(
            header: ["rank", "candidate"] + result.scores + ["deviation", "seconds"] + all,
            rows: order.prefix(most).map { index in
                let candidate = result.candidates[index]
                return ["\(candidate.rank)", "\(index + 1)"] + candidate.meanScores.map { TextTable.score($0) }
                    + [TextTable.score(candidate.deviations[0]), TextTable.fixed(candidate.meanFitSeconds, 3)]
                    + all.map { candidate.parameters[$0].map(SearchTable.shown) ?? "" }
            },
            caption: order.count > most ? "The best \(most) of \(order.count)." : "")
    }
}

/// The values of a parameter along an upright from 0 to 1: numbers by size, by their logarithm where they span more than two
/// powers of ten, and words by their order.
private struct ParameterScale {
    private let range: ClosedRange<Double>?
    private let isLog: Bool
    private let words: [JSONValue]
    /// Its least value, for people.
    let low: String
    /// Its greatest value, for people.
    let high: String

    init(_ values: [JSONValue]) {
        let numbers = values.compactMap(\.doubleValue)
        if numbers.count == values.count, let low = numbers.min(), let high = numbers.max() {
            isLog = low > 0 && high / low > 100
            range = low...high
            words = []
            self.low = TextTable.significant(low, 3)
            self.high = TextTable.significant(high, 3)
        } else {
            isLog = false
            range = nil
            words = Set(values).sorted { $0.summary < $1.summary }
            low = words.first?.summary ?? ""
            high = words.last?.summary ?? ""
        }
    }

    func place(of value: JSONValue) -> Double {
        guard let range else {
            let place = words.firstIndex(of: value) ?? 0
            return words.count > 1 ? Double(place) / Double(words.count - 1) : 0.5
        }
        func scaled(_ number: Double) -> Double { isLog ? log(number) : number }
        let (low, high) = (scaled(range.lowerBound), scaled(range.upperBound))
        guard high > low, let number = value.doubleValue else { return 0.5 }
        return (scaled(number) - low) / (high - low)
    }
}
