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
            var table = TextTable(header: ["", "name", "type", "shape"])
            for (what, values) in [("in", exported.inputs), ("out", exported.outputs)] {
                for (place, value) in values.enumerated() {
                    table.add([place == 0 ? what : "", value.name, value.type.rawValue, value.shape])
                }
            }
            Console.say(
                """
                \(onnx): \(trained.catalogName) in ONNX, operators ai.onnx \(ONNXModel.operatorVersion) and ai.onnx.ml \
                \(ONNXModel.tableOperatorVersion)

                """)
            Console.say(table.text(width: Console.width))
        }
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
