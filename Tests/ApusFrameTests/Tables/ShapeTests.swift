import ApusCore
import ApusFrame
import ApusTestSupport
import Testing

@Suite struct ShapeTests {
    private let oracle: Oracle
    private let frame: DataFrame

    init() throws {
        oracle = try Oracle("tables/shapes")
        frame = try DataFrame(csvText: oracle.string("text"))
    }

    private func ids(_ frame: DataFrame) throws -> DataFrame { try frame.selecting(columns: ["id"]) }

    @Test func meltsAndPivotsAsPandasDoes() throws {
        let small = try frame.head(20).selecting(columns: ["id", "city", "kind", "age", "income"])
        try expectTable(small.melted(["age", "income"], identifiers: ["id", "city"]), oracle.object("melted"))
        let unique = try frame.distinctRows(by: ["kind", "city"]).droppingMissing(in: ["city"])
        try expectTable(unique.pivoted(index: ["city"], columns: "kind", values: "age"), oracle.object("pivoted"))
        try expectTable(
            frame.pivotTable(index: ["city"], columns: "kind", values: ["income"]), oracle.object("pivot_table"))
        try expectTable(
            frame.pivotTable(index: ["city"], columns: "kind", values: ["income"], by: .sum, filling: 0),
            oracle.object("pivot_sum"))
        #expect(
            failure { _ = try frame.pivoted(index: ["city"], columns: "kind", values: "age") }.contains(
                "several values"))
        #expect(failure { _ = try frame.melted(["age", "city"]) }.contains("cannot be one column"))
        let two = try frame.pivotTable(index: ["kind"], columns: "city", values: ["age", "score"])
        #expect(two.columnNames.prefix(3) == ["kind", "age_Bern", "age_Oslo"])
    }

    @Test func concatenatesRowsWithTheColumnsOfAll() throws {
        let small = try frame.head(20).selecting(columns: ["id", "city", "kind", "age", "income"]).tail(5)
        let wide = try frame.selecting(columns: ["id", "kind", "score"]).head(10)
        try expectTable(DataFrame.concatenating(rows: [small, wide]), oracle.object("concatenated"))
        try expectTable(
            DataFrame.concatenating(rows: [small, wide], columns: .intersection), oracle.object("concatenated_inner"))
        let other = try DataFrame(columns: [Column("age", ["old"])])
        #expect(
            failure { _ = try DataFrame.concatenating(rows: [small, other]) }.contains("“age” holds whole numbers"))
        #expect(try DataFrame.concatenating(rows: []).shape == (0, 0))
        #expect(failure { _ = try small.appending(columns: small) }.contains("already"))
        #expect(try small.appending(columns: DataFrame(columns: [Column("n", [1, 2, 3, 4, 5])])).columns.count == 6)
    }

    @Test func sortsDeduplicatesAndDropsAsPandasDoes() throws {
        try expectTable(
            frame.sorted(by: "city", .descending("age")).selecting(columns: ["id", "city", "age"]),
            oracle.object("sorted"))
        try expectTable(
            frame.sorted(by: .descending("income")).selecting(columns: ["id", "income"]), oracle.object("sorted_down"))
        try expectTable(ids(frame.distinctRows(by: ["kind", "city"])), oracle.object("deduplicated"))
        try expectTable(ids(frame.distinctRows(by: ["kind", "city"], .keepLast)), oracle.object("deduplicated_last"))
        try expectTable(ids(frame.distinctRows(by: ["age"], .keepNone)), oracle.object("deduplicated_none"))
        try expectTable(ids(frame.droppingMissing()), oracle.object("dropped"))
        try expectTable(ids(frame.droppingMissing(in: ["city"])), oracle.object("dropped_city"))
        try expectTable(ids(frame.droppingMissing(in: ["city", "income"], when: .all)), oracle.object("dropped_all"))
        try expectTable(ids(frame.droppingMissing(when: .fewerThan(7))), oracle.object("dropped_threshold"))
    }

    @Test func drawsTheRowsThatPandasDraws() throws {
        func drawn(_ frame: DataFrame) throws -> [Int] { try frame["id"].values(as: Int.self).compactMap { $0 } }
        #expect(try drawn(frame.sample(10, seed: 7)) == oracle.ints("sample"))
        #expect(try drawn(frame.sample(100, replacement: true, seed: 8)) == oracle.ints("sample_again"))
        #expect(try drawn(frame.sample(fraction: 0.43, seed: 9)) == oracle.ints("sample_share"))
        #expect(try drawn(frame.sample(15, weights: "age", seed: 10)) == oracle.ints("sample_weights"))
        #expect(failure { _ = try frame.sample(81) }.contains("81 rows cannot be drawn out of 80"))
        #expect(failure { _ = try frame.head(0).sample(1, replacement: true) }.contains("out of 0"))
        #expect(failure { _ = try frame.sample(2, weights: "score") }.contains("negative"))
        let (a, b) = try frame.randomSplit(by: 0.25, seed: 1)
        #expect(Set(try drawn(a) + drawn(b)).count == 80 && a.rowCount == 20)
    }

    @Test func makesDummiesWithTheNamesOfPandas() throws {
        try expectTable(
            frame.selecting(columns: ["age", "city", "score", "kind"]).getDummies(), oracle.object("dummies"))
        try expectTable(
            frame.selecting(columns: ["age", "city"]).getDummies(
                separator: "=", includesMissing: true, dropsFirst: true), oracle.object("dummies_first"))
    }

    @Test func makesTheSameDummiesOfLaterFrames() throws {
        let train = try DataFrame(columns: [
            Column("c", ["b", "a", nil]), Column("x", [1, 2, 3]), Column("y", [1, 0, 1]),
        ])
        var labelled = train
        try labelled.assign(.target, to: ["y"])
        let encoder = try DummyEncoder().fit(labelled)
        #expect(encoder.columnNames == ["x", "y", "c_a", "c_b"])
        let later = try DataFrame(columns: [Column("extra", [1]), Column("c", ["b"]), Column("x", [2.5])])
        #expect(try encoder.encode(later).columnNames == ["x", "c_a", "c_b"])
        let unseen = try DataFrame(columns: [Column("c", ["z", nil]), Column("x", [2, 3])])
        #expect(failure { _ = try encoder.encode(unseen) }.contains("“c” holds “z” in row 0"))
        let lenient = try DummyEncoder(unseen: .ignore).fit(labelled).encode(unseen)
        #expect(try lenient["c_a"].values(as: Bool.self) == [false, false])
        let broken = try DataFrame(columns: [Column("x", ["1"])])
        #expect(
            failure { _ = try encoder.encode(broken) }.contains("c is absent; x holds texts instead of whole numbers"))
        #expect(failure { _ = try DummyEncoder(maxLevels: 1).fit(train) }.contains("2 different values"))
        var archive = ModelArchive()
        encoder.encode(into: &archive)
        #expect(try FittedDummyEncoder(from: archive) == encoder)
        for name in archive.attributes.keys {
            var attributes = archive.attributes
            attributes[name] = .array([.int(1)])
            #expect(throws: ApusError.self) { _ = try FittedDummyEncoder(from: ModelArchive(attributes: attributes)) }
        }
    }
}
