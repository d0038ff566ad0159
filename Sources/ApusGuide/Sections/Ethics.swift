#if Server
import Apus
import ApusCore
import ApusEvaluation
import ApusFrame
import ApusPlots
import ApusTrust
import Foundation

/// Section 14: a decision about people, from a biased history to a fair model that is explained and watched.
struct Ethics: Section {
    let number = 14
    let title = "Ethics: a fair, explained, watched model"

    /// The applications of the example, with what the lender could not know.
    struct Applications: Sendable {
        /// What the lender has: sex, income, debt, hours and whether the loan was granted.
        let frame: DataFrame
        /// The group of each row.
        let sex: Labels
        /// Who was granted the loan.
        let granted: Labels
        /// Who would have been, had nobody been treated worse.
        let deserved: Labels
    }

    func write(into chapter: inout Chapter) async throws {
        chapter.heading("The idea")
        chapter.paragraph(
            """
            A model learns the past, with its injustice. Where decisions are about people, that is no footnote: the model \
            repeats it faster, for everybody, and with the look of arithmetic. Six steps make a pipeline that you can \
            answer for: check the data, see what a plain model does, train under a constraint of fairness, judge \
            performance and fairness together, explain single decisions, and watch both in production.
            """)
        chapter.formula(
            """
            demographic parity:  P(ŷ = 1 | group) is the same for all groups
            equal opportunity:   P(ŷ = 1 | y = 1, group) is the same for all groups
            equalized odds:      that, and P(ŷ = 1 | y = 0, group) too
            """)
        let loans = try history(into: &chapter)
        try check(loans, into: &chapter)
        let (plain, fair) = try train(loans, into: &chapter)
        try trade(loans, into: &chapter)
        try explain(plain, fair, loans, into: &chapter)
        try await watch(fair, loans, into: &chapter)
        chapter.questions(questions)
        attempt(in: &chapter)
    }

    // MARK: The history

    private func history(into chapter: inout Chapter) throws -> Applications {
        chapter.heading("A history whose injustice is known")
        chapter.paragraph(
            """
            With real data nobody can tell what would have been right. So here is a lender's history that we make \
            ourselves: income and debt decide whether somebody deserves the loan, sex does not. But the clerks of old asked more \
            of women: 1.6 on the log-odds. And women work part time more often, which has nothing to do with \
            paying back.
            """)
        chapter.code(Snippets.loanHistory)
        // snippet: loanHistory
        func rounded(_ x: Double) -> Double { (10 * x).rounded() / 10 }
        let count = 20_000
        var random = RandomState(seed: 42)
        let isWoman = random.uniform(count: count).map { $0 < 0.5 }
        let income = random.gaussian(count: count).map { rounded(40 + 12 * $0) }
        let debt = random.gaussian(count: count).map { rounded(30 + 10 * $0) }
        let isPartTime = zip(random.uniform(count: count), isWoman).map { $0 < ($1 ? 0.6 : 0.08) }
        let hours = zip(random.gaussian(count: count), isPartTime).map {
            rounded(($1 ? 22 : 40) + 2 * $0)
        }
        let luck = random.uniform(count: count)

        func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
        let merit = zip(income, debt).map { ($0 - 40) / 8 - ($1 - 30) / 8 }
        let deserved = zip(luck, merit).map { $0 < sigmoid($1) }
        let granted = (0..<count).map { luck[$0] < sigmoid(merit[$0] - (isWoman[$0] ? 1.6 : 0)) }

        let frame = try DataFrame(columns: [
            Column("sex", isWoman.map { $0 ? "woman" : "man" }), Column("income", income),
            Column("debt", debt), Column("hours", hours),
            Column("granted", granted.map { $0 ? "yes" : "no" }),
        ])
        // end
        chapter.output(frame.head(5).text())
        func labels(_ flags: [Bool]) -> Labels { Labels(flags.map { $0 ? "yes" : "no" }) }
        return Applications(
            frame: frame, sex: try frame.labels(of: "sex"), granted: labels(granted), deserved: labels(deserved))
    }

    // MARK: The data

