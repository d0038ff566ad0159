import ApusCore
import ApusTestSupport
import Testing

@testable import ApusGuide

/// Every figure that the guide prints is the one that the reference tools give.
struct FigureTests {
    /// What a fixture field is, by what the guide recorded under that name.
    private func expectEqual(_ value: JSONValue, _ oracle: Oracle, _ name: String, tolerance: Double) throws {
        switch value {
        case .string(let text): #expect(text == (try oracle.string(name)), "\(name)")
        case .array(let values) where values.first?.stringValue != nil:
            #expect(values.compactMap(\.stringValue) == (try oracle.strings(name)), "\(name)")
        case .array(let values):
            expectClose(
                values.compactMap(\.doubleValue), try oracle.doubles(name), relative: tolerance, absolute: 1e-9, name)
        default:
            let number = try #require(value.doubleValue, "\(name)")
            expectClose(number, try oracle.double(name), relative: tolerance, absolute: 1e-12, name)
        }
    }

    /// The sections whose figures the reference tools know.
    private static let compared = Guide(isBrief: true).sections.map(\.number).filter { $0 != 15 }

    @Test(arguments: compared)
    func agreesWithTheReference(_ number: Int) async throws {
        let guide = Guide(isBrief: true)
        let chapter = try #require(try await guide.run(guide.sections(number)).first)
        let oracle = try Oracle("guide/section-\(number)")
        let figures = chapter.figures.filter(\.isReproducible)
        // Data that are not on every machine, and what takes long: those figures are there or not.
        let optional = oracle.keys.filter { key in
            ["real: ", "all of MNIST: "].contains { key.hasPrefix($0) } || (number == 10 && Self.isOfTheLongSearch(key))
        }
        let expected = Set(oracle.keys).subtracting(["tools"])
        #expect(Set(figures.map(\.name)).union(optional) == expected)
        for figure in figures {
            try expectEqual(figure.value, oracle, figure.name, tolerance: Chapter.tolerance(for: figure.name))
        }
        #expect(chapter.agreement == .same(figures.count))
    }

    private static func isOfTheLongSearch(_ key: String) -> Bool {
        key == "mean scores" || key == "score on all rows" || key.hasPrefix("best ") && !key.hasPrefix("best of")
    }

    /// The first candidates of the search of section 10 score what the reference's do.
    @Test func theFirstCandidatesScoreAsInTheReference() async throws {
        let guide = Guide(isBrief: true)
        let chapter = try #require(try await guide.run(guide.sections(10)).first)
        let scores = try #require(chapter.figure("mean scores")?.arrayValue).compactMap(\.doubleValue)
        let known = try Oracle("guide/section-10").doubles("mean scores")
        #expect(known.count == 100 && !scores.isEmpty)
        expectClose(scores, Array(known.prefix(scores.count)), relative: 1e-12)
    }

    @Test func aFigureThatDiffersIsNamed() {
        var chapter = Chapter(number: 3, title: "Bias and variance")
        chapter.record("best degree", .int(9))
        #expect(chapter.agreement == .different(["best degree"]))
        #expect(Chapter(number: 99, title: "").agreement == .unknown)
    }
}
