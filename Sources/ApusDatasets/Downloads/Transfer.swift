import ApusCore
import Foundation
import Synchronization

/// One request for a file, or for the rest of it, whose bytes are written behind those that are there already.
///
/// The server's answer decides where writing begins: a range that fits goes on, a whole file starts over. What arrives
/// is never longer than the file should be; whether it is right, the checksum of the whole tells later.
final class Transfer: Sendable {
    /// Why a request did not bring the whole file.
    enum Failure: Error {
        /// The server has answered, by this status, that it will not give the file; asking again is no use.
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
    /// - Throws: `Failure`.
    func run(from url: URL, patience: Duration) async throws {
        // A server that compresses on the way would send other bytes than the published ones.
        var fields = ["Accept-Encoding": "identity"]
        let position = state.withLock { $0.position }
        if position > 0 { fields["Range"] = "bytes=\(position)-" }
        let request = OutboundRequest(url: url, fields: fields)
        state.withLock { $0.latest = .now }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            defer { tasks.cancelAll() }
            tasks.addTask { [self] in
                do {
                    try await request.stream(onHead: accept, onBytes: receive)
                } catch let failure as Failure {
                    throw failure
                } catch {
                    throw Failure.interrupted(OutboundRequest.reason(error))
                }
                try finish()
            }
            tasks.addTask { [self] in try await watch(patience) }
            // Whichever ends first decides: the bytes, or the patience.
            try await tasks.next()
        }
    }

    /// Fails as soon as no byte has come for a while: a connection may stay open and silent for ever.
    private func watch(_ patience: Duration) async throws {
        while true {
            do { try await Task.sleep(for: patience / 8) } catch { throw Failure.interrupted("it was cancelled") }
            let idle = ContinuousClock.now - state.withLock { $0.latest }
            if idle > patience { throw Failure.interrupted("no byte came for \(patience)") }
        }
    }

    // MARK: What comes

    private func accept(_ head: OutboundRequest.Head) throws {
        let (position, size) = state.withLock { ($0.position, $0.size) }
        switch head.status {
        case 200:
            try restart()
            let announced = head.field("Content-Length").flatMap { Int($0) }
            if let announced, announced >= 0 { state.withLock { $0.size = $0.size ?? announced } }
        case 206:
            let range = head.field("Content-Range") ?? "none"
            let total = size ?? range.split(separator: "/").last.flatMap { Int($0) }
            guard let total, total > position, range == "bytes \(position)-\(total - 1)/\(total)" else {
                try restart()
                throw Failure.interrupted("the server answered with the range \(range) of another file")
            }
            state.withLock { $0.size = total }
        case 416:
            try restart()
            throw Failure.interrupted("the server has no bytes from \(position) on")
        case 408, 429, 500...599: throw Failure.interrupted("the server answered with status \(head.status)")
        default: throw Failure.status(head.status)
        }
    }

    private func restart() throws {
        try state.withLock { state in
            state.position = 0
            do {
                try state.output.truncate(atOffset: 0)
            } catch {
                throw Failure.unwritable("\(error)")
            }
        }
    }

    private func receive(_ data: Data) throws {
        let (position, size) = try state.withLock { state in
            let limit = state.size ?? Transfer.limit
            guard data.count <= limit - state.position else {
                throw Failure.interrupted("the server sent more than the \(limit) bytes of the file")
            }
            do {
                try state.output.seek(toOffset: UInt64(state.position))
                try state.output.write(contentsOf: data)
            } catch {
                throw Failure.unwritable("\(error)")
            }
            state.position += data.count
            state.latest = .now
            return (state.position, state.size)
        }
        onBytes(position, size)
    }

    private func finish() throws {
        let (position, size) = state.withLock { ($0.position, $0.size) }
        if let size, position < size {
            throw Failure.interrupted("the connection ended after \(position) of \(size) bytes")
        }
    }
}
