extension HTMLPage {
    /// A link to another page of the same set.
    public struct Link: Sendable, Hashable {
        /// What it leads to, in plain text.
        public let title: String
        /// The file, beside this page.
        public let file: String

        /// A link to `file`.
        public init(_ title: String, file: String) {
            self.title = title
            self.file = file
        }
    }

    /// A page of a set, as a contents page shows it.
    public struct Card: Sendable {
        /// What the page is about, in plain text.
        public let title: String
        /// The file beside this page; nil where the page is not there yet.
        public let file: String?
        /// What is said of it, in plain text.
        public let remark: String
        /// A badge; nil for none.
        public let badge: (text: String, mood: Mood)?

        /// A card.
        public init(title: String, file: String?, remark: String, badge: (text: String, mood: Mood)? = nil) {
            self.title = title
            self.file = file
            self.remark = remark
            self.badge = badge
        }
    }

    /// How a badge is meant.
    public enum Mood: String, Sendable, Hashable {
        /// As it should be.
        case good
        /// Not as it should be.
        case bad
        /// Neither.
        case neutral
    }

    /// Links above the title and at the end: to the page before, the contents and the page after.
    public mutating func pages(previous: Link?, contents: Link?, next: Link?) {
        func anchor(_ link: Link?, _ relation: String, _ before: String, _ after: String) -> String {
            guard let link else { return "<span></span>" }
            let relation = relation.isEmpty ? "" : " rel=\"\(relation)\""
            return "<a href=\"\(Self.escape(link.file))\"\(relation)>\(before)\(Self.escape(link.title))\(after)</a>"
        }
        navigation =
            "<nav class=\"pages\" aria-label=\"Pages\">" + anchor(previous, "prev", "← ", "")
            + anchor(contents, "", "", "")
            + anchor(next, "next", "", " →") + "</nav>\n"
    }

    /// A short fact in a frame, such as that all is well.
    public mutating func badge(_ text: String, mood: Mood = .neutral) {
        body += "<p><span class=\"badge \(mood.rawValue)\">\(Self.escape(text))</span></p>\n"
    }

    /// Cards that lead to other pages.
    public mutating func cards(_ cards: [Card]) {
        body += "<ul class=\"cards\">\n"
        for card in cards {
            let title = Self.escape(card.title)
            let link = card.file.map { "<a href=\"\(Self.escape($0))\">\(title)</a>" } ?? "<strong>\(title)</strong>"
            let badge =
                card.badge.map { "<span class=\"badge \($0.mood.rawValue)\">\(Self.escape($0.text))</span>" } ?? ""
            body += "<li>\(link)<span>\(Self.inline(card.remark))</span>\(badge)</li>\n"
        }
        body += "</ul>\n"
    }

    /// A place where a program at the end of the page builds controls, empty and hidden without it.
    public mutating func liveFigure(_ name: String) {
        body += "<div class=\"live\" data-live=\"\(Self.escape(name))\" hidden></div>\n"
    }

    /// Adds a program to the end of the page; it has to be one that asks nothing from outside.
    public mutating func script(_ program: String) { scripts.append(program) }
}
