import ApusCore
import ApusFrame

/// What is known to be right: the target column as classes or as numbers.
public enum Truth: Sendable, Hashable {
    /// The class of each row.
    case labels(Labels)
    /// The number of each row.
    case numbers([Double])

    /// The target column of a table.
    ///
    /// - Throws: `ApusError`, naming the first row whose target cannot be used.
    public init(_ target: String, _ task: LearningTask, in frame: DataFrame) throws {
        switch task {
        case .classification: self = .labels(try frame.labels(of: target))
        case .regression: self = .numbers(try frame.numbers(of: target))
        }
    }

    /// Number of rows.
    public var count: Int {
        switch self {
        case .labels(let labels): labels.count
        case .numbers(let numbers): numbers.count
        }
    }

    /// The rows with the given indices, in that order.
    public func selecting(rows: [Int]) -> Truth {
        switch self {
        case .labels(let labels): .labels(labels.selecting(rows: rows))
        case .numbers(let numbers): .numbers(rows.map { numbers[$0] })
        }
    }
}

extension Truth {
    /// The target column of a table, read as the kind of thing that a model learned.
    ///
    /// - Throws: `ApusError`, naming the first row whose target cannot be used.
    public init(of model: TrainedModel, in frame: DataFrame) throws {
        try self.init(model.target, model.task, in: frame)
        guard case .labels(let labels) = self, let classes = model.classes else { return }
        // A column of 0 and 1 may read as numbers in one file and as true and false in another.
        switch (labels.classes, classes) {
        case (.integers, .integers), (.strings, .strings), (.booleans, .booleans): return
        case (_, .strings): self = .labels(Labels(labels.strings))
        default:
            throw ApusError(
                .invalidSchema,
                "The target \(model.target) holds \(labels.classes.names.prefix(3).joined(separator: ", ")), but the model "
                    + "learned the classes \(classes.names.prefix(5).joined(separator: ", ")).")
        }
    }
}

extension Truth {
    /// Why a target suggests a task, in half a sentence.
    static func reason(_ target: String, _ task: LearningTask, in frame: DataFrame) throws -> String {
        let column: Column = try frame[target]
        switch (task, column.type) {
        case (.classification, .string), (.classification, .categorical): return "because \(target) is text"
        case (.classification, .bool): return "because \(target) is true or false"
        case (.classification, _):
            let distinct = Set(try column.numbers().filter { !$0.isNaN }).count
            return "because \(target) holds whole numbers with \(distinct) different value\(distinct == 1 ? "" : "s")"
        case (.regression, .int): return "because \(target) holds whole numbers with more than 20 different values"
        case (.regression, _): return "because \(target) is a number"
        }
    }
}
