import ApusCore
import ApusFrame
import ApusLearn

/// Prepares the columns of a frame each in its own way and puts what comes out side by side.
///
///     let preparation = ColumnTransformer()
///         .adding("num", .numbers, SimpleImputer(strategy: .median).then(StandardScaler()))
///         .adding("cat", .texts, OneHotEncoder(handleUnknown: .ignore))
///     var plan = TrainingPlan(target: "paid")
///     plan.columnTransformer = preparation
///     let model = try plan.run(on: loans).model          // scales and categories come from the training rows alone
///
/// Columns come out branch by branch and are called `num__age`, `cat__sex_Female`, … as in scikit-learn. Columns that no branch
/// names are left out, or passed on as they are. A step that takes categories (`OneHotEncoder`, `OrdinalEncoder`,
/// `TargetEncoder`, alone or behind `SimpleImputer(strategy: .mostFrequent)`) takes columns of text; all other steps take
/// numbers. A text vectorizer takes one column, a missing text being an empty one, and makes the rows sparse.
public struct ColumnTransformer: Sendable {
    /// Which columns a branch takes.
    public enum Columns: Sendable, Hashable {
        /// Those with these names, in that order.
        case named([String])
        /// Those whose values are of one of these types, in the order of the frame.
        case types(Set<ColumnType>)
        /// Those with this role, in the order of the frame.
        case role(Role)

        /// Whole and other numbers.
        public static let numbers = Columns.types([.double, .int])
        /// Text and categories.
        public static let texts = Columns.types([.string, .categorical])
    }

    /// What becomes of columns that no branch names.
    public enum Remainder: String, Sendable, Hashable, Codable, CaseIterable {
        /// They are left out.
        case drop
        /// They come out as they are, after all others.
        case passthrough
    }

    /// What is done to columns.
    enum Step: Sendable {
        case transformer(any FeatureStep)
        case vectorizer(any TextVectorizer)
        case encoder(FrameEncoder)
        case passthrough
        case drop
    }

    struct Branch: Sendable {
        let name: String
        let columns: Columns
        let step: Step
        /// What stands before the names of its outputs, and two underscores; nil for nothing.
        let prefix: String?
        /// Whether its columns come out besides whatever else becomes of them, and always under its prefix.
        var isAside = false
    }

    /// What becomes of columns that no branch names; default `.drop`.
    public var remainder: Remainder
    /// Whether the names of outputs start with the name of their branch; default true. Without it they must differ by
    /// themselves.
    public var verboseFeatureNamesOut: Bool
    var branches: [Branch] = []

    /// A transformer without branches yet.
    public init(remainder: Remainder = .drop, verboseFeatureNamesOut: Bool = true) {
        self.remainder = remainder
        self.verboseFeatureNamesOut = verboseFeatureNamesOut
    }

    /// This and a branch that puts columns through a transformer, or a pipeline of transformers.
    public func adding(_ name: String, _ columns: Columns, _ step: some FeatureStep) -> ColumnTransformer {
        adding(name, columns, .transformer(step), prefix: name)
    }

    /// This and a branch that turns a column of text into numbers.
    public func adding(_ name: String, _ columns: Columns, _ step: some TextVectorizer) -> ColumnTransformer {
        adding(name, columns, .vectorizer(step), prefix: name)
    }

    /// This and a branch with the default preparation of all kinds of columns: filling gaps, and 0/1 columns for texts.
    public func adding(_ name: String, _ columns: Columns, _ step: FrameEncoder) -> ColumnTransformer {
        adding(name, columns, .encoder(step), prefix: name)
    }

    /// This and a branch of columns that come out as they are.
    public func passing(_ name: String, _ columns: Columns) -> ColumnTransformer {
        adding(name, columns, .passthrough, prefix: name)
    }

    /// This without some columns, whatever becomes of the remainder.
    public func dropping(_ columns: Columns) -> ColumnTransformer {
        adding("drop", columns, .drop, prefix: nil)
    }

