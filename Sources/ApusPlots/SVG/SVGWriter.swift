/// Writes the elements of a picture and remembers which colours they use.
///
/// Every element carries its light colour (or, in a dark picture, its dark one) as a plain attribute, which any
/// program can draw. An automatic picture adds classes whose style sheet exchanges the colours on a dark background.
struct SVGWriter {
    /// Fonts of the reader's system, and Helvetica's relatives where there are none.
    static let fonts =
        "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Liberation Sans','Noto Sans',sans-serif"

    /// Keeps areas that touch from showing a seam where they meet.
    private static let crispEdges = " shape-rendering=\"crispEdges\""

    enum Anchor: String { case start, middle, end }

    let theme: ChartTheme
    private(set) var body = ""
    private var usedFills: Set<String> = []
    private var usedStrokes: Set<String> = []
    private var variables: [String: Paint] = [:]

    init(theme: ChartTheme) { self.theme = theme }

    // MARK: Elements

    mutating func line(
        _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, stroke: Paint, width: Double = 1, dash: [Double] = [],
        opacity: Double = 1
    ) {
        let paint = attributes(stroke: stroke)
        body += "<line x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\" y2=\"\(n(y2))\"\(paint)"
        body += "\(strokeShape(width, dash))\(opacityAttribute(opacity))/>\n"
    }

    mutating func rectangle(
        _ rect: Rect, fill: Paint, radius: Double = 0, stroke: Paint? = nil, strokeWidth: Double = 0,
        opacity: Double = 1, crisp: Bool = false
    ) {
        body += "<rect x=\"\(n(rect.x))\" y=\"\(n(rect.y))\" width=\"\(n(rect.width))\" height=\"\(n(rect.height))\""
        if radius > 0 { body += " rx=\"\(n(radius))\"" }
        body += attributes(fill: fill, stroke: stroke)
        if stroke != nil { body += " stroke-width=\"\(n(strokeWidth))\"" }
        if crisp { body += SVGWriter.crispEdges }
        body += "\(opacityAttribute(opacity))/>\n"
    }

    mutating func path(
        _ data: String, fill: Paint? = nil, stroke: Paint? = nil, width: Double = 1, dash: [Double] = [],
        round: Bool = false, opacity: Double = 1, crisp: Bool = false
    ) {
        if data.isEmpty { return }
        body += "<path d=\"\(data)\"\(attributes(fill: fill, stroke: stroke))"
        if fill == nil { body += " fill=\"none\"" }
        if stroke != nil {
            body += strokeShape(width, dash)
            if round { body += " stroke-linejoin=\"round\" stroke-linecap=\"\(dash.isEmpty ? "round" : "butt")\"" }
        }
        if crisp { body += SVGWriter.crispEdges }
        body += "\(opacityAttribute(opacity))/>\n"
    }

    mutating func circle(_ x: Double, _ y: Double, _ radius: Double) {
        body += "<circle cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"\(n(radius))\"/>\n"
    }

    /// An outline in the colours of the surrounding group.
    mutating func shape(_ data: String) {
        body += "<path d=\"\(data)\"/>\n"
    }

    /// One line of text whose baseline is at `y`. `full` is what a pointer that rests on a shortened text gets to see;
    /// `halo` keeps the text legible on top of marks.
    mutating func text(
        _ string: String, _ x: Double, _ y: Double, size: Double, fill: Paint = .role(.ink), anchor: Anchor = .start,
        bold: Bool = false, rotation: Double = 0, full: String? = nil, halo: Bool = false
    ) {
        if string.isEmpty { return }
        body += "<text x=\"\(n(x))\" y=\"\(n(y))\" font-size=\"\(n(size))\""
        if anchor != .start { body += " text-anchor=\"\(anchor.rawValue)\"" }
        if bold { body += " font-weight=\"600\"" }
        if rotation != 0 { body += " transform=\"rotate(\(n(rotation)) \(n(x)) \(n(y)))\"" }
        body += attributes(fill: fill, stroke: halo ? .role(.surface) : nil)
        if halo { body += " stroke-width=\"3\" stroke-linejoin=\"round\" paint-order=\"stroke\"" }
        body += ">"
        if let full, full != string { body += "<title>\(XMLText.escaped(String(full.prefix(4000))))</title>" }
        body += "\(XMLText.escaped(string))</text>\n"
    }

    /// A group whose elements share a colour; `opacity` is that of each element's inside, so that overlaps show.
    mutating func openGroup(fill: Paint, stroke: Paint? = nil, strokeWidth: Double = 0, opacity: Double = 1) {
        body += "<g\(attributes(fill: fill, stroke: stroke, opacity: opacity))"
        if stroke != nil { body += " stroke-width=\"\(n(strokeWidth))\"" }
        body += ">\n"
    }

    mutating func closeGroup() { body += "</g>\n" }

    /// Cuts off what is outside of `rect`, with a picture in the picture: that needs no name which could clash.
    mutating func openClip(_ rect: Rect) {
        body += "<svg x=\"\(n(rect.x))\" y=\"\(n(rect.y))\" width=\"\(n(rect.width))\" height=\"\(n(rect.height))\""
        body += " viewBox=\"\(n(rect.x)) \(n(rect.y)) \(n(rect.width)) \(n(rect.height))\" overflow=\"hidden\">\n"
    }