    private func check(_ loans: Applications, into chapter: inout Chapter) throws {
        chapter.heading("1. Check the data for bias")
        chapter.code(Snippets.loanAudit)
        let frame = loans.frame
        // snippet: loanAudit
        let audit = try DataAudit(of: frame, sensitive: ["sex"], target: "granted", positive: "yes")
        let bySex = audit.groupings[0]
        // end
        for group in bySex.groups {
            chapter.record("rows of \(group.name)", .int(group.rows))
            chapter.record("granted to \(group.name)", group.baseRate.value ?? .nan)
            chapter.record(
                "interval of \(group.name)",
                [group.baseRateInterval?.lower ?? .nan, group.baseRateInterval?.upper ?? .nan])
        }
        chapter.record("ratio of base rates", bySex.baseRateRatio.value ?? .nan)
        chapter.table(
            header: ["sex", "applications", "share of all", "granted", "95 % interval"],
            rows: bySex.groups.map { group in
                let range = group.baseRateInterval
                return [
                    group.name, TextTable.grouped(group.rows), TextTable.percent(group.share),
                    TextTable.percent(group.baseRate.value),
                    "\(TextTable.percent(range?.lower)) to \(TextTable.percent(range?.upper))",
                ]
            })
        for warning in audit.warnings { chapter.output("! \(warning)") }
        let proxy = audit.proxies.first
        chapter.record("ROC AUC of the proxies", .double(proxy?.rocAUC.value ?? .nan), isReproducible: false)
        chapter.paragraph(
            """
            The ratio of the two rates is \(TextTable.fixed(bySex.baseRateRatio.value ?? .nan, 2)); below 0.8 a court in the \
            United States asks for reasons (the four-fifths rule). And the other columns give the group away: a classifier \
            that sees only them ranks a woman above a man with probability \
            \(TextTable.fixed(proxy?.rocAUC.value ?? .nan, 2)), nearly all of it by `\(proxy?.columns.first?.name ?? "")`. Such a \
            column is a proxy.
            """)
    }

    // MARK: Training

    private func train(
        _ loans: Applications, into chapter: inout Chapter
    ) throws -> (plain: TrainingPlan.Result, fair: TrainingPlan.Result) {
        chapter.heading("2. Train: as it was, blindly, and under a constraint")
        chapter.code(Snippets.fairTraining)
        let (frame, sex) = (loans.frame, loans.sex)
        // snippet: fairTraining
        func train(_ fair: FairTraining?, seesSex: Bool = false) throws -> TrainingPlan.Result {
            var plan = TrainingPlan(target: "granted")
            plan.sensitive = ["sex"]
            plan.dropped = seesSex ? [] : ["sex"]
            plan.scale = true
            plan.seed = 42
            plan.fair = fair
            return try plan.run(on: frame)
        }
        let reweighing = FairTraining(constraint: .demographicParity, mitigation: .reweighing)
        let reduction = FairTraining(
            constraint: .demographicParity, mitigation: .reductions, bound: 0.02, randomized: false)
        let trained = [
            ("plain, sees sex", try train(nil, seesSex: true)),
            ("plain, blind", try train(nil)),
            ("reweighing", try train(reweighing)),
            ("reduction, bound 0.02", try train(reduction)),
        ]

        func judge(_ result: TrainingPlan.Result, by truth: Labels) throws -> MetricFrame {
            let rows = result.split.test
            let outcomes = try Outcomes(
                truth: truth.selecting(rows: rows), prediction: answers(of: result), positive: "yes")
            return try MetricFrame(
                [.accuracy, .selectionRate, .falseNegativeRate], outcomes,
                sensitive: sex.selecting(rows: rows))
        }
        // end
        chapter.heading("3. Judge performance and fairness together")
        var rows: [[String]] = []
        var pictures: [any ChartRepresentable] = []
        for (name, result) in trained {
            let old = try judge(result, by: loans.granted)
            let right = try judge(result, by: loans.deserved)
            let gap = try old.difference("selectionRate")
            func value(_ frame: MetricFrame, _ group: String, _ metric: Int) -> Double? {
                frame.byGroup.first { $0.group == group }?.values[metric].value
            }
            let accuracy = old.overall[0].values[0].value
            let deserved = right.overall[0].values[0].value
            chapter.record("\(name): accuracy", accuracy ?? .nan)
            chapter.record("\(name): accuracy by what was deserved", deserved ?? .nan)
            chapter.record("\(name): gap", gap.value ?? .nan)
            chapter.record("\(name): deserving women refused", value(right, "woman", 2) ?? .nan)
            rows.append([
                name, TextTable.percent(accuracy), TextTable.percent(deserved),
                TextTable.percent(value(old, "woman", 1)), TextTable.percent(value(old, "man", 1)),
                TextTable.fixed(gap.value ?? .nan, 3), TextTable.percent(value(right, "woman", 2)),
                TextTable.percent(value(right, "man", 2)),
            ])
            guard name == "plain, blind" || name.hasPrefix("reduction") else { continue }
            let intervals = try old.bootstrap(draws: 200, seed: 42)
            pictures.append(
                GroupRateChart(
                    groups: old.byGroup.map(\.group), values: old.byGroup.map { $0.values[1].value ?? .nan },
                    lower: intervals.byGroup.map { $0[1]?.lower ?? .nan },
                    upper: intervals.byGroup.map { $0[1]?.upper ?? .nan }, overall: old.overall[0].values[1].value,
                    label: "Share granted", title: name
                ).chart.chartXScale(domain: 0.2...0.5))
        }
        chapter.table(
            header: [
                "model", "accuracy", "by merit", "granted: women", "men", "gap", "refused: women", "men",
            ], rows: rows,
            caption:
                "On the fifth held out. By merit: the accuracy by what was deserved. Gap: the demographic parity difference. "
                + "Refused: the share of those who deserved the loan.")
        chapter.picture(
            Picture(
                pictures,
                caption:
                    "The share of each group that is granted the loan, with intervals of 95 % from 200 resamples; the line "
                    + "is the share of all. Leaving sex out is not enough; the constraint closes the gap.",
                width: 920, height: 240, rows: 6))
        chapter.paragraph(
            """
            Three things to see. Leaving the column out (“fairness through unawareness”) helps, but the proxy carries on. \
            The model that sees sex repeats the old decisions best; against what applicants deserved, which no lender can look \
            up, it is the worst and the fair ones are the best. And a fair model refuses deserving men more often than the \
            unfair one did: someone pays, and it is honest to say who.
            """)
        return (trained[1].1, trained[3].1)
    }

