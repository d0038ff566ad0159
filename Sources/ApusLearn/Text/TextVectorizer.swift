import ApusCore

/// Learns how to turn texts into rows of numbers, a column for each term.
public protocol TextVectorizer: Estimator {
    /// The fitted model.
    associatedtype Model: TextVectorizerModel

    /// Learns from documents.
    ///
    /// - Parameters:
    ///   - documents: The texts, one a row.
    ///   - progress: Called now and then during long work.
    /// - Throws: `ApusError` for illegal parameters or documents without terms; `CancellationError` when the task is
    ///   cancelled.
    func fit(_ documents: [String], progress: ProgressHandler?) throws -> Model

    /// Learns from documents and turns them into rows, in less time than one after the other.
    ///
    /// - Returns: What was learned, and a row for each document.
    /// - Throws: As `fit`.
    func fitTransform(_ documents: [String], progress: ProgressHandler?) throws -> (model: Model, rows: SparseMatrix)
}

/// Turns texts into rows of numbers.
public protocol TextVectorizerModel: FittedModel {
    /// How many columns come out.
    var outputCount: Int { get }

    /// A row for each document.
    ///
    /// - Throws: `ApusError` with code `invalidInput` when there are none or too many terms to hold.
    func transform(_ documents: [String]) throws -> SparseMatrix
}

extension TextVectorizerModel {
    /// 1: a column of texts goes in.
    public var featureCount: Int { 1 }
}

extension TextVectorizer {
    /// Learns from documents.
    public func fit(_ documents: [String]) throws -> Model { try fit(documents, progress: nil) }

    /// Learns from documents and turns them into rows.
    public func fitTransform(_ documents: [String]) throws -> (model: Model, rows: SparseMatrix) {
        try fitTransform(documents, progress: nil)
    }
}