    mutating func closeClip() { body += "</svg>\n" }

    // MARK: The whole

    /// The document with everything written so far.
    func document(width: Double, height: Double, title: String, description: String) -> String {
        let size = "width=\"\(n(width))\" height=\"\(n(height))\" viewBox=\"0 0 \(n(width)) \(n(height))\""
        var text = "<svg xmlns=\"http://www.w3.org/2000/svg\" \(size) role=\"img\">\n"
        text += "<title>\(XMLText.escaped(title))</title>\n<desc>\(XMLText.escaped(description))</desc>\n"
        if theme == .automatic { text += "<style>\(styleSheet)</style>\n" }
        let name = theme == .automatic ? "apus-auto" : theme == .dark ? "apus-dark" : "apus-light"
        return text + "<g class=\"\(name)\" font-family=\"\(SVGWriter.fonts)\">\n\(body)</g>\n</svg>\n"
    }

    /// All rules hang below `.apus-auto` and mean the same in every picture, so that several may share a page.
    private var styleSheet: String {
        let names = variables.keys.sorted()
        func values(dark: Bool) -> String {
            names.compactMap { name in variables[name].map { "--apus-\(name):\(resolved($0, dark: dark).hex)" } }
                .joined(separator: ";")
        }
        var sheet = ".apus-auto{\(values(dark: false))}"
        sheet += usedFills.sorted().map { ".apus-auto .apus-f-\($0){fill:var(--apus-\($0))}" }.joined()
        sheet += usedStrokes.sorted().map { ".apus-auto .apus-s-\($0){stroke:var(--apus-\($0))}" }.joined()
        let dark = values(dark: true)
        sheet += "@media (prefers-color-scheme:dark){:root:not([data-theme=light]) .apus-auto{\(dark)}}"
        return sheet + ":root[data-theme=dark] .apus-auto{\(dark)}"
    }

    // MARK: Attributes

    private mutating func attributes(fill: Paint? = nil, stroke: Paint? = nil, opacity fillOpacity: Double = 1)
        -> String
    {
        var classes: [String] = []
        var plain = ""
        if let fill {
            let (name, color, opacity) = described(fill)
            if let name, usedFills.insert(name).inserted { variables[name] = base(fill) }
            if let name { classes.append("apus-f-\(name)") }
            plain += " fill=\"\(color.hex)\""
            let visible = opacity * fillOpacity
            if visible < 1 { plain += " fill-opacity=\"\(SVGWriter.number(visible, 3))\"" }
        }
        if let stroke {
            let (name, color, opacity) = described(stroke)
            if let name, usedStrokes.insert(name).inserted { variables[name] = base(stroke) }
            if let name { classes.append("apus-s-\(name)") }
            plain += " stroke=\"\(color.hex)\""
            if opacity < 1 { plain += " stroke-opacity=\"\(SVGWriter.number(opacity, 3))\"" }
        }
        return (classes.isEmpty ? "" : " class=\"\(classes.joined(separator: " "))\"") + plain
    }

    private func described(_ paint: Paint) -> (name: String?, color: RGB, opacity: Double) {
        var opacity = 1.0
        if case .blend(_, let share) = paint { opacity = share }
        let name: String?
        switch base(paint) {
        case .series(let index): name = String((index % 8 + 8) % 8)
        case .role(.white), .role(.black), .fixed, .blend: name = nil
        case .role(let role): name = role.rawValue
        }
        return (theme == .automatic ? name : nil, resolved(base(paint), dark: theme == .dark), opacity)
    }

    private func base(_ paint: Paint) -> Paint {
        if case .blend(let role, _) = paint { return .role(role) }
        return paint
    }

    private func resolved(_ paint: Paint, dark: Bool) -> RGB {
        switch paint {
        case .series(let index): return Palette.series(index, dark: dark)
        case .role(let role), .blend(let role, _): return Palette.color(role, dark: dark)
        case .fixed(let color): return color
        }
    }

    private func strokeShape(_ width: Double, _ dash: [Double]) -> String {
        var text = " stroke-width=\"\(n(width))\""
        if !dash.isEmpty { text += " stroke-dasharray=\"\(dash.map { n($0) }.joined(separator: " "))\"" }
        return text
    }

    private func opacityAttribute(_ opacity: Double) -> String {
        opacity < 1 ? " opacity=\"\(SVGWriter.number(opacity, 3))\"" : ""
    }

    private func n(_ value: Double) -> String { SVGWriter.number(value, 2) }

    /// `value` with at most `decimals` digits after the point, always a plain number that fits any reader.
    static func number(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite else { return "0" }
        let scale = decimals == 0 ? 1 : decimals == 1 ? 10 : decimals == 2 ? 100 : 1000
        let units = Int((min(1e7, max(-1e7, value)) * Double(scale)).rounded())
        let whole = units.magnitude / scale.magnitude
        var rest = units.magnitude % scale.magnitude
        var text = units < 0 ? "-\(whole)" : "\(whole)"
        if rest == 0 { return text }
        text += "."
        var place = scale.magnitude / 10
        while rest > 0 {
            text += String(rest / place)
            rest %= place
            place /= 10
        }
        return text
    }
}
