@_spi(Trusted) import ApusCore
import Foundation

/// A fair classifier by a second learner that tries to tell the group from the answers, and a first one that lets it not.
///
///     let fair = AdversarialDebiasing(constraint: .equalizedOdds, alpha: 1)
///     let model = try fair.fit(x, y, sensitive: sex)
///
/// The predictor is a logistic regression, or a network with one hidden layer; the adversary a (multinomial) logistic
/// regression on the predictor's score, for equalized odds on score and label. With `W` the predictor's weights, `g_P` the
/// gradient of its own loss and `g_A` that of the adversary's, each step goes along
/// `g_P - (g_P·g_A / g_A·g_A) g_A - α g_A`, the projection being one of the whole vector of weights: what would help the
/// adversary is taken out of the step before it is pushed away. The adversary takes steps ten times as long, so that it stays
/// near its best answer, steps shrink with the square root of the epochs, and the weights kept are the mean of the second
/// half of all steps: without these three the game runs in circles.
///
/// Features are centred and scaled within. Nothing bounds the disparity: look at it afterwards.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `constraint` | demographicParity | demographicParity, equalizedOdds | what the adversary is given |
/// | `alpha` | 1 | at least 0 | how much the adversary counts |
/// | `hiddenUnits` | 0 | at least 0 | units of the hidden layer; 0 for a logistic regression |
/// | `learningRate` | 0.01 | above 0 | the first step |
/// | `epochs` | 50 | at least 1 | passes over the rows |
/// | `batchSize` | 128 | at least 1 | rows of a step; fewer for small tables, which else make few steps |
/// | `seed` | 0 | 0 to 2³² - 1 | seed of weights and order of rows |
///
/// B. H. Zhang, B. Lemoine, M. Mitchell, "Mitigating Unwanted Biases with Adversarial Learning", AIES 2018. D. Kingma,
/// J. Ba, "Adam", ICLR 2015.
public struct AdversarialDebiasing: FairClassifier {
    /// `adversarial-debiasing`
    public static let catalogName = "adversarial-debiasing"

    /// Every parameter with its legal values.
    public static let parameters: [Parameter<AdversarialDebiasing>] = [
        Parameter(
            "constraint", \.constraint, .choice(["demographicParity", "equalizedOdds"]), "What the adversary is given."),
        Parameter("alpha", \.alpha, .notNegative, "How much the adversary counts."),
        Parameter("hiddenUnits", \.hiddenUnits, .integer(0...4096), "Units of the hidden layer; 0 for none."),
        Parameter("learningRate", \.learningRate, .positive, "The first step."),
        Parameter("epochs", \.epochs, .atLeast(1), "Passes over the rows."),
        Parameter("batchSize", \.batchSize, .atLeast(1), "Rows of a step."),
        Parameter("seed", \.seed, .seed, "The seed of the weights and of the order of rows."),
    ]

    /// What the adversary is given: the score, or with equalized odds the label too; default demographic parity.
    public var constraint: FairnessConstraint
    /// How much the adversary counts, at least 0; default 1.
    public var alpha: Double
    /// Units of the hidden layer; default 0: a logistic regression.
    public var hiddenUnits: Int
    /// The first step, above 0; default 0.01.
    public var learningRate: Double
    /// Passes over the rows; default 50.
    public var epochs: Int
    /// Rows of a step; default 128.
    public var batchSize: Int
    /// The seed of the weights and of the order of rows; default 0.
    public var seed: UInt32

    /// The defaults.
    public init() { self.init(constraint: .demographicParity) }

    /// Debiasing with the given parameters.
    public init(
        constraint: FairnessConstraint = .demographicParity, alpha: Double = 1, hiddenUnits: Int = 0,
        learningRate: Double = 0.01, epochs: Int = 50, batchSize: Int = 128, seed: UInt32 = 0
    ) {
        self.constraint = constraint
        self.alpha = alpha
        self.hiddenUnits = hiddenUnits
        self.learningRate = learningRate
        self.epochs = epochs
        self.batchSize = batchSize
        self.seed = seed
    }

