#if Server
import Apus

/// Told of everything a server does: the prediction log, the monitor and the metrics are observers.
///
/// Each call comes from the task that answers a client, after the answer is made, so it has to return at once: take
/// what you need and do the work elsewhere. Calls come from several threads at a time. Every method has an empty default.
public protocol ServerObserver: Sendable {
    /// Whether events have to carry the probabilities of the classes even where the client did not ask for them.
    var needsProbabilities: Bool { get }

    /// The server is about to listen.
    ///
    /// - Parameter engine: What holds the models and their figures.
    func started(_ engine: ModelEngine) async

    /// A model was loaded, or took the place of another by the same name and version.
    func loaded(model: TrainedModel, name: String, version: String)

    /// A model is no longer served.
    func unloaded(name: String, version: String)

    /// A request for predictions was answered, or a shadow has predicted the same rows.
    func answered(_ event: PredictionEvent)

    /// A request was refused.
    func refused(_ event: RefusalEvent)

    /// The server has answered its last request and stops when this returns.
    func stopped() async
}

extension ServerObserver {
    /// Probabilities as the client asked for them.
    public var needsProbabilities: Bool { false }
    /// Does nothing.
    public func started(_ engine: ModelEngine) async {}
    /// Does nothing.
    public func loaded(model: TrainedModel, name: String, version: String) {}
    /// Does nothing.
    public func unloaded(name: String, version: String) {}
    /// Does nothing.
    public func answered(_ event: PredictionEvent) {}
    /// Does nothing.
    public func refused(_ event: RefusalEvent) {}
    /// Does nothing.
    public func stopped() async {}
}
#endif
