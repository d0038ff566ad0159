#if Server
import Apus
import ApusCore
import ApusFrame
import ApusPlots
import ApusServer
import ApusTrust
import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1

extension Ethics {
    // MARK: One decision

    func explain(
        _ plain: TrainingPlan.Result, _ fair: TrainingPlan.Result, _ loans: Applications,
        into chapter: inout Chapter
    ) throws {
        chapter.heading("4. Explain a single decision")
        let frame = loans.frame
        let row = try applicant(plain, fair, loans)
        chapter.paragraph(
            """
            Application \(TextTable.grouped(row)) is a woman who deserves the loan. The blind model refuses her, the fair one does \
            not. Why?
            """)
        chapter.code(Snippets.loanExplanation)
        // snippet: loanExplanation
        let applicant = try frame.selecting(rows: [row])
        let known = try frame.selecting(rows: plain.split.train)
        let shap = try plain.model.explain(applicant, background: known)
        let lime = try plain.model.explainLocally(applicant, background: known, seed: 42)[0]
        let stability = try plain.model.localStability(applicant, background: known)
        // end
        let contributions = shap.contributions(row: 0, output: 0)
        let names = try shap.featureNames.map { name in
            "\(name) = \(TextTable.significant(try applicant.numbers(of: name)[0], 3))"
        }
        chapter.record("row explained", .int(row))
        chapter.record("SHAP base", shap.bases[0, 0])
        chapter.record("SHAP contributions", contributions)
        chapter.record("log-odds", shap.outputs[0, 0])
        chapter.record("LIME conditions", .array(lime.terms.map { .string($0.condition) }))
        chapter.record("LIME weights", lime.terms.map(\.weight))
        chapter.record("LIME R2", lime.score ?? .nan)
        chapter.picture(
            Picture(
                [
                    WaterfallChart(
                        names: names, contributions: contributions, base: shap.bases[0, 0],
                        label: "Log-odds of granting", title: "SHAP: why the blind model refuses")
                ],
                caption:
                    "From the average applicant to this one. Without what her part-time hours take away, the log-odds would "
                    + "be above 0 and the loan hers.",
                width: 760, height: 280, rows: 8))
        chapter.table(
            header: ["LIME: where this holds", "the probability changes by"],
            rows: lime.terms.map { [$0.condition, ($0.weight < 0 ? "" : "+") + TextTable.fixed($0.weight, 3)] },
            caption: "A linear model of 5,000 draws around her application. It explains "
                + "\(TextTable.percent(lime.score)) of the variance there, so take it for a hint; over five draws a weight varies by "
                + "\(TextTable.fixed(stability.deviations.max() ?? .nan, 3)) (standard deviation).")
        chapter.paragraph(
            """
            Base and contributions add up to the log-odds exactly: \(TextTable.fixed(shap.bases[0, 0], 3)) and the three bars make \
            \(TextTable.fixed(shap.outputs[0, 0], 3)). Both methods find that the hours count against her, which have nothing to do \
            with paying back. For a letter to the applicant counterfactuals are better: `apus explain --method counterfactual` finds \
            the nearest change that would turn the decision.
            """)
    }

    /// A woman who deserves the loan, whom the blind model refuses by her hours alone, and the fair one does not.
    private func applicant(
        _ plain: TrainingPlan.Result, _ fair: TrainingPlan.Result, _ loans: Applications
    ) throws -> Int {
        let (answers, fairAnswers) = (try answers(of: plain).strings, try answers(of: fair).strings)
        let (sexes, deserved) = (loans.sex.strings, loans.deserved.strings)
        let refused = zip(plain.split.test, zip(answers, fairAnswers)).filter { row, answer in
            sexes[row] == "woman" && deserved[row] == "yes" && answer.0 == "no" && answer.1 == "yes"
        }.map(\.0)
        let reasons = try plain.model.explain(
            loans.frame.selecting(rows: refused), background: loans.frame.selecting(rows: plain.split.train))
        let hours = reasons.featureNames.firstIndex(of: "hours") ?? 0
        let found = refused.indices.first { reasons.outputs[$0, 0] - reasons[$0, 0, hours] > 0 }
        guard let found else {
            throw ApusError(.invalidInput, "Nobody is refused by her hours alone.")
        }
        return refused[found]
    }

    // MARK: Production

