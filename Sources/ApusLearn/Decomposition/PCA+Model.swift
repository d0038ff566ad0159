import ApusCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension PCA {
    /// The principal components of some rows.
    public struct Model: SparseTransformerModel {
        /// `pca`
        public static let catalogName = PCA.catalogName

        /// The components as orthonormal rows, by descending variance: k × d.
        public let components: Matrix
        /// The mean of each column.
        public let means: [Double]
        /// The variance along each component, divided by n - 1.
        public let explainedVariance: [Double]
        /// The share of the whole variance along each component.
        public let explainedVarianceRatio: [Double]
        /// The singular value of the centred rows for each component.
        public let singularValues: [Double]
        /// The mean variance along the directions that were left out; 0 when there are none.
        public let noiseVariance: Double
        /// The number of rows it was fitted on.
        public let sampleCount: Int
        /// Whether coordinates are divided by their standard deviation.
        public let whiten: Bool
        /// The solver that was used, never `auto`.
        public let solver: PCASolver

        /// The number of columns that it was fitted on and expects again.
        public var featureCount: Int { means.count }

        /// What whitening divides by: standard deviations, but never less than 2⁻⁵².
        private var scales: [Double] { explainedVariance.map { max($0.squareRoot(), Double.ulpOfOne) } }

        /// The coordinates of each row along the components.
        ///
        /// - Parameter x: n × d.
        /// - Returns: n × k.
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func transform(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "PCA")
            try x.checkUsable()
            return try coordinates(BLAS.product(x, transposed: components))
        }

        /// The coordinates of each sparse row along the components.
        ///
        /// - Parameter x: n × d.
        /// - Returns: n × k.
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func transform(_ x: SparseMatrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "PCA")
            try x.checkUsable()
            return try coordinates(SparseProductKernel.product(x, components.transposed))
        }

        private func coordinates(_ products: Matrix) throws -> Matrix {
            let centre = try BLAS.product(components, means)
            return ColumnKernel.standardized(products, shift: centre, scale: whiten ? scales : nil)
        }

        /// The rows that have the given coordinates: the inverse of `transform` but for what was left out.
        ///
        /// - Parameter x: n × k.
        /// - Returns: n × d.
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func inverseTransform(_ x: Matrix) throws -> Matrix {
            guard x.columns == components.rows else {
                throw ApusError(
                    .shapeMismatch,
                    "x has \(x.columns) columns, but there are \(components.rows) components; pass coordinates as "
                        + "transform gives them.")
            }
            try x.checkUsable()
            let directions = whiten ? Self.scaled(components, explainedVariance.map { $0.squareRoot() }) : components
            return KMeansKernel.subtracting(means.map { -$0 }, from: try BLAS.product(x, directions))
        }

        /// `pca0`, `pca1`, …
        public func outputNames(for inputNames: [String]) -> [String] { (0..<components.rows).map { "pca\($0)" } }

        /// The rows of a matrix, each times its factor.
        private static func scaled(_ rows: Matrix, _ factors: [Double]) -> Matrix {
            Matrix(rows: rows.rows, columns: rows.columns) { out in
                for k in out.indices { out[k] = rows.values[k] * factors[k / rows.columns] }
            }
        }
    }
}

extension PCA.Model {
    /// The variance that the probabilistic model gives each component, which is at least that of the noise.
    private var modelVariances: [Double] { explainedVariance.map { max($0, noiseVariance) } }

    /// Throws unless the probabilistic model has a density.
    private func checkDensity() throws {
        let isWhole = components.rows == featureCount
        guard isWhole ? modelVariances.allSatisfy({ $0 > 0 }) : noiseVariance > 0 else {
            throw ApusError(
                .undefined,
                "The rows lie within fewer dimensions than there are columns, so they have no density; keep fewer "
                    + "components than the rows vary in.")
        }
    }

    /// The covariance of the columns by the probabilistic model, Vᵀ·diag(λ - σ²)·V + σ²·I: d × d.
    ///
    /// - Throws: `ApusError` with code `invalidInput` when it is too large to be held.
    public func covariance() throws -> Matrix {
        try spectralMatrix(modelVariances.map { $0 - noiseVariance }, diagonal: noiseVariance)
    }

