/// An algorithm with its hyper-parameters, not fitted yet: a plain value.
///
/// Making one never fails; `fit` validates the parameters against `parameters` and throws. Copying it is cloning it.
public protocol Estimator: Sendable, Hashable, Codable {
    /// The name in the catalog and the command, in kebab-case: `logistic-regression`.
    static var catalogName: String { get }

    /// Every hyper-parameter: its name, legal values and meaning, in the order they are listed to people.
    static var parameters: [Parameter<Self>] { get }

    /// What it asks of data and what it makes of special data.
    static var traits: EstimatorTraits { get }

    /// The estimator with its default parameters.
    init()
}

extension Estimator {
    /// Dense finite numbers, sample weights and at least two classes: what most estimators are about.
    public static var traits: EstimatorTraits { EstimatorTraits() }
}

/// What `fit` returns: a value that predicts and that can be stored.
public protocol FittedModel: Sendable, Equatable {
    /// The catalog name of the estimator that fits this model.
    static var catalogName: String { get }

    /// The number of columns that it was fitted on and expects again.
    var featureCount: Int { get }

    /// Puts everything it needs into an archive.
    func encode(into archive: inout ModelArchive)

    /// Takes itself out of an archive, checking every shape, range and index in it: the archive may come from anyone.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    init(from archive: ModelArchive) throws
}

/// Learns to tell classes apart.
public protocol Classifier: Estimator {
    /// The fitted model.
    associatedtype Model: ClassifierModel

    /// Learns from labelled rows.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - y: n labels.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - progress: Called now and then during long work.
    /// - Throws: `ApusError` for illegal parameters or data; `CancellationError` when the task is cancelled.
    func fit(_ x: Matrix, _ y: Labels, weights: [Double]?, progress: ProgressHandler?) throws -> Model
}

/// Tells classes apart.
public protocol ClassifierModel: FittedModel {
    /// The classes it can answer, ascending.
    var classes: Labels.Classes { get }

    /// The most probable class of each row.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    func predict(_ x: Matrix) throws -> Labels

    /// Whether `predictProba` answers. False for models that only know a side of a boundary, such as a support-vector
    /// machine fitted without calibration.
    var givesProbabilities: Bool { get }

    /// The probability of each class for each row: n × K, columns in the order of `classes`.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`, or `unavailable` when the model gives no
    ///   probabilities.
    func predictProba(_ x: Matrix) throws -> Matrix

    /// Both answers from one pass over the rows: those of `predict` and `predictProba`.
    ///
    /// - Throws: As `predictProba`.
    func predictWithProbabilities(_ x: Matrix) throws -> (labels: Labels, probabilities: Matrix)
}

extension ClassifierModel {
    /// True: most classifiers give probabilities.
    public var givesProbabilities: Bool { true }

    /// Two passes; models for which one is enough do better.
    public func predictWithProbabilities(_ x: Matrix) throws -> (labels: Labels, probabilities: Matrix) {
        (try predict(x), try predictProba(x))
    }
}

/// Learns to predict a number.
public protocol Regressor: Estimator {
    /// The fitted model.
    associatedtype Model: RegressorModel

    /// Learns from rows with a known number each.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - y: n numbers.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - progress: Called now and then during long work.
    /// - Throws: `ApusError` for illegal parameters or data; `CancellationError` when the task is cancelled.
    func fit(_ x: Matrix, _ y: [Double], weights: [Double]?, progress: ProgressHandler?) throws -> Model
}

/// Predicts a number.
public protocol RegressorModel: FittedModel {
    /// The predicted number of each row.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    func predict(_ x: Matrix) throws -> [Double]
}

/// Learns how to change features.
public protocol Transformer: FeatureStep {
    /// Learns from rows.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - weights: n sample weights, at least 0; nil for equal ones. Transformers without a use for them ignore them.
    /// - Throws: `ApusError` for illegal parameters or data.
    func fit(_ x: Matrix, weights: [Double]?) throws -> Model
}

/// Changes features.
public protocol TransformerModel: FittedModel {
    /// The changed rows.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    func transform(_ x: Matrix) throws -> Matrix

    /// The names of the columns that come out, given the names of those that go in.
    func outputNames(for inputNames: [String]) -> [String]
}

/// Groups rows without labels.
public protocol Clusterer: Estimator {
    /// The fitted model.
    associatedtype Model: ClustererModel

    /// Finds groups among the rows.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - progress: Called now and then during long work.
    /// - Throws: `ApusError` for illegal parameters or data; `CancellationError` when the task is cancelled.
    func fit(_ x: Matrix, weights: [Double]?, progress: ProgressHandler?) throws -> Model
}

/// Assigns rows to groups.
public protocol ClustererModel: FittedModel {
    /// The group of each row it was fitted on.
    var labels: [Int] { get }

    /// The group of each row.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    func predict(_ x: Matrix) throws -> [Int]
}

extension Classifier {
    /// Learns from labelled rows of equal weight.
    public func fit(_ x: Matrix, _ y: Labels) throws -> Model { try fit(x, y, weights: nil, progress: nil) }
    /// Learns from labelled, weighted rows.
    public func fit(_ x: Matrix, _ y: Labels, weights: [Double]?) throws -> Model {
        try fit(x, y, weights: weights, progress: nil)
    }
}

extension Regressor {
    /// Learns from rows of equal weight.
    public func fit(_ x: Matrix, _ y: [Double]) throws -> Model { try fit(x, y, weights: nil, progress: nil) }
    /// Learns from weighted rows.
    public func fit(_ x: Matrix, _ y: [Double], weights: [Double]?) throws -> Model {
        try fit(x, y, weights: weights, progress: nil)
    }
}

extension Transformer {
    /// Learns from rows of equal weight.
    public func fit(_ x: Matrix) throws -> Model { try fit(x, weights: nil) }
    /// Learns from the rows and changes them.
    public func fitTransform(_ x: Matrix) throws -> Matrix { try fit(x).transform(x) }
}

extension Clusterer {
    /// Finds groups among rows of equal weight.
    public func fit(_ x: Matrix) throws -> Model { try fit(x, weights: nil, progress: nil) }
}
