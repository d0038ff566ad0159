#if Server
import Apus
import ApusCore
import HTTPTypes
import Hummingbird

extension Routes {
    /// Bodies above this size are worked on in the queue, so that small requests need not wait for them.
    static let smallBody = 16 << 10

    /// Answers `POST /predict` and `POST /models/NAME/predict`.
    func predict(_ entry: ModelEntry, _ call: inout Call) async throws -> Response {
        call.model = entry.name
        guard let version = entry.choose(for: call.id) else { throw Self.nothingLoaded(entry) }
        call.version = version
        let (wish, explains) = try call.rawQuery.map(Self.wishes) ?? (false, false)
        let body = try await body(of: &call)
        let maxRows = configuration.maxRows
        let shadows = entry.shadows(of: version)
        let id = call.id
        let maxExplained = configuration.maxExplainedRows
        if body.count <= Self.smallBody, !explains {
            let request = try version.served.request(body, maxRows: maxRows, probabilities: wish)
            let prediction = try await engine.predict(
                Ask(
                    requestID: id, version: version, shadows: shadows, rows: request.rows,
                    watched: request.watched, probabilities: request.probabilities))
            return Self.json(try version.served.answer(prediction, probabilities: request.probabilities))
        }
        let answer = try await engine.queue.run(timeout: configuration.answerTimeout) {
            let request = try version.served.request(body, maxRows: maxRows, probabilities: wish)
            let prediction = try engine.predictHere(
                Ask(
                    requestID: id, version: version, shadows: shadows, rows: request.rows,
                    watched: request.watched, probabilities: request.probabilities))
            let answer = try version.served.answer(prediction, probabilities: request.probabilities)
            guard explains else { return answer }
            let explanation = try version.served.explanation(of: request.rows, maxRows: maxExplained)
            return version.served.answer(answer, explainedBy: explanation)
        }
        return Self.json(answer)
    }

    static func nothingLoaded(_ entry: ModelEntry) -> RequestFailure {
        RequestFailure(503, "notReady", "The model “\(entry.name)” has no version that is loaded.", retryAfter: 1)
    }

    /// Whether the query asks for probabilities, and for what each column adds.
    private static func wishes(_ query: Substring) throws -> (probabilities: Bool, explains: Bool) {
        var wishes = (probabilities: false, explains: false)
        for item in query.split(separator: "&") {
            switch item {
            case "probabilities=true", "probabilities=1": wishes.probabilities = true
            case "probabilities=false", "probabilities=0": wishes.probabilities = false
            case "explain=shap": wishes.explains = true
            case _ where item.hasPrefix("probabilities="):
                throw RequestFailure(
                    400, "invalidRequest", "In the query, probabilities must be true or false.",
                    field: "probabilities")
            case _ where item.hasPrefix("explain="):
                throw RequestFailure(400, "invalidRequest", "In the query, explain must be shap.", field: "explain")
            default: break
            }
        }
        return wishes
    }
}
#endif
