import ApusCore

/// The value of a metric that is not defined for every input, and what is to be known about it.
///
///     let precision = try precisionScore(truth, prediction)
///     precision.value     // nil when no row was predicted positive
///     precision.note      // "precision is not defined: no row was predicted “yes”"
///
/// A value that is not defined is nil, never a silent 0. Where a convention supplies a value all the same, as with
/// scikit-learn's averages over classes of which one is not defined, `note` says so.
public struct MetricValue: Sendable, Hashable, Codable {
    /// The number, or nil when it is not defined.
    public let value: Double?
    /// Why there is no number, or which convention it rests on; nil for an ordinary number.
    public let note: String?

    /// A number, with the convention it rests on if it does.
    public init(_ value: Double, note: String? = nil) {
        self.value = value
        self.note = note
    }

    /// A number that is not defined.
    public init(undefined reason: String) {
        value = nil
        note = reason
    }

    /// The number.
    ///
    /// - Throws: `ApusError` with code `undefined` when there is none.
    public func get() throws -> Double {
        guard let value else { throw ApusError(.undefined, note ?? "The value is not defined.") }
        return value
    }

    /// The same with the number changed, as when a loss becomes a score.
    func map(_ transform: (Double) -> Double) -> MetricValue {
        guard let value else { return self }
        return MetricValue(transform(value), note: note)
    }
}

extension MetricValue: CustomStringConvertible {
    /// The number in its shortest form, or `undefined`.
    public var description: String { value.map { "\($0)" } ?? "undefined" }
}
