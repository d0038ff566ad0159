#if Server
import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Watches over one connection, so that no client can hold it for ever or make the server read without end.
///
/// A request that is not complete in time is refused with status 408. Where the answer is ready before the request has
/// been read (a body that is too large), the connection ends after the answer: what still comes in is thrown away
/// for a moment, since a client that is sending would otherwise lose the answer.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How long a client that goes on sending may take to read the last answer.
    private static let lingering = TimeAmount.seconds(2)

    private let timeout: TimeAmount
    private var deadline: Scheduled<Void>?
    /// Whether a request has begun and not ended.
    private var isReading = false
    /// Requests that have begun and are not answered yet.
    private var owed = 0
    /// Whether the connection ends after the answer that is being written.
    private var endsAfterAnswer = false
    /// Whether the last answer was given.
    private var hasEnded = false

    init(timeout: TimeAmount) { self.timeout = timeout }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if hasEnded { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            isReading = true
            owed += 1
            if head.headerFields[.expect] != nil { proceed(context, head) }
        case .body: break
        case .end:
            isReading = false
            deadline?.cancel()
            deadline = nil
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if hasEnded {
            context.read()
        } else if isReading, deadline == nil {
            // Most requests arrive whole and never need the clock.
            deadline = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) { self.giveUp(context) }
        }
        context.fireChannelReadComplete()
    }

    /// Tells a client that waits for leave to send its body that it may.
    private func proceed(_ context: ChannelHandlerContext, _ head: HTTPRequest) {
        guard owed == 1, head.headerFields[.expect]?.lowercased() == "100-continue" else { return }
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }

    private func giveUp(_ context: ChannelHandlerContext) {
        deadline = nil
        guard isReading, !hasEnded, context.channel.isActive else { return }
        guard owed == 1, !endsAfterAnswer else { return context.close(promise: nil) }
        let failure = RequestFailure(
            408, "requestTimeout", "The request was not complete in time; send it faster or in smaller parts.")
        let body = ByteBuffer(bytes: failure.json)
        let head = HTTPResponse(
            status: .requestTimeout,
            headerFields: [
                .contentType: "application/json", .contentLength: "\(body.readableBytes)", .connection: "close",
            ])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
        end(context)
    }

    // MARK: Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !hasEnded else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head) where isReading && owed == 1:
            endsAfterAnswer = true
            head.headerFields[.connection] = "close"
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .head, .body: context.write(data, promise: promise)
        case .end:
            owed -= 1
            context.write(data, promise: promise)
            if endsAfterAnswer { end(context) }
        }
    }

    /// Sends what was written, says that nothing more will come, and throws away what still comes in.
    private func end(_ context: ChannelHandlerContext) {
        hasEnded = true
        deadline?.cancel()
        context.flush()
        context.close(mode: .output, promise: nil)
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: Self.lingering) {
            context.close(promise: nil)
        }
        context.read()
    }

    // MARK: The connection

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if hasEnded, let event = event as? ChannelEvent, event == .inputClosed { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = nil
        context.fireChannelInactive()
    }
}
#endif
