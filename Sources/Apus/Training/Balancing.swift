import ApusCore
import ApusFrame
import ApusLearn

/// How a training plan makes up for classes of different size.
///
///     plan.balance = Balancing(.smote, settings: [("k_neighbors", "3")])
///
/// It changes what the estimator is fitted on and nothing else: rows that are held out, scores, references of the columns
/// and the groups of sensitive columns are those of the table.
public struct Balancing: Sendable {
    /// The ways to balance.
    public enum Method: String, Sendable, Hashable, Codable, CaseIterable {
        /// New rows between neighbours of a small class: `SMOTE`.
        case smote
        /// The same at the border to other classes: `BorderlineSMOTE`.
        case borderlineSMOTE = "borderline-smote"
        /// The same with categories kept: `SMOTENC`.
        case smotenc
        /// The same, more where other classes are near: `ADASYN`.
        case adasyn
        /// Rows of small classes repeated: `RandomOverSampler`.
        case over
        /// Rows of large classes left out: `RandomUnderSampler`.
        case under
        /// Rows at the border left out: `TomekLinks`.
        case tomek
        /// No change of rows: those of small classes weigh more.
        case weights

        /// The resampler; nil for weights.
        var resampler: (any Resampler.Type)? {
            switch self {
            case .smote: SMOTE.self
            case .borderlineSMOTE: BorderlineSMOTE.self
            case .smotenc: SMOTENC.self
            case .adasyn: ADASYN.self
            case .over: RandomOverSampler.self
            case .under: RandomUnderSampler.self
            case .tomek: TomekLinks.self
            case .weights: nil
            }
        }

        /// Whether it makes up rows between others.
        var makesRows: Bool { blursLevels || self == .smotenc }

        /// Whether it makes rows whose columns of 0 and 1 lie between.
        var blursLevels: Bool { self == .smote || self == .borderlineSMOTE || self == .adasyn }
    }

    /// The way.
    public var method: Method
    /// The resampler's parameters as text, by name in either spelling, applied in order.
    public var settings: [(name: String, value: String)]

    /// A way to balance, by default with its default parameters.
    public init(_ method: Method, settings: [(name: String, value: String)] = []) {
        self.method = method
        self.settings = settings
    }

    /// Rows for an estimator to be fitted on.
    struct Rows: Sendable {
        let x: PreparedRows
        let labels: Labels
        /// For each row the row it was before; nil where it is new.
        let sources: [Int?]
        let balance: TrainingSummary.Balance
    }

    /// The rows of a table with other numbers of each class.
    ///
    /// - Parameters:
    ///   - prepared: The prepared rows.
    ///   - labels: Their classes.
    ///   - preparation: What prepared them; the default one knows the columns of categories.
    ///   - seed: The seed unless the settings give one.
    /// - Throws: `ApusError` with code `invalidParameter` or `invalidInput`.
    func apply(
        to prepared: PreparedRows, _ labels: Labels, _ preparation: any FittedPreparation, seed: UInt32
    ) throws -> Rows {
        let layout = (preparation as? FittedFrameEncoder).map(MixedLayout.init)
        guard let type = method.resampler else {
            if let (name, _) = settings.first {
                throw ApusError(.invalidParameter, "--balance weights has no parameter \(name); it has none.")
            }
            let weights = try ClassWeight.balanced.weights(for: labels, sampleWeights: nil)
            let balance = TrainingSummary.Balance(
                method: method.rawValue, parameters: [:], before: labels, after: labels,
                weights: labels.classes.names.indices.map { code in
                    labels.codes.firstIndex(of: code).map { weights[$0] }
                }, remarks: [])
            return Rows(x: prepared, labels: labels, sources: Array(0..<labels.count), balance: balance)
        }
        if method == .smotenc {
            guard let layout else {
                throw ApusError(
                    .invalidParameter,
                    "smotenc works on the default preparation, which tells numbers from categories; choose smote, over, under or "
                        + "weights with columns of text and preparations of your own.")
            }
            guard layout.hasLevels else {
                throw ApusError(
                    .invalidInput,
                    "The table has no column of text, categories or true and false, which smotenc is for; use smote.")
            }
            guard layout.hasNumbers else {
                throw ApusError(
                    .invalidInput,
                    "The table has no column of numbers, between which smotenc would make rows; use over, under or weights."
                )
            }
        }
        let x = try prepared.written()
        var (resampled, parameters) = try resample(type, x, labels, layout, seed)
        if method == .smotenc, let layout { resampled.x = layout.expanded(resampled.x) }
        var remarks = resampled.remarks
        if method.blursLevels, resampled.x.rows > x.rows {
            if layout == nil {
                remarks.append(
                    "New rows lie between others in every prepared column, those of categories and words too.")
            } else if layout?.hasLevels == true {
                remarks.append(
                    "New rows have values between 0 and 1 in columns of categories; --balance smotenc keeps them whole."
                )
            }
        }
        let balance = TrainingSummary.Balance(
            method: method.rawValue, parameters: parameters, before: labels, after: resampled.y, weights: nil,
            remarks: remarks)
        return Rows(x: .dense(resampled.x), labels: resampled.y, sources: resampled.sources, balance: balance)
    }

