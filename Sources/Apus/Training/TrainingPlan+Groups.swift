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
}
