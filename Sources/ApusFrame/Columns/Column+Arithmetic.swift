import ApusCore

// Arithmetic is done on numbers, element by element; where an operand is missing, or the result is not a number, the
// result is missing. Sums, differences and products of whole numbers stay whole unless one of them would overflow.
extension Column {
    /// The sums.
    public static func + (a: Column, b: Column) throws -> Column {
        try a.combined(b, "+", { $0.addingReportingOverflow($1) }) { $0 + $1 }
    }
    /// The differences.
    public static func - (a: Column, b: Column) throws -> Column {
        try a.combined(b, "-", { $0.subtractingReportingOverflow($1) }) { $0 - $1 }
    }
    /// The products.
    public static func * (a: Column, b: Column) throws -> Column {
        try a.combined(b, "*", { $0.multipliedReportingOverflow(by: $1) }) { $0 * $1 }
    }
    /// The quotients, which are never whole numbers in type.
    public static func / (a: Column, b: Column) throws -> Column { try a.combined(b, "/", nil) { $0 / $1 } }

    /// Each number plus `b`.
    public static func + (a: Column, b: Double) throws -> Column { try a.map { $0 + b } }
    /// Each number minus `b`.
    public static func - (a: Column, b: Double) throws -> Column { try a.map { $0 - b } }
    /// Each number times `b`.
    public static func * (a: Column, b: Double) throws -> Column { try a.map { $0 * b } }
    /// Each number divided by `b`.
    public static func / (a: Column, b: Double) throws -> Column { try a.map { $0 / b } }
    /// `a` plus each number.
    public static func + (a: Double, b: Column) throws -> Column { try b.map { a + $0 } }
    /// `a` minus each number.
    public static func - (a: Double, b: Column) throws -> Column { try b.map { a - $0 } }
    /// `a` times each number.
    public static func * (a: Double, b: Column) throws -> Column { try b.map { a * $0 } }
    /// `a` divided by each number.
    public static func / (a: Double, b: Column) throws -> Column { try b.map { a / $0 } }

    /// The numbers changed by `body`; missing values stay missing.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` for a column of text, and what `body` throws.
    public func map(_ body: (Double) throws -> Double) throws -> Column {
        Column(name, try numbers().map { $0.isNaN ? .nan : try body($0) })
    }

    private func combined(
        _ other: Column, _ sign: String, _ whole: ((Int, Int) -> (partialValue: Int, overflow: Bool))?,
        _ body: (Double, Double) -> Double
    ) throws -> Column {
        try checkRows(count, other.count)
        let name = "\(name) \(sign) \(other.name)"
        if let whole, case .int(let a) = values, case .int(let b) = other.values {
            let results = zip(a, b).map(whole)
            if !results.contains(where: \.overflow) {
                return Column(
                    name: name, values: .int(results.map(\.partialValue)), missing: missing.union(other.missing))
            }
        }
        return Column(name, zip(try numbers(), try other.numbers()).map(body))
    }
}
