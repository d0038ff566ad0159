import Apus
import ApusCore
import ApusFrame
import ApusTestSupport
import ApusTrust
import Foundation
import Testing

@Suite struct DataHealthTests {
    /// 400 rows with one of every disease.
    private func sick() throws -> DataFrame {
        var random = RandomState(seed: 5)
        func below(_ count: Int) -> Int { Int(random.word()) % count }
        let paid = (0..<400).map { _ in below(10) < 3 ? "yes" : "no" }
        let age = (0..<400).map { _ in 20 + below(50) }
        let sex = (0..<400).map { row -> String? in row % 5 == 0 ? "f" : row % 40 == 1 ? nil : "m" }
        let fee = paid.map { value -> Double in value == "yes" ? 100 + Double(below(9)) : Double(below(90)) }
        let rarely = (0..<400).map { row -> Double? in row % 3 == 0 ? Double(below(5)) : nil }
        let months: [Double] = age.map { Double($0) * 12 + 0.5 }
        let names: [String] = (0..<400).map { "row \($0)" }
        var frame = try DataFrame(columns: [Column("id", names), Column("age", age), Column("age in months", months)])
        try frame.append(column: Column("sex", sex))
        try frame.append(column: Column("fee", fee))
        try frame.append(column: Column("country", [String](repeating: "NO", count: 400)))
        try frame.append(column: Column("nothing", [Double](repeating: .nan, count: 400)))
        try frame.append(column: Column("rarely", rarely))
        try frame.append(column: Column("paid", paid))
        return frame
    }

    @Test func findsEveryDisease() throws {
        var frame = try sick()
        frame = try frame.appending(rows: frame.head(3))
        let health = try DataHealth(frame, target: "paid", sensitive: ["sex"])
        #expect(health.duplicateRows == 3 && health.duplicatesAreExact)
        let found = health.findings.map { "\($0.kind.rawValue): \($0.columns.joined(separator: ", "))" }
        for expected in [
            "leak: fee", "constant: country", "constant: nothing", "identifier: id", "duplicates: ",
            "mostlyMissing: rarely", "redundant: age, age in months", "smallGroup: sex",
        ] {
            #expect(found.contains(expected), "\(expected) is not among \(found)")
        }
        #expect(!found.contains("leak: age") && !found.contains("leak: sex"))
        #expect(health.singleScores.first?.column == "fee")
        #expect((health.singleScores.first { $0.column == "age" }?.value ?? 1) < 0.65)
        #expect(health.classCounts.map(\.name) == ["no", "yes"])
        #expect(health.associations.first?.measure == .pearson)
    }

    @Test func soundDataHaveNoFindings() throws {
        let health = try DataHealth(try Datasets.load("wine"))
        #expect(health.target != nil)
        #expect(health.findings.isEmpty, "\(health.findings.map(\.text))")
        let iris = try DataHealth(try Datasets.load("iris"))
        #expect(iris.duplicateRows == 1)
        #expect(iris.columns[0].quartiles == [5.1, 5.8, 6.4])
        #expect(iris.associations.allSatisfy { $0.value.magnitude <= 1 })
    }

