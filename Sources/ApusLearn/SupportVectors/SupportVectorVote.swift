import ApusCore

/// The fitted facts of a support-vector classifier: a machine for each pair of classes, and how they vote.
public struct SupportVectorVote: Sendable, Hashable {
    /// The classes, ascending.
    public let classes: Labels.Classes
    /// The support vectors; `coefficients` has a row less than there are classes. For a vector of class i, row j - 1
    /// (for i < j) or row j (for i > j) holds its signed multiplier in the duel of i against j. With two classes a
    /// positive one speaks for the second.
    public let vectors: SupportVectors
    /// What is added to the sums of each duel.
    public let intercepts: [Double]
    /// What each duel reached of Σα - ½ αᵀQα, the objective that training maximises (for ν machines: of -½ αᵀQα, in the
    /// scale of the multipliers).
    public let dualObjectives: [Double]
    /// How many pairs of multipliers each duel moved.
    public let duelIterations: [Int]
    /// Whether every duel reached its tolerance.
    public let converged: Bool
    /// What decision values look like for more than two classes.
    public let decisionFunctionShape: DecisionFunctionShape
    /// Whether ties between classes go to the one with the greatest decision value, not to the first.
    public let breakTies: Bool
    /// The sigmoid of each duel; none without probabilities.
    package let calibrations: [PlattScaling]

    /// What duels ended with, as a vote.
    init(
        _ duels: SupportVectorDuels, _ outcomes: [SupportVectorDuels.Outcome], classes: Labels.Classes,
        shape: DecisionFunctionShape, breakTies: Bool, isSingle: Bool
    ) {
        let rows = duels.rows
        let pairs = duels.pairs
        var isSupport = rows.map { [Bool](repeating: false, count: $0.count) }
        for ((i, j), outcome) in zip(pairs, outcomes) {
            let multipliers = outcome.solution.multipliers
            for k in rows[i].indices where multipliers[k] != 0 { isSupport[i][k] = true }
            for k in rows[j].indices where multipliers[rows[i].count + k] != 0 { isSupport[j][k] = true }
        }
        let counts = isSupport.map { $0.count { $0 } }
        let total = counts.reduce(0, +)
        let sign = classes.count == 2 ? -1.0 : 1.0
        var starts = [0]
        for count in counts { starts.append(starts[starts.count - 1] + count) }
        let coefficients = Matrix(rows: max(1, rows.count - 1), columns: total) { values in
            for ((i, j), outcome) in zip(pairs, outcomes) {
                let multipliers = outcome.solution.multipliers
                for (own, row, offset) in [(i, j - 1, 0), (j, i, rows[i].count)] {
                    var place = row * total + starts[own]
                    for k in isSupport[own].indices where isSupport[own][k] {
                        let value = multipliers[offset + k]
                        values[place] = value == 0 ? 0 : sign * value
                        place += 1
                    }
                }
            }
        }
        vectors = SupportVectors(
            settings: duels.settings, kernel: duels.kernel, isSingle: isSingle, x: duels.x,
            indices: zip(rows, isSupport).flatMap { rows, isSupport in zip(rows, isSupport).filter(\.1).map(\.0) },
            counts: counts, coefficients: coefficients)
        self.classes = classes
        intercepts = outcomes.map { -sign * $0.solution.threshold }
        dualObjectives = outcomes.map { $0.solution.objective == 0 ? 0 : -$0.solution.objective }
        duelIterations = outcomes.map(\.solution.iterations)
        converged = outcomes.allSatisfy(\.solution.converged)
        calibrations = outcomes.compactMap(\.calibration)
        decisionFunctionShape = shape
        self.breakTies = breakTies
    }

    /// What `body` makes of the values of all duels, block by block of rows, so that many classes take no more memory
    /// than few.
    func overBlocks<Answer>(_ x: Matrix, of model: String, _ body: (Matrix) -> [Answer]) throws -> [Answer] {
        let size = max(16, 8_000_000 / max(1, intercepts.count))
        if x.rows <= size { return body(try duelValues(x, of: model)) }
        return try Parallel.blocks(of: x.rows, size: size).flatMap { block in
            body(try duelValues(x.selecting(rows: Array(block)), of: model))
        }
    }

    /// Throws when a value for each pair of classes and row would not fit into any machine's memory.
    func checkDuelMemory(rows: Int) throws {
        let gigabytes = Double(rows) * Double(intercepts.count) * 8 / 1e9
        guard gigabytes <= 16 else {
            throw ApusError(
                .invalidInput,
                "Decision values of \(intercepts.count) pairs of classes for \(rows) rows take \(Int(gigabytes)) GB; "
                    + "pass fewer rows at once, or set decisionFunctionShape to ovr.")
        }
    }

    /// The values of all duels, positive for the first class of each: m × pairs.
    func duelValues(_ x: Matrix, of model: String) throws -> Matrix {
        let sums = try vectors.sums(x, of: model)
        let k = classes.count
        if k == 2 {
            return Matrix(column: (0..<x.rows).map { -(sums[0].values[$0] + sums[1].values[$0] + intercepts[0]) })
        }
        let width = intercepts.count
        return Matrix(rows: x.rows, columns: width) { values in
            for row in 0..<x.rows {
                var place = row * width
                var pair = 0
                for i in 0..<k {
                    for j in i + 1..<k {
                        values[place] =
                            sums[i].values[row * (k - 1) + j - 1] + sums[j].values[row * (k - 1) + i]
                            + intercepts[pair]
                        place += 1
                        pair += 1
                    }
                }
            }
        }
    }

