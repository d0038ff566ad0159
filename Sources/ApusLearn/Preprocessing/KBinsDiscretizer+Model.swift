import ApusCore

extension KBinsDiscretizer {
    /// The bins of each feature.
    public struct Model: TransformerModel {
        /// `k-bins-discretizer`
        public static let catalogName = KBinsDiscretizer.catalogName

        /// For each feature the ascending edges of its bins, one more than there are bins; none for a feature that did not
        /// vary and has a single bin.
        public let edges: [[Double]]
        /// What comes out.
        public let encoding: Encoding

        /// Number of features.
        public var featureCount: Int { edges.count }

        /// How many bins each feature has.
        public var binCounts: [Int] { edges.map { max(1, $0.count - 1) } }

        /// The bins in which the values lie.
        ///
        /// - Parameter x: n × d.
        /// - Returns: n × d numbers of bins, or n rows with a 0/1 column for each bin of each feature.
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func transform(_ x: Matrix) throws -> Matrix {
            try x.checkColumns(featureCount, of: "KBinsDiscretizer")
            try x.checkUsable()
            let (counts, d) = (binCounts, featureCount)
            guard encoding == .onehot else {
                return Matrix(rows: x.rows, columns: d) { out in
                    for k in out.indices { out[k] = Double(bin(x.values[k], k % d)) }
                }
            }
            let width = counts.reduce(0, +)
            try checkOutputSize(rows: x.rows, columns: width, remedy: "lower nBins or encode ordinally")
            return Matrix(rows: x.rows, columns: width) { out in
                for i in 0..<x.rows {
                    var start = i * width
                    for j in 0..<d {
                        out[start + bin(x.values[i * d + j], j)] = 1
                        start += counts[j]
                    }
                }
            }
        }

        /// The number of inner edges of a feature that a value has reached.
        private func bin(_ value: Double, _ feature: Int) -> Int {
            let edges = edges[feature]
            var (low, high) = (1, max(1, edges.count - 1))
            while low < high {
                let middle = (low + high) / 2
                if edges[middle] <= value { low = middle + 1 } else { high = middle }
            }
            return low - 1
        }

        /// The middles of the bins; NaN for a feature with a single bin.
        ///
        /// - Parameter x: What `transform` gives.
        /// - Returns: n × d.
        /// - Throws: `ApusError` with code `shapeMismatch`, or `invalidInput` when a number is not that of a bin or a row has
        ///   no 1 among the columns of a feature.
        public func inverseTransform(_ x: Matrix) throws -> Matrix {
            let (counts, d) = (binCounts, featureCount)
            try x.checkColumns(
                encoding == .onehot ? counts.reduce(0, +) : d, of: "The inverse of KBinsDiscretizer")
            try x.checkUsable()
            return try Matrix(rows: x.rows, columns: d) { out in
                for i in 0..<x.rows {
                    var start = 0
                    for j in 0..<d {
                        var found: Int?
                        if encoding == .ordinal {
                            found = Int(exactly: x[i, j].rounded(.down))
                        } else {
                            found = (0..<counts[j]).first { x[i, start + $0] == 1 }
                            start += counts[j]
                        }
                        guard let bin = found, (0..<counts[j]).contains(bin) else {
                            throw ApusError(
                                .invalidInput,
                                "Row \(i) names no bin of feature \(j), which has \(counts[j]); pass what transform gives."
                            )
                        }
                        out[i * d + j] = edges[j].isEmpty ? .nan : (edges[j][bin + 1] + edges[j][bin]) * 0.5
                    }
                }
            }
        }

        /// The names that go in, or `NAME_0.0`, `NAME_1.0`, … for the bins of each feature.
        public func outputNames(for inputNames: [String]) -> [String] {
            guard encoding == .onehot else { return inputNames }
            return zip(inputNames, binCounts).flatMap { name, count in (0..<count).map { "\(name)_\($0).0" } }
        }
    }
}

extension KBinsDiscretizer.Model {
    /// Puts the edges into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(edges.flatMap { $0 }, as: "edges")
        archive.store(edges.map(\.count), as: "edgeCounts")
        archive.store(.string(encoding.rawValue), as: "encoding")
    }

    /// Takes the edges out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        guard let encoding = KBinsDiscretizer.Encoding(rawValue: try archive.string("encoding")) else {
            throw archive.damaged("the encoding is unknown")
        }
        let counts = try archive.ints("edgeCounts", in: 0...mostOutputColumns)
        let values = try archive.doubles("edges")
        guard !counts.isEmpty else { throw archive.damaged("there are no features") }
        var edges: [[Double]] = []
        var start = 0
        for count in counts {
            guard count != 1, count <= values.count - start else { throw archive.damaged("edges of bins are missing") }
            let own = Array(values[start..<start + count])
            guard zip(own, own.dropFirst()).allSatisfy({ $0 < $1 }) else {
                throw archive.damaged("the edges of bins do not ascend")
            }
            edges.append(own)
            start += count
        }
        guard start == values.count else { throw archive.damaged("there are edges of no feature") }
        self.init(edges: edges, encoding: encoding)
    }
}
