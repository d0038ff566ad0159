/// Learns how to change features and may stand before another estimator in a pipeline: a `Transformer`, a
/// `SupervisedTransformer`, or a pipeline of them.
public protocol FeatureStep: Estimator {
    /// The fitted model.
    associatedtype Model: TransformerModel

    /// Whether it learns from what is to be predicted, too.
    static var needsTarget: Bool { get }

    /// Learns from rows and changes these very rows for what is fitted next.
    ///
    /// The changed rows are those of `model.transform(x)`, unless that would let each row see its own target: then they
    /// come from a learning without the row (`TargetEncoder`).
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - y: What is to be predicted; nil where nothing is.
    ///   - weights: n sample weights; nil for equal ones. Steps without a use for them ignore them.
    /// - Throws: `ApusError` for illegal parameters or data, or when a target is needed and there is none.
    func fitTransform(_ x: Matrix, _ y: Target?, weights: [Double]?) throws -> (model: Model, rows: Matrix)
}

/// What is to be predicted, as classes or as numbers.
public enum Target: Sendable, Hashable {
    /// The class of each row.
    case labels(Labels)
    /// The number of each row.
    case numbers([Double])

    /// Number of rows.
    public var count: Int {
        switch self {
        case .labels(let labels): labels.count
        case .numbers(let numbers): numbers.count
        }
    }

    /// The rows with the given indices, in that order.
    public func selecting(rows: [Int]) -> Target {
        switch self {
        case .labels(let labels): .labels(labels.selecting(rows: rows))
        case .numbers(let numbers): .numbers(rows.map { numbers[$0] })
        }
    }
}

/// Learns how to change features from the features and from what is to be predicted.
///
///     let model = try SelectKBest(k: 3).then(LogisticRegression()).fit(x, y)
///
/// In a pipeline it learns from the training rows alone, as everything there does.
public protocol SupervisedTransformer: FeatureStep {
    /// Learns from rows and their targets.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - y: n classes or numbers.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    /// - Throws: `ApusError` for illegal parameters or data, or a target of a kind that it cannot learn from.
    func fit(_ x: Matrix, _ y: Target, weights: [Double]?) throws -> Model
}

/// A fitted transformer that can be undone, up to what it left out.
public protocol InvertibleTransformerModel: TransformerModel {
    /// The rows that `transform` made these from, as far as they tell.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    func inverseTransform(_ x: Matrix) throws -> Matrix
}

extension Transformer {
    /// False: it learns from the features alone.
    public static var needsTarget: Bool { false }

    /// Learns from the rows and changes them; the target has no part in it.
    public func fitTransform(_ x: Matrix, _ y: Target?, weights: [Double]?) throws -> (model: Model, rows: Matrix) {
        let model = try fit(x, weights: Self.traits.usesWeights ? weights : nil)
        return (model, try model.transform(x))
    }
}

extension SupervisedTransformer {
    /// True: it learns from the target, too.
    public static var needsTarget: Bool { true }

    /// Learns from the rows and their targets, and changes the rows.
    public func fitTransform(_ x: Matrix, _ y: Target?, weights: [Double]?) throws -> (model: Model, rows: Matrix) {
        let model = try fit(x, Self.required(y), weights: Self.traits.usesWeights ? weights : nil)
        return (model, try model.transform(x))
    }

    /// The target, which has to be there.
    public static func required(_ y: Target?) throws -> Target {
        guard let y else {
            throw ApusError(
                .invalidInput, "\(catalogName) learns from what is to be predicted; give it classes or numbers as y.")
        }
        return y
    }

    /// Learns from labelled rows of equal weight.
    public func fit(_ x: Matrix, _ y: Labels) throws -> Model { try fit(x, .labels(y), weights: nil) }
    /// Learns from rows of equal weight with a number each.
    public func fit(_ x: Matrix, _ y: [Double]) throws -> Model { try fit(x, .numbers(y), weights: nil) }
    /// Learns from labelled rows and changes them.
    public func fitTransform(_ x: Matrix, _ y: Labels) throws -> Matrix {
        try fitTransform(x, .labels(y), weights: nil).rows
    }
    /// Learns from rows with a number each and changes them.
    public func fitTransform(_ x: Matrix, _ y: [Double]) throws -> Matrix {
        try fitTransform(x, .numbers(y), weights: nil).rows
    }
}