    /// Plays the game.
    ///
    /// - Parameters: As for ``ExponentiatedGradient``.
    /// - Throws: `ApusError` for illegal parameters or data; `numericalFailure` when the weights grow without bounds;
    ///   `CancellationError`.
    /// - Complexity: O(epochs · n d) without, O(epochs · n d h) with h hidden units.
    public func fit(
        _ x: Matrix, _ y: Labels, sensitive: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try validateParameters()
        try x.checkUsable()
        let task = try FairTask(x, y, sensitive: sensitive, weights: weights, of: Self.catalogName)
        let (means, scales) = try Self.standard(x)
        var random = RandomState(seed: seed)
        var network = DebiasingNetwork(features: x.columns, hidden: hiddenUnits, &random)
        var adversary = DebiasingAdversary(
            groups: task.groups.classes.count, seesLabel: constraint == .equalizedOdds)
        var predictorSteps = AdamSteps(count: network.weights.count)
        var adversarySteps = AdamSteps(count: adversary.weights.count)
        let scaled = Self.scaled(x, means, scales)
        let meanWeight = (weights?.reduce(0, +) ?? Double(x.rows)) / Double(x.rows)
        var (averaged, sums) = (0, [Double](repeating: 0, count: network.weights.count))
        for epoch in 0..<epochs {
            try checkCancellation()
            let order = random.permutation(x.rows)
            let rate = learningRate / Double(epoch + 1).squareRoot()
            for start in stride(from: 0, to: x.rows, by: batchSize) {
                let rows = Array(order[start..<min(start + batchSize, x.rows)])
                let batch = scaled.selecting(rows: rows)
                let pass = try network.forward(batch)
                let importance = rows.map { task.weight($0) / meanWeight / Double(rows.count) }
                let truth = rows.map { task.isPositive[$0] ? 1.0 : 0 }
                let ownErrors = rows.indices.map { (logistic(pass.scores[$0]) - truth[$0]) * importance[$0] }
                let game = adversary.gradients(
                    scores: pass.scores, truth: truth, groups: rows.map { task.groups.codes[$0] },
                    importance: importance)
                var step = try network.gradient(batch, pass, ownErrors)
                let against = try network.gradient(batch, pass, game.scores)
                let length = BLAS.dot(against, against)
                let shared = length > 0 ? BLAS.dot(step, against) / length : 0
                BLAS.add(against, times: -shared - alpha, to: &step)
                predictorSteps.apply(step, rate: rate, to: &network.weights)
                if 2 * epoch >= epochs - 1 {
                    averaged += 1
                    BLAS.add(network.weights, times: 1, to: &sums)
                }
                adversarySteps.apply(game.weights, rate: 10 * rate, to: &adversary.weights)
            }
            guard FiniteKernel.allFinite(network.weights) else {
                throw ApusError(
                    .numericalFailure,
                    "The weights grew without bounds in epoch \(epoch + 1); lower learningRate or alpha.")
            }
            progress?(ProgressUpdate(stage: "epochs", completed: epoch + 1, total: epochs))
        }
        network.weights = sums.map { $0 / Double(averaged) }
        return Model(classes: task.classes, network: network, means: means, scales: scales, epochs: epochs)
    }

    private static func standard(_ x: Matrix) throws -> (means: [Double], scales: [Double]) {
        var means: [Double] = []
        var scales: [Double] = []
        for j in 0..<x.columns {
            let column = x.column(j)
            let mean = column.reduce(0) { $0 + $1 / Double(column.count) }
            let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / Double(column.count) }
            guard mean.isFinite, variance.isFinite else {
                throw ApusError(.invalidInput, "Column \(j) of x is too large to scale; scale it down first.")
            }
            means.append(mean)
            scales.append(variance > 0 ? variance.squareRoot() : 1)
        }
        return (means, scales)
    }

    static func scaled(_ x: Matrix, _ means: [Double], _ scales: [Double]) -> Matrix {
        var values = x.values
        let width = x.columns
        for k in values.indices { values[k] = (values[k] - means[k % width]) / scales[k % width] }
        return Matrix(rows: x.rows, columns: width, values: values)
    }

    /// A debiased classifier.
    public struct Model: DecisionModel {
        /// `adversarial-debiasing`
        public static let catalogName = AdversarialDebiasing.catalogName

        /// The two classes, the positive one last.
        public let classes: Labels.Classes
        /// Passes over the rows that were made.
        public let epochs: Int
        private let network: DebiasingNetwork
        private let means: [Double]
        private let scales: [Double]

        init(
            classes: Labels.Classes, network: DebiasingNetwork, means: [Double], scales: [Double], epochs: Int
        ) {
            self.classes = classes
            self.network = network
            self.means = means
            self.scales = scales
            self.epochs = epochs
        }

        /// Number of features.
        public var featureCount: Int { means.count }

        /// The log odds of the positive class of each row: n × 1.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func decisionFunction(_ x: Matrix) throws -> Matrix {
            try x.checkUsable()
            try x.checkColumns(featureCount, of: "AdversarialDebiasing")
            return Matrix(column: try network.forward(AdversarialDebiasing.scaled(x, means, scales)).scores)
        }

        /// The more probable class of each row.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predict(_ x: Matrix) throws -> Labels {
            Labels(trustedCodes: try decisionFunction(x).values.map { $0 > 0 ? 1 : 0 }, classes: classes)
        }

        /// The probability of each class for each row: n × 2.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predictProba(_ x: Matrix) throws -> Matrix {
            let shares = try decisionFunction(x).values.map(logistic)
            return Matrix(rows: shares.count, columns: 2, values: shares.flatMap { [1 - $0, $0] })
        }

        /// Puts the weights into an archive.
        public func encode(into archive: inout ModelArchive) {
            archive.store(classes, as: "classes")
            archive.store(network.weights, as: "weights")
            archive.store(.int(network.hidden), as: "hidden")
            archive.store(means, as: "means")
            archive.store(scales, as: "scales")
            archive.store(.int(epochs), as: "epochs")
        }

        /// Takes the weights out of an archive.
        ///
        /// - Throws: `ApusError` with code `unreadableModel`.
        public init(from archive: ModelArchive) throws {
            classes = try archive.classes("classes")
            guard classes.count == 2 else { throw archive.damaged("it has \(classes.count) classes, expected 2") }
            means = try archive.doubles("means")
            guard !means.isEmpty else { throw archive.damaged("tensor “means” is empty") }
            scales = try archive.doubles("scales", count: means.count)
            guard scales.allSatisfy({ $0 > 0 }) else { throw archive.damaged("tensor “scales” is not above 0") }
            let hidden = try archive.int("hidden", in: 0...4096)
            network = DebiasingNetwork(
                features: means.count, hidden: hidden,
                weights: try archive.doubles(
                    "weights", count: DebiasingNetwork.size(features: means.count, hidden: hidden)))
            epochs = try archive.int("epochs")
        }
    }
}

/// `1 / (1 + e⁻ˢ)` without overflow.
func logistic(_ score: Double) -> Double {
    if score >= 0 { return 1 / (1 + exp(-score)) }
    let e = exp(score)
    return e / (1 + e)
}
