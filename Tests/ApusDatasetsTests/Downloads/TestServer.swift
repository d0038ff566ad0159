import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A server on this machine, of one file or of several, which answers each request as a script says; the last answer
/// repeats.
final class TestServer: Sendable {
    enum Answer: Sendable {
        /// What was asked for.
        case right
        /// The whole file, whatever range was asked for.
        case whole
        /// The right beginning, and then the connection ends.
        case cut(after: Int)
        /// The right beginning, and then nothing.
        case stall(after: Int)
        /// What was asked for with one bit changed.
        case corrupt
        /// The file and more behind it.
        case tooLong
        /// A range that was not asked for.
        case otherRange
        case status(Int)
    }

    /// A file, and how requests for it are answered.
    struct File: Sendable {
        /// How the path of a request ends.
        var path: String
        var content: [UInt8]
        var script: [Answer] = [.right]
    }

    private struct Request {
        var path: String
        var range: String?
    }

    private let files: Mutex<[File]>
    private let socket: Int32
    private let received = Mutex<[Request]>([])
    private let isOpen = Mutex(true)
    let url: URL

    /// The value of the header `Range` of each request so far.
    var requests: [String?] { received.withLock { $0.map(\.range) } }
    /// The path of each request so far.
    var paths: [String] { received.withLock { $0.map(\.path) } }

    convenience init(_ content: [UInt8], _ script: [Answer] = [.right]) throws {
        try self.init(files: [File(path: "", content: content, script: script)])
    }

    /// Other files, from now on.
    func serve(_ others: [File]) { files.withLock { $0 = others } }

    init(files: [File]) throws {
        self.files = Mutex(files)
        #if os(Linux)
        let stream = Int32(SOCK_STREAM.rawValue)
        #else
        let stream = SOCK_STREAM
        #endif
        let listener = Self.makeSocket(stream)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound, let url = URL(string: "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))/files/") else {
            throw CocoaError(.featureUnsupported)
        }
        self.socket = listener
        self.url = url
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(socket, nil, nil)
                guard connection >= 0 else { return }
                Thread.detachNewThread { [self] in
                    serve(connection)
                    _ = closeSocket(connection)
                }
            }
        }
    }

    /// Ends all connections and accepts no more.
    func close() {
        isOpen.withLock { $0 = false }
        shutdown(socket, Int32(SHUT_RDWR))
        _ = closeSocket(socket)
    }

    private static func makeSocket(_ kind: Int32) -> Int32 { openSocket(AF_INET, kind, 0) }

    private func serve(_ connection: Int32) {
        guard let request = readRequest(connection) else { return }
        let file = files.withLock { $0.first { request.path.hasSuffix($0.path) } }
        let before = received.withLock { received in
            defer { received.append(request) }
            return received.count { $0.path == request.path }
        }
        let (content, range) = (file?.content ?? [], request.range)
        // OpenML answers so to what it does not know.
        let answer = file.map { $0.script[min(before, $0.script.count - 1)] } ?? .status(412)
        var start = 0
        if let range, let number = Int(range.dropFirst(6).dropLast()) { start = number }
        if case .whole = answer { start = 0 }
        var body = Array(content[min(start, content.count)...])
        var status = start > 0 ? "206 Partial Content" : "200 OK"
        var contentRange = start > 0 ? "bytes \(start)-\(content.count - 1)/\(content.count)" : nil
        var sent = body.count
        switch answer {
        case .right, .whole: break
        case .cut(let count), .stall(let count): sent = min(count, body.count)
        case .corrupt: body[body.count / 2] ^= 1
        case .tooLong:
            body += [1, 2, 3]
            sent = body.count
        case .otherRange:
            status = "206 Partial Content"
            contentRange = "bytes 7-\(content.count + 6)/\(content.count + 7)"
        case .status(let code): (status, body, sent, contentRange) = ("\(code) Answer", [], 0, nil)
        }
        var head = "HTTP/1.1 \(status)\r\nContent-Length: \(body.count)\r\nConnection: close\r\n"
        if let contentRange { head += "Content-Range: \(contentRange)\r\n" }
        write(Array((head + "\r\n").utf8) + body[..<sent], to: connection)
        if case .stall = answer {
            while isOpen.withLock({ $0 }) { usleep(10_000) }
        }
    }

    /// The path and the header `Range` of a request; nil when there is none.
    private func readRequest(_ connection: Int32) -> Request? {
        var request: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while !String(decoding: request, as: UTF8.self).contains("\r\n\r\n") {
            let count = recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            request += chunk[..<count]
        }
        let lines = String(decoding: request, as: UTF8.self).split(separator: "\r\n")
        let range = lines.first { $0.lowercased().hasPrefix("range: ") }
        let words = lines.first?.split(separator: " ") ?? []
        return Request(path: words.count > 1 ? String(words[1]) : "", range: range.map { String($0.dropFirst(7)) })
    }

    private func write(_ bytes: [UInt8], to connection: Int32) {
        #if os(Linux)
        let flags = Int32(MSG_NOSIGNAL)
        #else
        var on: Int32 = 1
        setsockopt(connection, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
        let flags: Int32 = 0
        #endif
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, flags) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}

private func openSocket(_ family: Int32, _ kind: Int32, _ proto: Int32) -> Int32 { socket(family, kind, proto) }
private func closeSocket(_ descriptor: Int32) -> Int32 { close(descriptor) }
