import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

/// Rows after resampling, beside imbalanced-learn's.
struct ResamplingOracleTests {
    private static let resamplers: [any Resampler.Type] = [
        SMOTE.self, BorderlineSMOTE.self, SMOTENC.self, ADASYN.self, RandomOverSampler.self, RandomUnderSampler.self,
        TomekLinks.self,
    ]

    @Test(arguments: ["smote", "mixed", "random"]) func makesTheRowsOfTheReference(_ fixture: String) throws {
        let oracle = try Oracle("resampling/\(fixture)")
        let tables = try oracle.array("tables")
        for example in try oracle.array("cases") {
            let kind = try example.string("kind")
            let type = try #require(Self.resamplers.first { $0.catalogName == kind })
            let table = tables[try example.int("table")]
            try compare(type, example, try table.matrix("x"), Labels(try table.ints("y")))
        }
    }

    private func compare<Kind: Resampler>(_ type: Kind.Type, _ example: Oracle, _ x: Matrix, _ y: Labels) throws {
        let name = try "\(Kind.catalogName), \(example.string("name"))"
        let result = try Self.configured(type, example).fitResample(x, y)
        #expect(result.x.rows == result.y.count && result.sources.count == result.y.count, "\(name)")
        #expect(try result.x.rows == example.int("rows"), "\(name)")
        let old = x.rows
        if example.has("sources") {
            let sources = try example.ints("sources")
            if Kind.self != RandomOverSampler.self || result.sources.allSatisfy({ $0 != nil }) {
                #expect(result.sources.map { $0 ?? -1 } == sources, "\(name)")
                #expect(result.x == x.selecting(rows: sources) && result.y == y.selecting(rows: sources), "\(name)")
            }
        }
        guard example.has("newX") else { return }
        #expect(result.sources.prefix(old).map { $0 ?? -1 } == Array(0..<old), "\(name)")
        #expect(result.x.selecting(rows: Array(0..<old)) == x, "\(name)")
        let new = Array(old..<result.x.rows)
        #expect(try result.x.selecting(rows: new).values == example.doubles("newX"), "\(name)")
        #expect(try result.y.selecting(rows: new).integers == example.ints("newY"), "\(name)")
    }

    /// A resampler with the case's parameters, whose names are the reference's.
    private static func configured<Kind: Resampler>(_ type: Kind.Type, _ example: Oracle) throws -> Kind {
        var texts: [(name: String, value: String)] = []
        let arguments = try example.object("arguments")
        for key in arguments.keys where arguments.has(key) {
            let name = key == "random_state" ? "seed" : key
            if let text = try? arguments.string(key) {
                texts.append((name, text))
            } else if let flag = try? arguments.bool(key) {
                texts.append((name, "\(flag)"))
            } else {
                texts.append((name, "\(try arguments.double(key))"))
            }
        }
        if let word = try? example.string("strategy") {
            texts.append(("samplingStrategy", word.replacing(" ", with: "_")))
        } else if let ratio = try? example.double("strategy") {
            texts.append(("samplingStrategy", "\(ratio)"))
        } else {
            let counts = try example.object("strategy")
            let pairs = try counts.keys.map { "\($0.dropFirst()):\(try counts.int($0))" }
            texts.append(("samplingStrategy", pairs.joined(separator: ",")))
        }
        if example.has("categorical") {
            texts.append(
                ("categorical_features", try example.ints("categorical").map { "\($0)" }.joined(separator: ",")))
        }
        var resampler = Kind()
        for (name, value) in texts { try Kind.parameter(named: name).set(text: value, in: &resampler) }
        return resampler
    }

    @Test func fitsPipelinesLikeTheReference() throws {
        let oracle = try Oracle("resampling/pipeline")
        let (x, y) = (try oracle.matrix("x"), Labels(try oracle.ints("y")))
        let model = try StandardScaler().then(SMOTE(seed: 4)).then(LogisticRegression()).fit(x, y)
        expectClose(try model.predictProba(x), try oracle.matrix("probability"), relative: 1e-9, absolute: 1e-12)
        expectClose(model.last.coefficients, try oracle.matrix("coefficients"), relative: 1e-9)
    }
}
