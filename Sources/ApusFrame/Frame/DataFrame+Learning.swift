import ApusCore

/// What a model is to do with a target: tell classes apart, or predict a number.
public enum LearningTask: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// Tell classes apart.
    case classification
    /// Predict a number.
    case regression
}

extension DataFrame {
    /// The task that suits a target: classification when it is text, categorical, truth values, or whole numbers with at
    /// most 20 different values; else regression.
    ///
    /// - Throws: `ApusError` with code `unknownName`, or `invalidInput` when the column has no value at all.
    public func suggestedTask(of target: String) throws -> LearningTask {
        let column = try self[target]
        guard column.missingCount < column.count else { throw withoutValues(target) }
        switch column.values {
        case .string, .categorical, .bool: return .classification
        case .dateTime: return .regression
        case .double(let values):
            // A file writes whole numbers with a missing one among them as 1.0, 2.0, …, if it was written by pandas.
            guard values.allSatisfy({ $0.isNaN || Int(exactly: $0) != nil }) else { return .regression }
            return atMost20(values.lazy.filter { !$0.isNaN }) ? .classification : .regression
        case .int(let values):
            let present = values.indices.lazy.filter { !column.missing[$0] }.map { values[$0] }
            return atMost20(present) ? .classification : .regression
        }
    }

    private func atMost20<Value: Hashable>(_ values: some Sequence<Value>) -> Bool {
        var distinct: Set<Value> = []
        for value in values {
            distinct.insert(value)
            if distinct.count > 20 { return false }
        }
        return true
    }

    /// A column as class labels: whole numbers (also those in a column of floating-point numbers), truth values or text.
    ///
    /// - Parameter name: The target. Drop rows without one first: `frame.droppingMissing(in: [name])`.
    /// - Throws: `ApusError` with code `unknownName`; `invalidInput` when a value is missing, naming the row; and
    ///   `invalidSchema` for points in time and numbers that are not whole.
    public func labels(of name: String) throws -> Labels {
        let column = try self[name]
        try checkComplete(column)
        switch column.values {
        case .int(let values): return Labels(values)
        case .bool(let values): return Labels(values)
        case .string, .categorical:
            guard case .categorical(let codes, let levels) = column.asCategorical().values else { break }
            return try Labels(codes: codes.map { Int($0) }, classes: .strings(levels)).sorted()
        case .double(let values):
            let whole = values.compactMap { Int(exactly: $0) }
            if whole.count == values.count { return Labels(whole) }
            let row = values.firstIndex { Int(exactly: $0) == nil } ?? 0
            throw ApusError(
                .invalidSchema,
                "Target “\(name)” holds \(values[row]) in data row \(row + 1), which is no class; "
                    + "choose regression or another target.")
        case .dateTime: break
        }
        throw ApusError(
            .invalidSchema, "Target “\(name)” holds points in time, which are no classes; choose another target.")
    }

    /// A column as numbers to predict.
    ///
    /// - Parameter name: The target. Drop rows without one first: `frame.droppingMissing(in: [name])`.
    /// - Throws: `ApusError` with code `unknownName`; `invalidInput` when a value is missing or infinite, naming the row;
    ///   and `invalidSchema` for text.
    public func numbers(of name: String) throws -> [Double] {
        let column = try self[name]
        try checkComplete(column)
        let values = try column.numbers()
        try checkFinite(values, name)
        return values
    }

    /// Columns of numbers as a matrix, exactly as they are; NaN where a value is missing.
    ///
    /// - Parameter names: The columns, in the order in which they come out; those with the role `feature` when not given.
    /// - Throws: `ApusError` with code `unknownName`, or `invalidSchema` for text.
    public func matrix(of names: [String]? = nil) throws -> Matrix {
        if names == nil { try checkAssignments() }
        let columns = try (names ?? columnNames(in: .feature)).map { try self[$0].numbers() }
        let width = columns.count
        let values = [Double](filledInParallelRows: rowCount, width: width, blockSize: 1024) { block, out in
            for (place, column) in columns.enumerated() {
                for row in block { out[row * width + place] = column[row] }
            }
        }
        return Matrix(rows: rowCount, columns: width, values: values)
    }

    private func checkComplete(_ column: Column) throws {
        guard column.count > 0, column.missingCount < column.count else { throw withoutValues(column.name) }
        guard let row = column.missing.firstMissing else { return }
        throw ApusError(
            .invalidInput,
            "Target “\(column.name)” has no value in data row \(row + 1) (\(column.missingCount) of \(column.count) rows "
                + "have none); drop these rows or fill the values in.")
    }

    private func withoutValues(_ name: String) -> ApusError {
        ApusError(.invalidInput, "Target “\(name)” has no value in any row; choose another column as target.")
    }
}

extension Labels {
    /// The same labels with classes of text in ascending order, and only those that occur.
    fileprivate func sorted() throws -> Labels {
        let compact = compacted
        guard case .strings(let levels) = compact.classes else { return compact }
        let order = levels.indices.sorted { precedes(levels[$0], levels[$1]) }
        var place = [Int](repeating: 0, count: levels.count)
        for (new, old) in order.enumerated() { place[old] = new }
        return try Labels(codes: compact.codes.map { place[$0] }, classes: .strings(order.map { levels[$0] }))
    }
}
