import ApusCore

/// Settings of a search besides estimator, space and data.
public struct SearchOptions: Sendable {
    /// How rows are split; default nil: five folds in order, stratified for classifiers.
    public var cv: (any CrossValidator)?
    /// What is scored; the first decides. Default none: accuracy for classifiers, R² for regressors.
    public var scoring: [Scorer]
    /// Bounds on scores; candidates that break one are ranked below all that keep them.
    public var constraints: [SearchConstraint]
    /// Whether the best candidate is fitted on all rows at the end; default true.
    public var refit: Bool
    /// Chooses the candidate that counts as the best, by its place; default nil: the first of rank 1.
    public var choose: (@Sendable (_ meanScores: [[Double?]], _ deviations: [[Double?]]) -> Int)?
    /// The group of each row, for splitters that keep groups together; default nil.
    public var groups: Labels?
    /// The group of each row that scores of fairness compare; default nil.
    public var sensitive: Labels?
    /// n sample weights, used to fit and to score; default nil.
    public var weights: [Double]?
    /// Remembers outcomes; default nil: none are kept.
    public var journal: (any SearchJournal)?
    /// Told of every fold and candidate as it is done; default nil.
    public var events: SearchEventHandler?

    /// Settings, by default those of scikit-learn.
    public init(
        cv: (any CrossValidator)? = nil, scoring: [Scorer] = [], constraints: [SearchConstraint] = [],
        refit: Bool = true,
        choose: (@Sendable (_ meanScores: [[Double?]], _ deviations: [[Double?]]) -> Int)? = nil, groups: Labels? = nil,
        sensitive: Labels? = nil, weights: [Double]? = nil, journal: (any SearchJournal)? = nil,
        events: SearchEventHandler? = nil
    ) {
        self.cv = cv
        self.scoring = scoring
        self.constraints = constraints
        self.refit = refit
        self.choose = choose
        self.groups = groups
        self.sensitive = sensitive
        self.weights = weights
        self.journal = journal
        self.events = events
    }
}
