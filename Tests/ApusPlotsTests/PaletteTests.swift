import Foundation
import Testing

@testable import ApusPlots

/// Contrast as WCAG 2 defines it, colour distance in CIE Lab, colour vision as Machado, Oliveira and Fernandes
/// simulate it (2009, severity 1).
@Suite struct PaletteTests {
    private func linear(_ color: RGB) -> [Double] {
        [color.red, color.green, color.blue].map {
            let value = Double($0) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
    }

    private func times(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
        matrix.map { row in min(1, max(0, zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 })) }
    }

    private func contrast(_ a: RGB, _ b: RGB) -> Double {
        let light = [a, b].map { zip(linear($0), [0.2126, 0.7152, 0.0722]).reduce(0) { $0 + $1.0 * $1.1 } }.sorted()
        return (light[1] + 0.05) / (light[0] + 0.05)
    }

    private func lab(_ rgb: [Double]) -> [Double] {
        let toXYZ = [
            [0.4339, 0.3763, 0.1899], [0.2126, 0.7152, 0.0722], [0.0178, 0.1095, 0.8730],
        ]
        let f = toXYZ.map { row -> Double in
            let value = zip(row, rgb).reduce(0) { $0 + $1.0 * $1.1 }
            return value > 0.008856 ? cbrt(value) : 7.787 * value + 16 / 116
        }
        return [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]
    }

    private static let visions: [[[Double]]] = [
        [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
    ]

    @Test(arguments: [false, true])
    func seriesStandOutFromTheBackgroundAndFromEachOtherForEveryEye(_ dark: Bool) {
        let surface = Palette.color(.surface, dark: dark)
        let colors = (0..<8).map { Palette.series($0, dark: dark) }
        for color in colors { #expect(contrast(color, surface) >= 3) }
        for vision in PaletteTests.visions {
            let seen = colors.map { lab(times(vision, linear($0))) }
            for i in 0..<8 {
                for j in 0..<i {
                    let distance = sqrt(zip(seen[i], seen[j]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) })
                    #expect(distance > 12, "colours \(j) and \(i)")
                }
            }
        }
    }

    @Test(arguments: [false, true])
    func textIsLegibleOnTheBackgroundAndOnEveryShadeOfARamp(_ dark: Bool) {
        let surface = Palette.color(.surface, dark: dark)
        #expect(contrast(Palette.color(.ink, dark: dark), surface) > 12)
        #expect(contrast(Palette.color(.muted, dark: dark), surface) > 4.5)
        for ramp in ColorRamp.allCases {
            for step in 0...100 {
                let share = Double(step) / 100
                let background: RGB
                switch ramp.paint(share) {
                case .blend(let role, let part): background = surface.mixed(with: Palette.color(role, dark: dark), part)
                case .fixed(let color): background = color
                default: background = surface
                }
                let text = Palette.color(ramp.textRole(share), dark: dark)
                #expect(contrast(text, background) >= 3.95, "\(ramp) \(share)")
            }
        }
    }

    @Test(arguments: ColorRamp.allCases)
    func theLayersOfAColourBarAddUpToTheRamp(_ ramp: ColorRamp) {
        for dark in [false, true] {
            for place in [0.01, 0.26, 0.49, 0.51, 0.74, 0.99] {
                var color = Palette.color(.surface, dark: dark)
                for layer in ramp.layers(64) where layer.from <= place && place <= layer.to {
                    switch layer.paint {
                    case .blend(let role, let part): color = color.mixed(with: Palette.color(role, dark: dark), part)
                    case .fixed(let fixed): color = fixed
                    default: break
                    }
                }
                var wanted = Palette.color(.surface, dark: dark)
                switch ramp.paint(place) {
                case .blend(let role, let part): wanted = wanted.mixed(with: Palette.color(role, dark: dark), part)
                case .fixed(let fixed): wanted = fixed
                default: break
                }
                let parts = [(color.red, wanted.red), (color.green, wanted.green), (color.blue, wanted.blue)]
                for (a, b) in parts { #expect(abs(Int(a) - Int(b)) <= 14, "\(ramp) at \(place)") }
            }
        }
    }
}
