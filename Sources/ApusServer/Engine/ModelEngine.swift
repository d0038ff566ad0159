#if Server
import Apus
import ApusCore
import ApusFrame
import Foundation
import Logging
import Synchronization

/// Holds the models of a server, in versions, and predicts with them.
///
/// A model is replaced in one step: requests under way end with the version they began with, later ones get the new
/// one, and none fails.
public final class ModelEngine: Sendable {
    /// A model that is served.
    public struct Loaded: Sendable {
        /// The name it is served by.
        public let name: String
        /// Its version.
        public let version: String
        /// The model.
        public let model: TrainedModel
        /// Whether requests that name no version may get this one.
        public let isDefault: Bool
    }

    struct State: Sendable {
        /// The names in the order in which they came; the first answers `/predict`.
        var names: [String] = []
        var entries: [String: ModelEntry] = [:]
        /// The figures of versions that were unloaded.
        var retired: [FigureKey: ModelFigures] = [:]
    }

    struct FigureKey: Hashable, Sendable {
        let name: String
        let version: String
    }

    /// The settings.
    public let configuration: ServerConfiguration
    let observers: [any ServerObserver]
    let logger: Logger
    let queue: WorkQueue
    let figures = ServerFigures()
    let state = Mutex(State())
    private let draining = Atomic(false)
    private let pendingBytes = Atomic(0)
    private let needsProbabilities: Bool

    init(configuration: ServerConfiguration, observers: [any ServerObserver] = [], logger: Logger) {
        self.configuration = configuration
        self.observers = observers
        self.logger = logger
        needsProbabilities = observers.contains { $0.needsProbabilities }
        queue = WorkQueue(limit: configuration.maxQueue)
    }

    // MARK: What is served

    /// The models, in the order in which they came, each with its versions from the oldest to the newest.
    public var models: [Loaded] {
        entries.flatMap { entry in
            let defaults = entry.defaultVersions
            return entry.versions.map { version in
                Loaded(
                    name: entry.name, version: version.version, model: version.served.model,
                    isDefault: defaults.contains(version.version))
            }
        }
    }

    /// The models by name, in the order in which they came.
    var entries: [ModelEntry] { state.withLock { state in state.names.compactMap { state.entries[$0] } } }

    /// A model by its name; nil where there is none.
    func entry(_ name: String) -> ModelEntry? { state.withLock { $0.entries[name] } }

    /// The model that answers where no name is given.
    var first: ModelEntry? { state.withLock { state in state.names.first.flatMap { state.entries[$0] } } }

    /// Whether requests are taken; not any more once the server was told to stop.
    public var isReady: Bool { !draining.load(ordering: .relaxed) }

    /// Takes room for bytes of a request; false when there is none.
    func reserve(_ count: Int) -> Bool {
        let before = pendingBytes.add(count, ordering: .relaxed).oldValue
        guard before + count <= configuration.maxPendingBytes else {
            release(count)
            return false
        }
        return true
    }

    /// Gives room back.
    func release(_ count: Int) {
        if count > 0 { pendingBytes.subtract(count, ordering: .relaxed) }
    }

    func drain() { draining.store(true, ordering: .relaxed) }

    /// What was done since the start.
    public var statistics: EngineStatistics {
        var statistics = figures.snapshot
        statistics.running = queue.running
        statistics.queueLimit = configuration.maxQueue
        let (models, waiting) = state.withLock { state in
            let live = state.names.flatMap { state.entries[$0]?.versions ?? [] }
            return (
                live.map(\.figures.snapshot) + state.retired.values.map(\.snapshot).sorted { $0.name < $1.name },
                live.reduce(0) { $0 + $1.batcher.waiting }
            )
        }
        statistics.queueDepth = queue.waiting + waiting
        statistics.models = models
        return statistics
    }

    // MARK: Changes

