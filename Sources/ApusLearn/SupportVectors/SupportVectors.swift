import ApusCore

/// The support vectors of a fitted machine: the training rows that its decisions rest on, and how much each counts.
public struct SupportVectors: Sendable, Hashable {
    /// How rows are compared.
    public let kernel: SupportVectorKernel
    /// The scale of the kernel as a number; 0 for given kernel values.
    public let gamma: Double
    /// What the kernels `poly` and `sigmoid` add to inner products.
    public let coef0: Double
    /// The power of the kernel `poly`.
    public let degree: Int
    /// Whether kernel values are computed in single precision, as they were in training on many rows.
    public let isSingle: Bool
    /// The number of columns that the machine was fitted on.
    public let featureCount: Int
    /// The training rows that are support vectors, class by class and ascending in each.
    public let indices: [Int]
    /// The support vectors, one a row; without columns where kernel values were given.
    public let vectors: Matrix
    /// How many belong to each class; one number where there are no classes.
    public let counts: [Int]
    /// The signed multipliers: a row for each decision that a vector takes part in.
    public let coefficients: Matrix
    private let decision: SVMDecision?

    /// Support vectors out of training rows.
    init(
        settings: SupportVectorSettings, kernel: SVMKernel?, isSingle: Bool, x: Matrix, indices: [Int], counts: [Int],
        coefficients: Matrix
    ) {
        self.init(
            kernel: settings.kernel, gamma: kernel?.gamma ?? 0, coef0: settings.coef0, degree: settings.degree,
            isSingle: isSingle, featureCount: x.columns, indices: indices,
            vectors: kernel == nil
                ? Matrix(rows: indices.count, columns: 0, values: []) : x.selecting(rows: indices),
            counts: counts, coefficients: coefficients)
    }

    private init(
        kernel: SupportVectorKernel, gamma: Double, coef0: Double, degree: Int, isSingle: Bool, featureCount: Int,
        indices: [Int], vectors: Matrix, counts: [Int], coefficients: Matrix
    ) {
        self.kernel = kernel
        self.gamma = gamma
        self.coef0 = coef0
        self.degree = degree
        self.isSingle = isSingle
        self.featureCount = featureCount
        self.indices = indices
        self.vectors = vectors
        self.counts = counts
        self.coefficients = coefficients
        decision = kernel.shape.map {
            SVMDecision(
                SVMKernel($0, gamma: gamma, coef0: coef0, degree: degree), vectors: vectors,
                coefficients: coefficients, counts: counts, isSingle: isSingle)
        }
    }

    /// For each class (or once, where there are none) the sums of coefficient · kernel over its vectors: m × decisions.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    func sums(_ x: Matrix, of model: String) throws -> [Matrix] {
        try x.checkUsable()
        try x.checkColumns(featureCount, of: model)
        let sums: [Matrix]
        if let decision {
            sums = try decision.sums(x)
        } else {
            var first = 0
            sums = try counts.map { count in
                defer { first += count }
                let own = Array(first..<first + count)
                return try BLAS.product(
                    x.selecting(columns: own.map { indices[$0] }), transposed: coefficients.selecting(columns: own))
            }
        }
        for part in sums where !FiniteKernel.allFinite(part.values) {
            let row = (part.values.firstIndex { !$0.isFinite } ?? 0) / max(1, part.columns)
            throw ApusError(
                .invalidInput,
                "The values in row \(row) are too large to be compared; check them, or scale the features.")
        }
        return sums
    }

    /// The weights of the features in each decision; only for the kernel `linear`.
    ///
    /// - Returns: A row for each decision of the first class with the others, then of the second, …
    func featureWeights(signed sign: Double) -> Matrix? {
        guard kernel == .linear else { return nil }
        var starts = [0]
        for count in counts { starts.append(starts[starts.count - 1] + count) }
        func sum(_ part: Int, _ row: Int, into total: inout [Double]) {
            for k in starts[part]..<starts[part + 1] {
                let factor = sign * coefficients[row, k]
                for q in 0..<featureCount where factor != 0 { total[q] += factor * vectors[k, q] }
            }
        }
        var rows: [Double] = []
        if counts.count == 1 {
            var total = [Double](repeating: 0, count: featureCount)
            sum(0, 0, into: &total)
            rows = total
        } else {
            for i in counts.indices {
                for j in i + 1..<max(i + 1, counts.count) {
                    var total = [Double](repeating: 0, count: featureCount)
                    sum(i, j - 1, into: &total)
                    sum(j, i, into: &total)
                    rows += total
                }
            }
        }
        return Matrix(rows: rows.count / max(1, featureCount), columns: featureCount, values: rows)
    }
}

extension SupportVectors {
    /// Puts the vectors into an archive, each number as small as it can be without losing a bit.
    func encode(into archive: inout ModelArchive) {
        archive.store(kernel.parameterValue, as: "kernel")
        archive.store(.double(gamma), as: "gamma")
        archive.store(.double(coef0), as: "coef0")
        archive.store(.int(degree), as: "degree")
        archive.store(.bool(isSingle), as: "isSingle")
        archive.store(.int(featureCount), as: "featureCount")
        archive.store(indices, as: "support")
        archive.store(counts, as: "nSupport")
        archive.store(coefficients, as: "dualCoef")
        archive.store(packing: vectors, as: "supportVectors")
    }

    /// Takes the vectors out of an archive.
    ///
    /// - Parameter decisions: How many coefficients each vector has, given the number of parts.
    init(from archive: ModelArchive, parts: Int, decisions: Int) throws {
        guard let kernel = SupportVectorKernel(parameterValue: try archive.attribute("kernel")) else {
            throw archive.damaged("attribute “kernel” is not a kernel")
        }
        let gamma = try archive.double("gamma")
        guard gamma >= 0 else { throw archive.damaged("the scale of the kernel is negative") }
        let isSingle = try archive.bool("isSingle")
        guard !isSingle || kernel == .rbf else { throw archive.damaged("only the kernel rbf has single precision") }
        let featureCount = try archive.int("featureCount", in: 1...Int(Int32.max))
        let limit = kernel == .precomputed ? featureCount - 1 : Int.max
        let indices = try archive.ints("support", in: 0...limit)
        let counts = try archive.ints("nSupport", count: parts, in: 0...indices.count)
        var total = 0
        for count in counts { total = min(total + count, indices.count + 1) }
        guard total == indices.count else { throw archive.damaged("the classes do not share out the support vectors") }
        let coefficients = try archive.matrix("dualCoef", rows: decisions, columns: indices.count)
        let vectors = try archive.packedMatrix(
            "supportVectors", rows: indices.count, columns: kernel == .precomputed ? 0 : featureCount)
        self.init(
            kernel: kernel, gamma: gamma, coef0: try archive.double("coef0"),
            degree: try archive.int("degree", in: 0...Int(Int32.max)), isSingle: isSingle, featureCount: featureCount,
            indices: indices, vectors: vectors, counts: counts, coefficients: coefficients)
    }
}
