import ApusCore

/// Which classes are resampled, and to how many rows.
public enum SamplingStrategy: Sendable, Hashable, Codable {
    /// All but the largest class when rows are added, all but the smallest when rows are taken away.
    case auto
    /// The smallest class alone; only for adding rows.
    case minority
    /// All classes but the smallest.
    case notMinority
    /// All classes but the largest.
    case notMajority
    /// The largest class alone; only for taking rows away.
    case majority
    /// Every class.
    case all
    /// Of two classes, how many rows the smaller shall have for one of the larger: above 0 and at most 1.
    case ratio(Double)
    /// How many rows each of the named classes shall have; the others stay as they are.
    case counts([String: Int])

    /// What is legal as a parameter: a word, a ratio, or counts such as `yes:500,no:500`.
    public static let legalValues = LegalValues.either([
        .choice(words.map(\.word)), .number(from: 0, to: 1, openLower: true, openUpper: false), .named(.atLeast(0)),
    ])

    private static let words: [(word: String, value: SamplingStrategy)] = [
        ("auto", .auto), ("minority", .minority), ("notMinority", .notMinority), ("notMajority", .notMajority),
        ("majority", .majority), ("all", .all),
    ]

    /// What a resampler does to classes.
    enum Direction {
        /// It adds rows.
        case over
        /// It keeps a number of rows.
        case under
        /// It takes away those rows that satisfy some condition.
        case cleaning
    }

    /// A class to resample.
    struct Target: Hashable {
        /// The code of the class.
        let code: Int
        /// Rows to add, or rows to keep; without a meaning for cleaning.
        let rows: Int
    }

    /// The classes to resample, ascending.
    ///
    /// The largest class is the first of those with the most rows, the smallest the first of those with the fewest.
    ///
    /// - Throws: `ApusError` with code `invalidParameter`, naming the strategy and what it cannot do.
    func targets(_ y: Labels, _ direction: Direction) throws -> [Target] {
        let counts = y.counts
        let present = counts.indices.filter { counts[$0] > 0 }
        let most = present.map { counts[$0] }.max() ?? 0
        let least = present.map { counts[$0] }.min() ?? 0
        let largest = present.first { counts[$0] == most }
        let smallest = present.first { counts[$0] == least }
        let chosen: [Int]
        switch self {
        case .auto: chosen = present.filter { $0 != (direction == .over ? largest : smallest) }
        case .all: chosen = present
        case .notMinority: chosen = present.filter { $0 != smallest }
        case .notMajority: chosen = present.filter { $0 != largest }
        case .minority where direction == .over: chosen = present.filter { $0 == smallest }
        case .majority where direction != .over: chosen = present.filter { $0 == largest }
        case .minority: throw Self.unfit("minority", "to take rows away; use auto, majority or counts")
        case .majority: throw Self.unfit("majority", "to add rows; use auto, minority or counts")
        case .ratio(let ratio): return try byRatio(ratio, counts, largest, smallest, direction)
        case .counts(let wanted): return try byCounts(wanted, y, direction)
        }
        return chosen.map { Target(code: $0, rows: direction == .over ? most - counts[$0] : least) }
    }

    private func byRatio(
        _ ratio: Double, _ counts: [Int], _ largest: Int?, _ smallest: Int?, _ direction: Direction
    ) throws -> [Target] {
        let present = counts.indices.filter { counts[$0] > 0 }
        guard direction != .cleaning else { throw Self.unfit("a ratio", "to find rows to take away; use a word") }
        guard present.count == 2, let largest, let smallest else {
            throw Self.unfit(
                "a ratio", "for \(present.count) classes, only for two; give counts such as yes:500,no:500")
        }
        switch direction {
        case .over:
            let target = present.first { $0 != largest } ?? smallest
            let added = Int(Double(counts[largest]) * ratio - Double(counts[target]))
            guard added > 0 else {
                throw Self.unfit(
                    "\(ratio)",
                    "to add rows: the smaller class already has \(counts[target]) for \(counts[largest]) of the larger; "
                        + "use a larger ratio")
            }
            return [Target(code: target, rows: added)]
        case .under, .cleaning:
            let target = present.first { $0 != smallest } ?? largest
            let wanted = Double(counts[smallest]) / ratio
            guard wanted < Double(counts[target]) + 1 else {
                throw Self.unfit(
                    "\(ratio)",
                    "to take rows away: the smaller class already has \(counts[smallest]) for \(counts[target]) of the "
                        + "larger; use a larger ratio")
            }
            return [Target(code: target, rows: Int(wanted))]
        }
    }

    private func byCounts(_ wanted: [String: Int], _ y: Labels, _ direction: Direction) throws -> [Target] {
        guard direction != .cleaning else { throw Self.unfit("counts", "to find rows to take away; use a word") }
        let (names, counts) = (y.classes.names, y.counts)
        return try wanted.map { name, rows in
            guard let code = names.firstIndex(of: name), counts[code] > 0 else {
                let known = names.indices.filter { counts[$0] > 0 }.map { names[$0] }.joined(separator: ", ")
                throw ApusError(
                    .invalidParameter, "samplingStrategy names the class \(name), but the classes are \(known).")
            }
            guard direction == .over ? rows >= counts[code] : rows <= counts[code] else {
                throw ApusError(
                    .invalidParameter,
                    "samplingStrategy asks for \(rows) rows of class \(name), which has \(counts[code]); "
                        + (direction == .over
                            ? "adding rows cannot make it smaller." : "taking rows away cannot make it larger."))
            }
            return Target(code: code, rows: direction == .over ? rows - counts[code] : rows)
        }.sorted { $0.code < $1.code }
    }

    private static func unfit(_ strategy: String, _ why: String) -> ApusError {
        ApusError(.invalidParameter, "samplingStrategy is \(strategy), which is not there \(why).")
    }
}

extension SamplingStrategy: ParameterConvertible {
    /// A word, a number, or an object of counts by class name.
    public var parameterValue: JSONValue {
        switch self {
        case .ratio(let ratio): .double(ratio)
        case .counts(let counts): .object(counts.mapValues { .int($0) })
        default: .string(Self.words.first { $0.value == self }?.word ?? "auto")
        }
    }

    /// The strategy that a JSON value stands for.
    public init?(parameterValue: JSONValue) {
        switch parameterValue {
        case .string(let word):
            guard let known = Self.words.first(where: { $0.word == word }) else { return nil }
            self = known.value
        case .object(let object):
            let counts = object.compactMapValues(\.intValue)
            guard counts.count == object.count else { return nil }
            self = .counts(counts)
        default:
            guard let ratio = parameterValue.doubleValue else { return nil }
            self = .ratio(ratio)
        }
    }
}
