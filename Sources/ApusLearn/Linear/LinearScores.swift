@_spi(Trusted) import ApusCore

/// A weighted sum of features for each class, or for the second of two: what every linear classifier ends as.
struct LinearScores: Sendable, Hashable {
    /// 1 × d for two classes, K × d for more.
    let coefficients: Matrix
    /// As many as `coefficients` has rows.
    let intercepts: [Double]

    init(coefficients: Matrix, intercepts: [Double]) {
        self.coefficients = coefficients
        self.intercepts = intercepts
    }

    /// The scores that some functions give.
    init(_ functions: [LinearFunction]) {
        coefficients = Matrix(
            rows: functions.count, columns: functions[0].coefficients.count,
            values: functions.flatMap(\.coefficients))
        intercepts = functions.map(\.intercept)
    }

    /// The scores of each row of `x`, for the model called `name`: n × 1 for two classes, n × K for more.
    func values(_ x: Matrix, of name: String) throws -> Matrix {
        try x.checkColumns(coefficients.columns, of: name)
        try x.checkUsable()
        return try shifted(
            intercepts.count == 1
                ? Matrix(column: BLAS.product(x, coefficients.values)) : BLAS.product(x, transposed: coefficients))
    }

    /// The scores of each sparse row of `x`, for the model called `name`.
    func values(_ x: SparseMatrix, of name: String) throws -> Matrix {
        try x.checkColumns(coefficients.columns, of: name)
        try x.checkUsable()
        return try shifted(
            intercepts.count == 1
                ? Matrix(column: LinearSparseKernel.product(x, coefficients.values))
                : LinearSparseKernel.product(x, coefficients.transposed))
    }

    /// Adds the intercepts; throws where huge values cancelled each other to nothing that is a number.
    private func shifted(_ products: Matrix) throws -> Matrix {
        var scores = products
        let width = intercepts.count
        scores.withMutableValues { values in
            for k in values.indices { values[k] += intercepts[k % width] }
        }
        guard !FiniteKernel.allFinite(scores.values), let place = scores.values.firstIndex(where: \.isNaN) else {
            return scores
        }
        throw ApusError(
            .invalidInput,
            "The values in row \(place / width) are too large to be scored; check them, or scale the features.")
    }

    /// The class with the highest score of each row; of equal ones the first.
    static func labels(_ scores: Matrix, _ classes: Labels.Classes) -> Labels {
        let (width, values) = (scores.columns, scores.values)
        if width == 1 { return Labels(trustedCodes: values.map { $0 > 0 ? 1 : 0 }, classes: classes) }
        let codes = (0..<scores.rows).map { i in
            (1..<width).reduce(0) { values[i * width + $1] > values[i * width + $0] ? $1 : $0 }
        }
        return Labels(trustedCodes: codes, classes: classes)
    }

    func encode(into archive: inout ModelArchive) {
        archive.store(coefficients, as: "coefficients")
        archive.store(intercepts, as: "intercepts")
    }

    /// Scores for `classes`, of which there must be two at least.
    init(from archive: ModelArchive, classes: Labels.Classes) throws {
        guard classes.count >= 2 else { throw archive.damaged("there are fewer than two classes") }
        let outputs = classes.count == 2 ? 1 : classes.count
        coefficients = try archive.matrix("coefficients", rows: outputs)
        guard coefficients.columns > 0 else { throw archive.damaged("there are no coefficients") }
        intercepts = try archive.doubles("intercepts", count: outputs)
    }
}
