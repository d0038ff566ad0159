import ApusCore
import ApusFrame
import ApusPlots
import ApusTrust

/// An explanation of some rows of a table as it is shown: as text, as JSON and as a page.
public struct ExplanationReport: Sendable {
    /// The explanation.
    public let explanation: Explanation
    /// The output that is shown where there are several.
    public let output: Int
    /// The number of the first row that was explained, as people count; default 1.
    public var firstRow = 1
    let model: TrainedModel
    let frame: DataFrame
    let space: InputSpace
    /// The rows as numbers, categories as codes; what the preparation makes of them where that is explained.
    let values: Matrix
    /// For each explained feature the place of its column; nil for what a preparation made of a text or of several columns.
    let columns: [Int?]

    /// A report of an explanation.
    ///
    /// - Parameters:
    ///   - explanation: What was found.
    ///   - model: The model.
    ///   - frame: The rows that were explained.
    ///   - output: The class that is shown; default nil: the second of two, else the most frequent prediction.
    /// - Throws: `ApusError` with code `unknownName` for a class that does not exist, `invalidInput` without rows.
    public init(
        _ explanation: Explanation, of model: TrainedModel, on frame: DataFrame, output: String? = nil
    ) throws {
        guard explanation.rowCount > 0, explanation.rowCount == frame.rowCount else {
            throw ApusError(.invalidInput, "The table has no rows to explain.")
        }
        self.explanation = explanation
        self.model = model
        self.frame = frame
        space = InputSpace(model, [frame])
        let table = try space.matrix(frame)
        if explanation.featureNames == space.names {
            columns = Array(space.columns.indices)
            values = table
        } else {
            let sources = FeatureSources(model.encoder)
            guard explanation.featureNames == sources.names else {
                throw ApusError(
                    .shapeMismatch,
                    "\(explanation.featureNames.count) features are explained, but the model has \(sources.names.count) "
                        + "others.")
            }
            columns = sources.columns
            let prepared = try model.encoder.encode(frame)
            values = Matrix(rows: frame.rowCount, columns: sources.names.count) { all in
                for row in 0..<frame.rowCount {
                    for k in sources.names.indices {
                        all[row * sources.names.count + k] =
                            sources.columns[k].map { table[row, $0] } ?? sources.features[k].map { prepared[row, $0] }
                            ?? .nan
                    }
                }
            }
        }
        let names = explanation.outputNames
        if let output {
            guard let place = names.firstIndex(of: output) else {
                throw ApusError(
                    .unknownName,
                    "The model has no class \(output)\(suggestion(for: output, among: names)); its outputs are "
                        + "\(names.joined(separator: ", ")).")
            }
            self.output = place
        } else if names.count <= 2 {
            self.output = names.count - 1
        } else {
            var counts = [Int](repeating: 0, count: names.count)
            for row in 0..<explanation.rowCount {
                counts[
                    names.indices.reduce(0) { explanation.outputs[row, $1] > explanation.outputs[row, $0] ? $1 : $0 }] +=
                    1
            }
            self.output = counts.indices.reduce(0) { counts[$1] > counts[$0] ? $1 : $0 }
        }
    }

    /// What contributions are measured in.
    public var measure: String {
        let name = explanation.outputNames[output]
        return switch explanation.unit {
        case .prediction: name
        case .probability: "probability of \(name)"
        case .logOdds: "log-odds of \(name)"
        case .score: explanation.outputNames.count > 1 || model.task == .classification ? "score of \(name)" : name
        case .loss: "loss"
        }
    }

    /// The columns from the most to the least important.
    public var ranking: [Int] { explanation.ranking(output: output) }

    /// A column and its value in a row.
    func named(_ feature: Int, row: Int) -> String {
        let value = values[row, feature]
        let text = columns[feature].map { space.text(value, of: $0) } ?? TextTable.significant(value, 4)
        return "\(explanation.featureNames[feature]) = \(text)"
    }

    // MARK: Text

