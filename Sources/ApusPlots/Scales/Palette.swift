/// The colours of a chart on a light and on a dark background.
///
/// The eight series colours go back to Okabe and Ito's set for readers with any colour vision ("Color Universal
/// Design", 2008). They were shifted in lightness until each has a contrast of at least 3:1 with its background and
/// any two stay apart under simulated protanopia, deuteranopia and tritanopia.
enum Palette {
    /// A colour by its task.
    enum Role: String, Sendable, Hashable, CaseIterable {
        case surface, ink, muted, grid, axis
        /// The strong ends of the colour ramps.
        case ramp, rampLow, rampHigh
        /// Text on the middle and on the strong part of a ramp.
        case onMiddle, onStrong
        case white, black
    }

    static let lightSeries = [
        RGB(0x0a5ea8), RGB(0xbd3f00), RGB(0x007f62), RGB(0xcc66b8), RGB(0xa89200), RGB(0x2b9af0), RGB(0x565a63),
        RGB(0x6a2018),
    ]

    static let darkSeries = [
        RGB(0x3f8ee0), RGB(0xee7230), RGB(0x35d6a4), RGB(0xd98cc4), RGB(0xf2d43c), RGB(0xb4daff), RGB(0x7f8692),
        RGB(0xb0574c),
    ]

    static func color(_ role: Role, dark: Bool) -> RGB {
        switch role {
        case .surface: return dark ? RGB(0x14171c) : RGB(0xffffff)
        case .ink: return dark ? RGB(0xe8eaed) : RGB(0x1c2127)
        case .muted: return dark ? RGB(0xa2a9b4) : RGB(0x5b636e)
        case .grid: return dark ? RGB(0x2a2f37) : RGB(0xe6e8eb)
        case .axis: return dark ? RGB(0x5a626e) : RGB(0xa3a9b2)
        case .ramp: return dark ? RGB(0x8fd0ff) : RGB(0x06427a)
        case .rampLow: return dark ? RGB(0x7fc2ff) : RGB(0x0a4f92)
        case .rampHigh: return dark ? RGB(0xff9d6b) : RGB(0x9c3300)
        case .onMiddle: return dark ? RGB(0x0b0d10) : RGB(0x1c2127)
        case .onStrong: return dark ? RGB(0x0b0d10) : RGB(0xffffff)
        case .white: return RGB(0xffffff)
        case .black: return RGB(0x101318)
        }
    }

    static func series(_ index: Int, dark: Bool) -> RGB {
        let colors = dark ? darkSeries : lightSeries
        return colors[(index % colors.count + colors.count) % colors.count]
    }
}
