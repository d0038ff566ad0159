import ApusCore

/// A fitted pipeline: a fitted transformer and the fitted model of what it makes.
public struct PipelineModel<First: TransformerModel, Last: FittedModel>: FittedModel {
    /// `pipeline`
    public static var catalogName: String { "pipeline" }

    /// What comes first.
    public let first: First
    /// What comes after it.
    public let last: Last

    /// A fitted transformer and a model of what it makes.
    public init(first: First, last: Last) {
        self.first = first
        self.last = last
    }

    /// Number of features that go into the first step.
    public var featureCount: Int { first.featureCount }

    /// Puts both parts into an archive, under `first` and `last`.
    public func encode(into archive: inout ModelArchive) {
        var (head, tail) = (ModelArchive(), ModelArchive())
        first.encode(into: &head)
        last.encode(into: &tail)
        archive.store(head, under: "first")
        archive.store(tail, under: "last")
        archive.store(.array([.string(First.catalogName), .string(Last.catalogName)]), as: "kinds")
    }

    /// Takes both parts out of an archive and checks that the one takes what the other makes.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        guard try archive.attribute("kinds") == [.string(First.catalogName), .string(Last.catalogName)] else {
            throw archive.damaged(
                "its steps are not \(First.catalogName) and \(Last.catalogName)")
        }
        first = try First(from: archive.part("first"))
        last = try Last(from: archive.part("last"))
        let made = first.outputNames(for: (0..<first.featureCount).map { "x\($0)" }).count
        guard made == last.featureCount else {
            throw archive.damaged(
                "\(First.catalogName) makes \(made) columns, but \(Last.catalogName) takes \(last.featureCount)")
        }
    }
}

extension PipelineModel: TransformerModel where Last: TransformerModel {
    /// The rows changed by each step in turn.
    public func transform(_ x: Matrix) throws -> Matrix { try last.transform(first.transform(x)) }

    /// The names of the columns that the last step makes.
    public func outputNames(for inputNames: [String]) -> [String] {
        last.outputNames(for: first.outputNames(for: inputNames))
    }
}

extension PipelineModel: CategoricalTransformerModel where Last: TransformerModel {
    /// The columns that the last step makes.
    public func outputFeatures(for inputs: [NamedFeature]) -> [NamedFeature] {
        last.features(for: first.features(for: inputs))
    }
}

extension PipelineModel: InvertibleTransformerModel
where First: InvertibleTransformerModel, Last: InvertibleTransformerModel {
    /// The rows undone by each step in turn, the last one first.
    public func inverseTransform(_ x: Matrix) throws -> Matrix {
        try first.inverseTransform(last.inverseTransform(x))
    }
}

extension PipelineModel: ClassifierModel where Last: ClassifierModel {
    /// The classes it can answer, ascending.
    public var classes: Labels.Classes { last.classes }

    /// The most probable class of each row.
    public func predict(_ x: Matrix) throws -> Labels { try last.predict(first.transform(x)) }

    /// The probability of each class for each row: n × K.
    public func predictProba(_ x: Matrix) throws -> Matrix { try last.predictProba(first.transform(x)) }
}

extension PipelineModel: RegressorModel where Last: RegressorModel {
    /// The predicted number of each row.
    public func predict(_ x: Matrix) throws -> [Double] { try last.predict(first.transform(x)) }
}

extension PipelineModel: ClustererModel where Last: ClustererModel {
    /// The group of each row it was fitted on.
    public var labels: [Int] { last.labels }

    /// The group of each row.
    public func predict(_ x: Matrix) throws -> [Int] { try last.predict(first.transform(x)) }
}
