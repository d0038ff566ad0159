@_spi(Trusted) import ApusCore

/// Some regressors, and how much each counts: what ``GroupLossRegressor`` finds.
public struct RegressorMixture<Member: RegressorModel>: RegressorModel, IterativeModel, MitigationOutcome {
    /// `group-loss-regressor`
    public static var catalogName: String { "group-loss-regressor" }

    /// What a regressor, or the mixture, is worth on the training rows.
    public struct Candidate: Sendable, Hashable {
        /// The mean loss.
        public let error: Double
        /// The greatest mean loss of a group.
        public let disparity: Double
    }

    /// The regressors that are asked.
    public let parts: [Member]
    /// How much each counts: above 0, adding up to 1.
    public let weights: [Double]
    /// The range of the loss, within which predictions count.
    public let range: ClosedRange<Double>
    /// Whether answers are drawn from the mixture; otherwise they are its mean.
    public let randomized: Bool
    /// The seed of the draws.
    public let seed: UInt32
    /// Rounds until the search stopped.
    public let iterations: Int
    /// Whether it stopped because nothing better is left to find, and not because its rounds ran out.
    public let converged: Bool
    /// The bound that was asked for.
    public let bound: Double
    /// What the mixture is worth on the training rows. A disparity above `bound` says that no mixture of the regressors that
    /// were found keeps it, and how near this one came.
    public let achieved: Candidate
    /// Every regressor that was tried.
    public let candidates: [Candidate]

    init(
        parts: [Member], weights: [Double], range: ClosedRange<Double>, randomized: Bool, seed: UInt32,
        iterations: Int, converged: Bool, bound: Double, achieved: Candidate, candidates: [Candidate]
    ) {
        self.parts = parts
        self.weights = weights
        self.range = range
        self.randomized = randomized
        self.seed = seed
        self.iterations = iterations
        self.converged = converged
        self.bound = bound
        self.achieved = achieved
        self.candidates = candidates
    }

    /// Number of features.
    public var featureCount: Int { parts[0].featureCount }
    /// The bound that was asked for.
    public var askedBound: Double? { bound }
    /// The greatest mean loss of a group.
    public var achievedDisparity: Double { achieved.disparity }
    /// Loss and greatest loss of a group of each regressor that was tried.
    public var tradeOff: [(error: Double, disparity: Double)] { candidates.map { ($0.error, $0.disparity) } }
    /// Whether the mixture keeps the bound on the training rows, to six decimals.
    public var keepsBound: Bool { achieved.disparity <= bound + 1e-6 }

    /// The mean of the mixture's predictions within the range of the loss, or one of them, drawn by the content of the row.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    public func predict(_ x: Matrix) throws -> [Double] {
        let all = try parts.map { try $0.predict(x) }
        guard randomized else {
            return (0..<x.rows).map { row in
                zip(all, weights).reduce(0) { $0 + $1.1 * $1.0[row].clamped(to: range) }
            }
        }
        let draws = RowDraw(seed: seed).numbers(x)
        return (0..<x.rows).map { row in
            var left = draws[row]
            for (predictions, weight) in zip(all, weights) {
                if left < weight { return predictions[row] }
                left -= weight
            }
            return all[all.count - 1][row]
        }
    }

    /// Puts the parts into an archive, each under its number, and the kind of the parts.
    public func encode(into archive: inout ModelArchive) {
        archive.store(.string(Member.catalogName), as: "member")
        archive.store(weights, as: "weights")
        archive.store([range.lowerBound, range.upperBound], as: "range")
        archive.store(.bool(randomized), as: "randomized")
        archive.store(.int(Int(seed)), as: "seed")
        archive.store(.int(iterations), as: "iterations")
        archive.store(.bool(converged), as: "converged")
        archive.store([bound, achieved.error, achieved.disparity], as: "bound")
        archive.store(candidates.map(\.error), as: "candidateErrors")
        archive.store(candidates.map(\.disparity), as: "candidateDisparities")
        for (place, part) in parts.enumerated() {
            var inner = ModelArchive()
            part.encode(into: &inner)
            archive.store(inner, under: "part\(place)")
        }
    }

    /// Takes the parts out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        guard try archive.string("member") == Member.catalogName else {
            throw archive.damaged("its parts are not of kind \(Member.catalogName)")
        }
        weights = try archive.doubles("weights")
        guard !weights.isEmpty, weights.count <= 100_000, weights.allSatisfy({ $0 > 0 }),
            abs(weights.reduce(0, +) - 1) < 1e-6
        else { throw archive.damaged("the weights of its parts do not add up to 1") }
        let ends = try archive.doubles("range", count: 2)
        guard ends[0] < ends[1] else { throw archive.damaged("the range of its loss is empty") }
        range = ends[0]...ends[1]
        parts = try weights.indices.map { try Member(from: archive.part("part\($0)")) }
        guard Set(parts.map(\.featureCount)).count == 1 else {
            throw archive.damaged("its parts take different numbers of features")
        }
        randomized = try archive.bool("randomized")
        seed = UInt32(try archive.int("seed", in: 0...Int(UInt32.max)))
        iterations = try archive.int("iterations")
        converged = try archive.bool("converged")
        let figures = try archive.doubles("bound", count: 3)
        bound = figures[0]
        achieved = Candidate(error: figures[1], disparity: figures[2])
        let errors = try archive.doubles("candidateErrors")
        let disparities = try archive.doubles("candidateDisparities", count: errors.count)
        candidates = zip(errors, disparities).map { Candidate(error: $0, disparity: $1) }
    }
}
