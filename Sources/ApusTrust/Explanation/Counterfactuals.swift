import ApusCore

/// The nearest change of some features that moves a model's answer to the other side of a threshold.
///
/// Values come from rows that are known: a feature is only set to what occurs there, a number then moved back towards the
/// row's own as far as the answer allows. Changes of one feature are searched in full, changes of several by going on from
/// the most promising ones, so that with several a nearer one may exist. Distances are in ranges of the known rows for
/// numbers and 1 for another category, summed over the features.
public struct Counterfactuals: Sendable {
    /// What is known of a feature.
    private struct Domain: Sendable {
        let values: [Double]
        let range: Double
        let isCategorical: Bool

        func distance(_ a: Double, _ b: Double) -> Double {
            if a == b || a.isNaN && b.isNaN { return 0 }
            if isCategorical || a.isNaN || b.isNaN { return 1 }
            return range > 0 ? (a - b).magnitude / range : 1
        }
    }

    /// A change that was found.
    public struct Change: Sendable, Hashable {
        /// What the features are set to: column and value, nearest to what was there first.
        public let values: [Int: Double]
        /// The changed row.
        public let row: [Double]
        /// How far it is from the row.
        public let distance: Double
        /// What the model answers to it.
        public let answer: Double
    }

    private let model: ModelFunction
    private let output: Int
    private let domains: [Domain]
    private let mutable: [Int]
    private let mostChanges: Int

    private static let mostValues = 20
    private static let beam = 12

    /// A search around rows of a model.
    ///
    /// - Parameters:
    ///   - model: What the model answers.
    ///   - output: The output that must change sides.
    ///   - known: n × d, rows whose values may be taken.
    ///   - categorical: The columns that hold categories.
    ///   - mutable: The columns that may change; default nil: all.
    ///   - mostChanges: How many features may change at once; default 3.
    /// - Throws: `ApusError` with code `invalidParameter`, `shapeMismatch` or `invalidInput`.
    public init(
        _ model: ModelFunction, output: Int, known: Matrix, categorical: Set<Int> = [], mutable: Set<Int>? = nil,
        mostChanges: Int = 3
    ) throws {
        try checkBackground(known, features: model.featureCount)
        guard model.outputNames.indices.contains(output), mostChanges >= 1,
            (mutable ?? []).allSatisfy({ (0..<known.columns).contains($0) })
        else {
            throw ApusError(
                .invalidParameter,
                "The output and the columns that may change must exist, and at least one column must be allowed to.")
        }
        self.model = model
        self.output = output
        self.mutable = mutable?.sorted() ?? Array(0..<known.columns)
        self.mostChanges = mostChanges
        domains = (0..<known.columns).map { j in
            let values = known.column(j).filter { !$0.isNaN }.sorted()
            var distinct: [Double] = []
            for value in values where distinct.last != value { distinct.append(value) }
            let most = categorical.contains(j) ? 50 : Self.mostValues
            if distinct.count > most {
                let all = distinct
                distinct = (0..<most).map { all[$0 * (all.count - 1) / (most - 1)] }
            }
            return Domain(
                values: distinct, range: (values.last ?? 0) - (values.first ?? 0),
                isCategorical: categorical.contains(j))
        }
    }

    private struct Candidate {
        var row: [Double]
        var changed: Set<Int>
        var answer: Double
        var distance: Double
    }

    /// The nearest change of a row that moves the answer across a threshold, or nil when none was found within the known
    /// values and the allowed number of changes.
    ///
    /// - Parameters:
    ///   - row: d numbers.
    ///   - threshold: The answer to cross; default 0.5. A row above it must come to it or below, and the other way round.
    /// - Throws: What the model throws.
    /// - Complexity: O(changes · features · values) answers of the model.
    public func nearest(to row: [Double], threshold: Double = 0.5) throws -> Change? {
        guard row.count == model.featureCount else {
            throw ApusError(
                .shapeMismatch, "The row has \(row.count) values, but the model takes \(model.featureCount).")
        }
        let start = try answers([row])[0]
        let goesDown = start > threshold
        func hasCrossed(_ answer: Double) -> Bool { goesDown ? answer <= threshold : answer > threshold }
        var beam = [Candidate(row: row, changed: [], answer: start, distance: 0)]
        var best: Candidate?
        for _ in 0..<mostChanges {
            var next: [Candidate] = []
            for candidate in beam {
                for column in mutable where !candidate.changed.contains(column) {
                    for value in domains[column].values where domains[column].distance(value, row[column]) > 0 {
                        var changed = candidate
                        changed.row[column] = value
                        changed.changed.insert(column)
                        changed.distance += domains[column].distance(value, row[column])
                        if changed.distance < best?.distance ?? .infinity { next.append(changed) }
                    }
                }
            }
            if next.isEmpty { break }
            for (k, answer) in try answers(next.map(\.row)).enumerated() { next[k].answer = answer }
            let crossed = next.filter { hasCrossed($0.answer) }.sorted { $0.distance < $1.distance }
            for candidate in crossed.prefix(Self.beam) {
                let nearer = try movedBack(candidate, towards: row, hasCrossed)
                if nearer.distance < best?.distance ?? .infinity { best = nearer }
            }
            // What comes nearest to the threshold for its distance goes on.
            beam = Array(
                next.filter { !hasCrossed($0.answer) }.sorted { a, b in
                    let (left, right) = ((a.answer - threshold).magnitude, (b.answer - threshold).magnitude)
                    return (left, a.distance) < (right, b.distance)
                }.prefix(Self.beam))
        }
        return best.map { found in
            Change(
                values: Dictionary(uniqueKeysWithValues: found.changed.map { ($0, found.row[$0]) }), row: found.row,
                distance: found.distance, answer: found.answer)
        }
    }

    /// The candidate with each number moved as near to the row's own as the answer allows.
    private func movedBack(
        _ candidate: Candidate, towards row: [Double], _ hasCrossed: (Double) -> Bool
    ) throws -> Candidate {
        var result = candidate
        for column in candidate.changed.sorted() where !domains[column].isCategorical && !row[column].isNaN {
            var (near, far) = (row[column], result.row[column])
            let isWhole = domains[column].values.allSatisfy { $0 == $0.rounded() } && near == near.rounded()
            for _ in 0..<30 {
                let middle = isWhole ? ((near + far) / 2).rounded(far > near ? .up : .down) : (near + far) / 2
                if middle == far || middle == near { break }
                result.row[column] = middle
                let answer = try answers([result.row])[0]
                if hasCrossed(answer) {
                    far = middle
                    result.answer = answer
                } else {
                    near = middle
                }
                if (far - near).magnitude < 1e-6 * max(domains[column].range, 1e-300) { break }
            }
            result.row[column] = far
        }
        result.distance = result.changed.reduce(0) { $0 + domains[$1].distance(result.row[$1], row[$1]) }
        result.answer = try answers([result.row])[0]
        return result
    }

    private func answers(_ rows: [[Double]]) throws -> [Double] {
        let x = Matrix(rows: rows.count, columns: model.featureCount, values: rows.flatMap(\.self))
        return try model(x).column(output)
    }
}
