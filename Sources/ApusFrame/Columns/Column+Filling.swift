import ApusCore

/// What takes the place of missing values.
public enum Filling: Sendable, Hashable {
    /// One value.
    case constant(Cell)
    /// The mean of the others; makes a column of floating-point numbers.
    case mean
    /// The median of the others; makes a column of floating-point numbers.
    case median
    /// The most frequent of the others, the smallest of several.
    case mode
    /// The last value before it, for at most `limit` rows in a run.
    case forward(limit: Int? = nil)
    /// The next value after it, for at most `limit` rows in a run.
    case backward(limit: Int? = nil)
    /// A number on the line between the values before and after it; the last value behind the last one, and nothing
    /// before the first one. Makes a column of floating-point numbers.
    case interpolated
}

extension Column {
    /// The column with something in place of its missing values; what cannot be known stays missing.
    ///
    ///     try frame["age"].filled(with: .median)
    ///
    /// - Throws: `ApusError` with code `invalidSchema` when the filling does not suit the type of the column.
    public func filled(with filling: Filling) throws -> Column {
        switch filling {
        case .constant(let cell): return try filled(cell)
        case .mean: return try filled(number: mean())
        case .median: return try filled(number: median())
        case .mode: return try filled(mode())
        case .forward(let limit): return gathering(sources(0..<count, limit), hasGaps: true)
        case .backward(let limit): return gathering(sources((0..<count).reversed(), limit), hasGaps: true)
        case .interpolated: return Column(name, interpolated(try numbers()))
        }
    }

    /// For each row the last row with a value on the way, or -1.
    private func sources(_ rows: some Sequence<Int>, _ limit: Int?) -> [Int] {
        var sources = [Int](repeating: -1, count: count)
        var (last, run) = (-1, 0)
        for row in rows {
            if missing[row] {
                run += 1
                sources[row] = run <= limit ?? .max ? last : -1
            } else {
                (last, run) = (row, 0)
                sources[row] = row
            }
        }
        return sources
    }

    private func filled(number: Double?) throws -> Column {
        let values = try numbers()
        guard let number else { return self }
        return Column(name, values.map { $0.isNaN ? number : $0 })
    }

    private func filled(_ cell: Cell) throws -> Column {
        func misfit() -> ApusError {
            ApusError(
                .invalidSchema,
                "Column “\(name)” holds \(type.name)s, and “\(cell)” is not one; fill it with another value or convert "
                    + "it first.")
        }
        if case .missing = cell { return self }
        let all = MissingMask(complete: count)
        switch (values, cell) {
        case (.double(let values), .number(let number)): return Column(name, values.map { $0.isNaN ? number : $0 })
        case (.int(let values), .number(let number)):
            guard let whole = Int(exactly: number) else {
                return missing.isComplete ? self : Column(name, try numbers().map { $0.isNaN ? number : $0 })
            }
            return Column(
                name: name, values: .int(values.indices.map { missing[$0] ? whole : values[$0] }), missing: all)
        case (.bool(let values), .flag(let flag)):
            return Column(
                name: name, values: .bool(values.indices.map { missing[$0] ? flag : values[$0] }), missing: all)
        case (.dateTime(let values), .text(let text)):
            guard let time = DateTime(text)?.microseconds else { throw misfit() }
            return Column(
                name: name, values: .dateTime(values.indices.map { missing[$0] ? time : values[$0] }), missing: all)
        case (.string(let texts), .text(let text)):
            if missing.isComplete { return self }
            if case .dictionary(let codes, let levels) = texts.storage {
                let place = levels.firstIndex { ExactText($0) == ExactText(text) } ?? levels.count
                let all = place == levels.count ? levels + [text] : levels
                let filled = codes.map { $0 < 0 ? Int32(place) : $0 }
                return Column(
                    name: name, values: .string(TextValues(.dictionary(codes: filled, levels: all))),
                    missing: MissingMask(complete: count))
            }
            return Column(name, (0..<count).map { missing[$0] ? text : texts[$0] })
        case (.categorical(let codes, let levels), .text(let text)):
            guard let place = levels.firstIndex(where: { ExactText($0) == ExactText(text) }) else {
                throw ApusError(
                    .invalidSchema,
                    "Column “\(name)” has no level “\(text)” to fill missing values with; add it to the levels first.")
            }
            return Column(
                name: name, values: .categorical(codes: codes.map { $0 < 0 ? Int32(place) : $0 }, levels: levels),
                missing: all)
        default: throw misfit()
        }
    }

    private func interpolated(_ values: [Double]) -> [Double] {
        var values = values
        var last: Int?
        for row in values.indices where !values[row].isNaN {
            if let last, row - last > 1 {
                let slope = (values[row] - values[last]) / Double(row - last)
                for between in last + 1..<row { values[between] = slope * Double(between - last) + values[last] }
            }
            last = row
        }
        if let last { for row in last..<values.count { values[row] = values[last] } }
        return values
    }
}

extension DataFrame {
    /// The frame with something in place of missing values in some columns, or in all whose type suits the filling.
    ///
    /// - Throws: `ApusError` with code `unknownName`, or `invalidSchema` when the filling does not suit a column that was
    ///   named.
    public func filled(with filling: Filling, in names: [String]? = nil) throws -> DataFrame {
        for name in names ?? [] { _ = try indexOfColumn(name) }
        let chosen = names.map(Set.init)
        return replacingColumns(
            try columns.map { column in
                guard let chosen else { return column.suits(filling) ? try column.filled(with: filling) : column }
                return chosen.contains(column.name) ? try column.filled(with: filling) : column
            }, rowCount: rowCount)
    }
}

extension Column {
    fileprivate func suits(_ filling: Filling) -> Bool {
        switch filling {
        case .mean, .median, .interpolated: type == .double || type == .int
        case .mode, .forward, .backward: true
        case .constant(.missing): false
        case .constant(.number): type == .double || type == .int
        case .constant(.flag): type == .bool
        case .constant(.text(let text)):
            switch values {
            case .string: true
            case .categorical(_, let levels): levels.contains { ExactText($0) == ExactText(text) }
            case .dateTime: DateTime(text) != nil
            default: false
            }
        }
    }
}
