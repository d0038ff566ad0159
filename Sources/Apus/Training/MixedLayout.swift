import ApusCore
import ApusFrame
import ApusLearn

/// Which prepared columns are numbers, and which belong together as the levels of one column.
struct MixedLayout {
    /// A column of categories, or one of numbers: its prepared columns.
    private struct Part {
        let columns: Range<Int>
        let isCategorical: Bool
        /// Whether one prepared column says all.
        var isAlone: Bool { columns.count == 1 }
    }

    private let parts: [Part]

    init(_ preparation: any FittedPreparation) {
        var parts: [Part] = []
        func add(_ width: Int, _ isCategorical: Bool) {
            let first = parts.last?.columns.upperBound ?? 0
            if width > 0 { parts.append(Part(columns: first..<first + width, isCategorical: isCategorical)) }
        }
        func add(_ encoder: FittedFrameEncoder) {
            for column in encoder.inputColumns {
                let type = column.schema.type
                let width = type.isNumeric ? 1 : column.levels.count + (column.hasMissingLevel ? 1 : 0)
                add(width, type == .bool || !type.isNumeric)
            }
        }
        if let encoder = preparation as? FittedFrameEncoder { add(encoder) }
        for branch in (preparation as? FittedColumnTransformer)?.branches ?? [] {
            switch branch.model {
            case .encoder(let encoder): add(encoder)
            case .vectorizer(let model): for _ in 0..<model.outputCount { add(1, false) }
            case .passthrough: for input in branch.inputs { add(1, input.schema.type == .bool) }
            case .transformer(let model):
                if let widths = (model as? any CategoryOutputs)?.categoryWidths {
                    for width in widths { add(width, true) }
                } else {
                    for _ in model.features(for: branch.inputs.map(\.feature)) { add(1, false) }
                }
            }
        }
        self.parts = parts
    }

    var hasLevels: Bool { parts.contains { $0.isCategorical } }
    var hasNumbers: Bool { parts.contains { !$0.isCategorical } }
    /// The places of the columns that hold categories.
    var categorical: ColumnIndices { ColumnIndices(parts.indices.filter { parts[$0].isCategorical }) }

    /// One column for each column of the table: numbers, and the places of levels; -1 where no level is 1.
    func compact(_ x: Matrix) -> Matrix {
        var compact = Matrix(rows: x.rows, columns: parts.count)
        for row in 0..<x.rows {
            for (place, part) in parts.enumerated() {
                let first = part.columns.lowerBound
                compact[row, place] =
                    part.isCategorical && !part.isAlone
                    ? Double(part.columns.first { x[row, $0] == 1 }.map { $0 - first } ?? -1) : x[row, first]
            }
        }
        return compact
    }

    /// The prepared columns again.
    func expanded(_ compact: Matrix) -> Matrix {
        var x = Matrix(rows: compact.rows, columns: parts.last?.columns.upperBound ?? 0)
        for row in 0..<compact.rows {
            for (place, part) in parts.enumerated() {
                let (first, value) = (part.columns.lowerBound, compact[row, place])
                if part.isCategorical && !part.isAlone {
                    if value >= 0 { x[row, first + Int(value)] = 1 }
                } else {
                    x[row, first] = value
                }
            }
        }
        return x
    }
}
