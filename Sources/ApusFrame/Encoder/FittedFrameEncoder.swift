import ApusCore

/// What an encoder learned: the columns that it needs, and how each becomes numbers.
public struct FittedFrameEncoder: Sendable, Hashable {
    /// A column that is needed.
    public struct InputColumn: Sendable, Hashable {
        /// Its name, type and roles.
        public let schema: ColumnSchema
        /// The levels of text and categories, in the order in which they come out; none for numbers.
        public let levels: [String]
        /// Whether a missing value is a level of its own, after the others.
        public let hasMissingLevel: Bool
        /// What replaces a missing number, or a missing text where one does.
        public let replacement: Cell
        /// What is subtracted from numbers before they are divided by `scale`; 0 when the encoder does not scale.
        public let mean: Double
        /// What numbers are divided by; 1 when the encoder does not scale.
        public let scale: Double

        /// A column that is needed, by default one whose values are used as they are.
        public init(
            schema: ColumnSchema, levels: [String] = [], hasMissingLevel: Bool = false, replacement: Cell = .missing,
            mean: Double = 0, scale: Double = 1
        ) {
            self.schema = schema
            self.levels = levels
            self.hasMissingLevel = hasMissingLevel
            self.replacement = replacement
            self.mean = mean
            self.scale = scale
        }
    }

    /// What was learned about a column, and where it comes out.
    struct Input: Sendable, Hashable {
        let schema: ColumnSchema
        let levels: [String]
        let hasMissingLevel: Bool
        /// For numbers the replacement; for text the place of the level that replaces missing ones, or -1.
        let fill: Double
        let mean: Double
        let scale: Double

        var isNumeric: Bool { schema.type.isNumeric }
        var width: Int { isNumeric ? 1 : levels.count + (hasMissingLevel ? 1 : 0) }
        /// The place of a missing text among the outputs of the column, or -1 for none.
        var missingPlace: Int { hasMissingLevel ? levels.count : Int(fill) }
    }

    let inputs: [Input]
    /// The first output of each input.
    let offsets: [Int]
    private let places: [[ExactText: Int]]
    private let inputPlaces: [String: Int]
    /// The columns that were left out because no value of them was known.
    public let ignoredColumns: [String]
    /// What becomes of levels that did not occur in `fit`.
    public let unseen: FrameEncoder.Unseen
    /// Whether numbers are scaled.
    public let isScaled: Bool
    /// The names of the columns that come out: `column` for numbers, `column_LEVEL` for levels.
    public let featureNames: [String]

    init(inputs: [Input], ignoredColumns: [String], unseen: FrameEncoder.Unseen, isScaled: Bool) {
        self.inputs = inputs
        self.ignoredColumns = ignoredColumns
        self.unseen = unseen
        self.isScaled = isScaled
        var offsets: [Int] = []
        var names: [String] = []
        for input in inputs {
            offsets.append(names.count)
            let name = input.schema.name
            if input.isNumeric {
                names.append(name)
            } else {
                names += input.levels.map { "\(name)_\($0)" } + (input.hasMissingLevel ? ["\(name)_nan"] : [])
            }
        }
        self.offsets = offsets
        featureNames = names
        places = inputs.map { input in
            Dictionary(zip(input.levels.map(ExactText.init), 0...), uniquingKeysWith: { first, _ in first })
        }
        inputPlaces = Dictionary(zip(inputs.map(\.schema.name), 0...), uniquingKeysWith: { first, _ in first })
    }

    static func isScaled(_ type: ColumnType) -> Bool { type == .double || type == .int || type == .dateTime }

    /// The columns that are needed, in the order of their outputs.
    public var inputColumns: [InputColumn] {
        inputs.map { input in
            let replacement: Cell =
                if input.isNumeric {
                    .number(input.fill)
                } else {
                    input.fill >= 0 ? .text(input.levels[Int(input.fill)]) : .missing
                }
            return InputColumn(
                schema: input.schema, levels: input.levels, hasMissingLevel: input.hasMissingLevel,
                replacement: replacement, mean: input.mean, scale: input.scale)
        }
    }

    /// Number of columns that come out.
    public var featureCount: Int { featureNames.count }

    /// Whether complete numbers come out exactly as they go in: there are only numbers, and they are not scaled.
    public var isIdentity: Bool { !isScaled && inputs.allSatisfy(\.isNumeric) }

    /// Options to read a file with the types that were learned, so that `007` stays text where it was text, and a text
    /// where a number was learned is refused with its line.
    public func csvOptions(_ base: CSVOptions) -> CSVOptions {
        var options = base
        options.read(inputs.map(\.schema))
        return options
    }

