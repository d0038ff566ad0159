// Linear regression 500,000 x 100 and logistic regression 80,000 x 20: seconds of the fastest of five fits.
// linear_peers.py does the same work with scikit-learn and scikit-learn-intelex.
import ApusCore
import ApusLearn

/// Seconds of the fastest of `rounds` runs.
func fastest(_ rounds: Int, _ work: () throws -> Void) rethrows -> Double {
    var best = Double.infinity
    for _ in 0..<rounds {
        let time = try ContinuousClock().measure(work).components
        best = min(best, Double(time.seconds) + Double(time.attoseconds) * 1e-18)
    }
    return best
}

/// Uniform features from -1 to 1 and as many uniform numbers as rows, as `linear_peers.py` draws them.
func table(_ rows: Int, _ columns: Int) -> (Matrix, [Double]) {
    var random = RandomState(seed: 0)
    let x = Matrix(rows: rows, columns: columns, values: random.uniform(count: rows * columns).map { $0 * 2 - 1 })
    return (x, random.uniform(count: rows))
}

func linearRegression() throws {
    let (x, noise) = table(500_000, 100)
    let y = noise.indices.map { x[$0, 0] - 2 * x[$0, 1] + noise[$0] }
    print("linear-regression 500000 x 100:", try fastest(5) { _ = try LinearRegression().fit(x, y) })
}

func logisticRegression(classes: Int) throws {
    let (x, noise) = table(80_000, 20)
    let labels = Labels(
        noise.indices.map { i in
            let score = (x[i, 0] + x[i, 1] / 2 + noise[i] + 1) / 3 * Double(classes)
            return Int(min(max(score.rounded(.down), 0), Double(classes - 1)))
        })
    let iterations = try LogisticRegression().fit(x, labels).iterations
    let seconds = try fastest(5) { _ = try LogisticRegression().fit(x, labels) }
    print("logistic-regression 80000 x 20, \(classes) classes:", seconds, "iterations", iterations)
}

try linearRegression()
try logisticRegression(classes: 2)
try logisticRegression(classes: 5)
