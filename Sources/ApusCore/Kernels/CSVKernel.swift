/// Reading delimited text into typed columns: the parts of the CSV reader that work on raw bytes.
///
/// The reader goes through a file three times, in parallel and in pieces that depend on the file alone:
/// 1. *scan*: is it UTF-8 without NUL bytes, where do pieces begin that start with a whole record, how many lines are
///    there (`CSVKernelScan.swift`);
/// 2. *sample*: what do a few records of many pieces look like, to guess the type of each column;
/// 3. *parse*: straight into columns of the guessed types, noting every value that does not fit
///    (`CSVKernelChunk.swift`). Columns that were guessed wrong are parsed once more with the type that fits all of
///    their values, so the outcome is that of inference over the whole file.
@_documentation(visibility: internal)
public enum CSVKernel {
    /// How the text is put together.
    public struct Dialect: Sendable {
        /// The byte between fields.
        public var delimiter: UInt8
        /// The byte around fields that hold delimiters, quotes or line ends.
        public var quote: UInt8
        /// Whether spaces around unquoted fields are dropped.
        public var trimsSpaces: Bool
        /// The spellings of a missing value, other than an empty field.
        public var missingWords: [String]

        /// A dialect.
        public init(delimiter: UInt8, quote: UInt8, trimsSpaces: Bool, missingWords: [String]) {
            self.delimiter = delimiter
            self.quote = quote
            self.trimsSpaces = trimsSpaces
            self.missingWords = missingWords
        }
    }

    /// The types that a column can be parsed as.
    public enum Kind: UInt8, Sendable {
        /// Not parsed at all.
        case skipped
        /// 64-bit floating point.
        case double
        /// 64-bit whole numbers.
        case int
        /// Truth values.
        case bool
        /// Microseconds since 1970 in UTC.
        case dateTime
        /// Text.
        case text
        /// Only looked at.
        case observed
    }

    /// The values of one column.
    public enum Values: Sendable {
        /// Numbers; NaN where missing.
        case double([Double])
        /// Whole numbers; 0 where missing.
        case int([Int])
        /// Truth values; false where missing.
        case bool([Bool])
        /// Microseconds since 1970 in UTC; 0 where missing.
        case dateTime([Int])
        /// Text that repeats: for each row an index into `levels`, or -1 where missing.
        case dictionary(codes: [Int32], levels: [String])
        /// Text that does not repeat; empty where missing.
        case text(UTF8Buffer)
    }

    /// One column and where it has no value.
    public struct Column: Sendable {
        /// The values.
        public let values: Values
        /// A bit for each row, least significant first, set where the value is missing; empty when none is.
        public let missing: [UInt64]
    }

    /// What is wrong with a file, and at which byte.
    public enum Problem: Sendable, Equatable {
        /// A record with another number of fields than the first one.
        case ragged(found: Int)
        /// A quoted field that does not end.
        case unclosedQuote
        /// Text between a closing quote and the next delimiter.
        case textAfterQuote
        /// A value that is not of the type that was asked for.
        case mismatch(column: Int, text: String)
        /// The pieces do not fit together: a piece did not begin where a record does.
        case misaligned
        /// A byte that is not part of UTF-8 text.
        case notUTF8
        /// A byte of value 0.
        case nul
    }

    /// A problem and the offset of the byte where it begins.
    public struct Failure: Error, Sendable, Equatable {
        /// What is wrong.
        public let problem: Problem
        /// Where, in bytes from the start of the file.
        public let offset: Int

        /// A problem at the byte `offset`.
        public init(problem: Problem, offset: Int) {
            self.problem = problem
            self.offset = offset
        }
    }

    /// What values of a column looked like, as a set.
    struct Observed: OptionSet, Sendable {
        let rawValue: UInt8
        static let bool = Observed(rawValue: 1)
        static let int = Observed(rawValue: 2)
        static let double = Observed(rawValue: 4)
        static let dateTime = Observed(rawValue: 8)
        static let text = Observed(rawValue: 16)

        /// The narrowest type that holds all of them; numbers for a column without any value.
        var kind: Kind {
            switch self {
            case []: .double
            case .bool: .bool
            case .int: .int
            case .double, [.int, .double]: .double
            case .dateTime: .dateTime
            default: .text
            }
        }
    }
}

/// Many strings in one array of UTF-8 bytes.
@_documentation(visibility: internal)
public struct UTF8Buffer: Sendable, Hashable {
    /// The bytes of all strings, one after another.
    public let bytes: [UInt8]
    /// Where each string ends in `bytes`; it begins where the one before it ends.
    public let ends: [Int]

    /// Strings of which the bytes and ends are known; the ends must ascend and stay within the bytes.
    public init(bytes: [UInt8], ends: [Int]) {
        self.bytes = bytes
        self.ends = ends
    }

    /// The given strings.
    public init(_ strings: some Sequence<String>) {
        var bytes: [UInt8] = []
        var ends: [Int] = []
        for string in strings {
            bytes.append(contentsOf: string.utf8)
            ends.append(bytes.count)
        }
        self.init(bytes: bytes, ends: ends)
    }

    /// How many strings there are.
    public var count: Int { ends.count }

    /// Where the bytes of one string are.
    @inlinable
    public func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

    /// One string.
    public subscript(index: Int) -> String { String(decoding: bytes[range(index)], as: UTF8.self) }

    /// The strings at the given places, in that order.
    public func selecting(_ indices: [Int]) -> UTF8Buffer {
        var total = 0
        for index in indices { total += range(index).count }
        var chosen: [UInt8] = []
        chosen.reserveCapacity(total)
        var ends: [Int] = []
        ends.reserveCapacity(indices.count)
        for index in indices {
            chosen.append(contentsOf: bytes[range(index)])
            ends.append(chosen.count)
        }
        return UTF8Buffer(bytes: chosen, ends: ends)
    }
}
