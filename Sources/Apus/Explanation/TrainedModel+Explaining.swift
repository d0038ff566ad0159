import ApusCore
import ApusFrame
import ApusLearn
import ApusTrust

extension TrainedModel {
    /// The most rows of a background that methods for any model compare with, and the most columns they take in all
    /// coalitions.
    private static let (mostBackground, mostExact) = (50, 8)

    /// What each column of a table adds to the predictions for its rows.
    ///
    /// Contributions are those of the columns that the model was trained on: what a preparation made of one column is added
    /// up again. Words of a text, and what a preparation made of several columns, stand for themselves where trees and linear
    /// models are explained; other methods ask about whole columns. Contributions explain probabilities, log-odds, scores or
    /// numbers, as the explanation's `unit` says, one output for each class or one in all; base + contributions = output.
    ///
    /// - Parameters:
    ///   - frame: A table with the columns the model was trained on, in any order.
    ///   - method: How; default `.shap`, the best that there is for the model.
    ///   - background: Rows that stand for what is not known; default nil: the training rows that the model keeps.
    ///   - options: What methods can be told.
    ///   - seed: The seed of what is drawn at random.
    /// - Throws: `ApusError`, naming the column that is missing or the value that cannot be used; with code `unavailable`
    ///   when the model keeps no training rows and the method needs some, or the method is not for the model.
    public func explain(
        _ frame: DataFrame, method: ExplanationMethod = .shap, background: DataFrame? = nil,
        options: ExplanationOptions = ExplanationOptions(), seed: UInt32 = 0
    ) throws -> Explanation {
        let model: any FittedModel
        switch predictor {
        case .classifier(let classifier): model = classifier
        case .regressor(let regressor): model = regressor
        }
        try options.check(for: method, isLinear: model is any LinearOutputModel, isTree: model is any TreeBasedModel)
        let explanation: Explanation
        switch (method, model) {
        case (.shap, let trees as any TreeBasedModel):
            explanation = try gathered(TreeExplainer(trees).explain(encoder.encode(frame)))
        case (.interventional, let trees as any TreeBasedModel):
            let rows = try backgroundRows(background, most: TrainingSample.mostRows, seed: seed)
            explanation = try gathered(TreeExplainer(trees, background: rows).explain(encoder.encode(frame)))
        case (.shap, let linear as any LinearOutputModel):
            let rows = try backgroundRows(background, most: .max, seed: seed)
            explanation = try gathered(
                LinearExplainer(
                    linear, background: rows,
                    dependence: options.followsCorrelations ? .correlated(seed: seed) : .independent
                ).explain(encoder.encode(frame)))
        case (.interventional, _):
            throw ApusError(
                .unavailable,
                "\(catalogName) is not made of trees, which the method interventional is for; use shap, permutation or "
                    + "kernel.")
        default:
            explanation = try explainByAnswers(frame, method, background, options, seed)
        }
        return explanation.outputNames == ["prediction"]
            ? try explanation.renamed(outputs: [target]) : explanation
    }

    /// What each column adds to the predictions for rows of cells in the order of `encoder.inputColumns`.
    public func explain(
        rows: [[Cell]], method: ExplanationMethod = .shap, background: DataFrame? = nil,
        options: ExplanationOptions = ExplanationOptions(), seed: UInt32 = 0
    ) throws -> Explanation {
        // The preparation says what is wrong with a cell.
        _ = try encoder.prepare(rows: rows)
        return try explain(
            InputSpace(self).frame(cells: rows), method: method, background: background, options: options, seed: seed)
    }

    /// Whether trees or weights tell the contributions, so that the model need not be asked about coalitions of columns.
    var isExplainedFast: Bool {
        switch predictor {
        case .classifier(let model): model is any TreeBasedModel || model is any LinearOutputModel
        case .regressor(let model): model is any TreeBasedModel || model is any LinearOutputModel
        }
    }

    private func explainByAnswers(
        _ frame: DataFrame, _ method: ExplanationMethod, _ background: DataFrame?, _ options: ExplanationOptions,
        _ seed: UInt32
    ) throws -> Explanation {
        let others = try backgroundPart(background, most: Self.mostBackground, seed: seed)
        let sources = FeatureSources(encoder)
        if sources.isWhole, !encoder.isSparse {
            return try explainByAnswers(
                encoder.encode(frame), Background(encoder.encode(others)), answers(), sources.groups, sources.names,
                method, options, seed)
        }
        // Where features mix columns, or are the words of a text, columns are asked about before they are prepared.
        let space = InputSpace(self, [others, frame])
        return try explainByAnswers(
            space.matrix(frame), Background(space.matrix(others)), space.answers(), nil, space.names, method, options,
            seed)
    }

    private func explainByAnswers(
        _ x: Matrix, _ rows: Background, _ function: ModelFunction, _ groups: [[Int]]?, _ names: [String],
        _ method: ExplanationMethod, _ options: ExplanationOptions, _ seed: UInt32
    ) throws -> Explanation {
        switch method {
        case .kernel:
            return try KernelExplainer(
                function, background: rows, groups: groups, featureNames: names, seed: seed, link: options.link,
                selection: options.selection
            ).explain(x)
        case .exact:
            return try ExactExplainer(function, background: rows, groups: groups, featureNames: names).explain(x)
        case .shap where names.count <= Self.mostExact:
            return try ExactExplainer(function, background: rows, groups: groups, featureNames: names).explain(x)
        default:
            return try PermutationExplainer(
                function, background: rows, groups: groups, featureNames: names,
                maxEvaluations: max(500, 4 * (2 * names.count + 1)), seed: seed
            ).explain(x)
        }
    }

    /// What the model answers to encoded rows: probabilities, decision values or numbers.
    func answers() throws -> ModelFunction {
        switch predictor {
        case .classifier(let classifier): try ModelFunction(classifier)
        case .regressor(let regressor): ModelFunction(regressor)
        }
    }

    private func gathered(_ explanation: Explanation) throws -> Explanation {
        let sources = FeatureSources(encoder)
        return try explanation.gathered(into: sources.names, source: sources.source)
    }

    /// The background: the rows that were given or those the model keeps, encoded; some of them where there are more than
    /// `most`.
    func backgroundRows(_ background: DataFrame?, most: Int, seed: UInt32) throws -> Matrix {
        try encoder.encode(backgroundPart(background, most: most, seed: seed))
    }

    /// The rows that were given or those the model keeps; some of them where there are more than `most`.
    private func backgroundPart(_ background: DataFrame?, most: Int, seed: UInt32) throws -> DataFrame {
        let rows = try backgroundFrame(background)
        guard rows.rowCount > most else { return rows }
        var random = RandomState(seed: seed)
        return try rows.selecting(rows: random.permutation(rows.rowCount).prefix(most).sorted())
    }

    /// The rows that were given, or those the model keeps.
    func backgroundFrame(_ background: DataFrame?) throws -> DataFrame {
        if let background {
            guard background.rowCount > 0 else {
                throw ApusError(.invalidInput, "The background has no rows; give at least one.")
            }
            return background
        }
        guard let sample = summary.sample, sample.rowCount > 0 else {
            throw ApusError(
                .unavailable,
                "The model keeps no training rows to compare with; give a background (in the command: "
                    + "`--background DATA`), or train it again with `--sample-rows 100`.")
        }
        return try sample.frame()
    }
}
