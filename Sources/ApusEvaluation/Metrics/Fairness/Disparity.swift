import ApusCore

/// What the value of a group is compared with.
public enum DisparityMethod: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// The group that is furthest away.
    case betweenGroups
    /// The value of all rows together.
    case toOverall
}

/// Differences and ratios of a metric over groups.
///
/// One convention holds throughout: a difference is at least 0, and 0 is parity; a ratio is from 0 to 1 for metrics that are
/// not negative, and 1 is parity. Neither says which group is better off; the values by group do.
///
/// Groups in which the metric is not defined are left out, and the note of the value names them with their rows. With fewer
/// than two groups left (one for `toOverall`) nothing can be compared, and the value is undefined.
public enum Disparity {
    /// The greatest distance of the metric between two groups, or of a group from the value of all rows.
    ///
    /// - Parameters:
    ///   - groups: Name, rows and value of each group.
    ///   - overall: The value of all rows; only `toOverall` looks at it.
    ///   - method: What groups are compared with.
    public static func difference(
        _ groups: [(name: String, rows: Int, value: MetricValue)], overall: MetricValue, method: DisparityMethod
    ) -> MetricValue {
        compare(groups, overall, method) { values, overall in
            switch method {
            case .betweenGroups: (values.max() ?? 0) - (values.min() ?? 0)
            case .toOverall: values.map { abs($0 - overall) }.max() ?? 0
            }
        }
    }

    /// The smallest value of the metric in a group over the greatest, or the smallest ratio of a group and all rows, turned
    /// so that it is at most 1.
    ///
    /// - Parameters: As for `difference`.
    public static func ratio(
        _ groups: [(name: String, rows: Int, value: MetricValue)], overall: MetricValue, method: DisparityMethod
    ) -> MetricValue {
        let result = compare(groups, overall, method) { values, overall in
            switch method {
            case .betweenGroups: (values.min() ?? 0) / (values.max() ?? 0)
            case .toOverall: values.map { $0 / overall }.map { $0 > 1 ? 1 / $0 : $0 }.min() ?? 0
            }
        }
        guard let value = result.value, !value.isFinite else { return result }
        return MetricValue(undefined: "the ratio is not defined: the metric is 0 in what groups are compared with")
    }

    private static func compare(
        _ groups: [(name: String, rows: Int, value: MetricValue)], _ overall: MetricValue, _ method: DisparityMethod,
        _ measure: ([Double], Double) -> Double
    ) -> MetricValue {
        let values = groups.compactMap(\.value.value)
        let left = groups.filter { $0.value.value == nil }
        let note =
            left.isEmpty
            ? nil
            : "without "
                + left.prefix(5).map { "\($0.name) (\($0.rows) rows: \($0.value.note ?? "not defined"))" }
                .joined(separator: ", ") + (left.count > 5 ? " and \(left.count - 5) more" : "")
        if method == .toOverall, overall.value == nil {
            return MetricValue(undefined: overall.note ?? "the metric is not defined for all rows together")
        }
        let needed = method == .betweenGroups ? 2 : 1
        guard values.count >= needed else {
            let found =
                groups.count == 1
                ? "there is only one group"
                : "only \(values.count) of \(groups.count) groups"
                    + " have a value"
            return MetricValue(undefined: "nothing can be compared: \(found)" + (note.map { "; \($0)" } ?? ""))
        }
        return MetricValue(measure(values, overall.value ?? 0), note: note)
    }
}
