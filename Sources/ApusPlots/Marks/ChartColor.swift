/// A colour that keeps its contrast on a light and on a dark background.
///
/// The named colours have one shade for each background; a colour of your own, made with `init(red:green:blue:)`,
/// is the same on both.
public struct ChartColor: Sendable, Hashable {
    enum Storage: Sendable, Hashable {
        case series(Int)
        case role(Palette.Role)
        case fixed(RGB)
    }

    let storage: Storage

    /// The first colour of the palette.
    public static let blue = ChartColor(storage: .series(0))
    /// The second colour: an orange red.
    public static let vermilion = ChartColor(storage: .series(1))
    /// The third colour: a bluish green.
    public static let green = ChartColor(storage: .series(2))
    /// The fourth colour: a reddish purple.
    public static let purple = ChartColor(storage: .series(3))
    /// The fifth colour: a dark yellow.
    public static let gold = ChartColor(storage: .series(4))
    /// The sixth colour: a light blue.
    public static let sky = ChartColor(storage: .series(5))
    /// The seventh colour.
    public static let gray = ChartColor(storage: .series(6))
    /// The eighth colour.
    public static let brown = ChartColor(storage: .series(7))
    /// The colour of the text.
    public static let primary = ChartColor(storage: .role(.ink))
    /// The colour of the axis labels: for rules, baselines and whatever should stay behind the data.
    public static let secondary = ChartColor(storage: .role(.muted))

    private init(storage: Storage) { self.storage = storage }

    /// A colour of your own; components from 0 to 1 in sRGB.
    public init(red: Double, green: Double, blue: Double) {
        func byte(_ value: Double) -> UInt8 { value.isFinite ? UInt8((min(1, max(0, value)) * 255).rounded()) : 0 }
        storage = .fixed(RGB(byte(red), byte(green), byte(blue)))
    }

    var paint: Paint {
        switch storage {
        case .series(let index): return .series(index)
        case .role(let role): return .role(role)
        case .fixed(let color): return .fixed(color)
        }
    }
}
