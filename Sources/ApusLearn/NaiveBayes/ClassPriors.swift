import ApusCore

/// How probable each class is before anything is known of a row.
public enum ClassPriors: Sendable, Hashable, Codable {
    /// As frequent as among the rows of `fit`.
    case learned
    /// A probability for each class by its name; every class must be named and the probabilities add up to 1.
    case values([String: Double])

    /// What is legal as a parameter: none, or probabilities such as `yes:0.3,no:0.7`.
    public static let legalValues = LegalValues.optional(.named(.fraction))

    /// The given probabilities in the order of the classes, or nil when they are learned.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` when a class is not named, a name is no class, or the
    ///   probabilities do not add up to 1.
    func given(for classes: Labels.Classes) throws -> [Double]? {
        guard case .values(let values) = self else { return nil }
        let names = classes.names
        if let unknown = values.keys.sorted().first(where: { !names.contains($0) }) {
            throw ApusError(
                .invalidParameter,
                "A prior is given for the class \(unknown), but the classes are \(names.joined(separator: ", ")).")
        }
        let priors = try names.map { name in
            guard let prior = values[name] else {
                throw ApusError(.invalidParameter, "No prior is given for the class \(name); give one for each class.")
            }
            return prior
        }
        let sum = priors.reduce(0, +)
        guard abs(sum - 1) <= 1e-5 else {
            throw ApusError(.invalidParameter, "The priors add up to \(sum); they must add up to 1.")
        }
        return priors
    }
}

extension ClassPriors: ExpressibleByDictionaryLiteral {
    /// Probabilities by class; the last of equal names counts.
    public init(dictionaryLiteral elements: (String, Double)...) {
        self = .values(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
}

extension ClassPriors: ParameterConvertible {
    /// Null, or an object of probabilities by class name.
    public var parameterValue: JSONValue {
        switch self {
        case .learned: .null
        case .values(let values): .object(values.mapValues { .double($0) })
        }
    }

    /// The priors that a JSON value stands for.
    public init?(parameterValue: JSONValue) {
        switch parameterValue {
        case .null: self = .learned
        case .object(let object):
            let values = object.compactMapValues(\.doubleValue)
            guard values.count == object.count else { return nil }
            self = .values(values)
        default: return nil
        }
    }
}
