import ApusCore
import Crypto
import Foundation
import Synchronization
import Testing

@testable import ApusDatasets

/// A folder of its own for each test, removed at the end.
final class TemporaryFolder: Sendable {
    let path = NSTemporaryDirectory() + "apus-\(UUID().uuidString)"

    func bytes(of name: String) -> [UInt8]? {
        FileManager.default.contents(atPath: "\(path)/\(name)").map { [UInt8]($0) }
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        let file = URL(filePath: "\(path)/\(name)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }

    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite(.timeLimit(.minutes(2))) struct FileFetcherTests {
    let folder = TemporaryFolder()
    let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 7) }

    var file: PublishedFile {
        let hash = SHA256.hash(data: content).map { String(format: "%02x", $0) }.joined()
        return PublishedFile(name: "table.bin", size: content.count, sha256: hash)
    }

    func fetcher(_ servers: TestServer..., attempts: Int = 4) -> FileFetcher {
        FileFetcher(
            mirrors: servers.map(\.url), folder: folder.path, command: "apus data fetch table", attempts: attempts,
            patience: .milliseconds(600), pause: .milliseconds(5))
    }

    func expectGoodFile() {
        #expect(folder.bytes(of: "table.bin") == content)
        #expect(folder.names == ["table.bin"])
    }

    @Test func aFileComesWholeAndIsNotFetchedTwice() async throws {
        let server = try TestServer(content)
        defer { server.close() }
        let updates = Mutex<[ProgressUpdate]>([])
        try await fetcher(server).fetch([file]) { update in updates.withLock { $0.append(update) } }
        expectGoodFile()
        let seen = updates.withLock { $0 }
        #expect(seen.last == ProgressUpdate(stage: "table.bin", completed: content.count, total: content.count))
        #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.completed <= $1.completed })
        try await fetcher(server).fetch([file], progress: nil)
        #expect(server.requests == [nil])
    }

    @Test(arguments: [TestServer.Answer.cut(after: 100_000), .stall(after: 100_000)])
    func aBrokenConnectionGoesOnWhereItStopped(answer: TestServer.Answer) async throws {
        let server = try TestServer(content, [answer, .right])
        defer { server.close() }
        try await fetcher(server).fetch([file], progress: nil)
        expectGoodFile()
        #expect(server.requests.count == 2 && server.requests[0] == nil)
        #expect((1...100_000).contains(try #require(start(server.requests[1]))))
    }

    /// Where a range begins. Of a connection that breaks off, the bytes under way may be lost with it.
    private func start(_ range: String?) -> Int? {
        range.flatMap { $0.wholeMatch(of: /bytes=(\d+)-/) }.flatMap { Int($0.1) }
    }

    @Test(arguments: [TestServer.Answer.cut(after: 120_000), .stall(after: 120_000)])
    func whatHasComeIsKeptForTheNextRun(answer: TestServer.Answer) async throws {
        let broken = try TestServer(content, [answer])
        defer { broken.close() }
        let error = await #expect(throws: ApusError.self) {
            try await fetcher(broken, attempts: 1).fetch([file], progress: nil)
        }
        #expect(error?.code == .unavailable)
        #expect(folder.names == ["table.bin.part"])
        let kept = try #require(folder.bytes(of: "table.bin.part"))
        #expect((1...120_000).contains(kept.count) && kept == Array(content.prefix(kept.count)))
        #expect(
            error?.message.hasSuffix("it goes on behind the \(kept.count) of 300000 bytes that are here.") == true)

