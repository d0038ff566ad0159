import ApusCore

/// How much the samples of each class count.
public enum ClassWeight: Sendable, Hashable {
    /// As much as their number.
    case none
    /// The same for each class: a sample counts n / (K · nₖ), where nₖ of the n samples have its class.
    case balanced
    /// A factor for each class by its name, at least 0; classes that are not named count 1.
    case named([String: Double])

    /// The values that are legal for a parameter of this type.
    static let legal = LegalValues.optional(.either([.choice(["balanced"]), .text]))

    /// The weights of samples after this and their own weights: their product, or nil where both are 1 everywhere.
    ///
    /// - Parameters:
    ///   - labels: The classes; each of `labels.classes` occurs.
    ///   - weights: The samples' own weights.
    /// - Throws: `ApusError` with code `invalidParameter` for a class that does not occur or a weight below 0.
    func applied(to labels: Labels, _ weights: [Double]?) throws -> [Double]? {
        let factors: [Double]
        switch self {
        case .none: return weights
        case .balanced:
            let classes = Double(labels.classes.count)
            factors = labels.counts.map { Double(labels.count) / (classes * Double($0)) }
        case .named(let named):
            let names = labels.classes.names
            if let unknown = named.keys.sorted().first(where: { !names.contains($0) }) {
                throw ApusError(
                    .invalidParameter,
                    "classWeight names the class “\(unknown)”, which does not occur in y; the classes are "
                        + names.joined(separator: ", ") + ".")
            }
            if let (name, weight) = named.sorted(by: { $0.key < $1.key }).first(where: {
                !($0.value >= 0 && $0.value.isFinite)
            }) {
                throw ApusError(
                    .invalidParameter, "classWeight gives “\(name)” the weight \(weight), but it must be at least 0.")
            }
            factors = names.map { named[$0] ?? 1 }
        }
        guard let weights else { return labels.codes.map { factors[$0] } }
        return zip(labels.codes, weights).map { factors[$0] * $1 }
    }
}

extension ClassWeight: ParameterConvertible {
    /// Null, `balanced`, or the weights as text: `no=1.0,yes=5.0`, with a backslash before commas, equals signs and
    /// backslashes in a name.
    public var parameterValue: JSONValue {
        switch self {
        case .none: return .null
        case .balanced: return "balanced"
        case .named(let weights):
            let pairs = weights.sorted { $0.key < $1.key }.map { name, weight in
                name.map { ",=\\".contains($0) ? "\\\($0)" : String($0) }.joined() + "=\(weight)"
            }
            return .string(pairs.joined(separator: ","))
        }
    }

    /// Null, `balanced`, text such as `no=1,yes=5`, or an object with a number for each class.
    public init?(parameterValue: JSONValue) {
        switch parameterValue {
        case .null: self = .none
        case .string("balanced"): self = .balanced
        case .string(let text):
            guard let weights = ClassWeight.parse(text) else { return nil }
            self = .named(weights)
        case .object(let object):
            let weights = object.compactMapValues(\.doubleValue)
            guard weights.count == object.count else { return nil }
            self = .named(weights)
        default: return nil
        }
    }

    private static func parse(_ text: String) -> [String: Double]? {
        var weights: [String: Double] = [:]
        var name: String?
        var current = ""
        var isEscaped = false
        func close() -> Bool {
            guard let key = name, let weight = Double(current), weights[key] == nil else { return false }
            weights[key] = weight
            return true
        }
        for character in text {
            if isEscaped {
                current.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "=", name == nil {
                name = current
                current = ""
            } else if character == "," {
                guard close() else { return nil }
                name = nil
                current = ""
            } else {
                current.append(character)
            }
        }
        return close() ? weights : nil
    }
}

extension ClassWeight: Codable {
    /// Reads what `encode` wrote.
    public init(from decoder: any Decoder) throws {
        let value = try JSONValue(from: decoder)
        guard let decoded = ClassWeight(parameterValue: value) else {
            throw ApusError(.invalidParameter, "\(value.summary) does not give weights to classes.")
        }
        self = decoded
    }

    /// Writes the parameter value.
    public func encode(to encoder: any Encoder) throws { try parameterValue.encode(to: encoder) }
}