    /// What a person reads: how much each column adds on average, and how the predictions for some rows come about.
    ///
    /// - Parameters:
    ///   - width: The width of the terminal.
    ///   - rows: For how many rows the contributions are listed.
    ///   - top: How many columns are listed.
    public func text(width: Int = 100, rows: Int = 3, top: Int = 12) -> String {
        let ranking = ranking
        let sizes = explanation.meanMagnitudes(output: output)
        let count = explanation.rowCount
        let columns = TextTable.grouped(explanation.featureNames.count)
        var lines = [
            "\(count == 1 ? "1 row" : "\(TextTable.grouped(count)) rows") by \(explanation.method): what each of \(columns) "
                + "columns adds to the \(measure)", "",
        ]
        let shown = ranking.prefix(top)
        lines += bars(
            shown.map { explanation.featureNames[$0] }, shown.map { sizes[$0] }, header: ("column", "mean size"), width)
        if ranking.count > shown.count { lines.append("… and \(ranking.count - shown.count) more") }
        for row in 0..<min(rows, count) {
            let contributions = explanation.contributions(row: row, output: output)
            let order = contributions.indices.sorted {
                (contributions[$1].magnitude, $0) < (contributions[$0].magnitude, $1)
            }
            let first = order.prefix(top)
            let rest = order.dropFirst(top).reduce(0) { $0 + contributions[$1] }
            lines += [
                "",
                "Row \(row + firstRow): \(measure) \(TextTable.significant(explanation.outputs[row, output], 5)), from "
                    + "\(TextTable.significant(explanation.bases[row, output], 5)) without knowing it",
            ]
            var names = first.map { named($0, row: row) }
            var numbers = first.map { contributions[$0] }
            if order.count > first.count {
                names.append("\(order.count - first.count) others")
                numbers.append(rest)
            }
            lines += bars(names, numbers, header: ("column", "adds"), width)
        }
        return lines.joined(separator: "\n")
    }

    private func bars(_ names: [String], _ numbers: [Double], header: (String, String), _ width: Int) -> [String] {
        let texts = numbers.map { TextTable.significant($0, 4) }
        let nameWidth = min(width / 2, max(displayWidth(header.0), names.map { displayWidth($0) }.max() ?? 0))
        let numberWidth = max(displayWidth(header.1), texts.map { displayWidth($0) }.max() ?? 0)
        let room = max(8, min(48, width - nameWidth - numberWidth - 5))
        let most = numbers.map(\.magnitude).max() ?? 0
        let hasNegative = numbers.contains { $0 < 0 }
        let half = hasNegative ? room / 2 : room
        func padded(_ text: String, _ width: Int, left: Bool = false) -> String {
            var text = text
            while displayWidth(text) > width { text.removeLast() }
            let space = String(repeating: " ", count: width - displayWidth(text))
            return left ? space + text : text + space
        }
        let lines = zip(zip(names, texts), numbers).map { pair, number in
            let length = most > 0 ? Int((number.magnitude / most * Double(half)).rounded()) : 0
            let bar = String(repeating: "█", count: length)
            let drawn =
                hasNegative
                ? (number < 0 ? padded(bar, half, left: true) : padded("", half)) + "│" + (number < 0 ? "" : bar)
                : "▏" + bar
            return "\(padded(pair.0, nameWidth))  \(padded(pair.1, numberWidth, left: true))  \(drawn)"
        }
        let rule =
            String(repeating: "─", count: nameWidth) + "  " + String(repeating: "─", count: numberWidth)
        return ["\(padded(header.0, nameWidth))  \(padded(header.1, numberWidth, left: true))", rule]
            + lines.map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
    }

    // MARK: JSON

    /// What a program reads: for each output the base and the mean size of each column's contributions, and for each row
    /// the outputs and contributions.
    public func json() -> JSONValue {
        let names = explanation.featureNames
        func byOutput(_ value: (Int) -> JSONValue) -> JSONValue {
            .object(
                Dictionary(
                    explanation.outputNames.enumerated().map { ($1, value($0)) },
                    uniquingKeysWith: { first, _ in first }))
        }
        func byColumn(_ values: [Double]) -> JSONValue {
            .object(Dictionary(zip(names, values.map { .double($0) }), uniquingKeysWith: { first, _ in first }))
        }
        return [
            "method": .string(explanation.method), "unit": .string(explanation.unit.rawValue),
            "outputs": .array(explanation.outputNames.map { .string($0) }),
            "columns": .array(names.map { .string($0) }),
            "base": byOutput { .double(explanation.bases[0, $0]) },
            "importance": byOutput { byColumn(explanation.meanMagnitudes(output: $0)) },
            "rows": .array(
                (0..<explanation.rowCount).map { row in
                    [
                        "row": .int(row + firstRow - 1), "output": byOutput { .double(explanation.outputs[row, $0]) },
                        "contributions": byOutput { byColumn(explanation.contributions(row: row, output: $0)) },
                    ]
                }),
        ]
    }
}
