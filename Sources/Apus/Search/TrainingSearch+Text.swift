import ApusCore
import ApusEvaluation

extension TrainingSearch.Result {
    /// What a person reads.
    ///
    /// - Parameters:
    ///   - data: What the table is called.
    ///   - seconds: How long it took.
    ///   - width: How wide the terminal is.
    public func text(data: String, seconds: Double, width: Int = 100) -> String {
        var lines = [
            "\(catalogName) predicts \(target) from \(data): \(task.rawValue), \(taskReason).",
            "\(TextTable.grouped(candidates.count)) candidates (\(strategy.name)) on \(TextTable.grouped(rows)) rows in "
                + "\(folds) folds, \(TextTable.fixed(seconds, 1)) s.",
            "", SearchTable.text(candidates, scores: scores, most: 10, width: width),
        ]
        let pruned = candidates.count { $0.prunedAfter != nil }
        if pruned > 0 { lines.append("\(pruned) candidates were given up early.") }
        if let failure = candidates.lazy.compactMap(\.failure).first {
            let count = candidates.count { $0.failure != nil }
            lines.append("\(count) of the candidates failed on a fold; the first: \(failure)")
        }
        if !constraints.isEmpty {
            let count = candidates.count { $0.isFeasible }
            lines.append(
                "\(count) of \(candidates.count) candidates keep "
                    + constraints.map(\.description).joined(separator: " and ") + ".")
            if !best.isFeasible { lines.append("The best one does not: no candidate keeps what was asked for.") }
        }
        lines += ["", "Best: \(SearchTable.text(best.parameters))"]
        for (place, name) in scores.enumerated() {
            let deviation = best.deviations[place].map { " ± \(TextTable.score($0))" } ?? ""
            lines.append("  \(name) \(TextTable.score(best.meanScores[place]))\(deviation)")
        }
        if let refit {
            let scores = refit.train.scores.prefix(1).map {
                "\(TrainingSummary.title(of: $0.name)) \(TextTable.score($0.value))"
            }
            lines.append("Trained on all rows: \(scores.joined(separator: ", ")) on the rows it learned from.")
        }
        return lines.joined(separator: "\n")
    }

    /// What a program reads.
    ///
    /// - Parameters:
    ///   - seconds: How long it took.
    ///   - file: Where the model was written; nil where it was not.
    ///   - study: The study's file; nil without one.
    public func json(seconds: Double, file: String? = nil, study: String? = nil) -> JSONValue {
        var object: [String: JSONValue] = [
            "model": .string(catalogName), "target": .string(target), "task": .string(task.rawValue),
            "taskReason": .string(taskReason), "rows": .int(rows), "folds": .int(folds),
            "strategy": .string(strategy.name), "scoring": .array(scores.map { .string($0) }),
            "bestIndex": .int(bestIndex), "bestParameters": .object(best.parameters),
            "bestScore": best.score.map { .double($0) } ?? .null,
            "candidates": .array(candidates.map { SearchTable.json($0, scores: scores) }),
            "seconds": .double(seconds), "file": file.map { .string($0) } ?? .null,
            "study": study.map { .string($0) } ?? .null,
        ]
        if let refit {
            object["refit"] = [
                "parameters": .object(refit.model.parameters),
                "trainScores": .object(
                    Dictionary(
                        refit.train.scores.map { ($0.name, $0.value.map { .double($0) } ?? .null) },
                        uniquingKeysWith: { $1 })),
            ]
        }
        return .object(object)
    }
}

/// Candidates as people and programs read them.
public enum SearchTable {
    /// The best candidates as a table.
    ///
    /// - Parameters:
    ///   - candidates: Ranked candidates; those of a later round of successive halving come first.
    ///   - scores: The names of the scores.
    ///   - most: How many to show.
    ///   - width: How wide the terminal is; a table that is wider is set row by row.
    public static func text(_ candidates: [SearchCandidate], scores: [String], most: Int, width: Int = 100) -> String {
        let names = Set(candidates.flatMap(\.parameters.keys)).sorted { (snakeCase($0), $0) < (snakeCase($1), $1) }
        let hasRounds = candidates.contains { $0.point.resources != nil }
        var table = TextTable(
            header: ["rank"] + (hasRounds ? ["round", "resources"] : []) + scores + ["deviation", "seconds"] + names)
        let order = candidates.indices.sorted { a, b in
            let (left, right) = (candidates[a], candidates[b])
            return (-left.point.iteration, left.rank, a) < (-right.point.iteration, right.rank, b)
        }
        for index in order.prefix(most) {
            let candidate = candidates[index]
            let rounds =
                hasRounds
                ? ["\(candidate.point.iteration + 1)", candidate.point.resources.map(TextTable.grouped) ?? ""] : []
            table.add(
                ["\(candidate.rank)"] + rounds + candidate.meanScores.map { TextTable.score($0) }
                    + [
                        TextTable.score(candidate.deviations.first ?? nil),
                        TextTable.fixed(candidate.meanFitSeconds, 3),
                    ]
                    + names.map { candidate.parameters[$0].map(shown) ?? "" })
        }
        return table.fitted(to: width)
    }

