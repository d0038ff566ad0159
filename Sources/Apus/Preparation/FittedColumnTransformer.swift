import ApusCore
import ApusFrame
import ApusLearn

/// What a `ColumnTransformer` learned.
public struct FittedColumnTransformer: FittedPreparation {
    /// What a branch does with its columns.
    package enum Model: Sendable {
        case transformer(any TransformerModel)
        case vectorizer(any TextVectorizerModel)
        case encoder(FittedFrameEncoder)
        case passthrough
    }

    /// Some columns and what becomes of them.
    package struct Branch: Sendable {
        package let name: String
        package let prefix: String?
        /// The columns it takes; none for an encoder, which knows its own.
        package let inputs: [ColumnInput]
        package let model: Model
    }

    /// What is done, from left to right.
    package let branches: [Branch]
    /// The columns that are needed, each once.
    let inputs: [ColumnInput]
    /// The columns that are needed.
    public let inputColumns: [FittedFrameEncoder.InputColumn]
    /// Number of columns that come out.
    public let featureCount: Int
    /// The names that come out of each branch; nil where columns have only numbers.
    private let names: [[String]?]

    init(branches: [Branch]) throws {
        guard !branches.isEmpty else {
            throw ApusError(.invalidSchema, "No branch takes a column, so nothing is left to learn from.")
        }
        self.branches = branches
        var columns: [FittedFrameEncoder.InputColumn] = []
        var inputs: [ColumnInput] = []
        var seen: Set<String> = []
        for branch in branches {
            if case .encoder(let encoder) = branch.model {
                for column in encoder.inputColumns where seen.insert(column.schema.name).inserted {
                    columns.append(column)
                    inputs.append(ColumnInput(schema: column.schema, levels: nil, hasMissing: false))
                }
            }
            for input in branch.inputs where seen.insert(input.schema.name).inserted {
                columns.append(
                    FittedFrameEncoder.InputColumn(
                        schema: input.schema, levels: input.levels ?? [],
                        hasMissingLevel: input.levels != nil && input.hasMissing))
                inputs.append(input)
            }
        }
        inputColumns = columns
        self.inputs = inputs
        names = branches.map(Self.names)
        featureCount = zip(branches, names).reduce(0) { $0 + ($1.1?.count ?? Self.width(of: $1.0)) }
        guard featureCount > 0 else {
            throw ApusError(.invalidSchema, "No column comes out of any branch, so nothing is left to learn from.")
        }
        let all = names.flatMap { $0 ?? [] }
        if Set(all).count < all.count {
            var once: Set<String> = []
            let twice = all.first { !once.insert($0).inserted } ?? ""
            throw ApusError(
                .invalidSchema,
                "Two columns that come out are called “\(twice)”; set verboseFeatureNamesOut, or rename a column.")
        }
    }

    private static func names(_ branch: Branch) -> [String]? {
        let own: [String]
        switch branch.model {
        case .transformer(let model): own = model.features(for: branch.inputs.map(\.feature)).map(\.name)
        case .vectorizer(let model):
            guard let terms = (model as? any VocabularyModel)?.vocabulary else { return nil }
            own = terms
        case .encoder(let encoder): own = encoder.featureNames
        case .passthrough: own = branch.inputs.map(\.schema.name)
        }
        return branch.prefix.map { prefix in own.map { "\(prefix)__\($0)" } } ?? own
    }

    private static func width(of branch: Branch) -> Int {
        if case .vectorizer(let model) = branch.model { return model.outputCount }
        return 0
    }

    /// The places among the outputs that a branch takes; none where there is no such branch.
    func places(of branch: String) -> Range<Int> {
        var start = 0
        for (place, own) in branches.enumerated() {
            let width = names[place]?.count ?? Self.width(of: own)
            if own.name == branch { return start..<start + width }
            start += width
        }
        return 0..<0
    }

    /// The columns that were left out because no value of them was known.
    public var ignoredColumns: [String] {
        branches.flatMap { branch -> [String] in
            if case .encoder(let encoder) = branch.model { return encoder.ignoredColumns }
            return []
        }
    }

    /// `ignore`: what becomes of unseen texts is the business of each step.
    public var unseen: FrameEncoder.Unseen { .ignore }

    /// Whether a branch reads text, whose rows are mostly zeros.
    public var isSparse: Bool {
        branches.contains { if case .vectorizer = $0.model { true } else { false } }
    }

