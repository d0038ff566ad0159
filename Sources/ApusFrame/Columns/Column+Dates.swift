import ApusCore

/// A part of a point in time, as a whole number.
public enum DatePart: String, Sendable, Hashable, CaseIterable {
    /// The year.
    case year
    /// The quarter of the year, from 1 to 4.
    case quarter
    /// The month, from 1 to 12.
    case month
    /// The week of the year by ISO 8601, from 1 to 53.
    case week
    /// The day of the month, from 1.
    case day
    /// The day of the year, from 1.
    case dayOfYear
    /// The day of the week, from 0 for Monday to 6 for Sunday, as in pandas.
    case weekday
    /// The hour, from 0 to 23.
    case hour
    /// The minute, from 0 to 59.
    case minute
    /// The second, from 0 to 59.
    case second
    /// The microsecond, from 0 to 999,999.
    case microsecond
}

extension Column {
    /// A part of each point in time.
    ///
    ///     frame["month"] = try frame["date"].part(.month)
    ///
    /// - Throws: `ApusError` with code `invalidSchema` when the column holds no points in time.
    public func part(_ part: DatePart) throws -> Column {
        guard case .dateTime(let times) = values else {
            throw ApusError(
                .invalidSchema,
                "Column “\(name)” holds \(type.name)s, not points in time; cast it to dateTime first.")
        }
        let parts = [Int](filledInParallelRows: times.count, width: 1, blockSize: 1 << 14) { block, out in
            for row in block { out[row] = Column.part(part, of: times[row]) }
        }
        return Column(name: "\(name)_\(part.rawValue)", values: .int(parts), missing: missing)
    }

    private static func part(_ part: DatePart, of time: Int) -> Int {
        let perDay = 86_400_000_000
        let days = time / perDay - (time % perDay < 0 ? 1 : 0)
        let rest = (time % perDay + perDay) % perDay
        // 1970-01-01 was a Thursday.
        let weekday = ((days + 3) % 7 + 7) % 7
        switch part {
        case .weekday: return weekday
        case .hour: return rest / 3_600_000_000
        case .minute: return rest / 60_000_000 % 60
        case .second: return rest / 1_000_000 % 60
        case .microsecond: return rest % 1_000_000
        case .week:
            // The week belongs to the year of its Thursday.
            let thursday = days - weekday + 3
            return dayOfYear(thursday) / 7 + 1
        case .dayOfYear: return dayOfYear(days) + 1
        case .year, .quarter, .month, .day:
            let date = CalendarKernel.date(daysSince1970: days)
            switch part {
            case .year: return date.year
            case .quarter: return (date.month - 1) / 3 + 1
            case .month: return date.month
            default: return date.day
            }
        }
    }

    /// The day of the year, from 0.
    private static func dayOfYear(_ days: Int) -> Int {
        let date = CalendarKernel.date(daysSince1970: days)
        let isLeap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0)
        let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][date.month - 1]
        return before + (isLeap && date.month > 2 ? 1 : 0) + date.day - 1
    }
}

extension DataFrame {
    /// The frame with parts of a column of points in time as further columns, called `date_year` and so on.
    ///
    /// - Parameters:
    ///   - name: The column.
    ///   - parts: Which parts, in the order in which their columns come.
    ///   - keepsColumn: Whether the column itself stays.
    /// - Throws: `ApusError` with code `unknownName`, or `invalidSchema` when the column holds no points in time or there
    ///   is a column of such a name.
    public func addingParts(
        of name: String, _ parts: [DatePart] = [.year, .month, .day, .weekday], keepsColumn: Bool = true
    ) throws -> DataFrame {
        let column: Column = try self[name]
        var frame = self
        for part in parts { try frame.append(column: column.part(part)) }
        return keepsColumn ? frame : try frame.dropping(columns: [name])
    }
}
