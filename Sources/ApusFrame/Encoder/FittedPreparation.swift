import ApusCore

/// What was learned about turning the columns of a frame into the numbers that a model learns from and predicts with.
///
/// `FittedFrameEncoder` is the default one; `FittedColumnTransformer` composes steps of the caller's choice.
public protocol FittedPreparation: Sendable {
    /// The columns that are needed.
    var inputColumns: [FittedFrameEncoder.InputColumn] { get }
    /// The columns that were left out because no value of them was known.
    var ignoredColumns: [String] { get }
    /// What becomes of levels that did not occur in `fit`.
    var unseen: FrameEncoder.Unseen { get }
    /// The names of the columns that come out.
    var featureNames: [String] { get }
    /// Number of columns that come out.
    var featureCount: Int { get }
    /// Whether sparse rows come out.
    var isSparse: Bool { get }

    /// Options to read a file with the types that were learned.
    func csvOptions(_ base: CSVOptions) -> CSVOptions

    /// The rows of a frame, sparse where most of their numbers are zeros.
    ///
    /// - Parameter frame: It must have the columns that were learned, in any order; others are not looked at.
    /// - Throws: `ApusError` with code `invalidSchema` for missing columns or one of another type, and `invalidInput` for
    ///   values that cannot be used.
    func prepare(_ frame: DataFrame) throws -> PreparedRows

    /// The same for rows that come from a request, values in the order of `inputColumns`.
    ///
    /// - Throws: As for a frame, and `ApusError` with code `shapeMismatch` for a row of another length.
    func prepare(rows: [[Cell]]) throws -> PreparedRows

    /// Puts everything it needs into an archive.
    func encode(into archive: inout ModelArchive)
}

extension FittedPreparation {
    /// Options to read a file with the types that were learned.
    public func csvOptions() -> CSVOptions { csvOptions(CSVOptions()) }

    /// The rows of a frame, with their zeros written out.
    ///
    /// - Throws: As `prepare`, and `ApusError` with code `invalidInput` when that would be more than should be held.
    public func encode(_ frame: DataFrame) throws -> Matrix { try prepare(frame).written() }

    /// The same for rows of cells.
    public func encode(rows: [[Cell]]) throws -> Matrix { try prepare(rows: rows).written() }
}

extension FittedFrameEncoder: FittedPreparation {
    /// False.
    public var isSparse: Bool { false }

    /// The rows of a frame.
    public func prepare(_ frame: DataFrame) throws -> PreparedRows {
        let matrix: Matrix = try encode(frame)
        return .dense(matrix)
    }

    /// The same for rows of cells.
    public func prepare(rows: [[Cell]]) throws -> PreparedRows {
        let matrix: Matrix = try encode(rows: rows)
        return .dense(matrix)
    }
}

/// Rows of numbers, all of them written out or only those that are not 0.
public enum PreparedRows: Sendable, Hashable {
    /// All numbers.
    case dense(Matrix)
    /// Those that are not 0.
    case sparse(SparseMatrix)

    /// The most numbers that sparse rows may become when their zeros are written out: half a gigabyte.
    public static let mostWritten = 1 << 26

    /// Number of rows.
    public var rows: Int {
        switch self {
        case .dense(let matrix): matrix.rows
        case .sparse(let matrix): matrix.rows
        }
    }

    /// Number of columns.
    public var columns: Int {
        switch self {
        case .dense(let matrix): matrix.columns
        case .sparse(let matrix): matrix.columns
        }
    }

    /// The rows with the given indices, in that order.
    public func selecting(rows indices: [Int]) -> PreparedRows {
        switch self {
        case .dense(let matrix): .dense(matrix.selecting(rows: indices))
        case .sparse(let matrix): .sparse(matrix.selecting(rows: indices))
        }
    }

    /// The rows with all their numbers.
    ///
    /// - Throws: `ApusError` with code `invalidInput` when writing the zeros out would take more than half a gigabyte.
    public func written() throws -> Matrix {
        switch self {
        case .dense(let matrix): return matrix
        case .sparse(let matrix):
            let (count, overflow) = matrix.rows.multipliedReportingOverflow(by: matrix.columns)
            guard !overflow, count <= PreparedRows.mostWritten else {
                throw ApusError(
                    .invalidInput,
                    "\(matrix.rows) rows of \(matrix.columns) columns are mostly zeros, and writing these out would take "
                        + "\(overflow ? "too much" : "\(count >> 27) GB"); choose a model that learns from sparse rows "
                        + "(logistic-regression, linear-svc, multinomial-nb, complement-nb, bernoulli-nb), or fewer terms "
                        + "(maxFeatures, minDf).")
            }
            return matrix.dense
        }
    }
}

extension Column {
    /// For each row the place of its text among `levels`, or -1 where it is missing; numbers become texts, whole ones without
    /// decimals.
    public func codesOfTexts() -> (codes: [Int32], levels: [String]) {
        let column = type.isNumeric ? numbersAsText() : asCategorical()
        guard case .categorical(let codes, let levels) = column.values else {
            return ([Int32](repeating: -1, count: count), [])
        }
        return (codes, levels)
    }

    /// The text of each row, empty where it is missing; numbers become texts, whole ones without decimals.
    public var documents: [String] {
        (0..<count).map { row in
            switch self[row] {
            case .missing: ""
            case .text(let text): text
            case let cell: cell.description
            }
        }
    }
}
