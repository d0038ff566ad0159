import ApusCore

/// How wrong a predicted number is, for a bound on the mean of it in each group.
public enum GroupLoss: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// The square of the difference.
    case square
    /// The size of the difference.
    case absolute

    /// The loss of a prediction; numbers beyond the range count as its ends.
    func callAsFunction(_ truth: Double, _ prediction: Double, range: ClosedRange<Double>) -> Double {
        let difference = truth.clamped(to: range) - prediction.clamped(to: range)
        return self == .square ? difference * difference : difference.magnitude
    }
}

extension Double {
    /// The number, or the end of the range that it lies beyond.
    func clamped(to range: ClosedRange<Double>) -> Double { min(max(self, range.lowerBound), range.upperBound) }
}
