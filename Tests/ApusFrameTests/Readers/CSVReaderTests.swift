import ApusCore
import ApusFrame
import Testing

/// The message of the error that `body` throws.
func message(_ body: () throws -> Void) -> String {
    do {
        try body()
        return "no error"
    } catch {
        return "\(error)"
    }
}

@Suite struct CSVReaderTests {
    @Test func infersATypeForEachColumnFromAllOfItsValues() throws {
        let frame = try DataFrame(
            csvText: #"""
                whole,number,flag,day,name,code,big,nothing
                1,1,true,2024-02-29,Ann,007,9223372036854775807,
                -2,2.5,FALSE,2023-01-01,"Bob, the ""builder""",8,9223372036854775808,NA
                NA,,,,,9,1,null
                """#)
        #expect(
            frame.columns.map(\.type) == [.int, .double, .bool, .dateTime, .string, .int, .double, .double])
        #expect(try frame["whole"].values(as: Int.self) == [1, -2, nil])
        #expect(try frame["number"].values(as: Double.self) == [1, 2.5, nil])
        #expect(try frame["flag"].values(as: Bool.self) == [true, false, nil])
        #expect(try frame["day"].values(as: DateTime.self) == [DateTime("2024-02-29"), DateTime("2023-01-01"), nil])
        #expect(try frame["name"].values(as: String.self) == ["Ann", "Bob, the \"builder\"", nil])
        #expect(try frame["code"].values(as: Int.self) == [7, 8, 9])
        #expect(try frame["big"].values(as: Double.self) == [9_223_372_036_854_775_808, 9_223_372_036_854_775_808, 1])
        #expect(frame.missingCounts.map(\.count) == [1, 1, 1, 1, 1, 0, 0, 3])
    }

    @Test(arguments: ["\n", "\r\n", "\r"]) func readsEveryKindOfLineEnd(_ end: String) throws {
        let text = ["a,b", "1,\"x\(end)y\"", "", "2,z", ""].joined(separator: end)
        let frame = try DataFrame(csvText: "\u{FEFF}" + text)
        #expect(frame.columnNames == ["a", "b"])
        #expect(try frame["a"].values(as: Int.self) == [1, 2])
        #expect(try frame["b"].values(as: String.self) == ["x\(end)y", "z"])
    }

    @Test func namesTheLineOfARaggedRow() {
        #expect(
            message { _ = try DataFrame(csvText: "a,b\n1,2\n\"x\ny\",2\n3\n") }.hasPrefix(
                "CSV text, line 5: there is 1 field where there are 2 columns"))
    }

    @Test func namesTheLineWhereAQuoteOpened() {
        #expect(
            message { _ = try DataFrame(csvText: "a,b\n1,2\n3,\"x\n4,5\n") }.hasPrefix(
                "CSV text, line 3: the quote that opens here is never closed"))
    }
}
