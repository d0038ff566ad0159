import ApusCore

/// A linear support-vector machine: coefficients w that minimise `½‖w‖² + C Σ sᵢ max(0, 1 - yᵢ w·xᵢ)²`, yᵢ = ±1.
///
/// The intercept is the coefficient of a further feature that is `interceptScaling` everywhere, so it is penalised like
/// the others. More than two classes are told apart by one machine each, against all the others.
///
/// | parameter | default | legal | meaning |
/// |---|---|---|---|
/// | `penalty` | l2 | l2, l1 | `½‖w‖²`, or `‖w‖₁`, which leaves few coefficients that are not 0 |
/// | `loss` | squaredHinge | squaredHinge, hinge | whether what is missing to 1 is squared |
/// | `dual` | auto | auto, true, false | which form of the problem is solved |
/// | `tol` | 1e-4 | above 0 | how far from optimal the solver may stop |
/// | `c` | 1 | above 0 | what a unit of loss costs |
/// | `multiClass` | ovr | ovr, crammerSinger | one machine for each class, or all classes in one problem |
/// | `fitIntercept` | true | true, false | whether there is an intercept |
/// | `interceptScaling` | 1 | above 0 | the value of the intercept's feature; larger ones are penalised less |
/// | `classWeight` | none | none, balanced, weights by class | how much classes count |
/// | `seed` | 0 | 0 to 2³² - 1 | orders the rows for coordinate descent |
/// | `maxIter` | 1000 | at least 0 | most rounds over the data, or Newton steps |
///
/// Solved as LIBLINEAR inside scikit-learn does, in the same random order: the same number of rounds, and coefficients
/// equal to rounding. `hinge` needs the dual and the L2 penalty, `l1` the primal and `squaredHinge`; Crammer and
/// Singer's machine takes no notice of penalty, loss and dual.
///
/// Sources: R.-E. Fan et al., "LIBLINEAR: a library for large linear classification", JMLR 9 (2008); K. Crammer and
/// Y. Singer, "On the algorithmic implementation of multiclass kernel-based vector machines", JMLR 2 (2001).
public struct LinearSVC: SparseClassifier {
    /// What keeps coefficients small.
    public enum Penalty: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// `½‖w‖²`.
        case l2
        /// `‖w‖₁`.
        case l1
    }

    /// What a row costs that is not on its side by at least 1.
    public enum Loss: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// The square of what is missing.
        case squaredHinge
        /// What is missing.
        case hinge
    }

    /// How more than two classes are told apart.
    public enum MultiClass: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
        /// Each class by a machine of its own against all others.
        case ovr
        /// All by one problem, which asks that a row's own class wins by at least 1.
        case crammerSinger
    }

    /// `linear-svc`
    public static let catalogName = "linear-svc"

    /// `penalty`, `loss`, `dual`, `tol`, `c`, `multiClass`, `fitIntercept`, `interceptScaling`, `classWeight`, `seed`, `maxIter`.
    public static let parameters: [Parameter<LinearSVC>] = [
        Parameter("penalty", \.penalty, .choice(Penalty.allCases.map(\.rawValue)), "What keeps coefficients small."),
        Parameter(
            "loss", \.loss, .choice(Loss.allCases.map(\.rawValue)), "What a row costs that is not clearly on its side."),
        Parameter("dual", \.dual, LinearSupportDual.legalValues, "Whether the dual form of the problem is solved."),
        Parameter("tol", \.tol, .positive, "How far from optimal the solver may stop."),
        Parameter("c", \.c, .positive, "What a unit of loss costs: smaller means simpler models."),
        Parameter(
            "multiClass", \.multiClass, .choice(MultiClass.allCases.map(\.rawValue)),
            "How more than two classes are told apart."),
        Parameter("fitIntercept", \.fitIntercept, .flag, "Whether intercepts are fitted."),
        Parameter(
            "interceptScaling", \.interceptScaling, .positive,
            "The value of the intercept's own feature: the larger, the less the intercept is penalised."),
        Parameter("classWeight", \.classWeight, ClassWeight.legalValues, "How much each class counts."),
        Parameter("seed", \.seed, .seed, "Orders the rows for coordinate descent."),
        Parameter("maxIter", \.maxIter, .integer(0...1 << 40), "The most rounds over the data, or Newton steps."),
    ]

    /// What keeps coefficients small; default `.l2`.
    public var penalty: Penalty
    /// What a row costs that is not on its side by at least 1; default `.squaredHinge`.
    public var loss: Loss
    /// Which form of the problem is solved; default `.auto`.
    public var dual: LinearSupportDual
    /// How far from optimal the solver may stop, above 0; default 1e-4.
    public var tol: Double
    /// What a unit of loss costs, above 0; default 1.
    public var c: Double
    /// How more than two classes are told apart; default `.ovr`.
    public var multiClass: MultiClass
    /// Whether intercepts are fitted; default true.
    public var fitIntercept: Bool
    /// The value of the intercept's own feature, above 0; default 1.
    public var interceptScaling: Double
    /// How much each class counts; default `.none`.
    public var classWeight: ClassWeight
    /// Orders the rows for coordinate descent; default 0.
    public var seed: UInt32
    /// The most rounds over the data, or Newton steps; default 1000.
    public var maxIter: Int

    /// The defaults.
    public init() { self.init(penalty: .l2) }

    /// A linear support-vector classifier with the given parameters.
    public init(
        penalty: Penalty = .l2, loss: Loss = .squaredHinge, dual: LinearSupportDual = .auto, tol: Double = 1e-4,
        c: Double = 1, multiClass: MultiClass = .ovr, fitIntercept: Bool = true, interceptScaling: Double = 1,
        classWeight: ClassWeight = .none, seed: UInt32 = 0, maxIter: Int = 1000
    ) {
        self.penalty = penalty
        self.loss = loss
        self.dual = dual
        self.tol = tol
        self.c = c
        self.multiClass = multiClass
        self.fitIntercept = fitIntercept
        self.interceptScaling = interceptScaling
        self.classWeight = classWeight
        self.seed = seed
        self.maxIter = maxIter
    }

    /// Finds the coefficients.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row; features of like scale are found much faster.
    ///   - y: n labels of at least two classes.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - progress: Called after each round.
    /// - Throws: `ApusError` for illegal parameters or data, or `numericalFailure` when scores overflow;
    ///   `CancellationError` when the task is cancelled.
    /// - Complexity: O(n d K) a round.
    public func fit(
        _ x: Matrix, _ y: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try x.checkUsable()
        return try fit(.dense(x), y, weights, progress)
    }

    /// Finds the coefficients from sparse rows.
    ///
    /// - Complexity: O((stored elements + n) K) a round.
    public func fit(
        _ x: SparseMatrix, _ y: Labels, weights: [Double]? = nil, progress: ProgressHandler? = nil
    ) throws -> Model {
        try x.checkUsable()
        return try fit(.sparse(x), y, weights, progress)
    }

    private func fit(
        _ elements: LinearSupportRows.Elements, _ y: Labels, _ weights: [Double]?, _ progress: ProgressHandler?
    ) throws -> Model {
        try validateParameters()
        let rows = LinearSupportRows(elements, constant: fitIntercept ? interceptScaling : nil)
        try y.check(rows: rows.count, minimumClasses: 2)
        try checkSampleWeights(weights, rows: rows.count)
        try checkLinearSupportSize(rows)
        let task = LinearSupportTask(
            rows: rows, labels: y.compacted, weights: weights,
            factors: try classFactors(y, weights))
        if multiClass == .crammerSinger { return try fitJointly(task, progress) }
        let usesDual = try usesDual(rows)

        let classes = task.labels.classes.count
        var random = RandomState(seed: seed)
        random = RandomState(seed: random.childSeed())
        var solutions: [LinearSupportKernel.Solution] = []
        for positive in classes == 2 ? 1..<2 : 0..<classes {
            // Of two classes both have their weight; of more, the others together are an unweighted crowd.
            let costs = task.costs(c) { $0 == positive || classes == 2 ? task.factors[$0] : 1 }
            let done = solutions.count
            solutions.append(
                try solve(task, positive, costs, usesDual, &random) { round in
                    progress?(
                        ProgressUpdate(
                            stage: classes == 2 ? "rounds" : "rounds of class \(done + 1) of \(classes)",
                            completed: round, total: maxIter))
                    try checkCancellation()
                })
        }
        return try model(
            task.labels.classes, features: rows.features, solutions.map(\.coefficients),
            iterations: solutions.map(\.iterations).max() ?? 0, converged: solutions.allSatisfy(\.converged))
    }

    /// One class against the others.
    private func solve(
        _ task: LinearSupportTask, _ positive: Int, _ costs: [Double], _ usesDual: Bool, _ random: inout RandomState,
        _ step: (Int) throws -> Void
    ) throws -> LinearSupportKernel.Solution {
        let signs = task.labels.codes.map { $0 == positive ? 1.0 : -1.0 }
        let ownCount = task.order.count { task.labels.codes[$0] == positive }
        let scarce = max(1, min(ownCount, task.order.count - ownCount))
        // The reference asks more of primal solvers where one side is small.
        let primalTolerance = tol * Double(scarce) / Double(task.order.count)
        var problem = LinearSupportKernel.Problem(
            rows: task.rows, order: task.order, costs: task.order.map { costs[$0] }, squared: loss == .squaredHinge,
            tolerance: tol, maxIterations: maxIter)
        let signsInOrder = task.order.map { signs[$0] }
        if usesDual {
            return try LinearSupportKernel.classify(problem, signs: signsInOrder, random: &random, step: step)
        }
        if penalty == .l1 {
            problem.tolerance = primalTolerance
            return try LinearSupportKernel.classifySparsely(problem, signs: signsInOrder, random: &random, step: step)
        }
        var objective = LinearSquaredHinge(rows: task.rows, signs: signs, costs: costs)
        let found = try LinearTrustRegion(tolerance: primalTolerance, maxIterations: maxIter)
            .minimize(&objective, variables: task.rows.width, step: step)
        return LinearSupportKernel.Solution(
            coefficients: found.w, iterations: found.iterations, converged: found.converged)
    }

    private func fitJointly(_ task: LinearSupportTask, _ progress: ProgressHandler?) throws -> Model {
        let classes = task.labels.classes.count
        var random = RandomState(seed: seed)
        random = RandomState(seed: random.childSeed())
        let costs = task.costs(c) { task.factors[$0] }
        let problem = LinearSupportKernel.Problem(
            rows: task.rows, order: task.order, costs: task.order.map { costs[$0] }, squared: false, tolerance: tol,
            maxIterations: maxIter)
        let found = try LinearSupportKernel.classifyJointly(
            problem, codes: task.order.map { task.labels.codes[$0] }, classes: classes, random: &random
        ) { round in
            progress?(ProgressUpdate(stage: "rounds", completed: round, total: maxIter))
            try checkCancellation()
        }
        var ofClasses = (0..<classes).map { k in
            (0..<task.rows.width).map { found.coefficients[$0 * classes + k] }
        }
        if classes == 2 { ofClasses = [zip(ofClasses[1], ofClasses[0]).map { $0 - $1 }] }
        return try model(
            task.labels.classes, features: task.rows.features, ofClasses, iterations: found.iterations,
            converged: found.converged)
    }

    private func model(
        _ classes: Labels.Classes, features: Int, _ coefficients: [[Double]], iterations: Int, converged: Bool
    ) throws -> Model {
        guard coefficients.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { throw linearSupportOverflow() }
        return Model(
            classes: classes,
            coefficients: Matrix(
                rows: coefficients.count, columns: features, values: coefficients.flatMap { $0.prefix(features) }),
            intercepts: coefficients.map { fitIntercept ? interceptScaling * $0[features] : 0 },
            iterations: iterations, converged: converged)
    }

    /// The weight of each class.
    private func classFactors(_ y: Labels, _ weights: [Double]?) throws -> [Double] {
        let labels = y.compacted
        if classWeight == .none { return [Double](repeating: 1, count: labels.classes.count) }
        let rowWeights = try classWeight.weights(for: y, sampleWeights: weights)
        var factors = [Double](repeating: 0, count: labels.classes.count)
        for (row, code) in labels.codes.enumerated() where factors[code] == 0 {
            let sample = weights?[row] ?? 1
            if sample > 0 { factors[code] = rowWeights[row] / sample }
        }
        return factors
    }

    /// Whether the dual is solved; throws where the parameters do not go together.
    private func usesDual(_ rows: LinearSupportRows) throws -> Bool {
        let dualIsPossible = penalty == .l2
        let primalIsPossible = loss == .squaredHinge
        guard dualIsPossible || primalIsPossible else {
            throw ApusError(
                .invalidParameter, "penalty l1 goes with loss squaredHinge only; change one of the two.")
        }
        switch dual {
        case .auto: return rows.count < rows.features ? dualIsPossible : !primalIsPossible
        case .dual:
            guard dualIsPossible else {
                throw ApusError(.invalidParameter, "penalty l1 needs the primal; set dual to false or auto.")
            }
            return true
        case .primal:
            guard primalIsPossible else {
                throw ApusError(.invalidParameter, "loss hinge needs the dual; set dual to true or auto.")
            }
            return false
        }
    }
}

