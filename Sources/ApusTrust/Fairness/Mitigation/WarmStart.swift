import ApusCore
import ApusLearn

/// A classifier that can begin with a model that is near the solution, and ends at the same optimum sooner.
protocol WarmStartingClassifier: Classifier {
    func fit(
        _ x: Matrix, _ y: Labels, weights: [Double]?, from start: Model?, progress: ProgressHandler?
    ) throws -> Model
}

extension LogisticRegression: WarmStartingClassifier {}

extension Classifier {
    /// Fits, beginning with a model where the classifier can.
    func fit(_ x: Matrix, _ y: Labels, weights: [Double]?, near start: Model?) throws -> Model {
        func warm<Kind: WarmStartingClassifier>(_ kind: Kind) throws -> Model? {
            try kind.fit(x, y, weights: weights, from: start as? Kind.Model, progress: nil) as? Model
        }
        if let kind = self as? any WarmStartingClassifier, let model = try warm(kind) { return model }
        return try fit(x, y, weights: weights, progress: nil)
    }
}
