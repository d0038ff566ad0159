#if Server
import Apus
import ApusCore
import Dispatch
import Foundation
import Logging
import ServiceLifecycle
import Synchronization

/// Keeps the models of an engine equal to their files: what is new or changed is loaded, what is gone is served no longer.
///
/// A file that cannot be read changes nothing: the model that was loaded before stays, and the reason is said in the log
/// and in the index.
final class ModelRepository: Service {
    /// A version of a model, loaded or not.
    struct Listing: Sendable, Hashable {
        let name: String
        let version: String
        let isReady: Bool
        /// Why it is not ready, or why a newer file is not served.
        let reason: String
    }

    private struct Known {
        var file: ModelFile
        /// The file as it was when it was last tried.
        var stamp: ModelFile.Stamp?
        var isLoaded = false
        /// Taken out by the API: it is not loaded again until someone asks for it or the file changes.
        var isUnloaded = false
        var reason = ""
    }

    private struct State {
        /// By name and version, in the order in which they were found.
        var known: [Known] = []

        func place(_ name: String, _ version: String) -> Int? {
            known.firstIndex { $0.file.name == name && $0.file.version == version }
        }
    }

    private let engine: ModelEngine
    private let folder: String?
    private let state: Mutex<State>
    /// One change after the other, and none on the threads that answer.
    private let line = DispatchQueue(label: "apus.repository", qos: .utility)

    /// A repository of the models that were given at the start and of a folder.
    init(_ engine: ModelEngine, models: [ServedModel], folder: String?) {
        self.engine = engine
        self.folder = folder
        state = Mutex(
            State(
                known: models.map { model in
                    Known(
                        file: ModelFile(name: model.name, version: model.version, path: model.path ?? ""),
                        stamp: model.stamp, isLoaded: true)
                }))
        for model in models { engine.load(model) }
        update()
    }

    /// Looks after the files until the server stops.
    func run() async throws {
        let pause = engine.configuration.watchInterval
        guard pause > 0 else { return try await gracefulShutdown() }
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(pause))
                if Task.isCancelled { return }
                try? await self.inLine { self.update() }
            }
        }
    }

    /// What is known, by name and version.
    var index: [Listing] {
        state.withLock { $0.known }.map {
            Listing(name: $0.file.name, version: $0.file.version, isReady: $0.isLoaded, reason: $0.reason)
        }
    }

    /// Whether there is or was a model by a name.
    func knows(_ name: String) -> Bool { state.withLock { $0.known.contains { $0.file.name == name } } }

    /// Loads every version of a model anew from its files.
    ///
    /// - Throws: `RequestFailure` with status 404 when there is none, and 400 when no file can be read.
    func load(_ name: String) async throws {
        try await inLine {
            self.find()
            let files = self.state.withLock { $0.known.filter { $0.file.name == name }.map(\.file) }
            guard !files.isEmpty else {
                throw RequestFailure(404, "unknownModel", "There is no model file for “\(name.prefix(100))”.")
            }
            let failures = files.compactMap(self.load)
            guard failures.isEmpty else {
                throw RequestFailure(400, "unreadableModel", failures.joined(separator: " "))
            }
        }
    }

    /// Serves a model no longer.
    ///
    /// - Throws: `RequestFailure` with status 404 when there is none.
    func unload(_ name: String) async throws {
        try await inLine {
            guard self.knows(name) else {
                throw RequestFailure(404, "unknownModel", "There is no model “\(name.prefix(100))”.")
            }
            self.state.withLock { state in
                for place in state.known.indices where state.known[place].file.name == name {
                    state.known[place].isLoaded = false
                    state.known[place].isUnloaded = true
                    state.known[place].reason = "unloaded"
                }
            }
            self.engine.unload(name)
            self.engine.logger.info("Unloaded.", metadata: ["model": "\(name)"])
        }
    }

    private func inLine<Result: Sendable>(
        _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            line.async { continuation.resume(with: Swift.Result { try work() }) }
        }
    }

    // MARK: Files

    /// Makes the engine's models equal to the files.
    func update() {
        find()
        for known in state.withLock({ $0.known }) where !known.file.path.isEmpty {
            let stamp = ModelFile.Stamp(of: known.file.path)
            guard let stamp else {
                // A file may be away for a moment while it is replaced: given models stay, those of the folder go.
                if known.isLoaded, isOfFolder(known.file) { remove(known.file) }
                continue
            }
            if stamp != known.stamp { _ = load(known.file) }
        }
    }

    /// Adds the files of the folder that are not known yet.
    private func find() {
        guard let folder else { return }
        let files = ModelFile.all(in: folder)
        state.withLock { state in
            for file in files where state.place(file.name, file.version) == nil {
                state.known.append(Known(file: file))
            }
        }
    }

    private func isOfFolder(_ file: ModelFile) -> Bool { folder.map { file.path.hasPrefix($0 + "/") } ?? false }

    private func remove(_ file: ModelFile) {
        state.withLock { state in
            if let place = state.place(file.name, file.version) { state.known.remove(at: place) }
        }
        engine.unload(file.name, version: file.version)
        engine.logger.info(
            "The file is gone; the model is served no longer.",
            metadata: ["model": "\(file.name)", "version": "\(file.version)"])
    }

    /// Loads a file; the reason if that fails.
    private func load(_ file: ModelFile) -> String? {
        let stamp = ModelFile.Stamp(of: file.path)
        let failure: String?
        do {
            guard !file.path.isEmpty else {
                throw ApusError(.unreadableModel, "The model was not read from a file and cannot be loaded again.")
            }
            engine.load(
                ServedModel(
                    name: file.name, version: file.version, model: try TrainedModel(contentsOf: file.path)))
            failure = nil
        } catch {
            failure = (error as? ApusError)?.message ?? "\(error)"
        }
        state.withLock { state in
            guard let place = state.place(file.name, file.version) else { return }
            state.known[place].stamp = stamp
            if let failure {
                let stays = state.known[place].isLoaded ? "The model loaded before stays: " : ""
                state.known[place].reason = stays + failure
            } else {
                state.known[place].isLoaded = true
                state.known[place].isUnloaded = false
                state.known[place].reason = ""
            }
        }
        let metadata: Logger.Metadata = ["model": "\(file.name)", "version": "\(file.version)", "file": "\(file.path)"]
        if let failure {
            engine.logger.warning(
                "The model file was not loaded; what was served before stays.",
                metadata: metadata.merging(["reason": "\(failure)"]) { $1 })
        } else {
            engine.logger.info("Loaded.", metadata: metadata)
        }
        return failure
    }
}
#endif
