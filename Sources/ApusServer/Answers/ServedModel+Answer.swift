import Apus
import ApusCore
import ApusFrame

extension ServedModel {
    /// What a request for predictions wants.
    ///
    /// - Parameters:
    ///   - body: The body of the request.
    ///   - maxRows: The most rows that are taken.
    ///   - probabilities: Whether probabilities are wanted if the body does not say.
    /// - Throws: `RequestFailure` for whatever the request can cause.
    func request(_ body: [UInt8], maxRows: Int, probabilities: Bool = false) throws -> PredictionRequest {
        let request = try PredictionRequest(body, columns: columns, maxRows: maxRows, probabilities: probabilities)
        if request.probabilities, classTexts.isEmpty {
            throw RequestFailure.unusable(
                "noProbabilities", "The model predicts a number, which has no probabilities; do not ask for them.",
                field: "probabilities")
        }
        if request.probabilities, !model.givesProbabilities {
            throw RequestFailure.unusable(
                "noProbabilities", "The model, a \(model.catalogName), gives no probabilities; do not ask for them.",
                field: "probabilities")
        }
        return request
    }

    /// The answer to a request for predictions: `{"prediction": […]}`, with `probabilities` and `classes` if asked for.
    ///
    /// - Throws: `RequestFailure` where a number is not finite.
    func answer(_ prediction: Prediction, probabilities: Bool) throws -> [UInt8] {
        var out = JSONText(capacity: 32 + 24 * prediction.count)
        out.raw(#"{"prediction":["#)
        switch prediction.values {
        case .labels(let labels):
            for (row, code) in labels.codes.enumerated() {
                if row > 0 { out.raw(",") }
                out.raw(classTexts[code])
            }
        case .numbers(let numbers):
            for (row, value) in numbers.enumerated() {
                guard value.isFinite else { throw overflow(row) }
                if row > 0 { out.raw(",") }
                out.number(value)
            }
        }
        out.raw("]")
        if probabilities, let probabilities = prediction.probabilities {
            try append(probabilities, to: &out)
        }
        out.raw("}")
        return out.bytes
    }

    private func append(_ probabilities: Matrix, to out: inout JSONText) throws {
        let width = probabilities.columns
        let values = probabilities.values
        out.raw(#","probabilities":["#)
        for row in 0..<probabilities.rows {
            out.raw(row > 0 ? ",[" : "[")
            for column in 0..<width {
                let value = values[row * width + column]
                guard value.isFinite else { throw overflow(row) }
                if column > 0 { out.raw(",") }
                out.number(value)
            }
            out.raw("]")
        }
        out.raw(#"],"classes":["#)
        for (place, text) in classTexts.enumerated() {
            if place > 0 { out.raw(",") }
            out.raw(text)
        }
        out.raw("]")
    }

    private func overflow(_ row: Int) -> RequestFailure {
        .unusable(
            "notFinite", "The numbers of data[\(row)] are too large to predict from; send smaller ones.",
            field: "data[\(row)]")
    }
}
