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
        try x.checkColumns(coefficients.count, of: name)
        try x.checkUsable()
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
    /// The weighted mean of each column, given the matrix with rows and columns exchanged.
    static func means(transposed: SparseMatrix, weights: [Double]?) -> [Double] {
        let ones = weights ?? [Double](repeating: 1, count: transposed.columns)
        let total = ones.reduce(0, +)
        return LinearSparseKernel.product(transposed, ones).map { $0 / total }
    }
}
