@_spi(Trusted) import ApusCore

/// What decides about a row of a group: two thresholds and how often each counts, and at times a constant.
public struct ThresholdRule: Sendable, Hashable {
    /// A threshold and which side of it is positive.
    public struct Operation: Sendable, Hashable {
        /// The threshold; may be infinite, so that no row or every row is positive.
        public let threshold: Double
        /// Whether scores above it are positive; otherwise scores below are.
        public let isAbove: Bool

        func selects(_ score: Double) -> Bool { isAbove ? score > threshold : score < threshold }
    }

    /// The first threshold, which counts with `share0`.
    public let operation0: Operation
    /// How often the first threshold decides.
    public let share0: Double
    /// The second threshold.
    public let operation1: Operation
    /// How often the second threshold decides.
    public let share1: Double
    /// How often neither decides, but `constant` does.
    public let ignored: Double
    /// The probability of a positive answer where neither threshold decides.
    public let constant: Double

    /// The probability of a positive answer for a score.
    public func share(_ score: Double) -> Double {
        let mixed = (operation0.selects(score) ? share0 : 0) + (operation1.selects(score) ? share1 : 0)
        return ignored * constant + (1 - ignored) * mixed
    }
}

/// A classifier with thresholds for each group.
public struct ThresholdModel<Base: ClassifierModel>: FittedModel {
    /// `threshold-optimizer`
    public static var catalogName: String { "threshold-optimizer" }

    /// The classifier whose scores are cut.
    public let base: Base
    /// The groups that have a rule.
    public let groups: [String]
    /// What decides in each group.
    public let rules: [ThresholdRule]
    /// Whether thresholds are mixed; otherwise each group has one.
    public let randomized: Bool
    /// The seed of the draws.
    public let seed: UInt32
    /// How far groups are apart by the constraint on the rows that the thresholds were found on.
    public internal(set) var achieved: Double

    init(base: Base, groups: [String], rules: [ThresholdRule], randomized: Bool, seed: UInt32, achieved: Double) {
        self.base = base
        self.groups = groups
        self.rules = rules
        self.randomized = randomized
        self.seed = seed
        self.achieved = achieved
    }

    /// The two classes, the positive one last.
    public var classes: Labels.Classes { base.classes }
    /// Number of features, without the group.
    public var featureCount: Int { base.featureCount }

    /// The class of each row.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - sensitive: The group of each row, by the names of ``groups``.
    /// - Throws: `ApusError` with code `shapeMismatch`, or `invalidInput` for a group without a rule.
    public func predict(_ x: Matrix, sensitive: Labels) throws -> Labels { try answers(x, sensitive: sensitive).labels }

    /// The probability that each row is answered positive or negative: n × 2. It is one of the answer, not of the truth.
    ///
    /// - Throws: As `predict`.
    public func predictProba(_ x: Matrix, sensitive: Labels) throws -> Matrix {
        try answers(x, sensitive: sensitive).probabilities
    }

    func answers(_ x: Matrix, sensitive: Labels) throws -> (labels: Labels, probabilities: Matrix) {
        guard sensitive.count == x.rows else {
            throw ApusError(
                .shapeMismatch, "There are \(sensitive.count) groups for \(x.rows) rows; give one for each row.")
        }
        let places = sensitive.classes.names.map { groups.firstIndex(of: $0) }
        let scores = try Self.scores(base, x)
        let shares = try scores.indices.map { row in
            guard let place = places[sensitive.codes[row]] else {
                throw ApusError(
                    .invalidInput,
                    "Row \(row) is of group “\(sensitive.classes.names[sensitive.codes[row]])”, for which there is no "
                        + "threshold; there are \(groups.joined(separator: ", ")).")
            }
            return rules[place].share(scores[row])
        }
        let draws = RowDraw(seed: seed).numbers(x)
        return (
            Labels(trustedCodes: zip(shares, draws).map { $0 > $1 ? 1 : 0 }, classes: classes),
            MixtureModel<Base>.table(shares)
        )
    }

    /// How probable, or how far on the positive side, each row is.
    static func scores(_ model: Base, _ x: Matrix) throws -> [Double] {
        if model.givesProbabilities { return try model.predictProba(x).column(1) }
        if let deciding = model as? any DecisionModel { return try deciding.decisionFunction(x).column(0) }
        return try model.predict(x).codes.map { Double($0) }
    }
}

extension ThresholdModel {
    /// Puts the rules and the classifier into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(.string(Base.catalogName), as: "member")
        archive.store(.array(groups.map { .string($0) }), as: "groups")
        archive.store(
            Matrix(
                rows: rules.count, columns: 8,
                values: rules.flatMap {
                    [
                        $0.operation0.threshold, $0.operation0.isAbove ? 1 : 0, $0.share0, $0.operation1.threshold,
                        $0.operation1.isAbove ? 1 : 0, $0.share1, $0.ignored, $0.constant,
                    ]
                }), as: "rules")
        archive.store(.bool(randomized), as: "randomized")
        archive.store(.int(Int(seed)), as: "seed")
        archive.store([achieved], as: "achieved")
        var inner = ModelArchive()
        base.encode(into: &inner)
        archive.store(inner, under: "base")
    }

    /// Takes the rules and the classifier out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        guard try archive.string("member") == Base.catalogName else {
            throw archive.damaged("its classifier is not of kind \(Base.catalogName)")
        }
        base = try Base(from: archive.part("base"))
        guard base.classes.count == 2 else { throw archive.damaged("its classifier does not have two classes") }
        let names = try archive.attribute("groups").arrayValue?.compactMap(\.stringValue) ?? []
        guard !names.isEmpty, Set(names).count == names.count else {
            throw archive.damaged("attribute “groups” is not a list of different names")
        }
        groups = names
        let table = try archive.matrix("rules", rows: names.count, columns: 8, allowsNonFinite: true)
        guard !table.values.contains(where: \.isNaN) else { throw archive.damaged("tensor “rules” holds NaN") }
        rules = (0..<table.rows).map { k in
            ThresholdRule(
                operation0: .init(threshold: table[k, 0], isAbove: table[k, 1] == 1), share0: table[k, 2],
                operation1: .init(threshold: table[k, 3], isAbove: table[k, 4] == 1), share1: table[k, 5],
                ignored: table[k, 6], constant: table[k, 7])
        }
        randomized = try archive.bool("randomized")
        seed = UInt32(try archive.int("seed", in: 0...Int(UInt32.max)))
        achieved = try archive.doubles("achieved", count: 1)[0]
    }
}
