import ApusCore

/// The features that a selection keeps, with what it judged them by.
public struct SelectionModel<Kind: Estimator>: InvertibleTransformerModel {
    /// The name of the estimator that selects.
    public static var catalogName: String { Kind.catalogName }

    /// The number of columns that it was fitted on and expects again.
    public let featureCount: Int
    /// The features that come out, ascending.
    public let keptFeatures: [Int]
    /// What each feature was judged by, larger being better; NaN where that is not defined.
    public let scores: [Double]
    /// For each feature the probability of so large a score by chance; nil where that is not known.
    public let pValues: [Double]?
    /// For each feature 1 where it is kept, and the higher the earlier it was left out; nil where features are not left out one
    /// after another.
    public let ranking: [Int]?

    /// What is kept of `scores.count` features.
    ///
    /// - Parameters:
    ///   - kept: The features that come out, ascending.
    ///   - scores: What each feature was judged by.
    ///   - pValues: For each feature the probability of so large a score by chance, where known.
    ///   - ranking: For each feature when it was left out, where that happened one after another.
    /// - Throws: `ApusError` with code `invalidInput` when nothing is kept.
    public init(kept: [Int], scores: [Double], pValues: [Double]? = nil, ranking: [Int]? = nil) throws {
        guard !kept.isEmpty else {
            throw ApusError(
                .invalidInput,
                "\(Kind.catalogName) keeps none of the \(scores.count) features; lower its threshold or keep more.")
        }
        guard zip(kept, kept.dropFirst()).allSatisfy({ $0 < $1 }), kept[0] >= 0, kept[kept.count - 1] < scores.count,
            [nil, scores.count].contains(pValues?.count), [nil, scores.count].contains(ranking?.count)
        else {
            throw ApusError(
                .invalidInput, "The kept features must ascend and be among the \(scores.count) judged ones.")
        }
        featureCount = scores.count
        keptFeatures = kept
        self.scores = scores
        self.pValues = pValues
        self.ranking = ranking
    }

    /// The kept features.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    public func transform(_ x: Matrix) throws -> Matrix {
        try x.checkColumns(featureCount, of: Kind.catalogName)
        try x.checkUsable(allowsNaN: Kind.traits.allowsMissing)
        return x.selecting(columns: keptFeatures)
    }

    /// The kept features of sparse rows.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    public func transform(_ x: SparseMatrix) throws -> SparseMatrix {
        try x.checkColumns(featureCount, of: Kind.catalogName)
        try x.checkUsable()
        var places = [Int32](repeating: -1, count: featureCount)
        for (place, feature) in keptFeatures.enumerated() { places[feature] = Int32(place) }
        var (offsets, indices, values) = ([0], [Int32](), [Double]())
        for i in 0..<x.rows {
            for k in x.rowOffsets[i]..<x.rowOffsets[i + 1] where places[Int(x.columnIndices[k])] >= 0 {
                indices.append(places[Int(x.columnIndices[k])])
                values.append(x.values[k])
            }
            offsets.append(values.count)
        }
        return try SparseMatrix(
            rows: x.rows, columns: keptFeatures.count, rowOffsets: offsets, columnIndices: indices, values: values)
    }

    /// The rows with 0 for the features that were left out.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    public func inverseTransform(_ x: Matrix) throws -> Matrix {
        try x.checkColumns(keptFeatures.count, of: "The inverse of \(Kind.catalogName)")
        try x.checkUsable(allowsNaN: Kind.traits.allowsMissing)
        var out = Matrix(rows: x.rows, columns: featureCount)
        for i in 0..<x.rows { for (place, feature) in keptFeatures.enumerated() { out[i, feature] = x[i, place] } }
        return out
    }

    /// The names of the kept features.
    public func outputNames(for inputNames: [String]) -> [String] {
        keptFeatures.compactMap { $0 < inputNames.count ? inputNames[$0] : nil }
    }
}

extension SelectionModel {
    /// Whether both keep the same for the same reasons, where NaN equals NaN.
    public static func == (a: Self, b: Self) -> Bool {
        a.keptFeatures == b.keptFeatures && sameBits(a.scores, b.scores) && a.ranking == b.ranking
            && sameBits(a.pValues ?? [], b.pValues ?? [])
    }

    /// Puts the features and their scores into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(keptFeatures, as: "keptFeatures")
        archive.store(scores, as: "scores")
        archive.store(pValues ?? [], as: "pValues")
        archive.store(ranking ?? [], as: "ranking")
    }

    /// Takes the features and their scores out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        let scores = try archive.doubles("scores", allowsNonFinite: true)
        guard !scores.isEmpty, scores.count <= mostOutputColumns else { throw archive.damaged("there are no features") }
        let kept = try archive.ints("keptFeatures", in: 0...scores.count - 1)
        let pValues = try archive.doubles("pValues", allowsNonFinite: true)
        let ranking = try archive.ints("ranking", in: 1...mostOutputColumns)
        guard !kept.isEmpty, zip(kept, kept.dropFirst()).allSatisfy({ $0 < $1 }),
            [0, scores.count].contains(pValues.count), [0, scores.count].contains(ranking.count)
        else { throw archive.damaged("the features are not in ascending order") }
        try self.init(
            kept: kept, scores: scores, pValues: pValues.isEmpty ? nil : pValues,
            ranking: ranking.isEmpty ? nil : ranking)
    }
}
