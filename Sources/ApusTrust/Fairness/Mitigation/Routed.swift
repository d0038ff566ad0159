@_spi(Trusted) import ApusCore
import ApusLearn

/// A fair classifier as an ordinary one: the groups come from columns of the matrix.
///
///     let routed = Routed(ThresholdOptimizer(LogisticRegression()), sensitiveColumns: [0])
///     try crossValidate(routed, x, y)         // column 0 tells the groups, in fit and in predict
///
/// Rows with the same values in the sensitive columns are one group. That is how a fair classifier goes wherever classifiers
/// go: cross-validation, searches, pipelines, model files, the server. A row of values that did not occur in `fit` belongs to
/// no group; where the model needs the group to predict it is refused, and never taken for another group.
public struct Routed<Fair: FairClassifier>: Classifier {
    /// The name of the fair classifier.
    public static var catalogName: String { Fair.catalogName }

    /// Where the groups are, then every parameter of the fair classifier.
    public static var parameters: [Parameter<Self>] {
        [
            Parameter(
                "sensitiveColumns", \.sensitiveColumns, .optional(.text),
                "The numbers of the columns that tell the groups from 0, between commas."),
            Parameter("learnsFromThem", \.learnsFromThem, .flag, "Whether the classifier sees these columns too."),
        ] + Fair.parameters.map { Parameter($0.name, $0, of: \Self.fair) }
    }

    /// The fair classifier.
    public var fair: Fair
    /// The columns that tell the groups; default the first.
    public var sensitiveColumns: ColumnIndices
    /// Whether the classifier sees these columns as features too; default false.
    public var learnsFromThem: Bool

    /// The default fair classifier, with the groups in the first column.
    public init() { self.init(Fair(), sensitiveColumns: [0]) }

    /// A fair classifier with the groups in some columns.
    public init(_ fair: Fair, sensitiveColumns: ColumnIndices, learnsFromThem: Bool = false) {
        self.fair = fair
        self.sensitiveColumns = sensitiveColumns
        self.learnsFromThem = learnsFromThem
    }

    /// Fits the fair classifier.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` when the columns do not exist or no other is left, `invalidInput`
    ///   when they make one group or too many; or what the fair classifier throws.
    public func fit(
        _ x: Matrix, _ y: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try validateParameters()
        try x.checkUsable(allowsNaN: true)
        let columns = sensitiveColumns.indices
        guard let last = columns.last, last < x.columns else {
            throw ApusError(
                .invalidParameter,
                columns.isEmpty
                    ? "sensitiveColumns names no column; name those that tell the groups."
                    : "sensitiveColumns names column \(columns[columns.count - 1]), but there are \(x.columns).")
        }
        guard learnsFromThem || columns.count < x.columns else {
            throw ApusError(.invalidParameter, "All columns tell groups, so none is left to learn from.")
        }
        try x.selecting(columns: columns).checkUsable(as: "The part of x that tells groups")
        let keys = (0..<x.rows).map { row in columns.map { x[row, $0] + 0 } }
        let distinct = Set(keys).sorted { $0.lexicographicallyPrecedes($1) }
        guard distinct.count <= GroupRule.mostGroups else {
            throw ApusError(
                .invalidInput,
                "The sensitive columns make \(distinct.count) groups, too many to treat alike; group their values first, "
                    + "to at most \(GroupRule.mostGroups).")
        }
        let places = Dictionary(uniqueKeysWithValues: zip(distinct, 0...))
        let groups = Labels(
            trustedCodes: keys.map { places[$0, default: 0] },
            classes: .strings(distinct.map { Self.name($0, columns) }))
        let kept = learnsFromThem ? Array(0..<x.columns) : (0..<x.columns).filter { !columns.contains($0) }
        let model = try fair.fit(
            learnsFromThem ? x : x.selecting(columns: kept), y, sensitive: groups, weights: weights, progress: progress)
        return Model(model: model, columns: columns, values: distinct, kept: kept, featureCount: x.columns)
    }

    static func name(_ values: [Double], _ columns: [Int]) -> String {
        zip(columns, values).map { "x\($0)=\($1)" }.joined(separator: ",")
    }

    /// A fitted fair classifier that takes the groups from columns.
    public struct Model: ClassifierModel {
        /// The name of the fair classifier.
        public static var catalogName: String { Fair.catalogName }

