import ApusCore

/// The most columns that a transformer may make.
let mostOutputColumns = 1 << 22

/// Throws when a transformed matrix would have more elements than any machine should be asked for (2³¹, or 16 GB).
///
/// - Parameters:
///   - rows: Rows that go in.
///   - columns: Columns that come out.
///   - remedy: What to do about it, completing "…; remedy."
/// - Throws: `ApusError` with code `invalidInput`.
func checkOutputSize(rows: Int, columns: Int, remedy: String) throws {
    let (elements, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard columns <= mostOutputColumns, !overflow, elements <= 1 << 31 else {
        throw ApusError(
            .invalidInput, "\(rows) rows would get \(columns) columns each, more than can be held; \(remedy).")
    }
}

/// Whether two arrays hold the same numbers, NaN being the same as NaN.
func sameBits(_ a: [Double], _ b: [Double]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN }
}
