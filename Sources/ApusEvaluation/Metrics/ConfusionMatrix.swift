import ApusCore

/// How often each true class was predicted as each class: the counts that accuracy, precision, recall and F1 come from.
///
///     let matrix = try ConfusionMatrix(truth, prediction)
///     matrix[0, 1]        // rows of the first class that were predicted as the second
///     matrix.accuracy
public struct ConfusionMatrix: Sendable, Hashable {
    /// The classes of the rows and of the columns, ascending.
    public let classes: Labels.Classes
    /// K × K numbers of samples, or sums of their weights: rows are true classes, columns predicted ones.
    public let counts: Matrix

    /// Counts true classes against predicted ones.
    ///
    /// - Parameters:
    ///   - truth: n true labels.
    ///   - prediction: n predicted labels; their list of classes may be another.
    ///   - weights: n sample weights; nil counts samples.
    ///   - classes: The classes to show, such as all that a model knows; rows with another label on either side are left
    ///     out. Default nil: those that occur in either.
    /// - Throws: `ApusError` with code `shapeMismatch` when lengths differ, `invalidInput` when there are no rows, the
    ///   labels are of different kinds or weights are unusable.
    /// - Complexity: O(n + K²).
    public init(
        _ truth: Labels, _ prediction: Labels, weights: [Double]? = nil, classes: Labels.Classes? = nil
    ) throws {
        let aligned = try LabelAlignment(truth, prediction, weights: weights)
        let shown = classes ?? aligned.classes
        let size = shown.count
        let places =
            classes == nil
            ? Array(0..<size) : LabelAlignment.optionalPlaces(of: aligned.classes, in: shown).map { $0 ?? -1 }
        var counts = [Double](repeating: 0, count: size * size)
        for i in aligned.truth.indices {
            let (row, column) = (places[aligned.truth[i]], places[aligned.prediction[i]])
            if row >= 0, column >= 0 { counts[row * size + column] += weights?[i] ?? 1 }
        }
        self.classes = shown
        self.counts = Matrix(rows: size, columns: size, values: counts)
    }

    /// The number of rows of class `truth` that were predicted as class `prediction`, or the sum of their weights.
    public subscript(truth: Int, prediction: Int) -> Double { counts[truth, prediction] }

    /// For each class the rows that were predicted rightly.
    public var truePositives: [Double] { classes.indices.map { counts[$0, $0] } }

    /// For each class the rows that belong to it: its support.
    public var support: [Double] { classes.indices.map { counts.row($0).reduce(0, +) } }

    /// For each class the rows that were predicted as it.
    public var predicted: [Double] { classes.indices.map { counts.column($0).reduce(0, +) } }

    /// All rows.
    public var total: Double { counts.values.reduce(0, +) }

    /// The share of rows that were predicted rightly; 0 when there is none.
    public var accuracy: Double { total > 0 ? truePositives.reduce(0, +) / total : 0 }

    /// The counts as shares.
    ///
    /// - Parameter axis: What adds up to 1: each true class, each predicted class, or everything. A row or column without
    ///   samples stays 0.
    public func normalized(over axis: Axis) -> Matrix {
        let (rows, columns) = (support, predicted)
        let total = total
        return Matrix(rows: classes.count, columns: classes.count) { values in
            for i in classes.indices {
                for j in classes.indices {
                    let divisor =
                        switch axis {
                        case .truth: rows[i]
                        case .prediction: columns[j]
                        case .all: total
                        }
                    values[i * classes.count + j] = divisor > 0 ? counts[i, j] / divisor : 0
                }
            }
        }
    }

    /// What adds up to 1 in a normalised confusion matrix.
    public enum Axis: String, Sendable, Hashable, Codable {
        /// Each true class: the diagonal holds recalls.
        case truth
        /// Each predicted class: the diagonal holds precisions.
        case prediction
        /// Everything.
        case all
    }
}

extension Labels.Classes {
    /// The codes of the classes.
    var indices: Range<Int> { 0..<count }
}
