import ApusCore
import ApusFrame
import ApusLearn

/// How a column of text becomes numbers, by a short name.
public enum TextVectorization: String, Sendable, Hashable, Codable, CaseIterable {
    /// Counts weighed by how rare a word is: `TfidfVectorizer`.
    case tfidf
    /// Counts: `CountVectorizer`.
    case count
    /// Counts without a vocabulary: `HashingVectorizer`.
    case hashing

    /// The vectorizer's name in the catalog.
    public var catalogName: String { "\(rawValue)-vectorizer" }
}

extension TrainingPlan {
    /// What starts the name of a setting of the vectorizer: `vectorizer.ngram_range`.
    private static let vectorizerPrefix = "vectorizer."

    /// Learns the preparation from the rows to train on, and prepares them.
    func prepared(
        _ train: DataFrame, features: [String], _ known: Truth
    ) throws -> (encoder: any FittedPreparation, rows: PreparedRows) {
        // Columns that only tell groups are none that a branch may choose.
        let chosen = features.filter { !dropped.contains($0) }
        guard var composed = try columnTransformer ?? textPreparation(chosen) else {
            let encoder = try preparation().fit(train, features: features)
            return (encoder, .dense(try encoder.encode(train)))
        }
        if fair?.needsSensitive == true { composed = composed.addingAside(GroupPlaces.branch, sensitive) }
        let target: Target =
            switch known {
            case .labels(let labels): .labels(labels.compacted)
            case .numbers(let numbers): .numbers(numbers)
            }
        let (encoder, rows) = try composed.fitTransform(train, features: chosen, target: target)
        return (encoder, rows)
    }

    /// The settings of the model: all but those of the vectorizer.
    var modelSettings: [(name: String, value: String)] {
        settings.filter { !$0.name.hasPrefix(Self.vectorizerPrefix) }
    }

    /// The features whose values the model file may show: not those that hold free text.
    func showable(_ features: [String]) -> [String] {
        let texts = Set(text + (columnTransformer?.textColumns ?? []))
        return features.filter { !texts.contains($0) }
    }

    /// Throws for columns of text that are not there or used otherwise.
    func checkText(of frame: DataFrame) throws {
        for name in text {
            guard frame.containsColumn(name) else {
                throw ApusError(
                    .unknownName,
                    "There is no column \(name) for --text\(suggestion(for: name, among: frame.columnNames)); "
                        + "the columns are \(frame.columnNames.joined(separator: ", ")).")
            }
            guard name != target, !dropped.contains(name) else {
                throw ApusError(
                    .invalidSchema,
                    "The column \(name) cannot be text to learn from and \(name == target ? "the target" : "dropped") too."
                )
            }
        }
        guard Set(text).count == text.count else {
            throw ApusError(.invalidParameter, "A column is named twice for --text; name it once.")
        }
        if columnTransformer != nil, !text.isEmpty || scale {
            throw ApusError(
                .invalidParameter,
                "A ColumnTransformer is given, so text and scale have no say; add branches to it instead.")
        }
        if text.isEmpty, let stray = settings.first(where: { $0.name.hasPrefix(Self.vectorizerPrefix) }) {
            throw ApusError(
                .invalidParameter, "\(stray.name) is set, but there is no column of text; name one with --text.")
        }
    }

    /// Columns of text by the vectorizer, all others as without text; nil when there is no text.
    private func textPreparation(_ features: [String]) throws -> ColumnTransformer? {
        guard !text.isEmpty else { return nil }
        let entry = try Catalog.entry(named: vectorizer.catalogName)
        guard let type = entry.vectorizer else {
            throw ApusError(.unknownName, "\(entry.name) does not turn text into numbers.")
        }
        let step = try configured(type)
        let others = features.filter { !text.contains($0) }
        var composed = ColumnTransformer()
        if !others.isEmpty {
            composed = try composed.adding("columns", .named(others), .encoder(preparation()), prefix: nil)
        }
        for (place, name) in text.enumerated() {
            composed = composed.adding("text\(place)", .named([name]), .vectorizer(step), prefix: name)
        }
        return composed
    }

    private func configured<Kind: TextVectorizer>(_: Kind.Type) throws -> any TextVectorizer {
        let own = settings.filter { $0.name.hasPrefix(Self.vectorizerPrefix) }
        return try Kind(texts: own.map { (String($0.name.dropFirst(Self.vectorizerPrefix.count)), $0.value) })
    }

    /// Fits a classifier on prepared rows with the adjustments of the plan around it: on sparse ones as such where it can.
    func fitAdjusted(
        _ estimator: some Classifier, _ x: PreparedRows, _ y: Labels, _ progress: ProgressHandler?, weights: [Double]?
    ) throws -> (model: any ClassifierModel, decision: TrainingSummary.Decision?) {
        if case .sparse(let matrix) = x, calibration == nil, thresholdScore == nil,
            let sparse = estimator as? any SparseClassifier
        {
            return (try sparse.fitted(matrix, y, weights, progress), nil)
        }
        return try fitAdjusted(estimator, x.written(), y, progress, weights: weights)
    }

    /// Fits a regressor on prepared rows: sparse ones as such where it can.
    func fit(
        _ estimator: some Regressor, _ x: PreparedRows, _ y: [Double], _ progress: ProgressHandler?
    ) throws -> any RegressorModel {
        guard case .sparse(let matrix) = x, let sparse = estimator as? any SparseRegressor else {
            return try fit(estimator, x.written(), y, progress)
        }
        return try sparse.fitted(matrix, y, progress)
    }
}

extension SparseClassifier {
    fileprivate func fitted(
        _ x: SparseMatrix, _ y: Labels, _ weights: [Double]?, _ progress: ProgressHandler?
    ) throws -> any ClassifierModel { try fit(x, y, weights: weights, progress: progress) }
}

extension SparseRegressor {
    fileprivate func fitted(
        _ x: SparseMatrix, _ y: [Double], _ progress: ProgressHandler?
    ) throws -> any RegressorModel { try fit(x, y, weights: nil, progress: progress) }
}