    private func resample<Kind: Resampler>(
        _ type: Kind.Type, _ x: Matrix, _ labels: Labels, _ layout: MixedLayout?, _ seed: UInt32
    ) throws -> ((x: Matrix, y: Labels, sources: [Int?], remarks: [String]), [String: JSONValue]) {
        var resampler = Kind()
        if let own = Kind.parameters.first(where: { $0.name == "seed" }) {
            try own.set(.int(Int(seed)), in: &resampler)
        }
        for (name, value) in settings {
            let parameter = try Kind.parameter(named: name)
            guard parameter.name != "categoricalFeatures" else {
                throw ApusError(
                    .invalidParameter,
                    "categoricalFeatures cannot be set: the columns of text, categories, and true and false are taken.")
            }
            try parameter.set(text: value, in: &resampler)
        }
        let values = resampler.parameterValues.filter { $0.key != "categoricalFeatures" }
        guard var mixed = resampler as? SMOTENC, let layout else {
            let result = try resampler.fitResample(x, labels)
            return ((result.x, result.y, result.sources, result.remarks), values)
        }
        mixed.categoricalFeatures = layout.categorical
        let result = try mixed.fitResample(layout.compact(x), labels)
        return ((result.x, result.y, result.sources, result.remarks), values)
    }
}

/// Which encoded columns are numbers, and which belong together as the levels of one column.
private struct MixedLayout {
    /// For each column of the table its encoded columns, and whether it holds categories.
    private let parts: [(columns: Range<Int>, isCategorical: Bool)]

    init(_ encoder: FittedFrameEncoder) {
        var next = 0
        parts = encoder.inputColumns.map { column in
            let type = column.schema.type
            let width = type.isNumeric ? 1 : column.levels.count + (column.hasMissingLevel ? 1 : 0)
            defer { next += width }
            return (next..<next + width, type == .bool || !type.isNumeric)
        }
    }

    var hasLevels: Bool { parts.contains { $0.isCategorical } }
    var hasNumbers: Bool { parts.contains { !$0.isCategorical } }
    /// The places of the columns that hold categories.
    var categorical: ColumnIndices { ColumnIndices(parts.indices.filter { parts[$0].isCategorical }) }

    /// One column for each column of the table: numbers, and the places of levels; -1 where no level is 1.
    func compact(_ x: Matrix) -> Matrix {
        var compact = Matrix(rows: x.rows, columns: parts.count)
        for row in 0..<x.rows {
            for (place, part) in parts.enumerated() {
                let first = part.columns.lowerBound
                compact[row, place] =
                    part.isCategorical && !isFlag(part.columns)
                    ? Double(part.columns.first { x[row, $0] == 1 }.map { $0 - first } ?? -1) : x[row, first]
            }
        }
        return compact
    }

    /// The encoded columns again.
    func expanded(_ compact: Matrix) -> Matrix {
        var x = Matrix(rows: compact.rows, columns: parts.last?.columns.upperBound ?? 0)
        for row in 0..<compact.rows {
            for (place, part) in parts.enumerated() {
                let (first, value) = (part.columns.lowerBound, compact[row, place])
                if part.isCategorical && !isFlag(part.columns) {
                    if value >= 0 { x[row, first + Int(value)] = 1 }
                } else {
                    x[row, first] = value
                }
            }
        }
        return x
    }

    /// Whether one encoded column says all, as 0 or 1.
    private func isFlag(_ columns: Range<Int>) -> Bool { columns.count == 1 }
}

extension TrainingPlan {
    /// Fits an estimator on rows, balanced if the plan says so.
    func fitBalanced(
        _ entry: CatalogEntry, _ task: LearningTask, _ x: PreparedRows, _ known: Truth,
        _ preparation: any FittedPreparation, _ progress: ProgressHandler?
    ) throws -> Fitted {
        try checkDecisions(task)
        guard let balance else { return try fit(entry, task, x, known, progress) }
        guard case .labels(let labels) = known else {
            throw ApusError(
                .invalidParameter,
                "Only classes can be balanced, and \(target) is a number; leave out --balance.")
        }
        let rows = try balance.apply(to: x, labels.compacted, preparation, seed: seed)
        var fitted = try fit(
            entry, task, rows.x, .labels(rows.labels), progress, weigh: balance.method == .weights)
        fitted.balance = rows.balance
        return fitted
    }

    /// Sample weights that balance the classes; nil where the estimator has a parameter for it, which then is set.
    func balancingWeights<Kind: Classifier>(for estimator: Kind, _ labels: Labels) throws -> [Double]? {
        if Kind.parameters.contains(where: { $0.name == "classWeight" }) { return nil }
        guard Kind.traits.usesWeights else {
            throw ApusError(
                .invalidParameter,
                "\(Kind.catalogName) has no use for weights; choose another way to balance, such as --balance smote.")
        }
        return try ClassWeight.balanced.weights(for: labels, sampleWeights: nil)
    }
}
