import ApusCore
import ApusEvaluation
import ApusFrame

/// The parameters that the search of a plan can vary: those of the estimator, and those of the steps before it by the name
/// of the step.
///
/// The estimator's are called `maxDepth`, `model.maxDepth`, `randomForest.maxDepth` or `forest.maxDepth`, those of the
/// default preparation `preparation.scale`, of a branch of a `ColumnTransformer` `preparation.BRANCH.strategy`, of the
/// vectorizer of text columns `vectorizer.minDf`, and of what balances classes `balance.kNeighbors`; each in either spelling.
struct SearchParameters: Sendable {
    /// Values of all parts, each by the parameter's own name, those of branches by `BRANCH.NAME`.
    struct Values: Sendable, Hashable {
        var model: [String: JSONValue] = [:]
        var preparation: [String: JSONValue] = [:]
        var vectorizer: [String: JSONValue] = [:]
        var balance: [String: JSONValue] = [:]
    }

    private struct Step {
        let name: String
        let parameters: [(name: String, legal: LegalValues)]
    }

    private static let preparation = "preparation"
    private static let vectorizer = "vectorizer"
    private static let balance = "balance"
    private let catalogName: String
    private let own: [(name: String, legal: LegalValues)]
    private let steps: [Step]

    /// The parameters of an estimator and of what a plan does before it.
    init(_ type: any Estimator.Type, _ plan: TrainingPlan) throws {
        catalogName = type.catalogName
        own = type.parameterDescriptions.map { ($0.name, $0.legal) }
        var steps: [Step] = []
        if let composed = plan.columnTransformer {
            steps += composed.branches.map { Step(name: "\(Self.preparation).\($0.name)", parameters: $0.parameters) }
        } else {
            let known = FrameEncoder.parameters.map { (name: $0.name, legal: $0.legal) }
            steps.append(Step(name: Self.preparation, parameters: known))
        }
        if !plan.text.isEmpty, let type = try Catalog.entry(named: plan.vectorizer.catalogName).vectorizer {
            let known = type.parameterDescriptions.map { (name: $0.name, legal: $0.legal) }
            steps.append(Step(name: Self.vectorizer, parameters: known))
        }
        if let type = plan.balance?.method.resampler {
            let known = type.parameterDescriptions.map { (name: $0.name, legal: $0.legal) }
            steps.append(Step(name: Self.balance, parameters: known.filter { $0.name != "categoricalFeatures" }))
        }
        self.steps = steps
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
        func among(
            _ known: [(name: String, legal: LegalValues)], _ rest: Substring
        ) -> (name: String, legal: LegalValues)? {
            known.first { $0.name == rest || snakeCase($0.name) == rest }
        }
        if let found = among(own, name[...]) { return found }
        for model in modelNames + [snakeCase(catalogName)] where name.hasPrefix(model + ".") {
            if let found = among(own, name.dropFirst(model.count + 1)) { return found }
        }
        for step in steps where name.hasPrefix(step.name + ".") {
            if let found = among(step.parameters, name.dropFirst(step.name.count + 1)) {
                return ("\(step.name).\(found.name)", found.legal)
            }
        }
        let known = own.map(\.name) + steps.flatMap { step in step.parameters.map { "\(step.name).\($0.name)" } }
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
            func rest(of step: String) -> String? {
                name.hasPrefix(step + ".") ? String(name.dropFirst(step.count + 1)) : nil
            }
            if let name = rest(of: preparation) {
                values.preparation[name] = value
            } else if let name = rest(of: vectorizer) {
                values.vectorizer[name] = value
            } else if let name = rest(of: balance) {
                values.balance[name] = value
            } else {
                values.model[name] = value
            }
        }
        return values
    }
}
