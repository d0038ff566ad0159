import ApusCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Arithmetic on whole columns and single values.
enum Arithmetic {
    typealias Sign = ColumnExpression.Sign
    typealias Operand = ColumnExpression.Operand

    static func result(_ sign: Sign, _ a: Operand, _ b: Operand, _ name: String) throws -> Operand {
        if case .column(let a) = a, case .column(let b) = b { try checkRows(a.count, b.count) }
        guard let count = a.count ?? b.count else { return try constant(sign, a, b, name) }
        let missing = MissingMask(complete: count).union(a.missing(count)).union(b.missing(count))
        if sign == .plus, a.isText, b.isText { return .column(joined(a, b, count, missing).renamed(name)) }
        if let x = a.wholes, let y = b.wholes, let values = wholes(sign, x, y, count, missing) {
            return .column(Column(name: name, values: .int(values), missing: missing))
        }
        if sign == .minus, let x = a.times, let y = b.times {
            // The time between two points, in seconds.
            let values = (0..<count).map { row in
                missing[row] ? Double.nan : Double(x[row]) / 1_000_000 - Double(y[row]) / 1_000_000
            }
            return .column(Column(name, values))
        }
        let (x, y) = (try a.numbers(), try b.numbers())
        let values = [Double](filledInParallelRows: count, width: 1, blockSize: 1 << 15) { block, out in
            switch sign {
            case .plus: for row in block { out[row] = x[row] + y[row] }
            case .minus: for row in block { out[row] = x[row] - y[row] }
            case .times: for row in block { out[row] = x[row] * y[row] }
            case .over: for row in block { out[row] = x[row] / y[row] }
            case .remainder: for row in block { out[row] = remainder(x[row], y[row]) }
            case .power: for row in block { out[row] = pow(x[row], y[row]) }
            }
        }
        // A power of NaN may be 1, and yet nothing is known of it.
        return .column(sign == .power ? Column(name, values).masked(missing.union(.nan(values))) : Column(name, values))
    }

    /// The remainder of division with the sign of the divisor.
    static func remainder(_ a: Double, _ b: Double) -> Double {
        let rest = fmod(a, b)
        return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
    }

    /// Whole results of whole numbers; nil where one does not fit, or division is asked for.
    private static func wholes(
        _ sign: Sign, _ x: Values<Int>, _ y: Values<Int>, _ count: Int, _ missing: MissingMask
    ) -> [Int]? {
        var values = [Int](repeating: 0, count: count)
        var overflows = false
        switch sign {
        case .plus:
            for row in 0..<count {
                let (value, over) = x[row].addingReportingOverflow(y[row])
                values[row] = value
                overflows = overflows || over
            }
        case .minus:
            for row in 0..<count {
                let (value, over) = x[row].subtractingReportingOverflow(y[row])
                values[row] = value
                overflows = overflows || over
            }
        case .times:
            for row in 0..<count {
                let (value, over) = x[row].multipliedReportingOverflow(by: y[row])
                values[row] = value
                overflows = overflows || over
            }
        case .remainder:
            for row in 0..<count where !missing[row] {
                let divisor = y[row]
                if divisor == 0 { return nil }
                let rest = divisor == -1 ? 0 : x[row] % divisor
                values[row] = rest != 0 && (rest < 0) != (divisor < 0) ? rest + divisor : rest
            }
        case .over, .power: return nil
        }
        return overflows ? nil : values
    }

    private static func joined(_ a: Operand, _ b: Operand, _ count: Int, _ missing: MissingMask) -> Column {
        let (x, y) = (a.column(count: count), b.column(count: count))
        return Column("", (0..<count).map { missing[$0] ? nil : x.text(at: $0) + y.text(at: $0) })
    }

    private static func constant(_ sign: Sign, _ a: Operand, _ b: Operand, _ name: String) throws -> Operand {
        let made = try result(sign, .column(a.column(count: 1)), b, name)
        guard case .column(let column) = made else { return made }
        switch column.values {
        case .int(let values): return .literal(.whole(values[0]))
        case .string(let texts): return .literal(.text(texts[0]))
        case .double(let values): return .literal(.number(values[0]))
        default: return made
        }
    }

    /// An array, or one value for all rows.
    struct Values<Element: Sendable>: Sendable {
        let array: [Element]
        let step: Int

        init(_ array: [Element]) { (self.array, step) = (array, 1) }
        init(constant: Element) { (array, step) = ([constant], 0) }

        subscript(row: Int) -> Element { array[row &* step] }
    }
}

extension MissingMask {
    /// Missing where a value is NaN.
    static func nan(_ values: [Double]) -> MissingMask {
        values.contains(where: \.isNaN) ? MissingMask(values.lazy.map(\.isNaN)) : MissingMask(complete: values.count)
    }
}

extension ColumnExpression.Operand {
    /// How many rows a column has; nil for a single value.
    fileprivate var count: Int? { if case .column(let column) = self { column.count } else { nil } }

    fileprivate func missing(_ count: Int) -> MissingMask {
        if case .column(let column) = self { column.missing } else { MissingMask(complete: count) }
    }

    var isText: Bool {
        switch self {
        case .column(let column): column.type == .string || column.type == .categorical
        case .literal(.text): true
        case .literal: false
        }
    }

    var wholes: Arithmetic.Values<Int>? {
        switch self {
        case .column(let column): if case .int(let values) = column.values { .init(values) } else { nil }
        case .literal(.whole(let value)): .init(constant: value)
        case .literal: nil
        }
    }

    /// Points in time; a text that names one counts as such.
    var times: Arithmetic.Values<Int>? {
        switch self {
        case .column(let column): if case .dateTime(let values) = column.values { .init(values) } else { nil }
        case .literal(.time(let value)): .init(constant: value.microseconds)
        case .literal(.text(let text)): DateTime(text).map { .init(constant: $0.microseconds) }
        case .literal: nil
        }
    }

    func numbers() throws -> Arithmetic.Values<Double> {
        switch self {
        case .column(let column): return .init(try column.numbers())
        case .literal(.number(let value)): return .init(constant: value)
        case .literal(.whole(let value)): return .init(constant: Double(value))
        case .literal(.flag(let value)): return .init(constant: value ? 1 : 0)
        case .literal(.time(let value)): return .init(constant: value.secondsSince1970)
        case .literal(.text(let text)):
            throw ApusError(.invalidSchema, "The text “\(text)” stands where a number is needed; use a number.")
        }
    }
}
