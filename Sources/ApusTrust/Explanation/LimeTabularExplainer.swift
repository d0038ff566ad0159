import ApusCore
import Foundation

/// LIME for rows of tables: around a row, a linear model of what holds of it imitates the model.
///
/// Numbers are cut at the quartiles of the training rows; samples draw a part for each column by its frequency, and a
/// number within the part from a normal distribution. Each sample counts by `√exp(-(distance / width)²)`, its distance
/// being over the conditions of the row that do not hold. Samples, and so weights, are those of the reference for the same
/// seed: rows are explained in their order by one generator.
///
/// M. T. Ribeiro, S. Singh and C. Guestrin, *“Why should I trust you?”: explaining the predictions of any classifier*,
/// KDD (2016).
public struct LimeTabularExplainer: Sendable {
    /// The parts of a column that samples are drawn from.
    struct Parts: Sendable {
        /// The inner bounds of the parts; nil for categories.
        var cuts: [Double]?
        /// The parts that occur: their numbers, or the categories.
        var values: [Double] = []
        var frequencies: [Double] = []
        /// How numbers are distributed within each part that occurs; empty for categories.
        var spreads: [Spread] = []

        /// The part that a value belongs to.
        func part(_ value: Double) -> Double {
            guard let cuts else { return value }
            return Double(cuts.firstIndex { $0 >= value } ?? cuts.count)
        }

        /// How many numbers are drawn for the parts that were chosen for samples, of which the first is the row itself.
        func drawn(_ choices: [Int]) -> Int { choices.dropFirst().count { !spreads[$0].isFixed } }
    }

    /// How the numbers of a part are distributed.
    struct Spread: Sendable {
        let mean: Double
        let deviation: Double
        /// The bounds of the part, standardised.
        let normal: TruncatedNormal

        init(_ values: [Double], from low: Double, to high: Double) {
            let count = Double(values.count)
            let mean = pairwiseSum(values.indices) { values[$0] } / count
            let variance = pairwiseSum(values.indices) { (values[$0] - mean) * (values[$0] - mean) } / count
            self.mean = mean
            deviation = variance.squareRoot() + 1e-11
            normal = TruncatedNormal(from: (low - mean) / deviation, to: (high - mean) / deviation)
        }

        /// Whether the part has one value only, so that nothing is drawn.
        var isFixed: Bool { normal.low == normal.high }
    }

    let parts: [Parts]
    private let kernelWidth: Double
    private let featureNames: [String]
    private let categoryNames: [Int: [String]]
    private let seed: UInt32

    /// An explainer that knows what values are like.
    ///
    /// - Parameters:
    ///   - training: n × d, the rows that columns are described by; no missing values.
    ///   - categorical: The columns that hold categories as whole numbers.
    ///   - categoryNames: For categorical columns the names of the categories 0, 1, ….
    ///   - featureNames: d names; default nil for x0, x1, ….
    ///   - kernelWidth: How far away samples still count; default nil for 0.75 · √d.
    ///   - seed: The seed of the samples.
    /// - Throws: `ApusError` with code `invalidInput`, `invalidParameter` or `shapeMismatch`.
    public init(
        training: Matrix, categorical: Set<Int> = [], categoryNames: [Int: [String]] = [:],
        featureNames: [String]? = nil, kernelWidth: Double? = nil, seed: UInt32 = 0
    ) throws {
        try training.checkUsable()
        self.featureNames = try checkedNames(featureNames, count: training.columns)
        guard categorical.allSatisfy({ (0..<training.columns).contains($0) }) else {
            throw ApusError(
                .invalidParameter, "A categorical column is not one of the \(training.columns) columns.")
        }
        if let kernelWidth, !(kernelWidth > 0 && kernelWidth.isFinite) {
            throw ApusError(.invalidParameter, "The kernel width is \(kernelWidth); it must be a number above 0.")
        }
        self.kernelWidth = kernelWidth ?? Double(training.columns).squareRoot() * 0.75
        self.categoryNames = categoryNames
        self.seed = seed
        parts = (0..<training.columns).map { j in
            Self.parts(of: training.column(j), isCategorical: categorical.contains(j))
        }
    }

    private static func parts(of column: [Double], isCategorical: Bool) -> Parts {
        var parts = Parts()
        var lows: [Double] = []
        var highs: [Double] = []
        let sorted = column.sorted()
        if !isCategorical {
            var cuts: [Double] = []
            for share in [0.25, 0.5, 0.75] {
                let place = share * Double(sorted.count - 1)
                let low = Int(place)
                let part = place - Double(low)
                let high = min(low + 1, sorted.count - 1)
                // As NumPy interpolates: from the nearer end.
                let difference = sorted[high] - sorted[low]
                let cut =
                    part >= 0.5 ? sorted[high] - difference * (1 - part) : sorted[low] + difference * part
                if cuts.last != cut { cuts.append(cut) }
            }
            parts.cuts = cuts
            lows = [sorted[0]] + cuts
            highs = cuts + [sorted[sorted.count - 1]]
        }
        let places = column.map { parts.part($0) }
        var counts: [Double: Int] = [:]
        for place in places { counts[place, default: 0] += 1 }
        parts.values = counts.keys.sorted()
        parts.frequencies = parts.values.map { Double(counts[$0, default: 0]) / Double(column.count) }
        if !isCategorical {
            parts.spreads = parts.values.map { part in
                let members = column.indices.filter { places[$0] == part }
                return Spread(members.map { column[$0] }, from: lows[Int(part)], to: highs[Int(part)])
            }
        }
        return parts
    }

