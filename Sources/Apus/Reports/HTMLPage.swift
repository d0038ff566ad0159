import ApusCore
import Foundation

/// One self-contained HTML page: text, tables and figures in sections, light and dark, without any outside request.
///
///     var page = HTMLPage(title: "Iris")
///     page.section("Scores")
///     page.table(header: ["score", "test"], rows: [["accuracy", "0.97"]])
///     try page.write(to: "iris.html")
public struct HTMLPage: Sendable {
    /// The title, shown at the top and in the browser's tab.
    public let title: String
    /// The sections so far, as title and anchor.
    public private(set) var sections: [(title: String, anchor: String)] = []
    /// The number of each section in the contents.
    private var places: [Int] = []
    /// What the page holds so far, as HTML.
    var body = ""
    /// What stands above the title and below everything: links to neighbouring pages.
    var navigation = ""
    /// Programs at the end of the page.
    var scripts: [String] = []
    private let subtitle: String

    /// An empty page.
    ///
    /// - Parameters:
    ///   - title: Plain text.
    ///   - subtitle: Plain text under the title.
    public init(title: String, subtitle: String = "") {
        self.title = title
        self.subtitle = subtitle
    }

    /// Begins a section.
    ///
    /// - Parameters:
    ///   - title: Plain text.
    ///   - number: Its number, which is then shown and makes its anchor, `section-NUMBER`; by default sections are
    ///     counted for the anchor alone.
    public mutating func section(_ title: String, number: Int? = nil) {
        let place = number ?? sections.count + 1
        let anchor = "section-\(place)"
        sections.append((title, anchor))
        places.append(place)
        let shown = number.map { "<span class=\"count\">\($0)</span> " } ?? ""
        body += "<h2 id=\"\(anchor)\">\(shown)\(Self.escape(title))</h2>\n"
    }

    /// Begins a part of a section.
    ///
    /// - Parameter title: Plain text.
    public mutating func heading(_ title: String) { body += "<h3>\(Self.escape(title))</h3>\n" }

    /// A paragraph; `backquoted` parts become code.
    ///
    /// - Parameter text: Plain text.
    public mutating func paragraph(_ text: String) { body += "<p>\(Self.inline(text))</p>\n" }

    /// A list of items; `backquoted` parts become code.
    public mutating func list(_ items: [String]) {
        body += "<ul>\n" + items.map { "<li>\(Self.inline($0))</li>\n" }.joined() + "</ul>\n"
    }

    /// A formula or another line set apart.
    public mutating func formula(_ text: String) { body += "<p class=\"formula\">\(Self.escape(text))</p>\n" }

    /// A remark that stays in the background.
    public mutating func remark(_ text: String) { body += "<p class=\"remark\">\(Self.inline(text))</p>\n" }

    /// A note that stands out.
    public mutating func note(_ text: String) { body += "<p class=\"note\">\(Self.inline(text))</p>\n" }

    /// Steps with an explanation each, numbered.
    public mutating func steps(_ steps: [(step: String, explanation: String)]) {
        body += "<ol class=\"steps\">\n"
        for (step, explanation) in steps {
            body += "<li><strong>\(Self.inline(step))</strong> \(Self.inline(explanation))</li>\n"
        }
        body += "</ol>\n"
    }

    /// Program text, as it is; Swift gets colours.
    public mutating func code(_ text: String, language: String = "swift") {
        let marked = language == "swift" ? SwiftMarkup.html(text) : Self.escape(text)
        body +=
            "<pre class=\"code\" tabindex=\"0\" data-language=\"\(Self.escape(language))\"><code>\(marked)</code></pre>\n"
    }

    /// What a program printed, as it is.
    public mutating func output(_ text: String) {
        body += "<pre class=\"output\" tabindex=\"0\"><samp>\(Self.escape(text))</samp></pre>\n"
    }

    /// Large figures side by side: what a reader looks for first.
    public mutating func tiles(_ tiles: [(label: String, value: String)]) {
        body += "<dl class=\"tiles\">"
        for tile in tiles {
            body += "<div><dt>\(Self.escape(tile.label))</dt><dd>\(Self.escape(tile.value))</dd></div>"
        }
        body += "</dl>\n"
    }

