import ApusCore
import Foundation

/// The predictor of adversarial debiasing: a linear function, or one hidden layer of rectified units and a linear function.
struct DebiasingNetwork: Sendable, Equatable {
    let features: Int
    let hidden: Int
    /// Without a hidden layer d weights and an intercept; with h units d × h weights and h intercepts of the layer, then h
    /// weights and an intercept.
    var weights: [Double]

    static func size(features: Int, hidden: Int) -> Int {
        hidden == 0 ? features + 1 : features * hidden + hidden + hidden + 1
    }

    init(features: Int, hidden: Int, weights: [Double]) {
        self.features = features
        self.hidden = hidden
        self.weights = weights
    }

    /// Weights drawn by Glorot's rule, intercepts 0; all 0 where there is no hidden layer to tell units of apart.
    init(features: Int, hidden: Int, _ random: inout RandomState) {
        var weights = [Double](repeating: 0, count: Self.size(features: features, hidden: hidden))
        if hidden > 0 {
            let first = (6 / Double(features + hidden)).squareRoot()
            for k in 0..<features * hidden { weights[k] = random.uniform(-first, first) }
            let second = (6 / Double(hidden + 1)).squareRoot()
            let start = features * hidden + hidden
            for k in start..<start + hidden { weights[k] = random.uniform(-second, second) }
        }
        self.init(features: features, hidden: hidden, weights: weights)
    }

    /// What a pass over some rows gave: the units of the hidden layer, and the scores.
    struct Pass {
        let units: Matrix?
        let scores: [Double]
    }

    private var layer: Matrix { Matrix(rows: features, columns: hidden, values: Array(weights[0..<features * hidden])) }
    private var intercepts: Int { features * hidden }
    private var output: Int { features * hidden + hidden }

    /// The scores of some rows.
    func forward(_ x: Matrix) throws -> Pass {
        guard hidden > 0 else {
            let scores = try BLAS.product(x, Array(weights[0..<features]))
            return Pass(units: nil, scores: scores.map { $0 + weights[features] })
        }
        var units = try BLAS.product(x, layer)
        units.withMutableValues { values in
            for k in values.indices { values[k] = max(0, values[k] + weights[intercepts + k % hidden]) }
        }
        let scores = try BLAS.product(units, Array(weights[output..<output + hidden]))
        return Pass(units: units, scores: scores.map { $0 + weights[output + hidden] })
    }

    /// The gradient of the weights, given that of the scores.
    func gradient(_ x: Matrix, _ pass: Pass, _ errors: [Double]) throws -> [Double] {
        guard let units = pass.units else {
            return try BLAS.product(transposed: x, errors) + [errors.reduce(0, +)]
        }
        var behind = Matrix(rows: units.rows, columns: hidden, values: units.values)
        behind.withMutableValues { values in
            for row in errors.indices {
                for j in 0..<hidden {
                    let k = row * hidden + j
                    values[k] = values[k] > 0 ? errors[row] * weights[output + j] : 0
                }
            }
        }
        var sums = [Double](repeating: 0, count: hidden)
        for row in errors.indices { for j in 0..<hidden { sums[j] += behind[row, j] } }
        return try BLAS.product(transposed: x, behind).values + sums + BLAS.product(transposed: units, errors)
            + [errors.reduce(0, +)]
    }
}

/// The adversary: a multinomial logistic regression of the group on a sharpened score, and on score and label together where
/// it sees the label.
struct DebiasingAdversary {
    let groups: Int
    let seesLabel: Bool
    /// The sharpness c, by which scores count 1 + |c|, then for each group its weights and intercept.
    var weights: [Double]

    private var inputs: Int { seesLabel ? 4 : 1 }

    init(groups: Int, seesLabel: Bool) {
        self.groups = groups
        self.seesLabel = seesLabel
        weights = [Double](repeating: 0, count: 1 + groups * ((seesLabel ? 4 : 1) + 1))
    }

    /// The gradients of the adversary's loss, by its own weights and by the scores.
    func gradients(
        scores: [Double], truth: [Double], groups codes: [Int], importance: [Double]
    ) -> (weights: [Double], scores: [Double]) {
        var own = [Double](repeating: 0, count: weights.count)
        var behind = [Double](repeating: 0, count: scores.count)
        let sharpness = 1 + abs(weights[0])
        let width = inputs + 1
        for row in scores.indices {
            let sharp = logistic(sharpness * scores[row])
            // The label itself too: without it the score would have to tell what the label tells of the group.
            let input =
                seesLabel ? [sharp, sharp * truth[row], sharp * (1 - truth[row]), truth[row]] : [sharp]
            // How the inputs move with the sharpened score.
            let slopes = seesLabel ? [1, truth[row], 1 - truth[row], 0] : [1]
            var logits = [Double](repeating: 0, count: groups)
            for group in 0..<groups {
                logits[group] = weights[1 + group * width + inputs]
                for k in 0..<inputs { logits[group] += weights[1 + group * width + k] * input[k] }
            }
            let most = logits.max() ?? 0
            let powers = logits.map { exp($0 - most) }
            let sum = powers.reduce(0, +)
            var change = 0.0
            for group in 0..<groups {
                let error = (powers[group] / sum - (codes[row] == group ? 1 : 0)) * importance[row]
                for k in 0..<inputs {
                    own[1 + group * width + k] += error * input[k]
                    change += error * weights[1 + group * width + k] * slopes[k]
                }
                own[1 + group * width + inputs] += error
            }
            let slope = sharp * (1 - sharp)
            behind[row] = change * slope * sharpness
            own[0] += change * slope * scores[row] * (weights[0] < 0 ? -1 : 1)
        }
        return (own, behind)
    }
}

/// Adam's running means, and the steps that they make.
struct AdamSteps {
    private var first: [Double]
    private var second: [Double]
    private var count = 0

    init(count: Int) {
        first = [Double](repeating: 0, count: count)
        second = first
    }

    mutating func apply(_ gradient: [Double], rate: Double, to weights: inout [Double]) {
        count += 1
        let (b1, b2) = (0.9, 0.999)
        let scale1 = 1 - pow(b1, Double(count))
        let scale2 = 1 - pow(b2, Double(count))
        for k in gradient.indices {
            first[k] = b1 * first[k] + (1 - b1) * gradient[k]
            second[k] = b2 * second[k] + (1 - b2) * gradient[k] * gradient[k]
            weights[k] -= rate * (first[k] / scale1) / ((second[k] / scale2).squareRoot() + 1e-8)
        }
    }
}
