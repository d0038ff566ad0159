import ApusCore

/// What a dummy encoder learned: the columns that are encoded with their levels, and those that are passed on.
public struct FittedDummyEncoder: Sendable, Hashable {
    /// A column that is encoded, and its levels.
    struct Input: Sendable, Hashable {
        let name: String
        let levels: [String]
    }

    let inputs: [Input]
    let others: [ColumnSchema]
    /// What is between the names of column and level.
    public let separator: String
    /// Whether each column has a dummy for missing values.
    public let includesMissing: Bool
    /// Whether the first level of each column has no dummy.
    public let dropsFirst: Bool
    /// What becomes of a level that did not occur in `fit`.
    public let unseen: FrameEncoder.Unseen
    /// The names of the columns that come out, from left to right.
    public let columnNames: [String]

    init(
        inputs: [Input], others: [ColumnSchema], separator: String, includesMissing: Bool, dropsFirst: Bool,
        unseen: FrameEncoder.Unseen
    ) throws {
        self.inputs = inputs
        self.others = others
        self.separator = separator
        self.includesMissing = includesMissing
        self.dropsFirst = dropsFirst
        self.unseen = unseen
        columnNames =
            others.map(\.name)
            + inputs.flatMap { input in
                (input.levels + (includesMissing ? ["nan"] : [])).dropFirst(dropsFirst ? 1 : 0)
                    .map { input.name + separator + $0 }
            }
        var known: Set<ExactText> = []
        if let twice = columnNames.first(where: { !known.insert(ExactText($0)).inserted }) {
            throw ApusError(
                .invalidSchema, "Two columns would be called “\(twice)”; rename one or choose another separator.")
        }
    }

    /// The columns that were encoded.
    public var encodedColumns: [String] { inputs.map(\.name) }

    /// The levels of a column that was encoded; nil for any other.
    public func levels(of name: String) -> [String]? { inputs.first { $0.name == name }?.levels }

    /// The frame with dummies in place of the columns that were encoded: always the same columns in the same order.
    ///
    /// Columns that were not there in `fit` are left out. Targets, weights and other columns that models do not learn from
    /// may be absent.
    ///
    /// - Throws: `ApusError` with code `invalidSchema`, listing all columns that are absent or of another type, or naming
    ///   the first value that is not among the levels unless those are ignored.
    public func encode(_ frame: DataFrame) throws -> DataFrame {
        try check(frame)
        var columns: [Column] = []
        var schemas: [ColumnSchema] = []
        for schema in others where frame.containsColumn(schema.name) {
            columns.append(try frame[schema.name])
            schemas.append(schema)
        }
        for input in inputs {
            for column in try dummies(input, frame[input.name]) {
                schemas.append(ColumnSchema(name: column.name, type: .bool))
                columns.append(column)
            }
        }
        if columns.isEmpty { return frame.replacingColumns([], rowCount: frame.rowCount) }
        return try DataFrame(columns: columns).assigning(schemas)
    }

    private func check(_ frame: DataFrame) throws {
        var problems: [String] = []
        let needed = inputs.map(\.name) + others.filter { $0.use == .feature }.map(\.name)
        let absent = needed.filter { !frame.containsColumn($0) }
        if !absent.isEmpty {
            problems.append("\(absent.joined(separator: ", ")) \(absent.count == 1 ? "is" : "are") absent")
        }
        for schema in others {
            guard frame.containsColumn(schema.name) else { continue }
            let type = try frame[schema.name].type
            // Whole and floating-point numbers are both numbers.
            if type != schema.type, Set([type, schema.type]) != [.int, .double] {
                problems.append("\(schema.name) holds \(type.name)s instead of \(schema.type.name)s")
            }
        }
        guard problems.isEmpty else {
            throw ApusError(
                .invalidSchema,
                "The frame is not like the one that was learned from: \(problems.joined(separator: "; ")). Add or convert "
                    + "these columns.")
        }
    }

