/// Class labels: a code for each row, and the distinct classes in ascending order.
///
///     let y = Labels(["cat", "dog", "cat"])
///     y.codes            // [0, 1, 0]
///     y.classes.names    // ["cat", "dog"]
///     y.strings          // ["cat", "dog", "cat"]
///
/// Classes may be integers, strings or booleans; numbers ascend numerically, strings by Unicode code point, and false
/// comes before true, as in scikit-learn.
public struct Labels: Sendable, Hashable {
    /// The distinct classes that labels refer to, in ascending order.
    public enum Classes: Sendable, Hashable, Codable {
        /// Classes that are whole numbers.
        case integers([Int])
        /// Classes that are text.
        case strings([String])
        /// Classes that are false and true, or only one of them.
        case booleans([Bool])

        /// Number of classes.
        public var count: Int {
            switch self {
            case .integers(let values): values.count
            case .strings(let values): values.count
            case .booleans(let values): values.count
            }
        }

        /// Each class as text: the way it is printed in reports and named in columns such as `probability_CLASS`.
        public var names: [String] {
            switch self {
            case .integers(let values): values.map { String($0) }
            case .strings(let values): values
            case .booleans(let values): values.map { $0 ? "true" : "false" }
            }
        }
    }

    /// For each row the index of its class in `classes`.
    public let codes: [Int]
    /// The distinct classes, ascending. There may be more of them than occur in `codes`.
    public let classes: Classes

    /// Labels from codes into known classes.
    ///
    /// - Throws: `ApusError` with code `invalidInput` when a code has no class.
    public init(codes: [Int], classes: Classes) throws {
        if let row = codes.firstIndex(where: { $0 < 0 || $0 >= classes.count }) {
            throw ApusError(
                .invalidInput, "Row \(row) has class code \(codes[row]), but there are only \(classes.count) classes.")
        }
        self.codes = codes
        self.classes = classes
    }

    /// Labels that a model computed itself, so that every code is known to have its class.
    @_spi(Trusted) public init(trustedCodes: [Int], classes: Classes) {
        codes = trustedCodes
        self.classes = classes
    }

    /// Labels from whole numbers.
    public init(_ values: [Int]) {
        let distinct = Array(Set(values)).sorted()
        codes = Labels.encode(values, distinct)
        classes = .integers(distinct)
    }

    /// Labels from text; classes ascend by Unicode code point.
    public init(_ values: [String]) {
        let distinct = Array(Set(values)).sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
        codes = Labels.encode(values, distinct)
        classes = .strings(distinct)
    }

    /// Labels from truth values; false is class 0 where both occur.
    public init(_ values: [Bool]) {
        let distinct = [false, true].filter(values.contains)
        codes = Labels.encode(values, distinct)
        classes = .booleans(distinct)
    }

    /// Labels from text with the classes of other labels, such as those a model was trained on: the codes mean the same.
    ///
    /// - Throws: `ApusError` with code `invalidInput` for a text that is none of the classes' names.
    public init(_ values: [String], among classes: Classes) throws {
        let places = Dictionary(zip(classes.names, 0...), uniquingKeysWith: { first, _ in first })
        codes = try values.enumerated().map { row, value in
            guard let code = places[value] else {
                throw ApusError(
                    .invalidInput,
                    "Row \(row) has the class \u{201C}\(value)\u{201D}, which is none of "
                        + classes.names.prefix(10).joined(separator: ", ")
                        + (classes.count > 10 ? ", \u{2026}; " : "; ") + "correct it or learn the classes anew.")
            }
            return code
        }
        self.classes = classes
    }

    private static func encode<Value: Hashable>(_ values: [Value], _ distinct: [Value]) -> [Int] {
        let places = Dictionary(uniqueKeysWithValues: zip(distinct, 0...))
        return values.map { places[$0, default: 0] }
    }

    /// Number of rows.
    public var count: Int { codes.count }

    /// The labels as text, whatever kind they are.
    public var strings: [String] {
        let names = classes.names
        return codes.map { names[$0] }
    }

    /// The labels as whole numbers, or nil when they are of another kind.
    public var integers: [Int]? {
        guard case .integers(let values) = classes else { return nil }
        return codes.map { values[$0] }
    }

    /// The labels as truth values, or nil when they are of another kind.
    public var booleans: [Bool]? {
        guard case .booleans(let values) = classes else { return nil }
        return codes.map { values[$0] }
    }

    /// How many rows each class has, in the order of `classes`.
    public var counts: [Int] {
        var counts = [Int](repeating: 0, count: classes.count)
        for code in codes { counts[code] += 1 }
        return counts
    }

    /// The labels of the rows with the given indices, with the same classes.
    public func selecting(rows indices: [Int]) -> Labels {
        Labels(trustedCodes: indices.map { codes[$0] }, classes: classes)
    }

    /// The same labels with only those classes that occur, as a classifier sees them in `fit`.
    public var compacted: Labels {
        let counts = counts
        let kept = counts.indices.filter { counts[$0] > 0 }
        if kept.count == counts.count { return self }
        var place = [Int](repeating: 0, count: counts.count)
        for (new, old) in kept.enumerated() { place[old] = new }
        let classes: Classes =
            switch self.classes {
            case .integers(let values): .integers(kept.map { values[$0] })
            case .strings(let values): .strings(kept.map { values[$0] })
            case .booleans(let values): .booleans(kept.map { values[$0] })
            }
        return Labels(trustedCodes: codes.map { place[$0] }, classes: classes)
    }

    /// Throws unless there are as many labels as rows and at least `minimum` different classes among them.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    public func check(rows: Int, minimumClasses minimum: Int = 1) throws {
        guard count == rows else {
            throw ApusError(.shapeMismatch, "y has \(count) labels where x has \(rows) rows; give one for each row.")
        }
        let present = counts.count { $0 > 0 }
        guard present >= minimum else {
            let only = strings.first.map { "\u{201C}\($0)\u{201D}" } ?? "none"
            throw ApusError(
                .invalidInput,
                "y has only one class (\(only)), but a classifier needs at least \(minimum); "
                    + "check the target column or take rows of another class too.")
        }
    }
}

extension Labels: Codable {}
