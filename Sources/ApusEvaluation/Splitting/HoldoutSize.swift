import ApusCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How many rows a side of a split gets: a share of the rows or a number of them.
///
/// Literals do as in scikit-learn: `0.25` is a share and `25` a number of rows.
public enum HoldoutSize: Sendable, Hashable {
    /// A share of the rows, above 0 and below 1. A test share is rounded up to whole rows, a training share down.
    case fraction(Double)
    /// A number of rows, above 0 and below the number there is.
    case count(Int)

    fileprivate func check(_ name: String, rows: Int) throws {
        let isLegal =
            switch self {
            case .fraction(let share): share > 0 && share < 1
            case .count(let count): count > 0 && count < rows
            }
        guard isLegal else {
            throw ApusError(
                .invalidParameter,
                "\(name) is \(self), but it must be a number above 0 and below 1, or a whole number of rows above 0 and "
                    + "below the \(rows) there are.")
        }
    }

    /// How many of `rows` rows a split trains and tests on.
    ///
    /// - Parameters:
    ///   - rows: The number of rows to split.
    ///   - test: The size of the test side; nil for what `train` leaves.
    ///   - train: The size of the training side; nil for what `test` leaves.
    ///   - fallback: The share that is tested on when neither side has a size.
    /// - Throws: `ApusError` with code `invalidParameter` when a size is illegal, both together exceed the rows, or a side
    ///   would be left without rows.
    static func resolve(
        rows: Int, test: HoldoutSize?, train: HoldoutSize?, fallback: Double
    ) throws -> (train: Int, test: Int) {
        let test = test ?? (train == nil ? .fraction(fallback) : nil)
        try test?.check("testSize", rows: rows)
        try train?.check("trainSize", rows: rows)
        if case .fraction(let first) = test, case .fraction(let second) = train, first + second > 1 {
            throw ApusError(
                .invalidParameter,
                "testSize and trainSize add up to \(first + second), but they must add up to at most 1; reduce one.")
        }
        let testCount = test.map { size in
            switch size {
            case .fraction(let share): Int(ceil(share * Double(rows)))
            case .count(let count): count
            }
        }
        let trainCount = train.map { size in
            switch size {
            case .fraction(let share): Int(floor(share * Double(rows)))
            case .count(let count): count
            }
        }
        let tested = testCount ?? rows - (trainCount ?? 0)
        let trained = trainCount ?? rows - tested
        guard trained + tested <= rows else {
            throw ApusError(
                .invalidParameter,
                "testSize and trainSize ask for \(trained + tested) rows, but there are only \(rows); reduce one.")
        }
        guard trained > 0, tested > 0 else {
            throw ApusError(
                .invalidParameter,
                "\(rows) row\(rows == 1 ? "" : "s") leave nothing to \(trained > 0 ? "test" : "train") on; use more "
                    + "rows or other sizes.")
        }
        return (trained, tested)
    }
}

extension HoldoutSize: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    /// A share of the rows.
    public init(floatLiteral value: Double) { self = .fraction(value) }
    /// A number of rows.
    public init(integerLiteral value: Int) { self = .count(value) }
}

extension HoldoutSize: CustomStringConvertible {
    /// The share or the number.
    public var description: String {
        switch self {
        case .fraction(let share): "\(share)"
        case .count(let count): "\(count)"
        }
    }
}