    @Test func measuresAreThoseOfTheReference() throws {
        let oracle = try Oracle("health/measures")
        let (a, b) = (try oracle.ints("a").map { Int32($0) }, try oracle.ints("b").map { Int32($0) })
        let (x, y) = (try oracle.doubles("x"), try oracle.doubles("y"))
        expectClose(try #require(Association.cramersV(a, b)), try oracle.double("cramers_v"))
        expectClose(try #require(Association.correlationRatio(a, x)), try oracle.double("correlation_ratio"))
        expectClose(try #require(Association.pearson(x, y)), try oracle.double("pearson"))
        for interval in try oracle.array("wilson") {
            let found = try #require(Interval(wilson: interval.double("successes"), of: interval.double("trials")))
            expectClose(found.lower, try interval.double("low"), absolute: 1e-15)
            expectClose(found.upper, try interval.double("high"), absolute: 1e-15)
        }
        #expect(Interval(wilson: 0, of: 0) == nil && Interval(wilson: 3, of: 2) == nil)
        #expect(Association.pearson([1, 1, 1], [1, 2, 3]) == nil)
        #expect(Association.cramersV([0, 0], [0, 1]) == nil && Association.cramersV([], []) == nil)
        #expect(Association.correlationRatio([0, 1, -1], [2, 2, 9]) == nil)
    }

    @Test func groupsAreCountedExactly() throws {
        let frame = try DataFrame(columns: [
            Column("sex", ["f", "m", "f", nil, "m", "f"]), Column("old", [true, true, false, false, nil, true]),
            Column("paid", [1, 0, 1, 1, nil, 0]),
        ])
        let health = try DataHealth(frame, target: "paid", sensitive: ["sex", "old"])
        #expect(health.groupings.map(\.columns) == [["sex"], ["old"], ["sex", "old"]])
        let women = try #require(health.groupings[0].groups.first { $0.values == ["f"] })
        #expect(women.count == 3 && women.share == 0.5)
        #expect(women.rates.map(\.name) == ["0", "1"] && women.rates[1].share == 2.0 / 3)
        #expect(women.rates[1].interval == Interval(wilson: 2, of: 3))
        let men = try #require(health.groupings[0].groups.first { $0.values == ["m"] })
        #expect(men.count == 2 && men.rates[1].share == 0)
        #expect(health.groupings[2].groups.count == 5)
        #expect(health.groupings[2].groups.reduce(0) { $0 + $1.count } == 6)
    }

    @Test func manyNumbersBecomeRanges() throws {
        let frame = try DataFrame(columns: [
            Column("age", (0..<600).map { 20 + $0 % 60 }), Column("income", (0..<600).map { Double($0 % 60) }),
        ])
        let health = try DataHealth(frame, target: "income", sensitive: ["age"])
        #expect(health.task == .regression)
        let groups = health.groupings[0].groups.sorted { $0.name < $1.name }
        #expect(groups.map(\.name) == ["20–34", "35–49", "50–64", "65–79"])
        #expect(groups.map { $0.mean } == [7, 22, 37, 52])
        let tooMany = try DataFrame(columns: [Column("x", (0..<30_000).map { "\($0)" })])
        #expect(throws: ApusError.self) { try DataHealth(tooMany, sensitive: ["x"]) }
    }

    @Test func chunksTellTheSameAsTheWholeTable() throws {
        let path = NSTemporaryDirectory() + "apus-\(UUID().uuidString).csv"
        defer { try? FileManager.default.removeItem(atPath: path) }
        // The first rows look like whole numbers; later ones are not.
        var text = "n,late,text,day,y\n"
        for row in 0..<5000 {
            let late = row < 4000 ? "\(row % 13)" : row % 2 == 0 ? "2.5" : "none given"
            text +=
                "\(row % 97),\(late),\"t, \(row % 11)\",2024-01-\(row % 28 < 9 ? "0" : "")\(row % 28 + 1),\(row % 3 == 0)\n"
        }
        try Data(text.utf8).write(to: URL(filePath: path))
        #expect(try DataFrame.types(csv: path, rows: 300)["late"] == .string)
        let whole = try DataHealth(try DataFrame(csv: path), target: "y", sensitive: ["text"])
        let chunked = try DataHealth(csv: path, target: "y", sensitive: ["text"], rows: 300)
        #expect(chunked.rowCount == 5000 && chunked.duplicateRows == whole.duplicateRows)
        for (a, b) in zip(whole.columns, chunked.columns) {
            #expect(a.name == b.name && a.type == b.type && a.distinctCount == b.distinctCount, "\(a.name)")
            #expect(a.missingCount == b.missingCount && a.min == b.min && a.max == b.max && a.quartiles == b.quartiles)
            #expect(a.frequent.map(\.value) == b.frequent.map(\.value))
            if let mean = a.mean { expectClose(b.mean ?? .nan, mean) }
        }
        #expect(whole.groupings == chunked.groupings)
        #expect(whole.singleScores == chunked.singleScores)
        #expect(whole.associations.map(\.first) == chunked.associations.map(\.first))
    }

    @Test func largeTablesAreSampledAndSayWhatIsNotExact() throws {
        var scan = FrameScan(sampleRows: 500, hashedRows: 1000)
        for chunk in 0..<20 {
            let rows = (0..<1000).map { chunk * 1000 + $0 }
            // Every second row of a chunk repeats the one before.
            try scan.add(
                DataFrame(columns: [Column("x", rows.map { $0 / 2 }), Column("s", rows.map { "v\($0 / 2)" })]))
        }
        #expect(scan.rowCount == 20_000)
        let sample = try scan.sample()
        #expect(sample.rowCount >= 400 && sample.rowCount <= 1000)
        let (repeats, isExact) = scan.duplicates
        #expect(!isExact && repeats > 8000 && repeats < 12_000)
        #expect(scan.columns[0].distinctCount == 10_000 && scan.columns[0].mean == 4999.5)
        #expect(throws: ApusError.self) { try scan.add(DataFrame(columns: [Column("other", [1])])) }
    }

    @Test func oddTablesAreDescribedOrRefused() throws {
        #expect(throws: ApusError.self) { try DataHealth(DataFrame()) }
        #expect(throws: ApusError.self) { try DataHealth(try sick(), target: "payed") }
        #expect(throws: ApusError.self) { try DataHealth(try sick(), sensitive: ["gender"]) }
        for frame in [
            try DataFrame(columns: [Column("x", [1.0])]),
            try DataFrame(columns: [Column("x", [Double.infinity, -.infinity, .nan]), Column("y", [1, 1, 1])]),
            try DataFrame(columns: [Column("x", [nil, nil] as [String?])]),
            try DataFrame(columns: [Column("x", ["", "`<script>`"]), Column("y", [1e308, -1e308])]),
        ] {
            for target in [nil]
                + (frame.columns.allSatisfy { $0.missingCount < $0.count } ? [frame.columnNames[0]] : [])
            {
                let health = try DataHealth(frame, target: target)
                #expect(!health.text(data: "data", width: 80).isEmpty)
                _ = health.json(data: "data")
                let page = health.page(data: "<b>").html
                #expect(page.contains("&lt;b&gt;") && !page.contains("<script>"))
            }
        }
    }
}
