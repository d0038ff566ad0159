/// The characters a terminal can show.
public enum TerminalCharacters: Sendable, Hashable, CaseIterable {
    /// Braille dots, blocks and box lines.
    case unicode
    /// ASCII only.
    case ascii
}