    func adding(_ name: String, _ columns: Columns, _ step: Step, prefix: String?) -> ColumnTransformer {
        var longer = self
        longer.branches.append(Branch(name: name, columns: columns, step: step, prefix: prefix))
        return longer
    }

    /// This and a branch of columns that come out once more, encoded, so that groups can be told by them.
    func addingAside(_ name: String, _ columns: [String]) -> ColumnTransformer {
        var longer = self
        longer.branches.append(
            Branch(name: name, columns: .named(columns), step: .encoder(FrameEncoder()), prefix: name, isAside: true))
        return longer
    }

    /// Learns each branch from the rows of a frame.
    ///
    /// - Parameters:
    ///   - frame: At least one row.
    ///   - features: The columns that branches choose from; those with the role `feature` when not given.
    ///   - target: What is to be predicted, for steps that learn from it.
    /// - Throws: `ApusError`, naming the branch and the column that stands in the way.
    public func fit(
        _ frame: DataFrame, features: [String]? = nil, target: Target? = nil
    ) throws -> FittedColumnTransformer { try fitTransform(frame, features: features, target: target).model }

    /// Learns each branch from the rows of a frame, and prepares these very rows for what is fitted next.
    ///
    /// - Throws: As `fit`.
    public func fitTransform(
        _ frame: DataFrame, features: [String]? = nil, target: Target? = nil
    ) throws -> (model: FittedColumnTransformer, rows: PreparedRows) {
        guard frame.rowCount > 0 else {
            throw ApusError(.invalidInput, "The frame has no rows; at least one is needed.")
        }
        if let target, target.count != frame.rowCount {
            throw ApusError(
                .shapeMismatch, "There are \(target.count) targets for \(frame.rowCount) rows; give one for each.")
        }
        try checkNames()
        let candidates = features ?? frame.columnNames(in: .feature)
        var fitted: [FittedColumnTransformer.Branch] = []
        var parts: [PreparedRows] = []
        var taken: Set<String> = []
        for branch in branches {
            let names = try columns(of: branch, in: frame, candidates)
            if !branch.isAside { taken.formUnion(names) }
            if case .drop = branch.step { continue }
            // A choice by type or role may find nothing.
            if names.isEmpty { continue }
            let (model, rows) = try located(branch.name) {
                try Self.fit(
                    branch, verboseFeatureNamesOut || branch.isAside ? branch.prefix : nil,
                    frame.selecting(columns: names), target)
            }
            fitted.append(model)
            parts.append(rows)
        }
        let rest = candidates.filter { !taken.contains($0) }
        if remainder == .passthrough, !rest.isEmpty {
            let prefix = verboseFeatureNamesOut ? "remainder" : nil
            let branch = Branch(name: "remainder", columns: .named(rest), step: .passthrough, prefix: prefix)
            let (model, rows) = try located("remainder") {
                try Self.fit(branch, prefix, frame.selecting(columns: rest), target)
            }
            fitted.append(model)
            parts.append(rows)
        }
        let model = try FittedColumnTransformer(branches: fitted)
        return (model, try model.sideBySide(parts))
    }

    /// The columns that are read as text, as far as they are known by name.
    var textColumns: [String] {
        branches.flatMap { branch -> [String] in
            guard case .vectorizer = branch.step, case .named(let names) = branch.columns else { return [] }
            return names
        }
    }

    private func checkNames() throws {
        var seen: Set<String> = remainder == .passthrough ? ["remainder"] : []
        for branch in branches {
            if case .drop = branch.step { continue }
            guard !branch.name.isEmpty, !branch.name.contains("__"), seen.insert(branch.name).inserted else {
                throw ApusError(
                    .invalidParameter,
                    "The branch “\(branch.name)” cannot be called that; names must differ and hold no “__”.")
            }
        }
    }

