import Apus
import ApusCore
import ApusFrame
import ApusTrust

extension ServedModel {
    /// What each column adds to the predictions of some rows.
    ///
    /// - Throws: `RequestFailure` when there are more rows than may be explained, or the model cannot be explained for them.
    func explanation(of rows: [[Cell]], maxRows: Int) throws -> Explanation {
        guard rows.count <= maxRows else {
            throw RequestFailure(
                413, "tooManyRows",
                "\(rows.count) rows are more than the \(maxRows) that are explained at a time; send them in several requests.",
                field: "data")
        }
        do {
            let explanation = try model.explain(rows: rows)
            guard explanation.values.allSatisfy(\.isFinite), explanation.bases.values.allSatisfy(\.isFinite) else {
                throw RequestFailure.unusable(
                    "notFinite", "The numbers are too large to explain the predictions; send smaller ones.")
            }
            return explanation
        } catch let error as ApusError {
            throw RequestFailure.unusable(error.code.description, error.message)
        }
    }

    /// An answer with an explanation put into it: `"explanation": {"columns": …, "outputs": …, "base": …, "contributions": …}`.
    ///
    /// For each row and each output, the base and the contributions of all columns add up to what the model says, in the
    /// unit that is named.
    func answer(_ answer: [UInt8], explainedBy explanation: Explanation) -> [UInt8] {
        var out = JSONText(capacity: answer.count + 24 * explanation.values.count + 256)
        out.raw(Array(answer.dropLast()))
        out.raw(#","explanation":{"method":"#)
        out.string(explanation.method)
        out.raw(#","unit":"#)
        out.string(explanation.unit.rawValue)
        out.raw(#","columns":"#)
        out.value(.array(explanation.featureNames.map { .string($0) }))
        out.raw(#","outputs":"#)
        out.value(.array(explanation.outputNames.map { .string($0) }))
        out.raw(#","base":"#)
        let rows = 0..<explanation.rowCount
        out.lists(rows.map { explanation.bases.row($0) })
        out.raw(#","contributions":["#)
        for row in rows {
            if row > 0 { out.raw(",") }
            out.lists(explanation.outputNames.indices.map { explanation.contributions(row: row, output: $0) })
        }
        out.raw("]}}")
        return out.bytes
    }

    /// The names of the tensors of an explanation.
    static let explanationNames = ["contributions", "base", "output", "output_names", "column_names"]

    /// The tensors of an explanation: contributions [rows, outputs, columns], base and output [rows, outputs], and the names
    /// of outputs and columns.
    func answer(_ explanation: Explanation, to request: InferenceRequest) throws -> (bytes: [UInt8], headerLength: Int?)
    {
        let rows = explanation.rowCount
        let outputs = explanation.outputNames.count
        let columns = explanation.featureNames.count
        let all: [(String, [Int], InferenceAnswer.Values)] = [
            ("contributions", [rows, outputs, columns], .numbers(explanation.values)),
            ("base", [rows, outputs], .numbers(explanation.bases.values)),
            ("output", [rows, outputs], .numbers(explanation.outputs.values)),
            ("output_names", [outputs], .texts(explanation.outputNames)),
            ("column_names", [columns], .texts(explanation.featureNames)),
        ]
        assert(all.map(\.0) == Self.explanationNames)
        var wanted = request.outputs
        if wanted.isEmpty { wanted = all.map { .init(name: $0.0, isBinary: nil) } }
        let chosen = try wanted.enumerated().map { place, output in
            guard let (name, shape, values) = all.first(where: { $0.0 == output.name }) else {
                throw RequestFailure(
                    400, "unknownOutput",
                    "An explanation has no output “\(output.name.prefix(100))”; its outputs are "
                        + all.map(\.0).joined(separator: ", ") + ".", field: "outputs[\(place)].name")
            }
            return InferenceAnswer.Output(
                name: name, shape: shape, values: values, isBinary: output.isBinary ?? request.wantsBinary)
        }
        return try InferenceAnswer(model: name, version: version, id: request.id, outputs: chosen)
            .body(classTexts: classTexts)
    }
}

extension JSONText {
    /// Lists of finite numbers.
    fileprivate mutating func lists(_ rows: [[Double]]) {
        raw("[")
        for (place, row) in rows.enumerated() {
            raw(place > 0 ? ",[" : "[")
            for (place, value) in row.enumerated() {
                if place > 0 { raw(",") }
                number(value)
            }
            raw("]")
        }
        raw("]")
    }
}
