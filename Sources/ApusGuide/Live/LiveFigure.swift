import ApusCore
import ApusPlots

/// A figure with knobs: drawn anew, from the data on, whenever a reader turns one.
struct LiveFigure: Sendable {
    /// A knob.
    struct Control: Sendable {
        /// Its name in requests.
        let name: String
        /// What it changes.
        let title: String
        /// The legal values of the slider; `step` apart.
        let range: ClosedRange<Double>
        /// The distance of two values.
        let step: Double
        /// Where it stands at first.
        let start: Double
        /// The value as it is shown and used, such as a power of ten.
        let shown: @Sendable (Double) -> String

        init(
            _ name: String, _ title: String, _ range: ClosedRange<Double>, step: Double = 1, start: Double,
            shown: @escaping @Sendable (Double) -> String = { "\(Int($0.rounded()))" }
        ) {
            self.name = name
            self.title = title
            self.range = range
            self.step = step
            self.start = start
            self.shown = shown
        }
    }

    /// What was drawn.
    struct Drawing: Sendable {
        /// The charts as SVG.
        let svg: String
        /// What it shows, in a sentence with the figures.
        let text: String
    }

    /// Its name in pages and requests.
    let name: String
    /// What it shows.
    let title: String
    /// Its knobs.
    let controls: [Control]
    /// Computes and draws it for a value of each control.
    let draw: @Sendable ([String: Double]) throws -> Drawing

    /// The controls for the page.
    var json: JSONValue {
        [
            "title": .string(title),
            "controls": .array(
                controls.map {
                    [
                        "name": .string($0.name), "title": .string($0.title), "min": .double($0.range.lowerBound),
                        "max": .double($0.range.upperBound), "step": .double($0.step), "value": .double($0.start),
                    ]
                }),
        ]
    }

    /// Draws for the values of a request.
    ///
    /// - Parameter values: Texts by name of a control; those that are missing keep their start.
    /// - Throws: `ApusError` with code `invalidParameter` for a value that is no number within the control's range.
    func answer(to values: [String: String]) throws -> JSONValue {
        var numbers: [String: Double] = [:]
        for control in controls {
            guard let text = values[control.name] else {
                numbers[control.name] = control.start
                continue
            }
            guard let number = Double(text), control.range.contains(number) else {
                throw ApusError(
                    .invalidParameter,
                    "\(control.name) is \(text.prefix(40)), but must be a number from \(control.range.lowerBound) to "
                        + "\(control.range.upperBound).")
            }
            numbers[control.name] = number
        }
        let drawing = try draw(numbers)
        let shown = controls.map { ($0.name, JSONValue.string($0.shown(numbers[$0.name] ?? $0.start))) }
        return [
            "svg": .string(drawing.svg), "text": .string(drawing.text),
            "values": .object(Dictionary(shown, uniquingKeysWith: { $1 })),
        ]
    }
}
