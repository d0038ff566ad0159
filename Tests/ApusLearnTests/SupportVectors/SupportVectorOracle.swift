import ApusCore
import ApusLearn
import ApusTestSupport

/// The cases of a fixture in which neighbours share their data.
struct SupportVectorCase {
    let oracle: Oracle
    let name: String
    let x: Matrix
    let queries: Matrix
    let labels: Labels
    let targets: [Double]
    let weights: [Double]?
    let arguments: Oracle

    static func all(_ fixture: String) throws -> [SupportVectorCase] {
        var (x, queries) = (Matrix(rows: 0, columns: 0), Matrix(rows: 0, columns: 0))
        var targets: [Double] = []
        return try Oracle("svm/\(fixture)").array("cases").map { example in
            if example.has("X") { x = try example.matrix("X") }
            if example.has("Q") { queries = try example.matrix("Q") }
            if example.has("y") { targets = try example.doubles("y") }
            return SupportVectorCase(
                oracle: example, name: try example.string("name"), x: x, queries: queries,
                labels: Labels(targets.map { Int($0) }), targets: targets,
                weights: example.has("weights") ? try example.doubles("weights") : nil,
                arguments: try example.object("arguments"))
        }
    }

    /// The parameters of the case, in either spelling, on top of the defaults.
    func estimator<Kind: Estimator>(_: Kind.Type) throws -> Kind {
        try Self.estimator(Kind.self, arguments)
    }

    static func estimator<Kind: Estimator>(_: Kind.Type, _ arguments: Oracle) throws -> Kind {
        var result = Kind()
        for key in arguments.keys where key != "random_state" {
            let parameter = try Kind.parameter(named: key == "C" ? "c" : key)
            switch key {
            case "kernel", "decision_function_shape": try parameter.set(text: arguments.string(key), in: &result)
            case "gamma":
                let value = (try? arguments.string(key)).map { JSONValue.string($0) }
                try parameter.set(value ?? .double(arguments.double(key)), in: &result)
            case "shrinking", "probability", "break_ties":
                try parameter.set(.bool(arguments.bool(key)), in: &result)
            case "class_weight":
                if let word = try? arguments.string(key) {
                    try parameter.set(.string(word), in: &result)
                } else {
                    let weights = try arguments.object(key)
                    let values = try weights.keys.map { ($0, JSONValue.double(try weights.double($0))) }
                    try parameter.set(.object(Dictionary(uniqueKeysWithValues: values)), in: &result)
                }
            case "degree", "max_iter": try parameter.set(.int(arguments.int(key)), in: &result)
            default: try parameter.set(.double(arguments.double(key)), in: &result)
            }
        }
        return result
    }
}