    /// What holds of a column of a row, in words.
    func condition(_ feature: Int, _ value: Double) -> String {
        let name = featureNames[feature]
        guard let cuts = parts[feature].cuts else {
            let known = categoryNames[feature] ?? []
            let place = value >= 0 && value < Double(known.count) ? Int(value) : -1
            return "\(name)=\(place >= 0 ? known[place] : "\(value)")"
        }
        func text(_ number: Double) -> String { String(format: "%.2f", number) }
        let place = Int(parts[feature].part(value))
        if place == 0 { return "\(name) <= \(text(cuts[0]))" }
        if place == cuts.count { return "\(name) > \(text(cuts[place - 1]))" }
        return "\(text(cuts[place - 1])) < \(name) <= \(text(cuts[place]))"
    }

    /// Samples around a row: what holds of the row (n × d, ones and zeros), and the rows themselves, the first being the row.
    struct Samples: Sendable {
        let design: Matrix
        let rows: Matrix
    }

    /// Draws samples around a row.
    func samples(_ row: [Double], count: Int, _ random: inout RandomState) -> Samples {
        let d = row.count
        // All choices of parts come before all numbers within them.
        let choices = parts.map { random.choice(probabilities: $0.frequencies, count: count) }
        var design = [Double](repeating: 1, count: count * d)
        var rows = [Double](repeating: 0, count: count * d)
        for (j, (part, choices)) in zip(parts, choices).enumerated() {
            let own = part.part(row[j])
            let holds = part.values.map { $0 == own ? 1.0 : 0 }
            rows[j] = row[j]
            for i in 1..<max(1, count) { design[i * d + j] = holds[choices[i]] }
            guard part.cuts != nil else {
                for i in 1..<max(1, count) { rows[i * d + j] = part.values[choices[i]] }
                continue
            }
            let shares = random.uniform(count: part.drawn(choices))
            var next = 0
            for i in 1..<max(1, count) {
                let spread = part.spreads[choices[i]]
                if spread.isFixed {
                    // As in the reference the standardised bound takes the place of a draw.
                    rows[i * d + j] = spread.normal.low
                } else {
                    rows[i * d + j] = spread.mean + spread.deviation * spread.normal.quantile(shares[next])
                    next += 1
                }
            }
        }
        return Samples(
            design: Matrix(rows: count, columns: d, values: design), rows: Matrix(rows: count, columns: d, values: rows)
        )
    }

    /// Moves a generator on as if the samples around a row had been drawn, which do not depend on the row in their number.
    func skip(samples count: Int, _ random: inout RandomState) {
        var numbers = 0
        for part in parts {
            if part.spreads.contains(where: \.isFixed) {
                numbers += part.drawn(random.choice(probabilities: part.frequencies, count: count))
            } else {
                random.skip(words: 2 * count)
                if part.cuts != nil { numbers += count - 1 }
            }
        }
        random.skip(words: 2 * numbers)
    }

    /// Local models around some rows.
    ///
    /// - Parameters:
    ///   - x: n × d, no missing values.
    ///   - model: What the model answers.
    ///   - output: Which of its outputs is explained; nil for the second of two, else for each row the greatest.
    ///   - features: How many features a local model has at most; default 10.
    ///   - samples: How many samples are drawn around a row; default 5,000.
    ///   - selection: Which features are kept.
    /// - Returns: One local model a row.
    /// - Throws: `ApusError` with code `shapeMismatch`, `invalidInput` or `invalidParameter`, or what the model throws.
    public func explain(
        _ x: Matrix, _ model: ModelFunction, output: Int? = nil, features: Int = 10, samples: Int = 5000,
        selection: LimeSelection = .auto
    ) throws -> [LocalExplanation] {
        try x.checkColumns(parts.count, of: "LIME")
        try x.checkUsable()
        try checkLime(output, of: model, features: features, samples: samples)
        var random = RandomState(seed: seed)
        // Each condition that does not hold adds 1 to the squared distance.
        let weightOf = (0...parts.count).map { exp(-Double($0) / (kernelWidth * kernelWidth)).squareRoot() }
        var explanations: [LocalExplanation] = []
        for rows in Parallel.blocks(of: x.rows, size: 1024) {
            // Each row gets the generator as the rows before it leave it, so that all can be drawn side by side.
            let generators = rows.map { row in
                defer { if row + 1 < x.rows { skip(samples: samples, &random) } }
                return random
            }
            explanations += try Parallel.tryMap(rows.count) { k in
                let row = x.row(rows.lowerBound + k)
                var random = generators[k]
                let drawn = self.samples(row, count: samples, &random)
                let answers = try model(drawn.rows)
                let shown = shownOutput(output, answers)
                let d = parts.count
                let design = drawn.design
                let weights = (0..<samples).map { i in
                    weightOf[d - Int(design.values[i * d..<(i + 1) * d].reduce(0, +))]
                }
                return localExplanation(
                    design, answers.column(shown), weights: weights, outputName: model.outputNames[shown],
                    features: features, selection: selection
                ) { condition($0, row[$0]) }
            }
        }
        return explanations
    }

