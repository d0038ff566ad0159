import ApusCore
import ApusEvaluation
import ApusFrame

/// The parameters that the search of a plan can vary: those of the estimator, and those of the preparation by the name of
/// that step.
///
/// The estimator's are called `maxDepth`, `model.maxDepth`, `randomForest.maxDepth` or `forest.maxDepth`, the preparation's
/// `preparation.scale`; each part in either spelling.
struct SearchParameters: Sendable {
    /// Values of both parts, each by the parameter's own name.
    struct Values: Sendable, Hashable {
        var model: [String: JSONValue] = [:]
        var preparation: [String: JSONValue] = [:]
    }

    private static let preparation = "preparation"
    private let catalogName: String
    private let own: [(name: String, legal: LegalValues)]
    private let prepared = FrameEncoder.parameters.map { (name: $0.name, legal: $0.legal) }

    /// The parameters of an estimator and of its preparation.
    init(_ type: any Estimator.Type) {
        catalogName = type.catalogName
        own = type.parameterDescriptions.map { ($0.name, $0.legal) }
    }

    /// The names that a step may go by.
    private var modelNames: [String] {
        let words = catalogName.split(separator: "-").map(String.init)
        let camel =
            words.prefix(1).joined() + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        return ["model", camel, catalogName] + words.suffix(1)
    }

    /// The parameter that a name stands for: its name as a search uses it, and what is legal.
    ///
    /// - Throws: `ApusError` with code `invalidParameter`, suggesting the nearest name.
    func find(_ name: String) throws -> (name: String, legal: LegalValues) {
        let dot = name.firstIndex(of: ".")
        let step = dot.map { String(name[..<$0]) }
        let rest = dot.map { String(name[name.index(after: $0)...]) } ?? name
        func among(_ known: [(name: String, legal: LegalValues)]) -> (name: String, legal: LegalValues)? {
            known.first { $0.name == rest || snakeCase($0.name) == rest }
        }
        if step == nil || modelNames.contains(where: { snakeCase($0) == snakeCase(step ?? "") }) {
            if let found = among(own) { return found }
        } else if step == Self.preparation, let found = among(prepared) {
            return ("\(Self.preparation).\(found.name)", found.legal)
        }
        let known = own.map(\.name) + prepared.map { "\(Self.preparation).\($0.name)" }
        throw ApusError(
            .invalidParameter,
            "\(catalogName) has no parameter \(name)\(suggestion(for: name, among: known + own.map { snakeCase($0.name) })); "
                + "it has \(known.joined(separator: ", ")).")
    }

    /// A space with the parameters by the names that a search uses, and with words such as `squared_error` as the
    /// estimator spells them.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` for an unknown name, or one that is given twice.
    func resolved(_ space: SearchSpace) throws -> SearchSpace {
        SearchSpace(
            parts: try space.parts.map { part in
                var resolved: [String: ParameterDistribution] = [:]
                for (name, distribution) in part.sorted(by: { $0.key < $1.key }) {
                    let found = try find(name)
                    guard resolved[found.name] == nil else {
                        throw ApusError(
                            .invalidParameter, "The search space has \(found.name) twice; give it one list or range.")
                    }
                    resolved[found.name] = Self.read(distribution, found.legal)
                }
                return resolved
            })
    }

    private static func read(_ distribution: ParameterDistribution, _ legal: LegalValues) -> ParameterDistribution {
        guard case .choice(let values) = distribution else { return distribution }
        return .choice(
            values.map { value in
                guard !legal.allows(value), let read = legal.parse(value.summary), legal.allows(read) else {
                    return value
                }
                return read
            })
    }

    /// The values of a candidate, for each part.
    static func values(_ parameters: [String: JSONValue]) -> Values {
        var values = Values()
        for (name, value) in parameters {
            if name.hasPrefix(preparation + ".") {
                values.preparation[String(name.dropFirst(preparation.count + 1))] = value
            } else {
                values.model[name] = value
            }
        }
        return values
    }
}