    /// Serves a model, in place of the one by the same name and version if there is one.
    func load(_ served: ServedModel) {
        let key = FigureKey(name: served.name, version: served.version)
        let version = state.withLock { state in
            let old = state.entries[served.name]?.versions.first { $0.version == served.version }
            let version = ServedVersion(
                served, figures: old?.figures ?? state.retired.removeValue(forKey: key), queue: queue,
                configuration: configuration)
            if state.entries[served.name] == nil {
                state.names.append(served.name)
                state.entries[served.name] = ModelEntry(
                    name: served.name, policy: configuration.policies[served.name] ?? VersionPolicy())
            }
            state.entries[served.name]?.insert(version)
            return version
        }
        for observer in observers {
            observer.loaded(model: served.model, name: served.name, version: served.version)
        }
        version.measure()
    }

    /// Serves a version no longer, or all of a model's; requests under way end with it.
    @discardableResult
    func unload(_ name: String, version: String? = nil) -> Bool {
        let gone: [ServedVersion] = state.withLock { state in
            guard var entry = state.entries[name] else { return [] }
            let gone = entry.versions.filter { version == nil || $0.version == version }
            entry.versions.removeAll { version == nil || $0.version == version }
            for each in gone { state.retired[FigureKey(name: name, version: each.version)] = each.figures }
            if entry.versions.isEmpty {
                state.entries[name] = nil
                state.names.removeAll { $0 == name }
            } else {
                state.entries[name] = entry
            }
            return gone
        }
        for each in gone {
            for observer in observers { observer.unloaded(name: name, version: each.version) }
        }
        return !gone.isEmpty
    }

    // MARK: Predictions

    /// Predicts rows for a request, in its turn, and tells the observers.
    ///
    /// - Throws: `RequestFailure` for what the request causes, a full queue or an answer that takes too long.
    func predict(_ ask: Ask) async throws -> Prediction {
        let start = ContinuousClock.now
        let wish = ask.probabilities || (needsProbabilities && ask.version.served.model.givesProbabilities)
        let prediction = try await ask.version.predict(ask.rows, probabilities: wish)
        finish(ask, prediction, since: start)
        return prediction
    }

    /// The same in the thread of the caller, for requests whose body was worked on there.
    func predictHere(_ ask: Ask) throws -> Prediction {
        let start = ContinuousClock.now
        let wish = ask.probabilities || (needsProbabilities && ask.version.served.model.givesProbabilities)
        let prediction = try ask.version.predictHere(ask.rows, probabilities: wish)
        finish(ask, prediction, since: start)
        return prediction
    }

    private func finish(_ ask: Ask, _ prediction: Prediction, since start: ContinuousClock.Instant) {
        let seconds = (ContinuousClock.now - start).seconds
        ask.version.figures.answered(rows: ask.rows.count, seconds: seconds)
        if !observers.isEmpty { tell(ask, ask.version, prediction, seconds, isShadow: false) }
        for shadow in ask.shadows { predictAside(ask, shadow) }
    }

    private func tell(
        _ ask: Ask, _ version: ServedVersion, _ prediction: Prediction, _ seconds: Double, isShadow: Bool
    ) {
        let event = PredictionEvent(
            requestID: ask.requestID, model: version.served.name, version: version.version, isShadow: isShadow,
            rows: ask.rows, watched: ask.watched, prediction: prediction, duration: seconds)
        for observer in observers { observer.answered(event) }
    }

    /// Lets a shadow predict the same rows; it gives way where the queue is long.
    private func predictAside(_ ask: Ask, _ shadow: ServedVersion) {
        guard shadow.served.takes(rowsOf: ask.version.served) else { return }
        let wish = shadow.served.model.givesProbabilities
        queue.runAside {
            let start = ContinuousClock.now
            guard let prediction = try? shadow.served.model.predict(rows: ask.rows, probabilities: wish) else {
                return shadow.figures.refused("shadowFailed")
            }
            shadow.figures.shadowed()
            self.tell(ask, shadow, prediction, (ContinuousClock.now - start).seconds, isShadow: true)
        }
    }
}

/// Rows that a request wants predicted.
struct Ask: Sendable {
    let requestID: String
    let version: ServedVersion
    let shadows: [ServedVersion]
    let rows: [[Cell]]
    /// Values of the columns that only the monitor looks at.
    var watched: [[Cell]] = []
    let probabilities: Bool
}

extension Duration {
    /// The duration in seconds.
    var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}
#endif
