import Apus
import ApusFrame
import Foundation

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

/// A request for predictions that was answered.
public struct PredictionEvent: Sendable {
    /// The request, by the client's `X-Request-Id` (or the `id` of the Open Inference Protocol) or one the server made.
    public let requestID: String
    /// The name the model is served by.
    public let model: String
    /// The version that predicted.
    public let version: String
    /// Whether this version predicted beside another one whose answer the client got.
    public let isShadow: Bool
    /// When the request was answered.
    public let time: Date
    /// The rows, their cells in the order of the encoder's `inputColumns`.
    public let rows: [[Cell]]
    /// For each row the sensitive columns that the model does not predict from, in the order of the model's
    /// `watchedColumns`; shorter than `rows` where the last ones, or all, were not sent.
    public let watched: [[Cell]]
    /// What the model predicts for the rows, with probabilities where the client or an observer wants them.
    public let prediction: Prediction
    /// Seconds from the request's complete body to its answer.
    public let duration: Double
    /// The HTTP status of the answer.
    public let status: Int

    /// An event.
    public init(
        requestID: String, model: String, version: String, isShadow: Bool = false, time: Date = Date(), rows: [[Cell]],
        watched: [[Cell]] = [], prediction: Prediction, duration: Double, status: Int = 200
    ) {
        self.requestID = requestID
        self.model = model
        self.version = version
        self.isShadow = isShadow
        self.time = time
        self.rows = rows
        self.watched = watched
        self.prediction = prediction
        self.duration = duration
        self.status = status
    }

    /// The cells of a row that can be watched: those predicted from, then the others.
    func cells(of row: Int) -> [Cell] { row < watched.count ? rows[row] + watched[row] : rows[row] }
}

/// A request that was refused.
public struct RefusalEvent: Sendable {
    /// The request, as in `PredictionEvent`.
    public let requestID: String
    /// The model that was asked; nil where there is none by the path.
    public let model: String?
    /// The HTTP status of the answer.
    public let status: Int
    /// The kind of failure, such as `wrongType`.
    public let code: String
    /// The failure in whole sentences.
    public let message: String

    /// An event.
    public init(requestID: String, model: String?, status: Int, code: String, message: String) {
        self.requestID = requestID
        self.model = model
        self.status = status
        self.code = code
        self.message = message
    }
}
