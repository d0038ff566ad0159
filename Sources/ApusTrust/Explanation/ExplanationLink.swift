import ApusCore
import Foundation

/// What is added up: the answers of a model themselves, or a function of them.
public enum ExplanationLink: String, Sendable, Hashable, CaseIterable {
    /// The answers.
    case identity
    /// The logarithm of the odds of a probability, `log(p / (1 - p))`: contributions multiply the odds.
    case logit

    /// The linked answer.
    ///
    /// - Throws: `ApusError` with code `numericalFailure` for a probability of 0 or 1 or none at all, whose odds have no
    ///   logarithm.
    func callAsFunction(_ answer: Double) throws -> Double {
        guard self == .logit else { return answer }
        guard answer > 0, answer < 1 else {
            throw ApusError(
                .numericalFailure,
                "The model answers \(answer), whose odds have no logarithm; explain its answers as they are (link identity), or "
                    + "a model whose probabilities lie between 0 and 1.")
        }
        return log(answer / (1 - answer))
    }
}