    /// Parameters in a line.
    public static func text(_ parameters: [String: JSONValue]) -> String {
        parameters.sorted { (snakeCase($0.key), $0.key) < (snakeCase($1.key), $1.key) }
            .map { "\($0.key) \(shown($0.value))" }.joined(separator: ", ")
    }

    static func shown(_ value: JSONValue) -> String {
        if case .double(let number) = value { return TextTable.significant(number, 6) }
        return value.summary
    }

    /// A candidate as programs read it.
    public static func json(_ candidate: SearchCandidate, scores: [String]) -> JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map { $0.isFinite ? .double($0) : .null } ?? .null }
        var object: [String: JSONValue] = [
            "parameters": .object(candidate.parameters), "rank": .int(candidate.rank),
            "score": number(candidate.score), "feasible": .bool(candidate.isFeasible),
            "meanFitSeconds": .double(candidate.meanFitSeconds),
            "scores": .object(
                Dictionary(
                    scores.enumerated().map { place, name in
                        (
                            name,
                            [
                                "folds": .array(candidate.foldScores[place].map(number)),
                                "mean": number(candidate.meanScores[place]),
                                "standardDeviation": number(candidate.deviations[place]),
                            ]
                        )
                    }, uniquingKeysWith: { $1 })),
        ]
        if let resources = candidate.point.resources {
            object["resources"] = .int(resources)
            object["round"] = .int(candidate.point.iteration)
        }
        if let folds = candidate.prunedAfter { object["prunedAfter"] = .int(folds) }
        if let failure = candidate.failure { object["failure"] = .string(failure) }
        if let note = candidate.note { object["note"] = .string(note) }
        return .object(object)
    }

    /// Candidates as a table of text, one a row: ranks, means, deviations, each fold, and the parameters.
    public static func csv(_ candidates: [SearchCandidate], scores: [String]) -> String {
        let names = Set(candidates.flatMap(\.parameters.keys)).sorted { (snakeCase($0), $0) < (snakeCase($1), $1) }
        let folds = candidates.first?.foldScores.first?.count ?? 0
        func cell(_ text: String) -> String {
            text.contains { ",\"\n\r".contains($0) } ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
        }
        func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
        var header = ["candidate", "rank", "round", "resources", "feasible", "pruned_after"]
        for score in scores {
            header += ["mean_\(score)", "std_\(score)"] + (0..<folds).map { "split\($0)_\(score)" }
        }
        header += ["mean_fit_seconds", "failure"] + names.map { "param_\($0)" }
        var lines = [header.map(cell).joined(separator: ",")]
        for (index, candidate) in candidates.enumerated() {
            var row = [
                "\(index)", "\(candidate.rank)", "\(candidate.point.iteration)",
                candidate.point.resources.map { "\($0)" } ?? "", "\(candidate.isFeasible)",
                candidate.prunedAfter.map { "\($0)" } ?? "",
            ]
            for place in scores.indices {
                row += [number(candidate.meanScores[place]), number(candidate.deviations[place])]
                row += candidate.foldScores[place].map(number)
            }
            row += ["\(candidate.meanFitSeconds)", candidate.failure ?? ""]
            row += names.map { candidate.parameters[$0]?.summary ?? "" }
            lines.append(row.map(cell).joined(separator: ","))
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension SearchConstraint: CustomStringConvertible {
    /// The text that stands for it: `recall >= 0.9`.
    public var description: String {
        [
            atLeast.map { "\(score) \(isStrict ? ">" : ">=") \($0)" },
            atMost.map { "\(score) \(isStrict ? "<" : "<=") \($0)" },
        ]
        .compactMap(\.self).joined(separator: ", ")
    }
}
