import ApusCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the naive Bayes classifiers for counts keep of the rows they have seen.
struct DiscreteCounts: Sendable, Equatable {
    /// All classes, ascending.
    let classes: Labels.Classes
    /// The weight of the rows of each class.
    var classWeights: [Double]
    /// The weighted sum of each feature over the rows of each class: K × d.
    var features: Matrix

    /// None yet.
    init(classes: Labels.Classes, columns: Int) {
        self.classes = classes
        classWeights = [Double](repeating: 0, count: classes.count)
        features = Matrix(rows: classes.count, columns: columns)
    }

    /// Adds sums of further rows.
    mutating func add(_ sums: Matrix, codes: [Int], weights: [Double]?) {
        for (i, code) in codes.enumerated() { classWeights[code] += weights?[i] ?? 1 }
        features.withMutableValues { values in
            for k in values.indices { values[k] += sums.values[k] }
        }
    }

    /// Throws where sums overflow.
    func checkFinite() throws {
        guard FiniteKernel.allFinite(features.values), classWeights.allSatisfy(\.isFinite) else {
            throw ApusError(
                .numericalFailure, "The values are so large that their sums overflow; scale them, then fit again.")
        }
    }

    /// The logarithm of the probability of each class beforehand.
    func logPriors(_ priors: ClassPriors, fitPrior: Bool) throws -> [Double] {
        if let given = try priors.given(for: classes) { return given.map { log($0) } }
        guard fitPrior else { return [Double](repeating: -log(Double(classes.count)), count: classes.count) }
        let total = log(ColumnKernel.pairwise(classWeights))
        return classWeights.map { log($0) - total }
    }

    func encode(into archive: inout ModelArchive) {
        archive.store(classes, as: "classes")
        archive.store(classWeights, as: "classWeights")
        archive.store(features, as: "counts")
    }

    init(from archive: ModelArchive) throws {
        classes = try archive.classes("classes")
        classWeights = try archive.doubles("classWeights", count: classes.count)
        features = try archive.matrix("counts", rows: classes.count)
        let total = classWeights.reduce(0, +)
        guard features.columns > 0, classWeights.allSatisfy({ $0 >= 0 }), total > 0, total.isFinite,
            features.values.allSatisfy({ $0 >= 0 })
        else { throw archive.damaged("the counts of the classes are out of range") }
    }
}

extension ModelArchive {
    /// The logarithms of class probabilities: at most 0, and -∞ for a class that cannot be.
    func logPriors(_ name: String, count: Int) throws -> [Double] {
        let values = try doubles(name, count: count, allowsNonFinite: true)
        guard values.allSatisfy({ $0 <= 0 }), values.contains(where: \.isFinite) else {
            throw damaged("tensor “\(name)” does not hold logarithms of probabilities")
        }
        return values
    }

    /// A number of at least 0 stored as an attribute.
    func smoothing(_ name: String) throws -> Double {
        let value = try double(name)
        guard value >= 0 else { throw damaged("attribute “\(name)” is negative") }
        return value
    }
}

/// A naive Bayes classifier that needs to know no more of its rows than their sums by class.
///
/// What `MultinomialNB`, `BernoulliNB` and `ComplementNB` have in common; their fits differ in how rows are read and in
/// what becomes of the sums.
protocol CountingClassifier: IncrementalClassifier, SparseClassifier where Model: CountingModel {
    /// What to keep in mind of rows, after checking them.
    func sums(_ x: Matrix, codes: [Int], classes: Int, weights: [Double]?) throws -> Matrix
    /// The same for sparse rows.
    func sums(_ x: SparseMatrix, codes: [Int], classes: Int, weights: [Double]?) throws -> Matrix
    /// The model that follows from counts.
    func model(of counts: DiscreteCounts) throws -> Model
}

/// A model with the counts it was made from.
protocol CountingModel: SparseNaiveBayesModel {
    var counts: DiscreteCounts { get }
}

extension CountingClassifier {
    func learn(
        rows: Int, columns: Int, _ y: Labels, classes: Labels.Classes, weights: [Double]?, after model: Model?,
        sums: (_ codes: [Int], _ classes: Int) throws -> Matrix
    ) throws -> Model {
        try validateParameters()
        try y.check(rows: rows)
        try checkSampleWeights(weights, rows: rows)
        let codes = try NaiveBayes.codes(of: y, among: classes)
        var counts = model?.counts ?? DiscreteCounts(classes: classes, columns: columns)
        counts.add(try sums(codes, classes.count), codes: codes, weights: weights)
        try counts.checkFinite()
        return try self.model(of: counts)
    }

    func learn(
        _ x: Matrix, _ y: Labels, classes: Labels.Classes, weights: [Double]?, after model: Model? = nil
    ) throws -> Model {
        try x.checkUsable()
        return try learn(
            rows: x.rows, columns: x.columns, y, classes: classes, weights: weights, after: model,
            sums: { try sums(x, codes: $0, classes: $1, weights: weights) })
    }

    func learn(
        _ x: SparseMatrix, _ y: Labels, classes: Labels.Classes, weights: [Double]?, after model: Model? = nil
    ) throws -> Model {
        try x.checkUsable()
        return try learn(
            rows: x.rows, columns: x.columns, y, classes: classes, weights: weights, after: model,
            sums: { try sums(x, codes: $0, classes: $1, weights: weights) })
    }

    func classes(_ classes: Labels.Classes?, after model: Model?) throws -> Labels.Classes {
        guard let model else { return try NaiveBayes.firstClasses(classes) }
        try NaiveBayes.checkSame(classes, as: model.classes)
        return model.classes
    }
}

extension Matrix {
    /// Throws when an element is below 0.
    func checkNotNegative(for model: String) throws {
        guard let place = values.firstIndex(where: { $0 < 0 }) else { return }
        throw ApusError(
            .invalidInput,
            "x holds \(values[place]) in row \(place / columns), column \(place % columns); "
                + "\(model) counts, so nothing may be negative.")
    }

    /// `self · weightsᵀ + offsets`, elements of 0 saying nothing even where their weight is infinite.
    func scores(_ weights: Matrix, offsets: [Double]) throws -> Matrix {
        guard FiniteKernel.allFinite(weights.values) else {
            return NaiveBayesKernel.scores(SparseMatrix(self), weights: weights.transposed, offsets: offsets)
        }
        var scores = try BLAS.product(self, transposed: weights)
        let width = offsets.count
        scores.withMutableValues { values in
            for k in values.indices { values[k] += offsets[k % width] }
        }
        return scores
    }
}
