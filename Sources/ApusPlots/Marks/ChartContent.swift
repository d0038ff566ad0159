/// Anything that goes between the braces of `Chart { ... }`: a mark, or several with modifiers in common.
public protocol ChartContent: Sendable {
    /// The marks in drawing order, the first at the bottom.
    var marks: [Mark] { get }
}

/// Marks that were modified or grouped together.
public struct ChartGroup: ChartContent {
    /// The marks in drawing order, the first at the bottom.
    public let marks: [Mark]

    init(_ marks: [Mark]) { self.marks = marks }
}

/// Collects the marks of a chart; understands `if`, `else`, `switch` and `for`.
@resultBuilder
public enum ChartBuilder {
    /// A mark or group standing alone.
    public static func buildExpression(_ content: some ChartContent) -> [Mark] { content.marks }
    /// Everything between two braces.
    public static func buildBlock(_ parts: [Mark]...) -> [Mark] { parts.flatMap { $0 } }
    /// An `if` without `else`.
    public static func buildOptional(_ part: [Mark]?) -> [Mark] { part ?? [] }
    /// The first branch of `if` and `else`.
    public static func buildEither(first part: [Mark]) -> [Mark] { part }
    /// The second branch of `if` and `else`.
    public static func buildEither(second part: [Mark]) -> [Mark] { part }
    /// A `for` loop.
    public static func buildArray(_ parts: [[Mark]]) -> [Mark] { parts.flatMap { $0 } }
    /// An `if #available`.
    public static func buildLimitedAvailability(_ part: [Mark]) -> [Mark] { part }
}
