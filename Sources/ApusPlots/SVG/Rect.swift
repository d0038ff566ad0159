/// A rectangle in pixels, y downwards.
struct Rect: Sendable, Hashable {
    var x: Double
    var y: Double
    var width: Double
    var height: Double

    var maxX: Double { x + width }
    var maxY: Double { y + height }
    var midX: Double { x + width / 2 }
    var midY: Double { y + height / 2 }
}

/// Room around the plot for titles, legend and labels, in pixels.
struct Insets: Sendable, Hashable {
    var top: Double
    var left: Double
    var bottom: Double
    var right: Double
}

extension Rect {
    /// The rectangle that is `distance` smaller on every side.
    func padded(by distance: Double) -> Rect {
        Rect(
            x: x + distance, y: y + distance, width: max(1, width - 2 * distance), height: max(1, height - 2 * distance)
        )
    }
}

extension Rect {
    /// The smallest rectangle around both.
    func united(with other: Rect) -> Rect {
        let (left, top) = (min(x, other.x), min(y, other.y))
        return Rect(x: left, y: top, width: max(maxX, other.maxX) - left, height: max(maxY, other.maxY) - top)
    }
}
