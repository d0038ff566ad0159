import Apus
import ApusCore
import ApusFrame

/// How rows of a model are written to the prediction log.
struct LogFormat: Sendable {
    /// What becomes of a column.
    private enum Handling: Sendable { case kept, hashed, leftOut }

    private struct Field: Sendable {
        let place: Int
        /// The name in quotes with its colon.
        let head: [UInt8]
        let handling: Handling
    }

    private let fields: [Field]
    private let layout: MonitorLayout
    private let hash: @Sendable ([UInt8]) -> String
    /// The sensitive columns whose groups the log may hold, by their place in the layout.
    private let openGroups: [Int]
    /// The names of the classes; empty for a regressor.
    var classes: [String] { layout.classes }

    /// - Parameters:
    ///   - columns: The model's inputs, in their order.
    ///   - privacy: The columns that the log must not hold as they are.
    ///   - hash: The keyed hash.
    ///   - layout: The groups and classes of the model.
    init(
        columns: [String], privacy: [String: MonitorConfiguration.Privacy], layout: MonitorLayout,
        hash: @escaping @Sendable ([UInt8]) -> String
    ) {
        self.hash = hash
        self.layout = layout
        fields = columns.enumerated().compactMap { place, name in
            var head = JSONText(capacity: name.utf8.count + 4)
            head.string(name)
            head.raw(":")
            switch privacy[name] {
            case .leftOut: return nil
            case .hashed: return Field(place: place, head: head.bytes, handling: .hashed)
            case nil: return Field(place: place, head: head.bytes, handling: .kept)
            }
        }
        openGroups = layout.groups.indices.filter { privacy[layout.groups[$0].rule.column] == nil }
    }

    /// The inputs of a row as a JSON object, without what the log must not hold.
    func inputs(_ cells: [Cell]) -> String {
        var text = JSONText(capacity: 24 * fields.count + 2)
        text.raw("{")
        var isFirst = true
        for field in fields where field.place < cells.count {
            if !isFirst { text.raw(",") }
            isFirst = false
            text.raw(field.head)
            let cell = cells[field.place]
            if field.handling == .hashed, cell != .missing {
                text.string(hash(Array(cell.description.utf8)))
            } else {
                text.cell(cell)
            }
        }
        text.raw("}")
        return String(decoding: text.bytes, as: UTF8.self)
    }

    /// The groups of a row as a JSON object; nil where the model has none that the log may hold.
    func groups(_ cells: [Cell]) -> String? {
        guard !openGroups.isEmpty else { return nil }
        var text = JSONText(capacity: 64)
        text.raw("{")
        for (index, place) in openGroups.enumerated() {
            let group = layout.groups[place]
            if index > 0 { text.raw(",") }
            text.string(group.rule.column)
            text.raw(":")
            text.string(group.names[group.group(of: group.input < cells.count ? cells[group.input] : .missing)])
        }
        text.raw("}")
        return String(decoding: text.bytes, as: UTF8.self)
    }
}

extension JSONText {
    /// A value of a row; numbers that are not finite become null.
    mutating func cell(_ cell: Cell) {
        switch cell {
        case .missing: raw("null")
        case .number(let value):
            if value == value.rounded(), value.magnitude < 1e15 {
                raw(String(Int(value)))
            } else {
                value.isFinite ? number(value) : raw("null")
            }
        case .text(let value): string(value)
        case .flag(let value): raw(value ? "true" : "false")
        }
    }
}