    private func dummies(_ input: Input, _ column: Column) throws -> [Column] {
        let codes = try codes(input, column)
        let hasMissing = includesMissing ? 1 : 0
        let first = dropsFirst ? 1 : 0
        let width = input.levels.count + hasMissing
        guard width > first else { return [] }
        let complete = MissingMask(complete: column.count)
        return Parallel.map(width - first) { place in
            let code = Int32(place + first)
            let name = place + first < input.levels.count ? input.levels[place + first] : "nan"
            let flags = codes.map { $0 == code }
            return Column(name: input.name + separator + name, values: .bool(flags), missing: complete)
        }
    }

    /// For each row the place of its level; one behind the last for a missing value, and -1 for none.
    private func codes(_ input: Input, _ column: Column) throws -> [Int32] {
        let places = Dictionary(
            zip(input.levels.map(ExactText.init), Int32(0)...), uniquingKeysWith: { first, _ in first })
        let last = includesMissing ? Int32(input.levels.count) : -1
        func place(_ text: String) -> Int32 { places[ExactText(text)] ?? -1 }
        let (codes, levels): ([Int32], [String])
        switch column.values {
        case .string(let texts): (codes, levels) = texts.distinct(column.missing)
        case .categorical(let known, let names): (codes, levels) = (known, names)
        default:
            let texts = TextValues((0..<column.count).map { column.missing[$0] ? nil : column.dummyText(at: $0) })
            (codes, levels) = texts.distinct(column.missing)
        }
        let outputs = levels.map(place)
        if unseen == .error, outputs.contains(-1),
            let row = codes.firstIndex(where: { $0 >= 0 && outputs[Int($0)] < 0 })
        {
            throw ApusError(
                .invalidSchema,
                "Column “\(input.name)” holds “\(column.dummyText(at: row))” in row \(row), which did not occur when "
                    + "the encoder was fitted; correct it, or ignore unseen levels.")
        }
        return [Int32](filledInParallelRows: codes.count, width: 1, blockSize: 1 << 16) { block, out in
            for row in block { out[row] = codes[row] < 0 ? last : outputs[Int(codes[row])] }
        }
    }
}

extension FittedDummyEncoder {
    /// Puts everything it needs into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(
            .array(
                inputs.map { ["name": .string($0.name), "levels": .array($0.levels.map { .string($0) })] }),
            as: "inputs")
        archive.store(.array(others.map(\.parameterValue)), as: "others")
        archive.store(.string(separator), as: "separator")
        archive.store(.bool(includesMissing), as: "includesMissing")
        archive.store(.bool(dropsFirst), as: "dropsFirst")
        archive.store(unseen.parameterValue, as: "unseen")
    }

    /// Takes itself out of an archive, checking all of it.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        guard let list = try archive.attribute("inputs").arrayValue else {
            throw archive.damaged("attribute “inputs” does not list columns")
        }
        let inputs = try list.map { value -> Input in
            guard let name = value["name"]?.stringValue,
                let levels = value["levels"]?.arrayValue?.map(\.stringValue),
                Set(levels.compactMap { $0.map(ExactText.init) }).count == levels.count
            else { throw archive.damaged("an encoded column is not described") }
            return Input(name: name, levels: levels.compactMap { $0 })
        }
        guard let schemas = try archive.attribute("others").arrayValue?.map(ColumnSchema.init(parameterValue:)),
            !schemas.contains(nil),
            let unseen = FrameEncoder.Unseen(parameterValue: try archive.attribute("unseen"))
        else { throw archive.damaged("attributes “others” and “unseen” are not what they should be") }
        let others = schemas.compactMap { $0 }
        guard Set(inputs.map(\.name) + others.map(\.name)).count == inputs.count + others.count else {
            throw archive.damaged("two columns have the same name")
        }
        do {
            try self.init(
                inputs: inputs, others: others, separator: archive.string("separator"),
                includesMissing: archive.bool("includesMissing"), dropsFirst: archive.bool("dropsFirst"), unseen: unseen
            )
        } catch let error as ApusError where error.code == .invalidSchema {
            throw archive.damaged("two columns that come out have the same name")
        }
    }
}