        /// What the fair classifier fitted.
        public let model: Fair.Model
        /// The columns that tell the groups, ascending.
        public let columns: [Int]
        /// The values of the columns in each group.
        public let values: [[Double]]
        private let kept: [Int]
        /// Number of columns, those that tell the groups included.
        public let featureCount: Int

        init(model: Fair.Model, columns: [Int], values: [[Double]], kept: [Int], featureCount: Int) {
            self.model = model
            self.columns = columns
            self.values = values
            self.kept = kept
            self.featureCount = featureCount
        }

        /// The classes it can answer, ascending.
        public var classes: Labels.Classes { Fair.classes(of: model) }
        /// Whether the fair classifier gives probabilities.
        public var givesProbabilities: Bool { Fair.givesProbabilities(model) }

        /// The group of each row, nil where its values did not occur in `fit`.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch`.
        public func groups(of x: Matrix) throws -> [Int?] {
            try x.checkColumns(featureCount, of: "The fair classifier")
            let places = Dictionary(zip(values, 0...), uniquingKeysWith: { first, _ in first })
            return (0..<x.rows).map { row in places[columns.map { x[row, $0] + 0 }] }
        }

        /// The columns that the fair classifier sees.
        func seen(_ x: Matrix) -> Matrix { kept.count == featureCount ? x : x.selecting(columns: kept) }

        private func answers(_ x: Matrix) throws -> (labels: Labels, probabilities: Matrix?) {
            try x.checkUsable(allowsNaN: true)
            try x.checkColumns(featureCount, of: "The fair classifier")
            var sensitive: Labels?
            if Fair.needsSensitiveToPredict {
                let groups = try groups(of: x)
                if let row = groups.firstIndex(of: nil) {
                    throw ApusError(
                        .invalidInput,
                        "Row \(row) belongs to no group that the model was trained on, so it cannot be decided: its "
                            + "sensitive columns are \(Routed.name(columns.map { x[row, $0] }, columns)). "
                            + "Send the sensitive value, one that occurred in training.")
                }
                sensitive = Labels(
                    trustedCodes: groups.map { $0 ?? 0 },
                    classes: .strings(values.map { Routed.name($0, columns) }))
            }
            return try Fair.answers(of: model, seen(x), sensitive: sensitive)
        }

        /// The class of each row.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch`, or `invalidInput` for a row of no known group.
        public func predict(_ x: Matrix) throws -> Labels { try answers(x).labels }

        /// The probability of each class for each row: n × 2.
        ///
        /// - Throws: As `predict`; `unavailable` when the fair classifier gives none.
        public func predictProba(_ x: Matrix) throws -> Matrix { try predictWithProbabilities(x).probabilities }

        /// Both from one pass.
        public func predictWithProbabilities(_ x: Matrix) throws -> (labels: Labels, probabilities: Matrix) {
            let both = try answers(x)
            guard let probabilities = both.probabilities else {
                throw ApusError(
                    .unavailable, "This model gives no probabilities; train it on a classifier that does.")
            }
            return (both.labels, probabilities)
        }

        /// Puts the groups and what was fitted into an archive.
        public func encode(into archive: inout ModelArchive) {
            archive.store(.int(featureCount), as: "features")
            archive.store(columns, as: "columns")
            archive.store(kept, as: "kept")
            archive.store(
                Matrix(rows: values.count, columns: columns.count, values: values.flatMap(\.self)), as: "values")
            var inner = ModelArchive()
            model.encode(into: &inner)
            archive.store(inner, under: "model")
        }

        /// Takes the groups and what was fitted out of an archive.
        ///
        /// - Throws: `ApusError` with code `unreadableModel`.
        public init(from archive: ModelArchive) throws {
            featureCount = try archive.int("features", in: 1...Int(Int32.max))
            columns = try archive.ints("columns", in: 0...(featureCount - 1))
            kept = try archive.ints("kept", in: 0...(featureCount - 1))
            guard columns == Set(columns).sorted(), !columns.isEmpty, kept == Set(kept).sorted() else {
                throw archive.damaged("its columns are not lists of columns")
            }
            let table = try archive.matrix("values", columns: columns.count)
            values = (0..<table.rows).map { table.row($0) }
            guard Set(values).count == values.count, values.count <= GroupRule.mostGroups else {
                throw archive.damaged("tensor “values” repeats a group or holds too many")
            }
            model = try Fair.Model(from: archive.part("model"))
            guard model.featureCount == kept.count else {
                throw archive.damaged("its model takes \(model.featureCount) features, expected \(kept.count)")
            }
        }
    }
}