    /// What a model says of the rows held out.
    func answers(of result: TrainingPlan.Result) throws -> Labels {
        guard let labels = result.judgement.prediction.labels else {
            throw ApusError(.invalidInput, "The model predicts numbers where classes are needed.")
        }
        return labels
    }

    // MARK: The price

    private func trade(_ loans: Applications, into chapter: inout Chapter) throws {
        chapter.heading("What fairness costs, and by which measure")
        chapter.paragraph(
            """
            Now let the model see sex, as a lender would who only wants to be right, and turn the constraint up step by step.
            """)
        chapter.code(Snippets.fairnessPrice)
        let (frame, sex, granted, deserved) = (loans.frame, loans.sex, loans.granted, loans.deserved)
        // snippet: fairnessPrice
        let split = try trainTestSplit(rows: frame.rowCount, testSize: 0.2, seed: 42)
        var known = frame
        known["woman"] = Column("woman", sex.strings.map { $0 == "woman" ? 1.0 : 0 })
        let x = try known.matrix(of: ["woman", "income", "debt", "hours"])
        let scaler = try StandardScaler().fit(x.selecting(rows: split.train))
        let xTrain = try scaler.transform(x.selecting(rows: split.train))
        let xTest = try scaler.transform(x.selecting(rows: split.test))
        let truths = [granted, deserved].map { $0.selecting(rows: split.test).strings }
        let sexes = sex.selecting(rows: split.test).strings
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

        var (gaps, byHistory, byMerit): ([Double], [Double], [Double]) = ([], [], [])
        for bound in [0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.14] {
            let reduction = ExponentiatedGradient(
                LogisticRegression(), constraint: .demographicParity, bound: bound)
            let mixture = try reduction.fit(
                xTrain, granted.selecting(rows: split.train), sensitive: sex.selecting(rows: split.train))
            // What happens on average when each answer is drawn from the mixture.
            let shares = try mixture.predictProba(xTest).column(1)
            let (women, men) = (
                zip(shares, sexes).filter { $1 == "woman" }, zip(shares, sexes).filter { $1 == "man" }
            )
            gaps.append(mean(men.map(\.0)) - mean(women.map(\.0)))
            let right = truths.map { truth in
                mean(zip(shares, truth).map { $1 == "yes" ? $0 : 1 - $0 })
            }
            byHistory.append(right[0])
            byMerit.append(right[1])
        }
        // end
        chapter.record("gaps by bound", gaps)
        chapter.record("accuracy by bound", byHistory)
        chapter.record("accuracy by what was deserved by bound", byMerit)
        let axis = "Men's rate minus women's"
        let curves = [("by the old decisions", byHistory), ("by what was deserved", byMerit)]
        chapter.picture(
            Picture(
                [
                    Chart {
                        for (name, values) in curves {
                            LineMark(x: .value(axis, gaps), y: .value("Accuracy", values))
                                .foregroundStyle(by: .value("", name))
                            PointMark(x: .value(axis, gaps), y: .value("Accuracy", values))
                                .foregroundStyle(by: .value("", name))
                        }
                    }
                    .chartTitle("Accuracy against the gap, for seven bounds")
                    .chartYScale(includesZero: false).chartXScale(includesZero: true)
                ],
                caption:
                    "The wider the gap that is allowed, the better the model repeats the old decisions, and the worse it does "
                    + "what they should have been.",
                width: 760, height: 340, characters: .ascii))
        chapter.paragraph(
            """
            The exponentiated gradient (Agarwal et al. 2018) fits the classifier again and again on reweighed rows and mixes \
            the fits; the bound says how far a group's rate may be from that of all. Where the labels themselves are biased, \
            “accuracy” is measured against the bias: a curve like the upper one is no proof that fairness costs anything.
            """)
    }

