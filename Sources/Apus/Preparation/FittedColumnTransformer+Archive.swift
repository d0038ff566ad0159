import ApusCore
import ApusFrame
import ApusLearn

extension FittedColumnTransformer {
    /// What an archive calls this kind of preparation.
    static let kind = "column-transformer"

    /// Puts everything it needs into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(.string(Self.kind), as: "kind")
        var list: [JSONValue] = []
        for (place, branch) in branches.enumerated() {
            var part = ModelArchive()
            let step: String
            var kind: JSONValue = .null
            switch branch.model {
            case .transformer(let model):
                (step, kind) = ("transformer", .string(type(of: model).catalogName))
                model.encode(into: &part)
            case .vectorizer(let model):
                (step, kind) = ("vectorizer", .string(type(of: model).catalogName))
                model.encode(into: &part)
            case .encoder(let encoder):
                step = "encoder"
                encoder.encode(into: &part)
            case .passthrough: step = "passthrough"
            }
            archive.store(part, under: "branch\(place)")
            list.append([
                "name": .string(branch.name), "prefix": branch.prefix.map { .string($0) } ?? .null,
                "step": .string(step), "kind": kind, "inputs": .array(branch.inputs.map(\.parameterValue)),
            ])
        }
        archive.store(.array(list), as: "branches")
    }

    /// Takes itself out of an archive, checking all of it.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        guard try archive.string("kind") == Self.kind, let list = try archive.attribute("branches").arrayValue else {
            throw archive.damaged("the preparation is not one of branches")
        }
        let branches = try list.enumerated().map { place, value -> Branch in
            let part = archive.part("branch\(place)")
            guard let name = value["name"]?.stringValue, let step = value["step"]?.stringValue,
                let prefix = value["prefix"], prefix == .null || prefix.stringValue != nil,
                let values = value["inputs"]?.arrayValue
            else { throw archive.damaged("branch \(place) of the preparation is not described") }
            let inputs = values.compactMap(ColumnInput.init(parameterValue:))
            guard inputs.count == values.count, Set(inputs.map(\.schema.name)).count == inputs.count else {
                throw archive.damaged("the columns of branch “\(name)” are not described")
            }
            let kind = value["kind"]?.stringValue ?? ""
            let model: Model
            switch step {
            case "encoder": model = .encoder(try FittedFrameEncoder(from: part))
            case "passthrough": model = .passthrough
            case "vectorizer": model = .vectorizer(try StoredStep.vectorizer(kind, part))
            case "transformer": model = .transformer(try StoredStep.transformer(kind, part))
            default: throw archive.damaged("branch “\(name)” has a step of an unknown kind")
            }
            let expected: Int? =
                switch model {
                case .encoder: 0
                case .passthrough: nil
                case .vectorizer: 1
                case .transformer(let model): model.featureCount
                }
            guard expected.map({ $0 == inputs.count }) ?? !inputs.isEmpty else {
                throw archive.damaged("branch “\(name)” has \(inputs.count) columns for \(expected ?? 1)")
            }
            return Branch(name: name, prefix: prefix.stringValue, inputs: inputs, model: model)
        }
        do {
            try self.init(branches: branches)
        } catch let error as ApusError {
            throw archive.damaged(error.message)
        }
    }
}

/// Steps of a preparation as an archive names them.
enum StoredStep {
    /// How deep pipelines may lie within each other.
    private static let deepest = 16

    /// The fitted transformer in an archive.
    static func transformer(_ kind: String, _ archive: ModelArchive) throws -> any TransformerModel {
        try type(kind, archive, depth: 0).init(from: archive)
    }

    /// The fitted vectorizer in an archive.
    static func vectorizer(_ kind: String, _ archive: ModelArchive) throws -> any TextVectorizerModel {
        guard let type = Catalog.entries.first(where: { $0.name == kind })?.vectorizer else {
            throw archive.damaged("there is no text vectorizer called “\(kind)”")
        }
        return try read(type, archive)
    }

    private static func read<Kind: TextVectorizer>(
        _: Kind.Type, _ archive: ModelArchive
    ) throws -> any TextVectorizerModel { try Kind.Model(from: archive) }

    private static func type(
        _ kind: String, _ archive: ModelArchive, depth: Int
    ) throws -> any TransformerModel.Type {
        switch kind {
        case "pipeline":
            guard depth < deepest, let kinds = try archive.attribute("kinds").arrayValue?.compactMap(\.stringValue),
                kinds.count == 2
            else { throw archive.damaged("the steps of a pipeline are not named") }
            return pipeline(
                try type(kinds[0], archive.part("first"), depth: depth + 1),
                try type(kinds[1], archive.part("last"), depth: depth + 1))
        // What is kept of a selection does not depend on the model that selected.
        case SelectFromModel<DecisionTreeClassifier>.catalogName:
            return SelectFromModel<DecisionTreeClassifier>.Model.self
        case RFE<DecisionTreeClassifier>.catalogName: return RFE<DecisionTreeClassifier>.Model.self
        default:
            let entry = Catalog.entries.first { $0.name == kind }
            if let type = entry?.transformer { return model(of: type) }
            if let type = entry?.supervisedTransformer { return model(of: type) }
            throw archive.damaged("there is no transformer called “\(kind)”")
        }
    }

    private static func model<Kind: FeatureStep>(of _: Kind.Type) -> any TransformerModel.Type { Kind.Model.self }

    private static func pipeline<First: TransformerModel, Last: TransformerModel>(
        _: First.Type, _: Last.Type
    ) -> any TransformerModel.Type { PipelineModel<First, Last>.self }
}
