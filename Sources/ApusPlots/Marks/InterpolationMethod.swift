/// How a line or area runs from one item to the next.
public enum InterpolationMethod: Sendable, Hashable, CaseIterable {
    /// Straight from item to item.
    case linear
    /// A step halfway between two items.
    case stepCenter
    /// The value changes at an item and stays until the next: level first, then upright.
    case stepStart
    /// The value changes right after an item: upright first, then level.
    case stepEnd
}
