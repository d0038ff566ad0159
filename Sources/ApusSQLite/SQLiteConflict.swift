#if SQLite
/// What happens when a frame is written to a table that is there already.
public enum SQLiteConflict: Sendable, Hashable {
    /// Nothing is written, and that is an error.
    case refuse
    /// The table is replaced by the new one.
    case replace
    /// The rows are added behind those of the table.
    case append
}
#endif
