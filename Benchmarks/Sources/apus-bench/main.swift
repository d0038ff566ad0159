// One piece of work: `apus-bench WORK FOLDER` prints a line of JSON with seconds and figures, as peers.py does.
import Apus
import ApusCore
import ApusEvaluation
import ApusFrame
import ApusLearn
import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

guard CommandLine.arguments.count == 3 else {
    FileHandle.standardError.write(Data("usage: apus-bench WORK FOLDER\n".utf8))
    exit(64)
}
let work = CommandLine.arguments[1]
let folder = CommandLine.arguments[2]

func numbers(_ name: String) throws -> [Double] {
    let data = try Data(contentsOf: URL(filePath: folder).appending(path: "\(name).f64"), options: .alwaysMapped)
    return data.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
}

func matrix(_ name: String, columns: Int) throws -> Matrix {
    let values = try numbers(name)
    return Matrix(rows: values.count / columns, columns: columns, values: values)
}

func timed<Result>(_ body: () throws -> Result) rethrows -> (Result, Double) {
    let clock = ContinuousClock()
    let start = clock.now
    let result = try body()
    let taken = (clock.now - start).components
    return (result, Double(taken.seconds) + Double(taken.attoseconds) * 1e-18)
}

func report(_ seconds: Double, _ figures: [(String, String)]) {
    var usage = rusage()
    #if os(Linux)
    getrusage(0, &usage)  // 0 is RUSAGE_SELF, whose type Glibc and the function disagree about
    let peak = usage.ru_maxrss * 1024
    #else
    getrusage(RUSAGE_SELF, &usage)
    let peak = usage.ru_maxrss
    #endif
    let all = [("seconds", "\(seconds)"), ("peak", "\(peak)")] + figures
    print("{" + all.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}")
}

switch work {
case "csv":
    let (frame, seconds) = try timed { try DataFrame(csv: folder + "/mixed.csv") }
    let amount: Column = try frame["amount"]
    report(seconds, [("rows", "\(frame.rowCount)"), ("total", "\(try amount.numbers().reduce(0, +))")])
case "logistic":
    let x = try matrix("classification", columns: 20)
    let y = Labels(try numbers("classification-y").map { Int($0) })
    let (model, seconds) = try timed { try LogisticRegression().fit(x, y) }
    let accuracy = try accuracyScore(y, model.predict(x))
    report(seconds, [("accuracy", "\(accuracy)"), ("iterations", "\(model.iterations)")])
case "linear":
    let x = try matrix("regression", columns: 100)
    let y = try numbers("regression-y")
    let (model, seconds) = try timed { try LinearRegression().fit(x, y) }
    let r2 = try r2Score(y, model.predict(x)).value ?? .nan
    report(seconds, [("r2", "\(r2)"), ("intercept", "\(model.intercept)")])
case "tree":
    let x = try matrix("classification", columns: 20)
    let y = Labels(try numbers("classification-y").map { Int($0) })
    let (model, seconds) = try timed { try DecisionTreeClassifier().fit(x, y) }
    report(seconds, [("nodes", "\(model.tree.nodeCount)"), ("depth", "\(model.tree.depth)")])
case "kmeans":
    let x = try matrix("blobs", columns: 16)
    let (model, seconds) = try timed { try KMeans(nClusters: 32).fit(x) }
    report(seconds, [("inertia", "\(model.inertia)"), ("iterations", "\(model.iterations)")])
default:
    FileHandle.standardError.write(Data("apus-bench: unknown work \(work)\n".utf8))
    exit(64)
}
