import ApusCore
import ApusFrame
import ApusTestSupport
import Testing

@Suite struct DataFrameTests {
    private func people() throws -> DataFrame {
        try DataFrame(columns: [
            Column("name", ["Ann", "Bob", "Cid", "Dee"]), Column("age", [39, nil, 53, 28]),
            Column("pay", [1.5, 2.5, nil, 4.5]), Column("member", [true, false, nil, true]),
        ])
    }

    @Test func refusesColumnsThatDoNotFit() throws {
        var frame = try people()
        #expect(message { try frame.append(column: Column("age", [1, 2, 3, 4])) }.contains("a column “age” already"))
        #expect(message { try frame.append(column: Column("x", [1])) }.contains("has 1 rows where the frame has 4"))
        #expect(
            message { _ = try frame["agee"] }
                == "There is no column “agee”; did you mean “age”? The columns are name, age, pay, member.")
    }

    @Test func addsReplacesRenamesAndRemovesColumns() throws {
        var frame = try people()
        frame["double"] = try frame["pay"] * 2
        frame["age"] = Column("anything", [1, 2, 3, 4])
        #expect(frame.columnNames == ["name", "age", "pay", "member", "double"])
        #expect(try frame["age"].values(as: Int.self) == [1, 2, 3, 4])
        #expect(try frame["double"].values(as: Double.self) == [3, 5, nil, 9])
        try frame.rename(column: "double", to: "twice")
        frame.remove(column: "name")
        #expect(frame.columnNames == ["age", "pay", "member", "twice"])
        #expect(try frame["twice"].values(as: Double.self) == [3, 5, nil, 9])
    }

    @Test func calculatesElementByElementAndPassesMissingValuesOn() throws {
        let a = Column("a", [6, nil, 8])
        let b = Column("b", [3, 4, nil])
        #expect(try (a * b).values(as: Int.self) == [18, nil, nil])
        #expect(try (a + b).type == .int)
        #expect(try (a / b).values(as: Double.self) == [2, nil, nil])
        #expect(try (1 - a).values(as: Double.self) == [-5, nil, -7])
        #expect(try (Column("z", [0.0]) / Column("z", [0.0])).missingCount == 1)
        let big = Column("big", [Int.max])
        #expect(try (big + big).values(as: Double.self) == [Double(Int.max) * 2])
        #expect(message { _ = try a + Column("c", [1]) }.contains("3 and 1 rows"))
        #expect(message { _ = try a + Column("t", ["x", "y", "z"]) }.contains("“t” holds text (“x” in row 0)"))
    }

    @Test func filtersByConditionsThatMissingValuesDoNotMeet() throws {
        let frame = try people()
        #expect(try frame.filter(frame["age"] > 30).columnText("name") == ["Ann", "Cid"])
        #expect(try frame.filter(frame["age"] <= 30 || frame["name"] == "Bob").columnText("name") == ["Bob", "Dee"])
        #expect(try frame.filter(frame["age"] != 39 && frame["pay"] >= 1).columnText("name") == ["Dee"])
        #expect(try frame.filter(frame["member"] == false).columnText("name") == ["Bob"])
        #expect(try frame.filter(frame["member"].isMissing).columnText("name") == ["Cid"])
        #expect(try frame.filter(!(frame["age"] > 30)).columnText("name") == ["Dee"])
        #expect(try frame.filter(frame["pay"] < frame["age"]).columnText("name") == ["Ann", "Dee"])
        #expect(try frame.filter(frame["name"].isOne(of: ["Ann", "Dee"])).rowCount == 2)
        #expect(try frame.filter(on: "age", Int.self) { $0 == nil }.columnText("name") == ["Bob"])
        #expect(
            message { _ = try frame.filter(on: "age", String.self) { _ in true } }.contains("cannot be read as String"))
        #expect(message { _ = try frame["age"] == "x" }.contains("holds whole numbers, not text"))
    }

    @Test func selectsColumnsAndRows() throws {
        let frame = try people()
        #expect(try frame.selecting(columns: ["pay", "name"]).columnNames == ["pay", "name"])
        #expect(try frame.dropping(columns: ["pay"]).columnNames == ["name", "age", "member"])
        #expect(try frame.selecting(rows: [3, 0, 3]).columnText("name") == ["Dee", "Ann", "Dee"])
        #expect(frame.selecting(rows: 1..<9).rowCount == 3)
        #expect(try frame.tail(1).columnText("name") == ["Dee"])
        #expect(frame.head(0).shape == (0, 4))
        #expect(try frame.droppingMissing().columnText("name") == ["Ann", "Dee"])
        #expect(try frame.droppingMissing(in: ["age"]).rowCount == 3)
        #expect(message { _ = try frame.selecting(rows: [4]) }.contains("no row 4"))
        #expect(message { _ = try frame.selecting(columns: ["age", "age"]) }.contains("selected twice"))
    }

    @Test func sortsBySeveralColumnsWithMissingValuesLast() throws {
        let frame = try DataFrame(columns: [
            Column("k", ["b", "a", nil, "a", "b", "é", "Z"]), Column("v", [1.0, nil, 3, -0.0, 5, 0, -.infinity]),
            Column("id", Array(0..<7)),
        ])
        #expect(try frame.sorted(by: "k", .descending("v"))["id"].values(as: Int.self) == [6, 3, 1, 4, 0, 5, 2])
        #expect(try frame.sorted(by: .descending("k"))["id"].values(as: Int.self) == [5, 0, 4, 1, 3, 6, 2])
        // Equal values, among them 0 and -0, keep their order.
        #expect(try frame.sorted(by: "v")["id"].values(as: Int.self) == [6, 3, 5, 0, 2, 4, 1])
    }

    @Test func joinsRowsOfFramesWithTheSameColumns() throws {
        let a = try DataFrame(columns: [Column("n", [1, nil]), Column("t", ["x", nil])])
        let b = try DataFrame(columns: [Column("t", ["y"]), Column("n", [2.5])])
        let joined = try a.appending(rows: b)
        #expect(try joined["n"].values(as: Double.self) == [1, nil, 2.5])
        #expect(try joined["t"].values(as: String.self) == ["x", nil, "y"])
        #expect(message { _ = try a.appending(rows: b.dropping(columns: ["t"])) }.contains("have no column “t”"))
        let levels = try DataFrame(columns: [Column(categorical: "c", ["b", "a"], levels: ["b", "a"])])
        let more = try DataFrame(columns: [Column(categorical: "c", ["z", nil, "a"])])
        #expect(try levels.appending(rows: more)["c"].values(as: String.self) == ["b", "a", "z", nil, "a"])
    }

    @Test func keepsRolesWithTheirColumns() throws {
        var frame = try people()
        try frame.assign(.target, to: ["pay"])
        try frame.assign(.sensitive, to: ["member"])
        try frame.assign(.identifier, to: ["name"])
        #expect(frame.columnNames(in: .feature) == ["age", "member"])
        #expect(frame.columnNames(in: .sensitive) == ["member"])
        let part = try frame.filter(frame["age"] > 0).selecting(columns: ["member", "pay"])
        #expect(part.schema.map(\.roles) == [[.feature, .sensitive], [.target]])
        try frame.rename(column: "pay", to: "income")
        #expect(frame.columnNames(in: .target) == ["income"])
        for schema in frame.schema {
            #expect(ColumnSchema(parameterValue: schema.parameterValue) == schema)
        }
        #expect(ColumnSchema(parameterValue: ["name": "a", "type": "int", "roles": ["feature", "target"]]) == nil)
        #expect(ColumnSchema(parameterValue: ["name": "a", "type": "complex", "roles": ["feature"]]) == nil)
    }

    @Test func describesQuantilesAsPandasDoes() throws {
        let oracle = try Oracle("frames/quantiles")
        let summary = Column("x", try oracle.doubles("values")).describe()
        let n = try #require(summary.numbers)
        expectClose(
            [
                Double(summary.count), n.mean, try #require(n.standardDeviation), n.minimum, n.lowerQuartile, n.median,
                n.upperQuartile, n.maximum,
            ], try oracle.doubles("summary"), relative: 1e-14)
    }

    @Test func describesColumnsWithFewValues() throws {
        #expect(Column("x", [Double?.none, nil]).describe().numbers == nil)
        let one = try #require(Column("x", [2.0]).describe().numbers)
        #expect(one.standardDeviation == nil && one.median == 2 && one.mean == 2)
        #expect(Column("t", [String?.none]).describe().levels == nil)
        let days = Column("d", [DateTime("2024-01-02"), nil, DateTime("2023-01-01")]).describe()
        #expect(days.times.map { "\($0.lowerBound) \($0.upperBound)" } == "2023-01-01 2024-01-02")
    }

    @Test func printsAnAlignedTable() throws {
        let frame = try DataFrame(columns: [
            Column("city", ["Łódź", "東京", nil, "a\nb"]), Column("n", [1, -20, nil, 3]),
            Column("x", [0.5, 1e22, nil, 2]),
        ])
        #expect(
            frame.text() == """
                   city          n         x
                   <string>  <int>  <double>
                0  Łódź          1       0.5
                1  東京        -20     1e+22
                2  —             —         —
                3  a⏎b           3       2.0
                4 rows × 3 columns
                """)
        #expect(
            frame.text(rows: 2, width: 26) == """
                   city      …         x
                   <string>  …  <double>
                0  Łódź      …       0.5
                ⋮  ⋮         …         ⋮
                3  a⏎b       …       2.0
                4 rows × 3 columns
                """)
        let long = try DataFrame(columns: [Column("t", [String(repeating: "語", count: 50)])])
        #expect(long.text(widest: 9).contains("語語語語…"))
    }

    @Test func makesFramesFromMatricesAndBack() throws {
        let x = try Matrix([[1, .nan], [3, 4]])
        let frame = try DataFrame(matrix: x)
        #expect(frame.columnNames == ["x0", "x1"])
        #expect(try frame["x1"].missingCount == 1)
        expectBitwise(try frame.matrix(), x)
        expectBitwise(try frame.matrix(of: ["x1", "x0"]), try Matrix([[.nan, 1], [4, 3]]))
        #expect(message { _ = try DataFrame(matrix: x, names: ["a"]) }.contains("1 names for 2 columns"))
    }

    @Test func tellsTimesToTheMicrosecond() {
        #expect(DateTime("1970-01-01")?.microseconds == 0)
        #expect(DateTime("1969-12-31T23:59:59.5Z")?.microseconds == -500_000)
        #expect(DateTime("2000-03-01 00:00")?.microseconds == 951_868_800_000_000)
        #expect(DateTime("2024-02-29T12:30:05.25+05:30")?.description == "2024-02-29T07:00:05.25")
        #expect(DateTime("2024-02-29T12:30:05-0800")?.description == "2024-02-29T20:30:05")
        #expect(DateTime(microseconds: .min).description.hasPrefix("-290308"))
        for bad in [
            "2023-02-29", "2024-13-01", "2024-1-1", "2024-01-01T25:00", "2024-01-01T10:00:60", "2024-01-01x", "",
        ] {
            #expect(DateTime(bad) == nil, "\(bad)")
        }
    }
}

extension DataFrame {
    fileprivate func columnText(_ name: String) throws -> [String] {
        let column = try self[name]
        return (0..<rowCount).map { column.text(at: $0) }
    }
}
