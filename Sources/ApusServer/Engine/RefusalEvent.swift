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
