import ApusCore

/// What each row of a matrix is divided by, so that long and short texts compare.
public enum RowNorm: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// Its Euclidean length.
    case l2
    /// The sum of the magnitudes of its elements.
    case l1
    /// Nothing.
    case none

    /// What is legal as a parameter.
    public static let legalValues = LegalValues.choice(allCases.map(\.rawValue))

    /// The matrix with each row divided; rows of zeros stay.
    func applied(to x: SparseMatrix) throws -> SparseMatrix {
        if self == .none { return x }
        let values = TextWeightKernel.weighted(
            x, sublinear: false, factors: nil, norm: self == .l2 ? .euclidean : .magnitudes)
        return try SparseMatrix(
            rows: x.rows, columns: x.columns, rowOffsets: x.rowOffsets, columnIndices: x.columnIndices, values: values)
    }

    init(from archive: ModelArchive) throws {
        guard let norm = RowNorm(parameterValue: try archive.attribute("norm")) else {
            throw archive.damaged("attribute “norm” is unknown")
        }
        self = norm
    }
}
