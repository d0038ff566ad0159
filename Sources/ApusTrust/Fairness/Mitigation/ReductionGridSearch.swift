import ApusCore
import ApusLearn
import Foundation

/// A fair classifier by trying multipliers of the constraints on a grid and keeping the one with the best trade-off of error
/// and disparity: fairlearn's `GridSearch`.
///
///     let model = try ReductionGridSearch(LogisticRegression(), gridSize: 20).fit(x, y, sensitive: sex)
///     model.candidates        // error and disparity of all twenty: the trade-off curve
///
/// One deterministic classifier comes out. The grid has a dimension for each group but one (of each event): beyond two or
/// three groups ``ExponentiatedGradient`` gets further with fewer fits. Multipliers, weights and choice are those of
/// fairlearn 0.15.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `constraint` | demographicParity | demographicParity, equalizedOdds, … | what is kept equal |
/// | `bound` | 0.01 | at least 0 | what `keepsBound` measures by; the search itself has no bound |
/// | `ratioBound` | none | none, above 0 to 1 | a bound of the ratio in place of the difference |
/// | `constraintWeight` | 0.5 | 0 to 1 | how much disparity counts against error in the choice |
/// | `gridSize` | 10 | at least 1 | how many multipliers are tried |
/// | `gridLimit` | 2 | above 0 | the greatest sum of multipliers |
///
/// A. Agarwal et al., "A Reductions Approach to Fair Classification", ICML 2018.
public struct ReductionGridSearch<Base: Classifier>: FairClassifier, ReductionParameters {
    /// `reduction-grid-search`
    public static var catalogName: String { "reduction-grid-search" }

    /// Every parameter, then those of the classifier within, each called `estimator.parameter`.
    public static var parameters: [Parameter<Self>] {
        constraintParameters + [
            Parameter(
                "constraintWeight", \.constraintWeight, .fraction,
                "How much disparity counts against error in the choice."),
            Parameter("gridSize", \.gridSize, .integer(1...10_000), "How many multipliers are tried."),
            Parameter("gridLimit", \.gridLimit, .positive, "The greatest sum of multipliers."),
        ] + innerParameters
    }

    /// The classifier that is fitted for each point of the grid.
    public var estimator: Base
    /// What is kept equal between groups; default demographic parity.
    public var constraint: FairnessConstraint
    /// What `keepsBound` of the model measures by, at least 0; default 0.01.
    public var bound: Double
    /// The least ratio of a group and all rows, above 0 to 1, in place of a difference; default nil.
    public var ratioBound: Double?
    /// How much disparity counts against error in the choice, 0 to 1; default 0.5.
    public var constraintWeight: Double
    /// How many multipliers are tried; default 10.
    public var gridSize: Int
    /// The greatest sum of multipliers; default 2.
    public var gridLimit: Double

    /// The defaults around the default classifier.
    public init() { self.init(Base()) }

    /// A reduction to `estimator`.
    public init(
        _ estimator: Base, constraint: FairnessConstraint = .demographicParity, bound: Double = 0.01,
        ratioBound: Double? = nil, constraintWeight: Double = 0.5, gridSize: Int = 10, gridLimit: Double = 2
    ) {
        self.estimator = estimator
        self.constraint = constraint
        self.bound = bound
        self.ratioBound = ratioBound
        self.constraintWeight = constraintWeight
        self.gridSize = gridSize
        self.gridLimit = gridLimit
    }

