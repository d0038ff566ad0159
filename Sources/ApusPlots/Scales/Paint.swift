/// What something is painted with, before it is known on which background.
enum Paint: Sendable, Hashable {
    /// The palette's colour for series number n; the palette repeats after eight.
    case series(Int)
    /// A colour by its task.
    case role(Palette.Role)
    /// A task's colour mixed into the background, from 0 to 1.
    case blend(Palette.Role, Double)
    /// The same colour on every background.
    case fixed(RGB)
}
