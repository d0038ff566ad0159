/// What an interviewer asks, and a good answer.
public struct Question: Sendable, Hashable {
    /// What is asked; `backquoted` parts are code.
    public let text: String
    /// What to say; `backquoted` parts are code.
    public let answer: String
    /// Whether the obvious answer is wrong.
    public let isTrap: Bool

    /// A question.
    public init(_ text: String, _ answer: String) {
        self.init(text, answer, isTrap: false)
    }

    private init(_ text: String, _ answer: String, isTrap: Bool) {
        self.text = text
        self.answer = answer
        self.isTrap = isTrap
    }

    /// A question whose obvious answer is wrong.
    public static func trap(_ text: String, _ answer: String) -> Question { Question(text, answer, isTrap: true) }
}
