import ApusCore

/// What a section wrote: text, code, tables, pictures and questions in reading order, and every figure by name.
public struct Chapter: Sendable {
    /// A piece of a chapter.
    public enum Block: Sendable {
        /// The title of a part.
        case heading(String)
        /// Running text; `backquoted` parts are code.
        case paragraph(String)
        /// A formula, set apart.
        case formula(String)
        /// Swift that ran.
        case code(String)
        /// What it printed.
        case output(String)
        /// A table.
        case table(header: [String], rows: [[String]], caption: String)
        /// Charts.
        case picture(Picture)
        /// A place for controls that recompute a figure, where the guide is served.
        case live(String)
        /// What interviewers ask.
        case questions([Question])
        /// What the reader can change.
        case attempts([Attempt])
    }

    /// A figure that was computed.
    public struct Figure: Sendable, Hashable {
        /// What it is, unique in its chapter.
        public let name: String
        /// Its value: a number, a text, or a list of them.
        public let value: JSONValue
        /// Whether every run gives the same; times do not.
        public let isReproducible: Bool
    }

    /// The number of the section.
    public let number: Int
    /// What it is about.
    public let title: String
    /// Everything in reading order.
    public private(set) var blocks: [Block] = []
    /// Every figure in the order of computation.
    public private(set) var figures: [Figure] = []
    /// How long the section took to compute, in seconds.
    public internal(set) var seconds = 0.0

    /// A chapter without content.
    public init(number: Int, title: String) {
        self.number = number
        self.title = title
    }

    // MARK: Writing

    /// Begins a part.
    public mutating func heading(_ title: String) { blocks.append(.heading(title)) }

    /// Adds running text; line breaks in it count as spaces, and `backquoted` parts are code.
    public mutating func paragraph(_ text: String) { blocks.append(.paragraph(Self.oneLine(text))) }

    /// Adds a formula.
    public mutating func formula(_ text: String) { blocks.append(.formula(text)) }

    /// Adds Swift that ran.
    public mutating func code(_ text: String) { blocks.append(.code(text)) }

    /// Adds what a program printed.
    public mutating func output(_ text: String) { blocks.append(.output(text)) }

    /// Adds a table.
    public mutating func table(header: [String], rows: [[String]], caption: String = "") {
        blocks.append(.table(header: header, rows: rows, caption: caption))
    }

    /// Adds charts.
    public mutating func picture(_ picture: Picture) { blocks.append(.picture(picture)) }

    /// Adds a figure with controls, by name; it shows where the guide is served.
    public mutating func live(_ name: String) { blocks.append(.live(name)) }

    /// Adds what interviewers ask.
    public mutating func questions(_ questions: [Question]) {
        blocks.append(.heading("What they ask"))
        blocks.append(.questions(questions))
    }

    /// Adds what the reader can change.
    public mutating func attempts(_ attempts: [Attempt]) {
        blocks.append(.heading("Try it"))
        blocks.append(.attempts(attempts))
    }

    // MARK: Figures

    /// Keeps a figure under a name.
    ///
    /// - Parameters:
    ///   - name: Unique in the chapter; a second figure of the name replaces the first.
    ///   - value: What was computed.
    ///   - isReproducible: Whether every run gives the same; default true.
    public mutating func record(_ name: String, _ value: JSONValue, isReproducible: Bool = true) {
        figures.removeAll { $0.name == name }
        figures.append(Figure(name: name, value: value, isReproducible: isReproducible))
    }

    /// Keeps a number under a name.
    public mutating func record(_ name: String, _ value: Double) { record(name, .double(value)) }

    /// Keeps numbers under a name.
    public mutating func record(_ name: String, _ values: [Double]) {
        record(name, .array(values.map(JSONValue.double)))
    }

    /// The figure of that name.
    public func figure(_ name: String) -> JSONValue? { figures.first { $0.name == name }?.value }

    private static func oneLine(_ text: String) -> String {
        text.split { $0 == "\n" || $0 == " " }.joined(separator: " ")
    }
}
