import ApusCore
import ApusFrame
import ApusTestSupport
import Testing

@Suite struct JoiningTests {
    private let oracle: Oracle
    private let left: DataFrame
    private let right: DataFrame

    init() throws {
        oracle = try Oracle("tables/joins")
        left = try DataFrame(csvText: oracle.string("left"))
        right = try DataFrame(csvText: oracle.string("right"))
    }

    @Test func joinsRowsInTheOrderOfPandas() throws {
        for example in try oracle.array("cases") {
            let how = try example.string("how")
            let kind = try #require(JoinKind(rawValue: how == "outer" ? "full" : how))
            let keys = try example.strings("keys")
            try expectTable(left.joined(right, on: keys, kind: kind), example.object("table"), "\(how) \(keys)")
        }
        let renamed = try right.renaming(columns: ["id": "key"])
        try expectTable(
            left.joined(renamed, on: (left: ["id"], right: ["key"]), kind: .left, suffixes: ("", "_right")),
            oracle.object("other_names"))
        try expectTable(left.joined(right, on: "id", kind: .semi), oracle.object("semi"))
        try expectTable(left.joined(right, on: "id", kind: .anti), oracle.object("anti"))
    }

    @Test func checksTheRelationThatWasPromised() throws {
        #expect(failure { _ = try left.joined(right, on: "id", relation: .manyToOne) }.hasPrefix("The right frame has"))
        #expect(failure { _ = try left.joined(right, on: "id", relation: .oneToMany) }.hasPrefix("The left frame has"))
        let unique = try right.distinctRows(by: ["id"])
        #expect(try left.joined(unique, on: "id", kind: .left, relation: .manyToOne).rowCount == left.rowCount)
    }

    @Test func refusesKeysThatAreNeverEqual() throws {
        let error = failure { _ = try left.joined(right, on: (left: ["id"], right: ["kind"])) }
        #expect(error.contains("“id” of the left frame holds whole numbers and “kind” of the right one texts"))
        #expect(failure { _ = try left.joined(right, on: []) }.contains("name at least one"))
        #expect(failure { _ = try left.joined(right, on: "idd") }.contains("did you mean “id”"))
        let clash = try left.renaming(columns: ["income": "kind_y"])
        #expect(failure { _ = try clash.joined(right, on: "id") }.contains("“kind_y” already"))
    }

    @Test func joinsWholeNumbersToNumbersAndCategoriesToText() throws {
        let a = try DataFrame(columns: [Column("k", [1, 2, nil]), Column("t", ["x", "y", nil])])
        let b = try DataFrame(columns: [Column("k", [2.0, 2.5, nil]), Column(categorical: "t", ["y", "z", nil])])
        #expect(try a.joined(b, on: "k").rowCount == 2)
        #expect(try a.joined(b, on: ["k", "t"])["t"].values(as: String.self) == ["y", nil])
        #expect(try a.joined(b.head(0), on: "k", kind: .left)["t_y"].missingCount == 3)
        #expect(try a.head(0).joined(b, on: "k", kind: .full)["k"].numbers().prefix(2) == [2, 2.5])
    }

    @Test func refusesAResultThatDoesNotFitInMemory() throws {
        let many = try DataFrame(columns: [Column("k", [Int](repeating: 1, count: 3_000_000))])
        #expect(failure { _ = try many.joined(many, on: "k") }.contains("9000000000000 rows would take"))
    }

    @Test func keepsRoles() throws {
        var (a, b) = (left, right)
        try a.assign(.target, to: ["income"])
        try b.assign(.sensitive, to: ["city"])
        let result = try a.joined(b, on: "id")
        #expect(result.columnNames(in: .target) == ["income"])
        #expect(result.columnNames(in: .sensitive) == ["city_y"])
    }

    @Test(arguments: [1, 2, 5]) func equalsPlainLoopsOnManyRows(threads: Int) throws {
        var random = RandomState(seed: 6)
        let x = random.integers(in: 0..<3_000, count: 150_000)
        let y = random.integers(in: 0..<4_000, count: 2_000)
        let before = Parallel.threads
        Parallel.threads = threads
        defer { Parallel.threads = before }
        let a = try DataFrame(columns: [Column("k", x), Column("i", Array(x.indices))])
        let b = try DataFrame(columns: [Column("k", y), Column("j", Array(y.indices))])
        var rows: [Int: [Int]] = [:]
        for (place, key) in y.enumerated() { rows[key, default: []].append(place) }
        let pairs = x.indices.flatMap { i in (rows[x[i]] ?? []).map { (i, $0) } }
        let inner = try a.joined(b, on: "k")
        #expect(try inner["i"].values(as: Int.self) == pairs.map(\.0))
        #expect(try inner["j"].values(as: Int.self) == pairs.map(\.1))
    }
}