/// The rows of a classification, their classes and weights.
private struct LinearSupportTask {
    let rows: LinearSupportRows
    let labels: Labels
    let weights: [Double]?
    /// The weight of each class.
    let factors: [Double]
    /// The rows that count, class by class.
    let order: [Int]

    init(rows: LinearSupportRows, labels: Labels, weights: [Double]?, factors: [Double]) {
        self.rows = rows
        self.labels = labels
        self.weights = weights
        self.factors = factors
        order = NaiveBayesKernel.rowsByClass(labels.codes, labels.classes.count).flatMap { own in
            own.filter { (weights?[$0] ?? 1) > 0 && factors[labels.codes[$0]] > 0 }
        }
    }

    /// What a unit of loss costs for each row, given the factors of classes.
    func costs(_ c: Double, _ factor: (Int) -> Double) -> [Double] {
        let costs = (0..<labels.classes.count).map { c * factor($0) }
        return labels.codes.enumerated().map { row, code in (weights?[row] ?? 1) * costs[code] }
    }
}

/// The error for coefficients that are not numbers.
func linearSupportOverflow() -> ApusError {
    ApusError(.numericalFailure, "The data are so large that the scores overflow; scale the columns, then fit again.")
}

/// Throws for more rows or features than can be numbered.
func checkLinearSupportSize(_ rows: LinearSupportRows) throws {
    guard rows.count < Int(Int32.max), rows.width < Int(Int32.max) else {
        throw ApusError(
            .invalidInput, "\(rows.count) rows of \(rows.features) features are more than 2³¹; fit on fewer.")
    }
}
