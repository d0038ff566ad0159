import ApusCore
import ApusFrame
import Foundation

extension TrainedModel {
    /// The version of the file format that this library writes; it reads this and every earlier one.
    public static let formatVersion = 1
    /// The library's version, as written into model files.
    public static let libraryVersion = "0.1.0"

    /// Writes the model to a file, whole or not at all: a safetensors file whose metadata hold all that is not a tensor.
    ///
    /// - Throws: `ApusError` with code `unwritableFile`.
    public func write(to path: String) throws { try WholeFile.write(encoded(), to: path) }

    /// The bytes of the model file; equal models give equal bytes.
    public func encoded() throws -> Data {
        var archive = ModelArchive()
        var part = ModelArchive()
        encoder.encode(into: &part)
        archive.store(part, under: "encoder")
        part = ModelArchive()
        switch predictor {
        case .classifier(let model): model.encode(into: &part)
        case .regressor(let model): model.encode(into: &part)
        }
        archive.store(part, under: "model")
        if let obstacle = archive.obstacle { throw ApusError(.unavailable, obstacle) }

        var metadata: [String: String] = [
            "format": "apus",
            "format_version": "\(Self.formatVersion)",
            "library_version": Self.libraryVersion,
            "kind": catalogName,
            "task": task.rawValue,
            "target": target,
            "parameters": try Self.json(parameters),
            "schema": try Self.json(encoder.inputColumns.map(\.schema)),
            "summary": try Self.json(summary),
            "attributes": try Self.json(archive.attributes),
        ]
        if case .classifier(let model) = predictor {
            let wrappers = ModelWrappers.names(of: model)
            if !wrappers.isEmpty { metadata["wrappers"] = wrappers.joined(separator: ",") }
        }
        return try Safetensors(tensors: archive.tensors, metadata: metadata).encoded()
    }

    /// Reads a model file. Loading never runs code: unknown kinds, versions, shapes and values are refused.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`, naming the file and what is wrong with it.
    public init(contentsOf path: String) throws {
        let data = try WholeFile.read(path, failure: .unreadableModel)
        do {
            try self.init(data)
        } catch let error as ApusError {
            throw ApusError(.unreadableModel, "\(path): \(error.message)")
        }
    }

    /// Reads the bytes of a model file.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`, saying what is wrong with them.
    public init(_ data: Data) throws {
        let file = try Safetensors(data)
        func text(_ key: String) throws -> String {
            guard let value = file.metadata[key] else {
                throw ApusError(
                    .unreadableModel,
                    "This is not a model of Apus: its metadata lack “\(key)”. Train and save it again.")
            }
            return value
        }
        guard try text("format") == "apus", let version = Int(try text("format_version")), version >= 1 else {
            throw ApusError(
                .unreadableModel, "This safetensors file is not a model of Apus; train one with `apus train`.")
        }
        guard version <= Self.formatVersion else {
            throw ApusError(
                .unreadableModel,
                "This model has format version \(version), but this library reads up to \(Self.formatVersion); "
                    + "update Apus (the model was written by \(file.metadata["library_version"] ?? "a later version"))."
            )
        }
        let archive = ModelArchive(
            tensors: file.tensors, attributes: try Self.read([String: JSONValue].self, try text("attributes")))
        let name = try text("kind")
        guard let entry = Catalog.entries.first(where: { $0.name == name }),
            let task = LearningTask(rawValue: try text("task"))
        else {
            throw ApusError(
                .unreadableModel, "This model is a “\(name)”, which this version of Apus does not know; update it.")
        }
        let part = archive.part("model")
        let predictor: Predictor
        switch task {
        case .classification:
            let wrappers = (file.metadata["wrappers"] ?? "").split(separator: ",")
            guard
                let type = try FairModels.type(name, ModelWrappers.innermost(wrappers, in: part))
                    ?? entry.classifier.map({ Self.modelType(of: $0) })
            else { throw part.damaged("\(name) is no classifier") }
            predictor = .classifier(try ModelWrappers.read(type, wrappers[...], from: part))
        case .regression:
            guard let type = try FairModels.regressorType(name, part) ?? entry.regressor.map({ Self.modelType(of: $0) })
            else {
                throw part.damaged("\(name) is no regressor")
            }
            predictor = .regressor(try type.init(from: part))
        }
        try self.init(
            catalogName: name, parameters: try Self.read([String: JSONValue].self, try text("parameters")),
            target: try text("target"), encoder: Self.preparation(from: archive.part("encoder")),
            predictor: predictor, summary: try Self.read(TrainingSummary.self, try text("summary")))
    }

    private static func preparation(from part: ModelArchive) throws -> any FittedPreparation {
        part.attributes["kind"] == nil
            ? try FittedFrameEncoder(from: part) : try FittedColumnTransformer(from: part)
    }

    private static func modelType<Kind: Classifier>(of type: Kind.Type) -> any ClassifierModel.Type { Kind.Model.self }

    private static func modelType<Kind: Regressor>(of type: Kind.Type) -> any RegressorModel.Type { Kind.Model.self }

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private static func read<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw ApusError(.unreadableModel, "The model's metadata are malformed. Train and save the model again.")
        }
    }
}
