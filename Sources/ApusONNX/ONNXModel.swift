#if ONNX
import Apus
import ApusCore
import ApusFrame
import Foundation
import SwiftProtobuf

/// A trained model as one ONNX file, which any runtime of ONNX predicts with: preparation and predictor are one graph.
///
///     let trained = try TrainedModel(contentsOf: "iris.apus")
///     try ONNXModel(trained).write(to: "iris.onnx")
///
/// There is an input for each column that the model needs, by its name, n × 1: 64-bit numbers (NaN where one is missing;
/// points in time are seconds since 1970), text (empty where it is missing) or truth values. A classifier gives `label`,
/// of the type of its classes, and `probabilities` or, where it has none, `scores`; a regressor gives `variable`. Where a
/// column has the name of an output, the output's name ends in `_`. The file also says what the model is, what it predicts
/// and, as a JSON list, its classes.
///
/// The graph computes with 64-bit numbers, as the model does. What the model would refuse, such as infinite numbers, the
/// graph cannot.
public struct ONNXModel: Sendable {
    /// The version of the operators of `ai.onnx` that the graph is made of.
    public static let operatorVersion = 18
    /// The version of the operators of `ai.onnx.ml`.
    public static let tableOperatorVersion = 3
    /// The version of the file format.
    static let formatVersion: Int64 = 8

    /// The columns that it needs.
    public let inputs: [ONNXValue]
    /// What it answers.
    public let outputs: [ONNXValue]
    /// Where the graph computes otherwise than the model, in a sentence; nil where it does not.
    public let remark: String?
    let proto: Onnx_ModelProto

    /// The graph of a model.
    ///
    /// - Throws: `ApusError` with code `invalidParameter`, naming the part of the model that has no form in ONNX and what
    ///   has one, or `invalidSchema` for a column without a name.
    public init(_ trained: TrainedModel) throws {
        let columns = trained.encoder.inputColumns.map(\.schema.name)
        guard !columns.contains("") else {
            throw ApusError(
                .invalidSchema,
                "A column of the model has no name, but inputs of ONNX need one; name it in the data and train the model "
                    + "again.")
        }
        func free(_ name: String) -> String { columns.contains(name) ? free(name + "_") : name }
        let names = ["label", "probabilities", "scores", "variable"].map(free)
        var graph = Graph(reserved: Set(columns + names))
        let rows = try trained.encoder.graphRows(in: &graph)
        var outputs: [(ONNXValue, GraphValue)] = []
        switch trained.predictor {
        case .classifier(let model):
            let answers = try model.written().answers(rows, in: &graph)
            let type = model.classes.outputType
            let labels = graph.node("Gather", [graph.constant(model.classes.tensor), answers.codes])
            outputs.append((ONNXValue(name: names[0], type: type, columns: nil), labels))
            if let probabilities = answers.probabilities {
                outputs.append((ONNXValue(name: names[1], type: .double, columns: model.classes.count), probabilities))
            } else if let scores = answers.scores {
                outputs.append((ONNXValue(name: names[2], type: .double, columns: answers.scoreWidth), scores))
            }
        case .regressor(let model):
            let numbers = try model.written().numbers(rows, in: &graph)
            outputs.append((ONNXValue(name: names[3], type: .double, columns: 1), numbers))
        }
        inputs = graph.inputs
        remark = graph.remark
        self.outputs = outputs.map(\.0)
        proto = try Self.proto(of: graph.finished(name: trained.catalogName, outputs: outputs), trained)
    }

    private static func proto(of graph: Onnx_GraphProto, _ trained: TrainedModel) throws -> Onnx_ModelProto {
        var proto = Onnx_ModelProto()
        proto.irVersion = formatVersion
        proto.producerName = "apus"
        proto.producerVersion = TrainedModel.libraryVersion
        proto.graph = graph
        proto.opsetImport = [("", operatorVersion), (Graph.tables, tableOperatorVersion)].map { domain, version in
            var set = Onnx_OperatorSetIdProto()
            set.domain = domain
            set.version = Int64(version)
            return set
        }
        var facts = [
            ("model", trained.catalogName), ("task", trained.task.rawValue), ("target", trained.target),
        ]
        if let names = trained.classes?.names {
            facts.append(("classes", String(decoding: try JSONEncoder().encode(names), as: UTF8.self)))
        }
        proto.metadataProps = facts.map { key, value in
            var entry = Onnx_StringStringEntryProto()
            entry.key = key
            entry.value = value
            return entry
        }
        return proto
    }

    /// The bytes of the file; equal models give equal bytes.
    ///
    /// - Throws: `ApusError` with code `unwritableFile` when they would be more than the 2 GB that the format allows.
    public func encoded() throws -> Data {
        do {
            return try proto.serializedBytes()
        } catch {
            throw ApusError(
                .unwritableFile,
                "The model is larger than the 2 GB that an ONNX file may have; train a smaller one, such as fewer or "
                    + "shallower trees.", cause: error)
        }
    }

    /// Writes the file, whole or not at all.
    ///
    /// - Throws: `ApusError` with code `unwritableFile`.
    public func write(to path: String) throws { try WholeFile.write(encoded(), to: path) }
}

extension Labels.Classes {
    /// The type of labels in a graph.
    fileprivate var outputType: ONNXValue.ElementType {
        switch self {
        case .integers: .int64
        case .strings: .string
        case .booleans: .bool
        }
    }

    /// The classes in a list.
    fileprivate var tensor: Onnx_TensorProto {
        switch self {
        case .integers(let values): Onnx_TensorProto(values, shape: [values.count])
        case .strings(let values): Onnx_TensorProto(values)
        case .booleans(let values): Onnx_TensorProto(values)
        }
    }
}
#endif
