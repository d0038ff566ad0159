import ApusCore
import ApusEvaluation
import ApusFrame
import ApusTrust

extension TrainedModel {
    /// Local linear models around the rows of a table (LIME), in terms of the columns the model was trained on.
    ///
    /// - Parameters:
    ///   - frame: A table with the columns the model was trained on.
    ///   - output: The class that is explained; default nil: the second of two, else the most probable of each row.
    ///   - features: How many columns a local model has at most.
    ///   - samples: How many samples are drawn around each row.
    ///   - background: Rows that say what values are like; default nil: the training rows that the model keeps.
    ///   - seed: The seed of the samples.
    /// - Throws: `ApusError`, as `explain`.
    public func explainLocally(
        _ frame: DataFrame, output: String? = nil, features: Int = 10, samples: Int = 5000,
        background: DataFrame? = nil, seed: UInt32 = 0
    ) throws -> [LocalExplanation] {
        let (explainer, space) = try lime(background, frame, seed: seed)
        let function = try space.answers()
        return try explainer.explain(
            space.complete(space.matrix(frame)), function, output: place(of: output, in: function), features: features,
            samples: samples)
    }

    /// How much the local model of a row depends on the draw, over five seeds.
    ///
    /// - Parameters:
    ///   - frame: A table; its first row is explained.
    ///   - output: The class that is explained, as for `explainLocally`.
    ///   - features: How many columns a local model has at most.
    ///   - samples: How many samples are drawn for each seed.
    ///   - background: Rows that say what values are like, as for `explainLocally`.
    /// - Throws: As `explainLocally`.
    public func localStability(
        _ frame: DataFrame, output: String? = nil, features: Int = 10, samples: Int = 5000,
        background: DataFrame? = nil
    ) throws -> LimeTabularExplainer.Stability {
        let (explainer, space) = try lime(background, frame, seed: 0)
        let function = try space.answers()
        let rows = space.complete(try space.matrix(frame.head(1)))
        guard rows.rows == 1 else { throw ApusError(.invalidInput, "The table has no rows to explain.") }
        return try explainer.stability(
            rows.row(0), function, output: place(of: output, in: function), features: features, samples: samples)
    }

    private func lime(
        _ background: DataFrame?, _ frame: DataFrame, seed: UInt32
    ) throws -> (LimeTabularExplainer, InputSpace) {
        let others = try backgroundFrame(background)
        let space = InputSpace(self, [others, frame])
        let known = space.complete(try space.matrix(others))
        let names = Dictionary(
            uniqueKeysWithValues: space.categorical.map { ($0, space.columns[$0].levels + ["missing"]) })
        return (
            try LimeTabularExplainer(
                training: known, categorical: space.categorical, categoryNames: names, featureNames: space.names,
                seed: seed), space
        )
    }

    /// The place of an output by its name.
    func place(of output: String?, in function: ModelFunction) throws -> Int? {
        guard let output else { return nil }
        if let place = function.outputNames.firstIndex(of: output) { return place }
        throw ApusError(
            .unknownName,
            "The model has no class \(output)\(suggestion(for: output, among: function.outputNames)); its outputs are "
                + "\(function.outputNames.joined(separator: ", ")).")
    }

    /// How much the model's score falls when a column of a table is shuffled.
    ///
    /// - Parameters:
    ///   - frame: A table with the columns the model was trained on and the target.
    ///   - scoring: The score by its name; default nil for the accuracy, or R² for numbers.
    ///   - repeats: How often each column is shuffled.
    ///   - seed: The seed of the shuffles.
    /// - Throws: `ApusError` when the target or a column is missing, or the score is not for the model.
    public func permutationImportance(
        _ frame: DataFrame, scoring: String? = nil, repeats: Int = 5, seed: UInt32 = 0
    ) throws -> PermutationImportance {
        guard frame.containsColumn(target) else {
            throw ApusError(
                .invalidSchema,
                "The table has no column \(target) to score the model by; add it, or use another method.")
        }
        let truth = try Truth(of: self, in: frame)
        let scorer = try Scorer.named(scoring ?? (task == .classification ? "accuracy" : "r2"))
        let sources = FeatureSources(encoder)
        // Columns that are taken apart, or mixed with others, are shuffled before they are prepared.
        let isDirect = sources.isWhole && !encoder.isSparse
        let space = InputSpace(self, [frame])
        return try PermutationImportance(
            of: isDirect ? encoder.encode(frame) : space.matrix(frame), repeats: repeats, seed: seed,
            groups: isDirect ? sources.groups : nil, featureNames: isDirect ? sources.names : space.names
        ) { x in
            let rows = isDirect ? .dense(x) : try encoder.prepare(space.frame(x))
            let prediction = try predict(rows, probabilities: scorer.needsProbabilities && givesProbabilities)
            switch (truth, prediction.values) {
            case (.labels(let known), .labels(let labels)):
                return try scorer.score(
                    known, labels, probabilities: prediction.probabilities, classes: classes
                ).get()
            case (.numbers(let known), .numbers(let numbers)): return try scorer.score(known, numbers).get()
            default: throw ApusError(.invalidInput, "The target is of another kind than the model predicts.")
            }
        }
    }

    /// What the model answers on average when a column is set to each of some values, and for each row.
    ///
    /// - Parameters:
    ///   - column: The column.
    ///   - frame: The rows that it is set in.
    ///   - gridResolution: How many values of a number are tried at most.
    /// - Throws: `ApusError` with code `unknownName` for the column, or as `predict`.
    public func partialDependence(
        on column: String, _ frame: DataFrame, gridResolution: Int = 40
    ) throws -> PartialDependence {
        let space = InputSpace(self, [frame])
        let place = try space.place(of: column)
        return try PartialDependence(
            of: space.answers(), space.matrix(frame), feature: place, featureName: column,
            gridResolution: gridResolution, isCategorical: space.categorical.contains(place))
    }

    /// How the model's answers change with a numeric column, from steps between neighbouring values.
    ///
    /// - Parameters:
    ///   - column: The column.
    ///   - frame: The rows.
    ///   - intervals: How many intervals there are at most.
    /// - Throws: `ApusError` with code `unknownName` or `invalidInput` for the column, or as `predict`.
    public func accumulatedLocalEffects(
        of column: String, _ frame: DataFrame, intervals: Int = 20
    ) throws -> AccumulatedLocalEffects {
        let space = InputSpace(self, [frame])
        let place = try space.place(of: column)
        guard !space.categorical.contains(place) else {
            throw ApusError(
                .invalidInput,
                "\(column) holds categories, which have no order to go along; use the partial dependence.")
        }
        return try AccumulatedLocalEffects(
            of: space.answers(), space.matrix(frame), feature: place, featureName: column, intervals: intervals)
    }
}
