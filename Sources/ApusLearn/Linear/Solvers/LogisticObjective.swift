import ApusCore

/// The mean logistic loss over rows with penalties, as a function of the coefficients.
///
/// Parameters are laid out feature by feature with the outputs of a feature side by side, intercepts last. There is one
/// output for two classes, and one for each class where there are more.
struct LogisticObjective {
    private enum Rows {
        case dense(Matrix)
        case sparse(LogisticSparseKernel)
    }

    let labels: Labels
    let features: Int
    let fitIntercept: Bool
    /// The weight of each row, or nil for equal ones.
    let weights: [Double]?
    /// The sum of the weights.
    let total: Double
    /// What half the square of a coefficient is multiplied by.
    let l2: Double
    /// What the magnitude of a coefficient is multiplied by.
    let l1: Double

    private let rows: Rows
    private let signs: [Double]

    init(
        _ x: Matrix, _ labels: Labels, weights: [Double]?, fitIntercept: Bool, c: Double, l1Ratio: Double
    ) {
        let outputs = labels.classes.count == 2 ? 1 : labels.classes.count
        // Pixels and counts are mostly zeros; products over what is stored beat BLAS then.
        let isThin =
            outputs > 1 && x.values.count >= 65_536
            && Double(x.values.count { $0 != 0 }) < 0.4 * Double(x.values.count)
        self.init(
            isThin ? LogisticObjective.sparse(SparseMatrix(x)) : .dense(x), x.columns, labels, weights, fitIntercept,
            c, l1Ratio)
    }

    init(
        _ x: SparseMatrix, _ labels: Labels, weights: [Double]?, fitIntercept: Bool, c: Double, l1Ratio: Double
    ) {
        self.init(LogisticObjective.sparse(x), x.columns, labels, weights, fitIntercept, c, l1Ratio)
    }

    private static func sparse(_ x: SparseMatrix) -> Rows { .sparse(LogisticSparseKernel(x)) }

    private init(
        _ rows: Rows, _ features: Int, _ labels: Labels, _ weights: [Double]?, _ fitIntercept: Bool, _ c: Double,
        _ l1Ratio: Double
    ) {
        self.rows = rows
        self.features = features
        self.labels = labels
        self.weights = weights
        self.fitIntercept = fitIntercept
        total = weights.map(ColumnKernel.pairwise) ?? Double(labels.count)
        let strength = c == .infinity ? 0 : 1 / (c * total)
        l2 = strength * (1 - l1Ratio)
        l1 = strength * l1Ratio
        signs = labels.classes.count == 2 ? labels.codes.map { $0 == 1 ? 1 : -1 } : []
    }

    /// How many scores a row has.
    var outputs: Int { labels.classes.count == 2 ? 1 : labels.classes.count }
    /// How many parameters are no intercepts.
    var coefficientCount: Int { features * outputs }
    /// How many parameters there are.
    var parameterCount: Int { coefficientCount + (fitIntercept ? outputs : 0) }

    /// The mean loss with the L2 penalty, and its gradient.
    func smooth(_ parameters: [Double]) -> (value: Double, gradient: [Double]) {
        let sums: LogisticKernel.Sums
        switch rows {
        case .dense(let x):
            sums =
                outputs == 1
                ? LogisticKernel.binary(x, signs: signs, weights: weights, parameters: parameters)
                : LogisticKernel.multinomial(
                    x, codes: labels.codes, weights: weights, parameters: parameters, classes: outputs)
        case .sparse(let kernel):
            sums =
                outputs == 1
                ? kernel.binary(signs: signs, weights: weights, parameters: parameters)
                : kernel.multinomial(
                    codes: labels.codes, weights: weights, parameters: parameters, classes: outputs)
        }
        var gradient = sums.gradient
        var square = 0.0
        for k in gradient.indices {
            gradient[k] /= total
            if k < coefficientCount {
                gradient[k] += l2 * parameters[k]
                square += parameters[k] * parameters[k]
            }
        }
        return (sums.loss / total + 0.5 * l2 * square, gradient)
    }