        let server = try TestServer(content)
        defer { server.close() }
        try await fetcher(server).fetch([file], progress: nil)
        expectGoodFile()
        #expect(server.requests == ["bytes=\(kept.count)-"])
    }

    @Test(arguments: [TestServer.Answer.corrupt, .tooLong, .status(404), .status(503), .otherRange])
    func whatIsNotTheFileIsAnErrorAndNeverAFile(answer: TestServer.Answer) async throws {
        let server = try TestServer(content, [answer])
        defer { server.close() }
        let error = await #expect(throws: ApusError.self) { try await fetcher(server).fetch([file], progress: nil) }
        #expect(error?.code == .unavailable)
        #expect(error?.message.hasPrefix("Cannot fetch table.bin (\(server.url)table.bin: ") == true)
        #expect(folder.bytes(of: "table.bin") == nil)
        // A page that is not there is not asked for again.
        if case .status(404) = answer {
            #expect(server.requests.count == 1)
        } else {
            #expect(server.requests.count == 4)
        }
    }

    @Test func aDamagedAnswerIsThrownAwayAndAskedForAgain() async throws {
        let server = try TestServer(content, [.corrupt, .right])
        defer { server.close() }
        try await fetcher(server).fetch([file], progress: nil)
        expectGoodFile()
        #expect(server.requests == [nil, nil])
    }

    @Test(arguments: [TestServer.Answer.whole, .otherRange, .status(416)])
    func aServerThatDoesNotGoOnMakesItStartOver(answer: TestServer.Answer) async throws {
        let server = try TestServer(content, [.cut(after: 70_000), answer, .right])
        defer { server.close() }
        try await fetcher(server).fetch([file], progress: nil)
        expectGoodFile()
        #expect((1...70_000).contains(try #require(start(server.requests[1]))))
    }

    @Test func aMirrorStandsInForAnother() async throws {
        let (gone, server) = (try TestServer(content, [.status(404)]), try TestServer(content))
        defer { [gone, server].forEach { $0.close() } }
        try await fetcher(gone, server).fetch([file], progress: nil)
        expectGoodFile()
    }

    @Test func aServerThatCannotBeReachedIsAnError() async throws {
        let server = try TestServer(content)
        server.close()
        let error = await #expect(throws: ApusError.self) { try await fetcher(server).fetch([file], progress: nil) }
        #expect(error?.code == .unavailable)
        #expect(folder.names == [])
    }

    @Test func aBeginningThatIsNotTheFilesIsFoundOutInTheEnd() async throws {
        try folder.write([UInt8](repeating: 7, count: 1000), to: "table.bin.part")
        let server = try TestServer(content)
        defer { server.close() }
        try await fetcher(server).fetch([file], progress: nil)
        expectGoodFile()
        #expect(server.requests == ["bytes=1000-", nil])
        try folder.write([UInt8](repeating: 7, count: content.count + 1), to: "table.bin.part")
        try FileManager.default.removeItem(atPath: "\(folder.path)/table.bin")
        try await fetcher(server).fetch([file], progress: nil)
        expectGoodFile()
    }

    @Test func aDamagedFileIsReplacedUnlessItIsTheUsers() async throws {
        var damaged = content
        damaged[9] ^= 1
        try folder.write(damaged, to: "table.bin")
        let server = try TestServer(content)
        defer { server.close() }
        var careful = fetcher(server)
        careful.replacesOthers = false
        let error = await #expect(throws: ApusError.self) { try await careful.fetch([file], progress: nil) }
        #expect(error?.code == .unreadableData)
        #expect(folder.bytes(of: "table.bin") == damaged)
        try await fetcher(server).fetch([file], progress: nil)
        expectGoodFile()
    }

    @Test func onlyOneProgramFetchesAFileAtATime() async throws {
        try folder.write([], to: "table.bin.part")
        let other = try FileHandle(forUpdating: URL(filePath: "\(folder.path)/table.bin.part"))
        #expect(FileLock.take(other))
        let server = try TestServer(content)
        defer { server.close() }
        let error = await #expect(throws: ApusError.self) { try await fetcher(server).fetch([file], progress: nil) }
        #expect(error?.message.hasPrefix("Another program is fetching ") == true)
        try other.close()
        try await fetcher(server).fetch([file], progress: nil)
        expectGoodFile()
    }

    @Test func cancellingStopsAndKeepsWhatHasCome() async throws {
        let server = try TestServer(content, [.stall(after: 50_000)])
        defer { server.close() }
        let fetcher = fetcher(server)
        let file = file
        let task = Task { try await fetcher.fetch([file], progress: nil) }
        while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(folder.bytes(of: "table.bin") == nil)
    }

    @Test func aFolderThatCannotBeMadeIsAnError() async throws {
        try folder.write([1], to: "file")
        let server = try TestServer(content)
        defer { server.close() }
        var fetcher = fetcher(server)
        fetcher.folder = "\(folder.path)/file/below"
        let error = await #expect(throws: ApusError.self) { try await fetcher.fetch([file], progress: nil) }
        #expect(error?.code == .unwritableFile)
    }
}
