import ApusCore

extension TargetEncoder {
    /// A fitted encoder.
    public struct Model: CategoricalTransformerModel {
        /// `target-encoder`
        public static let catalogName = TargetEncoder.catalogName

        /// The mean of all targets: one number, or the share of each class where there are more than two.
        public let targetMeans: [Double]
        /// The classes, ascending; nil where numbers are predicted.
        public let classes: Labels.Classes?
        private let table: FeatureCategories
        /// The encodings of the categories, feature by feature and class by class.
        private let encodings: [[Double]]

        init(table: FeatureCategories, encodings: [[Double]], means: [Double], classes: Labels.Classes?) {
            self.table = table
            self.encodings = encodings
            targetMeans = means
            self.classes = classes
        }

        /// Number of features.
        public var featureCount: Int { table.featureCount }
        /// How many columns come out.
        public var outputCount: Int { encodings.count }

        /// The categories of a feature, ascending, NaN last.
        public func categories(of feature: Int) -> [Double] { table.categories(of: feature) }

        func categoryCount(of feature: Int) -> Int { table.counts[feature] }

        /// What each category of a feature becomes, in the order of `categories(of:)`: one list, or one for each class where
        /// there are more than two.
        public func encodings(of feature: Int) -> [[Double]] {
            let width = targetMeans.count
            return Array(encodings[feature * width..<(feature + 1) * width])
        }

        /// The rows with each category replaced by its encoding; an unknown one by the mean of all targets.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func transform(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "TargetEncoder")
            try x.checkUsable(allowsNaN: true)
            let width = targetMeans.count
            return Matrix(rows: x.rows, columns: outputCount) { out in
                var k = 0
                for i in 0..<x.rows {
                    for j in 0..<featureCount {
                        let place = table.place(of: x.values[i * featureCount + j], in: j)
                        for c in 0..<width {
                            out[k] = place.map { encodings[j * width + c][$0] } ?? targetMeans[c]
                            k += 1
                        }
                    }
                }
            }
        }

        /// The names that go in, or `NAME_CLASS` for each class where there are more than two.
        public func outputNames(for inputNames: [String]) -> [String] {
            guard targetMeans.count > 1, let classes else { return inputNames }
            return inputNames.flatMap { name in classes.names.map { "\(name)_\($0)" } }
        }

        /// The same names; what comes out is numbers.
        public func outputFeatures(for inputs: [NamedFeature]) -> [NamedFeature] {
            outputNames(for: inputs.map(\.name)).map { NamedFeature($0) }
        }
    }
}

extension TargetEncoder.Model {
    /// Puts categories and encodings into an archive.
    public func encode(into archive: inout ModelArchive) {
        table.encode(into: &archive)
        archive.store(encodings.flatMap { $0 }, as: "encodings")
        archive.store(targetMeans, as: "means")
        if let classes { archive.store(classes, as: "classes") }
        archive.store(.bool(classes != nil), as: "hasClasses")
    }

    /// Takes categories and encodings out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        let table = try FeatureCategories(from: archive)
        let classes = try archive.bool("hasClasses") ? archive.classes("classes") : nil
        let width = classes.map { $0.count > 2 ? $0.count : 1 } ?? 1
        let (total, overflow) = table.values.count.multipliedReportingOverflow(by: width)
        guard !overflow else { throw archive.damaged("there are more classes than encodings") }
        let values = try archive.doubles("encodings", count: total)
        var encodings: [[Double]] = []
        var start = 0
        for count in table.counts {
            for _ in 0..<width {
                encodings.append(Array(values[start..<start + count]))
                start += count
            }
        }
        self.init(
            table: table, encodings: encodings, means: try archive.doubles("means", count: width), classes: classes)
    }
}