    /// The inverse of the covariance: d × d.
    ///
    /// - Throws: `ApusError` with code `undefined` when it has none, `invalidInput` when it is too large to be held.
    public func precision() throws -> Matrix {
        try checkDensity()
        if noiseVariance == 0 { return try spectralMatrix(modelVariances.map { 1 / $0 }, diagonal: 0) }
        return try spectralMatrix(modelVariances.map { 1 / $0 - 1 / noiseVariance }, diagonal: 1 / noiseVariance)
    }

    private func spectralMatrix(_ values: [Double], diagonal: Double) throws -> Matrix {
        let d = featureCount
        try checkOutputSize(rows: d, columns: d, remedy: "a square matrix of all columns needs fewer of them")
        let scaled = Matrix(rows: components.rows, columns: d) { out in
            for k in out.indices { out[k] = components.values[k] * values[k / d] }
        }
        var matrix = try BLAS.productByColumns(transposed: components, scaled)
        matrix.withMutableValues { elements in
            for i in 0..<d { elements[i * d + i] += diagonal }
        }
        return matrix
    }

    /// The logarithm of the density of each row by the probabilistic model, a Gaussian with `covariance`.
    ///
    /// Whitening has no influence on it.
    ///
    /// - Parameter x: n × d.
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`; `undefined` when there is no density.
    public func scoreSamples(_ x: Matrix) throws -> [Double] {
        try x.checkColumns(featureCount, of: "PCA")
        try x.checkUsable()
        try checkDensity()
        let (d, k) = (featureCount, components.rows)
        let variances = modelVariances
        var logDeterminant = variances.reduce(0) { $0 + log($1) }
        if k < d { logDeterminant += Double(d - k) * log(noiseVariance) }
        let constant = -0.5 * (Double(d) * log(2 * Double.pi) + logDeterminant)
        let turned = components.transposed
        let blocks = try Parallel.tryMap((x.rows + 511) / 512) { block in
            let rows = Array(block * 512..<min(block * 512 + 512, x.rows))
            let centred = KMeansKernel.subtracting(means, from: x.selecting(rows: rows))
            let along = try BLAS.product(centred, turned)
            // The part outside the components is taken row by row: as a difference of squares it would cancel.
            let within = k < d ? try BLAS.product(along, components) : centred
            return rows.indices.map { i in
                var sum = 0.0
                for j in 0..<k { sum += along[i, j] * along[i, j] / variances[j] }
                if k < d {
                    var outside = 0.0
                    for j in 0..<d {
                        let difference = centred[i, j] - within[i, j]
                        outside += difference * difference
                    }
                    sum += outside / noiseVariance
                }
                return constant - 0.5 * sum
            }
        }
        return blocks.flatMap { $0 }
    }

    /// The mean over rows of `scoreSamples`.
    ///
    /// - Parameter x: n × d.
    /// - Throws: As `scoreSamples`.
    public func score(_ x: Matrix) throws -> Double {
        let scores = try scoreSamples(x)
        return pairwiseSum(scores.indices) { scores[$0] } / Double(scores.count)
    }
}

extension PCA.Model {
    /// Puts the components into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(components, as: "components")
        archive.store(means, as: "means")
        archive.store(explainedVariance, as: "explainedVariance")
        archive.store(explainedVarianceRatio, as: "explainedVarianceRatio")
        archive.store(singularValues, as: "singularValues")
        archive.store(.double(noiseVariance), as: "noiseVariance")
        archive.store(.int(sampleCount), as: "sampleCount")
        archive.store(.bool(whiten), as: "whiten")
        archive.store(.string(solver.rawValue), as: "solver")
    }

    /// Takes the components out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        let components = try archive.matrix("components")
        guard components.rows > 0, components.columns > 0 else { throw archive.damaged("there are no components") }
        let variances = try archive.doubles("explainedVariance", count: components.rows)
        let ratios = try archive.doubles("explainedVarianceRatio", count: components.rows)
        let singularValues = try archive.doubles("singularValues", count: components.rows)
        let noise = try archive.double("noiseVariance")
        guard (variances + ratios + singularValues + [noise]).allSatisfy({ $0 >= 0 }) else {
            throw archive.damaged("a variance is negative")
        }
        guard let solver = PCASolver(rawValue: try archive.string("solver")), solver != .auto else {
            throw archive.damaged("the solver is unknown")
        }
        self.init(
            components: components, means: try archive.doubles("means", count: components.columns),
            explainedVariance: variances, explainedVarianceRatio: ratios, singularValues: singularValues,
            noiseVariance: noise, sampleCount: try archive.int("sampleCount"), whiten: try archive.bool("whiten"),
            solver: solver)
    }
}
