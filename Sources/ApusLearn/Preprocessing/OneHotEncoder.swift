import ApusCore

/// Replaces each feature, taken as a category, by one 0/1 column for each of its categories.
///
/// The categories of a feature are the distinct numbers it has in `fit`, ascending; NaN is a category too, the last one.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `handleUnknown` | error | error, ignore | what a category that `fit` has not seen does in `transform` |
/// | `drop` | none | none, first, ifBinary | which columns are left out because the others tell them |
public struct OneHotEncoder: Transformer {
    /// What a category does that was not there in `fit`.
    public enum HandleUnknown: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// It is an error.
        case error
        /// All columns of its feature are 0.
        case ignore
    }

    /// Which columns are left out.
    public enum Drop: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// None.
        case none
        /// The first of each feature.
        case first
        /// The first of each feature with exactly two categories.
        case ifBinary
    }

    /// `one-hot-encoder`
    public static let catalogName = "one-hot-encoder"
    /// NaN is a missing value.
    public static let traits = EstimatorTraits(allowsMissing: true)

    /// `handleUnknown`, `drop`.
    public static let parameters: [Parameter<OneHotEncoder>] = [
        Parameter(
            "handleUnknown", \.handleUnknown, .choice(HandleUnknown.allCases.map(\.rawValue)),
            "What a category does that was not there in training."),
        Parameter(
            "drop", \.drop, .choice(Drop.allCases.map(\.rawValue)), "Which columns are left out as redundant."),
    ]

    /// What a category that `fit` has not seen does in `transform`; default `.error`.
    public var handleUnknown: HandleUnknown
    /// Which columns are left out because the others tell them; default `.none`.
    public var drop: Drop

    /// The defaults.
    public init() { self.init(handleUnknown: .error) }

    /// An encoder with the given parameters.
    public init(handleUnknown: HandleUnknown = .error, drop: Drop = .none) {
        self.handleUnknown = handleUnknown
        self.drop = drop
    }

    /// Learns the categories of each feature.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row; NaN is a category.
    ///   - weights: Not used, but checked.
    /// - Throws: `ApusError` for illegal parameters or data, or when the features have more categories than can be held.
    /// - Complexity: O(n d log n).
    public func fit(_ x: Matrix, weights: [Double]? = nil) throws -> Model {
        try validateParameters()
        try x.checkUsable(allowsNaN: true)
        try checkSampleWeights(weights, rows: x.rows)
        let categories = Parallel.map(x.columns) { j in
            let column = x.column(j)
            let sorted = column.filter { !$0.isNaN }.sorted()
            let distinct = sorted.indices.filter { $0 == 0 || sorted[$0] != sorted[$0 - 1] }.map { sorted[$0] }
            return distinct + (sorted.count < column.count ? [.nan] : [])
        }
        let model = Model(
            counts: categories.map(\.count), values: categories.flatMap { $0 }, handleUnknown: handleUnknown, drop: drop
        )
        let widest = categories.indices.max { categories[$0].count < categories[$1].count } ?? 0
        try checkOutputSize(
            rows: x.rows, columns: model.outputCount,
            remedy:
                "column \(widest) alone has \(categories[widest].count) different values: leave it out or group them")
        return model
    }
}

extension OneHotEncoder {
    /// A fitted encoder.
    public struct Model: TransformerModel {
        /// `one-hot-encoder`
        public static let catalogName = OneHotEncoder.catalogName

        /// What an unknown category does.
        public let handleUnknown: HandleUnknown
        /// Which columns are left out.
        public let drop: Drop
        /// How many columns come out.
        public let outputCount: Int
        private let counts: [Int]
        private let values: [Double]
        /// Where the categories of each feature start in `values`, and where its columns start in the output.
        private let starts: [Int]
        private let outputs: [Int]

        init(counts: [Int], values: [Double], handleUnknown: HandleUnknown, drop: Drop) {
            self.counts = counts
            self.values = values
            self.handleUnknown = handleUnknown
            self.drop = drop
            var (starts, outputs, start, output) = ([Int](), [Int](), 0, 0)
            for count in counts {
                starts.append(start)
                outputs.append(output)
                start += count
                output += count - Model.dropped(drop, of: count)
            }
            self.starts = starts
            self.outputs = outputs
            outputCount = output
        }

