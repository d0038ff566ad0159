import ApusCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The values that a search tries for one parameter.
///
/// In text: `choice(gini, entropy)` or `[1, 2, 5]`, `randint(1, 20)` or `1..20`, `uniform(0, 1)`, `loguniform(1e-3, 1e3)` or
/// `log(1e-3..1e3)`. Ranges are half-open: the upper bound is not drawn.
public enum ParameterDistribution: Sendable, Hashable, Codable {
    /// One of these values, each as likely as the others.
    case choice([JSONValue])
    /// A whole number of the range, each as likely as the others.
    case integers(Range<Int>)
    /// A number between two others, evenly.
    case uniform(Double, Double)
    /// A positive number between two others, evenly on a logarithmic scale.
    case logUniform(Double, Double)

    /// Whether it is a list, as a grid needs.
    public var isList: Bool { if case .choice = self { true } else { false } }

    /// Throws unless there is something to draw from.
    func check(_ name: String) throws {
        let problem: String? =
            switch self {
            case .choice(let values): values.isEmpty ? "has no values to choose from" : nil
            case .integers(let range):
                range.isEmpty ? "has no whole number from \(range.lowerBound) up to but not \(range.upperBound)" : nil
            case .uniform(let low, let high):
                low.isFinite && high.isFinite && low < high ? nil : "needs two finite numbers, the smaller first"
            case .logUniform(let low, let high):
                low > 0 && high.isFinite && low < high ? nil : "needs two positive numbers, the smaller first"
            }
        if let problem { throw ApusError(.invalidParameter, "The search space of \(name) \(problem).") }
    }

    /// A value, drawn as SciPy's frozen distributions draw it.
    func draw(_ random: inout RandomState) -> JSONValue {
        switch self {
        case .choice(let values): return values[values.count == 1 ? 0 : random.integer(in: 0..<values.count)]
        case .integers(let range): return .int(random.integer(in: range))
        case .uniform(let low, let high): return .double((high - low) * random.uniform() + low)
        case .logUniform(let low, let high):
            return .double(exp(log(low) + random.uniform() * (log(high) - log(low))))
        }
    }
}

extension ParameterDistribution: CustomStringConvertible {
    /// The text that stands for it: `randint(1, 20)`.
    public var description: String {
        switch self {
        case .choice(let values): "choice(\(values.map(\.summary).joined(separator: ", ")))"
        case .integers(let range): "randint(\(range.lowerBound), \(range.upperBound))"
        case .uniform(let low, let high): "uniform(\(low), \(high))"
        case .logUniform(let low, let high): "loguniform(\(low), \(high))"
        }
    }
}

extension ParameterDistribution: ExpressibleByArrayLiteral {
    /// A choice of values.
    public init(arrayLiteral elements: JSONValue...) { self = .choice(elements) }
}

extension ParameterDistribution {
    /// What a text such as `randint(1, 20)` stands for.
    ///
    /// - Throws: `ApusError` with code `invalidParameter`, showing the forms there are.
    public init(text: String) throws {
        let text = text.trimmed
        func inside(_ opening: String, _ closing: String) -> [String]? {
            guard text.hasPrefix(opening), text.hasSuffix(closing) else { return nil }
            return text.dropFirst(opening.count).dropLast(closing.count).split(separator: ",").map {
                String($0).trimmed
            }
        }
        func bounds(_ parts: [String]) -> (Double, Double)? {
            guard parts.count == 2, let low = Double(parts[0]), let high = Double(parts[1]) else { return nil }
            return (low, high)
        }
        if let parts = inside("choice(", ")") ?? inside("[", "]"), !parts.isEmpty {
            self = .choice(parts.map(Self.value))
        } else if let parts = inside("randint(", ")"), parts.count == 2, let low = Int(parts[0]),
            let high = Int(parts[1]), low < high
        {
            self = .integers(low..<high)
        } else if let (low, high) = inside("uniform(", ")").flatMap(bounds) {
            self = .uniform(low, high)
        } else if let (low, high) = inside("loguniform(", ")").flatMap(bounds) {
            self = .logUniform(low, high)
        } else if let (low, high) = inside("log(", ")").flatMap({ $0.count == 1 ? bounds(Self.ends($0[0])) : nil }) {
            self = .logUniform(low, high)
        } else if Self.ends(text).count == 2, let (low, high) = bounds(Self.ends(text)) {
            if let first = Int(Self.ends(text)[0]), let last = Int(Self.ends(text)[1]), first < last {
                self = .integers(first..<last)
            } else {
                self = .uniform(low, high)
            }
        } else if !text.isEmpty, !text.contains(where: { "()[]".contains($0) }) {
            self = .choice([Self.value(text)])
        } else {
            throw ApusError(
                .invalidParameter,
                "“\(text)” is no search space; write choice(gini, entropy), randint(1, 20), uniform(0, 1), "
                    + "loguniform(0.001, 1000), 1..20 or log(0.001..1000).")
        }
        try check("“\(text)”")
    }

    /// The same, naming the parameter where the text cannot be read.
    ///
    /// - Throws: As without a name.
    public init(text: String, of name: String) throws {
        do {
            try self.init(text: text)
        } catch let error as ApusError {
            throw ApusError(error.code, "\(name): \(error.message)")
        }
    }

    private static func ends(_ text: String) -> [String] {
        guard let dots = text.range(of: "..") else { return [] }
        let rest = text[dots.upperBound...]
        return [
            String(text[..<dots.lowerBound]).trimmed, String(rest.hasPrefix("<") ? rest.dropFirst() : rest).trimmed,
        ]
    }

    private static func value(_ text: String) -> JSONValue {
        switch text.lowercased() {
        case "none", "null", "nil": return .null
        case "true": return .bool(true)
        case "false": return .bool(false)
        default: break
        }
        if let number = Int(text) { return .int(number) }
        if let number = Double(text), number.isFinite { return .double(number) }
        let isQuoted = text.count >= 2 && text.first == text.last && (text.first == "\"" || text.first == "'")
        return .string(isQuoted ? String(text.dropFirst().dropLast()) : text)
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    fileprivate func range(of text: String) -> Range<String.Index>? { firstRange(of: text) }
}
