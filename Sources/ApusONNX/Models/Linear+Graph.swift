#if ONNX
import ApusCore
import ApusLearn

extension Graph {
    /// The classes that scores stand for: the side of 0 for a single one, otherwise the greatest.
    mutating func codes(ofScores scores: GraphValue, width: Int) -> GraphValue {
        width == 1 ? code(isGreater(scores, than: constant(0.0))) : greatest(scores)
    }

    /// The probabilities that scores stand for: the logistic curve for a single one, otherwise softmax.
    mutating func probabilities(ofScores scores: GraphValue, width: Int) -> GraphValue {
        width == 1 ? bothClasses(logistic(scores)) : softmax(scores)
    }

    /// The class with the greatest weighted sum of the features.
    mutating func linearAnswers(_ x: GraphValue, _ weights: Matrix, _ offsets: [Double]) -> ClassifierAnswers {
        let scores = linear(x, weights, offsets)
        return ClassifierAnswers(
            codes: codes(ofScores: scores, width: offsets.count), scores: scores, scoreWidth: offsets.count)
    }
}

extension LogisticRegression.Model: GraphClassifier {
    func answers(_ x: GraphValue, in graph: inout Graph) throws -> ClassifierAnswers {
        var answers = graph.linearAnswers(x, coefficients, intercepts)
        answers.probabilities = answers.scores.map { graph.probabilities(ofScores: $0, width: intercepts.count) }
        return answers
    }
}

extension RidgeClassifier.Model: GraphClassifier {
    func answers(_ x: GraphValue, in graph: inout Graph) throws -> ClassifierAnswers {
        graph.linearAnswers(x, coefficients, intercepts)
    }
}

extension LinearSVC.Model: GraphClassifier {
    func answers(_ x: GraphValue, in graph: inout Graph) throws -> ClassifierAnswers {
        graph.linearAnswers(x, coefficients, intercepts)
    }
}

/// A weighted sum of features plus an intercept.
protocol LinearGraphRegressor: GraphRegressor {
    var coefficients: [Double] { get }
    var intercept: Double { get }
}

extension LinearGraphRegressor {
    func numbers(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue {
        graph.linear(x, Matrix(rows: 1, columns: coefficients.count, values: coefficients), [intercept])
    }
}

extension LinearRegression.Model: LinearGraphRegressor {}
extension Ridge.Model: LinearGraphRegressor {}
extension Lasso.Model: LinearGraphRegressor {}
extension ElasticNet.Model: LinearGraphRegressor {}
extension LinearSVR.Model: LinearGraphRegressor {}
#endif
