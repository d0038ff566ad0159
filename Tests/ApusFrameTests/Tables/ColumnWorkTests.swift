import ApusCore
import ApusFrame
import ApusTestSupport
import Testing

@Suite struct ColumnWorkTests {
    private func frame(_ oracle: Oracle) throws -> DataFrame { try DataFrame(csvText: oracle.string("text")) }

    @Test func slidesWindowsAsPandasDoes() throws {
        let oracle = try Oracle("tables/windows")
        let income: Column = try frame(oracle)["income"]
        for example in try oracle.array("windows") {
            let window = try income.rolling(
                example.int("size"), minimumCount: example.int("least"), isCentred: example.bool("center"))
            let name = try example.string("name")
            let result =
                switch name {
                case "sum": try window.sum()
                case "mean": try window.mean()
                case "std": try window.standardDeviation()
                case "var": try window.variance()
                case "min": try window.min()
                case "max": try window.max()
                default: try window.median()
                }
            expectClose(
                try result.numbers(), try example.doubles("values"), relative: 1e-13,
                // Where values leave that made up nearly all of the variance, pandas keeps fewer digits.
                absolute: name == "var" || name == "std" ? 1e-11 : 1e-12,
                "\(name) of \(window.size)")
        }
        let ramp = try Column("x", oracle.doubles("ramp")).rolling(3)
        expectClose(try ramp.mean().numbers(), try oracle.doubles("ramp_mean"), relative: 1e-15, absolute: 1e-16)
        expectClose(try ramp.standardDeviation().numbers(), try oracle.doubles("ramp_std"), relative: 1e-15)
        expectClose(try income.expanding().mean().numbers(), try oracle.doubles("expanding"), relative: 1e-15)
        expectClose(
            try income.rolling(6, minimumCount: 3).quantile(0.4).numbers(), try oracle.doubles("quantile"),
            relative: 1e-15)
        #expect(failure { _ = try income.rolling(0) }.contains("window of 0 rows"))
        #expect(try Column("x", [1.0, nil, 3]).rolling(2, minimumCount: 1).counts().numbers() == [1, 1, 1])
        #expect(
            try Column("x", [1.0, 2, 4]).rolling(2).applying { $0[1] - $0[0] }.values(as: Double.self) == [nil, 1, 2])
    }

    @Test func shiftsAndAccumulatesAsPandasDoes() throws {
        let oracle = try Oracle("tables/windows")
        let frame = try frame(oracle)
        let (income, score): (Column, Column) = (try frame["income"], try frame["score"])
        func expect(_ column: Column, _ key: String, _ relative: Double = 1e-15) throws {
            expectClose(try column.numbers(), try oracle.doubles(key), relative: relative, key)
        }
        try expect(income.shifted(by: 2), "shift")
        try expect(income.shifted(by: -3), "shift_up")
        try expect(income.diff(), "diff")
        try expect(score.diff(3), "diff3")
        try expect(score.pctChange(), "change")
        try expect(income.cumulativeSum(), "cumsum", 1e-14)
        try expect(score.cumulativeProduct(), "cumprod", 1e-13)
        try expect(income.cumulativeMax(), "cummax")
        try expect(income.cumulativeMin(), "cummin")
        try expect(frame["age"].ranks(), "rank")
        #expect(income.shifted(by: 1000).missingCount == income.count)
        #expect(try frame["age"].shifted(by: 1).type == .int)
        #expect(try frame["age"].cumulativeSum().type == .int)
        #expect(try Column("x", [Int.max, 1]).cumulativeSum().type == .double)
        #expect(try frame["when"].diff().type == .double)
    }

    @Test func fillsMissingValuesAsPandasDoes() throws {
        let oracle = try Oracle("tables/windows")
        let frame = try frame(oracle)
        let fillings: [(Filling, String)] = [
            (.mean, "mean_fill"), (.median, "median_fill"), (.forward(), "forward"), (.forward(limit: 1), "forward1"),
            (.backward(), "backward"), (.interpolated, "interpolated"),
        ]
        for (filling, key) in fillings {
            let filled = try frame["income"].filled(with: filling).numbers()
            expectClose(filled, try oracle.doubles(key), relative: 1e-15, key)
        }
        let modes = try frame["city"].filled(with: .mode).values(as: String.self)
        #expect(modes == (try oracle.strings("mode")))
        let ints = Column("n", [1, nil, 4])
        #expect(try ints.filled(with: .constant(7)).values(as: Int.self) == [1, 7, 4])
        #expect(try ints.filled(with: .constant(0.5)).values(as: Double.self) == [1, 0.5, 4])
        #expect(try ints.filled(with: .mean).type == .double)
        #expect(failure { _ = try ints.filled(with: .constant("x")) }.contains("“x” is not one"))
        #expect(failure { _ = try Column("t", ["a", nil]).filled(with: .mean) }.contains("holds text"))
        let levels = try Column(categorical: "c", ["a", nil])
        #expect(failure { _ = try levels.filled(with: .constant("b")) }.contains("no level “b”"))
        let all = try frame.filled(with: .constant("?"))
        #expect(try all["city"].missingCount == 0 && all["income"].missingCount > 0)
        #expect(try Column("x", [Double?](repeating: nil, count: 2)).filled(with: .mean).missingCount == 2)
    }

    @Test func cutsIntoBinsAsPandasDoes() throws {
        let oracle = try Oracle("tables/bins")
        let frame = try frame(oracle)
        func levels(_ column: Column) -> [String] {
            if case .categorical(_, let levels) = column.values { levels } else { [] }
        }
        func check(_ column: Column, _ expected: Oracle, _ comment: String = "") throws {
            try expectTable(DataFrame(columns: [column.renamed("x")]), expected, comment)
        }
        for example in try oracle.array("cut") {
            let column: Column = try frame[example.string("column")]
            let made = try column.cut(bins: example.int("bins"), closedRight: example.bool("right"))
            #expect(levels(made) == (try example.strings("levels")))
            try check(made, example.object("table"), "cut")
        }
        for example in try oracle.array("qcut") {
            let made = try frame[example.string("column")].qcut(example.int("bins"))
            #expect(levels(made) == (try example.strings("levels")))
            try check(made, example.object("table"), "qcut")
        }
        let age: Column = try frame["age"]
        try check(age.cut(edges: [18, 30, 50, 70]), oracle.object("edges"))
        try check(age.cut(edges: [18, 30, 50, 70], includesLowest: true), oracle.object("edges_lowest"))
        try check(age.cut(edges: [0, 30, 60, 100], labels: ["young", "middle", "old"]), oracle.object("labels"))
        #expect(try levels(Column("x", oracle.doubles("tiny")).cut(bins: 3)) == oracle.strings("tiny_levels"))
        #expect(try levels(Column("x", oracle.doubles("flat")).cut(bins: 2)) == oracle.strings("flat_levels"))
        #expect(failure { _ = try age.cut(edges: [3, 1]) }.contains("do not ascend"))
        #expect(failure { _ = try age.cut(bins: 0) }.contains("0 bins"))
        #expect(failure { _ = try age.cut(edges: [0, 50, 90], labels: ["a"]) }.contains("1 labels for 2 bins"))
        #expect(failure { _ = try Column("x", [1.0, 1, 1, 2]).qcut(4) }.contains("coincide"))
        #expect(
            try levels(Column("x", [1.0, 1, 1, 2]).qcut(4, mergingDuplicates: true)) == [
                "(0.999, 1.25]", "(1.25, 2.0]",
            ])
        #expect(failure { _ = try Column("x", [Double.infinity, 1]).cut(bins: 2) }.contains("infinite"))
        let hollow = Column("x", [Double?](repeating: nil, count: 1))
        #expect(failure { _ = try hollow.qcut(2) }.contains("no values"))
    }

    @Test func takesTimesApartAsPandasDoes() throws {
        let oracle = try Oracle("tables/dates")
        let times = Column("t", try oracle.strings("times").map { DateTime($0) })
        for example in try oracle.array("parts") {
            let part = try #require(DatePart(rawValue: try example.string("name")))
            expectBitwise(try times.part(part).numbers(), try example.doubles("values"), part.rawValue)
        }
        let frame = try DataFrame(columns: [times]).addingParts(of: "t", [.year, .hour], keepsColumn: false)
        #expect(frame.columnNames == ["t_year", "t_hour"])
        #expect(failure { _ = try Column("x", [1]).part(.year) }.contains("cast it to dateTime"))
        #expect(try Column("t", [DateTime(microseconds: .min), DateTime(microseconds: .max)]).part(.week).count == 2)
    }

    @Test func describesAndCorrelatesAsPandasDoes() throws {
        let oracle = try Oracle("tables/numbers")
        let frame = try frame(oracle)
        let chosen = try frame.selecting(columns: ["age", "income", "score"])
        for (method, key) in [(CorrelationMethod.pearson, "pearson"), (.spearman, "spearman")] {
            let result = try chosen.correlation(method).dropping(columns: ["column"]).matrix()
            expectClose(result, try oracle.matrix(key), relative: 1e-13, key)
        }
        try expectTable(chosen.describe().numberTable(), oracle.object("describe"), relative: 1e-15)
        try expectTable(
            frame.selecting(columns: ["city", "kind"]).describe().levelTable(), oracle.object("describe_text"))
        let income: Column = try frame["income"]
        let all = [
            try income.sum(), try income.mean() ?? .nan, try income.median() ?? .nan, number(income.min()),
            number(income.max()), try income.standardDeviation() ?? .nan, try income.variance() ?? .nan,
        ]
        expectBitwise(all, try oracle.doubles("income"))
        #expect(
            failure { _ = try DataFrame(columns: [Column("t", ["a"])]).correlation() }.contains("no columns of numbers")
        )
        let constant = try DataFrame(columns: [Column("a", [1, 1, 1]), Column("b", [1, 2, 3])])
        #expect(try constant.correlation()["b"].values(as: Double.self) == [nil, 1])
    }

    private func number(_ cell: Cell) -> Double { if case .number(let value) = cell { value } else { .nan } }

    @Test func castsWhatFitsAndNamesWhatDoesNot() throws {
        let text = Column("t", ["1", " 2 ", nil])
        #expect(try text.cast(to: .int).values(as: Int.self) == [1, 2, nil])
        #expect(try text.cast(to: .double).values(as: Double.self) == [1, 2, nil])
        #expect(try Column("t", ["true", "0"]).cast(to: .bool).values(as: Bool.self) == [true, false])
        #expect(try Column("t", ["2024-02-29"]).cast(to: .dateTime).type == .dateTime)
        #expect(try Column("x", [1.0, nil]).cast(to: .int).values(as: Int.self) == [1, nil])
        #expect(try Column("x", [1, 0]).cast(to: .bool).values(as: Bool.self) == [true, false])
        #expect(try Column("x", [true, false]).cast(to: .int).values(as: Int.self) == [1, 0])
        #expect(try Column("x", [1.5]).cast(to: .string).values(as: String.self) == ["1.5"])
        let levels = try Column(categorical: "c", ["b", nil, "a"], levels: ["b", "a"])
        #expect(try levels.cast(to: .string).values(as: String.self) == ["b", nil, "a"])
        let error = failure { _ = try Column("n", ["1", "x1"]).cast(to: .int) }
        #expect(error.contains("“n” holds “x1” in row 1, which is not a whole number"))
        #expect(failure { _ = try Column("x", [0.5]).cast(to: .int) }.contains("“0.5” in row 0"))
        #expect(try Column("n", ["1", "0x10"]).cast(to: .double, droppingMisfits: true).missingCount == 1)
        let frame = try DataFrame(columns: [text, Column("u", [1])].prefix(1).map { $0 })
        #expect(try frame.cast(["t": .double])["t"].type == .double)
        #expect(failure { _ = try frame.cast(["v": .double]) }.contains("no column “v”"))
    }

    @Test func worksOnText() throws {
        let names = Column("name", [" Ann-Lee", "bob", nil, "ÅSA-x-y"])
        #expect(try names.lowercased().values(as: String.self) == [" ann-lee", "bob", nil, "åsa-x-y"])
        #expect(try names.uppercased()[1] == "BOB")
        #expect(try names.trimmed()[0] == "Ann-Lee")
        #expect(try names.replacing("-", with: "")[3] == "ÅSAxy")
        #expect(try names.lengths().values(as: Int.self) == [8, 3, nil, 7])
        #expect(try names.contains("o").flags == [false, true, false, false])
        #expect(try (!names.contains("o")).flags == [true, false, false, true])
        #expect(try names.hasPrefix("Å").rows == [3] && names.hasSuffix("b").rows == [1])
        let parts = try names.split("-")
        #expect(parts.columnNames == ["name_0", "name_1", "name_2"])
        #expect(parts.cells(ofRow: 3) == ["ÅSA", "x", "y"] && parts.cells(ofRow: 1) == ["bob", nil, nil])
        #expect(try names.split("-", limit: 2).cells(ofRow: 3) == ["ÅSA", "x-y"])
        let codes = Column("c", ["a12", "b7", "?", nil])
        let found = try codes.extracting(#"(?<letter>[a-z])(\d+)"#)
        #expect(found.columnNames == ["letter", "c_1"])
        #expect(try found["c_1"].values(as: String.self) == ["12", "7", nil, nil])
        #expect(try Column("c", ["?"]).extracting(#"(?<n>\d)"#).columnNames == ["n"])
        #expect(failure { _ = try codes.extracting("(") }.contains("cannot be understood"))
        #expect(failure { _ = try codes.extracting("x") }.contains("no group"))
        #expect(failure { _ = try Column("n", [1]).lowercased() }.contains("not text"))
        #expect(try codes.contains(Regex("[0-9]{2}")).rows == [0])
        let levels = try Column(categorical: "c", ["A", "a", nil]).lowercased()
        #expect(levels.distinctCount == 1 && levels.type == .string)
    }
}
