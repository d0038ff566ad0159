#if Server
import Apus
import ApusCore
import ApusFrame
import ApusTrust
import NIOPosix

extension MonitorCore {
    /// What each column added to the prediction for the first row of a recent request.
    ///
    /// What the columns that the log must not hold have added is told in one sum, without their names.
    ///
    /// - Throws: `RouteFailure` with status 404 for a request that is no longer among the recent ones, or `ApusError` when
    ///   the model cannot be explained.
    func explain(request: String, model: String?, version: String?) async throws -> JSONValue {
        let found = recent.last { event in
            event.requestID == request && (model ?? event.model) == event.model
                && (version ?? event.version) == event.version
        }
        guard let event = found, let cells = event.rows.first,
            let known = watched[Key(name: event.model, version: event.version)]
        else {
            throw RouteFailure(
                404, "unknownRequest", "The request is not among the recent ones; take a newer one.")
        }
        let trained = known.model
        // Some explanations take their time, and the monitor has more to do.
        let explanation = try await NIOThreadPool.singleton.runIfActive { try trained.explain(rows: [cells]) }
        let answer = known.answer(event.prediction, row: 0).value
        let output = explanation.outputNames.firstIndex(of: answer) ?? explanation.outputNames.count - 1
        guard output >= 0, explanation.rowCount > 0 else {
            throw RouteFailure(422, "undefined", "There is nothing to explain.")
        }
        var hidden = 0.0
        var parts: [(column: String, value: Double)] = []
        for (place, name) in explanation.featureNames.enumerated() {
            let value = explanation[0, output, place]
            if settings.privacy[name] == nil { parts.append((name, value)) } else { hidden += value }
        }
        if !settings.privacy.isEmpty { parts.append(("(private)", hidden)) }
        parts.sort { $0.value.magnitude > $1.value.magnitude }
        let name = explanation.outputNames[output]
        let title =
            switch explanation.unit {
            case .probability: "What adds to the probability of \(name)"
            case .logOdds: "What adds to the log-odds of \(name)"
            case .score: "What adds to the score of \(name)"
            case .prediction, .loss: "What adds to the prediction"
            }
        return [
            "title": .string(title), "base": JSONValue(explanation.bases[0, output]),
            "output": JSONValue(explanation.outputs[0, output]), "method": .string(explanation.method),
            "contributions": .array(
                parts.map { ["column": .string($0.column), "value": JSONValue($0.value)] }),
        ]
    }
}
#endif
