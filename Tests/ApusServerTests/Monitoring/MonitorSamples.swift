#if Server
import Apus
import ApusCore
import ApusFrame
import Foundation

@testable import ApusServer

/// Data in which age, job and group decide, and a model of them.
enum MonitorSamples {
    /// Rows of a number, a text and a group, with a label that depends on them.
    static func frame(_ rows: Int, seed: UInt64, ageShift: Double = 0) throws -> DataFrame {
        var random = SystemSeed(seed)
        var (age, job, sex, label) = ([Double?](), [String?](), [String](), [String]())
        for _ in 0..<rows {
            let years = Double.random(in: 20..<60, using: &random).rounded()
            let work = ["clerk", "nurse", "pilot"][Int.random(in: 0..<3, using: &random)]
            sex.append(Bool.random(using: &random) ? "f" : "m")
            let score = (years - 40) / 8 + (work == "pilot" ? 1.0 : 0) + Double.random(in: -1..<1, using: &random)
            label.append(score > 0 ? "yes" : "no")
            age.append(Int.random(in: 0..<20, using: &random) == 0 ? nil : years + ageShift)
            job.append(work)
        }
        return try DataFrame(columns: [
            Column("age", age), Column("job", job), Column("sex", sex), Column("label", label),
        ])
    }

    /// A logistic regression on 3000 such rows, which watches sex.
    static let model = Result {
        var plan = TrainingPlan(target: "label")
        plan.sensitive = ["sex"]
        return try plan.run(on: frame(3000, seed: 1)).model
    }

    /// The same without looking at sex, which is only watched.
    static let unaware = Result {
        var plan = TrainingPlan(target: "label")
        plan.sensitive = ["sex"]
        plan.dropped = ["sex"]
        return try plan.run(on: frame(3000, seed: 1)).model
    }

    /// A line with a regression's reference.
    static let line = Result {
        let x = (0..<400).map { Double($0 % 97) }
        let frame = try DataFrame(columns: [
            Column("x", x), Column("y", x.map { 2 * $0 + 1 + ($0 * 7).truncatingRemainder(dividingBy: 5) }),
        ])
        return try TrainingPlan(target: "y").run(on: frame).model
    }

    /// The rows of a frame as a request brings them.
    static func cells(_ frame: DataFrame, _ model: TrainedModel) throws -> [[Cell]] {
        let columns = try model.encoder.inputColumns.map { try frame[$0.schema.name] as Column }
        return (0..<frame.rowCount).map { row in
            columns.map { column in
                if column.missing[row] { return .missing }
                let text = column.text(at: row)
                return column.type.isNumeric ? Double(text).map { .number($0) } ?? .text(text) : .text(text)
            }
        }
    }

    /// An answered request of some rows.
    static func event(
        _ model: TrainedModel, _ rows: [[Cell]], id: String = "r", name: String = "m", time: Double = 1_800_000_000
    ) throws -> PredictionEvent {
        PredictionEvent(
            requestID: id, model: name, version: "1", time: Date(timeIntervalSince1970: time), rows: rows,
            prediction: try model.predict(rows: rows, probabilities: model.givesProbabilities), duration: 0.0004)
    }

    /// Settings whose windows are looked at whenever they move.
    static func settings(rows: Int = 500) -> MonitorConfiguration {
        var settings = MonitorConfiguration()
        settings.setWindow(rows: rows)
        settings.evaluateEvery = 0
        return settings
    }
}

/// A file that is gone after the test.
final class TemporaryFile: Sendable {
    let path = NSTemporaryDirectory() + "apus-log-\(UUID().uuidString).db"

    deinit {
        for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) }
    }
}
#endif
