import ApusCore

/// A transformer and what comes after it, as one estimator.
///
///     let model = try SimpleImputer().then(StandardScaler()).then(LogisticRegression(c: 0.1)).fit(x, y)
///     try model.predict(x)
///
/// A pipeline is what its last step is: a classifier, a regressor, a clusterer or a transformer. `fit` fits each step on
/// what the steps before it make of the data, passing the sample weights to all of them that have a use for weights;
/// predicting transforms first. So whatever is learned from the data is learned from the training rows alone, also in
/// cross-validation. A step that learns from the target too (`SelectKBest`, `TargetEncoder`) gets the target.
///
/// The parameters of a step are called `step.parameter`, where a step's name is its catalog name in lowerCamelCase:
/// `logisticRegression.c`, `standardScaler.withMean`. A kind of step that occurs again gets a number, counted from the
/// left: `standardScaler`, `standardScaler2`.
public struct Pipeline<First: FeatureStep, Last: Estimator>: Estimator {
    /// `pipeline`
    public static var catalogName: String { "pipeline" }

    /// What comes first.
    public var first: First
    /// What comes after it.
    public var last: Last

    /// Both with their default parameters.
    public init() { self.init(First(), Last()) }

    /// `first`, then `last`.
    public init(_ first: First, _ last: Last) {
        self.first = first
        self.last = last
    }

    /// The names of the steps from left to right, as parameters use them.
    public static var stepNames: [String] { flatStepNames }

    /// The parameters of every step, each called `step.parameter`.
    public static var parameters: [Parameter<Pipeline>] { flatParameters }
}

/// What pipelines show of their steps, whatever their types.
protocol StepSequence: Sendable {
    /// The kinds and parameters of the steps, as `[PipelineStep<Self>]`.
    static var anySteps: any Sendable { get }
    /// The same with their type.
    static var flatSteps: [PipelineStep<Self>] { get }
}

/// A step of some whole: its catalog name and its parameters, reached through the whole.
struct PipelineStep<Whole: Sendable>: Sendable {
    let kind: String
    let parameters: [Parameter<Whole>]
}

extension Pipeline: StepSequence {
    /// The steps from left to right, those of pipelines within this one taken apart.
    static var flatSteps: [PipelineStep<Pipeline>] {
        steps(of: First.self, at: \.first) + steps(of: Last.self, at: \.last)
    }
}

extension StepSequence where Self: Estimator {
    static var anySteps: any Sendable { flatSteps }

    /// The names of the steps from left to right, as parameters use them.
    static var flatStepNames: [String] { numbered(flatSteps.map(\.kind)) }

    /// The parameters of every step, each called `step.parameter`.
    static var flatParameters: [Parameter<Self>] {
        zip(flatStepNames, flatSteps).flatMap { name, step in
            step.parameters.map { Parameter("\(name).\($0.name)", $0, of: \Self.self) }
        }
    }

    static func steps<Part: Estimator>(
        of part: Part.Type, at keyPath: any WritableKeyPath<Self, Part> & Sendable
    ) -> [PipelineStep<Self>] {
        let within =
            (part as? any StepSequence.Type)?.anySteps as? [PipelineStep<Part>]
            ?? [PipelineStep(kind: Part.catalogName, parameters: Part.parameters)]
        return within.map { step in
            PipelineStep<Self>(
                kind: step.kind, parameters: step.parameters.map { Parameter($0.name, $0, of: keyPath) })
        }
    }

    /// Catalog names as step names: in lowerCamelCase, repeated ones numbered.
    private static func numbered(_ kinds: [String]) -> [String] {
        var seen: [String: Int] = [:]
        return kinds.map { kind in
            let words = kind.split(separator: "-")
            let name =
                words.prefix(1).joined() + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
            seen[name, default: 0] += 1
            let count = seen[name, default: 1]
            return count == 1 ? name : "\(name)\(count)"
        }
    }
}

extension FeatureStep {
    /// A pipeline of this and what comes after it.
    public func then<Next: Estimator>(_ next: Next) -> Pipeline<Self, Next> { Pipeline(self, next) }
}

extension Pipeline: FeatureStep where Last: FeatureStep {
    /// Whether one of the steps learns from the target.
    public static var needsTarget: Bool { First.needsTarget || Last.needsTarget }

    /// Fits each step on what the steps before it make of the rows, and changes the rows.
    ///
    /// - Throws: What a step throws.
    public func fitTransform(
        _ x: Matrix, _ y: Target?, weights: [Double]?
    ) throws -> (model: PipelineModel<First.Model, Last.Model>, rows: Matrix) {
        let (first, changed) = try fitFirst(x, y, weights)
        let (last, rows) = try last.fitTransform(changed, y, weights: weights)
        return (PipelineModel(first: first, last: last), rows)
    }
}

extension Pipeline: CategoricalStep where Last: FeatureStep {
    /// What the steps make of codes, one after the other.
    public var categoryUse: CategoryUse {
        first.useOfCategories == .keeps ? last.useOfCategories : first.useOfCategories
    }
}

extension Pipeline: Transformer where First: Transformer, Last: Transformer {
    /// Fits each step on what the steps before it make of the rows.
    ///
    /// - Throws: What a step throws.
    public func fit(_ x: Matrix, weights: [Double]? = nil) throws -> PipelineModel<First.Model, Last.Model> {
        let (first, changed) = try fitFirst(x, nil, weights)
        return PipelineModel(first: first, last: try last.fit(changed, weights: weights))
    }
}

extension Pipeline: SupervisedTransformer where First: SupervisedTransformer, Last: FeatureStep {
    /// Fits each step on what the steps before it make of the rows.
    ///
    /// - Throws: What a step throws.
    public func fit(
        _ x: Matrix, _ y: Target, weights: [Double]? = nil
    ) throws -> PipelineModel<First.Model, Last.Model> { try fitTransform(x, y, weights: weights).model }
}

extension Pipeline: Classifier where Last: Classifier {
    /// Fits each step on what the steps before it make of the labelled rows.
    ///
    /// - Throws: What a step throws.
    public func fit(
        _ x: Matrix, _ y: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> PipelineModel<First.Model, Last.Model> {
        let (first, changed) = try fitFirst(x, .labels(y), weights)
        return PipelineModel(first: first, last: try last.fit(changed, y, weights: weights, progress: progress))
    }
}

extension Pipeline: Regressor where Last: Regressor {
    /// Fits each step on what the steps before it make of the rows.
    ///
    /// - Throws: What a step throws.
    public func fit(
        _ x: Matrix, _ y: [Double], weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> PipelineModel<First.Model, Last.Model> {
        let (first, changed) = try fitFirst(x, .numbers(y), weights)
        return PipelineModel(first: first, last: try last.fit(changed, y, weights: weights, progress: progress))
    }
}

extension Pipeline: Clusterer where Last: Clusterer {
    /// Fits each step on what the steps before it make of the rows.
    ///
    /// - Throws: What a step throws.
    public func fit(
        _ x: Matrix, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> PipelineModel<First.Model, Last.Model> {
        let (first, changed) = try fitFirst(x, nil, weights)
        return PipelineModel(first: first, last: try last.fit(changed, weights: weights, progress: progress))
    }
}

extension Pipeline {
    private func fitFirst(_ x: Matrix, _ y: Target?, _ weights: [Double]?) throws -> (First.Model, Matrix) {
        try validateParameters()
        try checkCancellation()
        let (model, rows) = try first.fitTransform(x, y, weights: weights)
        return (model, rows)
    }
}
