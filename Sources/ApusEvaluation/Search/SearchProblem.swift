import ApusCore

/// What candidates are tried on: folds of some data, and a way to fit and score on one of them.
package struct SearchProblem: Sendable {
    /// A fold to fit and score on.
    package struct Fold: Sendable {
        /// Its place, from 0.
        package let place: Int
        /// The rows to train and to test on.
        package let split: Split
        /// Whether these are all rows of the fold and not a share of them.
        package let isWhole: Bool

        /// A fold.
        package init(place: Int, split: Split, isWhole: Bool) {
            self.place = place
            self.split = split
            self.isWhole = isWhole
        }
    }

    /// The names of the scores; the first decides.
    package var scores: [String]
    /// Number of rows.
    package var rows: Int
    /// Number of classes; nil for regression.
    package var classes: Int?
    /// The folds.
    package var splits: [Split]
    /// What the data, the model and the folds are, for journals: a name and a digest or description each.
    package var identity: [String: String]
    /// Throws unless some parameters are known and their values legal.
    package var check: @Sendable ([String: JSONValue]) throws -> Void
    /// Fits and scores parameters on a fold. An `ApusError` is a failure of that fold.
    package var evaluate: @Sendable ([String: JSONValue], Fold) throws -> (scores: [MetricValue], fitSeconds: Double)

    /// A problem from its parts.
    package init(
        scores: [String], rows: Int, classes: Int?, splits: [Split], identity: [String: String],
        check: @escaping @Sendable ([String: JSONValue]) throws -> Void,
        evaluate:
            @escaping @Sendable ([String: JSONValue], Fold) throws -> (
                scores: [MetricValue], fitSeconds: Double
            )
    ) {
        self.scores = scores
        self.rows = rows
        self.classes = classes
        self.splits = splits
        self.identity = identity
        self.check = check
        self.evaluate = evaluate
    }
}

extension Learner {
    /// What a search tries its candidates on: an estimator with its data.
    ///
    /// - Parameters:
    ///   - kind: The estimator as text, for journals.
    ///   - data: A digest of the data.
    ///   - learner: The learner with some parameters changed.
    func problem(
        _ options: SearchOptions, kind: String, data: String,
        _ learner: @escaping @Sendable ([String: JSONValue]) throws -> Learner<Model>
    ) throws -> SearchProblem {
        let scorers = try scorers(options.scoring)
        let splits = try splits(options.cv, groups: options.groups)
        return SearchProblem(
            scores: scorers.map(\.name), rows: rows, classes: labels.map { $0.compacted.classes.count },
            splits: splits, identity: ["data": data, "model": kind]
        ) {
            _ = try learner($0)
        } evaluate: { parameters, fold in
            let learner = try learner(parameters)
            let clock = ContinuousClock()
            let start = clock.now
            let model = try learner.fit(fold.split.train)
            let taken = seconds(clock.now - start)
            return (try learner.score(model, fold.split.test, scorers), taken)
        }
    }
}

extension Estimator {
    /// This estimator with some parameters changed.
    func changed(_ values: [String: JSONValue]) throws -> Self {
        var estimator = self
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            try Self.parameter(near: name).set(value, in: &estimator)
        }
        try estimator.validateParameters()
        return estimator
    }

    /// The parameter with a name in either spelling.
    ///
    /// - Throws: `ApusError` with code `invalidParameter`, suggesting the nearest name there is.
    private static func parameter(near name: String) throws -> Parameter<Self> {
        do {
            return try parameter(named: name)
        } catch let error as ApusError {
            guard let near = nearestName(to: name, among: parameters.flatMap { [$0.name, $0.pythonName] }) else {
                throw error
            }
            throw ApusError(.invalidParameter, "\(error.message) Did you mean \(near)?")
        }
    }

    /// The estimator and its parameters as text that changes whenever they do; of a pipeline also the kinds of its steps,
    /// for a step may have no parameters.
    package var identity: String {
        let kind = "\(Self.self)"
        return "\(Self.catalogName) \(kind.contains("<") ? kind + " " : "")\(JSONValue.object(parameterValues).summary)"
    }
}
