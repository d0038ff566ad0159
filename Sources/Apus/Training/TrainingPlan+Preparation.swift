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
        guard let composed = try columnTransformer?.changed(found.preparation) ?? textPreparation(features) else {
            let encoder = try preparation().fit(train, features: features)
            return (encoder, .dense(try encoder.encode(train)))
        }
        let target: Target =
            switch known {
            case .labels(let labels): .labels(labels.compacted)
            case .numbers(let numbers): .numbers(numbers)
            }
        let (encoder, rows) = try composed.fitTransform(train, features: features, target: target)
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
            guard name != target, name != groups, !dropped.contains(name) else {
                let use = name == target ? "the target" : name == groups ? "tell the groups" : "dropped"
                throw ApusError(.invalidSchema, "The column \(name) cannot be text to learn from and \(use) too.")
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
        guard let step = try textVectorizer() else { return nil }
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
        var vectorizer = try Kind(texts: vectorizerSettings)
        for (name, value) in found.vectorizer.sorted(by: { $0.key < $1.key }) {
            try Kind.parameter(named: name).set(value, in: &vectorizer)
        }
        return vectorizer
    }

    /// The settings of the vectorizer, by its own names.
    private var vectorizerSettings: [(name: String, value: String)] {
        settings.filter { $0.name.hasPrefix(Self.vectorizerPrefix) }
            .map { (String($0.name.dropFirst(Self.vectorizerPrefix.count)), $0.value) }
    }

    /// The vectorizer of text columns; nil where there are none.
    private func textVectorizer() throws -> (any TextVectorizer)? {
        guard !text.isEmpty else { return nil }
        let entry = try Catalog.entry(named: vectorizer.catalogName)
        guard let type = entry.vectorizer else {
            throw ApusError(.unknownName, "\(entry.name) does not turn text into numbers.")
        }
        return try configured(type)
    }

    /// Throws unless every step before the estimator can be had with the parameters found.
    func checkPreparation() throws {
        guard let composed = try columnTransformer?.changed(found.preparation) else {
            let encoder = try preparation()
            for parameter in FrameEncoder.parameters { try parameter.validate(encoder) }
            try textVectorizer()?.validateParameters()
            return
        }
        for branch in composed.branches { try branch.step.check() }
    }

    /// What is done before the estimator and around it, as texts that change whenever it does: each part by its name.
    var preparationIdentity: [String: String] {
        get throws {
            var parts = columnTransformer?.identity ?? ["scaling": "\(scale)"]
            if let vectorizer = try textVectorizer() {
                parts["text columns"] = text.joined(separator: ", ")
                parts["vectorizer"] = vectorizer.identity
            }
            if let balance { parts["balancing"] = try balance.identity(seed: seed) }
            if let calibration { parts["calibration"] = calibration.rawValue }
            if let thresholdScore { parts["threshold"] = thresholdScore }
            if let fair {
                let own = settings.filter { $0.name.hasPrefix(FairTraining.prefix) }.map { "\($0.name)=\($0.value)" }
                parts["mitigation"] = (["\(fair)"] + own).joined(separator: " ")
            }
            return parts
        }
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
