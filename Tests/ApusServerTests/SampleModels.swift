import Apus
import ApusCore
import ApusDatasets
import ApusFrame
import Testing

@testable import ApusServer

/// The models that the tests ask, trained once.
enum SampleModels {
    /// Logistic regression on iris: four numbers, three classes of text.
    static let iris = Result {
        try served("iris", BundledDataset.iris.frame(), target: "species", model: "logistic-regression")
    }
    /// A tree on columns of every type with gaps; its classes are truth values.
    static let loans = Result { try served("loans", loansFrame(), target: "paid", model: "decision-tree") }
    /// A line: y = 3 a - 2 b + 1.
    static let line = Result {
        let a = (0..<20).map { Double($0) * 0.37 }
        let b = (0..<20).map { Double($0 * $0 % 7) }
        let y = zip(a, b).map { 3 * $0 - 2 * $1 + 1 }
        let frame = try DataFrame(columns: [Column("a", a), Column("b", b), Column("y", y)])
        return try served("line", frame, target: "y", model: "linear-regression")
    }
    /// A tree whose classes are whole numbers.
    static let digits = Result {
        let frame = try DataFrame(columns: [Column("x", [1.0, 2, 3, 4, 5, 6]), Column("y", [-7, -7, 0, 0, 12, 12])])
        return try served("digits", frame, target: "y", model: "decision-tree")
    }

    private static func loansFrame() throws -> DataFrame {
        let rows = 0..<60
        return try DataFrame(columns: [
            Column("age", rows.map { $0 % 11 == 3 ? nil : Double(20 + $0 * 7 % 50) }),
            Column("work", rows.map { $0 % 9 == 4 ? nil : ["Private", "State-gov", "Größe \"7\""][$0 % 3] }),
            Column("member", rows.map { $0 % 2 == 0 }),
            Column("joined", rows.map { DateTime(microseconds: $0 * 86_400_000_000) }),
            Column("nothing", rows.map { _ in Double?.none }),
            Column("paid", rows.map { $0 * 7 % 50 > 25 }),
        ])
    }

    private static func served(
        _ name: String, _ frame: DataFrame, target: String, model: String
    ) throws -> ServedModel {
        var plan = TrainingPlan(target: target)
        plan.model = model
        plan.testSize = nil
        return ServedModel(name: name, model: try plan.run(on: frame).model)
    }
}

extension ServedModel {
    /// The answer to a body, as text.
    func answer(_ body: String, maxRows: Int = 1000) throws -> String {
        String(decoding: try answer(Array(body.utf8), maxRows: maxRows), as: UTF8.self)
    }

    /// The answer to a body, as bytes.
    func answer(_ body: [UInt8], maxRows: Int = 1000) throws -> [UInt8] {
        let request = try request(body, maxRows: maxRows)
        do {
            let prediction = try model.predict(rows: request.rows, probabilities: request.probabilities)
            return try answer(prediction, probabilities: request.probabilities)
        } catch let error as ApusError {
            throw RequestFailure.unusable(error.code.description, error.message)
        }
    }

    /// The failure that a body causes.
    func failure(_ body: String, maxRows: Int = 1000) throws -> RequestFailure {
        try #require(throws: RequestFailure.self) { try answer(body, maxRows: maxRows) }
    }
}
