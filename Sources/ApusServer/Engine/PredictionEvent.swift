import Apus
import ApusFrame
import Foundation

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
