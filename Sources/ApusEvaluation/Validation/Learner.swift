import ApusCore

/// An estimator together with its data: what validation and search fit on some rows and score on others.
struct Learner<Model: FittedModel>: Sendable {
    /// Number of rows.
    let rows: Int
    /// The class of each row; nil for regression.
    let labels: Labels?
    /// The group of each row; nil where scores do not compare groups.
    var sensitive: Labels?
    /// Fits on some rows.
    let fit: @Sendable (_ rows: [Int]) throws -> Model
    /// Scores a model on some rows.
    let score: @Sendable (_ model: Model, _ rows: [Int], _ scorers: [Scorer]) throws -> [MetricValue]
}

extension Learner {
    /// A classifier with its data.
    static func classifier<Kind: Classifier>(
        _ estimator: Kind, _ x: Matrix, _ y: Labels, weights: [Double]?, sensitive: Labels? = nil
    ) throws -> Learner where Kind.Model == Model {
        try estimator.validateParameters()
        try y.check(rows: x.rows)
        try checkSampleWeights(weights, rows: x.rows)
        try checkGroups(sensitive, rows: x.rows)
        return Learner(rows: x.rows, labels: y, sensitive: sensitive) { rows in
            try estimator.fit(
                x.selecting(rows: rows), y.selecting(rows: rows), weights: weights.map { w in rows.map { w[$0] } },
                progress: nil)
        } score: { model, rows, scorers in
            let answers = try Answers(model, x.selecting(rows: rows), scorers)
            let truth = y.selecting(rows: rows)
            let chosen = weights.map { w in rows.map { w[$0] } }
            let groups = sensitive?.selecting(rows: rows)
            return try scorers.map { try answers.score($0, truth, model.classes, chosen, groups) }
        }
    }

    /// A regressor with its data.
    static func regressor<Kind: Regressor>(
        _ estimator: Kind, _ x: Matrix, _ y: [Double], weights: [Double]?, sensitive: Labels? = nil
    ) throws -> Learner where Kind.Model == Model {
        try estimator.validateParameters()
        try checkTargets(y, rows: x.rows)
        try checkSampleWeights(weights, rows: x.rows)
        try checkGroups(sensitive, rows: x.rows)
        return Learner(rows: x.rows, labels: nil, sensitive: sensitive) { rows in
            try estimator.fit(
                x.selecting(rows: rows), rows.map { y[$0] }, weights: weights.map { w in rows.map { w[$0] } },
                progress: nil)
        } score: { model, rows, scorers in
            let prediction = try model.predict(x.selecting(rows: rows))
            let truth = rows.map { y[$0] }
            let chosen = weights.map { w in rows.map { w[$0] } }
            let groups = sensitive?.selecting(rows: rows)
            return try scorers.map { try $0.score(truth, prediction, weights: chosen, sensitive: groups) }
        }
    }
}

/// All that the scorers need to know of a classifier's answers, computed once.
private struct Answers {
    let prediction: Labels
    let probabilities: Matrix?
    let decisions: [Double]?

    init(_ model: some ClassifierModel, _ x: Matrix, _ scorers: [Scorer]) throws {
        let needsMore = scorers.contains(where: \.needsProbabilities)
        if needsMore, model.givesProbabilities {
            let both = try model.predictWithProbabilities(x)
            (prediction, probabilities, decisions) = (both.labels, both.probabilities, nil)
            return
        }
        prediction = try model.predict(x)
        probabilities = nil
        guard needsMore, model.classes.count == 2, let deciding = model as? any DecisionModel else {
            decisions = nil
            return
        }
        decisions = try deciding.decisionFunction(x).column(0)
    }

    func score(
        _ scorer: Scorer, _ truth: Labels, _ classes: Labels.Classes, _ weights: [Double]?, _ sensitive: Labels?
    ) throws -> MetricValue {
        try scorer.score(
            truth, prediction, probabilities: probabilities, decisions: decisions, classes: classes, weights: weights,
            sensitive: sensitive)
    }
}

/// Throws unless `groups` (where given) are one for each row.
private func checkGroups(_ groups: Labels?, rows: Int) throws {
    guard let groups, groups.count != rows else { return }
    throw ApusError(
        .shapeMismatch, "There are \(groups.count) groups to compare for \(rows) rows; give one for each row.")
}
