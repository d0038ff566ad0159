import ApusCore
import ApusFrame
import ApusTrust

/// The columns a model was trained on as a matrix: numbers as they are, categories as the place of their level, NaN where a
/// value is missing. What asks a model about changed rows changes these. A column of free text has the texts of the tables
/// at hand as its categories.
struct InputSpace: Sendable {
    let model: TrainedModel
    let columns: [FittedFrameEncoder.InputColumn]
    /// The places of the columns of free text.
    let texts: Set<Int>

    /// - Parameters:
    ///   - model: The model.
    ///   - tables: The tables whose rows are asked about.
    init(_ model: TrainedModel, _ tables: [DataFrame] = []) {
        self.model = model
        let inputs = model.encoder.inputColumns
        let texts = Set(inputs.indices.filter { inputs[$0].isText })
        self.texts = texts
        columns = inputs.enumerated().map { place, input in
            guard texts.contains(place) else { return input }
            var seen: Set<String> = []
            for table in tables where table.containsColumn(input.schema.name) {
                guard let column: Column = try? table[input.schema.name] else { continue }
                seen.formUnion(column.documents)
            }
            return FittedFrameEncoder.InputColumn(schema: input.schema, levels: seen.sorted())
        }
    }

    var names: [String] { columns.map(\.schema.name) }

    /// The places of the columns that hold categories.
    var categorical: Set<Int> { Set(columns.indices.filter { !columns[$0].schema.type.isNumeric }) }

    /// The place of a column.
    func place(of name: String) throws -> Int {
        if let place = names.firstIndex(of: name) { return place }
        throw ApusError(
            .unknownName,
            "The model has no column \(name)\(suggestion(for: name, among: names)); its columns are "
                + "\(names.joined(separator: ", ")).")
    }

    /// The rows of a table; levels that the model does not know count as missing.
    func matrix(_ frame: DataFrame) throws -> Matrix {
        // The encoder says what is wrong with a column.
        _ = try model.encoder.encode(frame)
        let values = try columns.map { input -> [Double] in
            let column: Column = try frame[input.schema.name]
            if input.schema.type.isNumeric { return try column.numbers() }
            let places = Dictionary(zip(input.levels, 0...), uniquingKeysWith: { first, _ in first })
            return (0..<column.count).map { row in
                column.missing[row] ? .nan : places[column.text(at: row)].map(Double.init) ?? .nan
            }
        }
        return Matrix(rows: frame.rowCount, columns: columns.count) { all in
            for (j, column) in values.enumerated() {
                for (row, value) in column.enumerated() { all[row * values.count + j] = value }
            }
        }
    }

    /// Rows of numbers as a table.
    func frame(_ x: Matrix) throws -> DataFrame {
        try DataFrame(
            columns: columns.enumerated().map { j, input in
                let values = x.column(j)
                if input.schema.type.isNumeric { return Column(input.schema.name, values) }
                let texts = values.map { value -> String? in
                    let place = value.isNaN ? -1 : Int(value)
                    return input.levels.indices.contains(place) ? input.levels[place] : nil
                }
                return Column(input.schema.name, texts)
            })
    }

    /// Rows of cells in the order of the columns as a table.
    ///
    /// - Parameter cells: Rows that the model's preparation has no objection to.
    func frame(cells: [[Cell]]) throws -> DataFrame {
        try DataFrame(
            columns: columns.enumerated().map { j, input in
                guard input.schema.type.isNumeric else {
                    return Column(
                        input.schema.name, cells.map { $0[j] == .missing ? nil : $0[j].description })
                }
                return Column(
                    input.schema.name,
                    cells.map { row -> Double in
                        switch row[j] {
                        case .number(let number): number
                        case .flag(let flag): flag ? 1 : 0
                        case .text(let text): DateTime(text)?.secondsSince1970 ?? .nan
                        case .missing: .nan
                        }
                    })
            })
    }

    /// What the model answers to rows of numbers.
    func answers() throws -> ModelFunction {
        let function = try model.answers()
        return ModelFunction(featureCount: columns.count, outputNames: function.outputNames, unit: function.unit) { x in
            try function(model.encoder.encode(frame(x)))
        }
    }

    /// The value of a column as a person reads it.
    func text(_ value: Double, of column: Int) -> String {
        if value.isNaN { return "missing" }
        let levels = columns[column].levels
        if columns[column].schema.type.isNumeric { return TextTable.significant(value, 5) }
        guard levels.indices.contains(Int(value)) else { return "missing" }
        let text = levels[Int(value)]
        return texts.contains(column) && text.count > 60 ? "\(text.prefix(59))…" : text
    }

    /// The rows with missing numbers filled as the model fills them, and missing categories as one more level.
    func complete(_ x: Matrix) -> Matrix {
        Matrix(rows: x.rows, columns: x.columns) { values in
            for row in 0..<x.rows {
                for (j, column) in columns.enumerated() {
                    let value = x[row, j]
                    var fill = Double(column.levels.count)
                    if case .number(let number) = column.replacement, column.schema.type.isNumeric { fill = number }
                    values[row * x.columns + j] = value.isNaN ? fill : value
                }
            }
        }
    }
}

extension FittedFrameEncoder.InputColumn {
    /// Whether it is free text, of which no values were learned.
    var isText: Bool { !schema.type.isNumeric && levels.isEmpty && !hasMissingLevel }
}
