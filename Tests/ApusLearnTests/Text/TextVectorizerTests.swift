import ApusCore
import ApusLearn
import ApusTestSupport
import Synchronization
import Testing

private let six = [
    "Great phone, great battery", "Battery died after a week", "The screen is great", "Terrible phone",
    "A week of great battery life", "The phone screen died",
]

/// Documents of made-up words, some beyond ASCII.
private func documents(_ count: Int, seed: UInt32) -> [String] {
    var random = RandomState(seed: seed)
    let letters = Array("abcdeÉßσ ")
    return (0..<count).map { _ in
        (0..<30).map { _ in
            String((0..<1 + random.integer(in: 0..<4)).map { _ in letters[random.integer(in: 0..<letters.count)] })
        }.joined(separator: " ")
    }
}

@Suite(.serialized) struct TextVectorizerTests {
    private func expectSame<Kind: TextVectorizer>(_ kind: Kind, _ documents: [String]) throws {
        let before = Parallel.threads
        defer { Parallel.threads = before }
        Parallel.threads = 1
        let (model, rows) = try kind.fitTransform(documents)
        for threads in [2, 5] {
            Parallel.threads = threads
            let again = try kind.fitTransform(documents)
            #expect(again.model == model && again.rows == rows)
            #expect(try again.model.transform(documents) == rows)
            #expect(try kind.fit(documents) == model)
        }
        try expectArchiveIsChecked(model) { _ = try $0.transform(Array(documents.prefix(5))) }
        var archive = ModelArchive()
        model.encode(into: &archive)
        #expect(try Kind.Model(from: archive).transform(documents) == rows)
        #expect(Kind.parameters.allSatisfy { $0.help.hasSuffix(".") })
        try Kind().validateParameters()
    }

    @Test func anyNumberOfThreadsGivesTheSameBits() throws {
        let texts = documents(1500, seed: 1)
        try expectSame(CountVectorizer(ngramRange: 1...2, minDf: 2, maxFeatures: 500), texts)
        try expectSame(CountVectorizer(stripAccents: .unicode, stopWords: ["abc"]), texts)
        try expectSame(TfidfVectorizer(ngramRange: 2...3, analyzer: .charWb, sublinearTf: true), texts)
        try expectSame(HashingVectorizer(nFeatures: 97), texts)
        try expectSame(TfidfVectorizer(tokenPattern: "[a-z]+", useIdf: false), texts)
    }