    // MARK: Frames

    /// The numbers for the rows of a frame.
    ///
    /// - Parameter frame: It must have the columns that were learned, in any order; others are not looked at.
    /// - Returns: One row for each row, one column for each of `featureNames`.
    /// - Throws: `ApusError` with code `invalidSchema` for a missing column or one of another type, and `invalidInput`
    ///   for infinite numbers and, if asked for, unseen levels.
    public func encode(_ frame: DataFrame) throws -> Matrix {
        try checkColumns(of: frame)
        let (rows, width) = (frame.rowCount, featureCount)
        let sources = try Parallel.tryMap(inputs.count) { try source(inputs[$0], places[$0], frame) }
        let values = [Double](filledInParallelRows: rows, width: width, blockSize: 1024) { block, out in
            for (place, source) in sources.enumerated() {
                let input = inputs[place]
                var k = block.lowerBound * width + offsets[place]
                switch source {
                case .numbers(let numbers):
                    let (fill, mean, scale) = (input.fill, input.mean, input.scale)
                    let changes = mean != 0 || scale != 1
                    for row in block {
                        let value = numbers[row].isNaN ? fill : numbers[row]
                        out[k] = changes ? (value - mean) / scale : value
                        k += width
                    }
                case .levels(let levels):
                    let count = input.width
                    for row in block {
                        for level in 0..<count { out[k + level] = 0 }
                        if levels[row] >= 0 { out[k + Int(levels[row])] = 1 }
                        k += width
                    }
                }
            }
        }
        return Matrix(rows: rows, columns: width, values: values)
    }

    private enum Source: Sendable {
        case numbers([Double])
        /// For each row the place among the column's outputs, or -1.
        case levels([Int32])
    }

    /// Throws one error that names every column that is missing and every one that holds text where numbers were learned.
    private func checkColumns(of frame: DataFrame) throws {
        let missing = inputs.map(\.schema.name).filter { !frame.containsColumn($0) }
        let arrived = frame.columnNames.filter { inputPlaces[$0] == nil && !ignoredColumns.contains($0) }
        var problems = missing.map { name -> String in
            let hint = nearestName(to: name, among: arrived).map { " (is “\($0)” meant, which was not there?)" } ?? ""
            return "column “\(name)” is missing\(hint)"
        }
        for input in inputs where input.isNumeric && frame.containsColumn(input.schema.name) {
            let column: Column = try frame[input.schema.name]
            guard !column.type.isNumeric, column.missingCount < column.count else { continue }
            let row = (0..<column.count).first { !column.missing[$0] && Double(column.text(at: $0)) == nil } ?? 0
            problems.append(
                "column “\(input.schema.name)” holds “\(column.text(at: row))” in data row \(row + 1) where a "
                    + "\(input.schema.type.name) was learned")
        }
        guard let first = problems.first else { return }
        let advice =
            missing.isEmpty
            ? "correct the values or leave them empty"
            : problems.count == missing.count
                ? "the model was trained with \(missing.count == 1 ? "it; add it" : "them; add them") to the data"
                : "add what is missing, and correct the values or leave them empty"
        let shown = ([first.prefix(1).uppercased() + first.dropFirst()] + problems.dropFirst()).prefix(20)
        let more = problems.count > 20 ? "; and \(problems.count - 20) more" : ""
        throw ApusError(.invalidSchema, "\(shown.joined(separator: "; "))\(more); \(advice).")
    }

    private func source(_ input: Input, _ places: [ExactText: Int], _ frame: DataFrame) throws -> Source {
        let name = input.schema.name
        let column = try frame[name]
        if input.isNumeric {
            let values = try column.numbers()
            try checkFinite(values, name)
            return .numbers(values)
        }
        let texts = column.type.isNumeric ? column.numbersAsText() : column.asCategorical()
        guard case .categorical(let codes, let levels) = texts.values else {
            throw ApusError(.invalidSchema, "Column “\(name)” cannot be encoded as levels.")
        }
        let outputs = levels.map { places[ExactText($0)].map(Int32.init) ?? -1 }
        let missingPlace = Int32(input.missingPlace)
        if unseen == .error,
            let row = codes.firstIndex(where: { $0 < 0 ? missingPlace < 0 : outputs[Int($0)] < 0 })
        {
            let first = codes[row] < 0 ? nil : levels[Int(codes[row])]
            let used = Set(codes)
            let others = levels.indices.filter { outputs[$0] < 0 && levels[$0] != first && used.contains(Int32($0)) }
            throw unseenLevel(input, first, "in data row \(row + 1)", others: others.map { levels[$0] })
        }
        return .levels(codes.map { $0 < 0 ? missingPlace : outputs[Int($0)] })
    }

