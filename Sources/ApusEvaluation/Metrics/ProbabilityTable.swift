import ApusCore

/// True classes beside a matrix of probabilities, checked.
struct ProbabilityTable {
    /// The classes of the columns.
    let classes: Labels.Classes
    /// n × K probabilities.
    let probabilities: Matrix
    /// For each row the column of its true class.
    let truth: [Int]

    /// Checks shapes and finds each true class among the columns.
    ///
    /// - Parameters:
    ///   - truth: n labels.
    ///   - probabilities: n × K.
    ///   - classes: The classes of the columns; nil for the classes of `truth`.
    ///   - weights: n sample weights.
    init(_ truth: Labels, _ probabilities: Matrix, classes: Labels.Classes?, weights: [Double]?) throws {
        let classes = classes ?? truth.classes
        guard probabilities.rows == truth.count else {
            throw ApusError(
                .shapeMismatch,
                "There are \(truth.count) true labels and \(probabilities.rows) rows of probabilities; give one of each "
                    + "for each row.")
        }
        guard probabilities.columns == classes.count else {
            throw ApusError(
                .shapeMismatch,
                "There are \(probabilities.columns) columns of probabilities for \(classes.count) classes; pass the "
                    + "model's classes along with its probabilities.")
        }
        try probabilities.checkUsable(as: "The matrix of probabilities")
        try checkSampleWeights(weights, rows: truth.count)
        let compact = truth.compacted
        let places = LabelAlignment.optionalPlaces(of: compact.classes, in: classes)
        if let missing = places.firstIndex(of: nil) {
            throw ApusError(
                .invalidInput,
                "The class “\(compact.classes.names[missing])” occurs in the truth, but there is no column of "
                    + "probabilities for it.")
        }
        let codes = places.map { $0 ?? 0 }
        self.classes = classes
        self.probabilities = probabilities
        self.truth = compact.codes.map { codes[$0] }
    }

    /// Throws unless every entry is a probability.
    func checkRange() throws {
        for (k, value) in probabilities.values.enumerated() where value < 0 || value > 1 {
            throw ApusError(
                .invalidInput,
                "The probability in row \(k / classes.count), column \(k % classes.count) is \(value); it must be from "
                    + "0 to 1.")
        }
    }

    /// Throws unless every row adds up to 1.
    func checkSums() throws {
        for row in 0..<probabilities.rows {
            var sum = 0.0
            for column in classes.indices { sum += probabilities[row, column] }
            guard abs(1 - sum) <= 1e-8 + 1e-5 * abs(sum) else {
                throw ApusError(
                    .invalidInput,
                    "The probabilities of row \(row) add up to \(sum); over several classes they must add up to 1.")
            }
        }
    }

    /// For each class the rows that belong to it, or the sum of their weights.
    func support(weights: [Double]?) -> [Double] {
        var support = [Double](repeating: 0, count: classes.count)
        for (row, code) in truth.enumerated() { support[code] += weights?[row] ?? 1 }
        return support
    }
}
