import ApusCore

/// What each feature adds to what a model says of some rows: base + contributions = output.
///
/// The base is what the model says of the background, without knowing a row; the contributions of a row and the base add
/// up to what the model says of it, to about 1e-9 of its size (`gap` is how far they are apart at most).
public struct Explanation: Sendable, Hashable {
    /// What the outputs measure.
    public enum Unit: String, Sendable, Hashable, Codable {
        /// The unit of the target.
        case prediction
        /// The probability of a class.
        case probability
        /// The logarithm of the odds of the second of two classes.
        case logOdds
        /// A score that is compared with others or with 0.
        case score
        /// The loss of the row, given what is true.
        case loss
    }

    /// The features.
    public let featureNames: [String]
    /// The outputs: the classes that are scored, or one name for a number.
    public let outputNames: [String]
    /// What the outputs measure.
    public let unit: Unit
    /// How the contributions were found, in a few words.
    public let method: String
    /// What the model says without knowing the row: rows × outputs. Rows differ only for losses.
    public let bases: Matrix
    /// What the model says of each row: rows × outputs.
    public let outputs: Matrix
    /// The contributions: rows × outputs × features.
    public let values: [Double]

    /// An explanation from its parts.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when they do not belong together.
    public init(
        featureNames: [String], outputNames: [String], unit: Unit, method: String, bases: Matrix, outputs: Matrix,
        values: [Double]
    ) throws {
        guard bases.rows == outputs.rows, bases.columns == outputNames.count, outputs.columns == outputNames.count,
            values.count == outputs.rows * outputs.columns * featureNames.count
        else {
            throw ApusError(
                .shapeMismatch,
                "An explanation of \(outputs.rows) rows, \(outputNames.count) outputs and \(featureNames.count) features "
                    + "cannot have \(values.count) contributions and \(bases.rows) × \(bases.columns) bases.")
        }
        self.featureNames = featureNames
        self.outputNames = outputNames
        self.unit = unit
        self.method = method
        self.bases = bases
        self.outputs = outputs
        self.values = values
    }

    /// How many rows are explained.
    public var rowCount: Int { outputs.rows }

    /// The contribution of a feature to an output of a row.
    public subscript(row: Int, output: Int, feature: Int) -> Double {
        values[(row * outputNames.count + output) * featureNames.count + feature]
    }

    /// The contributions of all features to an output of a row.
    public func contributions(row: Int, output: Int) -> [Double] {
        let start = (row * outputNames.count + output) * featureNames.count
        return Array(values[start..<start + featureNames.count])
    }

    /// The contributions to an output: rows × features.
    public func contributions(output: Int) -> Matrix {
        Matrix(
            rows: rowCount, columns: featureNames.count,
            values: (0..<rowCount).flatMap { contributions(row: $0, output: output) })
    }

    /// How much each feature adds or takes on average over the rows: the mean size of its contributions to an output.
    public func meanMagnitudes(output: Int) -> [Double] {
        featureNames.indices.map { feature in
            (0..<rowCount).reduce(0) { $0 + self[$1, output, feature].magnitude } / Double(max(1, rowCount))
        }
    }

    /// The features from the most to the least important for an output, by `meanMagnitudes`.
    public func ranking(output: Int) -> [Int] {
        let sizes = meanMagnitudes(output: output)
        return sizes.indices.sorted { (sizes[$1], $0) < (sizes[$0], $1) }
    }

    /// How far base + contributions are from the output at most, over all rows and outputs, relative to the size of the
    /// numbers where that is above 1.
    public var gap: Double {
        var worst = 0.0
        for row in 0..<rowCount {
            for output in outputNames.indices {
                let parts = contributions(row: row, output: output)
                let sum = parts.reduce(bases[row, output], +)
                let size = parts.reduce(max(1, bases[row, output].magnitude)) { max($0, $1.magnitude) }
                worst = max(worst, (sum - outputs[row, output]).magnitude / size)
            }
        }
        return worst
    }

    /// The explanation in terms of fewer features: contributions of those that come from the same source are added up, as
    /// for the columns of a one-hot encoding.
    ///
    /// - Parameters:
    ///   - names: The sources.
    ///   - source: For each feature the place of its source among `names`.
    /// - Throws: `ApusError` with code `shapeMismatch`.
    public func gathered(into names: [String], source: [Int]) throws -> Explanation {
        guard source.count == featureNames.count, source.allSatisfy(names.indices.contains) else {
            throw ApusError(
                .shapeMismatch,
                "\(source.count) features with sources up to \(source.max() ?? 0) do not fit \(featureNames.count) "
                    + "features and \(names.count) sources.")
        }
        let width = featureNames.count
        var sums = [Double](repeating: 0, count: rowCount * outputNames.count * names.count)
        for k in 0..<rowCount * outputNames.count {
            for j in 0..<width { sums[k * names.count + source[j]] += values[k * width + j] }
        }
        return try Explanation(
            featureNames: names, outputNames: outputNames, unit: unit, method: method, bases: bases, outputs: outputs,
            values: sums)
    }

    /// The same explanation with other names.
    ///
    /// - Parameters:
    ///   - features: A name for each feature; nil keeps them.
    ///   - names: A name for each output; nil keeps them.
    /// - Throws: `ApusError` with code `shapeMismatch` for another number of names.
    public func renamed(features: [String]? = nil, outputs names: [String]? = nil) throws -> Explanation {
        try Explanation(
            featureNames: features ?? featureNames, outputNames: names ?? outputNames, unit: unit, method: method,
            bases: bases, outputs: outputs, values: values)
    }
}
