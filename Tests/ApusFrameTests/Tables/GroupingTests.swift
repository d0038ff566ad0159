import ApusCore
import ApusFrame
import ApusTestSupport
import Testing

@Suite struct GroupingTests {
    private let oracle: Oracle
    private let frame: DataFrame

    init() throws {
        oracle = try Oracle("tables/groups")
        frame = try DataFrame(csvText: oracle.string("text"))
    }

    @Test func calculatesWhatPandasDoesForEachGroup() throws {
        let groups = try frame.grouped(by: "city")
        for example in try oracle.array("kinds") {
            let kind = try #require(Aggregation.Kind(rawValue: try example.string("kind")))
            let result = try groups.aggregated(by: kind, columns: ["income", "score", "age"])
            try expectTable(result, example.object("table"), kind.rawValue)
        }
        try expectTable(groups.counts(), oracle.object("sizes"))
        try expectTable(
            groups.aggregated(
                .quantile("income", 0.3, as: "income"), .quantile("score", 0.3, as: "score"),
                .quantile("age", 0.3, as: "age")), oracle.object("quantile"))
    }

    @Test func groupsBySeveralColumnsWithMissingValuesLast() throws {
        let groups = try frame.grouped(by: ["kind", "city"], includesMissing: true)
        try expectTable(
            groups.aggregated(.count("income", as: "count"), .mean("income", as: "mean")), oracle.object("two"))
        let unsorted = try frame.grouped(by: ["city"], sorted: false)
        try expectTable(unsorted.aggregated(.sum("score", as: "score")), oracle.object("unsorted"))
        #expect(groups.count == groups.frames().count)
        #expect(groups.frames().map(\.rowCount).reduce(0, +) == frame.rowCount)
    }

    @Test func calculatesWhatTheCallerMakesOfAGroup() throws {
        let result = try frame.grouped(by: "kind").aggregated(
            .custom("age", as: "age") { ages in
                guard case .number(let low) = ages.min(), case .number(let high) = ages.max() else { return .missing }
                return .number(high - low)
            })
        try expectTable(result, oracle.object("range"))
        let error = failure {
            _ = try frame.grouped(by: "kind").aggregated(
                .custom("age", as: "x") { $0[0] == .number(1) ? "one" : $0.count > 25 ? true : 2 })
        }
        #expect(error.contains("of several kinds"))
        expectClose(
            try frame.grouped(by: "city").broadcast(.mean("age")).numbers(), try oracle.doubles("share"),
            relative: 1e-14)
    }

    @Test func countsValuesAsPandasDoes() throws {
        try expectTable(frame.valueCounts("city"), oracle.object("counts"))
        try expectTable(
            frame["city"].valueCounts(normalised: true, includesMissing: true), oracle.object("counts_missing"))
        try expectTable(frame["kind"].valueCounts(ascending: true), oracle.object("counts_ascending"))
        let bins = try frame["age"].valueCounts(bins: 4).renaming(columns: ["age": "index"])
        try expectTable(bins, oracle.object("counts_bins"))
    }

    @Test func keepsTypesAndRefusesWhatMakesNoSense() throws {
        let groups = try frame.grouped(by: "city")
        #expect(try groups.aggregated(.sum("age"))["age_sum"].type == .int)
        #expect(try groups.aggregated(.max("when"), .min("kind")).types.map(\.type) == [.string, .dateTime, .string])
        #expect(failure { _ = try groups.aggregated(.mean("when")) }.contains("points in time, which have no mean"))
        #expect(failure { _ = try groups.aggregated(.mean("kind")) }.contains("“kind” holds text"))
        #expect(failure { _ = try frame.grouped(by: []) }.contains("name at least one"))
        #expect(failure { _ = try frame.grouped(by: "cty") }.contains("did you mean “city”"))
        #expect(failure { _ = try groups.aggregated(.mean("age"), .mean("age")) }.contains("“age_mean” already"))
        #expect(failure { _ = try groups.aggregated(.quantile("age", 2)) }.contains("not within 0 and 1"))
        let big = try DataFrame(columns: [Column("k", ["a", "a"]), Column("n", [Int.max, 1])])
        #expect(try big.grouped(by: "k").aggregated(.sum("n"))["n_sum"].numbers() == [Double(Int.max) + 1])
    }

    @Test func groupsFramesWithoutRowsAndGroupsWithoutValues() throws {
        let none = try frame.grouped(by: "city").aggregated(.mean("age"), .median("income"), .first("when"))
        #expect(none.rowCount == 5)
        let empty = frame.head(0)
        let result = try empty.grouped(by: "city", "kind").aggregated(
            .count(), .mean("age"), .median("age"), .max("when"), .nUnique("id"),
            .custom("age", as: "x") { _ in 1 })
        #expect(result.shape == (0, 8))
        let hollow = try DataFrame(columns: [Column("k", ["a", "b"]), Column("x", [nil, 2.0])])
        let made = try hollow.grouped(by: "k").aggregated(.sum("x"), .mean("x"), .min("x"), .std("x"), .nUnique("x"))
        #expect(made.columns.map { $0.text(at: 0) } == ["a", "0.0", "", "", "", "0"])
    }

    @Test(arguments: [1, 2, 5]) func groupsManyKeysTheSameWayForAnyNumberOfThreads(threads: Int) throws {
        var random = RandomState(seed: 5)
        let n = 200_000
        let keys = random.integers(in: 0..<50_000, count: n).map { $0 &* 1_000_003_579 }
        let values = random.uniform(count: n)
        let frame = try DataFrame(columns: [
            Column("k", keys), Column("v", values), Column("d", keys.map { Double($0) / 7 }),
        ])
        let before = Parallel.threads
        Parallel.threads = threads
        defer { Parallel.threads = before }
        let result = try frame.grouped(by: "k").aggregated(.sum("v"), .count())
        // A plain loop over a dictionary, in the same order of additions.
        var sums: [Int: (Double, Double, Int)] = [:]
        for (key, value) in zip(keys, values) {
            let (sum, lost, count) = sums[key] ?? (0, 0, 0)
            let y = value - lost
            let t = sum + y
            sums[key] = (t, t - sum - y, count + 1)
        }
        let sorted = sums.keys.sorted()
        #expect(try result["k"].values(as: Int.self) == sorted)
        expectBitwise(try result["v_sum"].numbers(), sorted.map { sums[$0]?.0 ?? 0 })
        #expect(try result["count"].values(as: Int.self) == sorted.map { sums[$0]?.2 })
        #expect(try frame.grouped(by: "d").count == sorted.count)
    }
}
