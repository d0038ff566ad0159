import ApusCore
import ApusLearn

/// Takes out of the features what a linear function of the sensitive columns explains: `x - α (s - s̄) β`, β by least squares.
///
///     let prepared = try CorrelationRemover(sensitiveColumns: [4, 5]).fit(x).transform(x)     // two columns fewer
///
/// With `alpha` 1 every column that is left is uncorrelated with every sensitive one. Models of more than linear kind may
/// find what is left. The sensitive columns are needed at prediction time too, to be taken out again.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `sensitiveColumns` | none | column numbers from 0 | the sensitive columns, which do not come out |
/// | `alpha` | 1 | 0 to 1 | how much of the correlation is removed |
public struct CorrelationRemover: Transformer {
    /// `correlation-remover`
    public static let catalogName = "correlation-remover"

    /// Every parameter with its legal values.
    public static let parameters: [Parameter<CorrelationRemover>] = [
        Parameter(
            "sensitiveColumns", \.sensitiveColumns, .optional(.text),
            "The numbers of the sensitive columns from 0, between commas."),
        Parameter("alpha", \.alpha, .fraction, "How much of the correlation is removed."),
    ]

    /// The sensitive columns by number; default none.
    public var sensitiveColumns: ColumnIndices
    /// How much of the correlation is removed, 0 to 1; default 1.
    public var alpha: Double

    /// The defaults: no sensitive column, and so no change.
    public init() { self.init(sensitiveColumns: []) }

    /// A remover of what `sensitiveColumns` explain.
    public init(sensitiveColumns: ColumnIndices, alpha: Double = 1) {
        self.sensitiveColumns = sensitiveColumns
        self.alpha = alpha
    }

    /// Finds what the sensitive columns explain of the others.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - weights: Sample weights, which scale the squares; nil for equal ones.
    /// - Throws: `ApusError` with code `invalidInput` or, when a column does not exist or none is left,
    ///   `invalidParameter`.
    /// - Complexity: O(n d s²).
    public func fit(_ x: Matrix, weights: [Double]? = nil) throws -> Model {
        try validateParameters()
        try x.checkUsable()
        try checkSampleWeights(weights, rows: x.rows)
        let sensitive = sensitiveColumns.indices
        if let bad = sensitive.first(where: { $0 >= x.columns }) {
            throw ApusError(
                .invalidParameter,
                "sensitiveColumns names column \(bad), but the columns are numbered 0 to \(x.columns - 1).")
        }
        let others = (0..<x.columns).filter { !sensitive.contains($0) }
        guard !others.isEmpty else {
            throw ApusError(.invalidParameter, "All columns are sensitive, so none is left; name fewer.")
        }
        if sensitive.isEmpty {
            return Model(
                sensitive: [], means: [], coefficients: Matrix(rows: 0, columns: others.count, values: []),
                alpha: alpha,
                featureCount: x.columns)
        }
        let s = x.selecting(columns: sensitive)
        let total = weights?.reduce(0, +) ?? Double(x.rows)
        let means = (0..<s.columns).map { j in
            s.column(j).enumerated().reduce(0) { $0 + (weights?[$1.offset] ?? 1) * $1.element } / total
        }
        guard FiniteKernel.allFinite(means) else {
            throw ApusError(.invalidInput, "The sensitive columns are too large to add up; scale them down first.")
        }
        func scaled(_ matrix: Matrix, _ centers: [Double]) -> Matrix {
            var values = matrix.values
            let width = matrix.columns
            for row in 0..<matrix.rows {
                let scale = (weights?[row] ?? 1).squareRoot()
                for j in 0..<width {
                    values[row * width + j] = (values[row * width + j] - centers[j]) * scale
                }
            }
            return Matrix(rows: matrix.rows, columns: width, values: values)
        }
        let zeros = [Double](repeating: 0, count: others.count)
        // One-hot columns of a whole category add up to 1, so the rank may be less than their number.
        let solved = try LAPACK.leastSquares(
            scaled(s, means), scaled(x.selecting(columns: others), zeros),
            tolerance: Double.ulpOfOne * Double(max(x.rows, s.columns)))
        guard FiniteKernel.allFinite(solved.solution.values) else {
            throw ApusError(.numericalFailure, "The columns are too large for least squares; scale them down first.")
        }
        return Model(
            sensitive: sensitive, means: means, coefficients: solved.solution, alpha: alpha, featureCount: x.columns)
    }

    /// A fitted remover.
    public struct Model: TransformerModel {
        /// `correlation-remover`
        public static let catalogName = CorrelationRemover.catalogName

        /// The sensitive columns, ascending.
        public let sensitive: [Int]
        /// The means of the sensitive columns.
        public let means: [Double]
        /// What a unit of each sensitive column explains of each other column: s × (d - s).
        public let coefficients: Matrix
        /// How much of it is removed.
        public let alpha: Double
        /// Number of columns that go in.
        public let featureCount: Int

        /// The columns that come out.
        private var others: [Int] { (0..<featureCount).filter { !sensitive.contains($0) } }

        /// The other columns without what the sensitive ones explain: n × (d - s).
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func transform(_ x: Matrix) throws -> Matrix {
            try x.checkUsable()
            try x.checkColumns(featureCount, of: "CorrelationRemover")
            let others = others
            if sensitive.isEmpty { return x }
            let width = others.count
            var values = [Double](repeating: 0, count: x.rows * width)
            for row in 0..<x.rows {
                let deviations = sensitive.enumerated().map { x[row, $1] - means[$0] }
                for (j, column) in others.enumerated() {
                    var explained = 0.0
                    for k in deviations.indices { explained += deviations[k] * coefficients[k, j] }
                    values[row * width + j] = x[row, column] - alpha * explained
                }
            }
            return Matrix(rows: x.rows, columns: width, values: values)
        }

        /// The names of the columns that are not sensitive.
        public func outputNames(for inputNames: [String]) -> [String] { others.map { inputNames[$0] } }

        init(sensitive: [Int], means: [Double], coefficients: Matrix, alpha: Double, featureCount: Int) {
            self.sensitive = sensitive
            self.means = means
            self.coefficients = coefficients
            self.alpha = alpha
            self.featureCount = featureCount
        }

        /// Puts means and coefficients into an archive.
        public func encode(into archive: inout ModelArchive) {
            archive.store(.int(featureCount), as: "features")
            archive.store(sensitive, as: "sensitive")
            archive.store(means, as: "means")
            archive.store(coefficients, as: "coefficients")
            archive.store(.double(alpha), as: "alpha")
        }

        /// Takes means and coefficients out of an archive.
        ///
        /// - Throws: `ApusError` with code `unreadableModel`.
        public init(from archive: ModelArchive) throws {
            featureCount = try archive.int("features", in: 1...Int(Int32.max))
            sensitive = try archive.ints("sensitive", in: 0...(featureCount - 1))
            guard sensitive == Set(sensitive).sorted(), sensitive.count < featureCount else {
                throw archive.damaged("tensor “sensitive” is not a list of some columns")
            }
            means = try archive.doubles("means", count: sensitive.count)
            coefficients = try archive.matrix(
                "coefficients", rows: sensitive.count, columns: featureCount - sensitive.count)
            alpha = try archive.double("alpha")
        }
    }
}