    /// The columns that are read as text.
    public var textColumns: [String] {
        branches.flatMap { branch -> [String] in
            if case .vectorizer = branch.model { return branch.inputs.map(\.schema.name) }
            return []
        }
    }

    /// The names of the columns that come out: `branch__column`, `branch__column_LEVEL`, `branch__term`, or without the branch;
    /// `branch__0`, … for those of a hashing vectorizer, which have no name.
    public var featureNames: [String] {
        zip(branches, names).flatMap { branch, names -> [String] in
            names ?? (0..<Self.width(of: branch)).map { "\(branch.prefix ?? branch.name)__\($0)" }
        }
    }

    /// Options to read a file with the types that were learned.
    public func csvOptions(_ base: CSVOptions) -> CSVOptions {
        var options = base
        options.read(inputColumns.map(\.schema))
        return options
    }

    /// The rows of a frame, sparse where a branch reads text.
    ///
    /// - Throws: `ApusError`, naming the columns that are missing, or the branch and what stands in its way.
    public func prepare(_ frame: DataFrame) throws -> PreparedRows {
        let absent = inputs.map(\.schema.name).filter { !frame.containsColumn($0) }
        guard absent.isEmpty else {
            throw ApusError(
                .invalidSchema,
                absent.count == 1
                    ? "Column “\(absent[0])” is missing; the model was trained with it. Add it to the data."
                    : "The columns \(absent.map { "“\($0)”" }.joined(separator: ", ")) are missing; the model was trained with "
                        + "them. Add them to the data.")
        }
        return try sideBySide(branches.map { try rows(of: $0, frame) })
    }

    /// The same for rows that come from a request, values in the order of `inputColumns`.
    public func prepare(rows: [[Cell]]) throws -> PreparedRows {
        if let row = rows.firstIndex(where: { $0.count != inputs.count }) {
            throw ApusError(
                .shapeMismatch,
                "Row \(row) has \(rows[row].count) values where the model needs \(inputs.count): "
                    + inputs.prefix(20).map(\.schema.name).joined(separator: ", ") + (inputs.count > 20 ? ", …." : "."))
        }
        let columns = try inputs.enumerated().map { place, input in try input.column(rows.map { $0[place] }) }
        return try prepare(DataFrame(columns: columns))
    }

    private func rows(of branch: Branch, _ frame: DataFrame) throws -> PreparedRows {
        do {
            switch branch.model {
            case .encoder(let encoder): return .dense(try encoder.encode(frame))
            case .vectorizer(let model):
                return .sparse(try model.transform(branch.inputs[0].column(of: frame).documents))
            case .passthrough: return .dense(try ColumnInput.matrix(branch.inputs, frame))
            case .transformer(let model): return .dense(try model.transform(ColumnInput.matrix(branch.inputs, frame)))
            }
        } catch let error as ApusError {
            // Steps know texts by numbers; what a person needs is the text.
            for input in branch.inputs {
                guard error.code == .invalidInput, let (row, text) = input.unseenText(in: frame) else { continue }
                let known = (input.levels ?? []).prefix(10).joined(separator: ", ")
                throw ApusError(
                    .invalidInput,
                    "Column “\(input.schema.name)” holds “\(text)” in data row \(row + 1), which did not occur in training; use "
                        + "one of \(known)\((input.levels ?? []).count > 10 ? ", …" : ""), or have the step of the branch "
                        + "“\(branch.name)” ignore unknown categories.", cause: error)
            }
            throw ApusError(error.code, "Branch “\(branch.name)”: \(error.message)", cause: error)
        }
    }

    /// What the branches make, from left to right.
    func sideBySide(_ parts: [PreparedRows]) throws -> PreparedRows {
        if isSparse {
            return .sparse(
                try SparseMatrix.sideBySide(
                    parts.map { part in
                        switch part {
                        case .dense(let matrix): SparseMatrix(matrix)
                        case .sparse(let matrix): matrix
                        }
                    }))
        }
        let matrices = try parts.map { try $0.written() }
        guard matrices.count > 1, let rows = matrices.first?.rows else { return .dense(matrices[0]) }
        let width = matrices.reduce(0) { $0 + $1.columns }
        return .dense(
            Matrix(rows: rows, columns: width) { out in
                var start = 0
                for matrix in matrices {
                    for i in 0..<rows {
                        for j in 0..<matrix.columns {
                            out[i * width + start + j] = matrix.values[i * matrix.columns + j]
                        }
                    }
                    start += matrix.columns
                }
            })
    }
}
