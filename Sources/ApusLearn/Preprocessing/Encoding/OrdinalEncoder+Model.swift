import ApusCore

extension OrdinalEncoder {
    /// A fitted encoder.
    public struct Model: CategoricalTransformerModel, InvertibleTransformerModel {
        /// `ordinal-encoder`
        public static let catalogName = OrdinalEncoder.catalogName

        /// The number of a category that was not there in training; nil where that is an error.
        public let unknownValue: Double?
        /// The number of a missing value.
        public let encodedMissingValue: Double
        private let table: FeatureCategories

        init(table: FeatureCategories, unknownValue: Double?, encodedMissingValue: Double) {
            self.table = table
            self.unknownValue = unknownValue
            self.encodedMissingValue = encodedMissingValue
        }

        /// Number of features.
        public var featureCount: Int { table.featureCount }

        /// The categories of a feature, ascending, NaN last.
        public func categories(of feature: Int) -> [Double] { table.categories(of: feature) }

        /// The categories of a feature that share a number because they are rare, ascending.
        public func infrequentCategories(of feature: Int) -> [Double] { table.rareCategories(of: feature) }

        /// Whether a missing value was there in training.
        private func hasMissing(_ feature: Int) -> Bool { table.values[end(of: feature) - 1].isNaN }

        private func end(of feature: Int) -> Int { table.starts[feature] + table.counts[feature] }

        /// The number of each category of a feature: missing values are not counted and rare ones share the last number.
        private func code(of value: Double, in feature: Int) -> Double? {
            guard let place = table.place(of: value, in: feature) else { return nil }
            if value.isNaN { return encodedMissingValue }
            let group = table.groups[table.starts[feature] + place]
            // The group of a missing value comes before that of the rare ones, but has no number.
            let isRare = table.hasRare[feature] && group == table.groupCounts[feature] - 1
            return Double(isRare && hasMissing(feature) ? group - 1 : group)
        }

        /// How many numbers a feature's categories have.
        private func codeCount(_ feature: Int) -> Int { table.groupCounts[feature] - (hasMissing(feature) ? 1 : 0) }

        /// Why a number would stand for two things; nil when none does.
        var clash: String? {
            for feature in 0..<featureCount {
                let taken = 0..<Double(codeCount(feature))
                if let unknownValue, taken.contains(unknownValue) {
                    return "unknownValue is \(Int(unknownValue)), which stands for a category of feature \(feature) "
                        + "already; take a negative number or nan."
                }
                if hasMissing(feature), taken.contains(encodedMissingValue) {
                    return "encodedMissingValue is \(Int(encodedMissingValue)), which stands for a category of feature "
                        + "\(feature) already; take a negative number or nan."
                }
            }
            return nil
        }

        /// The rows with each value replaced by the number of its category.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch`, or `invalidInput` for an unknown category where that is an error.
        public func transform(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "OrdinalEncoder")
            try x.checkUsable(allowsNaN: true)
            return try Matrix(rows: x.rows, columns: featureCount) { out in
                for i in 0..<x.rows {
                    for j in 0..<featureCount {
                        let value = x.values[i * featureCount + j]
                        guard let code = code(of: value, in: j) ?? unknownValue else {
                            throw table.unknown(
                                value, row: i, feature: j,
                                remedy: "set handleUnknown to useEncodedValue or correct the row")
                        }
                        out[i * featureCount + j] = code
                    }
                }
            }
        }

        /// The category of each number; NaN for a missing or unknown one, and for rare ones, which share a number.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch`, or `invalidInput` for a number that stands for no category.
        public func inverseTransform(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "The inverse of OrdinalEncoder")
            try x.checkUsable(allowsNaN: true)
            let members = (0..<featureCount).map { feature in
                table.members(of: feature).filter { $0.map { !$0.isNaN } ?? true }
            }
            return try Matrix(rows: x.rows, columns: featureCount) { out in
                for i in 0..<x.rows {
                    for j in 0..<featureCount {
                        let value = x[i, j]
                        if let code = Int(exactly: value), members[j].indices.contains(code) {
                            out[i * featureCount + j] = members[j][code] ?? .nan
                        } else {
                            guard isSpecial(value, j) else {
                                throw ApusError(
                                    .invalidInput,
                                    "Row \(i) has \(value) in column \(j), which stands for none of its "
                                        + "\(members[j].count) categories; pass what transform gives.")
                            }
                            out[i * featureCount + j] = .nan
                        }
                    }
                }
            }
        }

        private func isSpecial(_ value: Double, _ feature: Int) -> Bool {
            func same(_ other: Double) -> Bool { value == other || value.isNaN && other.isNaN }
            return hasMissing(feature) && same(encodedMissingValue) || unknownValue.map(same) ?? false
        }

        /// The names that go in.
        public func outputNames(for inputNames: [String]) -> [String] { inputNames }

        /// The names that go in; what comes out is numbers.
        public func outputFeatures(for inputs: [NamedFeature]) -> [NamedFeature] {
            inputs.map { NamedFeature($0.name) }
        }
    }
}

extension OrdinalEncoder.Model {
    /// Whether both encode alike, where NaN equals NaN.
    public static func == (a: Self, b: Self) -> Bool {
        a.table == b.table && a.unknownValue.map(\.bitPattern) == b.unknownValue.map(\.bitPattern)
            && sameBits([a.encodedMissingValue], [b.encodedMissingValue])
    }

    /// Puts the categories into an archive.
    public func encode(into archive: inout ModelArchive) {
        table.encode(into: &archive)
        archive.store([encodedMissingValue, unknownValue ?? 0], as: "special")
        archive.store(.bool(unknownValue != nil), as: "knowsUnknown")
    }

    /// Takes the categories out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        let special = try archive.doubles("special", count: 2, allowsNonFinite: true)
        guard special.allSatisfy({ $0.isNaN || Int(exactly: $0) != nil }) else {
            throw archive.damaged("a special value is not a whole number")
        }
        self.init(
            table: try FeatureCategories(from: archive),
            unknownValue: try archive.bool("knowsUnknown") ? special[1] : nil,
            encodedMissingValue: special[0])
        if let clash { throw archive.damaged(clash) }
    }
}
