import ApusCore
import ApusEvaluation

extension TrainingPlan.Validation {
    /// How the rows of a group that a fold is tested on fare.
    public struct GroupScores: Sendable, Hashable {
        /// The group, by the values of the sensitive columns.
        public let group: String
        /// Rows tested on.
        public let rows: Int
        /// The scores in the order of the validation's; not defined for those that compare groups.
        public let scores: [MetricValue]
    }

    /// The groups that occur in a fold, in their order; empty without sensitive columns.
    public var groups: [String] {
        var seen: Set<String> = []
        let names = folds.flatMap { $0.groups.map(\.group) }.filter { seen.insert($0).inserted }
        return names.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    }

    /// The mean of a score of a group over the folds in which it is defined, and in how many it is; nil where in none.
    public func mean(of score: Int, group: String) -> (value: Double, folds: Int)? {
        let values = folds.compactMap { fold in fold.groups.first { $0.group == group }?.scores[score].value }
        return values.isEmpty ? nil : (values.reduce(0, +) / Double(values.count), values.count)
    }

    private func rows(of group: String) -> Int {
        folds.reduce(0) { $0 + ($1.groups.first { $0.group == group }?.rows ?? 0) }
    }

    /// What a person reads about groups: a table of them, or nothing.
    func groupText(width: Int) -> [String] {
        let shown = scores.indices.filter { place in groups.contains { mean(of: place, group: $0) != nil } }
        guard !groups.isEmpty, !shown.isEmpty else { return [] }
        var table = TextTable(header: ["group", "rows"] + shown.map { scores[$0] })
        for group in groups {
            table.add(
                [group, TextTable.grouped(rows(of: group))]
                    + shown.map { TextTable.score(mean(of: $0, group: group)?.value) })
        }
        let isPartial = groups.contains { group in
            shown.contains { mean(of: $0, group: group).map { $0.folds < folds.count } ?? true }
        }
        let remark = isPartial ? ["A score that is not defined for a group in a fold is left out of its mean."] : []
        return ["", "By group, the mean over the folds:", "", table.fitted(to: width)] + remark
    }

    /// What a program reads about groups; nil without sensitive columns.
    var groupJSON: JSONValue? {
        guard !groups.isEmpty else { return nil }
        func number(_ value: Double?) -> JSONValue { value.map { .double($0) } ?? .null }
        var object: [String: JSONValue] = [:]
        for group in groups {
            var results: [String: JSONValue] = [:]
            for (place, name) in scores.enumerated() {
                results[name] = [
                    "folds": .array(
                        folds.map { fold in
                            number(fold.groups.first { $0.group == group }?.scores[place].value)
                        }),
                    "mean": number(mean(of: place, group: group)?.value),
                ]
            }
            object[group] = ["rows": .int(rows(of: group)), "scores": .object(results)]
        }
        return .object(object)
    }
}

extension TrainingPlan {
    /// Scores the rows of each group that a fold is tested on.
    static func groupScores(
        _ scorers: [Scorer], _ answer: Prediction, _ truth: Truth, _ classes: Labels.Classes?, _ groups: Labels?
    ) throws -> [Validation.GroupScores] {
        guard let groups else { return [] }
        return try Set(groups.codes).sorted().map { code in
            let rows = groups.codes.indices.filter { groups.codes[$0] == code }
            let (own, known) = (answer.selecting(rows: rows), truth.selecting(rows: rows))
            let scores = try scorers.map { scorer -> MetricValue in
                guard !scorer.needsSensitive else {
                    return MetricValue(undefined: "\(scorer.name) compares groups, and this is one of them.")
                }
                do {
                    return try score(scorer, own, known, classes, nil)
                } catch let error as ApusError {
                    // A group may lack what a score needs, such as rows of a class.
                    return MetricValue(undefined: error.message)
                }
            }
            return Validation.GroupScores(group: groups.classes.names[code], rows: rows.count, scores: scores)
        }
    }
}
