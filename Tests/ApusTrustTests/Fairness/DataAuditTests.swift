import ApusCore
import ApusEvaluation
import ApusFrame
import ApusTestSupport
import ApusTrust
import Foundation
import Testing

@Suite struct DataAuditTests {
    /// 600 rows in which the base rates are known: 30 % of f and 60 % of m are hired, and `title` tells the group 9 times of 10.
    private static func frame() throws -> DataFrame {
        var random = RandomState(seed: 4)
        var (sex, title, hired, noise): ([String?], [String], [String], [Double?]) = ([], [], [], [])
        for row in 0..<600 {
            let isF = row % 2 == 0
            sex.append(row < 6 ? nil : isF ? "f" : "m")
            let matches = random.uniform() < 0.9
            title.append(isF == matches ? "Ms" : "Mr")
            let place = (row / 2) % 10
            hired.append(place < (isF ? 3 : 6) ? "yes" : "no")
            noise.append(isF && row % 10 == 0 ? nil : random.gaussian())
        }
        return try DataFrame(columns: [
            Column("sex", sex), Column("title", title), Column("noise", noise), Column("hired", hired),
        ])
    }

    @Test func numbersThatAreMostlyTheGreatestMakeTwoGroups() throws {
        let values = (0..<100).map { $0 < 15 ? Double($0) : 50 }
        let rule = try GroupRule(of: Column("hours", values))
        #expect(rule.names == ["0 to 14", "above 14 to 50"] && rule.bounds == [14])
        #expect(try rule.groups(of: Column("hours", values)).counts == [15, 85])
        let gaps = try GroupRule(of: Column("age", (0..<100).map { $0 == 7 ? .nan : Double($0) }))
        #expect(gaps.values.count == 4 && gaps.names == gaps.values + [GroupRule.missing])
        for (value, quarter) in [(-5.0, 0), (gaps.bounds[0], 0), (gaps.bounds[0] + 0.5, 1), (1e9, 3)] {
            #expect(gaps.quarter(of: value) == quarter)
        }
    }

    @Test func ratesSharesAndGapsAreThoseOfTheTable() throws {
        let audit = try DataAudit(of: Self.frame(), sensitive: ["sex"], target: "hired")
        let groups = audit.groupings[0].groups
        #expect(groups.map(\.name) == ["f", "m", "(missing)"])
        #expect(groups.map(\.rows) == [297, 297, 6])
        #expect(audit.positive == "yes")
        let rate = try groups[0].baseRate.get()
        expectClose(rate, 0.3, relative: 0, absolute: 0.01)
        let interval = try #require(groups[0].baseRateInterval)
        #expect(interval.lower < rate && rate < interval.upper && interval.upper - interval.lower < 0.11)
        #expect((groups[0].missingShares["noise"] ?? 0) > 0.19)
        #expect(groups[1].missingShares["noise"] == 0)
        #expect(audit.warnings.contains { $0.contains("have no sex") })
        #expect(audit.warnings.contains { $0.contains("only 6 rows") })
    }

    @Test func proxiesAreFoundAndNamed() throws {
        let audit = try DataAudit(of: Self.frame(), sensitive: ["sex"], target: "hired")
        let proxy = try #require(audit.proxies.first)
        #expect(proxy.columns[0].name == "title")
        #expect(try proxy.rocAUC.get() > 0.8)
        #expect(audit.warnings.contains { $0.contains("leaving sex out does not hide it") })
    }

    @Test func intersectionsAreGroupsToo() throws {
        let frame = try DataFrame(columns: [
            Column("a", ["x", "x", "y", "y"]), Column("b", [1, 2, 1, 1]), Column("c", [0.5, 1, 2, 3]),
        ])
        let audit = try DataAudit(of: frame, sensitive: ["a", "b"])
        #expect(audit.groupings.map(\.title) == ["a", "b", "a × b"])
        #expect(audit.groupings[2].groups.map(\.name) == ["x × 1", "x × 2", "y × 1"])
        #expect(audit.groupings[0].groups[0].baseRate.value == nil)
    }

    @Test func numbersOfManyValuesAreQuartersAndHundredsOfTextsAreRefused() throws {
        let ages = Column("age", (0..<200).map { Double($0) })
        let rule = try GroupRule(of: ages)
        #expect(rule.names.count == 4)
        #expect(
            try rule.groups(of: Column("age", [0.0, 500, .nan])).strings == [
                rule.names[0], rule.names[3], GroupRule.missing,
            ])
        let names = Column("name", (0..<300).map { "n\($0)" })
        let error = try #require(throws: ApusError.self) { try GroupRule(of: names) }
        #expect(error.message.contains("300 different values"))
        let one = try DataAudit(
            of: DataFrame(columns: [Column("s", ["a", "a"]), Column("x", [1.0, 2])]), sensitive: ["s"])
        #expect(one.warnings.contains { $0.contains("one group only") })
        #expect(one.proxies.isEmpty)
    }
}

@Suite struct GroupRuleTests {
    @Test(arguments: [
        #"{"column":"a","names":["x","x"],"bounds":[]}"#, #"{"column":"a","names":["x"],"bounds":[1,2]}"#,
        #"{"column":"a","names":["x","y","z"],"bounds":[2,1]}"#,
    ])
    func malformedRulesAreRefused(_ text: String) {
        #expect(throws: ApusError.self) { try JSONDecoder().decode(GroupRule.self, from: Data(text.utf8)) }
    }

    @Test func rulesSurviveTheFile() throws {
        let rule = try GroupRule(of: Column("age", (0..<100).map { Double($0) }))
        #expect(try JSONDecoder().decode(GroupRule.self, from: JSONEncoder().encode(rule)) == rule)
    }
}
