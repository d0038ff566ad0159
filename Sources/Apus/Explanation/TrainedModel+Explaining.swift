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
    /// Contributions are those of the columns that the model was trained on: what an encoding made of one column is added
    /// up again. They explain probabilities, log-odds, scores or numbers, as the explanation's `unit` says, one output for
    /// each class or one in all; base + contributions = output.
    ///
    /// - Parameters:
    ///   - frame: A table with the columns the model was trained on, in any order.
    ///   - method: How; default `.shap`, the best that there is for the model.
    ///   - background: Rows that stand for what is not known; default nil: the training rows that the model keeps.
    ///   - seed: The seed of what is drawn at random.
    /// - Throws: `ApusError`, naming the column that is missing or the value that cannot be used; with code `unavailable`
    ///   when the model keeps no training rows and the method needs some, or the method is not for the model.
    public func explain(
        _ frame: DataFrame, method: ExplanationMethod = .shap, background: DataFrame? = nil, seed: UInt32 = 0
    ) throws -> Explanation {
        try explain(encoder.encode(frame), method: method, background: background, seed: seed)
    }

    /// What each column adds to the predictions for rows of cells in the order of `encoder.inputColumns`.
    public func explain(
        rows: [[Cell]], method: ExplanationMethod = .shap, background: DataFrame? = nil, seed: UInt32 = 0
    ) throws -> Explanation {
        try explain(encoder.encode(rows: rows), method: method, background: background, seed: seed)
    }

    private func explain(
        _ x: Matrix, method: ExplanationMethod, background: DataFrame?, seed: UInt32
    ) throws -> Explanation {
        let model: any FittedModel
        switch predictor {
        case .classifier(let classifier): model = classifier
        case .regressor(let regressor): model = regressor
        }
        let explanation: Explanation
        switch (method, model) {
        case (.shap, let trees as any TreeBasedModel):
            explanation = try gathered(TreeExplainer(trees).explain(x))
        case (.interventional, let trees as any TreeBasedModel):
            let rows = try backgroundRows(background, most: TrainingSample.mostRows, seed: seed)
            explanation = try gathered(TreeExplainer(trees, background: rows).explain(x))
        case (.shap, let linear as any LinearOutputModel):
            let rows = try backgroundRows(background, most: .max, seed: seed)
            explanation = try gathered(LinearExplainer(linear, background: rows).explain(x))
        case (.interventional, _):
            throw ApusError(
                .unavailable,
                "\(catalogName) is not made of trees, which the method interventional is for; use shap, permutation or "
                    + "kernel.")
        default:
            explanation = try explainByAnswers(x, method, background, seed)
        }
        return explanation.outputNames == ["prediction"]
            ? try explanation.renamed(outputs: [target]) : explanation
    }

    private func explainByAnswers(
        _ x: Matrix, _ method: ExplanationMethod, _ background: DataFrame?, _ seed: UInt32
    ) throws -> Explanation {
        let rows = try Background(backgroundRows(background, most: Self.mostBackground, seed: seed))
        let function = try answers()
        let columns = sourceColumns
        let groups = columns.names.indices.map { place in
            columns.source.indices.filter { columns.source[$0] == place }
        }
        switch method {
        case .kernel:
            return try KernelExplainer(
                function, background: rows, groups: groups, featureNames: columns.names, seed: seed
            ).explain(x)
        case .exact:
            return try ExactExplainer(function, background: rows, groups: groups, featureNames: columns.names)
                .explain(x)
        case .shap where groups.count <= Self.mostExact:
            return try ExactExplainer(function, background: rows, groups: groups, featureNames: columns.names)
                .explain(x)
        default:
            return try PermutationExplainer(
                function, background: rows, groups: groups, featureNames: columns.names,
                maxEvaluations: max(500, 4 * (2 * groups.count + 1)), seed: seed
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

    /// The columns that the model was trained on, and for each feature the place of the one it comes from. Where features do
    /// not follow the columns, as words of a text do not, they stand for themselves.
    var sourceColumns: (names: [String], source: [Int]) {
        let columns = encoder.inputColumns
        let source = columns.enumerated().flatMap { place, column in
            [Int](
                repeating: place,
                count: column.schema.type.isNumeric ? 1 : column.levels.count + (column.hasMissingLevel ? 1 : 0))
        }
        let names = columns.map(\.schema.name)
        let features = encoder.featureNames
        let follows =
            source.count == features.count
            && zip(features, source).allSatisfy { $0 == names[$1] || $0.hasPrefix("\(names[$1])_") }
        return follows ? (names, source) : (features, Array(features.indices))
    }

    private func gathered(_ explanation: Explanation) throws -> Explanation {
        let columns = sourceColumns
        return try explanation.gathered(into: columns.names, source: columns.source)
    }

    /// The background: the rows that were given or those the model keeps, encoded; some of them where there are more than
    /// `most`.
    func backgroundRows(_ background: DataFrame?, most: Int, seed: UInt32) throws -> Matrix {
        var rows = try backgroundFrame(background)
        if rows.rowCount > most {
            var random = RandomState(seed: seed)
            rows = try rows.selecting(rows: random.permutation(rows.rowCount).prefix(most).sorted())
        }
        return try encoder.encode(rows)
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
