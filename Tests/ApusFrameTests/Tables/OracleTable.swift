import ApusCore
import ApusFrame
import ApusTestSupport
import Testing

/// Expects a frame to hold what a table of a fixture says: names, missing values, texts as they are, and numbers to 13
/// digits.
func expectTable(
    _ frame: DataFrame, _ oracle: Oracle, relative: Double = 1e-13, _ comment: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let expected = try oracle.array("columns")
    #expect(frame.rowCount == (try oracle.int("rows")), "\(comment) rows", sourceLocation: sourceLocation)
    #expect(
        frame.columnNames == (try expected.map { try $0.string("name") }), "\(comment)", sourceLocation: sourceLocation)
    guard frame.columns.count == expected.count else { return }
    for (column, expected) in zip(frame.columns, expected) {
        let comment = "\(comment) column \(column.name)"
        let missing = try expected.bools("missing")
        guard column.count == missing.count else { return }
        #expect(
            (0..<column.count).map { column.missing[$0] } == missing, "\(comment)", sourceLocation: sourceLocation)
        switch try expected.string("type") {
        case "number":
            expectClose(
                try column.numbers(), try expected.doubles("values"), relative: relative, absolute: 1e-300, comment,
                sourceLocation: sourceLocation)
        case "time":
            let times = try expected.strings("values").map { DateTime($0) }
            #expect(try column.values(as: DateTime.self) == times, "\(comment)", sourceLocation: sourceLocation)
        default:
            #expect(
                (0..<column.count).map { column.text(at: $0) } == (try expected.strings("values")), "\(comment)",
                sourceLocation: sourceLocation)
        }
    }
}

/// The message of the error that `body` throws.
func failure(_ body: () throws -> Void) -> String {
    do {
        try body()
        return "nothing was thrown"
    } catch {
        return (error as? ApusError)?.message ?? "\(error)"
    }
}