    /// Fits the classifier for each point of the grid and keeps the best.
    ///
    /// - Parameters: As for ``ExponentiatedGradient``.
    /// - Throws: As for ``ExponentiatedGradient``; `invalidParameter` when the grid has too many dimensions for its size.
    /// - Complexity: `gridSize` fits of the classifier.
    public func fit(
        _ x: Matrix, _ y: Labels, sensitive: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> MixtureModel<Base.Model> {
        try validateParameters()
        try checkRatio()
        try checkBase()
        let task = try FairTask(x, y, sensitive: sensitive, weights: weights, of: Self.catalogName)
        let moment = Moment(task, constraint, bound: bound, ratio: ratioBound)
        let grid = try MultiplierGrid(moment, size: gridSize, limit: gridLimit).points
        var tried: [(part: MixtureModel<Base.Model>.Part, candidate: MixtureModel<Base.Model>.Candidate)] = []
        for lambda in grid {
            try checkCancellation()
            var signed = moment.signedWeights(lambda)
            // A bounded loss has the error among its own constraints.
            if moment.relabels { signed = zip(signed, moment.objectiveWeights).map { $0 + $1 } }
            let (wanted, strengths) = moment.problem(signed)
            let usable = strengths.contains { $0 > 0 }
            let part = try ClassificationResponse.fit(estimator, x, wanted, usable ? strengths : nil)
            let selected = try part.selected(x)
            tried.append(
                (part, .init(error: moment.error(selected), disparity: moment.gamma(selected).max() ?? 0)))
            progress?(ProgressUpdate(stage: "grid", completed: tried.count, total: grid.count))
        }
        func loss(_ k: Int) -> Double {
            (1 - constraintWeight) * tried[k].candidate.error + constraintWeight * tried[k].candidate.disparity
        }
        let best = tried.indices.min { (loss($0), $0) < (loss($1), $1) } ?? 0
        return MixtureModel(
            classes: task.classes, parts: [tried[best].part], weights: [1], randomized: false, seed: 0,
            featureCount: x.columns, iterations: grid.count, converged: true, bound: bound,
            achieved: tried[best].candidate, candidates: tried.map(\.candidate))
    }
}

/// Points with whole coordinates whose magnitudes add up to at most a number of units, scaled to a limit.
struct MultiplierGrid {
    /// The multipliers of all constraints at each point.
    let points: [[Double]]

    /// - Throws: `ApusError` with code `invalidParameter` when there are too many dimensions.
    init(_ moment: Moment, size: Int, limit: Double) throws {
        // Each event and each group but the last that occurs gives a direction, up with the upper constraint and down with
        // the lower one; of a bounded loss each group gives one, which cannot go down.
        let cells = moment.eventOfCell.indices
        func cell(_ event: Int, _ group: Int) -> Int? {
            cells.first { moment.eventOfCell[$0] == event && moment.groupOfCell[$0] == group }
        }
        let directions: [Int?] =
            moment.relabels
            ? moment.eventOrder.flatMap { event in moment.groupOrder.dropLast().map { cell(event, $0) } }
            : moment.groupOrder.map { cell(0, $0) }
        guard directions.count <= 12 else {
            throw ApusError(
                .invalidParameter,
                "A grid over \(moment.groupOrder.count) groups has \(directions.count) dimensions, too many to search; "
                    + "use exponentiated-gradient, or merge groups.")
        }
        let signed = moment.relabels
        // Where the error is among the constraints the magnitudes add up to the units exactly.
        let exact = !moment.relabels
        let dimensions = exact ? directions.count - 1 : directions.count
        let folds = signed ? Double(1 << directions.count) : 1
        var units = max(
            0, Int((pow(Double(size) / folds, 1 / Double(max(1, dimensions))) - 1).rounded(.down)))
        var found: [[Int]] = []
        repeat {
            found = []
            var entry = [Int](repeating: 0, count: directions.count)
            Self.walk(0, units, &entry, &found, signed: signed, exact: exact, most: size)
            if found.count < size { units += 1 }
        } while found.count < size
        let unit = limit / Double(max(1, units))
        points = found.prefix(size).map { entry in
            var lambda = [Double](repeating: 0, count: moment.count)
            for (step, direction) in zip(entry, directions) {
                guard let direction else { continue }
                if step >= 0 {
                    lambda[direction] = Double(step) * unit
                } else {
                    lambda[cells.count + direction] = Double(-step) * unit
                }
            }
            return lambda
        }
    }

    private static func walk(
        _ place: Int, _ left: Int, _ entry: inout [Int], _ found: inout [[Int]], signed: Bool, exact: Bool, most: Int
    ) {
        if found.count >= most { return }
        if place == entry.count {
            found.append(entry)
            return
        }
        let last = place == entry.count - 1
        let values = exact && last ? [left] : Array((signed ? -left : 0)...left)
        for value in values {
            entry[place] = value
            walk(place + 1, left - abs(value), &entry, &found, signed: signed, exact: exact, most: most)
        }
        entry[place] = 0
    }
}
