#if ONNX
/// An input or output of an exported model: a name with a type and a shape whose first size is that of the table.
public struct ONNXValue: Sendable, Hashable {
    /// What the elements are.
    public enum ElementType: String, Sendable, Hashable, CaseIterable {
        /// 64-bit floating-point numbers, NaN for a missing one.
        case double
        /// 64-bit whole numbers.
        case int64
        /// Text, empty for a missing one.
        case string
        /// Truth values.
        case bool
    }

    /// What runtimes call it.
    public let name: String
    /// What its elements are.
    public let type: ElementType
    /// How many columns it has; nil for a list with one element a row.
    public let columns: Int?

    /// The shape for people: `[N, 1]`.
    public var shape: String { columns.map { "[N, \($0)]" } ?? "[N]" }
}
#endif
