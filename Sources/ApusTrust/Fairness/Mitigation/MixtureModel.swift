@_spi(Trusted) import ApusCore

/// A randomised classifier: some classifiers, and how often each is asked.
///
/// The probability of the positive class of a row is the share of the mixture that answers it. `predict` draws: it answers
/// positive where that share is above a number that the seed and the content of the row determine (see below), so the same
/// row always gets the same answer, alone or among others. Over rows the shares of answers are those of the mixture, which
/// is what the fairness constraint was met by. Without `randomized` a row is positive where at least half of the mixture
/// says so; that is one fixed rule, and the constraint need not hold for it.
///
/// Equal rows are drawn alike. In a table of few different rows the answers may therefore be further from the constraint
/// than the mixture is; `predictProba` has what to draw from by other means.
public struct MixtureModel<Member: ClassifierModel>: ClassifierModel, IterativeModel {
    /// `fair-mixture`
    public static var catalogName: String { "fair-mixture" }

    /// One classifier of the mixture.
    public enum Part: Sendable, Equatable {
        /// The same answer for every row: whether it is positive.
        case constant(Bool)
        /// A fitted classifier.
        case model(Member)
    }

    /// What one classifier that was tried is worth on the training rows.
    public struct Candidate: Sendable, Hashable {
        /// The share of rows it gets wrong.
        public let error: Double
        /// How far groups are apart under it: the greatest of the constraints, before the bound is taken off.
        public let disparity: Double
    }

    /// The two classes, the positive one last.
    public let classes: Labels.Classes
    /// The classifiers that are asked.
    public let parts: [Part]
    /// How often each is asked: above 0, adding up to 1.
    public let weights: [Double]
    /// Whether answers are drawn from the mixture.
    public let randomized: Bool
    /// The seed of the draws.
    public let seed: UInt32
    /// Number of features.
    public let featureCount: Int
    /// Rounds until the search stopped.
    public let iterations: Int
    /// Whether it stopped because nothing better is left to find, and not because its rounds ran out.
    public let converged: Bool
    /// The bound that was asked for.
    public let bound: Double
    /// What the mixture itself is worth on the training rows. A disparity above `bound` says that no mixture of the
    /// classifiers that were found keeps it, and how near this one came.
    public let achieved: Candidate
    /// Every classifier that was tried: the trade-off of accuracy against disparity.
    public let candidates: [Candidate]

    init(
        classes: Labels.Classes, parts: [Part], weights: [Double], randomized: Bool, seed: UInt32, featureCount: Int,
        iterations: Int, converged: Bool, bound: Double, achieved: Candidate, candidates: [Candidate]
    ) {
        self.classes = classes
        self.parts = parts
        self.weights = weights
        self.randomized = randomized
        self.seed = seed
        self.featureCount = featureCount
        self.iterations = iterations
        self.converged = converged
        self.bound = bound
        self.achieved = achieved
        self.candidates = candidates
    }

    /// Whether the mixture keeps the bound on the training rows, to six decimals.
    public var keepsBound: Bool { achieved.disparity <= bound + 1e-6 }

    /// The share of the mixture that answers each row positive.
    private func shares(_ x: Matrix) throws -> [Double] {
        // Whether NaN stands for a missing value is for the classifiers of the mixture to say.
        try x.checkUsable(allowsNaN: true)
        try x.checkColumns(featureCount, of: "The mixture")
        var shares = [Double](repeating: 0, count: x.rows)
        for (part, weight) in zip(parts, weights) {
            switch part {
            case .constant(let answer): if answer { for row in shares.indices { shares[row] += weight } }
            case .model(let model):
                let selected = try Self.selected(model, x)
                for row in shares.indices where selected[row] { shares[row] += weight }
            }
        }
        return shares.map { min(1, $0) }
    }

    /// The class of each row: drawn from the mixture, or what at least half of it says.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    public func predict(_ x: Matrix) throws -> Labels { labels(try shares(x), x) }

    /// For each row the share of the mixture that answers each class: n × 2. It is a probability of the answer, not of the
    /// truth.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
    public func predictProba(_ x: Matrix) throws -> Matrix { Self.table(try shares(x)) }

    /// Both from one pass.
    public func predictWithProbabilities(_ x: Matrix) throws -> (labels: Labels, probabilities: Matrix) {
        let shares = try shares(x)
        return (labels(shares, x), Self.table(shares))
    }

    private func labels(_ shares: [Double], _ x: Matrix) -> Labels {
        guard randomized else {
            return Labels(trustedCodes: shares.map { $0 >= 0.5 ? 1 : 0 }, classes: classes)
        }
        let draws = RowDraw(seed: seed).numbers(x)
        return Labels(trustedCodes: zip(shares, draws).map { $0 > $1 ? 1 : 0 }, classes: classes)
    }

    static func table(_ shares: [Double]) -> Matrix {
        Matrix(rows: shares.count, columns: 2, values: shares.flatMap { [1 - $0, $0] })
    }

    /// Whether a model that learned 0 and 1 answers 1.
    static func selected(_ model: Member, _ x: Matrix) throws -> [Bool] {
        let answers = try model.predict(x)
        let place = answers.classes.names.firstIndex(of: "1") ?? -1
        return answers.codes.map { $0 == place }
    }
}

extension MixtureModel {
    /// Puts the parts into an archive, each under its number, and the kind of the parts.
    public func encode(into archive: inout ModelArchive) {
        archive.store(classes, as: "classes")
        archive.store(.string(Member.catalogName), as: "member")
        archive.store(weights, as: "weights")
        archive.store(.bool(randomized), as: "randomized")
        archive.store(.int(Int(seed)), as: "seed")
        archive.store(.int(featureCount), as: "features")
        archive.store(.int(iterations), as: "iterations")
        archive.store(.bool(converged), as: "converged")
        archive.store([bound, achieved.error, achieved.disparity], as: "bound")
        archive.store(candidates.map(\.error), as: "candidateErrors")
        archive.store(candidates.map(\.disparity), as: "candidateDisparities")
        var constants: [JSONValue] = []
        for (place, part) in parts.enumerated() {
            switch part {
            case .constant(let answer): constants.append(.bool(answer))
            case .model(let model):
                constants.append(.null)
                var inner = ModelArchive()
                model.encode(into: &inner)
                archive.store(inner, under: "part\(place)")
            }
        }
        archive.store(.array(constants), as: "constants")
    }

    /// Takes the parts out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        guard try archive.string("member") == Member.catalogName else {
            throw archive.damaged("its parts are not of kind \(Member.catalogName)")
        }
        classes = try archive.classes("classes")
        guard classes.count == 2 else { throw archive.damaged("it has \(classes.count) classes, expected 2") }
        guard let constants = try archive.attribute("constants").arrayValue, !constants.isEmpty else {
            throw archive.damaged("attribute “constants” is not a list")
        }
        weights = try archive.doubles("weights", count: constants.count)
        guard weights.allSatisfy({ $0 > 0 }), abs(weights.reduce(0, +) - 1) < 1e-6 else {
            throw archive.damaged("the weights of its parts do not add up to 1")
        }
        let count = try archive.int("features", in: 1...Int.max)
        featureCount = count
        parts = try constants.enumerated().map { place, value in
            switch value {
            case .bool(let answer): return .constant(answer)
            case .null:
                let model = try Member(from: archive.part("part\(place)"))
                guard model.featureCount == count else {
                    throw archive.damaged("a part takes \(model.featureCount) features, expected \(count)")
                }
                return .model(model)
            default: throw archive.damaged("attribute “constants” is not a list of truth values")
            }
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
