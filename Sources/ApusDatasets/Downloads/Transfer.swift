import ApusCore
import Foundation
import Synchronization

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// One request for a file, or for the rest of it, whose bytes are written behind those that are there already.
///
/// The server's answer decides where writing begins: a range that fits goes on, a whole file starts over. What arrives
/// is never longer than the file should be; whether it is right, the checksum of the whole tells later.
final class Transfer: NSObject, URLSessionDataDelegate, Sendable {
    /// Why a request did not bring the whole file.
    enum Failure: Error {
        /// The server has answered that it will not give the file; asking again is no use.
        case refused(String)
        /// It has said so with this status.
        case status(Int)
        /// The connection failed, or what came over it is not what was asked for.
        case interrupted(String)
        /// The bytes cannot be written here.
        case unwritable(String)
    }

    private struct State {
        let output: FileHandle
        var position: Int
        /// The length of the whole file, as soon as it is known.
        var size: Int?
        var latest = ContinuousClock.now
        var failure: Failure?
        var completion: CheckedContinuation<Void, any Error>?
    }

    /// The most that is accepted from a server that does not say how long the file is.
    private static let limit = 1 << 33

    private let state: Mutex<State>
    private let onBytes: @Sendable (_ position: Int, _ size: Int?) -> Void

    /// A transfer of a file of `size` bytes, nil if that is not known, into `output`, which holds the first `position` of
    /// them.
    init(
        into output: FileHandle, position: Int, size: Int?,
        onBytes: @escaping @Sendable (_ position: Int, _ size: Int?) -> Void
    ) {
        self.onBytes = onBytes
        state = Mutex(State(output: output, position: position, size: size))
    }

    /// Asks for the bytes from `position` on and returns when the connection has ended.
    ///
    /// - Parameters:
    ///   - url: The file.
    ///   - patience: How long to wait for the next byte.
    func run(from url: URL, patience: Duration) async throws {
        var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData)
        // A server that compresses on the way would send other bytes than the published ones.
        request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
        let position = state.withLock { $0.position }
        if position > 0 { request.setValue("bytes=\(position)-", forHTTPHeaderField: "Range") }

        let session = URLSession(configuration: .ephemeral, delegate: self, delegateQueue: nil)
        defer { session.invalidateAndCancel() }
        let task = session.dataTask(with: request)
        // The session's own time limit is not kept while a body trickles on every platform, so this one watches.
        let watch = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: patience / 8)
                let idle = ContinuousClock.now - state.withLock { $0.latest }
                if idle > patience { stop(task, .interrupted("no byte came for \(patience)")) }
            }
        }
        defer { watch.cancel() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                state.withLock {
                    $0.completion = continuation
                    $0.latest = .now
                }
                task.resume()
            }
        } onCancel: {
            task.cancel()
        }
    }

    private func stop(_ task: URLSessionTask, _ failure: Failure) {
        state.withLock { $0.failure = $0.failure ?? failure }
        task.cancel()
    }

    // MARK: What the session reports

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
        do throws(Failure) {
            try accept(response)
            completionHandler(.allow)
        } catch {
            stop(dataTask, error)
            completionHandler(.cancel)
        }
    }

    private func accept(_ response: URLResponse) throws(Failure) {
        guard let response = response as? HTTPURLResponse else { throw .refused("the answer is not one of HTTP") }
        let (position, size) = state.withLock { ($0.position, $0.size) }
        switch response.statusCode {
        case 200:
            try restart()
            let announced = response.value(forHTTPHeaderField: "Content-Length").flatMap { Int($0) }
            if let announced, announced >= 0 { state.withLock { $0.size = $0.size ?? announced } }
        case 206:
            let range = response.value(forHTTPHeaderField: "Content-Range") ?? "none"
            let total = size ?? range.split(separator: "/").last.flatMap { Int($0) }
            guard let total, total > position, range == "bytes \(position)-\(total - 1)/\(total)" else {
                try restart()
                throw .interrupted("the server answered with the range \(range) of another file")
            }
            state.withLock { $0.size = total }
        case 416:
            try restart()
            throw .interrupted("the server has no bytes from \(position) on")
        case 408, 429, 500...599: throw .interrupted("the server answered with status \(response.statusCode)")
        default: throw .status(response.statusCode)
        }
    }

    private func restart() throws(Failure) {
        let failure = state.withLock { state -> Failure? in
            state.position = 0
            do {
                try state.output.truncate(atOffset: 0)
                return nil
            } catch {
                return .unwritable("\(error)")
            }
        }
        if let failure { throw failure }
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let (position, size, failure) = state.withLock { state -> (Int, Int?, Failure?) in
            let limit = state.size ?? Transfer.limit
            guard state.failure == nil else { return (state.position, state.size, nil) }
            guard data.count <= limit - state.position else {
                return (
                    state.position, state.size, .interrupted("the server sent more than the \(limit) bytes of the file")
                )
            }
            do {
                try state.output.seek(toOffset: UInt64(state.position))
                try state.output.write(contentsOf: data)
            } catch {
                return (state.position, state.size, .unwritable("\(error)"))
            }
            state.position += data.count
            state.latest = .now
            return (state.position, state.size, nil)
        }
        if let failure { return stop(dataTask, failure) }
        onBytes(position, size)
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        let (completion, failure, position, size) = state.withLock { state in
            defer { state.completion = nil }
            return (state.completion, state.failure, state.position, state.size)
        }
        if let failure {
            completion?.resume(throwing: failure)
        } else if let error {
            completion?.resume(throwing: Failure.interrupted(error.localizedDescription))
        } else if let size, position < size {
            completion?.resume(throwing: Failure.interrupted("the connection ended after \(position) of \(size) bytes"))
        } else {
            completion?.resume()
        }
    }
}
