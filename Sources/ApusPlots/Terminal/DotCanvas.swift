/// A grid of dots that is printed as characters: Braille cells of 2 x 4 dots, or one ASCII sign a cell.
struct DotCanvas {
    let columns: Int
    let rows: Int
    let characters: TerminalCharacters
    private var bits: [UInt8]
    private var series: [Int]

    init(columns: Int, rows: Int, characters: TerminalCharacters) {
        self.columns = columns
        self.rows = rows
        self.characters = characters
        bits = Array(repeating: 0, count: columns * rows)
        series = Array(repeating: 0, count: columns * rows)
    }

    /// Dots across.
    var width: Int { characters == .unicode ? columns * 2 : columns }
    /// Dots down.
    var height: Int { characters == .unicode ? rows * 4 : rows }

    /// Sets a dot, counted from the top left; dots outside are ignored.
    mutating func set(_ x: Int, _ y: Int, series number: Int) {
        guard x >= 0, y >= 0, x < width, y < height else { return }
        let isBraille = characters == .unicode
        let cell = isBraille ? (y / 4) * columns + x / 2 : y * columns + x
        bits[cell] |= isBraille ? DotCanvas.bit[y % 4][x % 2] : 1
        series[cell] = number
    }

    /// Sets the dots of a straight line.
    mutating func line(_ x1: Int, _ y1: Int, _ x2: Int, _ y2: Int, series number: Int) {
        let steps = max(abs(x2 - x1), abs(y2 - y1))
        // Lines that leave the picture are cut by their caller; this bounds the work in any case.
        guard steps > 0, steps <= 100_000 else { return set(x1, y1, series: number) }
        for step in 0...steps {
            let share = Double(step) / Double(steps)
            let x = (Double(x1) + share * Double(x2 - x1)).rounded()
            let y = (Double(y1) + share * Double(y2 - y1)).rounded()
            set(Int(x), Int(y), series: number)
        }
    }

    /// The characters of a row, with the terminal's colours where asked for.
    func row(_ row: Int, color: Bool) -> String {
        var text = ""
        for column in 0..<columns {
            let cell = row * columns + column
            guard bits[cell] != 0 else {
                text.append(" ")
                continue
            }
            let sign = DotCanvas.sign(bits[cell], series[cell], characters)
            text += color ? TerminalColor.painted(String(sign), series[cell]) : String(sign)
        }
        while text.last == " " { text.removeLast() }
        return text
    }

    private static let bit: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]
    private static let signs: [Character] = ["*", "o", "+", "x", "#", "@", "%", "&"]

    static func sign(_ bits: UInt8, _ series: Int, _ characters: TerminalCharacters) -> Character {
        if characters == .ascii { return signs[(series % signs.count + signs.count) % signs.count] }
        return Unicode.Scalar(0x2800 + UInt32(bits)).map(Character.init) ?? " "
    }
}

/// The eight colours of the palette as a terminal has them.
enum TerminalColor {
    private static let codes = [34, 31, 32, 35, 33, 36, 90, 91]

    static func painted(_ text: String, _ series: Int) -> String {
        "\u{1b}[\(codes[(series % codes.count + codes.count) % codes.count])m\(text)\u{1b}[0m"
    }
}