        private static func dropped(_ drop: Drop, of count: Int) -> Int {
            drop == .first || (drop == .ifBinary && count == 2) ? 1 : 0
        }

        /// Number of features.
        public var featureCount: Int { counts.count }

        /// The categories of a feature, ascending, NaN last.
        public func categories(of feature: Int) -> [Double] {
            Array(values[starts[feature]..<starts[feature] + counts[feature]])
        }

        /// The rows with each feature replaced by the 0/1 columns of its categories.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch`, or `invalidInput` for an unknown category unless it is ignored.
        public func transform(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "OneHotEncoder")
            try x.checkUsable(allowsNaN: true)
            try checkOutputSize(rows: x.rows, columns: outputCount, remedy: "transform fewer rows at a time")
            let skipped = counts.map { Model.dropped(drop, of: $0) }
            return try Matrix(rows: x.rows, columns: outputCount) { out in
                for i in 0..<x.rows {
                    for j in 0..<featureCount {
                        let value = x.values[i * featureCount + j]
                        guard let place = place(of: value, in: j) else {
                            if handleUnknown == .ignore { continue }
                            throw unknown(value, row: i, feature: j)
                        }
                        if place >= skipped[j] { out[i * outputCount + outputs[j] + place - skipped[j]] = 1 }
                    }
                }
            }
        }

        private func place(of value: Double, in feature: Int) -> Int? {
            var (low, high) = (starts[feature], starts[feature] + counts[feature])
            while low < high {
                let middle = (low + high) / 2
                // NaN is the last category, so it counts as larger than any number.
                if values[middle] < value || (value.isNaN && !values[middle].isNaN) {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            guard low < starts[feature] + counts[feature] else { return nil }
            return values[low] == value || values[low].isNaN && value.isNaN ? low - starts[feature] : nil
        }

        private func unknown(_ value: Double, row: Int, feature: Int) -> ApusError {
            ApusError(
                .invalidInput,
                "Row \(row) has \(value) in column \(feature), a category that was not there in training; "
                    + "set handleUnknown to ignore or correct the row.")
        }

        /// `NAME_CATEGORY` for each column that comes out.
        public func outputNames(for inputNames: [String]) -> [String] {
            zip(inputNames, counts.indices).flatMap { name, feature in
                categories(of: feature).dropFirst(Model.dropped(drop, of: counts[feature])).map { "\(name)_\($0)" }
            }
        }
    }
}

extension OneHotEncoder.Model {
    /// Whether both encode alike, where NaN equals NaN.
    public static func == (a: Self, b: Self) -> Bool {
        a.counts == b.counts && sameBits(a.values, b.values) && a.handleUnknown == b.handleUnknown && a.drop == b.drop
    }

    /// Puts the categories into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(counts, as: "counts")
        archive.store(values, as: "values")
        archive.store(handleUnknown.parameterValue, as: "handleUnknown")
        archive.store(drop.parameterValue, as: "drop")
    }

    /// Takes the categories out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        let values = try archive.doubles("values", allowsNonFinite: true)
        let counts = try archive.ints("counts", in: 1...max(1, values.count))
        guard let handleUnknown = OneHotEncoder.HandleUnknown(parameterValue: try archive.attribute("handleUnknown")),
            let drop = OneHotEncoder.Drop(parameterValue: try archive.attribute("drop"))
        else { throw archive.damaged("an option of the encoder is unknown") }
        guard !counts.isEmpty, values.count <= mostOutputColumns, counts.count <= values.count,
            counts.reduce(0, +) == values.count
        else { throw archive.damaged("the categories do not fill their features") }
        self.init(counts: counts, values: values, handleUnknown: handleUnknown, drop: drop)
        for feature in counts.indices {
            let own = categories(of: feature)
            let ascending = zip(own, own.dropFirst()).allSatisfy { $0 < $1 || !$0.isNaN && $1.isNaN }
            guard ascending, own.allSatisfy({ !$0.isInfinite }) else {
                throw archive.damaged("the categories of feature \(feature) are not ascending")
            }
        }
    }
}
