import ApusCore

/// A resampler and what is fitted on the rows it makes, as one estimator.
///
///     let model = try SMOTE().then(RandomForestClassifier()).fit(x, y)
///     let scaled = try StandardScaler().then(SMOTE()).then(SVC()).fit(x, y)
///
/// Rows are resampled while it is fitted and never afterwards: the fitted model is the one of the last step, so whatever is
/// predicted or judged keeps its rows and classes. In cross-validation the training rows of each fold are resampled alone.
///
/// A resampler may stand at the beginning, after transformers, before transformers or next to another resampler. Parameters
/// are called `step.parameter`, as in `Pipeline`.
public struct ResamplingPipeline<First: Resampler, Last: Estimator>: Estimator {
    /// `pipeline`
    public static var catalogName: String { "pipeline" }

    /// What changes the rows.
    public var first: First
    /// What is fitted on them.
    public var last: Last

    /// Both with their default parameters.
    public init() { self.init(First(), Last()) }

    /// `first`, then `last`.
    public init(_ first: First, _ last: Last) {
        self.first = first
        self.last = last
    }

    /// What both ask for. Sample weights are carried over to rows that are kept or repeated, and refused by resamplers that
    /// make up rows.
    public static var traits: EstimatorTraits {
        EstimatorTraits(
            allowsMissing: First.traits.allowsMissing && Last.traits.allowsMissing,
            requiresNonNegative: Last.traits.requiresNonNegative,
            usesWeights: First.traits.usesWeights && Last.traits.usesWeights)
    }

    /// The names of the steps from left to right, as parameters use them.
    public static var stepNames: [String] { flatStepNames }

    /// The parameters of every step, each called `step.parameter`.
    public static var parameters: [Parameter<ResamplingPipeline>] { flatParameters }
}

extension ResamplingPipeline: StepSequence {
    static var flatSteps: [PipelineStep<ResamplingPipeline>] {
        steps(of: First.self, at: \.first) + steps(of: Last.self, at: \.last)
    }
}

extension ResamplingPipeline: Classifier where Last: Classifier {
    /// Resamples the labelled rows and fits the last step on what comes out.
    ///
    /// - Throws: What a step throws; `ApusError` with code `invalidInput` for weights where rows are made up.
    public func fit(
        _ x: Matrix, _ y: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Last.Model {
        try validateParameters()
        try checkCancellation()
        try checkSampleWeights(weights, rows: x.rows)
        let rows = try first.fitResample(x, y)
        return try last.fit(rows.x, rows.y, weights: try weights.map(rows.carried), progress: progress)
    }
}

// MARK: Chains

extension Resampler {
    /// A pipeline of this and what is fitted on the rows it makes.
    public func then<Next: Estimator>(_ next: Next) -> ResamplingPipeline<Self, Next> { ResamplingPipeline(self, next) }
}

extension ResamplingPipeline where Last: Transformer {
    /// A pipeline of this and what comes after it.
    public func then<Next: Estimator>(_ next: Next) -> ResamplingPipeline<First, Pipeline<Last, Next>> {
        ResamplingPipeline<First, Pipeline<Last, Next>>(first, last.then(next))
    }
}

extension ResamplingPipeline where Last: Resampler {
    /// A pipeline of this and what comes after it.
    public func then<Next: Estimator>(_ next: Next) -> ResamplingPipeline<First, ResamplingPipeline<Last, Next>> {
        ResamplingPipeline<First, ResamplingPipeline<Last, Next>>(first, last.then(next))
    }
}

extension ResamplingPipeline {
    /// A pipeline of this, which ends in a transformer after another resampler, and what comes after it.
    public func then<Second: Resampler, Middle: Transformer, Next: Estimator>(
        _ next: Next
    ) -> ResamplingPipeline<First, ResamplingPipeline<Second, Pipeline<Middle, Next>>>
    where Last == ResamplingPipeline<Second, Middle> {
        ResamplingPipeline<First, ResamplingPipeline<Second, Pipeline<Middle, Next>>>(first, last.then(next))
    }
}

extension Pipeline where Last: Resampler {
    /// A pipeline of this and what comes after it.
    public func then<Next: Estimator>(_ next: Next) -> Pipeline<First, ResamplingPipeline<Last, Next>> {
        Pipeline<First, ResamplingPipeline<Last, Next>>(first, last.then(next))
    }
}

extension Pipeline {
    /// A pipeline of this, which ends in a transformer of resampled rows, and what comes after it.
    public func then<Sampling: Resampler, Middle: Transformer, Next: Estimator>(
        _ next: Next
    ) -> Pipeline<First, ResamplingPipeline<Sampling, Pipeline<Middle, Next>>>
    where Last == ResamplingPipeline<Sampling, Middle> {
        Pipeline<First, ResamplingPipeline<Sampling, Pipeline<Middle, Next>>>(first, last.then(next))
    }

    /// A pipeline of this, which ends in two resamplers, and what comes after it.
    public func then<Sampling: Resampler, Middle: Resampler, Next: Estimator>(
        _ next: Next
    ) -> Pipeline<First, ResamplingPipeline<Sampling, ResamplingPipeline<Middle, Next>>>
    where Last == ResamplingPipeline<Sampling, Middle> {
        Pipeline<First, ResamplingPipeline<Sampling, ResamplingPipeline<Middle, Next>>>(first, last.then(next))
    }
}
