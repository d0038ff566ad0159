import Foundation

/// How numbers are written on axes and in annotations.
enum NumberFormat {
    /// The true minus sign, as wide as a plus.
    static let minus = "\u{2212}"

    /// Labels for ticks that are `step` apart: all with the same number of decimals, or all in the same unit.
    static func labels(_ ticks: [Double], step: Double) -> [String] {
        let largest = ticks.map(abs).max() ?? 0
        guard largest > 0, step > 0 else { return ticks.map(plain) }
        if largest >= 1e15 || largest < 1e-4 { return ticks.map { scientific($0, largest: largest, step: step) } }
        for (unit, suffix) in [(1e12, "T"), (1e9, "B"), (1e6, "M")] where largest >= unit && step >= unit / 1000 {
            let decimals = decimals(for: step / unit)
            return ticks.map { $0 == 0 ? "0" : fixed($0 / unit, decimals) + suffix }
        }
        let decimals = decimals(for: step)
        return ticks.map { fixed($0, decimals) }
    }

    /// A number as a reader would write it: shortest form, thousands separated, at most six significant digits.
    static func plain(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value > 0 ? "∞" : minus + "∞" }
        if value == 0 { return "0" }
        let magnitude = abs(value)
        if value == value.rounded(), magnitude < 1e15 { return fixed(value, 0) }
        if magnitude >= 1e15 || magnitude < 1e-4 { return scientific(value, largest: magnitude, step: magnitude / 100) }
        let decimals = max(0, min(9, 5 - Int(log10(magnitude).rounded(.down))))
        return trimmed(fixed(value, decimals))
    }

    /// A number with at most `digits` significant digits.
    static func short(_ value: Double, digits: Int) -> String {
        guard value.isFinite, value != 0 else { return plain(value) }
        let exponent = log10(abs(value)).rounded(.down)
        guard exponent > -5, exponent < 15 else { return plain(value) }
        return trimmed(fixed(value, max(0, digits - 1 - Int(exponent))))
    }

    /// `value` with `decimals` digits after the point, thousands separated by commas.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite else { return plain(value) }
        var text = String(format: "%.\(max(0, min(17, decimals)))f", abs(value))
        let isZero = !text.contains { $0 != "0" && $0 != "." }
        let point = text.firstIndex(of: ".") ?? text.endIndex
        let whole = text[..<point]
        if whole.count > 4 {
            var grouped = ""
            for (offset, digit) in whole.enumerated() {
                if offset > 0, (whole.count - offset) % 3 == 0 { grouped.append(",") }
                grouped.append(digit)
            }
            text = grouped + text[point...]
        }
        return value < 0 && !isZero ? minus + text : text
    }

    /// A power of ten: `10⁻³`.
    static func power(_ exponent: Int) -> String { "10" + superscript(exponent) }

    /// Digits after the point that tell multiples of `step` apart.
    static func decimals(for step: Double) -> Int {
        guard step > 0, step.isFinite else { return 0 }
        var decimals = max(0, -Int((log10(step) + 1e-9).rounded(.down)))
        // 0.25 needs one digit more than its power of ten says.
        let scaled = step * pow(10, Double(decimals))
        if abs(scaled - scaled.rounded()) > 1e-6 { decimals += 1 }
        return min(decimals, 17)
    }

    private static func scientific(_ value: Double, largest: Double, step: Double) -> String {
        if value == 0 { return "0" }
        let exponent = Int(log10(largest).rounded(.down))
        // In two steps, because 10^exponent may be outside the range of doubles where the quotient is not.
        let half = exponent / 2
        func scale(_ number: Double) -> Double { number / pow(10, Double(half)) / pow(10, Double(exponent - half)) }
        let mantissa = trimmed(fixed(scale(value), min(6, decimals(for: scale(step)))))
        return "\(mantissa)×\(power(exponent))"
    }

    private static func trimmed(_ text: String) -> String {
        guard text.contains(".") else { return text }
        var text = text
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }

    private static func superscript(_ number: Int) -> String {
        let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
        let text = String(number.magnitude).compactMap { $0.wholeNumberValue }.map { digits[$0] }
        return (number < 0 ? "⁻" : "") + String(text)
    }
}
