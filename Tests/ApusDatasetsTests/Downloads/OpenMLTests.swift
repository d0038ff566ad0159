import ApusCore
import ApusFrame
import Crypto
import Foundation
import Testing

@testable import ApusDatasets

@Suite(.timeLimit(.minutes(2))) struct OpenMLTests {
    let folder = TemporaryFolder()
    /// A table of some length, so that a download can stop within it.
    static let arff = Array(
        ("""
        % Title: of irises
        @RELATION iris
        @ATTRIBUTE id INTEGER
        @ATTRIBUTE 'petal width' REAL
        @ATTRIBUTE notes STRING
        @ATTRIBUTE class {Iris-setosa,Iris-versicolor}
        @DATA

        """
            + (0..<4000).map {
                "\($0),\(Double($0 % 7) / 2),'row \($0)',Iris-\($0 % 2 == 0 ? "setosa" : "versicolor")\n"
            }
            .joined()).utf8)

    private func md5(_ bytes: [UInt8]) -> String {
        Insecure.MD5.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
    }

    private func description(
        _ server: TestServer, id: Int = 61, name: String = "iris", version: Int = 1, format: String = "ARFF",
        md5 digest: String? = nil
    ) -> [UInt8] {
        let url = "\(server.url)data/v1/download/\(id)/iris.arff".replacing("/", with: "\\/")
        return Array(
            """
            {"data_set_description":{"id":"\(id)","name":"\(name)","version":"\(version)","format":"\(format)",
            "licence":"Public","url":"\(url)","file_id":"61","default_target_attribute":"class","row_id_attribute":"id",
            "ignore_attribute":["notes"],"md5_checksum":"\(digest ?? md5(Self.arff))"}}
            """.utf8)
    }

    /// A server that knows data set 61, iris.
    private func server(_ script: [TestServer.Answer] = [.right], md5: String? = nil, format: String = "ARFF") throws
        -> TestServer
    {
        let server = try TestServer(files: [])
        let list =
            #"{"data":{"dataset":[{"did":969,"name":"iris","version":3,"status":"active"},{"did":61,"name":"iris","version":1,"status":"active","format":"ARFF"}]}}"#
        server.serve([
            .init(path: "data/61", content: description(server, format: format, md5: md5)),
            .init(path: "data/list/data_name/iris/limit/100/status/active", content: Array(list.utf8)),
            .init(path: "iris.arff", content: Self.arff, script: script),
        ])
        return server
    }

    private func openML(_ server: TestServer) -> OpenML {
        OpenML(
            folder: DataFolder(path: folder.path, isChosen: false), base: server.url, patience: .milliseconds(600),
            pause: .milliseconds(5))
    }

    private func failure(_ body: () async throws -> Void) async -> ApusError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? ApusError
        }
    }

    private func expectIris(_ frame: DataFrame) throws {
        #expect(frame.shape == (4000, 4))
        #expect(frame.columns.map(\.type) == [.int, .double, .string, .categorical])
        #expect(frame.columnNames(in: .target) == ["class"])
        #expect(frame.columnNames(in: .identifier) == ["id"])
        #expect(frame.columnNames(in: .ignored) == ["notes"])
        #expect(try frame["class"].levels == ["Iris-setosa", "Iris-versicolor"])
    }

    @Test(arguments: ["openml:61", "openml:iris", "OpenML:Iris"]) func fetchesOnceByNumberOrName(name: String)
        async throws
    {
        let server = try server()
        defer { server.close() }
        let place = DataFolder(path: folder.path, isChosen: false)
        let path = try await Datasets.fetch(name, from: server.url, into: place)
        #expect(path == "\(folder.path)/openml/61")
        #expect(folder.names == ["openml"])
        try expectIris(try Datasets.load(name, in: place))
        let asked = server.requests.count
        #expect(asked == (name == "openml:61" ? 2 : 3))
        _ = try await Datasets.fetch(name, from: server.url, into: place)
        #expect(server.requests.count == asked)
        try expectIris(try Datasets.load("openml:iris", in: place))
        try expectIris(try Datasets.load("openml:iris@1", in: place))
        #expect(await failure { _ = try Datasets.load("openml:iris@2", in: place) }?.code == .unavailable)
    }

    @Test(arguments: [TestServer.Answer.cut(after: 30_000), .stall(after: 30_000)])
    func aBrokenDownloadGoesOn(answer: TestServer.Answer) async throws {
        let server = try server([answer, .right])
        defer { server.close() }
        _ = try await openML(server).fetch(.number(61), progress: nil)
        #expect(try #require(server.requests.last ?? nil).wholeMatch(of: /bytes=[1-9]\d*-/) != nil)
        try expectIris(try openML(server).load(.number(61)))
    }

    @Test func whatHasComeIsKeptForTheNextRun() async throws {
        let broken = try server([.cut(after: 30_000), .status(503)])
        defer { broken.close() }
        let error = await failure { _ = try await openML(broken).fetch(.number(61), progress: nil) }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("run `apus data fetch openml:61` again: it goes on behind the ") == true)
        let server = try server()
        defer { server.close() }
        _ = try await openML(server).fetch(.number(61), progress: nil)
        #expect(try #require(server.requests.last ?? nil).wholeMatch(of: /bytes=[1-9]\d*-/) != nil)
        try expectIris(try openML(server).load(.number(61)))
    }

    @Test(arguments: [TestServer.Answer.corrupt, .tooLong, .status(404), .otherRange])
    func whatIsNotTheFileIsAnErrorAndNeverAFile(answer: TestServer.Answer) async throws {
        let server = try server([answer])
        defer { server.close() }
        let error = await failure { _ = try await openML(server).fetch(.number(61), progress: nil) }
        #expect(error?.code == .unavailable, "\(error?.message ?? "none")")
        #expect(folder.bytes(of: "openml/61/data.arff") == nil)
        let missing = await failure { _ = try openML(server).load(.number(61)) }
        #expect(missing?.message.contains("run `apus data fetch openml:61`") == true)
    }

    @Test func aWrongChecksumIsAnError() async throws {
        let server = try server(md5: String(repeating: "0", count: 32))
        defer { server.close() }
        let error = await failure { _ = try await openML(server).fetch(.number(61), progress: nil) }
        #expect(error?.message.contains("the checksum of what came is wrong") == true)
        #expect(folder.bytes(of: "openml/61/data.arff") == nil)
    }

    @Test func suggestsNamesNearTheOneThatDoesNotExist() async throws {
        let server = try server()
        defer { server.close() }
        let error = await failure { _ = try await openML(server).fetch(.name("iriss", version: nil), progress: nil) }
        #expect(error?.code == .unknownName)
        #expect(error?.message == "There is no data set openml:iriss at 127.0.0.1. Did you mean openml:iris?")
        let number = await failure { _ = try await openML(server).fetch(.number(62), progress: nil) }
        #expect(number?.message == "There is no data set openml:62 at 127.0.0.1.")
        #expect((try? FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/openml"))?.isEmpty != false)
        #expect(
            await failure { _ = try Datasets.load("credit-gg") }?.message.contains("Did you mean openml:credit-g?")
                == true)
    }

    @Test(arguments: ["openml:", "openml:a/b", "openml:a b", "openml:é", "openml:..%2f", "openml:a\"b"])
    func refusesNamesThatNoneCanHave(name: String) async throws {
        let error = await failure { _ = try Datasets.load(name) }
        #expect(error?.code == .unknownName, "\(name)")
    }

    @Test func refusesAnswersThatAreNone() async throws {
        let server = try server()
        defer { server.close() }
        for content in [
            "", "<html>", "{}", #"{"data_set_description":{}}"#, "[1",
            #"{"data_set_description":{"id":"7","name":"x"}}"#,
        ] {
            server.serve([.init(path: "data/61", content: Array(content.utf8))])
            let error = await failure { _ = try await openML(server).fetch(.number(61), progress: nil) }
            #expect(
                error?.code == .unreadableData || error?.code == .unavailable, "\(content): \(error?.message ?? "none")"
            )
            #expect(folder.bytes(of: "openml/61/description.json") == nil || content.contains("\"7\""))
        }
        for format in ["Parquet", "CSV"] {
            server.serve([.init(path: "data/61", content: description(server, format: format))])
            let error = await failure { _ = try await openML(server).fetch(.number(61), progress: nil) }
            #expect(error?.message.contains("is published as \(format)") == true)
        }
    }
}
