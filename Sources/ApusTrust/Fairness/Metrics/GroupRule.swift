@_spi(Trusted) import ApusCore
import ApusFrame
import Foundation

/// How the values of a sensitive column become groups: each value one, numbers of many values in quarters of their rows, and
/// a missing value a group of its own.
///
///     let rule = try GroupRule(of: frame["age"])
///     rule.names                              // ["17 to 28", "above 28 to 37", …]
///     try rule.groups(of: other["age"])       // the same quarters for other rows
public struct GroupRule: Sendable, Hashable, Codable {
    /// Numeric columns with more values than this are grouped by quarters of their rows.
    public static let mostNumbers = 12
    /// Columns of text with more values than this are refused.
    public static let mostGroups = 100
    /// The name of the group of rows without a value.
    public static let missing = "(missing)"

    /// The column.
    public let column: String
    /// The names of the groups: values ascending, then `(missing)` where there are rows without a value.
    public let names: [String]
    /// The inner bounds of the quarters of a numeric column, ascending; a value belongs to the first quarter whose bound is
    /// not below it. Empty where every value is a group.
    public let bounds: [Double]

    /// The groups that a column makes.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` for a column of text with more than ``mostGroups`` values.
    public init(of column: Column) throws {
        self.column = column.name
        if Self.isNumber(column) {
            let sorted = try column.numbers().filter { !$0.isNaN }.sorted()
            let distinct = sorted.isEmpty ? 0 : 1 + zip(sorted, sorted.dropFirst()).count { $0 != $1 }
            if distinct > Self.mostNumbers {
                var bounds: [Double] = []
                for k in 1..<4 {
                    let bound = sorted[sorted.count * k / 4]
                    if bound > (bounds.last ?? -.infinity), bound < sorted[sorted.count - 1] { bounds.append(bound) }
                }
                // More than three quarters of the rows have the greatest value: what is below it is one group.
                if bounds.isEmpty, let below = sorted.last(where: { $0 < sorted[sorted.count - 1] }) {
                    bounds = [below]
                }
                let ends = bounds + [sorted[sorted.count - 1]]
                let quarters = ends.indices.map { k in
                    k == 0
                        ? "\(Self.text(sorted[0])) to \(Self.text(ends[0]))"
                        : "above \(Self.text(ends[k - 1])) to \(Self.text(ends[k]))"
                }
                self.bounds = bounds
                names = quarters + (column.missingCount > 0 ? [Self.missing] : [])
                return
            }
        }
        bounds = []
        let texts = Self.texts(column)
        let found = Set(texts.lazy.filter { $0 != Self.missing })
        guard found.count <= Self.mostGroups else {
            throw ApusError(
                .invalidSchema,
                "The sensitive column “\(column.name)” has \(found.count) different values (such as "
                    + "“\(found.min() ?? "")”), too many to compare as groups; group its values first, to at most "
                    + "\(Self.mostGroups).")
        }
        let ordered =
            Self.isNumber(column)
            ? found.sorted { (Double($0) ?? .infinity, $0) < (Double($1) ?? .infinity, $1) }
            : found.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
        names = ordered + (texts.contains(Self.missing) ? [Self.missing] : [])
    }

    /// The names of the groups without that of rows without a value.
    public var values: [String] { names.last == Self.missing ? names.dropLast() : names }

    /// The place among ``values`` of the quarter that a number belongs to; for columns grouped by ``bounds``.
    public func quarter(of value: Double) -> Int { bounds.count { value > $0 } }

    /// The group of each row of a column; values that made no group before make groups of their own, after the others.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` for text where there were numbers.
    public func groups(of column: Column) throws -> Labels {
        var names = self.names
        var places = Dictionary(uniqueKeysWithValues: zip(names, 0...))
        func place(_ name: String) -> Int {
            if let place = places[name] { return place }
            places[name] = names.count
            names.append(name)
            return names.count - 1
        }
        let codes: [Int]
        if bounds.isEmpty {
            codes = Self.texts(column).map(place)
        } else {
            codes = try column.numbers().map { value in
                value.isNaN ? place(Self.missing) : quarter(of: value)
            }
        }
        return Labels(trustedCodes: codes, classes: .strings(names))
    }

    /// The group of each row by some columns together: `Female × Black` for two of them.
    ///
    /// - Parameters:
    ///   - rules: At least one rule; each column must be in the frame.
    ///   - frame: The rows.
    /// - Returns: Only groups that occur, in the order of the first column, then of the second and so on.
    /// - Throws: `ApusError` with code `unknownName`, or `invalidSchema` for more than ``mostGroups`` groups.
    public static func groups(of rules: [GroupRule], in frame: DataFrame) throws -> Labels {
        let parts = try rules.map { try $0.groups(of: frame[$0.column]) }
        guard let first = parts.first else { throw ApusError(.invalidSchema, "No sensitive column is named.") }
        if parts.count == 1 { return first }
        var codes = first.codes
        var names = first.classes.names
        for part in parts.dropFirst() {
            let more = part.classes.names
            for row in codes.indices { codes[row] = codes[row] * more.count + part.codes[row] }
            let found = Set(codes).sorted()
            let places = Dictionary(uniqueKeysWithValues: zip(found, 0...))
            names = found.map { "\(names[$0 / more.count]) × \(more[$0 % more.count])" }
            codes = codes.map { places[$0, default: 0] }
        }
        guard names.count <= mostGroups else {
            throw ApusError(
                .invalidSchema,
                "The columns \(rules.map(\.column).joined(separator: " and ")) make \(names.count) groups together, too "
                    + "many to compare; name fewer columns, or group their values first.")
        }
        return Labels(trustedCodes: codes, classes: .strings(names))
    }

    private enum CodingKeys: String, CodingKey { case column, names, bounds }

    /// Reads a rule and checks that its groups and bounds fit together: it may come from anyone's model file.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        column = try container.decode(String.self, forKey: .column)
        names = try container.decode([String].self, forKey: .names)
        bounds = try container.decode([Double].self, forKey: .bounds)
        let ascends = zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 } && bounds.allSatisfy(\.isFinite)
        guard Set(names).count == names.count, names.count <= Self.mostGroups + 1, ascends,
            bounds.isEmpty || names.count(where: { $0 != Self.missing }) == bounds.count + 1
        else {
            throw ApusError(.unreadableModel, "The groups of column “\(column)” are malformed. Train the model again.")
        }
    }

    private static func isNumber(_ column: Column) -> Bool { column.type.isNumeric && column.type != .bool }

    private static func texts(_ column: Column) -> [String] {
        (0..<column.count).map { column.missing[$0] ? missing : column.text(at: $0) }
    }

    private static func text(_ value: Double) -> String {
        if let whole = Int(exactly: value) { return "\(whole)" }
        return String(format: "%.6g", value)
    }
}
