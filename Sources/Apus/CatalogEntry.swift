import ApusCore
import ApusLearn
import ApusTrust

/// One line of the catalog: a name and the estimators that go by it.
public struct CatalogEntry: Sendable {
    /// The name, in kebab-case.
    public let name: String
    /// What it does, in one sentence.
    public let summary: String
    /// The estimator for classification, where there is one.
    public let classifier: (any Classifier.Type)?
    /// The estimator for regression, where there is one.
    public let regressor: (any Regressor.Type)?
    /// The estimator that groups rows, where there is one.
    public let clusterer: (any Clusterer.Type)?
    /// The estimator that changes features, where there is one.
    public let transformer: (any Transformer.Type)?
    /// The estimator that changes features and learns from the target too, where there is one.
    public let supervisedTransformer: (any SupervisedTransformer.Type)?
    /// The estimator that tells strange rows, where there is one.
    public let outlierDetector: (any OutlierDetector.Type)?
    /// The estimator that turns texts into rows, where there is one.
    public let vectorizer: (any TextVectorizer.Type)?
    /// The estimator that makes another one fair, around an example of the other, where there is one.
    public let fairClassifier: (any FairClassifier.Type)?
    /// The estimator that makes a regressor fair, around an example of it, where there is one.
    public let fairRegressor: (any FairRegressor.Type)?
    /// The estimator that finds the nearest rows, where there is one.
    public let neighborSearch: (any Estimator.Type)?
    /// The estimator that changes how many rows each class has, where there is one.
    public let resampler: (any Resampler.Type)?

    init(
        _ summary: String, classifier: (any Classifier.Type)? = nil, regressor: (any Regressor.Type)? = nil,
        clusterer: (any Clusterer.Type)? = nil, transformer: (any Transformer.Type)? = nil,
        outlierDetector: (any OutlierDetector.Type)? = nil, neighborSearch: (any Estimator.Type)? = nil,
        vectorizer: (any TextVectorizer.Type)? = nil, fairClassifier: (any FairClassifier.Type)? = nil,
        fairRegressor: (any FairRegressor.Type)? = nil, resampler: (any Resampler.Type)? = nil,
        supervisedTransformer: (any SupervisedTransformer.Type)? = nil
    ) {
        let types: [(any Estimator.Type)?] = [
            classifier, regressor, clusterer, transformer, outlierDetector, neighborSearch,
            vectorizer, fairClassifier, fairRegressor, resampler, supervisedTransformer,
        ]
        name = types.compactMap { $0?.catalogName }.first ?? ""
        self.summary = summary
        self.classifier = classifier
        self.regressor = regressor
        self.clusterer = clusterer
        self.transformer = transformer
        self.supervisedTransformer = supervisedTransformer
        self.outlierDetector = outlierDetector
        self.neighborSearch = neighborSearch
        self.vectorizer = vectorizer
        self.fairClassifier = fairClassifier
        self.fairRegressor = fairRegressor
        self.resampler = resampler
    }

    /// The estimators behind the name, with what each is for.
    public var estimators: [(role: String, type: any Estimator.Type)] {
        var found: [(String, any Estimator.Type)] = []
        if let classifier { found.append(("classification", classifier)) }
        if let regressor { found.append(("regression", regressor)) }
        if let clusterer { found.append(("clustering", clusterer)) }
        if let transformer { found.append(("transformation", transformer)) }
        if let supervisedTransformer { found.append(("transformation by target", supervisedTransformer)) }
        if let outlierDetector { found.append(("outlier detection", outlierDetector)) }
        if let vectorizer { found.append(("text", vectorizer)) }
        if let neighborSearch { found.append(("neighbour search", neighborSearch)) }
        if let fairClassifier { found.append(("fair classification", fairClassifier)) }
        if let fairRegressor { found.append(("fair regression", fairRegressor)) }
        if let resampler { found.append(("resampling", resampler)) }
        return found
    }

    /// What a program reads: name, summary, and the parameters for each use.
    public var json: JSONValue {
        [
            "name": .string(name),
            "summary": .string(summary),
            "uses": .array(
                estimators.map { role, type in
                    [
                        "for": .string(role),
                        "accepts": .object(type.traits.facts.mapValues { .bool($0) }),
                        "parameters": .array(
                            type.parameterDescriptions.map {
                                [
                                    "name": .string($0.name), "python_name": .string($0.pythonName),
                                    "default": $0.defaultValue, "legal": .string($0.legal.explanation),
                                    "help": .string($0.help),
                                ]
                            }),
                    ]
                }),
        ]
    }
}

extension EstimatorTraits {
    /// The traits by the names that programs read.
    var facts: [String: Bool] {
        [
            "missing_values": allowsMissing, "negative_values": !requiresNonNegative,
            "sample_weights": usesWeights, "one_class": acceptsOneClass,
        ]
    }

    /// What differs from most estimators, in a sentence for people; empty when nothing does.
    public var remark: String {
        let remarks = [
            allowsMissing ? "missing values are welcome" : nil,
            requiresNonNegative ? "features must not be negative" : nil,
            usesWeights ? nil : "sample weights have no use and are refused",
        ].compactMap(\.self)
        guard let first = remarks.first else { return "" }
        let rest = remarks.dropFirst().map { "; " + $0 }.joined()
        return first.prefix(1).uppercased() + first.dropFirst() + rest + "."
    }
}
