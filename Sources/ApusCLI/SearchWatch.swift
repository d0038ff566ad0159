#if Server
import Apus
import ApusCore
import ApusEvaluation
import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Shows a search as it runs: a bar with the best score at a terminal, or events for programs.
struct SearchWatch {
    /// Whether no bar is drawn.
    let silent: Bool
    /// Whether each event is printed as a line of JSON on standard error.
    let events: Bool

    /// Does work that tells what happens.
    func watching<Result>(_ work: (SearchEventHandler?) throws -> Result) rethrows -> Result {
        if events {
            let clock = ContinuousClock()
            let start = clock.now
            return try work { Self.print($0, after: clock.now - start) }
        }
        guard !silent, isatty(STDERR_FILENO) == 1 else { return try work(nil) }
        let bar = ProgressBar()
        defer { bar.clear() }
        return try work { event in
            guard case .fold(_, _, _, _, let state) = event else { return }
            bar.show(
                ProgressUpdate(stage: "fits", completed: state.completed, total: state.total),
                note: state.bestScore.map { "best so far \(TextTable.score($0))" } ?? "")
        }
    }

    private static func print(_ event: SearchEvent, after time: Duration) {
        func number(_ value: Double?) -> JSONValue { value.map { $0.isFinite ? .double($0) : .null } ?? .null }
        var object: [String: JSONValue]
        let state: SearchEvent.State
        switch event {
        case .fold(let candidate, let fold, let outcome, let wasKnown, let now):
            state = now
            object = [
                "event": "fold", "candidate": .int(candidate), "fold": .int(fold),
                "scores": .array(outcome.scores.map(number)), "fitSeconds": .double(outcome.fitSeconds),
                "known": .bool(wasKnown), "failure": outcome.failure.map { .string($0) } ?? .null,
            ]
        case .candidate(let place, let candidate, let now):
            state = now
            object = [
                "event": "candidate", "candidate": .int(place), "parameters": .object(candidate.parameters),
                "score": number(candidate.score), "feasible": .bool(candidate.isFeasible),
                "prunedAfter": candidate.prunedAfter.map { .int($0) } ?? .null,
            ]
        }
        object["completed"] = .int(state.completed)
        object["total"] = .int(state.total)
        object["bestScore"] = number(state.bestScore)
        object["seconds"] = .double(
            Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let line = try? encoder.encode(JSONValue.object(object)) else { return }
        FileHandle.standardError.write(line + Data("\n".utf8))
    }
}
#endif
