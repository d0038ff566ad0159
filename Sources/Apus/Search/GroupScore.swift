import ApusCore
import ApusEvaluation

/// A score of how alike the groups of a sensitive column are treated, for searches: the greatest difference, or the
/// smallest ratio, of a rate between two groups.
///
/// A row is selected when the last class is predicted for it, the positive one of two. The figures are those of fairlearn:
/// demographic parity compares how many rows are selected, equal opportunity how many of the truly positive ones, and
/// equalized odds takes the worse of that and of the share selected among the truly negative.
struct GroupScore: Sendable {
    private enum Kind { case difference, ratio }

    /// The names of all of them.
    static let names = ["demographic_parity", "equal_opportunity", "equalized_odds"].flatMap {
        ["\($0)_difference", "\($0)_ratio"]
    }

    /// The name, as fairlearn spells it.
    let name: String
    private let groups: [Int]
    private let groupNames: [String]

    /// Whether more of it is better: of ratios, not of differences.
    var moreIsBetter: Bool { name.hasSuffix("_ratio") }

    /// A score by its name in either spelling; nil where it is none of these.
    ///
    /// - Parameters:
    ///   - name: Such as `demographicParityDifference`.
    ///   - groups: The group of each row of the table, as a place in `groupNames`.
    init?(_ name: String, groups: [Int], groupNames: [String]) {
        guard Self.names.contains(snakeCase(name)) else { return nil }
        self.name = snakeCase(name)
        self.groups = groups
        self.groupNames = groupNames
    }

    /// The score on some rows; undefined where a group has no row that counts.
    func score(_ truth: Labels, _ predicted: Labels, rows: [Int]) -> MetricValue {
        let positive = predicted.classes.names.last
        let (known, answers) = (truth.strings, predicted.strings)
        func rates(_ counts: (Bool) -> Bool) -> Result<[Double], Reason> {
            var all = [Int](repeating: 0, count: groupNames.count)
            var selected = all
            var occurs = [Bool](repeating: false, count: groupNames.count)
            for (place, row) in rows.enumerated() {
                occurs[groups[row]] = true
                guard counts(known[place] == positive) else { continue }
                all[groups[row]] += 1
                if answers[place] == positive { selected[groups[row]] += 1 }
            }
            if let empty = occurs.indices.first(where: { occurs[$0] && all[$0] == 0 }) {
                return .failure(Reason(text: "the group \(groupNames[empty]) has no row that counts"))
            }
            return .success(occurs.indices.filter { occurs[$0] }.map { Double(selected[$0]) / Double(all[$0]) })
        }
        let found: [Result<[Double], Reason>] =
            if name.hasPrefix("demographic") {
                [rates { _ in true }]
            } else if name.hasPrefix("equal_") {
                [rates { $0 }]
            } else {
                [rates { $0 }, rates { !$0 }]
            }
        var values: [Double] = []
        for rates in found {
            switch rates {
            case .failure(let reason): return MetricValue(undefined: reason.text)
            case .success(let rates):
                let (low, high) = (rates.min() ?? 0, rates.max() ?? 0)
                if !moreIsBetter {
                    values.append(high - low)
                } else if high > 0 {
                    values.append(low / high)
                } else {
                    return MetricValue(undefined: "no row is selected in any group")
                }
            }
        }
        return MetricValue((moreIsBetter ? values.min() : values.max()) ?? 0)
    }

    private struct Reason: Error { let text: String }
}
