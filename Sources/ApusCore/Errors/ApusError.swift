/// What went wrong, where, and how to mend it: the one error type that Apus throws.
///
/// `message` is a whole sentence for the person who caused the error: it names the file, line, column, parameter or
/// field, says what was found there, and ends with what to do about it. `code` is for programs that react to it.
///
///     do {
///         let frame = try DataFrame(csv: path)
///     } catch let error as ApusError where error.code == .unreadableData {
///         print(error.message)
///     }
public struct ApusError: Error, Sendable {
    /// The kind of failure, open for extension: a library on top of Apus may add its own codes.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The code's name as it appears in JSON answers, in lowerCamelCase.
        public let description: String

        /// A code with a name of its own.
        public init(_ name: String) { description = name }

        /// A hyper-parameter is unknown, of the wrong type or outside its legal range.
        public static let invalidParameter = Code("invalidParameter")
        /// Numbers that were passed in cannot be used: not finite, negative where they must not be, all the same.
        public static let invalidInput = Code("invalidInput")
        /// Two shapes that must agree do not.
        public static let shapeMismatch = Code("shapeMismatch")
        /// A column, role or type of a data frame is not what the work needs.
        public static let invalidSchema = Code("invalidSchema")
        /// A data file is missing, malformed or in another encoding.
        public static let unreadableData = Code("unreadableData")
        /// A model file is truncated, corrupt, foreign or of a later version.
        public static let unreadableModel = Code("unreadableModel")
        /// A file could not be written; nothing half-written is left behind.
        public static let unwritableFile = Code("unwritableFile")
        /// A name (of a model, a data set, a column, a score) that is not known.
        public static let unknownName = Code("unknownName")
        /// A linear-algebra routine failed to converge or met a singular matrix.
        public static let numericalFailure = Code("numericalFailure")
        /// The answer is not defined for this input.
        public static let undefined = Code("undefined")
        /// Something outside could not be reached: a port, a host, a process.
        public static let unavailable = Code("unavailable")
    }

    /// The kind of failure.
    public let code: Code
    /// What happened, where, and how to mend it, in whole sentences.
    public let message: String
    /// The error underneath, where there is one.
    public let cause: (any Error)?

    /// An error of kind `code` with a message for the person who can mend it.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension ApusError: CustomStringConvertible {
    /// The message, followed by the underlying error where there is one.
    public var description: String {
        guard let cause else { return message }
        return "\(message) (\(cause))"
    }
}
