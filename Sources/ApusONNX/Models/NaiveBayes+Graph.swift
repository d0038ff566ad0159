#if ONNX
import ApusCore
import ApusLearn
import Foundation

extension NaiveBayesModel {
    /// The most probable class and the probabilities of all from `log P(class) + log P(row | class)`.
    func answers(_ joint: GraphValue, _ graph: inout Graph) -> ClassifierAnswers {
        // exp(joint - log Σ exp(joint)), the greatest taken out of the sum: large logarithms round as they do in the model.
        let most = graph.maximum(joint)
        let isMost = graph.node("Equal", [joint, most])
        let count = graph.sum(graph.numbers(isMost), axis: 1)
        let powers = graph.exp(graph.subtract(joint, most))
        let rest = graph.sum(graph.choose(isMost, graph.constant(0.0), else: powers), axis: 1)
        let more = graph.node("Log", [graph.add(graph.constant(1.0), graph.divide(rest, count))])
        let total = graph.add(graph.add(more, graph.node("Log", [count])), most)
        return ClassifierAnswers(
            codes: graph.greatest(joint), probabilities: graph.exp(graph.subtract(joint, total)))
    }

    /// The answers of a weighted sum of the features for each class.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` where a weight is not finite: 0 times it would be undefined.
    func answers(
        _ x: GraphValue, _ weights: Matrix, _ offsets: [Double], _ graph: inout Graph
    ) throws -> ClassifierAnswers {
        guard FiniteKernel.allFinite(weights.values), !offsets.contains(where: \.isNaN) else {
            throw Refusal.part(
                "a \(Self.catalogName) without smoothing", "set alpha above 0 and train the model again")
        }
        return answers(graph.linear(x, weights, offsets), &graph)
    }
}

extension GaussianNB.Model: GraphClassifier {
    func answers(_ x: GraphValue, in graph: inout Graph) throws -> ClassifierAnswers {
        let (k, d) = (classes.count, featureCount)
        // A class without rows is impossible, wherever its gaussians would lie.
        let usable = variances.values.enumerated().map { classWeights[$0 / d] > 0 ? $1 : 1 }
        let priors = (0..<k).map { classWeights[$0] > 0 ? log(classPriors[$0]) : -.infinity }
        let constants = (0..<k).map { row in
            -0.5 * usable[row * d..<(row + 1) * d].reduce(0) { $0 + log(2 * Double.pi * $1) }
        }
        let rows = graph.reshape(x, [-1, 1, d])
        let distance = graph.subtract(rows, graph.constant(Onnx_TensorProto(means.values, shape: [1, k, d])))
        let scaled = graph.divide(
            graph.multiply(distance, distance), graph.constant(Onnx_TensorProto(usable, shape: [1, k, d])))
        let sums = graph.sum(scaled, axis: 2, keepsAxis: false)
        let halved = graph.multiply(graph.constant(-0.5), sums)
        return answers(graph.add(graph.row(priors), graph.add(graph.row(constants), halved)), &graph)
    }
}

extension MultinomialNB.Model: GraphClassifier {
    func answers(_ x: GraphValue, in graph: inout Graph) throws -> ClassifierAnswers {
        try answers(x, featureLogProbabilities, classLogPriors, &graph)
    }
}

extension ComplementNB.Model: GraphClassifier {
    func answers(_ x: GraphValue, in graph: inout Graph) throws -> ClassifierAnswers {
        let offsets = classes.count == 1 ? classLogPriors : [Double](repeating: 0, count: classes.count)
        return try answers(x, featureWeights, offsets, &graph)
    }
}

extension BernoulliNB.Model: GraphClassifier {
    func answers(_ x: GraphValue, in graph: inout Graph) throws -> ClassifierAnswers {
        let marks = binarize.map { graph.numbers(graph.isGreater(x, than: graph.constant($0))) } ?? x
        let changes = Matrix(rows: classes.count, columns: featureCount) { out in
            for k in out.indices { out[k] = featureLogProbabilities.values[k] - absentLogProbabilities.values[k] }
        }
        let offsets = classLogPriors.indices.map { classLogPriors[$0] + absentLogProbabilities.row($0).reduce(0, +) }
        return try answers(marks, changes, offsets, &graph)
    }
}
#endif
