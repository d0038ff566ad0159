// K-means, 500,000 × 16 in 32 clusters, and the area under the ROC curve of 10 million rows.
// Usage: kmeans [FILE [K]], where FILE holds 64-bit floats, 16 a row; without FILE the rows are drawn.
//
// The peers do the same with, for KMeans of sklearn.cluster and of sklearnex.cluster in turn,
//     X, _ = make_blobs(500_000, 16, centers=32, cluster_std=4.0, random_state=0); X.tofile(FILE)
//     KMeans(32, random_state=0, n_init=1).fit(X)
//     KMeans(32, init=X[:32].copy(), n_init=1, max_iter=20, tol=0).fit(X)
// timed by time.perf_counter() and time.process_time().
import ApusCore
import ApusEvaluation
import ApusLearn
import Foundation

@main struct Benchmark {
    static func main() throws {
        let arguments = CommandLine.arguments
        let columns = 16
        let values: [Double]
        if arguments.count > 1 {
            values = try Data(contentsOf: URL(fileURLWithPath: arguments[1])).withUnsafeBytes {
                Array($0.bindMemory(to: Double.self))
            }
        } else {
            var random = RandomState(seed: 0)
            values = random.gaussian(count: 500_000 * columns)
        }
        let x = Matrix(rows: values.count / columns, columns: columns, values: values)
        let k = arguments.count > 2 ? Int(arguments[2]) ?? 32 : 32
        for _ in 0..<3 {
            let (seconds, model) = try measured { try KMeans(nClusters: k, seed: 0).fit(x) }
            print("apus", seconds, model.iterations, model.inertia)
        }
        let start = x.selecting(rows: Array(0..<k))
        for _ in 0..<3 {
            let (seconds, model) = try measured {
                try KMeans(nClusters: k, initialCentres: start, maxIter: 20, tol: 0).fit(x)
            }
            print("apus, given centres, 20 iterations", seconds, model.iterations, model.inertia)
        }
        var random = RandomState(seed: 1)
        let scores = random.uniform(count: 10_000_000)
        let truth = Labels(scores.map { $0 + random.uniform() > 1 ? 1 : 0 })
        let (seconds, area) = try measured { try rocAUCScore(truth, scores: scores) }
        print("apus, AUC of 10 million rows", seconds, area)
    }

    /// Seconds on the wall and seconds of processor time over all threads: the second stands still while others work.
    static func measured<Result>(_ work: () throws -> Result) throws -> (String, Result) {
        let clock = ContinuousClock()
        let (start, processor) = (clock.now, Foundation.clock())
        let result = try work()
        let spent = clock.now - start
        let wall = Double(spent.components.seconds) + Double(spent.components.attoseconds) / 1e18
        let busy = Double(Foundation.clock() - processor) / Double(CLOCKS_PER_SEC)
        return (String(format: "%.3f s, processor %.3f s", wall, busy), result)
    }
}
