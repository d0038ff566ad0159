import Apus
import ApusCore
import ApusFrame
import ApusTrust

extension ServedModel {
    /// The names of the tensors that the model answers.
    var outputNames: [String] { model.givesProbabilities ? ["prediction", "probabilities"] : ["prediction"] }

    /// The tensors that a request wants, in its order; all where it names none.
    ///
    /// - Throws: `RequestFailure` for a name that the model does not have.
    func outputs(of request: InferenceRequest) throws -> [InferenceRequest.Output] {
        if request.outputs.isEmpty { return outputNames.map { .init(name: $0, isBinary: nil) } }
        var seen: Set<String> = []
        for (place, output) in request.outputs.enumerated() {
            guard outputNames.contains(output.name) else {
                throw RequestFailure(
                    400, "unknownOutput",
                    "The model has no output “\(output.name.prefix(100))”; its outputs are "
                        + outputNames.joined(separator: ", ") + ".", field: "outputs[\(place)].name")
            }
            guard seen.insert(output.name).inserted else {
                throw RequestFailure(
                    400, "duplicateField", "The output “\(output.name)” is asked for twice; ask once.",
                    field: "outputs[\(place)].name")
            }
        }
        return request.outputs
    }

    /// The answer to an inference request.
    ///
    /// - Throws: `RequestFailure` where a number is not finite.
    func answer(
        _ prediction: Prediction, to request: InferenceRequest, _ wanted: [InferenceRequest.Output]
    ) throws -> (bytes: [UInt8], headerLength: Int?) {
        let outputs = wanted.map { output in
            let isBinary = output.isBinary ?? request.wantsBinary
            if output.name == "probabilities", let probabilities = prediction.probabilities {
                return InferenceAnswer.Output(
                    name: output.name, shape: [probabilities.rows, probabilities.columns],
                    values: .numbers(probabilities.values), isBinary: isBinary)
            }
            let values: InferenceAnswer.Values =
                switch prediction.values {
                case .labels(let labels): .labels(labels)
                case .numbers(let numbers): .numbers(numbers)
                }
            return InferenceAnswer.Output(
                name: output.name, shape: [prediction.count], values: values, isBinary: isBinary)
        }
        return try InferenceAnswer(model: name, version: version, id: request.id, outputs: outputs)
            .body(classTexts: classTexts)
    }

    /// The metadata of the Open Inference Protocol.
    ///
    /// - Parameter versions: The versions that are served.
    func metadata(versions: [String]) -> JSONValue {
        var outputs: [JSONValue] = [
            ["name": "prediction", "datatype": .string((model.classes?.tensorType ?? .fp64).rawValue), "shape": [-1]]
        ]
        if model.givesProbabilities, let classes = model.classes {
            outputs.append([
                "name": "probabilities", "datatype": "FP64", "shape": [-1, .int(classes.count)],
                "parameters": ["classes": .array(classes.json)],
            ])
        }
        return [
            "name": .string(name), "versions": .array(versions.map { .string($0) }),
            "platform": .string("apus_" + model.catalogName.replacing("-", with: "_")),
            "inputs": .array(
                model.encoder.inputColumns.map { column in
                    [
                        "name": .string(column.schema.name), "datatype": .string(column.tensorType.rawValue),
                        "shape": [-1],
                    ]
                }
                    + model.watchedColumns.map { rule in
                        [
                            "name": .string(rule.column), "shape": [-1], "optional": true,
                            "datatype": .string((rule.bounds.isEmpty ? TensorType.bytes : .fp64).rawValue),
                        ]
                    }),
            "outputs": .array(outputs),
        ]
    }
}

extension FittedFrameEncoder.InputColumn {
    /// The type of a tensor of the column's values; others are taken too where each value fits.
    var tensorType: TensorType {
        switch schema.type {
        case .double, .int: .fp64
        case .bool: .bool
        case .dateTime, .string, .categorical: .bytes
        }
    }
}
