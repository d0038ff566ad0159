import ApusCore
import ApusFrame
import ApusTrust

extension TrainedModel {
    /// The nearest change of some columns that changes what the model decides.
    public struct Counterfactual: Sendable, Hashable {
        /// A column that changes.
        public struct Change: Sendable, Hashable {
            /// The column.
            public let column: String
            /// Its value as it is.
            public let from: String
            /// What it would have to be.
            public let to: String
        }

        /// What the model decides as things are.
        public let decision: String
        /// What it would decide; nil where no change was found.
        public let otherDecision: String?
        /// The columns that change.
        public let changes: [Change]
        /// How far the row moves: in ranges of the known values for numbers, 1 for another category.
        public let distance: Double?
        /// Where the search looked, in a sentence.
        public let searched: String
    }

    /// The nearest change of the first row of a table that makes a classifier decide for another class.
    ///
    /// - Parameters:
    ///   - frame: A table; its first row is changed.
    ///   - mutable: The columns that may change; default nil: all but the immutable ones.
    ///   - immutable: Columns that must stay, such as age or sex.
    ///   - mostChanges: How many columns may change at once.
    ///   - background: Rows whose values may be taken; default nil: the training rows that the model keeps.
    /// - Returns: The change; where none was found within the known values, `otherDecision` is nil. Another search, over more
    ///   values or columns, may find one then, and for several columns a nearer one.
    /// - Throws: `ApusError` with code `unavailable` for a model of numbers, `unknownName` for a column.
    public func counterfactual(
        _ frame: DataFrame, mutable: [String]? = nil, immutable: [String] = [], mostChanges: Int = 3,
        background: DataFrame? = nil
    ) throws -> Counterfactual {
        guard case .classifier(let classifier) = predictor else {
            throw ApusError(
                .unavailable, "The model predicts numbers and decides nothing, so there is no decision to change.")
        }
        let others = try backgroundFrame(background)
        let space = InputSpace(self, [others, frame.head(1)])
        let fixed = Set(try immutable.map(space.place))
        let allowed = Set(try mutable?.map(space.place) ?? Array(space.columns.indices)).subtracting(fixed)
        let known = try space.matrix(others)
        let rows = try space.matrix(frame.head(1))
        guard rows.rows == 1 else { throw ApusError(.invalidInput, "The table has no row to change.") }
        let row = rows.row(0)
        let answers = try space.answers()
        func labels(_ x: Matrix) throws -> Labels { try classifier.predict(encoder.encode(space.frame(x))) }
        let decision = try labels(rows).codes[0]
        // Above 0 as long as the decision stands: by how much its class leads, or lacks.
        let lead = ModelFunction(featureCount: row.count, outputNames: ["lead"], unit: .score) { x in
            let scores = try answers(x)
            let codes = try classifier.predict(encoder.encode(space.frame(x))).codes
            return Matrix(
                column: (0..<x.rows).map { row in
                    let size: Double
                    if scores.columns == 1 {
                        size = scores[row, 0].magnitude
                    } else {
                        let own = scores[row, decision]
                        let best = (0..<scores.columns).filter { $0 != decision }.map { scores[row, $0] }.max() ?? own
                        size = (own - best).magnitude
                    }
                    return codes[row] == decision ? max(size, 1e-12) : -max(size, 1e-12)
                })
        }
        let search = try Counterfactuals(
            lead, output: 0, known: known, categorical: space.categorical, mutable: allowed,
            mostChanges: mostChanges)
        let found = try search.nearest(to: row, threshold: 0)
        let names = classifier.classes.names
        let searched =
            "Changes of up to \(mostChanges) of \(allowed.count) columns, over the values of \(known.rows) known rows."
        guard let found else {
            return Counterfactual(
                decision: names[decision], otherDecision: nil, changes: [], distance: nil, searched: searched)
        }
        let other = try labels(Matrix(rows: 1, columns: row.count, values: found.row)).codes[0]
        return Counterfactual(
            decision: names[decision], otherDecision: names[other],
            changes: found.values.sorted { $0.key < $1.key }.map { column, value in
                Counterfactual.Change(
                    column: space.names[column], from: space.text(row[column], of: column),
                    to: space.text(value, of: column))
            },
            distance: found.distance, searched: searched)
    }
}
