import ApusCore
import ApusFrame
import Testing

/// The work before `fit` on frames that are empty, have one row, or hold text from everywhere.
@Suite struct EdgeTableTests {
    private static func people() throws -> DataFrame {
        try DataFrame(columns: [
            Column("name", ["Zoë", "李雷", nil, "Ana", "👩‍👩‍👧 Kim", "Ana"] as [String?]),
            Column("age", [31, nil, 27, 45, nil, 45] as [Double?]), Column("n", [1, 2, nil, 4, 5, 4] as [Int?]),
            Column("ok", [true, nil, false, true, true, true] as [Bool?]),
            Column(
                "day",
                ["2024-02-29", "2023-12-31", nil, "2024-01-01", "2020-06-15", "2024-01-01"].map {
                    $0.flatMap { DateTime($0) }
                }),
            Column(categorical: "size", ["S", "M", nil, "L", "S", "L"], levels: ["S", "M", "L", "XL"]),
        ])
    }

    private static let pay = try? DataFrame(columns: [
        Column("name", ["Ana", "李雷", "Bob"]), Column("pay", [10.5, 20, 30]),
    ])

    @Test(arguments: [[], [0], [2], [0, 1, 2, 3, 4, 5]]) func everyOperationTakesThem(_ rows: [Int]) throws {
        let frame = try Self.people().selecting(rows: rows)
        let pay = try #require(Self.pay)
        let count = rows.count
        #expect(frame.head(2).rowCount == min(2, count) && frame.tail(2).rowCount == min(2, count))
        #expect(try frame.sample(min(1, count), seed: 1).rowCount == min(1, count))
        #expect(try frame.cast(["n": .double]).types.map(\.type)[2] == .double)
        #expect(try frame.describe().numberTable().rowCount == 8 && !frame.describe().text().isEmpty)
        for filling in [Filling.constant(0), .mean, .median, .mode, .forward(), .backward(), .interpolated] {
            let age: Column = try frame["age"]
            let filled = try age.filled(with: filling)
            #expect(filled.count == count && filled.missingCount <= age.missingCount)
        }
        #expect(try frame.droppingMissing().rowCount == rows.count { ![1, 2, 4].contains($0) })
        let moved = try frame.selecting(columns: ["age", "name"]).renaming(columns: ["age": "Alter"])
        #expect(try moved.reordering(first: ["name"]).columnNames == ["name", "Alter"])
        #expect(try frame.filter { $0["age"] > 30 && $0["name"] != "Ana" }.rowCount == rows.count { $0 == 0 })
        let sorted = try frame.sorted(by: .descending("age"), .ascending("name"))
        #expect(sorted.rowCount == count)
        #expect(try frame.distinctRows(by: ["name", "age"]).rowCount == Set(rows.map { $0 == 5 ? 3 : $0 }).count)
        #expect(try frame.valueCounts("size").rowCount == 4)
        let groups = try frame.grouped(by: ["name"], includesMissing: true)
            .aggregated(.count(), .mean("age"), .quantile("n", 0.25))
        #expect(groups.rowCount == Set(rows.map { $0 == 5 ? 3 : $0 }).count && groups.columns.count == 4)
        for kind in JoinKind.allCases {
            let joined = try frame.joined(pay, on: "name", kind: kind)
            #expect(joined.containsColumn("pay") == (kind != .semi && kind != .anti))
            if kind == .left { #expect(joined.rowCount == count) }
        }
        #expect(try DataFrame.concatenating(rows: [frame, pay]).rowCount == count + 3)
        #expect(try frame.melted(["age", "n"], identifiers: ["name"]).rowCount == 2 * count)
        #expect(try frame.pivotTable(index: ["size"], columns: "ok", values: ["age"]).containsColumn("size"))
        var changed = frame
        changed["area"] = changed.age * changed.n
        #expect(try (changed["area"] as Column).count == count)
        let bands = try (frame["age"] as Column).cut(edges: [0, 30, 40, 100], labels: ["young", "middle", "old"])
        #expect(bands.levels == ["young", "middle", "old"] && bands.count == count)
        #expect(try (frame["n"] as Column).rolling(2).mean().count == count)
        #expect(try (frame["n"] as Column).shifted(by: 1).count == count)
        #expect(
            try frame.getDummies(columns: ["size"]).columnNames.suffix(4) == ["size_S", "size_M", "size_L", "size_XL"])
        #expect(try frame.addingParts(of: "day", [.year, .weekday]).columns.count == 8)
        #expect(try frame.correlation(of: ["age", "n"]).shape == (2, 3))
        let names: Column = try frame["name"]
        #expect(try names.uppercased().count == count && names.lengths().count == count)
        #expect(try names.split(" ").rowCount == count)
        #expect(try frame.matrix(of: ["age", "n", "ok"]).rows == count)
    }

    @Test func columnsPrintLikeFrames() throws {
        let frame = try Self.people()
        let names: Column = try frame["name"]
        #expect(
            "\(names)"
                == """
                   name
                   <string>
                0  Zoë
                1  李雷
                2  —
                3  Ana
                4  👩‍👩‍👧 Kim
                5  Ana
                6 values, 1 missing
                """)
        let one = Column("x", [0.5])
        #expect("\(one)" == "          x\n   <double>\n0       0.5\n1 value")
        let many = Column("x", Array(0..<100))
        #expect(many.text(rows: 4).split(separator: "\n").count == 8 && many.description.hasSuffix("100 values"))
        let none = Column("x", [Int]())
        #expect(none.description.hasSuffix("\n0 values"))
    }
}
