#if Server
import Apus
import ApusCore
import ApusONNX
import ArgumentParser

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a model in the format of another tool.",
        discussion: """
            --onnx writes one ONNX file that holds the preparation and the predictor. It has an input for each column of the
            data, n × 1, and gives `label` with `probabilities` (or `scores`) for classes, `variable` for numbers.
            """)

    @Argument(help: "A model file.")
    var model: String
    @Option(help: "Where to write the ONNX file.")
    var onnx: String
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let trained = try TrainedModel(contentsOf: model)
        let exported = try ONNXModel(trained)
        try exported.write(to: onnx)
        if let remark = exported.remark { Console.note(remark) }
        if json {
            try Console.say(json: [
                "model": .string(trained.catalogName), "file": .string(onnx),
                "inputs": Self.json(exported.inputs), "outputs": Self.json(exported.outputs),
                "opset": [
                    "ai.onnx": .int(ONNXModel.operatorVersion), "ai.onnx.ml": .int(ONNXModel.tableOperatorVersion),
                ],
            ])
        } else {
            Console.say(
                """
                \(onnx): \(trained.catalogName) in ONNX, operators ai.onnx \(ONNXModel.operatorVersion) and ai.onnx.ml \
                \(ONNXModel.tableOperatorVersion)
                from \(Self.text(exported.inputs)) to \(Self.text(exported.outputs))
                """)
        }
    }

    /// Inputs or outputs for people, a few of many.
    private static func text(_ values: [ONNXValue]) -> String {
        let shown = values.prefix(10).map { "\($0.name) (\($0.type.rawValue) \($0.shape))" }.joined(separator: ", ")
        return values.count > 10 ? "\(shown), … (\(values.count) in all)" : shown
    }

    /// Inputs or outputs for programs.
    private static func json(_ values: [ONNXValue]) -> JSONValue {
        .array(
            values.map { value in
                [
                    "name": .string(value.name), "type": .string(value.type.rawValue),
                    "columns": value.columns.map { .int($0) } ?? .null,
                ]
            })
    }
}
#endif
