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
        let balance: TrainingSummary.Balance
    }

    /// The rows of a table with other numbers of each class; sparse rows stay sparse.
    ///
    /// Rows that are repeated or left out are taken as they are, whatever their columns. New rows lie between rows as they
    /// were prepared: in columns of words, between their counts.
    ///
    /// - Parameters:
    ///   - x: The prepared rows.
    ///   - labels: Their classes.
    ///   - preparation: What prepared them; it knows the columns of categories.
    ///   - seed: The seed unless the settings give one.
    ///   - found: What a search found for the resampler's parameters; applied last.
    /// - Throws: `ApusError` with code `invalidParameter` or `invalidInput`.
    func apply(
        to x: PreparedRows, _ labels: Labels, _ preparation: any FittedPreparation, seed: UInt32,
        found: [String: JSONValue] = [:]
    ) throws -> Rows {
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
            return Rows(x: x, labels: labels, balance: balance)
        }
        let resampler = try configured(type, seed: seed, found)
        let layout = MixedLayout(preparation)
        let result = try resample(resampler, x, labels, layout)
        var remarks = result.remarks
        if method.blursLevels, layout.hasLevels, result.x.rows > x.rows {
            remarks.append(
                "New rows have values between 0 and 1 in columns of categories; --balance smotenc keeps them whole.")
        }
        let parameters = resampler.parameterValues.filter { $0.key != "categoricalFeatures" }
        let balance = TrainingSummary.Balance(
            method: method.rawValue, parameters: parameters, before: labels, after: result.labels, weights: nil,
            remarks: remarks)
        return Rows(x: result.x, labels: result.labels, balance: balance)
    }

    private func resample(
        _ resampler: any Resampler, _ x: PreparedRows, _ labels: Labels, _ layout: MixedLayout
    ) throws -> (x: PreparedRows, labels: Labels, remarks: [String]) {
        if method == .under || (resampler as? RandomOverSampler).map({ $0.shrinkage == nil }) ?? false {
            // Which rows these draw hangs on the classes alone.
            let drawn = try resampler.fitResample(Matrix(rows: x.rows, columns: 1), labels)
            return (x.selecting(rows: drawn.sources.compactMap(\.self)), drawn.y, drawn.remarks)
        }
        let written = try written(x)
        if var mixed = resampler as? SMOTENC {
            try checkMixture(layout)
            mixed.categoricalFeatures = layout.categorical
            let compact = try mixed.fitResample(layout.compact(written), labels)
            let rows = layout.expanded(compact.x)
            return (sparse(rows, as: x), compact.y, compact.remarks)
        }
        let result = try resampler.fitResample(written, labels)
        return (sparse(result.x, as: x), result.y, result.remarks)
    }

    private func checkMixture(_ layout: MixedLayout) throws {
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

    /// The rows with their zeros, which neighbours are looked for in.
    private func written(_ x: PreparedRows) throws -> Matrix {
        guard case .sparse(let matrix) = x, matrix.rows > PreparedRows.mostWritten / max(1, matrix.columns) else {
            return try x.written()
        }
        throw ApusError(
            .invalidInput,
            "\(method.rawValue) looks for neighbours among \(x.rows) rows of \(x.columns) columns, which takes more memory than "
                + "it should; balance by over, under or weights, or have fewer columns (maxFeatures, minDf).")
    }

    private func sparse(_ rows: Matrix, as x: PreparedRows) -> PreparedRows {
        if case .sparse = x { .sparse(SparseMatrix(rows)) } else { .dense(rows) }
    }

    // MARK: Parameters

    private func configured<Kind: Resampler>(
        _ type: Kind.Type, seed: UInt32, _ found: [String: JSONValue]
    ) throws -> any Resampler {
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
        for (name, value) in found.sorted(by: { $0.key < $1.key }) {
            try Kind.parameter(named: name).set(value, in: &resampler)
        }
        return resampler
    }

    /// Throws unless the resampler can be had with what a search found.
    func checkParameters(_ found: [String: JSONValue]) throws {
        guard let type = method.resampler else { return }
        try configured(type, seed: 0, found).validateParameters()
    }

    /// The way and its parameters as text that changes whenever they do.
    func identity(seed: UInt32) throws -> String {
        guard let type = method.resampler else { return method.rawValue }
        return try configured(type, seed: seed, [:]).identity
    }
}
