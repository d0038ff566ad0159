import ApusCore

/// A vectorizer's model that knows which term each of its columns stands for.
public protocol VocabularyModel: TextVectorizerModel {
    /// The terms in the order of the columns.
    var vocabulary: [String] { get }
}

extension VocabularyModel {
    /// The name of each column that comes out: its term.
    public var outputNames: [String] { vocabulary }

    /// The terms of each row whose element is not 0, in the order of the columns.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when the columns are not as many as terms.
    public func inverseTransform(_ x: SparseMatrix) throws -> [[String]] {
        try x.checkColumns(outputCount, of: Self.catalogName)
        let terms = vocabulary
        return (0..<x.rows).map { i in
            (x.rowOffsets[i]..<x.rowOffsets[i + 1]).filter { x.values[$0] != 0 }.map { terms[Int(x.columnIndices[$0])] }
        }
    }
}
