import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

@Suite struct TextOracleTests {
    /// The vectorizer with the arguments of an example.
    private func estimator<Kind: Estimator>(_: Kind.Type, _ arguments: Oracle) throws -> Kind {
        var kind = Kind()
        for key in arguments.keys where key != "vocabulary" {
            let parameter = try Kind.parameter(named: key)
            if let flag = try? arguments.bool(key) {
                try parameter.set(.bool(flag), in: &kind)
            } else if let integer = try? arguments.int(key) {
                try parameter.set(.int(integer), in: &kind)
            } else {
                try parameter.set(text: arguments.string(key), in: &kind)
            }
        }
        return kind
    }

    private func expectEqual(_ actual: SparseMatrix, _ example: Oracle, _ columns: Int, _ name: String) throws {
        let values = try example.doubles("values")
        #expect(actual.columns == columns, "\(name)")
        #expect(try actual.rowOffsets == example.ints("offsets"), "\(name)")
        #expect(try actual.columnIndices == example.integers("columns"), "\(name)")
        expectClose(actual.values, values, relative: 1e-15 * 4, name)
    }

    @Test(arguments: ["english", "unicode", "random-unicode"])
    func termsAndRowsAreThoseOfTheReference(_ fixture: String) throws {
        var documents: [String] = []
        var others: [String] = []
        for example in try Oracle("text/\(fixture)").array("cases") {
            if example.has("documents") { documents = try example.strings("documents") }
            if example.has("others") { others = try example.strings("others") }
            let arguments = try example.object("arguments")
            let kind = try example.string("kind")
            let name = "\(fixture), \(kind): \(try example.string("name"))"
            let columns = try example.int("columns")
            let further = try example.bool("hasOthers") ? others : documents
            let vocabulary = try arguments.has("vocabulary") ? arguments.strings("vocabulary") : nil
            switch kind {
            case "count":
                var vectorizer = try estimator(CountVectorizer.self, arguments)
                vectorizer.vocabulary = vocabulary
                let (model, rows) = try vectorizer.fitTransform(documents)
                #expect(try scalars(model.vocabulary) == scalars(example.strings("vocabulary")), "\(name)")
                try expectEqual(rows, example.object("rows"), columns, name)
                try expectEqual(model.transform(further), example.object("again"), columns, name)
            case "tfidf":
                let vectorizer = try estimator(TfidfVectorizer.self, arguments)
                let (model, rows) = try vectorizer.fitTransform(documents)
                #expect(try scalars(model.vocabulary) == scalars(example.strings("vocabulary")), "\(name)")
                if example.has("idf") {
                    expectClose(try #require(model.idf), try example.doubles("idf"), relative: 1e-15, name)
                }
                try expectEqual(rows, example.object("rows"), columns, name)
                try expectEqual(model.transform(further), example.object("again"), columns, name)
            default:
                let vectorizer = try estimator(HashingVectorizer.self, arguments)
                let (model, rows) = try vectorizer.fitTransform(documents)
                try expectEqual(rows, example.object("rows"), columns, name)
                try expectEqual(model.transform(further), example.object("again"), columns, name)
            }
        }
    }

    /// Code points: Swift's own equality of strings overlooks how characters are composed.
    private func scalars(_ terms: [String]) -> [[UInt32]] { terms.map { $0.unicodeScalars.map(\.value) } }

    @Test func countsAreWeighedAsByTheReference() throws {
        for example in try Oracle("text/weighing").array("cases") {
            let transformer = try estimator(TfidfTransformer.self, example.object("arguments"))
            let x = try example.matrix("X")
            let model = try transformer.fit(x)
            expectClose(try model.transform(x), try example.matrix("rows"), relative: 1e-15 * 4)
            #expect(try transformer.fit(SparseMatrix(x)) == model)
            #expect(try model.transform(SparseMatrix(x)).dense == model.transform(x))
        }
    }

    @Test func reviewsAreJudgedAsByTheReference() throws {
        let oracle = try Oracle("text/reviews")
        let (words, rows) = try CountVectorizer().fitTransform(oracle.strings("train"))
        #expect(try words.vocabulary == oracle.strings("vocabulary"))
        let model = try MultinomialNB().fit(rows, Labels(oracle.ints("train_labels")))
        let test = try words.transform(oracle.strings("test"))
        expectClose(try model.predictProba(test), try oracle.matrix("probability"), relative: 1e-12)
        let truth = try oracle.ints("test_labels")
        let answers = try #require(try model.predict(test).integers)
        let right = zip(answers, truth).count { $0 == $1 }
        #expect(try Double(right) / Double(truth.count) == oracle.double("accuracy"))
    }
}
