#if ONNX
import Apus
import ApusCore
import ApusFrame

extension FittedColumnTransformer {
    /// Adds the numbers that the branches make of their columns, n × features.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` for a step that has no form in ONNX.
    func rows(in graph: inout Graph) throws -> GraphValue {
        graph.sideBySide(
            try branches.map { branch in
                switch branch.model {
                case .encoder(let encoder): return try encoder.rows(in: &graph)
                case .passthrough: return Self.numbers(of: branch.inputs, in: &graph)
                case .transformer(let model):
                    let step = try model.written()
                    return try step.rows(Self.numbers(of: branch.inputs, in: &graph), in: &graph)
                case .vectorizer(let model): throw Refusal.step(type(of: model).catalogName)
                }
            })
    }

    /// The numbers that steps see: texts by their places, NaN for a missing one and -1 for one that is new.
    private static func numbers(of inputs: [ColumnInput], in graph: inout Graph) -> GraphValue {
        graph.sideBySide(
            inputs.map { input in
                guard let levels = input.levels else { return graph.numbers(of: input.schema) }
                let absent = levels.count
                let places = graph.places(of: input.schema, among: levels, missing: absent)
                let isAbsent = graph.node("Equal", [places, graph.constant(absent)])
                return graph.choose(isAbsent, graph.constant(Double.nan), else: graph.numbers(places))
            })
    }
}

extension FittedPreparation {
    /// Adds the numbers that the preparation makes of its columns.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` for what has no form in ONNX.
    func graphRows(in graph: inout Graph) throws -> GraphValue {
        switch self {
        case let encoder as FittedFrameEncoder: return try encoder.rows(in: &graph)
        case let transformer as FittedColumnTransformer: return try transformer.rows(in: &graph)
        default: throw Refusal.part("this kind of preparation", "train the model with `apus train`")
        }
    }
}
#endif