    private func unseenLevel(_ input: Input, _ level: String?, _ place: String, others: [String] = []) -> ApusError {
        let known = input.levels.prefix(10).joined(separator: ", ") + (input.levels.count > 10 ? ", …" : "")
        let list = others.prefix(10).map { "“\($0)”" }.joined(separator: ", ") + (others.count > 10 ? ", …" : "")
        let more = others.isEmpty ? "" : " (nor did \(list), further down)"
        return ApusError(
            .invalidInput,
            "Column “\(input.schema.name)” \(level.map { "holds “\($0)”" } ?? "has no value") \(place), which did not "
                + "occur in training\(more); use one of \(known).")
    }

    // MARK: Rows of cells

    /// The numbers for rows that come from a request, values in the order of `inputColumns`.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` for a row of another length, and `invalidInput` naming row, column
    ///   and value for what cannot be encoded.
    public func encode(rows: [[Cell]]) throws -> Matrix {
        let width = featureCount
        var values = [Double](repeating: 0, count: rows.count * width)
        for (row, cells) in rows.enumerated() {
            guard cells.count == inputs.count else {
                throw ApusError(
                    .shapeMismatch,
                    "Row \(row) has \(cells.count) values where the model needs \(inputs.count): "
                        + inputs.prefix(20).map(\.schema.name).joined(separator: ", ")
                        + (inputs.count > 20 ? ", …." : "."))
            }
            for place in inputs.indices {
                let k = row * width + offsets[place]
                if inputs[place].isNumeric {
                    values[k] = try number(cells[place], inputs[place], row)
                } else {
                    let level = try level(cells[place], place, row)
                    if level >= 0 { values[k + level] = 1 }
                }
            }
        }
        return Matrix(rows: rows.count, columns: width, values: values)
    }

    private func number(_ cell: Cell, _ input: Input, _ row: Int) throws -> Double {
        let value: Double
        switch cell {
        case .number(let number) where !number.isNaN: value = number
        case .number, .missing: value = input.fill
        case .flag(let flag): value = flag ? 1 : 0
        case .text(let text):
            guard input.schema.type == .dateTime, let time = DateTime(text) else {
                throw ApusError(
                    .invalidInput,
                    "Field “\(input.schema.name)” of row \(row) is the text “\(text)” where a \(input.schema.type.name) "
                        + "is needed; send a \(input.schema.type.name) or null.")
            }
            value = time.secondsSince1970
        }
        guard value.isFinite else {
            throw ApusError(
                .invalidInput, "Field “\(input.schema.name)” of row \(row) is \(value); send a finite number or null.")
        }
        return input.mean == 0 && input.scale == 1 ? value : (value - input.mean) / input.scale
    }

    private func level(_ cell: Cell, _ place: Int, _ row: Int) throws -> Int {
        let input = inputs[place]
        let level: Int
        if case .missing = cell {
            level = input.missingPlace
        } else if case .text(let text) = cell {
            level = places[place][ExactText(text)] ?? -1
        } else {
            level = places[place][ExactText(cell.description)] ?? -1
        }
        if level < 0, unseen == .error {
            throw unseenLevel(input, cell == .missing ? nil : cell.description, "in row \(row)")
        }
        return level
    }

    /// The values of a record in the order of `inputColumns`.
    ///
    /// - Throws: `ApusError` with code `invalidSchema`, naming fields that are missing or that the model does not know.
    public func cells(fromRecord record: [String: Cell]) throws -> [Cell] {
        let known = inputs.prefix(20).map(\.schema.name).joined(separator: ", ") + (inputs.count > 20 ? ", …" : "")
        for name in record.keys.sorted() where inputPlaces[name] == nil && !ignoredColumns.contains(name) {
            throw ApusError(.invalidSchema, "Field “\(name)” is not known to the model; its fields are \(known).")
        }
        return try inputs.map { input in
            guard let cell = record[input.schema.name] else {
                throw ApusError(
                    .invalidSchema,
                    "Field “\(input.schema.name)” is missing; send it, or null if it is not known. "
                        + "The fields are \(known).")
            }
            return cell
        }
    }
}

extension Column {
    /// Numbers, truth values and times as categories; whole numbers without decimals.
    func numbersAsText() -> Column {
        guard case .double(let numbers) = values else { return asCategorical() }
        return Column(name, numbers.map { $0.isNaN ? nil : numberText($0) }).asCategorical()
    }
}
