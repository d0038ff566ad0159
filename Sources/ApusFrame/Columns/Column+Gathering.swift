import ApusCore

extension Column {
    /// The rows with the given indices, in that order; an index may repeat.
    public func selecting(rows: [Int]) -> Column {
        for row in rows { precondition(row >= 0 && row < count, "there is no such row") }
        return gathering(rows)
    }

    /// The rows with the given indices, which are known to exist.
    ///
    /// - Parameters:
    ///   - rows: The indices; a negative one gives a missing value when there are gaps.
    ///   - hasGaps: Whether there are negative indices.
    func gathering(_ rows: [Int], hasGaps: Bool = false) -> Column {
        let chosen: Values =
            switch values {
            case .double(let values): .double(GatherKernel.doubles(values, rows))
            case .int(let values): .int(GatherKernel.ints(values, rows))
            case .string(let values): .string(values.gathering(rows))
            case .categorical(let codes, let levels):
                .categorical(codes: GatherKernel.codes(codes, rows), levels: levels)
            case .bool(let values): .bool(GatherKernel.flags(values, rows))
            case .dateTime(let values): .dateTime(GatherKernel.ints(values, rows))
            }
        return Column(name: name, values: chosen, missing: missing.gathering(rows, hasGaps: hasGaps))
    }

    /// The same values with others missing.
    func masked(_ mask: MissingMask) -> Column {
        guard mask != missing else { return self }
        var chosen = values
        if case .double(var numbers) = values {
            for row in numbers.indices where mask[row] { numbers[row] = .nan }
            chosen = .double(numbers)
        } else if case .categorical(var codes, let levels) = values {
            for row in codes.indices where mask[row] { codes[row] = -1 }
            chosen = .categorical(codes: codes, levels: levels)
        }
        return Column(name: name, values: chosen, missing: mask)
    }

    /// A column of one type with no value in any row.
    ///
    /// Not inlined: Swift 6.3's optimiser fails on it inside of `joining(_:of:)`.
    @inline(never)
    static func empty(_ name: String, _ type: ColumnType, levels: [String] = [], count: Int) -> Column {
        let values: Values =
            switch type {
            case .double: .double([Double](repeating: .nan, count: count))
            case .int: .int([Int](repeating: 0, count: count))
            case .string:
                .string(TextValues(.dictionary(codes: [Int32](repeating: -1, count: count), levels: [])))
            case .categorical: .categorical(codes: [Int32](repeating: -1, count: count), levels: levels)
            case .bool: .bool([Bool](repeating: false, count: count))
            case .dateTime: .dateTime([Int](repeating: 0, count: count))
            }
        return Column(
            name: name, values: values,
            missing: count == 0
                ? MissingMask(complete: 0) : MissingMask(repeatElement(true, count: count)))
    }
}
