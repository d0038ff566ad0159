import ApusCore

extension OneHotEncoder {
    /// A fitted encoder.
    public struct Model: CategoricalTransformerModel, InvertibleTransformerModel {
        /// `one-hot-encoder`
        public static let catalogName = OneHotEncoder.catalogName

        /// What an unknown category does.
        public let handleUnknown: HandleUnknown
        /// How many columns come out.
        public let outputCount: Int
        package let table: FeatureCategories
        /// The group of each feature that gets no column, or -1.
        package let dropped: [Int]
        /// Where the columns of each feature start in the output.
        private let outputs: [Int]

        init(categories: FeatureCategories, dropped: [Int], handleUnknown: HandleUnknown) {
            table = categories
            self.dropped = dropped
            self.handleUnknown = handleUnknown
            var (outputs, output) = ([Int](), 0)
            for feature in dropped.indices {
                outputs.append(output)
                output += categories.groupCounts[feature] - (dropped[feature] < 0 ? 0 : 1)
            }
            self.outputs = outputs
            outputCount = output
        }

        /// The number of columns of each feature.
        var outputWidths: [Int] {
            dropped.indices.map { table.groupCounts[$0] - (dropped[$0] < 0 ? 0 : 1) }
        }

        /// Number of features.
        public var featureCount: Int { table.featureCount }

        /// The categories of a feature, ascending, NaN last.
        public func categories(of feature: Int) -> [Double] { table.categories(of: feature) }

        /// The categories of a feature that share a column because they are rare, ascending.
        public func infrequentCategories(of feature: Int) -> [Double] { table.rareCategories(of: feature) }

        /// The category of a feature that has no column; nil when each has one.
        public func droppedCategory(of feature: Int) -> Double? {
            dropped[feature] < 0 ? nil : table.members(of: feature)[dropped[feature]]
        }

        /// The rows with each feature replaced by the 0/1 columns of its categories.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch`, or `invalidInput` for an unknown category where that is an error.
        public func transform(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "OneHotEncoder")
            try x.checkUsable(allowsNaN: true)
            try checkOutputSize(rows: x.rows, columns: outputCount, remedy: "transform fewer rows at a time")
            return try Matrix(rows: x.rows, columns: outputCount) { out in
                for i in 0..<x.rows {
                    for j in 0..<featureCount {
                        let value = x.values[i * featureCount + j]
                        guard let group = try group(of: value, row: i, feature: j), group != dropped[j] else {
                            continue
                        }
                        let place = dropped[j] >= 0 && group > dropped[j] ? group - 1 : group
                        out[i * outputCount + outputs[j] + place] = 1
                    }
                }
            }
        }

        /// The group of a value; nil where it is unknown and has no column.
        private func group(of value: Double, row: Int, feature: Int) throws -> Int? {
            if let group = table.group(of: value, in: feature) { return group }
            switch handleUnknown {
            case .ignore: return nil
            case .infrequentIfExist: return table.hasRare[feature] ? table.groupCounts[feature] - 1 : nil
            case .error:
                throw table.unknown(
                    value, row: row, feature: feature, remedy: "set handleUnknown to ignore or correct the row")
            }
        }

        /// The category of each feature. A rare category comes back as NaN, for which of them it was is not told; so does one
        /// that was unknown, unless its feature has a category without a column, which it then is.
        ///
        /// - Parameter x: What `transform` gives; of several numbers in the columns of a feature the largest counts.
        /// - Throws: `ApusError` with code `shapeMismatch`, or `invalidInput` where the columns of a feature are all 0 and no
        ///   category explains that.
        public func inverseTransform(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(outputCount, of: "The inverse of OneHotEncoder")
            try x.checkUsable()
            let members = (0..<featureCount).map { table.members(of: $0) }
            return try Matrix(rows: x.rows, columns: featureCount) { out in
                for i in 0..<x.rows {
                    for j in 0..<featureCount {
                        let columns = (0..<members[j].count).filter { $0 != dropped[j] }
                        var (best, most, sum) = (columns.first, -Double.infinity, 0.0)
                        for (place, group) in columns.enumerated() {
                            let value = x[i, outputs[j] + place]
                            sum += value
                            if value > most { (best, most) = (group, value) }
                        }
                        if sum == 0 {
                            guard dropped[j] >= 0 || handleUnknown != .error else {
                                throw ApusError(
                                    .invalidInput,
                                    "Row \(i) has only zeros for feature \(j), so it names no category; pass what "
                                        + "transform gives.")
                            }
                            best = dropped[j] >= 0 ? dropped[j] : nil
                        }
                        out[i * featureCount + j] = best.flatMap { members[j][$0] } ?? .nan
                    }
                }
            }
        }

        /// `NAME_CATEGORY` for each column that comes out; `NAME_infrequent_sklearn` for that of rare categories.
        public func outputNames(for inputNames: [String]) -> [String] {
            outputFeatures(for: inputNames.map { NamedFeature($0) }).map(\.name)
        }

        /// `NAME_TEXT` where numbers stand for texts.
        public func outputFeatures(for inputs: [NamedFeature]) -> [NamedFeature] {
            zip(inputs, 0..<featureCount).flatMap { input, feature in
                table.members(of: feature).enumerated().filter { $0.offset != dropped[feature] }.map { _, member in
                    NamedFeature("\(input.name)_\(member.map(input.text) ?? "infrequent_sklearn")")
                }
            }
        }
    }
}

extension OneHotEncoder.Model {
    /// Puts the categories into an archive.
    public func encode(into archive: inout ModelArchive) {
        table.encode(into: &archive)
        archive.store(handleUnknown.parameterValue, as: "handleUnknown")
        archive.store(dropped, as: "dropped")
    }

    /// Takes the categories out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        guard let handleUnknown = OneHotEncoder.HandleUnknown(parameterValue: try archive.attribute("handleUnknown"))
        else { throw archive.damaged("an option of the encoder is unknown") }
        let table = try FeatureCategories(from: archive)
        let dropped = try archive.ints("dropped", count: table.featureCount, in: -1...mostOutputColumns)
        guard zip(dropped, table.groupCounts).allSatisfy({ $0 < $1 }) else {
            throw archive.damaged("a category without a column does not exist")
        }
        self.init(categories: table, dropped: dropped, handleUnknown: handleUnknown)
    }
}
