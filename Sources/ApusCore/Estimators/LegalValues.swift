/// The values that a hyper-parameter may take.
public indirect enum LegalValues: Sendable, Hashable {
    /// `true` or `false`.
    case flag
    /// A whole number within bounds, both included.
    case integer(ClosedRange<Int>)
    /// A finite number within bounds; each bound belongs to the range unless it is said to be open.
    case number(from: Double, to: Double, openLower: Bool, openUpper: Bool)
    /// One of these words.
    case choice([String])
    /// Any text.
    case text
    /// Names of the caller's choice with a value each: `yes:2,no:1`.
    case named(LegalValues)
    /// `none`, or what the other one allows.
    case optional(LegalValues)
    /// What any of these allow; the first that reads a text wins.
    case either([LegalValues])

    /// A whole number of at least `lower`.
    public static func atLeast(_ lower: Int) -> LegalValues { .integer(lower...Int.max) }
    /// A number above 0.
    public static let positive = LegalValues.number(from: 0, to: .infinity, openLower: true, openUpper: true)
    /// A number of at least 0.
    public static let notNegative = LegalValues.number(from: 0, to: .infinity, openLower: false, openUpper: true)
    /// A number from 0 to 1, both included.
    public static let fraction = LegalValues.number(from: 0, to: 1, openLower: false, openUpper: false)
    /// Any finite number.
    public static let anyNumber = LegalValues.number(
        from: -.infinity, to: .infinity, openLower: true, openUpper: true)
    /// A seed of the random generator.
    public static let seed = LegalValues.integer(0...Int(UInt32.max))

    /// Whether a value is legal.
    public func allows(_ value: JSONValue) -> Bool {
        switch self {
        case .flag: value.boolValue != nil
        case .integer(let range): value.intValue.map(range.contains) ?? false
        case .number(let lower, let upper, let openLower, let openUpper):
            value.doubleValue.map {
                $0.isFinite && (openLower ? $0 > lower : $0 >= lower) && (openUpper ? $0 < upper : $0 <= upper)
            } ?? false
        case .choice(let words): value.stringValue.map(words.contains) ?? false
        case .text: value.stringValue != nil
        case .named(let other): value.objectValue.map { $0.values.allSatisfy(other.allows) } ?? false
        case .optional(let other): value == .null || other.allows(value)
        case .either(let others): others.contains { $0.allows(value) }
        }
    }

    /// The value that a text stands for, or nil when it can be none of these, whether legal or not.
    public func parse(_ text: String) -> JSONValue? {
        switch self {
        case .flag:
            switch text.lowercased() {
            case "true", "yes", "on", "1": .bool(true)
            case "false", "no", "off", "0": .bool(false)
            default: nil
            }
        case .integer:
            Int(text).map { .int($0) }
                ?? Double(text).flatMap { Int(exactly: $0) }.map { .int($0) }
        case .number: Double(text).map { .double($0) }
        case .choice(let words):
            words.first { $0.lowercased() == text.lowercased() }.map { .string($0) }
                ?? words.first { snakeCase($0) == text.lowercased() }.map { .string($0) }
        case .text: .string(text)
        case .named(let other): LegalValues.parseNamed(text, other)
        case .optional(let other):
            ["none", "null", "nil"].contains(text.lowercased()) ? .null : other.parse(text)
        case .either(let others):
            others.lazy.compactMap { kind in kind.parse(text).flatMap { kind.allows($0) ? $0 : nil } }.first
                ?? others.lazy.compactMap { $0.parse(text) }.first
        }
    }

    /// What is legal, in words that complete "must be …".
    public var explanation: String {
        switch self {
        case .flag: return "true or false"
        case .integer(let range):
            if range.upperBound == Int.max { return "a whole number of at least \(range.lowerBound)" }
            return "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .number(let lower, let upper, let openLower, let openUpper):
            let below =
                lower == -.infinity ? nil : (openLower ? "above \(short(lower))" : "of at least \(short(lower))")
            let above = upper == .infinity ? nil : (openUpper ? "below \(short(upper))" : "of at most \(short(upper))")
            switch (below, above) {
            case (nil, nil): return "a finite number"
            case (let bound?, nil), (nil, let bound?): return "a number \(bound)"
            case (let first?, let second?): return "a number \(first) and \(second)"
            }
        case .choice(let words): return words.count == 1 ? words[0] : "one of " + words.joined(separator: ", ")
        case .text: return "text"
        case .named(let other): return "names with " + other.explanation + " each, such as yes:2,no:1"
        case .optional(let other): return "none or " + other.explanation
        case .either(let others): return others.map(\.explanation).joined(separator: ", or ")
        }
    }

    /// `a:1,b:2` as an object; what follows the last colon of each part is its value, so names may hold colons.
    private static func parseNamed(_ text: String, _ legal: LegalValues) -> JSONValue? {
        var values: [String: JSONValue] = [:]
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let colon = part.lastIndex(of: ":"), colon > part.startIndex,
                let value = legal.parse(String(part[part.index(after: colon)...])),
                values.updateValue(value, forKey: String(part[..<colon])) == nil
            else { return nil }
        }
        return .object(values)
    }

    private func short(_ value: Double) -> String {
        Int(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}

/// `maxDepth` as `max_depth`: the spelling that Python users know.
public func snakeCase(_ name: String) -> String {
    name.reduce(into: "") { text, character in
        if character.isUppercase, !text.isEmpty { text += "_" }
        text += character.lowercased()
    }
}