    /// A table. A column whose cells are all numbers (or empty) is aligned to the right.
    public mutating func table(header: [String], rows: [[String]], caption: String = "") {
        let numeric = header.indices.map { j in
            rows.contains { j < $0.count && Self.isNumeric($0[j]) }
                && rows.allSatisfy { j >= $0.count || Self.isNumeric($0[j]) || Self.isBlank($0[j]) }
        }
        func cells(_ row: [String], _ tag: String) -> String {
            row.enumerated().map { j, text in
                let alignment = j < numeric.count && numeric[j] ? " class=\"number\"" : ""
                let scope = tag == "th" ? " scope=\"col\"" : ""
                return "<\(tag)\(scope)\(alignment)>\(Self.inline(text))</\(tag)>"
            }.joined()
        }
        body += "<div class=\"scroll\" tabindex=\"0\"><table>"
        if !caption.isEmpty { body += "<caption>\(Self.escape(caption))</caption>" }
        body += "<thead><tr>\(cells(header, "th"))</tr></thead><tbody>\n"
        for row in rows { body += "<tr>\(cells(row, "td"))</tr>\n" }
        body += "</tbody></table></div>\n"
    }

    /// A drawing with a caption.
    ///
    /// - Parameters:
    ///   - svg: An SVG element made by ApusPlots; it is put in as it is.
    ///   - caption: Plain text.
    public mutating func figure(svg: String, caption: String = "") {
        body += "<figure><div class=\"scroll\" tabindex=\"0\">\(svg)</div>"
        if !caption.isEmpty { body += "<figcaption>\(Self.inline(caption))</figcaption>" }
        body += "</figure>\n"
    }

    /// A question whose answer shows when it is asked for; a label, if there is one, stands before it.
    public mutating func question(_ question: String, answer: String, label: String = "") {
        let label = label.isEmpty ? "" : "<span class=\"label\">\(Self.escape(label))</span> "
        body += "<details><summary>\(label)\(Self.inline(question))</summary><p>\(Self.inline(answer))</p></details>\n"
    }

    /// The whole page.
    public var html: String {
        let contents =
            sections.count < 3
            ? ""
            : "<nav aria-label=\"Contents\"><ol>"
                + zip(sections, places).map { section, place in
                    "<li value=\"\(place)\"><a href=\"#\(section.anchor)\">\(Self.escape(section.title))</a></li>"
                }.joined()
                + "</ol></nav>\n"
        let lead = subtitle.isEmpty ? "" : "<p class=\"lead\">\(Self.inline(subtitle))</p>\n"
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="generator" content="Apus">
            <link rel="icon" href="data:,">
            <title>\(Self.escape(title))</title>
            <style>
            \(Self.style)
            </style>
            </head>
            <body>
            <main>
            \(navigation)<header><h1>\(Self.escape(title))</h1>
            \(lead)</header>
            \(contents)\(body)\(navigation)</main>
            \(scripts.map { "<script>\n\($0)\n</script>\n" }.joined())</body>
            </html>

            """
    }

    /// Writes the page whole or not at all.
    ///
    /// - Throws: `ApusError` with code `unwritableFile`.
    public func write(to path: String) throws { try WholeFile.write(Data(html.utf8), to: path) }

    /// Text with the characters that mean something in HTML replaced.
    public static func escape(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\n", "\t": escaped.unicodeScalars.append(scalar)
            case _ where scalar.value < 32 || scalar.value == 127: escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    static func inline(_ text: String) -> String {
        let parts = escape(text).split(separator: "`", omittingEmptySubsequences: false)
        guard parts.count % 2 == 1 else { return escape(text) }
        return parts.enumerated().map { $0 % 2 == 1 ? "<code>\($1)</code>" : String($1) }.joined()
    }

    private static func isBlank(_ text: String) -> Bool { text.isEmpty || text == "–" || text == "undefined" }

    private static func isNumeric(_ text: String) -> Bool {
        Double(text.replacing(",", with: "").replacing("\u{2212}", with: "-").replacing(" %", with: "")) != nil
    }
}
