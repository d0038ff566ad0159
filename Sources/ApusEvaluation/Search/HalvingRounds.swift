import ApusCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The rounds of successive halving: how many there are, what each gets, and who goes on.
struct HalvingRounds {
    /// The candidates of the first round.
    let points: [SearchPoint]
    /// What each round gets.
    let resources: [Int]
    private let halving: Halving
    private let rows: Int

    /// The rounds of a grid.
    init(_ halving: Halving, grid space: SearchSpace, _ problem: SearchProblem) throws {
        let limits = try Self.limits(halving, problem)
        try self.init(halving, space.grid(), limits, halving.minResources ?? .exhaust, problem)
    }

    /// The rounds of candidates drawn at random.
    init(_ halving: Halving, count: Int?, of space: SearchSpace, _ problem: SearchProblem) throws {
        let rule = halving.minResources ?? .smallest
        if count == nil, rule == .exhaust {
            throw ApusError(
                .invalidParameter,
                "Neither the number of candidates nor the least resources of the halving is given, and each follows from the "
                    + "other; give one of them.")
        }
        let limits = try Self.limits(halving, problem)
        let points = try space.sample(count ?? max(1, limits.most / limits.least), seed: halving.seed)
        try self.init(halving, points, limits, rule, problem)
    }

    private init(
        _ halving: Halving, _ candidates: [[String: JSONValue]], _ limits: (least: Int, most: Int),
        _ rule: Halving.MinResources, _ problem: SearchProblem
    ) throws {
        var (least, most) = limits
        if case .parameter(let name) = halving.resource,
            let clash = candidates.lazy.flatMap(\.keys).first(where: { snakeCase($0) == snakeCase(name) })
        {
            throw ApusError(
                .invalidParameter,
                "\(clash) is searched and is the resource of the halving too; leave it out of the space.")
        }
        let factor = halving.factor
        let required = 1 + Int((log(Double(candidates.count)) / log(factor)).rounded(.down))
        if rule == .exhaust {
            least = max(least, Int((Double(most) / pow(factor, Double(required - 1))).rounded(.down)))
        }
        let possible = 1 + Int((log(Double(most / least)) / log(factor)).rounded(.down))
        let count = halving.aggressiveElimination ? required : min(possible, required)
        let smallest = least
        resources = (0..<count).map { round in
            let power = halving.aggressiveElimination ? max(0, round - required + possible) : round
            return min(most, Int(pow(factor, Double(power)) * Double(smallest)))
        }
        self.halving = halving
        rows = problem.rows
        let first = resources[0]
        points = candidates.map { Self.point($0, halving, first, 0) }
    }

    private static func limits(_ halving: Halving, _ problem: SearchProblem) throws -> (least: Int, most: Int) {
        guard halving.factor > 1, halving.factor.isFinite else {
            throw ApusError(.invalidParameter, "The factor of the halving is \(halving.factor); it must be above 1.")
        }
        let most: Int
        switch (halving.resource, halving.maxResources) {
        case (_, let given?): most = given
        case (.rows, nil): most = problem.rows
        case (.parameter(let name), nil):
            throw ApusError(
                .invalidParameter, "Halving by \(name) needs the most that it may get; give the maximal resources.")
        }
        var least = 1
        if case .amount(let given)? = halving.minResources {
            least = given
        } else if halving.resource == .rows {
            least = 2 * problem.splits.count * (problem.classes ?? 1)
        }
        if halving.resource == .rows, most > problem.rows {
            throw ApusError(
                .invalidParameter, "The halving may use \(most) rows at most, but there are only \(problem.rows).")
        }
        guard least >= 1, least <= most else {
            throw ApusError(
                .invalidParameter,
                "The first round of the halving gets \(least), but the last at most \(most); the first must be at least 1 "
                    + "and not above the last.")
        }
        return (least, most)
    }

    private static func point(
        _ parameters: [String: JSONValue], _ halving: Halving, _ amount: Int, _ round: Int
    ) -> SearchPoint {
        var parameters = parameters
        if case .parameter(let name) = halving.resource { parameters[name] = .int(amount) }
        return SearchPoint(parameters, resources: amount, iteration: round)
    }

    /// Tries the candidates of each round and lets the better part go on.
    func run(_ trials: SearchTrials) throws -> [SearchCandidate] {
        let folds = trials.problem.splits.count
        var counts = [points.count]
        while counts.count < resources.count { counts.append(Self.kept(counts[counts.count - 1], halving.factor)) }
        trials.total = counts.reduce(0, +) * folds
        var all: [SearchCandidate] = []
        var alive = points
        for (round, amount) in resources.enumerated() {
            let splits = halving.resource == .rows ? drawn(trials.problem.splits, amount) : nil
            let tried = try trials.run(alive, splits: splits)
            all += tried
            guard round + 1 < resources.count else { break }
            // Ascending, what is not defined first; the last ones go on in that order.
            let order = tried.indices.sorted { a, b in
                let (left, right) = (tried[a].standing, tried[b].standing)
                return left == right ? a < b : left > right
            }
            alive = order.suffix(Self.kept(alive.count, halving.factor)).map {
                Self.point(tried[$0].parameters, halving, resources[round + 1], round + 1)
            }
        }
        return all
    }

    private static func kept(_ count: Int, _ factor: Double) -> Int { Int((Double(count) / factor).rounded(.up)) }

    /// A share of the rows of each fold, drawn without replacement.
    private func drawn(_ splits: [Split], _ amount: Int) -> [Split] {
        let share = Double(amount) / Double(rows)
        func some(_ rows: [Int]) -> [Int] {
            var random = RandomState(seed: halving.seed)
            return random.permutation(rows.count).prefix(Int(share * Double(rows.count))).map { rows[$0] }
        }
        return splits.map { Split(train: some($0.train), test: some($0.test)) }
    }
}
