#if Server
import Apus
import ApusCore
import ApusFrame
import Foundation
import GRDB

/// A true label, by the request and the row that it belongs to.
struct BroughtOutcome: Sendable, Hashable {
    /// The request's id.
    let request: String
    /// The row's place in the request, from 0.
    let row: Int
    /// The label: text, a number or a truth value.
    let outcome: Cell

    /// The label as it is kept.
    var databaseValue: DatabaseValue {
        switch outcome {
        case .missing: .null
        case .number(let value): value.databaseValue
        case .text(let value): value.databaseValue
        case .flag(let value): (value ? "true" : "false").databaseValue
        }
    }

    /// The label beside its prediction; nil where the model is no longer served, so that its classes are not known.
    ///
    /// - Throws: `RouteFailure` for a label that is no class of the model, or no number.
    func joined(
        model: String, version: String, time: Double, prediction: DatabaseValue, groups: String?, classes: [String]?
    ) throws -> JoinedOutcome? {
        let pair: JoinedOutcome.Pair
        switch (classes, prediction.storage) {
        case (let classes?, .string(let predicted)):
            guard let truth = classes.firstIndex(of: outcome.description) else {
                throw RouteFailure(
                    422, "unknownClass",
                    "The outcome of row \(row) of request “\(request.prefix(100))” is "
                        + "“\(outcome.description.prefix(100))”, but the classes of \(model) are "
                        + "\(classes.prefix(20).joined(separator: ", ")); nothing was kept.", field: "outcome")
            }
            guard let predicted = classes.firstIndex(of: predicted) else { return nil }
            pair = .classes(predicted: predicted, truth: truth)
        case (_, .double(let predicted)):
            guard case .number(let truth) = outcome, truth.isFinite else {
                throw RouteFailure(
                    422, "wrongType",
                    "The outcome of row \(row) of request “\(request.prefix(100))” is no number, "
                        + "but \(model) predicts numbers; nothing was kept.", field: "outcome")
            }
            pair = .numbers(predicted: predicted, truth: truth)
        default: return nil
        }
        var members: [String: String] = [:]
        if let groups, case .object(let fields)? = try? JSONDecoder().decode(JSONValue.self, from: Data(groups.utf8)) {
            members = fields.compactMapValues(\.stringValue)
        }
        return JoinedOutcome(
            model: model, version: version, predictedAt: time, pair: pair, groups: members)
    }
}

extension BroughtOutcome {
    /// The most labels of a request.
    static let limit = 100_000

    /// Reads a request's body: one label, `{"request": "…", "row": 0, "outcome": "yes"}` (row 0 where none is given), or
    /// several, `{"outcomes": [{…}, …]}`.
    ///
    /// - Throws: `RequestFailure`, naming the field.
    static func read(_ body: [UInt8]) throws -> [BroughtOutcome] {
        var reader = JSONReader(body)
        guard try reader.next() == .object else { throw malformed }
        var several: [BroughtOutcome]?
        var single = Draft()
        _ = reader.take("{")
        var isOpen = !reader.take("}")
        while isOpen {
            let name = try reader.text()
            try reader.expect(":", "after the name “\(name.prefix(100))”")
            if name == "outcomes", several == nil {
                guard try reader.next() == .list else {
                    throw RequestFailure(400, "invalidRequest", "“outcomes” must be a list.", field: "outcomes")
                }
                several = try list(&reader)
            } else {
                try single.read(name, &reader, "")
            }
            isOpen = try reader.continues(until: "}")
        }
        guard reader.isAtEnd else {
            throw RequestFailure.malformed("The body goes on after the end of its JSON object; send one object.")
        }
        if let several {
            guard single.isEmpty else { throw malformed }
            return several
        }
        return [try single.finished("")]
    }

    private static var malformed: RequestFailure {
        RequestFailure(
            400, "invalidRequest",
            #"Send {"request": "ID", "row": 0, "outcome": "LABEL"} or {"outcomes": [ … such objects … ]}."#)
    }

    private static func list(_ reader: inout JSONReader) throws -> [BroughtOutcome] {
        _ = reader.take("[")
        var found: [BroughtOutcome] = []
        if reader.take("]") { return found }
        repeat {
            let place = "outcomes[\(found.count)]"
            guard found.count < limit else {
                throw RequestFailure(
                    413, "tooManyRows", "“outcomes” has more than \(limit) labels; send them in several requests.",
                    field: "outcomes")
            }
            guard try reader.next() == .object else {
                throw RequestFailure(400, "invalidRequest", "\(place) is no object.", field: place)
            }
            var draft = Draft()
            _ = reader.take("{")
            var isOpen = !reader.take("}")
            while isOpen {
                let name = try reader.text()
                try reader.expect(":", "after the name “\(name.prefix(100))”")
                try draft.read(name, &reader, place + ".")
                isOpen = try reader.continues(until: "}")
            }
            found.append(try draft.finished(place + "."))
        } while try reader.continues(until: "]")
        return found
    }

    /// A label that is being read.
    private struct Draft {
        private var request: String?
        private var row: Int?
        private var outcome: Cell?

        var isEmpty: Bool { request == nil && row == nil && outcome == nil }

        mutating func read(_ name: String, _ reader: inout JSONReader, _ place: String) throws {
            let field = place + name
            guard ["request", "row", "outcome"].contains(name) else {
                throw RequestFailure(
                    400, "unknownField",
                    "An outcome has no field “\(name.prefix(100))”; its fields are request, row and outcome.",
                    field: String(field.prefix(200)))
            }
            guard let cell = try reader.scalar() else {
                throw RequestFailure.unusable("wrongType", "“\(field)” is a list or an object.", field: field)
            }
            switch (name, cell) {
            case ("request", .text(let text)) where request == nil && !text.isEmpty: request = text
            case ("row", .number(let value)) where row == nil && value >= 0 && value <= 1e9 && value == value.rounded():
                row = Int(value)
            case ("outcome", .number(let value)) where !value.isFinite:
                throw RequestFailure.unusable("notFinite", "“\(field)” is too large.", field: field)
            case ("outcome", _) where outcome == nil && cell != .missing: outcome = cell
            default:
                throw RequestFailure.unusable(
                    "wrongType",
                    "“\(field)” cannot be used: request is a text, row a whole number from 0, outcome a label; "
                        + "send each once.", field: field)
            }
        }

        func finished(_ place: String) throws -> BroughtOutcome {
            guard let request else { throw missing("request", place) }
            guard let outcome else { throw missing("outcome", place) }
            return BroughtOutcome(request: request, row: row ?? 0, outcome: outcome)
        }

        private func missing(_ name: String, _ place: String) -> RequestFailure {
            RequestFailure(400, "missingField", "“\(place)\(name)” is missing; send it.", field: place + name)
        }
    }
}
#endif
