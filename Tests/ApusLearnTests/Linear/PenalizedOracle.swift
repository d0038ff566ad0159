import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

/// The cases of a fixture whose data are given where they change.
func eachPenalizedCase(
    _ fixture: String,
    _ body: (_ example: Oracle, _ x: Matrix, _ y: [Double], _ weights: [Double]?, _ arguments: Oracle) throws -> Void
) throws {
    var (x, y, weights) = (Matrix(rows: 0, columns: 0), [Double](), [Double]())
    for example in try Oracle("penalized/\(fixture)").array("cases") {
        if example.has("X") { x = try example.matrix("X") }
        if example.has("y") { y = try example.doubles("y") }
        if example.has("weights") { weights = try example.doubles("weights") }
        let weighted = example.has("weighted") ? try example.bool("weighted") : false
        try body(example, x, y, weighted ? weights : nil, example.object("arguments"))
    }
}

extension Estimator {
    /// Takes the parameters that the reference was given, by the reference's names.
    init(reference arguments: Oracle) throws {
        self.init()
        for key in arguments.keys {
            let name = key == "random_state" ? "seed" : (key == "C" ? "c" : key)
            let parameter = try Self.parameter(named: name)
            if let flag = try? arguments.bool(key) {
                try parameter.set(.bool(flag), in: &self)
            } else if let number = try? arguments.double(key) {
                try parameter.set(Int(exactly: number).map { .int($0) } ?? .double(number), in: &self)
            } else {
                try parameter.set(text: arguments.string(key), in: &self)
            }
        }
    }
}
