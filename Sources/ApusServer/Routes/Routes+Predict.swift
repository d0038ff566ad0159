#if Server
import Apus
import ApusCore
import HTTPTypes
import Hummingbird
import NIOCore

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

    /// Takes room for bytes of a body; `respond` gives it back.
    private func reserve(_ count: Int, _ call: inout Call) throws {
        guard engine.reserve(count) else {
            throw RequestFailure(
                503, "overloaded", "The server holds as many requests as it can; send the request again in a moment.",
                retryAfter: 1)
        }
        call.reserved += count
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

    /// The whole body, or a failure as soon as it is known to be too large.
    func body(of call: inout Call) async throws -> [UInt8] {
        let request = call.request
        if let encoding = request.headers[.contentEncoding], encoding.lowercased() != "identity" {
            throw RequestFailure(
                415, "unsupportedEncoding",
                "The body is encoded as \(encoding.prefix(40)); send plain JSON without Content-Encoding.")
        }
        let limit = configuration.maxBodyBytes
        let failure = RequestFailure(
            413, "bodyTooLarge", "The body is larger than \(limit) bytes; send the rows in several requests.")
        let announced = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        guard announced <= limit else { throw failure }
        try reserve(announced, &call)
        var bytes: [UInt8] = []
        do {
            for try await part in request.body {
                let count = bytes.count + part.readableBytes
                guard count <= limit else { throw failure }
                if count > call.reserved { try reserve(count - call.reserved, &call) }
                if bytes.isEmpty { bytes.reserveCapacity(max(announced, part.readableBytes)) }
                bytes.append(contentsOf: part.readableBytesView)
            }
        } catch let error where !(error is RequestFailure || error is CancellationError) {
            // Nobody may be there to read this any more, but it is no failure of the server.
            throw RequestFailure(
                400, "incompleteBody", "The connection ended before the whole body had come; send all of it.")
        }
        return bytes
    }
}
#endif
