#if ONNX
import ApusCore
import ApusLearn
import ApusTrust

extension ThresholdClassifierModel: GraphClassifier {
    func answers(_ x: GraphValue, in graph: inout Graph) throws -> ClassifierAnswers {
        var answers = try estimator.written().answers(x, in: &graph)
        guard let own = source == .predictProba ? answers.probabilities : answers.scores else {
            throw Refusal.model(Self.catalogName)
        }
        var score = own
        if source == .predictProba {
            score = graph.columns([positive], of: own)
        } else if positive == 0 {
            score = graph.node("Neg", [own])
        }
        let isPositive = graph.node("GreaterOrEqual", [score, graph.constant(threshold)])
        answers.codes = graph.code(positive == 1 ? isPositive : graph.node("Not", [isPositive]))
        return answers
    }
}

extension CalibratedClassifierModel: GraphClassifier {
    func answers(_ x: GraphValue, in graph: inout Graph) throws -> ClassifierAnswers {
        var codes: GraphValue?
        var total: GraphValue?
        for member in members {
            let own = try member.model.written().answers(x, in: &graph)
            let table = try probabilities(of: own, member, in: &graph)
            codes = codes ?? own.codes
            total = total.map { graph.add($0, table) } ?? table
        }
        guard let codes, let total else { throw Refusal.model(Self.catalogName) }
        let means = graph.divide(total, graph.constant(Double(members.count)))
        return ClassifierAnswers(codes: keepsDecisions ? codes : graph.greatest(means), probabilities: means)
    }

    private func probabilities(
        of answers: ClassifierAnswers, _ member: Member, in graph: inout Graph
    ) throws -> GraphValue {
        // What calibration works on: decision values where there are some, otherwise probabilities.
        let isDeciding = member.model is any DecisionModel
        guard let held = isDeciding ? answers.scores : answers.probabilities else {
            throw Refusal.model(Base.catalogName)
        }
        if case .temperature(let beta) = member.calibrators[0] {
            var logits = held
            if !isDeciding {
                let shares = classes.count == 2 ? graph.bothClasses(graph.columns([1], of: held)) : held
                logits = graph.node("Log", [graph.add(shares, graph.constant(1e-12))])
            } else if classes.count == 2 {
                logits = graph.sideBySide([graph.node("Neg", [held]), held])
            }
            return graph.softmax(graph.multiply(graph.constant(beta), logits))
        }
        if classes.count == 2 {
            let score = isDeciding ? held : graph.columns([1], of: held)
            return graph.bothClasses(member.calibrators[0].probabilities(score, in: &graph))
        }
        let columns = member.calibrators.enumerated().map { place, calibrator in
            calibrator.probabilities(graph.columns([place], of: held), in: &graph)
        }
        let table = graph.sideBySide(columns)
        let sum = graph.sum(table, axis: 1)
        let isNothing = graph.node("Equal", [sum, graph.constant(0.0)])
        return graph.choose(
            isNothing, graph.constant(1 / Double(classes.count)), else: graph.divide(table, sum))
    }
}

extension ScoreCalibrator {
    /// Adds the probability that each score of a column stands for.
    fileprivate func probabilities(_ scores: GraphValue, in graph: inout Graph) -> GraphValue {
        switch self {
        case .temperature: return scores
        case .sigmoid(let slope, let intercept):
            let scaled = graph.multiply(graph.constant(-slope), scores)
            return graph.logistic(graph.subtract(scaled, graph.constant(intercept)))
        case .isotonic(let x, let y):
            // How many places are at most the score: the first half of a line's two ends.
            let isReached = graph.node("GreaterOrEqual", [scores, graph.row(x)])
            let reached = graph.sum(graph.cast(isReached, .int64), axis: 1)
            // The line before the first place and behind the last is level.
            let inner = x.indices.dropFirst().map { (y[$0] - y[$0 - 1]) / (x[$0] - x[$0 - 1]) }
            let slopes = [0] + inner + [0]
            func lookUp(_ values: [Double]) -> GraphValue {
                graph.node("Gather", [graph.constant(Onnx_TensorProto(values, shape: [values.count])), reached])
            }
            let distance = graph.subtract(scores, lookUp([x[0]] + x))
            return graph.add(graph.multiply(lookUp(slopes), distance), lookUp([y[0]] + y))
        }
    }
}

extension PipelineModel: GraphClassifier where Last: ClassifierModel {
    func answers(_ x: GraphValue, in graph: inout Graph) throws -> ClassifierAnswers {
        try last.written().answers(first.written().rows(x, in: &graph), in: &graph)
    }
}

extension PipelineModel: GraphRegressor where Last: RegressorModel {
    func numbers(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue {
        try last.written().numbers(first.written().rows(x, in: &graph), in: &graph)
    }
}

extension PipelineModel: GraphTransformer where Last: TransformerModel {
    func rows(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue {
        try last.written().rows(first.written().rows(x, in: &graph), in: &graph)
    }
}
#endif
