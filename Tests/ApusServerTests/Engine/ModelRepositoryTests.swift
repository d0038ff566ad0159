#if Server
import Apus
import ApusCore
import Foundation
import HTTPTypes
import Testing

@testable import ApusServer

@Suite struct ModelRepositoryTests {
    private func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "apus-repository-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    private func asker(_ folder: URL, control: Bool = true) throws -> Asker {
        var configuration = ServerConfiguration()
        configuration.modelsFolder = folder.path()
        configuration.allowsControl = control
        return try Asker([], configuration: configuration)
    }

    private func write(_ model: ServedModel, _ folder: URL, _ name: String) throws {
        let file = folder.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try model.model.write(to: file.path())
    }

    private func index(_ asker: Asker) async throws -> [JSONValue] {
        try #require(try await asker.ask("/v2/repository/index", .post).json.arrayValue)
    }

    @Test func servesAFolderAndWhatChangesInIt() async throws {
        try await withFolder { folder in
            try write(SampleModels.iris.get(), folder, "iris.apus")
            try write(SampleModels.line.get(), folder, "line/2.apus")
            try write(SampleModels.line.get(), folder, "line/10/model.apus")
            let asker = try asker(folder)
            let repository = try #require(asker.routes.repository)
            #expect(asker.engine.models.map(\.name) == ["iris", "line", "line"])
            #expect(asker.engine.models.map(\.version) == ["1", "2", "10"])
            try write(SampleModels.digits.get(), folder, "digits.apus")
            try FileManager.default.removeItem(at: folder.appending(path: "line/2.apus"))
            repository.update()
            #expect(asker.engine.models.map(\.name) == ["iris", "line", "digits"])
            #expect(
                try await asker.ask("/models/digits/predict", .post, #"{"data": [1]}"#).json == ["prediction": [-7]])
        }
    }

    @Test func keepsTheOldModelWhereTheNewFileIsCorrupt() async throws {
        try await withFolder { folder in
            try write(SampleModels.digits.get(), folder, "digits.apus")
            let asker = try asker(folder)
            let repository = try #require(asker.routes.repository)
            let file = folder.appending(path: "digits.apus")
            var bytes = try Data(contentsOf: file)
            bytes[bytes.count - 3] ^= 0x40
            try bytes.write(to: file)
            repository.update()
            #expect(try await asker.ask("/predict", .post, #"{"data": [6]}"#).json == ["prediction": [12]])
            let listing = try await index(asker)
            #expect(listing[0]["state"] == "READY")
            #expect(listing[0]["reason"]?.stringValue?.hasPrefix("The model loaded before stays: ") == true)
            let load = try await asker.ask("/v2/repository/models/digits/load", .post)
            #expect(load.status == 400 && load.code == "unreadableModel")
            try write(SampleModels.line.get(), folder, "digits.apus")
            repository.update()
            // The columns are others now: requests for the old ones are told so.
            let old = try await asker.ask("/predict", .post, #"{"data": [6]}"#)
            #expect(old.status == 422 && old.code == "wrongColumnCount")
            #expect(try await asker.ask("/predict", .post, #"{"data": {"a": 2, "b": 1}}"#).status == 200)
            #expect(try await index(asker)[0]["reason"] == "")
        }
    }

    @Test func namesAFileThatWasNeverReadable() async throws {
        try await withFolder { folder in
            try Data("nonsense".utf8).write(to: folder.appending(path: "bad.apus"))
            let asker = try asker(folder)
            let listing = try await index(asker)
            #expect(listing.count == 1 && listing[0]["state"] == "UNAVAILABLE")
            #expect(listing[0]["reason"]?.stringValue?.isEmpty == false)
            #expect(try await asker.ask("/v2/health/ready").status == 503)
            #expect(try await asker.ask("/predict", .post, "{}").code == "noModel")
            #expect(try await asker.ask("/v2/repository/index", .post, #"{"ready": true}"#).json == [])
        }
    }

    @Test func loadsAndUnloadsOnDemand() async throws {
        try await withFolder { folder in
            try write(SampleModels.digits.get(), folder, "digits.apus")
            let asker = try asker(folder)
            #expect(try await asker.ask("/v2/repository/models/digits/unload", .post, "{}").status == 200)
            #expect(try await asker.ask("/v2/models/digits/ready").status == 503)
            asker.routes.repository?.update()
            #expect(asker.engine.models.isEmpty)
            #expect(try await asker.ask("/v2/repository/models/digits/load", .post).status == 200)
            #expect(try await asker.ask("/v2/models/digits/ready").status == 200)
            for name in ["nobody", "..%2Fdigits", "%00"] {
                #expect(try await asker.ask("/v2/repository/models/\(name)/load", .post).status == 404)
                #expect(try await asker.ask("/v2/repository/models/\(name)/unload", .post).status == 404)
            }
            let file = #"{"parameters": {"file:1/model.apus": "AAAA"}}"#
            #expect(try await asker.ask("/v2/repository/models/digits/load", .post, file).status == 400)
        }
    }

    @Test func letsNoOneChangeModelsUnlessItIsAllowed() async throws {
        try await withFolder { folder in
            try write(SampleModels.digits.get(), folder, "digits.apus")
            let asker = try asker(folder, control: false)
            #expect(try await asker.ask("/v2/repository/models/digits/unload", .post).code == "controlNotAllowed")
            #expect(asker.engine.models.count == 1)
        }
    }
}
#endif
