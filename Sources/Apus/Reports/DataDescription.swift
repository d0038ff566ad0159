import ApusCore
import ApusFrame

/// The columns of a table as people look at them first: type, role, gaps, and where the values lie.
public struct DataDescription: Sendable {
    private let frame: DataFrame

    /// A description of a table.
    public init(_ frame: DataFrame) { self.frame = frame }

    static let header = ["column", "type", "missing", "distinct", "min", "median", "mean", "max", "most frequent"]

    /// A row for each column, in the order of `header`.
    var rows: [[String]] { frame.columns.map { Self.facts(of: $0).row } }

    /// What a person reads.
    public func text(data: String, width: Int) -> String {
        var table = TextTable(header: Self.header)
        for row in rows { table.add(row) }
        let size = "\(TextTable.grouped(frame.rowCount)) rows × \(TextTable.grouped(frame.columns.count)) columns"
        return "\(data): \(size)\n\n" + table.text(width: width)
    }

    /// What a program reads.
    public func json(data: String) -> JSONValue {
        [
            "data": .string(data),
            "rows": .int(frame.rowCount),
            "columns": .array(
                zip(frame.columns, frame.schema).map { column, schema in
                    Self.facts(of: column).json(roles: schema.roles.map(\.rawValue))
                }),
        ]
    }

    private struct Facts {
        var name: String
        var type: String
        var missing: Int
        var distinct: Int
        var numbers: (min: Double, median: Double, mean: Double, max: Double)?
        var top: (value: String, count: Int)?

        var row: [String] {
            let figures = numbers.map { [$0.min, $0.median, $0.mean, $0.max].map { TextTable.significant($0, 5) } }
            return [name, type, TextTable.grouped(missing), TextTable.grouped(distinct)]
                + (figures ?? ["", "", "", ""]) + [top.map { "\($0.value) (\(TextTable.grouped($0.count)))" } ?? ""]
        }

        func json(roles: [String]) -> JSONValue {
            var object: [String: JSONValue] = [
                "name": .string(name), "type": .string(type), "missing": .int(missing), "distinct": .int(distinct),
                "roles": .array(roles.map { .string($0) }),
            ]
            if let numbers {
                object["min"] = .double(numbers.min)
                object["median"] = .double(numbers.median)
                object["mean"] = .double(numbers.mean)
                object["max"] = .double(numbers.max)
            }
            if let top {
                object["most_frequent"] = .string(top.value)
                object["most_frequent_count"] = .int(top.count)
            }
            return .object(object)
        }
    }

    private static func facts(of column: Column) -> Facts {
        var facts = Facts(name: column.name, type: column.type.rawValue, missing: column.missingCount, distinct: 0)
        if column.type.isNumeric, column.type != .bool, column.type != .dateTime,
            let sorted = try? column.numbers().filter({ !$0.isNaN }).sorted()
        {
            guard let first = sorted.first, let last = sorted.last else { return facts }
            facts.distinct = 1 + zip(sorted, sorted.dropFirst()).count { $0 != $1 }
            let middle = sorted.count / 2
            let median = sorted.count % 2 == 1 ? sorted[middle] : sorted[middle - 1] / 2 + sorted[middle] / 2
            facts.numbers = (first, median, sorted.reduce(0) { $0 + $1 / Double(sorted.count) }, last)
            return facts
        }
        var counts: [String: Int] = [:]
        for row in 0..<column.count where !column.missing[row] { counts[column.text(at: row), default: 0] += 1 }
        facts.distinct = counts.count
        facts.top = counts.min { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
        return facts
    }
}
