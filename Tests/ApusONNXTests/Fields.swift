#if ONNX
import Apus
import ApusCore
import ApusFrame
import Foundation

/// A table with a column of every kind, and models of it.
enum Fields {
    /// 90 rows; what is to be predicted follows from the others but for some noise.
    static func frame() throws -> DataFrame {
        var random = RandomState(seed: 3)
        let sizes = (0..<90).map { _ in 10 * random.uniform() }
        let crops = (0..<90).map { ["Rüben", "麦", "hay"][$0 * 7 % 3] }
        let wet = (0..<90).map { $0 * 5 % 3 == 0 }
        let yields = (0..<90).map { row in
            let plot = [1, 4].contains(row % 6) ? 4.0 : 0
            return 0.6 * sizes[row] + (wet[row] ? 2 : 0) + (crops[row] == "hay" ? 3 : 0) + plot + random.uniform()
        }
        return try DataFrame(columns: [
            Column("size", sizes.enumerated().map { $0 % 11 == 4 ? nil : $1 } as [Double?]),
            Column("plots", (0..<90).map { $0 % 6 }),
            Column("crop", crops.enumerated().map { $0 % 13 == 5 ? nil : $1 } as [String?]),
            Column("wet", wet),
            Column("yield", yields),
            Column("grade", yields.map { $0 < 5 ? "low" : $0 < 9 ? "middle" : "high" }),
            Column("good", yields.map { $0 > 7 }),
            Column("stars", yields.map { [1, 3, 5][min(2, Int($0) / 5)] }),
        ])
    }

    /// A model of one of the last four columns, from the first four.
    static func model(
        _ target: String, _ name: String, _ settings: [(String, String)] = [],
        change: (inout TrainingPlan) -> Void = { _ in }
    ) throws -> TrainedModel {
        var plan = TrainingPlan(target: target)
        plan.model = name
        plan.settings = settings.map { (name: $0.0, value: $0.1) }
        plan.testSize = nil
        plan.dropped = ["yield", "grade", "good", "stars"].filter { $0 != target }
        change(&plan)
        return try plan.run(on: frame()).model
    }
}
#endif
