#if ONNX
import Apus
import ApusCore

/// A fitted classifier that can be written as a graph.
protocol GraphClassifier: ClassifierModel {
    /// Adds what it answers for the rows of `x`, a matrix of 64-bit numbers.
    ///
    /// - Throws: `ApusError` when a part of it has no such form.
    func answers(_ x: GraphValue, in graph: inout Graph) throws -> ClassifierAnswers
}

/// What a classifier answers within a graph.
struct ClassifierAnswers {
    /// The place of each row's class among the classes: a list of whole numbers.
    var codes: GraphValue
    /// The decision values, n × `scoreWidth`; nil where there are none.
    var scores: GraphValue?
    /// How many decision values a row has.
    var scoreWidth = 0
    /// The probability of each class, n × K; nil where there are none.
    var probabilities: GraphValue?
}

/// A fitted regressor that can be written as a graph.
protocol GraphRegressor: RegressorModel {
    /// Adds the predicted number of each row of `x`, n × 1.
    ///
    /// - Throws: `ApusError` when a part of it has no such form.
    func numbers(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue
}

/// A fitted transformer that can be written as a graph.
protocol GraphTransformer: TransformerModel {
    /// Adds the changed rows of `x`.
    ///
    /// - Throws: `ApusError` when a part of it has no such form.
    func rows(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue
}

extension ClassifierModel {
    /// The model as one that can be written.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` when it cannot.
    func written() throws -> any GraphClassifier {
        guard let model = self as? any GraphClassifier else { throw Refusal.model(Self.catalogName) }
        return model
    }
}

extension RegressorModel {
    /// The model as one that can be written.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` when it cannot.
    func written() throws -> any GraphRegressor {
        guard let model = self as? any GraphRegressor else { throw Refusal.model(Self.catalogName) }
        return model
    }
}

extension TransformerModel {
    /// The model as one that can be written.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` when it cannot.
    func written() throws -> any GraphTransformer {
        guard let model = self as? any GraphTransformer else { throw Refusal.step(Self.catalogName) }
        return model
    }
}

/// The errors for what has no form in ONNX.
enum Refusal {
    /// For a model.
    static func model(_ name: String) -> ApusError {
        part("the model \(name)", "train one of \(names(of: isWritten).joined(separator: ", "))")
    }

    /// For a step of a preparation.
    static func step(_ name: String) -> ApusError {
        part(
            "the step \(name) of the preparation",
            "prepare with \(names(of: isWrittenStep).joined(separator: ", ")), or prepare the columns before training")
    }

    /// For any part of a model.
    static func part(_ what: String, _ remedy: String) -> ApusError {
        ApusError(.invalidParameter, "This model cannot be exported: \(what) has no form in ONNX; \(remedy).")
    }

    private static func names(of isWritten: (CatalogEntry) -> Bool) -> [String] {
        Catalog.entries.filter(isWritten).map(\.name)
    }

    private static func isWritten(_ entry: CatalogEntry) -> Bool {
        func isGraph<Kind: Classifier>(_: Kind.Type) -> Bool { Kind.Model.self is any GraphClassifier.Type }
        func isGraph<Kind: Regressor>(_: Kind.Type) -> Bool { Kind.Model.self is any GraphRegressor.Type }
        return entry.classifier.map { isGraph($0) } ?? false || entry.regressor.map { isGraph($0) } ?? false
    }

    private static func isWrittenStep(_ entry: CatalogEntry) -> Bool {
        func isGraph<Kind: FeatureStep>(_: Kind.Type) -> Bool { Kind.Model.self is any GraphTransformer.Type }
        return entry.transformer.map { isGraph($0) } ?? false
            || entry.supervisedTransformer.map { isGraph($0) } ?? false
    }
}
#endif
