import ApusCore
import ApusFrame

extension TrainedModel.Predictor {
    /// The classes it can answer, or nil for a regressor.
    private var classes: Labels.Classes? {
        guard case .classifier(let model) = self else { return nil }
        return model.classes
    }

    /// Predicts rows.
    func predict(_ x: Matrix, probabilities: Bool) throws -> Prediction {
        switch self {
        case .classifier(let model):
            guard probabilities else { return Prediction(.labels(try model.predict(x))) }
            let both = try model.predictWithProbabilities(x)
            return Prediction(.labels(both.labels), probabilities: both.probabilities)
        case .regressor(let model): return Prediction(.numbers(try model.predict(x)))
        }
    }

    /// Predicts prepared rows, sparse ones as such where the model can.
    func predict(_ x: PreparedRows, probabilities: Bool) throws -> Prediction {
        switch (x, self) {
        case (.dense(let matrix), _): return try predict(matrix, probabilities: probabilities)
        case (.sparse(let matrix), .classifier(let model as any SparseClassifierModel)):
            return Prediction(
                .labels(try model.predict(matrix)), probabilities: probabilities ? try model.predictProba(matrix) : nil)
        case (.sparse(let matrix), .regressor(let model as any SparseRegressorModel)):
            return Prediction(.numbers(try model.predict(matrix)))
        case (.sparse(let matrix), _):
            return try Prediction.joined(
                blocks(of: matrix).map { try predict($0, probabilities: probabilities) }, classes: classes)
        }
    }

    /// Predicts rows with all that scores can use: probabilities where the model gives them, otherwise the decision
    /// values of two classes.
    func predictForScores(_ x: PreparedRows) throws -> Prediction {
        guard case .classifier(let model) = self else { return try predict(x, probabilities: false) }
        if model.givesProbabilities { return try predict(x, probabilities: true) }
        guard let deciding = model as? any DecisionModel, model.classes.count == 2 else {
            return try predict(x, probabilities: false)
        }
        func decided(_ x: Matrix) throws -> Prediction {
            Prediction(.labels(try model.predict(x)), decisions: try deciding.decisionFunction(x).column(0))
        }
        switch x {
        case .dense(let matrix): return try decided(matrix)
        case .sparse(let matrix): return try Prediction.joined(blocks(of: matrix).map(decided), classes: classes)
        }
    }

    /// Sparse rows with their zeros written out, so few at a time that they need no more than 32 MB.
    private func blocks(of matrix: SparseMatrix) -> some Sequence<Matrix> {
        let size = max(1, (1 << 22) / max(1, matrix.columns))
        return stride(from: 0, to: matrix.rows, by: size).lazy.map { start in
            matrix.selecting(rows: Array(start..<min(start + size, matrix.rows))).dense
        }
    }
}

extension Prediction {
    /// The answers for some rows after those for others.
    fileprivate static func joined(_ parts: [Prediction], classes: Labels.Classes?) throws -> Prediction {
        guard let first = parts.first else { throw ApusError(.invalidInput, "There are no rows to predict.") }
        if parts.count == 1 { return first }
        var (codes, numbers) = ([Int](), [Double]())
        for part in parts {
            switch part.values {
            case .labels(let labels): codes += labels.codes
            case .numbers(let values): numbers += values
            }
        }
        let values: Values =
            if let classes { .labels(try Labels(codes: codes, classes: classes)) } else { .numbers(numbers) }
        let shares = parts.compactMap(\.probabilities)
        let decisions = parts.compactMap(\.decisions)
        return Prediction(
            values,
            probabilities: shares.count == parts.count
                ? Matrix(
                    rows: shares.reduce(0) { $0 + $1.rows }, columns: shares[0].columns,
                    values: shares.flatMap(\.values))
                : nil,
            decisions: decisions.count == parts.count ? decisions.flatMap { $0 } : nil)
    }
}
