#if Server
import ApusCore
import Foundation
import Testing

@testable import ApusGuide

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

struct LiveFigureTests {
    @Test(arguments: LiveFigures.all.map(\.name)) func drawsAtItsStart(_ name: String) throws {
        let figure = try #require(LiveFigures.all.first { $0.name == name })
        let answer = try figure.answer(to: [:])
        #expect(answer["svg"]?.stringValue?.contains("<svg") == true)
        #expect(answer["text"]?.stringValue?.isEmpty == false)
        #expect(answer["values"]?.objectValue?.count == figure.controls.count)
    }

    @Test func everyFigureHasItsPlaceInASection() async throws {
        let guide = Guide(isBrief: true)
        let chapters = try await guide.run(guide.sections.filter { [2, 3, 4, 7, 9, 12].contains($0.number) })
        let placed = chapters.flatMap(\.blocks).compactMap { block in
            if case .live(let name) = block { name } else { nil }
        }
        #expect(placed.sorted() == LiveFigures.all.map(\.name).sorted())
    }

    @Test func refusesWhatIsOutOfRange() throws {
        for value in ["99", "-1", "nan", "", "1e400"] {
            #expect(throws: ApusError.self, "\(value)") { try LiveFigures.degree.answer(to: ["degree": value]) }
        }
    }

    @Test func servesPagesAndFiguresAndNothingElse() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-live-\(UUID().uuidString)")
            .path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Guide(isBrief: true).write([Chapter(number: 3, title: "Bias and variance")], to: folder)
        try "secret".write(toFile: folder + "/notes.txt", atomically: true, encoding: .utf8)
        let (ports, started) = AsyncStream<Int>.makeStream()
        let running = Task { try await GuideServer(folder: folder, port: 0).run { started.yield($0) } }
        defer { running.cancel() }
        let port = try #require(await ports.first { _ in true })
        func get(_ path: String) async throws -> (Int, String) {
            let url = try #require(URL(string: "http://127.0.0.1:\(port)\(path)"))
            let (data, response) = try await URLSession.shared.data(from: url)
            return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self))
        }
        #expect(try await get("/").0 == 200)
        #expect(try await get("/section-3.html").1.contains("Bias and variance"))
        #expect(try await get("/live/degree").1.contains("controls"))
        #expect(try await get("/live/degree/draw?degree=5").1.contains("<svg"))
        #expect(try await get("/live/degree/draw?degree=five").0 == 400)
        #expect(try await get("/live/nothing/draw").0 == 404)
        for path in ["/notes.txt", "/..%2Fnotes.txt", "/section-4.html", "/%2e%2e/notes.txt"] {
            #expect(try await get(path).0 == 404, "\(path)")
        }
    }
}
#endif
