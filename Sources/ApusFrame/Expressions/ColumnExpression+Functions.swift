import ApusCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

// MARK: Numbers

extension ColumnExpression {
    /// What a function makes of the whole column: `frame.price.applying("smooth") { try $0.rolling(7).mean() }`.
    ///
    /// - Parameters:
    ///   - name: What the function is called in formulas and messages.
    ///   - body: Gives a column of as many rows.
    public func applying(
        _ name: String = "function", _ body: @escaping @Sendable (Column) throws -> Column
    ) -> ColumnExpression { ColumnExpression(.function(name, self, body)) }

    /// What a function makes of each number; missing values stay missing.
    public func map(_ name: String = "function", _ body: @escaping @Sendable (Double) -> Double) -> ColumnExpression {
        applying(name) { try $0.map(body) }
    }

    /// The distances from 0.
    public var magnitude: ColumnExpression {
        applying("abs") { column in
            guard case .int(let values) = column.values, !values.contains(.min) else {
                return try column.map { $0.magnitude }
            }
            return Column(name: column.name, values: .int(values.map { abs($0) }), missing: column.missing)
        }
    }
    /// The square roots; missing below 0.
    public var squareRoot: ColumnExpression { map("sqrt") { $0.squareRoot() } }
    /// e to the power of each number.
    public var exponential: ColumnExpression { map("exp") { exp($0) } }
    /// The natural logarithms; missing below 0.
    public var logarithm: ColumnExpression { map("log") { log($0) } }
    /// The natural logarithms of 1 plus each number, exact near 0.
    public var logarithmOfOnePlus: ColumnExpression { map("log1p") { log1p($0) } }
    /// The largest whole numbers that are not above.
    public var floor: ColumnExpression { map("floor") { $0.rounded(.down) } }
    /// The smallest whole numbers that are not below.
    public var ceiling: ColumnExpression { map("ceil") { $0.rounded(.up) } }

    /// The numbers with some decimals; halves go to the even neighbour, as in NumPy.
    ///
    /// - Parameter decimals: From -300 to 300; negative ones round to tens, hundreds, and so on.
    public func rounded(_ decimals: Int = 0) -> ColumnExpression {
        let unit = pow(10, Double(Swift.min(300, Swift.max(-300, decimals.magnitude > 300 ? 300 : abs(decimals)))))
        return map("round") { value in
            let scaled = (decimals < 0 ? value / unit : value * unit).rounded(.toNearestOrEven)
            guard scaled.isFinite else { return value }
            return decimals < 0 ? scaled * unit : scaled / unit
        }
    }

    /// The numbers, at least `low` and at most `high`.
    public func clipped(_ low: Double = -.infinity, _ high: Double = .infinity) -> ColumnExpression {
        map("clip") { Swift.min(Swift.max($0, low), high) }
    }

    /// The values with something in place of missing ones.
    public func filled(with filling: Filling) -> ColumnExpression {
        applying("filled") { try $0.filled(with: filling) }
    }

    /// The values as another type.
    public func cast(to type: ColumnType) -> ColumnExpression { applying(type.rawValue) { try $0.cast(to: type) } }

    /// The values some rows further down, as lag features need them.
    public func shifted(by rows: Int) -> ColumnExpression { applying("shifted") { $0.shifted(by: rows) } }

    /// A part of each point in time.
    public func part(_ part: DatePart) -> ColumnExpression { applying(part.rawValue) { try $0.part(part) } }
}

// MARK: Text

extension ColumnExpression {
    /// The texts in lower case.
    public func lowercased() -> ColumnExpression { applying("lowercased") { try $0.lowercased() } }
    /// The texts in upper case.
    public func uppercased() -> ColumnExpression { applying("uppercased") { try $0.uppercased() } }
    /// The texts without white space at their beginning and end.
    public func trimmed() -> ColumnExpression { applying("trimmed") { try $0.trimmed() } }
    /// The texts with another in place of each occurrence of `old`.
    public func replacing(_ old: String, with new: String) -> ColumnExpression {
        applying("replacing") { try $0.replacing(old, with: new) }
    }
    /// How many characters each text has.
    public var lengths: ColumnExpression { applying("lengths") { try $0.lengths() } }
}

// MARK: Conditions

extension ColumnExpression {
    private func test(
        _ name: String, _ body: @escaping @Sendable (Column) throws -> RowCondition
    ) -> ConditionExpression { ConditionExpression(.test(name, self, body)) }

    /// Where the value is missing; always known.
    public var isMissing: ConditionExpression { test("isMissing") { $0.isMissing } }
    /// Where there is a value; always known.
    public var isPresent: ConditionExpression { test("isPresent") { !$0.isMissing } }
    /// Where the text contains another.
    public func contains(_ part: String) -> ConditionExpression { test("contains") { try $0.contains(part) } }
    /// Where the text begins with another.
    public func hasPrefix(_ part: String) -> ConditionExpression { test("hasPrefix") { try $0.hasPrefix(part) } }
    /// Where the text ends with another.
    public func hasSuffix(_ part: String) -> ConditionExpression { test("hasSuffix") { try $0.hasSuffix(part) } }
    /// Where the number is within a range, its bounds included.
    public func isWithin(_ range: ClosedRange<Double>) -> ConditionExpression {
        test("isWithin") { column in
            RowCondition(try column.numbers().map { range.contains($0) }, unknown: column.missing)
        }
    }
    /// Where the text is one of some.
    public func isOne(of texts: Set<String>) -> ConditionExpression { test("isOne") { try $0.isOne(of: texts) } }
    /// Where the number is one of some.
    public func isOne(of numbers: Set<Double>) -> ConditionExpression {
        test("isOne") { column in
            RowCondition(try column.numbers().map { numbers.contains($0) }, unknown: column.missing)
        }
    }
}

extension ConditionExpression {
    /// One value where the condition holds and another where it does not; missing where it is unknown.
    ///
    ///     frame["fare"] = (frame.age < 18).choosing(0.5, otherwise: 1.0) * frame.price
    public func choosing(_ value: some ColumnOperand, otherwise other: some ColumnOperand) -> ColumnExpression {
        ColumnExpression(.choice(self, value.columnExpression, other.columnExpression))
    }
}
