import Apus
import ApusCore
import ApusFrame
import ApusTrust

extension ServedModel {
    /// What a client has to know to use the model: what it predicts, from which columns, with which parameters.
    var description: JSONValue {
        let typical = model.typicalRow
        var fields: [String: JSONValue] = [
            "name": .string(name),
            "kind": .string(model.catalogName),
            "task": .string(model.task.rawValue),
            "target": .string(model.target),
            "parameters": .object(model.parameters),
            "columns": .array(model.encoder.inputColumns.enumerated().map { describe($1, typical[$0]) }),
        ]
        if let classes = model.classes { fields["classes"] = .array(classes.json) }
        let watched = model.watchedColumns
        if !watched.isEmpty { fields["watched"] = .array(watched.map { .string($0.column) }) }
        return .object(fields)
    }

    private func describe(_ column: FittedFrameEncoder.InputColumn, _ typical: Cell) -> JSONValue {
        var fields: [String: JSONValue] = [
            "name": .string(column.schema.name),
            "type": .string(column.schema.type.rawValue),
            "roles": .array(column.schema.roles.map { .string($0.rawValue) }),
        ]
        switch typical {
        case .number(let value): fields["typical"] = .double(value)
        case .text(let text): fields["typical"] = .string(text)
        case .flag(let flag): fields["typical"] = .bool(flag)
        case .missing: break
        }
        if !column.schema.type.isNumeric { fields["levels"] = .array(column.levels.map { .string($0) }) }
        return .object(fields)
    }
}
