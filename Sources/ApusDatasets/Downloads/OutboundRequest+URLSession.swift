#if !Server
import Foundation
import Synchronization

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

extension OutboundRequest {
    /// Sends it and hands over the answer as it comes.
    ///
    /// - Throws: What the handlers throw, or an error of the transport.
    func stream(
        onHead: (Head) throws -> Void, onBytes: (Data) throws -> Void
    ) async throws {
        var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData)
        for (name, value) in fields { request.setValue(value, forHTTPHeaderField: name) }
        if let body {
            request.httpMethod = "POST"
            request.httpBody = body
        }
        let configuration = URLSessionConfiguration.ephemeral
        if let timeout { configuration.timeoutIntervalForResource = timeout / .seconds(1) }
        let events = Events()
        let session = URLSession(configuration: configuration, delegate: events, delegateQueue: nil)
        defer { session.invalidateAndCancel() }
        let task = session.dataTask(with: request)
        task.resume()
        for try await event in events.stream {
            switch event {
            case .head(let head): try onHead(head)
            case .bytes(let data):
                try onBytes(data)
                if events.isCaughtUp() { task.resume() }
            }
        }
    }

    /// Why a request brought no answer, in words.
    package static func reason(_ error: any Error) -> String {
        error is CancellationError ? "it was cancelled" : error.localizedDescription
    }

    /// What a session reports, one thing after the other.
    private final class Events: NSObject, URLSessionDataDelegate, Sendable {
        enum Event: Sendable {
            case head(Head)
            case bytes(Data)
        }

        /// Pieces that may wait to be taken before the session is told to pause.
        private static let limit = 64

        let stream: AsyncThrowingStream<Event, any Error>
        private let continuation: AsyncThrowingStream<Event, any Error>.Continuation
        private let waiting = Mutex(0)

        override init() {
            (stream, continuation) = AsyncThrowingStream.makeStream()
            super.init()
        }

        /// Whether the session, paused because too much waited, should go on: once for each pause.
        func isCaughtUp() -> Bool {
            waiting.withLock {
                $0 -= 1
                return $0 == Self.limit / 2
            }
        }

        func urlSession(
            _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
            completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
        ) {
            let response = response as? HTTPURLResponse
            continuation.yield(
                .head(
                    Head(status: response?.statusCode ?? 0) { response?.value(forHTTPHeaderField: $0) }))
            completionHandler(.allow)
        }

        func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
            let isFull = waiting.withLock {
                $0 += 1
                return $0 == Self.limit
            }
            continuation.yield(.bytes(data))
            if isFull { dataTask.suspend() }
        }

        func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
            continuation.finish(throwing: error)
        }
    }
}
#endif
