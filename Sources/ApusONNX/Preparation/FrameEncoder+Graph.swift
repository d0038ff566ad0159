#if ONNX
import ApusCore
import ApusFrame

extension ColumnSchema {
    /// The type of the input that the column becomes.
    var inputType: ONNXValue.ElementType {
        switch type {
        case .double, .int, .dateTime: .double
        case .bool: .bool
        case .string, .categorical: .string
        }
    }
}

extension Graph {
    /// The input of a column of numbers, points in time or truth values, as numbers.
    mutating func numbers(of schema: ColumnSchema) -> GraphValue {
        let column = input(schema.name, schema.inputType)
        return schema.type == .bool ? numbers(column) : column
    }

    /// The place of each row's text among `levels`, -1 for others; n × 1 whole numbers.
    ///
    /// - Parameter missing: The place of a missing text.
    mutating func places(of schema: ColumnSchema, among levels: [String], missing: Int) -> GraphValue {
        var (keys, values) = (levels, Array(levels.indices))
        if !levels.contains("") {
            keys.append("")
            values.append(missing)
        }
        return node(
            "LabelEncoder", [input(schema.name, schema.inputType)],
            ["keys_strings": .strings(keys), "values_int64s": .ints(values), "default_int64": .int(-1)],
            domain: Self.tables)
    }
}

extension FittedFrameEncoder {
    /// Adds the numbers that the encoder makes of its columns, n × features.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` when unseen levels are an error, which no graph can raise.
    func rows(in graph: inout Graph) throws -> GraphValue {
        guard unseen == .ignore else {
            throw Refusal.part(
                "a preparation that refuses unseen texts", "set unseen to ignore and train the model again")
        }
        var parts: [GraphValue] = []
        let columns = inputColumns
        var place = 0
        while place < columns.count {
            let numeric = columns[place...].prefix { $0.schema.type.isNumeric }
            if numeric.isEmpty {
                parts.append(Self.levels(of: columns[place], in: &graph))
                place += 1
            } else {
                parts.append(Self.numbers(of: Array(numeric), in: &graph))
                place += numeric.count
            }
        }
        return graph.sideBySide(parts)
    }

    /// Neighbouring columns of numbers, filled and scaled together.
    private static func numbers(of columns: [InputColumn], in graph: inout Graph) -> GraphValue {
        var values = graph.sideBySide(columns.map { graph.numbers(of: $0.schema) })
        let fills = graph.row(
            columns.map { column in
                if case .number(let fill) = column.replacement { fill } else { 0 }
            })
        values = graph.choose(graph.node("IsNaN", [values]), fills, else: values)
        guard columns.contains(where: { $0.mean != 0 || $0.scale != 1 }) else { return values }
        let centred = graph.subtract(values, graph.row(columns.map(\.mean)))
        return graph.divide(centred, graph.row(columns.map(\.scale)))
    }

    /// The zeros and ones of a column of text.
    private static func levels(of column: InputColumn, in graph: inout Graph) -> GraphValue {
        let width = column.levels.count + (column.hasMissingLevel ? 1 : 0)
        var missing = -1
        if column.hasMissingLevel {
            missing = column.levels.count
        } else if case .text(let level) = column.replacement {
            missing = column.levels.firstIndex { $0.utf8.elementsEqual(level.utf8) } ?? -1
        }
        let places = graph.places(of: column.schema, among: column.levels, missing: missing)
        let all = graph.constant(Onnx_TensorProto(Array(0..<width), shape: [1, width]))
        return graph.numbers(graph.node("Equal", [places, all]))
    }
}
#endif
