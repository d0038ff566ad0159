import ApusCore
import ApusFrame
import ApusTrust

extension TrainingPlan {
    /// The group of each row by all sensitive columns together; nil without any.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` when there are too many groups to compare.
    public func sensitiveGroups(in frame: DataFrame) throws -> Labels? {
        if sensitive.isEmpty { return nil }
        return try GroupRule.groups(of: sensitive.map { try GroupRule(of: frame[$0]) }, in: frame)
    }

    /// The group of each row that splits keep together, by the column `groups`; nil without one.
    ///
    /// - Throws: `ApusError` with code `invalidInput` when a row has none.
    public func splitGroups(in frame: DataFrame) throws -> Labels? {
        guard let groups else { return nil }
        let column: Column = try frame[groups]
        if let row = column.missing.firstMissing {
            throw ApusError(
                .invalidInput,
                "Data row \(row + 1) has no \(groups), so that it is in no group; fill the column, or drop such rows.")
        }
        switch column.type {
        case .int, .bool, .string, .categorical: return try frame.labels(of: groups)
        case .double, .dateTime:
            let values = try column.numbers()
            let places = Dictionary(uniqueKeysWithValues: zip(Set(values).sorted(), 0...))
            return Labels(values.map { places[$0] ?? 0 })
        }
    }
}
