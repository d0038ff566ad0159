import ApusCore
import ApusFrame

/// Some of the rows a model was trained on, as they were: what explanations take where a column is not known.
///
/// The rows are real ones. A model file that leaves the house takes them along; train with `sampleRows` 0 (in the command
/// `--sample-rows 0`) where it must not.
public struct TrainingSample: Sendable, Hashable, Codable {
    /// The most rows that are kept.
    public static let mostRows = 100
    /// The most values that are kept: wide tables give fewer rows.
    static let mostValues = 20_000

    /// The values of a column, numbers or texts, nil where missing.
    public struct Values: Sendable, Hashable, Codable {
        /// The column.
        public let column: String
        /// Its numbers; nil for texts and categories.
        public let numbers: [Double?]?
        /// Its texts; nil for numbers.
        public let texts: [String?]?
    }

    /// The columns.
    public let columns: [Values]

    /// A sample of a table's rows, drawn by a seed; nil where none are wanted or there are none.
    init?(of frame: DataFrame, columns: [String], rows: Int, seed: UInt32) throws {
        let most = min(rows, Self.mostRows, max(1, Self.mostValues / max(1, columns.count)))
        guard most > 0, frame.rowCount > 0, !columns.isEmpty else { return nil }
        var random = RandomState(seed: seed)
        let chosen = random.permutation(frame.rowCount).prefix(most).sorted()
        self.columns = try columns.map { name in
            let column: Column = try frame[name]
            if column.type.isNumeric {
                let numbers = try column.numbers()
                return Values(
                    column: name, numbers: chosen.map { numbers[$0].isFinite ? numbers[$0] : nil }, texts: nil)
            }
            return Values(
                column: name, numbers: nil,
                texts: chosen.map { column.missing[$0] ? nil : column.text(at: $0) })
        }
    }

    /// How many rows there are.
    public var rowCount: Int { columns.map { $0.numbers?.count ?? $0.texts?.count ?? 0 }.min() ?? 0 }

    /// The rows as a table.
    ///
    /// - Throws: `ApusError` with code `unreadableModel` when the columns differ in length.
    public func frame() throws -> DataFrame {
        let all = columns.map { values in
            if let numbers = values.numbers { return Column(values.column, numbers) }
            return Column(values.column, values.texts ?? [])
        }
        guard Set(all.map(\.count)).count <= 1, let frame = try? DataFrame(columns: all) else {
            throw ApusError(.unreadableModel, "The training sample of the model is damaged; train it again.")
        }
        return frame
    }
}
