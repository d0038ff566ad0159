import Apus
import ApusCore
import ApusFrame

/// A model and the name it is served by.
public struct ServedModel: Sendable {
    /// The name in paths: `/models/NAME/predict`.
    public let name: String
    /// The model.
    public let model: TrainedModel

    /// What a request has to look like.
    let columns: InputColumns
    /// The classes as JSON, in their own type; empty for a regressor.
    let classTexts: [[UInt8]]

    /// A model to be served by a name.
    public init(name: String, model: TrainedModel) {
        self.name = name
        self.model = model
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