    private func columns(of branch: Branch, in frame: DataFrame, _ candidates: [String]) throws -> [String] {
        switch branch.columns {
        case .named(let names):
            let absent = names.filter { !frame.containsColumn($0) }
            guard absent.isEmpty else {
                throw ApusError(
                    .unknownName,
                    "The frame has no column \(absent.joined(separator: ", ")), which the branch “\(branch.name)” "
                        + "takes\(suggestion(for: absent[0], among: frame.columnNames)); its columns are "
                        + "\(frame.columnNames.prefix(20).joined(separator: ", ")).")
            }
            guard Set(names).count == names.count else {
                throw ApusError(.invalidParameter, "The branch “\(branch.name)” names a column twice; name it once.")
            }
            return names
        case .types(let types):
            return try candidates.filter { types.contains((try frame[$0] as Column).type) }
        case .role(let role):
            let known = Set(candidates)
            return frame.schema.filter { $0.roles.contains(role) && known.contains($0.name) }.map(\.name)
        }
    }

    private func located<Output>(_ branch: String, _ body: () throws -> Output) throws -> Output {
        do {
            return try body()
        } catch let error as ApusError {
            throw ApusError(error.code, "Branch “\(branch)”: \(error.message)", cause: error)
        }
    }

    private static func fit(
        _ branch: Branch, _ prefix: String?, _ frame: DataFrame, _ target: Target?
    ) throws -> (FittedColumnTransformer.Branch, PreparedRows) {
        typealias Fitted = FittedColumnTransformer.Branch
        switch branch.step {
        case .encoder(let encoder):
            let model = try encoder.fit(frame, features: frame.columnNames)
            return (
                Fitted(name: branch.name, prefix: prefix, inputs: [], model: .encoder(model)),
                .dense(try model.encode(frame))
            )
        case .vectorizer(let vectorizer):
            guard frame.columns.count == 1 else {
                throw ApusError(
                    .invalidParameter,
                    "a text vectorizer takes one column, not \(frame.columnNames.joined(separator: ", ")); add a branch for "
                        + "each.")
            }
            let (model, rows) = try fit(vectorizer, frame.columns[0].documents)
            var schema = frame.schema[0]
            schema.type = .string
            let input = ColumnInput(schema: schema, levels: nil, hasMissing: frame.columns[0].missingCount > 0)
            return (
                Fitted(name: branch.name, prefix: prefix, inputs: [input], model: .vectorizer(model)), .sparse(rows)
            )
        case .transformer(let step):
            let inputs = zip(frame.columns, frame.schema).map { ColumnInput(learning: $0, $1) }
            if let text = inputs.first(where: { $0.levels != nil }), step.useOfCategories != .encodes {
                throw ApusError(
                    .invalidSchema,
                    "column “\(text.schema.name)” holds text, which \(type(of: step).catalogName) cannot turn into numbers; use "
                        + "OneHotEncoder, OrdinalEncoder or TargetEncoder.")
            }
            let (model, rows) = try fit(step, ColumnInput.matrix(inputs, frame), target)
            return (
                Fitted(name: branch.name, prefix: prefix, inputs: inputs, model: .transformer(model)), .dense(rows)
            )
        case .passthrough, .drop:
            let inputs = zip(frame.columns, frame.schema).map { ColumnInput(learning: $0, $1) }
            if let text = inputs.first(where: { $0.levels != nil }) {
                throw ApusError(
                    .invalidSchema,
                    "column “\(text.schema.name)” holds text, which cannot be passed on as it is; add a branch that encodes it, "
                        + "or drop it.")
            }
            return (
                Fitted(name: branch.name, prefix: prefix, inputs: inputs, model: .passthrough),
                .dense(try ColumnInput.matrix(inputs, frame))
            )
        }
    }

    private static func fit<Kind: FeatureStep>(
        _ step: Kind, _ x: Matrix, _ target: Target?
    ) throws -> (any TransformerModel, Matrix) {
        let (model, rows) = try step.fitTransform(x, target, weights: nil)
        return (model, rows)
    }

    private static func fit<Kind: TextVectorizer>(
        _ vectorizer: Kind, _ documents: [String]
    ) throws -> (any TextVectorizerModel, SparseMatrix) {
        let (model, rows) = try vectorizer.fitTransform(documents)
        return (model, rows)
    }
}