    /// What the L1 penalty adds.
    func magnitudes(_ parameters: [Double]) -> Double {
        l1 * parameters[..<coefficientCount].reduce(0) { $0 + $1.magnitude }
    }

    /// The probability of each class (of the second only, where there are two) by output and then by row.
    func probabilities(_ parameters: [Double]) throws -> [Double] {
        let coefficients = Matrix(
            rows: features, columns: outputs, values: Array(parameters[..<coefficientCount]))
        var scores: Matrix
        switch rows {
        case .dense(let x): scores = try BLAS.product(x, coefficients)
        case .sparse(let kernel): scores = LinearSparseKernel.product(kernel.rows, coefficients)
        }
        if fitIntercept {
            let intercepts = Array(parameters[coefficientCount...])
            scores.withMutableValues { values in
                for k in values.indices { values[k] += intercepts[k % intercepts.count] }
            }
        }
        guard outputs == 1 else { return LogisticKernel.probabilities(scores).transposed.values }
        return LogisticKernel.binaryProbabilities(scores.values).column(1)
    }

    /// The Hessian of the mean loss without penalties, for the given probabilities, laid out as the parameters are.
    ///
    /// - Throws: `invalidParameter` when it would take too much memory.
    func hessian(_ probabilities: [Double]) throws -> Matrix {
        let (n, k) = (labels.count, outputs)
        let size = parameterCount
        try checkHessian()
        var hessian = Matrix(rows: size, columns: size)
        for a in 0..<k {
            for b in a..<k {
                // p (1 - p) for one class, -p q for two; the products want weights of at least 0.
                let curvatures = (0..<n).map { i in
                    let p = probabilities[a * n + i]
                    return (weights?[i] ?? 1) / total * p * (a == b ? 1 - p : probabilities[b * n + i])
                }
                let products = weightedProducts(curvatures)
                let sign = a == b ? 1.0 : -1.0
                hessian.withMutableValues { values in
                    for i in 0..<size / k {
                        for j in 0..<size / k {
                            let value = sign * products[i, j]
                            values[(i * k + a) * size + j * k + b] = value
                            values[(j * k + b) * size + i * k + a] = value
                        }
                    }
                }
            }
        }
        return hessian
    }

    /// `[X 1]ᵀ diag(h) [X 1]`.
    private func weightedProducts(_ h: [Double]) -> Matrix {
        switch rows {
        case .dense(let x):
            return LinearSums(
                x, Matrix(repeating: 1, rows: x.rows, columns: 1), weights: h, centred: false
            ).products
        case .sparse(let kernel):
            let gram = LinearSparseKernel.gram(kernel.rows, transposed: kernel.columns, weights: h)
            let sums = LinearSparseKernel.product(kernel.columns, h)
            let width = features + 1
            return Matrix(rows: width, columns: width) { out in
                for i in 0..<features {
                    for j in 0..<features { out[i * width + j] = gram[i, j] }
                    out[i * width + features] = sums[i]
                    out[features * width + i] = sums[i]
                }
                out[features * width + features] = ColumnKernel.pairwise(h)
            }
        }
    }

    /// The columns, for descent one coefficient after another.
    var columns: LogisticColumns {
        switch rows {
        case .dense(let x): LogisticColumns(x)
        case .sparse(let kernel): LogisticColumns(transposed: kernel.columns)
        }
    }

    /// What is thrown where sums of the data are no longer numbers.
    static let overflow = ApusError(
        .numericalFailure, "The data are so large that the scores overflow; scale the columns, then fit again.")

    /// Throws when the Hessian, its free part and their factor would take too much memory.
    func checkHessian() throws {
        try LinearFunction.checkMemory(
            square: parameterCount, count: 3, of: "the Hessian of \(parameterCount) coefficients",
            "use solver lbfgs")
    }
}
