import ApusCore

/// How a search chooses its candidates.
public enum SearchStrategy: Sendable, Hashable, Codable {
    /// Every combination of the values listed.
    case grid
    /// As many combinations as `nIter`, drawn at random.
    case random(nIter: Int, seed: UInt32)
    /// Successive halving of a grid.
    case halvingGrid(Halving)
    /// Successive halving of combinations drawn at random; nil draws as many as leave the last round all resources.
    case halvingRandom(Halving, nCandidates: Int?)
    /// A tree-structured Parzen estimator, which learns from what it has tried where to look next.
    case tpe(TPESettings)

    /// The name in the command and in journals.
    public var name: String {
        switch self {
        case .grid: "grid"
        case .random: "random"
        case .halvingGrid: "halving-grid"
        case .halvingRandom: "halving-random"
        case .tpe: "tpe"
        }
    }

    /// What must not change when a journal is continued, by name; the number of candidates may.
    var identity: [String: String] {
        switch self {
        case .grid: ["strategy": name]
        case .random(_, let seed): ["strategy": name, "seed": "\(seed)"]
        case .halvingGrid(let halving), .halvingRandom(let halving, _):
            ["strategy": name, "seed": "\(halving.seed)", "resource": halving.resourceName]
        case .tpe(let settings):
            ["strategy": name, "seed": "\(settings.seed)", "multivariate": "\(settings.multivariate)"]
        }
    }
}

/// Settings of successive halving: many candidates with few resources, then the better part of them with more, and so on.
///
/// The rounds, their candidates and resources equal those of scikit-learn's `HalvingGridSearchCV` and
/// `HalvingRandomSearchCV`; of candidates with equal scores the later ones go on.
///
/// Source: Jamieson and Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization" (AISTATS 2016).
public struct Halving: Sendable, Hashable, Codable {
    /// What is given to candidates in growing amounts.
    public enum Resource: Sendable, Hashable, Codable {
        /// Rows of the data, drawn anew in each fold.
        case rows
        /// The value of a parameter, such as the number of trees.
        case parameter(String)
    }

    /// What the first round gets.
    public enum MinResources: Sendable, Hashable, Codable {
        /// So much that the last round uses all there is.
        case exhaust
        /// Twice the number of folds (times that of the classes) for rows, 1 for a parameter.
        case smallest
        /// This amount.
        case amount(Int)
    }

    /// By what the number of candidates falls and the resources rise from round to round; above 1, default 3.
    public var factor: Double
    /// What grows; default rows.
    public var resource: Resource
    /// What the first round gets; default nil: `exhaust` for grids and `smallest` for candidates drawn at random.
    public var minResources: MinResources?
    /// The most that a candidate gets; default nil: all rows. Needed where the resource is a parameter.
    public var maxResources: Int?
    /// Whether rounds are repeated on the least resources until few enough candidates are left for all resources.
    public var aggressiveElimination: Bool
    /// The seed of the candidates and of the rows that are drawn; default 0.
    public var seed: UInt32

    /// Settings, by default those of scikit-learn.
    public init(
        factor: Double = 3, resource: Resource = .rows, minResources: MinResources? = nil, maxResources: Int? = nil,
        aggressiveElimination: Bool = false, seed: UInt32 = 0
    ) {
        self.factor = factor
        self.resource = resource
        self.minResources = minResources
        self.maxResources = maxResources
        self.aggressiveElimination = aggressiveElimination
        self.seed = seed
    }

    var resourceName: String {
        switch resource {
        case .rows: "rows"
        case .parameter(let name): name
        }
    }
}

/// Settings of a tree-structured Parzen estimator, as Optuna's `TPESampler` defines it: the candidates are those of Optuna
/// 5 with the same seed, with `multivariate` and without.
///
/// How many candidates it needs to be as good as a hundred drawn at random (the median over 20 seeds):
///
/// | function | parameters together | each by itself |
/// |---|---|---|
/// | sphere, three parameters | 14 | 22 |
/// | Ackley, two parameters | 23.5 | 24.5 |
/// | Branin | 24.5 | 53.5 |
/// | Rosenbrock, two parameters | 63.5 | 48.5 |
/// | elastic net on the diabetes data, two parameters | 14 | 24.5 |
///
/// Source: Bergstra, Bardenet, Bengio and Kégl, "Algorithms for hyper-parameter optimization" (NeurIPS 2011); for parameters
/// together Falkner, Klein and Hutter, "BOHB: robust and efficient hyperparameter optimization at scale" (ICML 2018).
public struct TPESettings: Sendable, Hashable, Codable {
    /// How many candidates are tried, at least 1; default 50.
    public var nIter: Int
    /// How many candidates are drawn at random before any is learned from; default 10.
    public var nStartupTrials: Int
    /// How many values of a parameter are drawn for each one that is taken; default 24.
    public var nEICandidates: Int
    /// Whether all parameters are drawn together, so that what goes well with what is learned too; default true. Without
    /// it each is drawn by itself.
    public var multivariate: Bool
    /// Whether candidates that do worse than the median of those before are given up after a few folds; default false.
    public var prunes: Bool
    /// How many candidates are tried on all folds before any is given up; default 5.
    public var nPruningStartupTrials: Int
    /// The seed of all draws; default 0.
    public var seed: UInt32

    /// Settings, by default those of Optuna, without pruning.
    public init(
        nIter: Int = 50, nStartupTrials: Int = 10, nEICandidates: Int = 24, multivariate: Bool = true,
        prunes: Bool = false, nPruningStartupTrials: Int = 5, seed: UInt32 = 0
    ) {
        self.nIter = nIter
        self.nStartupTrials = nStartupTrials
        self.nEICandidates = nEICandidates
        self.multivariate = multivariate
        self.prunes = prunes
        self.nPruningStartupTrials = nPruningStartupTrials
        self.seed = seed
    }
}