    /// How much the local model of a row depends on the draw: over some seeds, the mean and the deviation of each weight (0
    /// where the feature is left out), and how many of the features two draws have in common on average.
    public struct Stability: Sendable, Hashable {
        /// The mean weight of each feature.
        public let means: [Double]
        /// The standard deviation of each weight.
        public let deviations: [Double]
        /// The mean over pairs of draws of the share of their features that both have (Jaccard index).
        public let agreement: Double
        /// The mean R² of the local models; nil where the model's answers do not vary.
        public let score: Double?
    }

    /// Explains a row with several seeds.
    ///
    /// - Parameters:
    ///   - row: d numbers.
    ///   - model: What the model answers.
    ///   - output: As in `explain`.
    ///   - features: As in `explain`.
    ///   - samples: As in `explain`.
    ///   - seeds: The seeds, at least two.
    /// - Throws: As `explain`.
    public func stability(
        _ row: [Double], _ model: ModelFunction, output: Int? = nil, features: Int = 10, samples: Int = 5000,
        seeds: [UInt32] = [0, 1, 2, 3, 4]
    ) throws -> Stability {
        guard seeds.count >= 2 else {
            throw ApusError(.invalidParameter, "Stability compares draws; give at least two seeds.")
        }
        let x = Matrix(rows: 1, columns: row.count, values: row)
        let runs = try seeds.map { seed in
            try LimeTabularExplainer(self, seed: seed).explain(
                x, model, output: output, features: features, samples: samples)[0]
        }
        var weights = [[Double]](repeating: [Double](repeating: 0, count: runs.count), count: parts.count)
        for (k, run) in runs.enumerated() {
            for term in run.terms { weights[term.feature][k] = term.weight }
        }
        let means = weights.map(meanOf)
        let scores = runs.compactMap(\.score)
        return Stability(
            means: means,
            deviations: zip(weights, means).map { values, centre in
                meanOf(values.map { ($0 - centre) * ($0 - centre) }).squareRoot()
            },
            agreement: jaccard(runs.map { Set($0.terms.map(\.feature)) }), score: scores.isEmpty ? nil : meanOf(scores))
    }

    private init(_ other: LimeTabularExplainer, seed: UInt32) {
        parts = other.parts
        kernelWidth = other.kernelWidth
        featureNames = other.featureNames
        categoryNames = other.categoryNames
        self.seed = seed
    }
}

/// Throws for outputs that do not exist and for numbers of features or samples that make no local model.
func checkLime(_ output: Int?, of model: ModelFunction, features: Int, samples: Int) throws {
    if let output, !model.outputNames.indices.contains(output) {
        throw ApusError(
            .invalidParameter, "There is no output \(output); there are \(model.outputNames.count), counted from 0.")
    }
    guard features >= 1, samples >= 2 else {
        throw ApusError(.invalidParameter, "A local model needs at least 1 feature and 2 samples.")
    }
}

/// The output that is explained: the one asked for, the second of two, or the greatest for the first row.
func shownOutput(_ output: Int?, _ answers: Matrix) -> Int {
    if let output { return output }
    if answers.columns <= 2 { return answers.columns - 1 }
    return (0..<answers.columns).reduce(0) { answers[0, $1] > answers[0, $0] ? $1 : $0 }
}

/// The local model that fits answers around a row.
func localExplanation(
    _ design: Matrix, _ answers: [Double], weights: [Double], outputName: String, features: Int,
    selection: LimeSelection, condition: (Int) -> String
) -> LocalExplanation {
    let fit = LocalFit(design, target: answers, weights: weights)
    let kept = fit.selected(features, selection)
    let model = fit.ridge(kept, alpha: 1)
    let order = kept.indices.sorted { a, b in
        (model.weights[b].magnitude, a) < (model.weights[a].magnitude, b)
    }
    let first = design.row(0)
    return LocalExplanation(
        outputName: outputName,
        terms: order.map {
            LocalExplanation.Term(feature: kept[$0], condition: condition(kept[$0]), weight: model.weights[$0])
        },
        intercept: model.intercept, score: model.score,
        localPrediction: kept.indices.reduce(model.intercept) { $0 + model.weights[$1] * first[kept[$1]] },
        prediction: answers[0])
}
