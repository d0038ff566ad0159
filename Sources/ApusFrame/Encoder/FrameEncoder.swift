import ApusCore

/// Turns the columns of a frame into the numbers that models learn from.
///
///     let encoder = try FrameEncoder(scale: true).fit(frame, features: ["age", "workclass", "sex"])
///     let x = try encoder.encode(frame)
///     encoder.featureNames    // ["age", "workclass_Private", "workclass_State-gov", …, "sex_Female", "sex_Male"]
///
/// Numbers stay what they are, truth values become 0 and 1, and points in time become seconds since 1970; a missing one
/// is replaced by a value learned in `fit`. Text and categories become one column for each level, in ascending order,
/// that is 1 where the row has the level and else 0. A column that had missing text in `fit` gets one more level for it,
/// called `nan` as in scikit-learn. A frame of complete columns of numbers comes out exactly as it is.
///
/// Levels that did not occur in `fit`, and missing text where there was none, make zeros or an error, as `unseen` says.
/// A column without any value in `fit` is left out.
public struct FrameEncoder: Sendable, Hashable, Codable {
    /// What replaces a missing number.
    public enum NumericImputation: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// The mean of the others.
        case mean
        /// The median of the others.
        case median
        /// The most frequent of the others, the smallest where several are.
        case mostFrequent
        /// The same number everywhere: `fillValue`.
        case constant
    }

    /// What replaces missing text.
    public enum CategoricalImputation: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// Missing is a level of its own in columns where it occurs in `fit`.
        case level
        /// The most frequent of the others, the first in order where several are.
        case mostFrequent
    }

    /// What becomes of a level that did not occur in `fit`.
    public enum Unseen: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// All of the column's levels are 0.
        case ignore
        /// An error that names column, row and value.
        case error
    }

    /// What replaces missing numbers; truth values take the most frequent one unless it is a constant.
    public var numericImputation: NumericImputation
    /// The number that replaces missing ones when imputation is constant.
    public var fillValue: Double
    /// What replaces missing text.
    public var categoricalImputation: CategoricalImputation
    /// Whether numbers and points in time are brought to mean 0 and variance 1; levels and truth values stay 0 and 1.
    public var scale: Bool
    /// What becomes of levels that did not occur in `fit`.
    public var unseen: Unseen
    /// The most levels that a column may have; a column with more is taken for names or free text and refused.
    public var maxLevels: Int

    /// An encoder, by default one that imputes and encodes where there is something to impute or encode.
    public init(
        numericImputation: NumericImputation = .mean, fillValue: Double = 0,
        categoricalImputation: CategoricalImputation = .level, scale: Bool = false, unseen: Unseen = .ignore,
        maxLevels: Int = 1000
    ) {
        self.numericImputation = numericImputation
        self.fillValue = fillValue
        self.categoricalImputation = categoricalImputation
        self.scale = scale
        self.unseen = unseen
        self.maxLevels = maxLevels
    }

    /// The parameters with their legal values.
    public static let parameters: [Parameter<FrameEncoder>] = [
        Parameter(
            "numericImputation", \.numericImputation, .choice(NumericImputation.allCases.map(\.rawValue)),
            "What replaces missing numbers."),
        Parameter("fillValue", \.fillValue, .anyNumber, "The number for constant imputation."),
        Parameter(
            "categoricalImputation", \.categoricalImputation, .choice(CategoricalImputation.allCases.map(\.rawValue)),
            "What replaces missing text."),
        Parameter("scale", \.scale, .flag, "Whether numbers are brought to mean 0 and variance 1."),
        Parameter(
            "unseen", \.unseen, .choice(Unseen.allCases.map(\.rawValue)),
            "What becomes of levels that did not occur in fit."),
        Parameter("maxLevels", \.maxLevels, .atLeast(1), "The most levels that a column may have."),
    ]

    /// Learns levels, replacements and scales.
    ///
    /// - Parameters:
    ///   - frame: At least one row.
    ///   - features: The columns to encode, in the order in which they come out; those with the role `feature` when not
    ///     given.
    /// - Throws: `ApusError` with code `unknownName` or `invalidSchema` for columns that are not there or cannot be
    ///   encoded, `invalidInput` for infinite values and `invalidParameter`.
    public func fit(_ frame: DataFrame, features: [String]? = nil) throws -> FittedFrameEncoder {
        for parameter in FrameEncoder.parameters { try parameter.validate(self) }
        let names = features ?? frame.columnNames(in: .feature)
        guard !names.isEmpty else {
            throw ApusError(.invalidSchema, "No column is left to learn from; keep at least one feature.")
        }
        guard frame.rowCount > 0 else {
            throw ApusError(.invalidInput, "The frame has no rows; at least one is needed.")
        }
        let chosen = try frame.selecting(columns: names)
        var inputs: [FittedFrameEncoder.Input] = []
        var ignored: [String] = []
        let scaledCount = chosen.columns.count { FittedFrameEncoder.isScaled($0.type) && $0.missingCount < $0.count }
        for (column, schema) in zip(chosen.columns, chosen.schema) {
            if column.missingCount == column.count {
                ignored.append(column.name)
            } else if column.type.isNumeric {
                inputs.append(try learnNumbers(column, schema, isAlone: scaledCount == 1))
            } else {
                inputs.append(try learnLevels(column, schema))
            }
        }
        guard !inputs.isEmpty else {
            throw ApusError(
                .invalidInput, "None of the columns \(names.joined(separator: ", ")) has a value to learn from.")
        }
        return FittedFrameEncoder(inputs: inputs, ignoredColumns: ignored, unseen: unseen, isScaled: scale)
    }

    private func learnNumbers(
        _ column: Column, _ schema: ColumnSchema, isAlone: Bool
    ) throws -> FittedFrameEncoder.Input {
        var values = try column.numbers()
        try checkFinite(values, column.name)
        let fill =
            switch numericImputation {
            case .constant: fillValue
            case _ where column.type == .bool: Statistics.mostFrequent(values)
            case .mean: Statistics.mean(values, count: column.count - column.missingCount, pairwise: isAlone)
            case .median: Statistics.median(values)
            case .mostFrequent: Statistics.mostFrequent(values)
            }
        var (mean, deviation) = (0.0, 1.0)
        if scale, FittedFrameEncoder.isScaled(column.type) {
            if column.missingCount > 0 { for row in values.indices where values[row].isNaN { values[row] = fill } }
            (mean, deviation) = Statistics.standardScale(values, pairwise: isAlone)
        }
        guard fill.isFinite, mean.isFinite, deviation.isFinite else {
            throw ApusError(
                .invalidInput, "The numbers of column “\(column.name)” are too large to add up; scale them down first.")
        }
        return FittedFrameEncoder.Input(
            schema: schema, levels: [], hasMissingLevel: false, fill: fill, mean: mean, scale: deviation)
    }

    private func learnLevels(_ column: Column, _ schema: ColumnSchema) throws -> FittedFrameEncoder.Input {
        guard case .categorical(let codes, let all) = column.asCategorical().values else {
            throw ApusError(.invalidSchema, "Column “\(column.name)” cannot be encoded; leave it out.")
        }
        var counts = [Int](repeating: 0, count: all.count)
        for code in codes where code >= 0 { counts[Int(code)] += 1 }
        // A category of a declared order keeps its levels, also those that do not occur.
        let levels = column.type == .categorical ? all : all.indices.filter { counts[$0] > 0 }.map { all[$0] }
        guard levels.count <= maxLevels else {
            throw ApusError(
                .invalidSchema,
                "Column “\(column.name)” has \(levels.count) different texts (such as “\(levels[0])”), more than "
                    + "\(maxLevels) levels; leave it out (--drop \(column.name)) or group its values first.")
        }
        let frequent = counts.indices.max { counts[$0] < counts[$1] || (counts[$0] == counts[$1] && $0 > $1) } ?? 0
        let replacement = categoricalImputation == .mostFrequent ? frequent : -1
        return FittedFrameEncoder.Input(
            schema: schema, levels: levels,
            hasMissingLevel: categoricalImputation == .level && column.missingCount > 0,
            fill: Double(replacement < 0 ? -1 : levels.firstIndex(of: all[replacement]) ?? -1), mean: 0, scale: 1)
    }
}

/// Throws for the first infinite value.
func checkFinite(_ values: [Double], _ column: String) throws {
    guard !FiniteKernel.allFinite(values), let row = values.firstIndex(where: \.isInfinite) else { return }
    throw ApusError(
        .invalidInput,
        "Column “\(column)” holds \(values[row]) in data row \(row + 1); replace infinite values or leave them empty.")
}
