/// The shape of a point.
///
/// All shapes cover the same area, so that none looks heavier than another.
public enum ChartSymbol: Sendable, Hashable, CaseIterable {
    /// A disc.
    case circle
    /// A square.
    case square
    /// A triangle that points up.
    case triangle
    /// A square that stands on a corner.
    case diamond
    /// An upright cross of two bars.
    case plus
    /// A slanted cross of two bars.
    case cross

    /// Corners around the centre for an area of one square pixel; none for the disc.
    var corners: [(x: Double, y: Double)] {
        switch self {
        case .circle: return []
        case .square: return [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]
        case .diamond: return [(0, -0.7071), (0.7071, 0), (0, 0.7071), (-0.7071, 0)]
        case .triangle: return [(0, -0.8774), (0.7598, 0.4387), (-0.7598, 0.4387)]
        case .plus: return ChartSymbol.plusCorners
        case .cross: return ChartSymbol.plusCorners.map { (0.7071 * ($0.x - $0.y), 0.7071 * ($0.x + $0.y)) }
        }
    }

    /// Five squares side by side in a cross: 5 a² = 1.
    private static var plusCorners: [(x: Double, y: Double)] {
        let near = 0.2236
        let far = 0.6708
        return [
            (-near, -far), (near, -far), (near, -near), (far, -near), (far, near), (near, near), (near, far),
            (-near, far), (-near, near), (-far, near), (-far, -near), (-near, -near),
        ]
    }
}
