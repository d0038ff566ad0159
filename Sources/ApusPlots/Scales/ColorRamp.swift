/// A continuous scale of colours for numbers.
public enum ColorRamp: Sendable, Hashable, CaseIterable {
    /// From the background to a deep blue (on dark, a bright one): small values recede, large ones stand out.
    case blues
    /// From blue through the background to vermilion, with zero in the middle: for correlations and differences.
    case diverging
    /// Dark purple over green to yellow, even steps in lightness, the same on both backgrounds.
    case viridis

    /// The colour for `share` of the way from the smallest to the largest value.
    func paint(_ share: Double) -> Paint {
        // Whole thousandths: cells of nearly the same value share one style, and the text of the file stays short.
        let share = (min(1, max(0, share)) * 1000).rounded() / 1000
        switch self {
        case .blues: return .blend(.ramp, 0.03 + 0.97 * share)
        case .diverging:
            let distance = abs(2 * share - 1)
            return .blend(share < 0.5 ? .rampLow : .rampHigh, 0.02 + 0.98 * distance)
        case .viridis: return .fixed(ColorRamp.viridis(share))
        }
    }

    /// The ramp as layers on top of each other, each from its first share to its last: that way no seams show where
    /// two steps meet, whatever the size the picture is drawn at.
    func layers(_ steps: Int) -> [(from: Double, to: Double, paint: Paint)] {
        switch self {
        case .viridis:
            return (0..<steps).map { step in
                (Double(step) / Double(steps), 1, paint((Double(step) + 0.5) / Double(steps)))
            }
        case .blues:
            return ColorRamp.veils(steps).map { ($0.start, 1, .blend(.ramp, $0.opacity)) }
        case .diverging:
            let veils = ColorRamp.veils(max(1, steps / 2))
            return veils.map { (0.5 + $0.start / 2, 1, .blend(.rampHigh, $0.opacity)) }
                + veils.map { (0, 0.5 - $0.start / 2, .blend(.rampLow, $0.opacity)) }
        }
    }

    /// Veils from each start to 1 that add up to an opacity equal to the share.
    private static func veils(_ steps: Int) -> [(start: Double, opacity: Double)] {
        var covered = 0.0
        return (0..<steps).map { step in
            let wanted = (Double(step) + 0.5) / Double(steps)
            let opacity = (wanted - covered) / (1 - covered)
            covered = wanted
            return (Double(step) / Double(steps), opacity)
        }
    }

    /// The colour of text on top of `paint(share)`: whichever has more contrast, on both backgrounds about 4:1 or better.
    func textRole(_ share: Double) -> Palette.Role {
        switch paint(share) {
        case .blend(.rampLow, let part): return part < 0.55 ? .ink : part < 0.71 ? .onMiddle : .onStrong
        case .blend(.rampHigh, let part): return part < 0.58 ? .ink : part < 0.725 ? .onMiddle : .onStrong
        case .blend(_, let part): return part < 0.515 ? .ink : part < 0.66 ? .onMiddle : .onStrong
        default: return share < 0.475 ? .white : .black
        }
    }

    private static let viridisStops: [RGB] = [
        RGB(0x440154), RGB(0x482475), RGB(0x414487), RGB(0x355f8d), RGB(0x2a788e), RGB(0x21918c), RGB(0x22a884),
        RGB(0x44bf70), RGB(0x7ad151), RGB(0xbddf26), RGB(0xfde725),
    ]

    private static func viridis(_ share: Double) -> RGB {
        let place = share * Double(viridisStops.count - 1)
        let lower = min(viridisStops.count - 2, Int(place))
        return viridisStops[lower].mixed(with: viridisStops[lower + 1], place - Double(lower))
    }
}
