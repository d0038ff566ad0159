/// Dates and times as ISO 8601 spells them, without week dates and ordinal dates.
@_documentation(visibility: internal)
public enum CalendarKernel {
    /// Microseconds since 1970-01-01T00:00:00 UTC of a text such as `2024-02-29`, `2024-02-29 12:30`,
    /// `2024-02-29T12:30:05.25Z` or `2024-02-29T12:30:05+05:30`; UTC where it names no zone. Nil for any other text.
    public static func microseconds(_ text: String) -> Int? {
        var text = text
        return text.withUTF8 { buffer in
            guard let base = buffer.baseAddress else { return nil }
            return parse(base, buffer.count)
        }
    }

    /// The same for bytes.
    static func parse(_ p: UnsafePointer<UInt8>, _ length: Int) -> Int? {
        guard length >= 10, length <= 40, p[4] == 0x2D, p[7] == 0x2D else { return nil }
        func number(_ at: Int, _ digits: Int) -> Int? {
            guard at + digits <= length else { return nil }
            var value = 0
            for i in at..<at + digits {
                let digit = p[i] &- 0x30
                guard digit < 10 else { return nil }
                value = value * 10 + Int(digit)
            }
            return value
        }
        guard let year = number(0, 4), let month = number(5, 2), let day = number(8, 2),
            month >= 1, month <= 12, day >= 1, day <= daysInMonth(month, year)
        else { return nil }
        var seconds = days(year, month, day) * 86400
        guard length > 10 else { return seconds * 1_000_000 }
        guard p[10] == 0x54 || p[10] == 0x20, let hour = number(11, 2), hour < 24, length >= 16, p[13] == 0x3A,
            let minute = number(14, 2), minute < 60
        else { return nil }
        seconds += hour * 3600 + minute * 60
        var at = 16
        var fraction = 0
        if at < length, p[at] == 0x3A {
            guard let second = number(17, 2), second < 60 else { return nil }
            seconds += second
            at = 19
            if at < length, p[at] == 0x2E || p[at] == 0x2C {
                at += 1
                let first = at
                var unit = 100_000
                while at < length, p[at] &- 0x30 < 10 {
                    fraction += Int(p[at] &- 0x30) * unit
                    unit /= 10
                    at += 1
                }
                guard at > first else { return nil }
            }
        }
        if at < length {
            if p[at] == 0x5A {
                at += 1
            } else {
                guard p[at] == 0x2B || p[at] == 0x2D, let hours = number(at + 1, 2), hours < 24 else { return nil }
                let sign = p[at] == 0x2B ? 1 : -1
                at += 3
                var minutes = 0
                if at < length {
                    if p[at] == 0x3A { at += 1 }
                    guard let value = number(at, 2), value < 60 else { return nil }
                    minutes = value
                    at += 2
                }
                seconds -= sign * (hours * 3600 + minutes * 60)
            }
        }
        return at == length ? seconds * 1_000_000 + fraction : nil
    }

    private static func daysInMonth(_ month: Int, _ year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 in the Gregorian calendar. Years begin in March here, so that leap days come last.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Year, month and day of a number of days since 1970-01-01.
    public static func date(daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = daysSince1970 + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let part = (5 * dayOfYear + 2) / 153
        let month = part < 10 ? part + 3 : part - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * part + 2) / 5 + 1)
    }
}
