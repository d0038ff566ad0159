import ApusCore
import ApusGuide
import ApusTestSupport
import Testing

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

    @Test(arguments: Guide().sections.map(\.number))
    func agreesWithTheReference(_ number: Int) async throws {
        let guide = Guide()
        let chapter = try #require(try await guide.run(guide.sections(number)).first)
        let oracle = try Oracle("guide/section-\(number)")
        let figures = chapter.figures.filter(\.isReproducible)
        #expect(Set(figures.map(\.name)) == Set(oracle.keys).subtracting(["tools"]))
        for figure in figures {
            try expectEqual(figure.value, oracle, figure.name, tolerance: tolerance(figure.name))
        }
    }

    /// Closed forms agree to 1e-9. High powers of x are nearly dependent: what both sides round differs by the condition
    /// of the problem, up to 1e6, and the variance of the wildest fits magnifies it.
    private func tolerance(_ name: String) -> Double {
        ["degree 15", "degree 9", "degree 8", "degree 7"].contains { name.hasPrefix($0) } ? 1e-6 : 1e-9
    }
}