    @Test func countsAreThoseOfAPlainLoop() throws {
        let texts = documents(3000, seed: 2)
        let (model, rows) = try CountVectorizer(tokenPattern: #"(?u)\b\w+\b"#).fitTransform(texts)
        var expected = Set<[UInt32]>()
        func words(_ text: String) -> [[UInt32]] {
            // The made-up words hold letters only, and each is lower-cased by itself but for sigma.
            text.split(separator: " ").map { $0.lowercased().unicodeScalars.map(\.value) }
        }
        for text in texts { expected.formUnion(words(text)) }
        let vocabulary = expected.sorted { $0.lexicographicallyPrecedes($1) }
        #expect(model.vocabulary.map { $0.unicodeScalars.map(\.value) } == vocabulary)
        let columns = Dictionary(uniqueKeysWithValues: zip(vocabulary, 0...))
        for (row, text) in texts.enumerated().prefix(200) {
            var counts = [Int: Double]()
            for word in words(text) { counts[columns[word] ?? -1, default: 0] += 1 }
            let places = rows.rowOffsets[row]..<rows.rowOffsets[row + 1]
            #expect(places.count == counts.count)
            for place in places { #expect(counts[Int(rows.columnIndices[place])] == rows.values[place]) }
        }
    }

    @Test func namesAndTermsComeBack() throws {
        let (model, rows) = try CountVectorizer().fitTransform(six)
        #expect(model.outputNames == model.vocabulary && model.outputCount == 12)
        #expect(model.vocabulary.first == "after" && model.featureCount == 1)
        #expect(model.column(of: "great") == 3 && model.column(of: "gre") == nil)
        #expect(rows[0, 3] == 2)
        #expect(try model.inverseTransform(rows)[3] == ["phone", "terrible"])
        #expect(throws: ApusError.self) { try model.inverseTransform(SparseMatrix(Matrix(rows: 1, columns: 3))) }
        #expect(try model.transform(["nothing known", ""]).storedCount == 0)
    }

    @Test func equallyFrequentTermsStayInTheOrderOfTheirCodePoints() throws {
        let model = try CountVectorizer(maxFeatures: 3).fit(["bb aa dd cc aa", "ee"])
        #expect(model.vocabulary == ["aa", "bb", "cc"])
    }

    @Test func charactersThatOnlyLookAlikeStayApart() throws {
        // The same letter, composed and decomposed: equal for Swift, not for the reference.
        let model = try CountVectorizer(tokenPattern: #"\S+"#).fit(["\u{e9} e\u{301}"])
        #expect(model.vocabulary.map { $0.unicodeScalars.count } == [2, 1])
        let given = CountVectorizer(vocabulary: ["\u{e9}", "e\u{301}"])
        #expect(try given.fit(["x"]).outputCount == 2)
    }

    @Test func badRequestsAreRefused() throws {
        let wrong: [CountVectorizer] = [
            CountVectorizer(ngramRange: 0...1), CountVectorizer(tokenPattern: "(a"),
            CountVectorizer(tokenPattern: "(a)(b)"), CountVectorizer(maxDf: 0), CountVectorizer(maxDf: 1.5),
            CountVectorizer(minDf: -1), CountVectorizer(maxDf: 1, minDf: 2), CountVectorizer(maxFeatures: 0),
            CountVectorizer(vocabulary: []), CountVectorizer(vocabulary: ["a", "a"]),
        ]
        for kind in wrong {
            let error = #expect(throws: ApusError.self) { try kind.fit(six) }
            #expect(error?.code == .invalidParameter)
        }
        let nothing: [(CountVectorizer, [String])] = [
            (CountVectorizer(), []), (CountVectorizer(), [""]), (CountVectorizer(), ["a b"]),
            (CountVectorizer(minDf: 5), six), (CountVectorizer(stopWords: .english), ["the and of"]),
        ]
        for (kind, texts) in nothing {
            let error = #expect(throws: ApusError.self) { try kind.fit(texts) }
            #expect(error?.code == .invalidInput)
        }
        let huge = CountVectorizer(ngramRange: 1...1_000_000, analyzer: .char)
        let error = #expect(throws: ApusError.self) {
            try huge.fit([String](repeating: "ab", count: 50000).map { String(repeating: $0, count: 200) })
        }
        #expect(error?.message.contains("terms") == true)
        #expect(throws: ApusError.self) { try HashingVectorizer(nFeatures: 0).fit(six) }
        #expect(throws: ApusError.self) { try HashingVectorizer().fit([]) }
        let missing = TfidfVectorizer(vocabulary: ["phone", "absent"], smoothIdf: false)
        #expect(throws: ApusError.self) { try missing.fit(six) }
        #expect(throws: ApusError.self) { try TfidfTransformer().fit(Matrix(repeating: -1, rows: 2, columns: 2)) }
    }

    @Test func anyLengthOfTermsIsNoTrap() throws {
        let model = try CountVectorizer(ngramRange: 1...Int.max).fit(["one two", "three"])
        #expect(model.vocabulary == ["one", "one two", "three", "two"])
        _ = try CountVectorizer(ngramRange: 2...Int.max, analyzer: .charWb).fit(["one two", "three"])
        #expect(throws: ApusError.self) { try CountVectorizer(ngramRange: 9...10, analyzer: .char).fit(["one two"]) }
    }

    @Test func parametersAreReadByEitherName() throws {
        var kind = TfidfVectorizer()
        for (name, text) in [
            ("ngram_range", "1-2"), ("stopWords", "english"), ("min_df", "3"), ("max_df", "1.0"),
            ("analyzer", "char_wb"),
            ("norm", "none"), ("sublinear_tf", "true"), ("max_features", "10"), ("strip_accents", "ascii"),
        ] {
            try TfidfVectorizer.parameter(named: name).set(text: text, in: &kind)
        }
        #expect(
            kind
                == TfidfVectorizer(
                    stripAccents: .ascii, stopWords: .english, ngramRange: 1...2, analyzer: .charWb, maxDf: 1.0,
                    minDf: 3, maxFeatures: 10, norm: .none, sublinearTf: true))
        try TfidfVectorizer.parameter(named: "ngramRange").set(text: "(2, 3)", in: &kind)
        #expect(kind.counting.analysis.ngramRange == 2...3)
        for bad in ["0-1", "3-2", "x", "1-2-3", ""] {
            #expect(throws: ApusError.self) {
                try TfidfVectorizer.parameter(named: "ngramRange").set(text: bad, in: &kind)
            }
        }
    }

    @Test func reportsProgressAndStopsWhenCancelled() async throws {
        let texts = documents(600, seed: 3)
        let seen = Mutex<[Int]>([])
        _ = try CountVectorizer().fit(texts) { update in seen.withLock { $0.append(update.completed) } }
        #expect(seen.withLock { $0 }.last == 600)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try CountVectorizer().fit(texts)
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func weighingKeepsTheContractOfTransformers() throws {
        var random = RandomState(seed: 5)
        let x = Matrix(rows: 20, columns: 4, values: (0..<80).map { _ in (random.uniform() * 3).rounded(.down) })
        let model = try TfidfTransformer().fit(x)
        try expectArchiveIsChecked(model) { _ = try $0.transform(x) }
        for row in 0..<20 where x.row(row).contains(where: { $0 != 0 }) {
            expectClose(try model.transform(x).row(row).reduce(0) { $0 + $1 * $1 }, 1, relative: 1e-12)
        }
        #expect(throws: ApusError.self) { try model.transform(Matrix(rows: 1, columns: 3)) }
        #expect(throws: ApusError.self) { try TfidfTransformer().fit(Matrix(repeating: .nan, rows: 2, columns: 2)) }
        #expect(model.outputNames(for: ["a", "b", "c", "d"]) == ["a", "b", "c", "d"])
    }
}