    /// Decision values as users see them.
    func decisions(_ duels: Matrix, _ shape: DecisionFunctionShape) -> Matrix {
        let k = classes.count
        if k == 2 { return Matrix(column: duels.values.map { -$0 }) }
        if shape == .ovo { return duels }
        return Matrix(rows: duels.rows, columns: k) { values in
            for row in 0..<duels.rows {
                var votes = [Double](repeating: 0, count: k)
                var confidences = votes
                var place = row * duels.columns
                for i in 0..<k {
                    for j in i + 1..<k {
                        let value = duels.values[place]
                        votes[value < 0 ? j : i] += 1
                        confidences[i] += value
                        confidences[j] -= value
                        place += 1
                    }
                }
                for i in 0..<k { values[row * k + i] = votes[i] + confidences[i] / (3 * (abs(confidences[i]) + 1)) }
            }
        }
    }

    /// The class that wins most duels for each row, the first of several; or, to break ties, that of the greatest
    /// decision value.
    func codes(_ duels: Matrix) -> [Int] {
        let k = classes.count
        func greatest(_ values: some RandomAccessCollection<Double>) -> Int {
            var (best, most, place) = (0, -Double.infinity, 0)
            for value in values {
                if value > most { (best, most) = (place, value) }
                place += 1
            }
            return best
        }
        if breakTies, k > 2 {
            let values = decisions(duels, .ovr).values
            return (0..<duels.rows).map { greatest(values[$0 * k..<($0 + 1) * k]) }
        }
        return (0..<duels.rows).map { row in
            var votes = [Double](repeating: 0, count: k)
            var place = row * duels.columns
            for i in 0..<k {
                for j in i + 1..<k {
                    votes[duels.values[place] > 0 ? i : j] += 1
                    place += 1
                }
            }
            return greatest(votes)
        }
    }

    /// The probabilities of the classes by coupling those of the duels.
    func probabilities(_ duels: Matrix) -> Matrix {
        let k = classes.count
        let rows = Parallel.mapBlocks(of: duels.rows, size: 256) { block in
            block.flatMap { row -> [Double] in
                var r = [Double](repeating: 0, count: k * k)
                var pair = 0
                for i in 0..<k {
                    for j in i + 1..<k {
                        let p = calibrations[pair].probability(duels.values[row * duels.columns + pair])
                        let kept = min(max(p, 1e-7), 1 - 1e-7)
                        r[i * k + j] = kept
                        r[j * k + i] = 1 - kept
                        pair += 1
                    }
                }
                return PairwiseCoupling.probabilities(r, classes: k)
            }
        }
        return Matrix(rows: duels.rows, columns: k, values: rows.flatMap { $0 })
    }
}

extension SupportVectorVote {
    /// Puts the machines into an archive.
    func encode(into archive: inout ModelArchive) {
        archive.store(classes, as: "classes")
        vectors.encode(into: &archive)
        archive.store(intercepts, as: "intercepts")
        archive.store(dualObjectives, as: "dualObjectives")
        archive.store(duelIterations, as: "iterations")
        archive.store(.bool(converged), as: "converged")
        archive.store(decisionFunctionShape.parameterValue, as: "decisionFunctionShape")
        archive.store(.bool(breakTies), as: "breakTies")
        archive.store(calibrations.map(\.a), as: "calibrationSlopes")
        archive.store(calibrations.map(\.b), as: "calibrationIntercepts")
    }

    /// Takes the machines out of an archive.
    init(from archive: ModelArchive) throws {
        classes = try archive.classes("classes")
        let k = classes.count
        guard k >= 2, k <= 1 << 16 else { throw archive.damaged("there are fewer than two classes, or too many") }
        let pairs = k * (k - 1) / 2
        vectors = try SupportVectors(from: archive, parts: k, decisions: k - 1)
        intercepts = try archive.doubles("intercepts", count: pairs)
        dualObjectives = try archive.doubles("dualObjectives", count: pairs)
        duelIterations = try archive.ints("iterations", count: pairs, in: 0...Int.max)
        converged = try archive.bool("converged")
        guard let shape = DecisionFunctionShape(parameterValue: try archive.attribute("decisionFunctionShape")) else {
            throw archive.damaged("attribute “decisionFunctionShape” is neither ovr nor ovo")
        }
        decisionFunctionShape = shape
        breakTies = try archive.bool("breakTies")
        let slopes = try archive.doubles("calibrationSlopes")
        let offsets = try archive.doubles("calibrationIntercepts", count: slopes.count)
        guard slopes.isEmpty || slopes.count == pairs else {
            throw archive.damaged("not every pair of classes has a calibration")
        }
        calibrations = zip(slopes, offsets).map { PlattScaling(a: $0, b: $1) }
    }
}