    func watch(
        _ fair: TrainingPlan.Result, _ loans: Applications, into chapter: inout Chapter
    ) async throws {
        chapter.heading("5. Deploy it, and watch for drift and bias")
        chapter.paragraph(
            """
            The model does not look at sex, but the monitor may: the column is sent beside the inputs and touches no prediction. Three \
            weeks of traffic in fast motion: ordinary applications, then a crisis that takes a third of women's incomes, \
            then ordinary ones again.
            """)
        let (frame, test) = (loans.frame, fair.split.test)
        chapter.code(Snippets.watchedServer)
        let quiet = Logger(label: "guide") { _ in SwiftLogNoOpLogHandler() }
        // snippet: watchedServer
        var settings = MonitorConfiguration()
        settings.setWindow(rows: 1000)
        settings.evaluateEvery = 0
        settings.alerts = [
            AlertRule(name: "income drifts", gauge: "psi", column: "income", above: 0.2),
            AlertRule(
                name: "groups drift apart", gauge: "demographic_parity_difference", above: 0.1),
        ]
        let monitor = try Monitor(settings, logger: quiet)
        var server = try ModelServer(
            models: [ServedModel(name: "loans", model: fair.model)],
            configuration: ServerConfiguration(port: 0))
        server.observers.append(monitor)
        server.contributors.append(monitor)

        let crisis = [false, true, false]
        let reports = try await server.withRunning { port in
            var reports: [JSONValue] = []
            for (week, isCrisis) in crisis.enumerated() {
                for start in stride(from: 0, to: 1200, by: 100) {
                    let rows = test[week * 1200 + start..<week * 1200 + start + 100]
                    let records = try rows.map { try record(frame, $0, isCrisis) }
                    try await post(port, "{\"data\": [" + records.joined(separator: ",") + "]}")
                }
                reports.append(try await get(port, "/monitor.json"))
            }
            return reports
        }
        // end
        try show(reports, into: &chapter)
    }

    /// An application as a request brings it; in a crisis women earn a third less.
    private func record(_ frame: DataFrame, _ row: Int, _ isCrisis: Bool) throws -> String {
        func number(_ name: String) throws -> Double {
            guard case .number(let value) = try frame[row, name] else { return 0 }
            return value
        }
        let sex = try frame[row, "sex"].description
        let income = try number("income") * (isCrisis && sex == "woman" ? 2.0 / 3 : 1)
        return
            #"{"income": \#(income), "debt": \#(try number("debt")), "hours": \#(try number("hours")), "sex": "\#(sex)"}"#
    }

    private func post(_ port: Int, _ body: String) async throws {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/predict")
        request.method = .POST
        request.body = .bytes(ByteBuffer(string: body))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 1 << 24)
        guard response.status == .ok else {
            throw ApusError(.unavailable, "The server answered: \(String(buffer: bytes))")
        }
    }

    private func get(_ port: Int, _ path: String) async throws -> JSONValue {
        let request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 1 << 24)
        return try JSONDecoder().decode(JSONValue.self, from: Data(bytes.readableBytesView))
    }

    private func show(_ reports: [JSONValue], into chapter: inout Chapter) throws {
        let weeks = ["ordinary", "crisis", "ordinary again"]
        var rows: [[String]] = []
        var alarms: [JSONValue] = []
        for (week, report) in zip(weeks, reports) {
            let model = report["models"]?.arrayValue?.first
            let income = model?["columns"]?.arrayValue?.first { $0["name"]?.stringValue == "income" }
            let fairness = model?["fairness"]?.arrayValue?.first
            let gap = fairness?["gaps"]?.arrayValue?.first {
                $0["name"]?.stringValue == "demographic_parity_difference"
            }
            func rate(_ group: String) -> Double? {
                fairness?["groups"]?.arrayValue?.first { $0["name"]?.stringValue == group }?["selection"]?["value"]?
                    .doubleValue
            }
            let firing = (report["alerts"]?.arrayValue ?? []).filter { $0["state"]?.stringValue == "firing" }
                .compactMap { $0["alert"]?.stringValue }
            alarms.append(.array(firing.map { .string($0) }))
            rows.append([
                week, TextTable.fixed(income?["psi"]?.doubleValue ?? .nan, 2), TextTable.percent(rate("woman")),
                TextTable.percent(rate("man")), TextTable.fixed(gap?["value"]?.doubleValue ?? .nan, 3),
                firing.isEmpty ? "none" : firing.joined(separator: ", "),
            ])
        }
        chapter.record("alarms by week", .array(alarms), isReproducible: false)
        chapter.table(
            header: ["week", "PSI of income", "granted, women", "men", "gap", "alarms"], rows: rows,
            caption:
                "The window of the last 1,000 applications at the end of each week. PSI above 0.2 counts as a shift.")
        chapter.paragraph(
            """
            Nobody changed the model, and yet it became unfair: fairness is a property of a model and of the people it decides \
            about. The alarms rise within the window, and end with it. The same with the command: \
            `apus train loans.csv --target granted --sensitive sex --drop sex --fair demographic-parity -o loans.apus`, then \
            `apus serve loans.apus --database log.db --monitor-config monitor.yaml`; `/dashboard` shows it all.
            """)
    }
}
#endif
