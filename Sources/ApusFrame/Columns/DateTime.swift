import ApusCore

/// A point in time, to the microsecond, in UTC.
///
///     let start = DateTime("2024-02-29T12:30:05.25Z")
///
/// Texts without a zone are taken to be in UTC.
public struct DateTime: Sendable, Hashable, Comparable, Codable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    public let microseconds: Int

    /// The point in time `microseconds` after 1970-01-01T00:00:00Z.
    public init(microseconds: Int) { self.microseconds = microseconds }

    /// The point in time that an ISO 8601 text names: a date, or a date and a time with an optional fraction of a
    /// second and an optional zone. Nil for any other text.
    public init?(_ text: String) {
        guard let microseconds = CalendarKernel.microseconds(text) else { return nil }
        self.microseconds = microseconds
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    public var secondsSince1970: Double { Double(microseconds) / 1_000_000 }

    /// Whether the earlier one is on the left.
    public static func < (a: DateTime, b: DateTime) -> Bool { a.microseconds < b.microseconds }

    /// Whether it is the beginning of a day.
    var isMidnight: Bool { microseconds % 86_400_000_000 == 0 }
}

extension DateTime: CustomStringConvertible {
    /// ISO 8601 without a zone: `2024-02-29T12:30:05.25`, and only the date at midnight.
    public var description: String { text(dateOnly: isMidnight) }

    func text(dateOnly: Bool) -> String {
        let perDay = 86_400_000_000
        let day = microseconds / perDay - (microseconds % perDay < 0 ? 1 : 0)
        // Not `microseconds - day * perDay`: the product may be below the smallest whole number.
        let rest = (microseconds % perDay + perDay) % perDay
        let date = CalendarKernel.date(daysSince1970: day)
        func digits(_ value: Int, _ count: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        let head = "\(digits(date.year, 4))-\(digits(date.month, 2))-\(digits(date.day, 2))"
        if dateOnly { return head }
        let second = rest / 1_000_000
        let clock = [second / 3600, second / 60 % 60, second % 60].map { digits($0, 2) }.joined(separator: ":")
        var fraction = digits(rest % 1_000_000, 6)
        while fraction.last == "0" { fraction.removeLast() }
        return "\(head)T\(clock)" + (fraction.isEmpty ? "" : ".\(fraction)")
    }
}
