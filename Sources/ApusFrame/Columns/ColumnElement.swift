import ApusCore

/// A Swift type that the values of a column can be read as: `Double`, `Int`, `String`, `Bool` or `DateTime`.
public protocol ColumnElement: Sendable, Hashable {
    /// The values of a column, nil where they are missing, or nil when the column cannot be read as this type.
    static func values(of column: Column) -> [Self?]?
}

extension Double: ColumnElement {
    /// The numbers of a column that holds any kind of numbers.
    public static func values(of column: Column) -> [Double?]? {
        (try? column.numbers())?.map { $0.isNaN ? nil : $0 }
    }
}

extension Int: ColumnElement {
    /// The whole numbers of a column that holds such.
    public static func values(of column: Column) -> [Int?]? {
        guard case .int(let values) = column.values else { return nil }
        return values.enumerated().map { column.missing[$0] ? nil : $1 }
    }
}

extension String: ColumnElement {
    /// The texts of a column of text or categories.
    public static func values(of column: Column) -> [String?]? {
        switch column.values {
        case .string, .categorical: column.texts
        default: nil
        }
    }
}

extension Bool: ColumnElement {
    /// The truth values of a column that holds such.
    public static func values(of column: Column) -> [Bool?]? {
        guard case .bool(let values) = column.values else { return nil }
        return values.enumerated().map { column.missing[$0] ? nil : $1 }
    }
}

extension DateTime: ColumnElement {
    /// The points in time of a column that holds such.
    public static func values(of column: Column) -> [DateTime?]? {
        guard case .dateTime(let values) = column.values else { return nil }
        return values.enumerated().map { column.missing[$0] ? nil : DateTime(microseconds: $1) }
    }
}

extension Column {
    /// The values as a Swift type, nil where they are missing.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` when the column is of another type.
    public func values<Value: ColumnElement>(as type: Value.Type) throws -> [Value?] {
        guard let values = Value.values(of: self) else {
            throw ApusError(
                .invalidSchema,
                "Column “\(name)” holds \(self.type.name)s, which cannot be read as \(type); ask for another type.")
        }
        return values
    }

    /// The values as numbers, NaN where they are missing: truth values as 0 and 1, points in time as seconds since 1970.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` for text and categories, naming the first of them.
    public func numbers() throws -> [Double] {
        func masked(_ values: [Double]) -> [Double] {
            guard !missing.isComplete else { return values }
            var values = values
            for row in values.indices where missing[row] { values[row] = .nan }
            return values
        }
        switch values {
        case .double(let values): return values
        case .int(let values): return masked(values.map { Double($0) })
        case .bool(let values): return masked(values.map { $0 ? 1 : 0 })
        case .dateTime(let values): return masked(values.map { DateTime(microseconds: $0).secondsSince1970 })
        case .string, .categorical:
            // A column without any value has no text either.
            if missingCount == count { return [Double](repeating: .nan, count: count) }
            let row = (0..<count).first { !missing[$0] } ?? 0
            throw ApusError(
                .invalidSchema,
                "Column “\(name)” holds text (“\(text(at: row))” in row \(row)) where numbers are needed; "
                    + "encode it or leave it out.")
        }
    }
}
