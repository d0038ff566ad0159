import ApusCore
import ApusFrame
import ApusTrust

extension TrainedModel {
    /// A local model around a text of a row, in terms of its words.
    public struct TextExplanation: Sendable, Hashable {
        /// The row, counted from 0.
        public let row: Int
        /// The column of the text.
        public let column: String
        /// The local model.
        public let local: LocalExplanation
    }

    /// The columns of free text that the model takes.
    public var textColumns: [String] {
        encoder.inputColumns.filter(\.isText).map(\.schema.name)
    }

    /// Local linear models around the texts of a table's rows (LIME), in terms of their words; the other columns of a row stay
    /// as they are.
    ///
    /// - Parameters:
    ///   - frame: A table with the columns the model was trained on.
    ///   - column: The column of text; default nil: each of them.
    ///   - output: The class that is explained; default nil: the second of two, else the most probable of each row.
    ///   - features: How many words a local model has at most.
    ///   - samples: How many texts with words left out are asked about for each row.
    ///   - seed: The seed of the samples.
    /// - Returns: One for each row and column of text that has a word.
    /// - Throws: `ApusError` with code `unavailable` for a model without text, `unknownName` for a column or an output.
    public func explainTexts(
        _ frame: DataFrame, column: String? = nil, output: String? = nil, features: Int = 10, samples: Int = 5000,
        seed: UInt32 = 0
    ) throws -> [TextExplanation] {
        let explainer = try LimeTextExplainer(seed: seed)
        return try texts(frame, column).map { row, column, text in
            let (names, place, model) = try answers(to: column, in: frame.selecting(rows: [row]), output)
            let local = try explainer.explain(
                text, outputNames: names, output: place, features: features, samples: samples, model)
            return TextExplanation(row: row, column: column, local: local)
        }
    }

    /// How much the local model of the first row's text depends on the draw, over five seeds.
    ///
    /// - Throws: As `explainTexts`; `invalidInput` when the first row has no text.
    public func textStability(
        _ frame: DataFrame, column: String? = nil, output: String? = nil, features: Int = 10, samples: Int = 5000
    ) throws -> LimeTextExplainer.Stability {
        guard let (row, column, text) = try texts(frame.head(1), column).first else {
            throw ApusError(.invalidInput, "The first row has no text to explain.")
        }
        let (names, place, model) = try answers(to: column, in: frame.selecting(rows: [row]), output)
        return try LimeTextExplainer.stability(
            of: text, outputNames: names, output: place, features: features, samples: samples, model)
    }

    private func texts(_ frame: DataFrame, _ column: String?) throws -> [(row: Int, column: String, text: String)] {
        let known = textColumns
        guard !known.isEmpty else {
            throw ApusError(.unavailable, "The model takes no column of text; explain it locally by its columns.")
        }
        if let column, !known.contains(column) {
            throw ApusError(
                .unknownName,
                "The model has no column of text \(column)\(suggestion(for: column, among: known)); it has "
                    + "\(known.joined(separator: ", ")).")
        }
        // The preparation says what is wrong with a column.
        _ = try encoder.prepare(frame)
        let chosen = column.map { [$0] } ?? known
        let documents = try chosen.map { name -> [String] in
            let column: Column = try frame[name]
            return column.documents
        }
        return (0..<frame.rowCount).flatMap { row in
            zip(chosen, documents).compactMap { name, texts in
                LimeTextExplainer.hasWords(texts[row]) ? (row, name, texts[row]) : nil
            }
        }
    }

    /// What the model answers to one row with other texts in a column.
    private func answers(
        to column: String, in row: DataFrame, _ output: String?
    ) throws -> (names: [String], place: Int?, model: ([String]) throws -> Matrix) {
        let function = try answers()
        return (
            function.outputNames, try place(of: output, in: function),
            { texts in
                var rows = try row.selecting(rows: [Int](repeating: 0, count: texts.count))
                rows[column] = Column(column, texts)
                let prepared = try encoder.prepare(rows)
                let prediction = try predictForScores(prepared)
                switch prediction.values {
                case .numbers(let numbers): return Matrix(column: numbers)
                case .labels:
                    if let probabilities = prediction.probabilities { return probabilities }
                    if let decisions = prediction.decisions { return Matrix(column: decisions) }
                    return try function(prepared.written())
                }
            }
        )
    }
}
