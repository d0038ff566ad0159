import ApusCore

/// A weighted sum of features plus an intercept: what every linear regression ends as.
struct LinearFunction: Sendable, Hashable {
    /// A weight for each feature.
    let coefficients: [Double]
    /// The value where all features are 0.
    let intercept: Double

    /// The function with the given numbers.
    ///
    /// - Throws: `numericalFailure` when one of them is not finite.
    init(coefficients: [Double], intercept: Double) throws {
        guard intercept.isFinite, FiniteKernel.allFinite(coefficients) else { throw LinearFunction.overflow }
        self.coefficients = coefficients
        self.intercept = intercept
    }

    /// The function with the given weights that maps the mean of the features to the mean of the targets.
    init(coefficients: [Double], featureMeans: [Double], targetMean: Double) throws {
        try self.init(
            coefficients: coefficients, intercept: targetMean - BLAS.dot(featureMeans, coefficients))
    }

    /// The value for each row of `x`, for the model called `name`.
    func predict(_ x: Matrix, of name: String) throws -> [Double] {
        try x.checkColumns(coefficients.count, of: name)
        try x.checkUsable()
        return try checked(BLAS.product(x, coefficients))
    }

    /// The value for each row of `x`, for the model called `name`.
    func predict(_ x: SparseMatrix, of name: String) throws -> [Double] {
        try x.checkWidth(coefficients.count, of: name)
        try x.checkEntries()
        return try checked(LinearSparseKernel.product(x, coefficients))
    }

    /// Adds the intercept; throws where huge values cancelled each other to nothing that is a number.
    private func checked(_ products: [Double]) throws -> [Double] {
        let values = products.map { $0 + intercept }
        guard !FiniteKernel.allFinite(values), let row = values.firstIndex(where: { !$0.isFinite }) else {
            return values
        }
        throw ApusError(
            .invalidInput,
            "The values in row \(row) are too large: their prediction overflows; check them, or scale the features.")
    }

    func encode(into archive: inout ModelArchive) {
        archive.store(coefficients, as: "coefficients")
        archive.store([intercept], as: "intercept")
    }

    init(from archive: ModelArchive) throws {
        coefficients = try archive.doubles("coefficients")
        guard !coefficients.isEmpty else { throw archive.damaged("there are no coefficients") }
        intercept = try archive.doubles("intercept", count: 1)[0]
    }

    /// Throws when `count` matrices of `size` × `size` would take more than 16 GB.
    ///
    /// - Parameters:
    ///   - what: What the matrices hold: `the products of 50000 columns`.
    ///   - remedy: What to do about it.
    static func checkMemory(square size: Int, count: Int, of what: String, _ remedy: String) throws {
        let bytes = Double(size) * Double(size) * 8 * Double(count)
        guard bytes <= 16e9 else {
            throw ApusError(.invalidParameter, "\(Int(bytes / 1e9)) GB would be needed for \(what); \(remedy).")
        }
    }

    /// What is thrown where sums of the data are no longer numbers.
    static let overflow = ApusError(
        .numericalFailure, "The data are so large that sums of them overflow; scale the columns and the target down.")
}

extension SparseMatrix {
    /// Throws unless there are rows and columns and every stored element is finite.
    func checkEntries() throws {
        guard rows > 0 else { throw ApusError(.invalidInput, "x has no rows; at least one sample is needed.") }
        guard columns > 0 else { throw ApusError(.invalidInput, "x has no columns; at least one feature is needed.") }
        guard columns <= Int(Int32.max) else {
            throw ApusError(.invalidInput, "x has \(columns) columns; there may be \(Int32.max) at most.")
        }
        guard !FiniteKernel.allFinite(values), let place = values.firstIndex(where: { !$0.isFinite }) else { return }
        let row = (rowOffsets.firstIndex { $0 > place } ?? rows) - 1
        throw ApusError(
            .invalidInput,
            "x holds \(values[place]) in row \(row), column \(columnIndices[place]); "
                + (values[place].isNaN ? "impute the missing values first." : "replace infinite values first."))
    }

    /// Throws unless the matrix has the number of columns that a model was fitted on.
    func checkWidth(_ expected: Int, of model: String) throws {
        guard columns == expected else {
            throw ApusError(
                .shapeMismatch,
                "\(model) was fitted on \(expected) feature\(expected == 1 ? "" : "s"), but x has \(columns); "
                    + "pass the same columns as in fit.")
        }
    }

    /// The weighted mean of each column, given the matrix with rows and columns exchanged.
    static func means(transposed: SparseMatrix, weights: [Double]?) -> [Double] {
        let ones = weights ?? [Double](repeating: 1, count: transposed.columns)
        let total = ones.reduce(0, +)
        return LinearSparseKernel.product(transposed, ones).map { $0 / total }
    }
}
