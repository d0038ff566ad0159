import Apus
import ApusCore
import ApusFrame

/// A model and the name it is served by.
public struct ServedModel: Sendable {
    /// The name in paths: `/models/NAME/predict`.
    public let name: String
    /// The version in paths: `/v2/models/NAME/versions/VERSION/infer`.
    public let version: String
    /// The model.
    public let model: TrainedModel
    /// The file it was read from, if it was.
    let path: String?
    /// The file as it was then.
    let stamp: ModelFile.Stamp?

    /// What a request has to look like.
    let columns: InputColumns
    /// The classes as JSON, in their own type; empty for a regressor.
    let classTexts: [[UInt8]]

    /// A model to be served by a name, by default as its only version.
    public init(name: String, version: String = "1", model: TrainedModel) {
        self.init(name: name, version: version, model: model, path: nil, stamp: nil)
    }

    /// The model of a file.
    init(_ file: ModelFile) throws {
        let stamp = ModelFile.Stamp(of: file.path)
        self.init(
            name: file.name, version: file.version, model: try TrainedModel(contentsOf: file.path), path: file.path,
            stamp: stamp)
    }

    private init(name: String, version: String, model: TrainedModel, path: String?, stamp: ModelFile.Stamp?) {
        self.name = name
        self.version = version
        self.model = model
        self.path = path
        self.stamp = stamp
        columns = InputColumns(of: model)
        classTexts =
            model.classes.map { classes in
                classes.json.map { value in
                    var text = JSONText(capacity: 16)
                    text.value(value)
                    return text.bytes
                }
            } ?? []
    }

    /// Whether rows that were read for another model fit this one.
    func takes(rowsOf other: ServedModel) -> Bool {
        model.encoder.inputColumns.map(\.schema) == other.model.encoder.inputColumns.map(\.schema)
    }
}

extension Labels.Classes {
    /// The classes in their own JSON type.
    var json: [JSONValue] {
        switch self {
        case .integers(let values): values.map { .int($0) }
        case .strings(let values): values.map { .string($0) }
        case .booleans(let values): values.map { .bool($0) }
        }
    }
}
