import ApusCore

/// What a column is for.
///
/// A column has exactly one use, which is one of `feature`, `target`, `weight`, `identifier` and `ignored`, and may be
/// `sensitive` besides. Marking a column as sensitive does not stop a model from learning from it: to keep it out of the
/// model and still be able to compare groups by it, make it `sensitive` and `ignored`.
public enum Role: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// Models learn from it. Columns are features unless something else is said.
    case feature
    /// What is to be predicted.
    case target
    /// Groups that must be treated fairly; combines with any use.
    case sensitive
    /// How much each row counts.
    case weight
    /// Names the row; never learned from.
    case identifier
    /// Kept, and not used.
    case ignored
}
