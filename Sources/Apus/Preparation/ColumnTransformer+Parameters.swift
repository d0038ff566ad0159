import ApusCore
import ApusFrame
import ApusLearn

extension ColumnTransformer {
    /// This with some parameters of its branches changed.
    ///
    /// - Parameter values: Values by `BRANCH.NAME`, the name being that of the step's parameter in either spelling.
    /// - Throws: `ApusError` with code `unknownName` for a branch that is not there, and `invalidParameter`.
    func changed(_ values: [String: JSONValue]) throws -> ColumnTransformer {
        var changed = self
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            guard let place = branches.firstIndex(where: { name.hasPrefix($0.name + ".") }) else {
                throw ApusError(
                    .unknownName,
                    "There is no branch for \(name); the branches are \(branches.map(\.name).joined(separator: ", ")).")
            }
            let branch = changed.branches[place]
            changed.branches[place] = Branch(
                name: branch.name, columns: branch.columns,
                step: try branch.step.changing(String(name.dropFirst(branch.name.count + 1)), to: value),
                prefix: branch.prefix)
        }
        return changed
    }

    /// What it does as texts that change whenever it does: one for the whole, and one for each branch by its name.
    var identity: [String: String] {
        var parts = [
            "column transformer": "\(branches.map(\.name).joined(separator: ", ")), remainder \(remainder.rawValue), "
                + "verbose names \(verboseFeatureNamesOut)"
        ]
        for branch in branches {
            let key = "preparation \(branch.name)"
            parts[key] = (parts[key].map { "\($0); " } ?? "") + "\(branch.columns.identity) by \(branch.step.identity)"
        }
        return parts
    }
}

extension ColumnTransformer.Branch {
    /// The parameters of the step, with what is legal.
    var parameters: [(name: String, legal: LegalValues)] {
        switch step {
        case .transformer(let step): type(of: step).parameterDescriptions.map { ($0.name, $0.legal) }
        case .vectorizer(let step): type(of: step).parameterDescriptions.map { ($0.name, $0.legal) }
        case .encoder: FrameEncoder.parameters.map { ($0.name, $0.legal) }
        case .passthrough, .drop: []
        }
    }
}

extension ColumnTransformer.Columns {
    /// The columns in words.
    fileprivate var identity: String {
        switch self {
        case .named(let names): names.joined(separator: ", ")
        case .types(let types): "columns of \(types.map(\.rawValue).sorted().joined(separator: ", "))"
        case .role(let role): "columns with the role \(role.rawValue)"
        }
    }
}

extension ColumnTransformer.Step {
    /// The step and its parameters as text. Of a closure only its name is known.
    fileprivate var identity: String {
        switch self {
        case .transformer(let step):
            (step as? ClosureTransformer).map { "the closure “\($0.name)”" } ?? step.identity
        case .vectorizer(let step): step.identity
        case .encoder(let encoder):
            "frame-encoder "
                + JSONValue.object(
                    Dictionary(uniqueKeysWithValues: FrameEncoder.parameters.map { ($0.name, $0.value(in: encoder)) })
                ).summary
        case .passthrough: "passthrough"
        case .drop: "drop"
        }
    }

    /// Throws unless every parameter is legal.
    func check() throws {
        switch self {
        case .transformer(let step): try step.validateParameters()
        case .vectorizer(let step): try step.validateParameters()
        case .encoder(let encoder): for parameter in FrameEncoder.parameters { try parameter.validate(encoder) }
        case .passthrough, .drop: break
        }
    }

    /// The step with a parameter changed.
    fileprivate func changing(_ name: String, to value: JSONValue) throws -> Self {
        switch self {
        case .transformer(let step): return .transformer(try Self.changed(step, name, value))
        case .vectorizer(let step): return .vectorizer(try Self.changed(step, name, value))
        case .encoder(var encoder):
            guard let own = FrameEncoder.parameters.first(where: { $0.name == name || $0.pythonName == name }) else {
                throw ApusError(.invalidParameter, "The default preparation has no parameter \(name).")
            }
            try own.set(value, in: &encoder)
            return .encoder(encoder)
        case .passthrough, .drop:
            throw ApusError(.invalidParameter, "A branch without a step has no parameter \(name).")
        }
    }

    private static func changed<Kind: Estimator>(_ step: Kind, _ name: String, _ value: JSONValue) throws -> Kind {
        var step = step
        try Kind.parameter(named: name).set(value, in: &step)
        return step
    }
}
