/// A change for the reader to make, and what will come of it.
public struct Attempt: Sendable, Hashable {
    /// What to change; `backquoted` parts are code.
    public let change: String
    /// What to expect, and why; `backquoted` parts are code.
    public let expectation: String

    /// A change and its effect.
    public init(_ change: String, expect expectation: String) {
        self.change = change
        self.expectation = expectation
    }
}
