import ApusCore
import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A piece of work by name.
struct Work: Sendable {
    let name: String
    let run: @Sendable (BenchData) throws -> Result

    init(_ name: String, _ run: @escaping @Sendable (BenchData) throws -> Result) {
        self.name = name
        self.run = run
    }
}

/// Seconds and figures.
struct Result {
    let seconds: Double
    let figures: [(String, String)]

    init(_ seconds: Double, _ figures: KeyValuePairs<String, any Numeric>) {
        self.seconds = seconds
        self.figures = figures.map { ($0.key, "\($0.value)") }
    }

    /// Prints the line of JSON that `compare` reads.
    func report() {
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
}

/// The raw files, and how large a part of them the work takes.
struct BenchData {
    let folder: String
    let scale: Double

    func rows(_ rows: Int) -> Int { Int(Double(rows) * scale) }

    func numbers(_ name: String, count: Int) throws -> [Double] {
        let data = try Data(contentsOf: URL(filePath: folder).appending(path: "\(name).f64"), options: .alwaysMapped)
        return data.withUnsafeBytes { Array($0.bindMemory(to: Double.self).prefix(count)) }
    }

    func matrix(_ name: String, columns: Int, rows: Int) throws -> Matrix {
        let values = try numbers(name, count: self.rows(rows) * columns)
        return Matrix(rows: values.count / columns, columns: columns, values: values)
    }

    func vector(_ name: String, rows: Int) throws -> [Double] { try numbers(name, count: self.rows(rows)) }

    func labels(_ name: String, rows: Int) throws -> Labels { Labels(try vector(name, rows: rows).map { Int($0) }) }
}

/// What the body returns, and the seconds it took.
func timed<Output>(_ body: () throws -> Output) rethrows -> (Output, Double) {
    let clock = ContinuousClock()
    let start = clock.now
    let result = try body()
    let taken = (clock.now - start).components
    return (result, Double(taken.seconds) + Double(taken.attoseconds) * 1e-18)
}