    // MARK: Questions

    let questions = [
        Question(
            "Why is it not enough to leave the sensitive column out?",
            "Other columns tell it: postcode, hours, names of schools. The model uses them as a proxy, and without the column you "
                + "cannot even measure what it does. Keep the column for checking and for fair training, not for deciding."
        ),
        Question(
            "Demographic parity or equalized odds: which?",
            "Parity if the labels carry the injustice or access itself is at stake: equal shares. Equalized odds if labels can be "
                + "trusted and errors are what hurts. Equal opportunity if only missed chances do. Say which, and why, before "
                + "looking at results."),
        Question(
            "Can a model satisfy all definitions at once?",
            "No. If base rates differ, calibration within groups and equal error rates exclude each other, except for a perfect "
                + "model (Kleinberg et al. 2016, Chouldechova 2017). One has to choose, which is a decision of values, not of "
                + "statistics."),
        Question(
            "Where in the pipeline can you mitigate?",
            "Before training (reweigh rows, remove correlation), during it (reductions, an adversary), after it (a threshold for each "
                + "group). Before is simple, during gives the best trade, after needs no training but needs the group when deciding, "
                + "which may be unlawful."),
        Question(
            "What do SHAP and LIME tell, and what not?",
            "How this model came to this answer: SHAP divides the difference to the average exactly among the columns, LIME fits a "
                + "simple model nearby. Neither tells causes in the world, nor what would happen if the applicant changed."
        ),
        Question(
            "Which fairness figures do you watch in production?",
            "Selection rates by group with their intervals, from the first day; error rates by group as soon as outcomes arrive, with "
                + "the share of labels known by group; drift of the inputs, because a fair model need not be fair to other people "
                + "than those it was fitted on."),
        Question(
            "How do you treat a group of forty people?",
            "Report the interval, not the rate alone; pool over time; test a difference before you raise an alarm. Do not drop the "
                + "group because it is small: say that you cannot tell."),
        .trap(
            "The fair model's accuracy on the test set is a point lower. Is that the cost of fairness?",
            "Not necessarily. The test labels are the old decisions; where they were biased, agreeing with them less is the aim. Look "
                + "for labels that are closer to the truth (who paid back), or say that accuracy cannot decide this."),
    ]

    private func attempt(in chapter: inout Chapter) {
        chapter.attempts([
            Attempt(
                "Give men and women the same chance of part-time work (0.3 in place of 0.6 and 0.08).",
                expect:
                    "a plain, blind model without a gap: with the proxy the way is gone on which the bias travelled."),
            Attempt(
                "Train with `constraint: .equalizedOdds` in place of `.demographicParity`.",
                expect:
                    "equal error rates against the old decisions, and a gap that stays: the labels themselves say that women deserve "
                    + "less. Fairness relative to unfair labels is not fair."),
        ])
    }
}
#endif
