/// Where an annotation stands relative to its item.
public enum AnnotationPosition: Sendable, Hashable, CaseIterable {
    /// Beyond the end of a bar, inside a rectangle, above a point or line, at the far end of a rule.
    case automatic
    /// Above the item.
    case top
    /// Below the item.
    case bottom
    /// Left of the item.
    case leading
    /// Right of the item.
    case trailing
    /// In the middle of the item.
    case overlay
}
