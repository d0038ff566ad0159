import ApusCore
import ApusFrame
import ApusTestSupport
import Testing

@Suite struct ExpressionTests {
    private func boxes() throws -> DataFrame {
        try DataFrame(columns: [
            Column("length", [2, 3, nil]), Column("width", [1.5, 2, 4]), Column("name", ["a", nil, "c"]),
            Column("fragile", [true, false, nil]),
            Column("since", [DateTime("2024-01-01"), DateTime("2023-06-01"), nil]),
        ])
    }

    @Test func calculatesColumnsAsTheyRead() throws {
        var frame = try boxes()
        frame["area"] = frame.length * frame.width
        #expect(try frame["area"].values(as: Double.self) == [3, 6, nil])
        frame["twice"] = 2 * frame.length + 1
        #expect(try frame["twice"].values(as: Int.self) == [5, 7, nil])
        frame.half = frame.length / 2
        #expect(try frame["half"].values(as: Double.self) == [1, 1.5, nil])
        frame["mix"] = -(frame.length - frame.width).power(2) % 0.3
        #expect(frame.containsColumn("mix"))
        frame["big"] = frame.length >= 3
        #expect(try frame["big"].values(as: Bool.self) == [false, true, nil])
        frame["label"] = frame.name + "-" + frame.name
        #expect(try frame["label"].values(as: String.self) == ["a-a", nil, "c-c"])
        frame["price"] = (frame.length > 2).choosing(10, otherwise: frame.width)
        #expect(try frame["price"].values(as: Double.self) == [1.5, 10, nil])
        frame["age"] = frame.since - frame.since.shifted(by: 1)
        #expect(try frame["age"].values(as: Double.self) == [nil, -214 * 86400, nil])
        let wider = try frame.adding("volume") { $0.area * $0["twice"] }
        #expect(try wider["volume"].values(as: Double.self) == [15, 42, nil])
        #expect("\((frame.length + 1) * frame.width)" == "(length + 1) * width")
    }

    @Test func keepsWhyAColumnCouldNotBeCalculated() throws {
        var frame = try boxes()
        frame["area"] = frame.lenth * frame.width
        #expect(!frame.containsColumn("area"))
        let error = failure { _ = try frame["area"] }
        #expect(
            error.hasPrefix("Column “area” could not be calculated: There is no column “lenth”; did you mean “length”?")
        )
        #expect(failure { try frame.checkAssignments() } == error)
        #expect(failure { try frame.write(csv: "/tmp/never.csv") } == error)
        #expect(failure { _ = try frame.head(1)["area"] } == error)
        frame["area"] = frame.length * 1
        try frame.checkAssignments()
        frame["area"] = frame.name * 2
        #expect(failure { _ = try frame["area"] }.contains("“name” holds text"))
        frame["length"] = Column("length", [1, 2])
        #expect(failure { _ = try frame["length"] }.contains("was assigned 2 rows where the frame has 3"))
        #expect(failure { _ = try frame.adding("x") { $0.nothing } }.contains("no column “nothing”"))
        #expect(frame.columnNames == ["width", "name", "fragile", "since"])
        var single = try DataFrame(columns: [Column("a", [1, 2])])
        single["a"] = Column("b", [1, 2, 3])
        #expect(single.rowCount == 3 && single.columnNames == ["a"])
    }

    @Test func filtersByConditionsThatReadAsSentences() throws {
        let oracle = try Oracle("tables/numbers")
        let frame = try DataFrame(csvText: oracle.string("text"))
        let chosen = try frame.filter { $0["age"] > 30 && $0["city"] == "Oslo" }
        #expect(try chosen["id"].values(as: Int.self) == oracle.ints("filtered"))
        #expect(try frame.filter(frame.age > 30 && frame.city == "Oslo") == chosen)
        #expect(try frame.filter { !($0.age <= 30) && $0.city.isOne(of: ["Oslo"]) } == chosen)
        #expect(try frame.filter { 30.0.columnExpression < $0.age && $0.city.hasPrefix("Osl") } == chosen)
        var wider = frame
        wider["r"] = frame.score % 0.3
        expectClose(try wider["r"].numbers(), try oracle.doubles("remainder"), absolute: 1e-16)
        wider["a"] = frame.age * frame.income - frame.score / 3
        expectBitwise(try wider["a"].numbers(), try oracle.doubles("area"))
        wider["s"] = frame.score.rounded(2)
        expectBitwise(try wider["s"].numbers(), try oracle.doubles("rounded"))
    }

    @Test func knowsThatNothingIsKnownOfMissingValues() throws {
        let frame = try boxes()
        func rows(_ condition: (FrameColumns) -> ConditionExpression) throws -> [Int] {
            try condition(FrameColumns(frame)).evaluated().rows
        }
        #expect(try rows { $0.length != 2 } == [1])
        #expect(try rows { !($0.length == 2) } == [1])
        #expect(try rows { $0.length == 2 || $0.width > 3 } == [0, 2])
        #expect(try rows { $0.length.isMissing } == [2])
        #expect(try rows { $0.length.isPresent && $0.fragile } == [0])
        #expect(try rows { !$0.fragile } == [1])
        #expect(try rows { !($0.fragile && $0.width < 3) } == [1, 2])
        #expect(try rows { $0.since < "2023-12-31" } == [1])
        #expect(try rows { $0.name > "a" } == [2])
        #expect(try rows { $0.width.isWithin(1.5...2) } == [0, 1])
        #expect(try rows { $0.length.isOne(of: [3, 4]) } == [1])
        #expect(failure { _ = try rows { $0.name > 3 } }.contains("compares text with a"))
        #expect(failure { _ = try rows { $0.length == "x" } }.contains("compares text"))
        #expect(failure { _ = try rows { $0.since > 3 } }.contains("point in time"))
        #expect(failure { _ = try frame.filter { $0.length } }.contains("where a condition is needed"))
        let other = try DataFrame(columns: [Column("x", [1])])
        #expect(failure { _ = try frame.filter(other.x > 0) }.contains("about 1 rows where the frame has 3"))
        #expect(failure { _ = try frame.filter(frame.length > other.x) }.contains("3 and 1 rows"))
    }
}
